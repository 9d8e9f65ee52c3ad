"""What is counted, said once: every statistic of the service is declared here.

A measure takes one published document (register/schemas/deployment-result.v1.json) and says what that record
contributes: a number, or one of four reasons why there is none. The reasons are counted beside the numbers,
so that a total always says how many records it speaks for. Missing is never zero.

`docs/measures.md` is made from these declarations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coordination.collation.contributions import (
    Contribution,
    Document,
    State,
    aborted,
    every_record,
    figure_as_given,
    first_reason,
    sum_of,
    total_or_parts,
    undivided_true_alerts,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A count. `contribute` takes a document and gives its contribution.

    `fields` are the document's fields it is made from; `unit` names what is counted; `estimate` is true
    where the numbers are estimates and marked [e].
    """

    code: str
    label: str | Promise
    definition: str | Promise
    unit: str | Promise
    source: str | Promise
    comparability: str | Promise
    fields: tuple[str, ...]
    contribute: Callable[[Document], Contribution]
    estimate: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` divided by `denominator`, both taken from the records that give both.

    A share is never shown without its two counts and its exact 95% interval. What is no share says how many there are
    to every `per` of the denominator: it has its two counts and no interval. Files give `decimals` decimals.
    """

    code: str
    label: str | Promise
    definition: str | Promise
    unit: str | Promise
    source: str | Promise
    comparability: str | Promise
    numerator: Measure
    denominator: Measure
    is_share: bool = True
    per: int = 1
    # Ten are enough for one false alert in a thousand million faces.
    decimals: int = 10

    def contribute(self, document: Document) -> Contribution:
        top, bottom = self.numerator.contribute(document), self.denominator.contribute(document)
        missing = {part.state for part in (top, bottom)} - {State.KNOWN}
        if missing:
            return Contribution(first_reason(missing))
        return Contribution(State.KNOWN, top.total, bottom.total)


# --- the measures -------------------------------------------------------------------------------------------

_PUBLISHED = _("What police forces publish about each deployment, and what the national centre transcribes.")
_MET_COLUMNS = _(
    "The meaning of true, false, confirmed and unconfirmed is that of the Metropolitan Police's published "
    "deployment records."
)
_FORCES_DIFFER = _("Forces do not all publish this, and may count it differently.")

DEPLOYMENTS = Measure(
    "deployments",
    _("Deployments"),
    _(
        "One camera set-up, at one place, in one continuous authorised window. Aborted deployments are "
        "counted."
    ),
    _("deployments"),
    _PUBLISHED,
    _(
        "A deployment is not a day, an operation or an event: a force may hold two on one day. A force that "
        "is "
        "not named may have held deployments that it did not publish."
    ),
    (),
    every_record,
)
ABORTED_DEPLOYMENTS = Measure(
    "aborted_deployments",
    _("Aborted deployments"),
    _("Deployments that were stopped before they could give figures. They are among the deployments above."),
    _("deployments"),
    _PUBLISHED,
    _("Not every force publishes a deployment that it aborted."),
    ("status",),
    aborted,
)
FACES_SEEN = Measure(
    "faces_seen",
    _("Faces seen"),
    _(
        "How often the system detected a face. It counts detections, not people: one person may be detected "
        "many times. Most sources give an estimate."
    ),
    _("detections"),
    _PUBLISHED,
    _(
        "An estimate, and the method of estimating changes. Do not compare it between forces, or across the "
        "breaks in series listed under “Breaks in series”."
    ),
    ("faces_seen",),
    figure_as_given("faces_seen"),
    estimate=True,
)
ALERTS = Measure(
    "alerts",
    _("Alerts"),
    _("Times the system reported that a face scored at or above the threshold against the watchlist."),
    _("alerts"),
    _PUBLISHED,
    _(
        "The number depends on the threshold, the algorithm, the size of the watchlist and the crowd. An "
        "alert "
        "is not a person, and not an offence."
    ),
    ("alerts",),
    figure_as_given("alerts"),
)
TRUE_ALERTS = Measure(
    "true_alerts",
    _("True alerts"),
    _(
        "Alerts where the face and the watchlist image were judged to be the same person: confirmed and "
        "unconfirmed together, or the one total that the source gives."
    ),
    _("alerts"),
    _MET_COLUMNS,
    _FORCES_DIFFER,
    ("true_alerts", "true_alerts_confirmed", "true_alerts_unconfirmed"),
    total_or_parts("true_alerts", "true_alerts_confirmed", "true_alerts_unconfirmed"),
)
TRUE_ALERTS_CONFIRMED = Measure(
    "true_alerts_confirmed",
    _("True alerts, confirmed"),
    _("True alerts where the identity was verified."),
    _("alerts"),
    _MET_COLUMNS,
    _FORCES_DIFFER,
    ("true_alerts_confirmed",),
    figure_as_given("true_alerts_confirmed"),
)
TRUE_ALERTS_UNCONFIRMED = Measure(
    "true_alerts_unconfirmed",
    _("True alerts, unconfirmed"),
    _(
        "True alerts where the identity could not be verified at the time, because the person was not spoken "
        "to or left, and which were judged true afterwards. They are not false alerts."
    ),
    _("alerts"),
    _MET_COLUMNS,
    _FORCES_DIFFER,
    ("true_alerts_unconfirmed",),
    figure_as_given("true_alerts_unconfirmed"),
)
TRUE_ALERTS_UNSPLIT = Measure(
    "true_alerts_unsplit",
    _("True alerts, not divided"),
    _("True alerts that a source gives as one total, without saying which were confirmed."),
    _("alerts"),
    _MET_COLUMNS,
    _("Does not apply to a record that gives the two parts."),
    ("true_alerts", "true_alerts_confirmed", "true_alerts_unconfirmed"),
    undivided_true_alerts,
)
FALSE_ALERTS = Measure(
    "false_alerts",
    _("False alerts"),
    _(
        "Alerts where the face and the watchlist image were judged to be different people: confirmed and "
        "unconfirmed together, or the one total that the source gives."
    ),
    _("alerts"),
    _MET_COLUMNS,
    _(
        "Faces that the system should have recognised and did not are not seen, so they are not counted "
        "anywhere."
    ),
    ("false_alerts", "false_alerts_confirmed", "false_alerts_unconfirmed"),
    total_or_parts("false_alerts", "false_alerts_confirmed", "false_alerts_unconfirmed"),
)
FALSE_ALERTS_CONFIRMED = Measure(
    "false_alerts_confirmed",
    _("False alerts, confirmed"),
    _("False alerts where it was verified that the person is someone else."),
    _("alerts"),
    _MET_COLUMNS,
    _FORCES_DIFFER,
    ("false_alerts_confirmed",),
    figure_as_given("false_alerts_confirmed"),
)
FALSE_ALERTS_UNCONFIRMED = Measure(
    "false_alerts_unconfirmed",
    _("False alerts, unconfirmed"),
    _("False alerts judged false afterwards, without verification at the time."),
    _("alerts"),
    _MET_COLUMNS,
    _FORCES_DIFFER,
    ("false_alerts_unconfirmed",),
    figure_as_given("false_alerts_unconfirmed"),
)
UNDETERMINED_ALERTS = Measure(
    "undetermined_alerts",
    _("Undetermined alerts"),
    _("Alerts that nobody could judge true or false. They are counted in neither."),
    _("alerts"),
    _PUBLISHED,
    _("Few forces publish this. Where it is not published, it is not known whether there were any."),
    ("undetermined_alerts",),
    figure_as_given("undetermined_alerts"),
)
ENGAGEMENTS = Measure(
    "engagements",
    _("Engagements"),
    _("Times an officer spoke to a person because of an alert."),
    _("engagements"),
    _PUBLISHED,
    _("Some forces count interventions instead, when an officer is sent. The two are not the same."),
    ("engagements",),
    figure_as_given("engagements"),
)
ARRESTS = Measure(
    "arrests",
    _("Arrests"),
    _("Arrests made because of an alert, as the source counts them."),
    _("arrests"),
    _PUBLISHED,
    _(
        "Not people, alerts or convictions. Some sources add other disposals or arrests by supporting "
        "officers, "
        "and later releases are rarely taken off; the record says so where it is known."
    ),
    ("arrests",),
    figure_as_given("arrests"),
)
OTHER_ACTION = Measure(
    "other_action",
    _("Other action"),
    _("Outcomes other than arrest in which the police took action."),
    _("outcomes"),
    _PUBLISHED,
    _(
        "In the Metropolitan Police's records of 2023 and 2024 this column repeats “No action” in every row, "
        "so "
        "it would mislead and is not counted."
    ),
    ("other_action",),
    figure_as_given("other_action"),
)
NO_ACTION = Measure(
    "no_action",
    _("No action"),
    _("Outcomes in which the police took no further action."),
    _("outcomes"),
    _PUBLISHED,
    _FORCES_DIFFER,
    ("no_action",),
    figure_as_given("no_action"),
)
ENFORCEMENT_ACTIONS = Measure(
    "enforcement_actions",
    _("Enforcement actions"),
    _(
        "Arrests and other action together. Given only where a record gives both: arrests alone are never "
        "shown as enforcement actions."
    ),
    _("outcomes"),
    _PUBLISHED,
    _("Not available for records in which other action is missing or would mislead."),
    ("arrests", "other_action"),
    sum_of("arrests", "other_action"),
)
DURATION_MINUTES = Measure(
    "duration_minutes",
    _("Time deployed"),
    _("Time for which the system was running."),
    _("minutes"),
    _PUBLISHED,
    _("Some sources give the time the officers were there instead."),
    ("duration_minutes",),
    figure_as_given("duration_minutes"),
)
WATCHLIST_SIZE = Measure(
    "watchlist_size",
    _("Watchlist entries"),
    _(
        "The sizes of all watchlists added up, one for each deployment that gives it. The sum itself counts the same "
        "entry once for each deployment; divided by the records that give it, it is the mean size of a watchlist."
    ),
    _("entries"),
    _PUBLISHED,
    _(
        "Sources differ: some count images, some count people, and one person may have several images. The record "
        "says people where it is known."
    ),
    ("watchlist_size",),
    figure_as_given("watchlist_size"),
)

MEASURES: tuple[Measure, ...] = (
    DEPLOYMENTS,
    ABORTED_DEPLOYMENTS,
    FACES_SEEN,
    ALERTS,
    TRUE_ALERTS,
    TRUE_ALERTS_CONFIRMED,
    TRUE_ALERTS_UNCONFIRMED,
    TRUE_ALERTS_UNSPLIT,
    FALSE_ALERTS,
    FALSE_ALERTS_CONFIRMED,
    FALSE_ALERTS_UNCONFIRMED,
    UNDETERMINED_ALERTS,
    ENGAGEMENTS,
    ARRESTS,
    OTHER_ACTION,
    NO_ACTION,
    ENFORCEMENT_ACTIONS,
    DURATION_MINUTES,
    WATCHLIST_SIZE,
)

FAR_FACES = Rate(
    "far_faces",
    _("False alerts out of faces seen"),
    _("False alerts divided by faces seen, over the records that give both."),
    _("share"),
    _("The rate that the Metropolitan Police prints for each deployment, worked out again from the counts."),
    _(
        "Faces seen is an estimate whose method changes, so this rate is not comparable over time or between "
        "forces. It is small because most faces belong to nobody on a watchlist: read it beside the share of "
        "alerts."
    ),
    FALSE_ALERTS,
    FACES_SEEN,
)
FAR_ALERTS = Rate(
    "far_alerts",
    _("False alerts out of alerts"),
    _("False alerts divided by alerts, over the records that give both."),
    _("share"),
    _("Worked out from the counts."),
    _(
        "Depends on the threshold, the watchlist and how many wanted people passed. Undetermined alerts are "
        "in "
        "the denominator only. With fewer than 30 alerts it is marked [u]: it says very little."
    ),
    FALSE_ALERTS,
    ALERTS,
)

FACES_PER_HOUR = Rate(
    "faces_per_hour",
    _("Faces seen per hour"),
    _("Faces seen divided by the hours for which the system was running, over the records that give both."),
    _("detections an hour"),
    _("Worked out from the counts."),
    _(
        "It says how a force counts faces as much as how many there were: where it jumps, the method changed. Places "
        "and hours differ, so do not compare forces by it."
    ),
    FACES_SEEN,
    DURATION_MINUTES,
    is_share=False,
    per=60,
    decimals=1,
)

RATES: tuple[Rate, ...] = (FAR_FACES, FAR_ALERTS)
PACES: tuple[Rate, ...] = (FACES_PER_HOUR,)
DECLARED: tuple[Measure | Rate, ...] = (*MEASURES, *RATES, *PACES)
BY_CODE: Mapping[str, Measure | Rate] = {measure.code: measure for measure in DECLARED}

# Below this many alerts a rate is marked [u], of low reliability. A table, which sets rates side by side, also marks
# one from so little that fewer than this many false alerts would be expected at the rate of all its rows together.
FEWEST_ALERTS = 30
FEWEST_EXPECTED = 5


def contributions(document: Document) -> dict[str, Contribution]:
    """What a published result adds to the statistics, by code of measure: one contribution for each."""
    return {measure.code: measure.contribute(document) for measure in DECLARED}
