"""The form of a result: what happened, written down once and changed with the same fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.evaluations.models import AlgorithmVersion, Technology
from deployments.actions import Seen, Standing, Twins
from deployments.arithmetic import Question
from deployments.facts import LENGTHS, MOST_MINUTES, MOST_WATCHLISTED, Facts, decimal_text
from deployments.figures import FIGURES, NAMES, Absence, Figure, Method
from deployments.models import Deployment, Result
from deployments.times import window
from deployments.twins import Twin
from design.forms import (
    DateField,
    DecimalField,
    FilterForm,
    Form,
    Look,
    TimeField,
    WholeNumberField,
    YesNoField,
)
from forces.clock import LONDON
from forces.models import Force
from forces.refusals import Invalid

# The form's own names for what the facts hold as instants.
FIELDS = {"started_at": "start", "ended_at": "end"}
GIVEN = ("", gettext_lazy("There is a number"))


class ReasonForm(Form):
    """A reason in words. `public=True` says that everybody can read it."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=2000, widget=forms.Textarea, strip=True)
    looks = {"reason": Look(rows=4)}

    def __init__(self, *args: Any, label: str = "", hint: str = "", missing: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"].label = label
        self.fields["reason"].help_text = hint
        self.fields["reason"].error_messages["required"] = missing or _("Say why")


class RedactionForm(Form):
    """Which version's document must go, why for the one who decides, and what the public is told."""

    version = forms.ChoiceField(
        label=gettext_lazy("Which version holds personal data?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select which version must be removed")},
    )
    why = forms.CharField(
        label=gettext_lazy("What slipped in?"),
        help_text=gettext_lazy(
            "For the person who decides; not published. Describe it without repeating it, "
            "such as “the place names a person”."
        ),
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Say what slipped in, without repeating it")},
    )
    public_reason = forms.CharField(
        label=gettext_lazy("What should the public be told?"),
        help_text=gettext_lazy("Published where the document stood. Name no person."),
        max_length=300,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Say what the public should be told")},
    )
    looks = {"version": Look(small=True), "why": Look(rows=4), "public_reason": Look(rows=3)}

    def __init__(self, *args: Any, versions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = versions  # type: ignore[attr-defined]


class SeenForm(Form):
    """What the person looked at when they decided, as "version.revision"."""

    seen = forms.RegexField(r"^[0-9]{1,9}\.[0-9]{1,9}$", widget=forms.HiddenInput)

    @property
    def what_was_seen(self) -> Seen:
        version, revision = self.cleaned_data["seen"].split(".")
        return Seen(int(version), int(revision))


def seen_now(result: Result) -> dict[str, str]:
    """What a page that shows this version puts into its form."""
    return {"seen": f"{result.number}.{result.revision}"}


class SeenReasonForm(ReasonForm, SeenForm):
    """Why, about exactly what the person looked at."""


class StandingReasonForm(SeenReasonForm):
    """Why, about what stood on the register: its version, and the turns of its withdrawal."""

    @property
    def what_stood(self) -> Standing:
        return Standing(*self.what_was_seen)


class WithdrawalForm(StandingReasonForm):
    """Why, with the number of the correction that the person was told is discarded with it; 0 if of none."""

    discards = forms.IntegerField(
        min_value=0, max_value=999_999_999, required=False, widget=forms.HiddenInput
    )

    def clean_discards(self) -> int:
        return self.cleaned_data["discards"] or 0

    def look_again(self, correction: Result | None) -> None:
        """The page that is shown now tells of this correction, or of none."""
        self.data = self.data.copy()
        self.data["discards"] = str(correction.number if correction else 0)


def stands_now(deployment: Deployment) -> dict[str, str]:
    """What a page that asks about what stands puts into its form."""
    return {"seen": ".".join(map(str, Standing.of(deployment)))}


class FigureField(WholeNumberField):
    """One figure's number. The page names the figure above it; errors name it themselves."""

    def __init__(self, *, figure: Figure) -> None:
        self.figure = figure
        super().__init__(label=gettext_lazy("Number"), max_value=figure.most, required=False)

    @property
    def name_in_errors(self) -> str:
        return str(self.figure.label)


class ResultForm(Form):
    """Place and date, system and settings, thirteen figures. `facts()` after `is_valid()`."""

    on = DateField(
        label=gettext_lazy("Date"), help_text=gettext_lazy("The day it started, for example 27 3 2026.")
    )
    place = forms.CharField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy(
            "A name the public knows, such as Market Square. Never an address of a person."
        ),
        max_length=LENGTHS["place"],
    )
    area = forms.CharField(
        label=gettext_lazy("Borough, town or area"), max_length=LENGTHS["area"], required=False
    )
    start = TimeField(
        label=gettext_lazy("Started"), help_text=gettext_lazy("For example 9:30am."), required=False
    )
    end = TimeField(
        label=gettext_lazy("Ended"),
        help_text=gettext_lazy("A time before the start means the next day."),
        required=False,
    )
    duration_minutes = WholeNumberField(
        label=gettext_lazy("Time the system ran"),
        help_text=gettext_lazy("5 hours 3 minutes is 303."),
        max_value=MOST_MINUTES,
        required=False,
    )
    is_aborted = YesNoField(
        label=gettext_lazy("Was the deployment aborted before it could give figures?"),
        help_text=gettext_lazy("For example by a technical fault."),
    )
    abort_reason = forms.CharField(
        label=gettext_lazy("Why was it aborted?"), max_length=LENGTHS["abort_reason"], required=False
    )

    technology = forms.ChoiceField(
        label=gettext_lazy("Kind of facial recognition"), choices=Technology.choices, widget=forms.RadioSelect
    )
    use_case = forms.CharField(
        label=gettext_lazy("Use case"),
        help_text=gettext_lazy("From your force's policy, such as “Crime hotspot”."),
        max_length=LENGTHS["use_case"],
        required=False,
    )
    algorithm = forms.ModelChoiceField(
        AlgorithmVersion.objects.none(),
        label=gettext_lazy("Algorithm and version"),
        help_text=gettext_lazy("A threshold means nothing without it."),
        empty_label=gettext_lazy("Not known"),
        required=False,
    )
    threshold = DecimalField(
        label=gettext_lazy("Threshold"),
        help_text=gettext_lazy("The lowest score that raised an alert, for example 0.64."),
        min_value=0,
        max_digits=11,
        decimal_places=6,
        required=False,
    )
    watchlist_size = WholeNumberField(
        label=gettext_lazy("Watchlist size"),
        help_text=gettext_lazy("Images on the watchlist. Never names."),
        max_value=MOST_WATCHLISTED,
        required=False,
    )

    faces_method = forms.ChoiceField(
        label=gettext_lazy("How were faces seen counted?"),
        choices=[(method.value, method.label) for method in Method],
        widget=forms.RadioSelect,
    )
    absent_reason = forms.CharField(
        label=gettext_lazy("Why would a figure mislead?"),
        help_text=gettext_lazy(
            "Only if you chose “Known, but would mislead” above. The reason is published."
        ),
        max_length=LENGTHS["absent_reason"],
        required=False,
    )
    seen = forms.RegexField(r"^[0-9]{1,9}\.[0-9]{1,9}$", widget=forms.HiddenInput, required=False)

    looks = {
        "place": Look(width="two-thirds"),
        "area": Look(width="two-thirds"),
        "start": Look(width=10),
        "end": Look(width=10),
        "duration_minutes": Look(width=5, suffix=gettext_lazy("minutes")),
        "is_aborted": Look(inline=True, reveals={"yes": ("abort_reason",)}),
        "technology": Look(small=True),
        "use_case": Look(width="two-thirds"),
        "threshold": Look(width=5),
        "watchlist_size": Look(width=10),
        "faces_method": Look(small=True),
        **{figure.name: Look(width=10, optional=False) for figure in FIGURES},
        **{f"{figure.name}_absent": Look(optional=False) for figure in FIGURES},
    }

    def __init__(self, *args: Any, force: Force, with_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.force = force
        algorithms = AlgorithmVersion.objects.filter(is_made_up=force.is_made_up)
        self.fields["algorithm"].queryset = algorithms  # type: ignore[attr-defined]
        self.fields["seen"].required = "seen" in self.initial
        if with_reason:
            self.fields["reason"] = forms.CharField(
                label=_("Why is it corrected?"),
                help_text=_("Say what was wrong and how you know. The reason is published."),
                max_length=2000,
                widget=forms.Textarea,
                error_messages={"required": _("Say why it is corrected")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in NAMES:
            number, code = cleaned.get(name), cleaned.get(f"{name}_absent")
            if name in self.errors:
                continue
            if number is not None and code:
                self.add_error(
                    name,
                    self._words(name, _("%(figure)s: enter a number or say why there is none, not both")),
                )
            elif number is None and not code:
                if cleaned.get("is_aborted"):
                    cleaned[f"{name}_absent"] = Absence.ABORTED.value
                else:
                    self.add_error(
                        name, self._words(name, _("%(figure)s: enter a number, or say why there is none"))
                    )
        if not {"on", "start", "end"} & set(self.errors):
            try:
                cleaned["window"] = window(
                    cleaned["on"], cleaned["start"], cleaned["end"], minutes=cleaned.get("duration_minutes")
                )
            except Invalid as invalid:
                self.take(invalid)
        return cleaned

    @staticmethod
    def _words(name: str, words: str) -> str:
        return words % {"figure": next(figure.label for figure in FIGURES if figure.name == name)}

    def take(self, invalid: Invalid) -> None:
        """Show an action's refusal beside the fields it is about."""
        for name, messages in invalid.errors.items():
            field = FIELDS.get(name, name)
            for message in messages:
                self.add_error(field if field in self.fields else None, message)

    def facts(self) -> Facts:
        cleaned = self.cleaned_data
        started_at, ended_at = cleaned["window"]
        return Facts(
            on=cleaned["on"],
            place=cleaned["place"],
            area=cleaned["area"],
            started_at=started_at,
            ended_at=ended_at,
            duration_minutes=cleaned["duration_minutes"],
            technology=cleaned["technology"],
            use_case=cleaned["use_case"],
            algorithm=cleaned["algorithm"],
            threshold=cleaned["threshold"],
            watchlist_size=cleaned["watchlist_size"],
            is_aborted=bool(cleaned["is_aborted"]),
            abort_reason=cleaned["abort_reason"],
            figures={name: cleaned[name] for name in NAMES},
            absent={name: cleaned[f"{name}_absent"] for name in NAMES if cleaned[name] is None},
            absent_reason=cleaned["absent_reason"],
            faces_method=cleaned["faces_method"],
        )

    def ask_about(self, twins: Sequence[Twin]) -> None:
        """Have somebody who recorded a day and place that was recorded already say that this is another."""
        self.fields["all_the_same"] = forms.BooleanField(
            label=_("This is another deployment: record it all the same"), required=False
        )
        self.add_error("all_the_same", str(Twins(twins)) + " " + _("Say whether this is another deployment."))

    @property
    def despite(self) -> list[str]:
        """References of the results that the person was told of and says are others."""
        return self.data.getlist("despite")[:100] if self.data.get("all_the_same") else []

    @property
    def what_was_seen(self) -> Seen:
        version, revision = self.cleaned_data["seen"].split(".")
        return Seen(int(version), int(revision))


for _figure in FIGURES:
    ResultForm.base_fields[_figure.name] = FigureField(figure=_figure)
    ResultForm.base_fields[f"{_figure.name}_absent"] = forms.ChoiceField(
        label=gettext_lazy("or why there is none"),
        choices=[GIVEN, *((code.value, code.label) for code in Absence)],
        required=False,
    )


def initial_of(facts: Facts) -> dict[str, Any]:
    """What the form shows for facts that were written down before."""
    return {
        "on": facts.on,
        "place": facts.place,
        "area": facts.area,
        "start": facts.started_at and facts.started_at.astimezone(LONDON).time(),
        "end": facts.ended_at and facts.ended_at.astimezone(LONDON).time(),
        "duration_minutes": facts.duration_minutes,
        "is_aborted": facts.is_aborted,
        "abort_reason": facts.abort_reason,
        "technology": facts.technology,
        "use_case": facts.use_case,
        "algorithm": facts.algorithm,
        "threshold": None if facts.threshold is None else decimal_text(facts.threshold),
        "watchlist_size": facts.watchlist_size,
        "faces_method": facts.faces_method,
        "absent_reason": facts.absent_reason,
        **{name: facts.figures[name] for name in NAMES},
        **{f"{name}_absent": facts.absent.get(name, "") for name in NAMES},
    }


class AnswersForm(SeenForm):
    """One answer for each contradiction."""

    def __init__(
        self, *args: Any, questions: list[Question], answers: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.check] = forms.CharField(
                label=question.words,
                help_text=_("Say why. Your answer is published beside the figures."),
                max_length=2000,
                widget=forms.Textarea,
                initial=answers.get(question.check, ""),
                error_messages={"required": _("Answer: %(question)s") % {"question": question.words}},
            )
        self.looks = {question.check: Look(rows=3, label_size="s") for question in questions}

    def answers(self) -> dict[str, str]:
        return {name: text for name, text in self.cleaned_data.items() if name != "seen"}


class PublishForm(SeenForm):
    """Which transcription of the national centre, if any, this publication replaces."""

    def __init__(self, *args: Any, transcriptions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if transcriptions:
            self.fields["matches"] = forms.ChoiceField(
                label=_("The national centre has transcribed deployments of this day. Is this one of them?"),
                help_text=_(
                    "If it is, your result replaces the transcription, so that nothing counts twice."
                ),
                choices=[*transcriptions, ("none", _("No, this is another deployment"))],
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Select whether this is one of the transcribed deployments"),
                    "invalid_choice": self.replaced,
                },
            )
            self.looks = {"matches": Look(divider_before="none")}

    @property
    def replaced(self) -> str:
        return _(
            "That transcription has been replaced meanwhile. Look again whether this is the same deployment"
        )

    def clean(self) -> dict[str, Any] | None:
        """What somebody said is never passed over: nothing may be left to choose from by now."""
        if "matches" not in self.fields and self.data.get("matches", "none") != "none":
            raise forms.ValidationError(self.replaced)
        return super().clean()

    @property
    def matches(self) -> str:
        chosen = self.cleaned_data.get("matches", "none")
        return "" if chosen == "none" else chosen


STATES = (
    ("recorded", gettext_lazy("To review")),
    ("sent_back", gettext_lazy("Sent back")),
    ("reviewed", gettext_lazy("To publish")),
    ("published", gettext_lazy("Published")),
    ("correcting", gettext_lazy("Correction in work")),
    ("withdrawn", gettext_lazy("Withdrawn")),
    ("discarded", gettext_lazy("Discarded")),
)


class DeploymentFilter(FilterForm):
    """Which deployments a list shows."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"), choices=[("", gettext_lazy("All")), *STATES], required=False
    )
