"""From printed rows to documents of the public schema, by a profile. Nothing is guessed: blank stays absent."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from coordination.intake import fields
from coordination.intake.extract.reading import Row
from coordination.intake.fields import FIGURES, OTHER_NULLABLE, Unfit
from coordination.intake.headed import Mapped, Printed, continues, under_headings
from coordination.intake.problems import Problem
from coordination.intake.profile import Column, Erratum, Profile

LONDON = ZoneInfo("Europe/London")
LONGEST = {"place.name": 200, "place.area": 200, "use_case": 200, "publisher": 200, "document": 300}
PAGE_OF_SOURCE = re.compile(r"#page=(\d{1,5})$")
# Not part of what identifies a printed row: they say where it was found, not what it says.
NOT_IN_FINGERPRINT = {"publisher", "document", "url", "quality", "printed.date", "printed.duration"}


@dataclass(frozen=True, slots=True)
class Source:
    """The document that is being read."""

    name: str
    sha256: str | None


def map_rows(rows: Iterable[Row], profile: Profile, source: Source) -> Iterator[Mapped]:
    """Read every row of every table. One row is held back at a time, for it may go on over the page."""
    reader = _RowReader(profile, source)
    held: Printed | None = None
    for item in under_headings(rows, profile):
        if isinstance(item, Mapped):
            if held is not None:
                yield reader.read(held)
                held = None
            yield item
        elif held is not None and profile.joins_broken_rows and continues(item, held, profile):
            for label, text in item.cells.items():
                if text:
                    held.joined[label] = (held.cells[label], text)
        else:
            if held is not None:
                yield reader.read(held)
            held = item
    if held is not None:
        yield reader.read(held)
    yield from reader.unused_errata()


class _RowReader:
    """Reads printed rows by one profile."""

    def __init__(self, profile: Profile, source: Source):
        self.profile = profile
        self.source = source
        self.columns = [(label, column) for label, column in profile.columns.items() if column.field]
        self.unseen = {id(e): e for e in profile.errata if e.document == source.sha256}
        self.per_row_source = any(column.field in ("document", "url") for _, column in self.columns)

    def read(self, item: Printed) -> Mapped:
        profile = self.profile
        printed = {label: item.cells[label] for label, _ in self.columns if label in item.cells}
        problems: list[Problem] = []
        corrections: list[dict[str, str | None]] = []
        quality: list[str] = list(profile.quality)
        texts = dict(printed)
        self._join(item, texts, corrections, quality, problems)
        self._correct(texts, printed, corrections, quality, problems)
        values, absences = self._values(texts, problems, quality)
        force = str(values.get("force") or profile.force)
        if not force:
            problems.append(Problem("missing_force"))
        for name, code in (("on", "missing_date"), ("place.name", "missing_place")):
            if not values.get(name) and not any(
                problem.column == self._label(name, texts) for problem in problems
            ):
                problems.append(Problem(code, self._label(name, texts)))
        result = None
        if not any(problem.severity == "error" for problem in problems):
            result = self._result(item, printed, texts, values, absences, corrections, quality, problems)
        return Mapped(
            page=item.position.page,
            sheet=item.position.sheet,
            row=item.row,
            line=item.position.line,
            force=force,
            printed=printed,
            fingerprint=self._fingerprint(printed, force),
            result=result,
            problems=problems,
            false_alert_rate=values.get("false_alert_rate"),
        )

    def unused_errata(self) -> Iterator[Mapped]:
        """A misprint that was declared for this very document must be in it."""
        for erratum in self.unseen.values():
            values = {"text": erratum.printed, "corrected": erratum.corrected}
            problem = Problem("erratum_not_found", erratum.column, values)
            printed: dict[str, str | None] = {**erratum.cells}
            yield Mapped(erratum.page, None, erratum.row, erratum.row, "", printed, "", None, [problem])

    # Text ------------------------------------------------------------------------------------------

    def _join(self, item: Printed, texts: dict, corrections: list, quality: list, problems: list) -> None:
        for label, (before, added) in item.joined.items():
            if label not in texts:
                continue
            texts[label] = f"{before or ''} {added}".strip()
            corrections.append(
                {
                    "field": self.profile.columns[label].field,
                    "printed": before,
                    "corrected": texts[label],
                    "reason": f"The source breaks this row over two pages; “{added}” stands on the next.",
                }
            )
            quality.append("row_joined")
            problems.append(Problem("row_joined", label, {"text": added}))

    def _correct(self, texts: dict, printed: dict, corrections: list, quality: list, problems: list) -> None:
        for erratum in self.profile.errata:
            if printed.get(erratum.column) != erratum.printed or not _has(printed, erratum.cells):
                continue
            self.unseen.pop(id(erratum), None)
            texts[erratum.column] = erratum.corrected
            field_name = self.profile.columns[erratum.column].field
            corrections.append(
                {
                    "field": field_name,
                    "printed": erratum.printed,
                    "corrected": self._as_value(erratum),
                    "reason": f"{erratum.reason} Source: {erratum.source}",
                }
            )
            quality.append("corrected")
            values = {"text": erratum.printed, "corrected": erratum.corrected, "reason": erratum.reason}
            problems.append(Problem("corrected", erratum.column, values))

    def _as_value(self, erratum: Erratum) -> str:
        if self.profile.columns[erratum.column].convert == "date":
            return fields.date(erratum.corrected, self.profile.date_formats)
        return erratum.corrected

    # Values ----------------------------------------------------------------------------------------

    def _values(
        self, texts: dict, problems: list, quality: list
    ) -> tuple[dict[str, Any], dict[str, tuple[str, str]]]:
        profile = self.profile
        values: dict[str, Any] = {}
        absences: dict[str, tuple[str, str]] = {}
        for label, column in self.columns:
            name = column.field or ""
            text = texts.get(label)
            if not text:
                absences[name] = ("not_published", profile.blank_why)
                continue
            if text in profile.not_applicable_words:
                absences[name] = ("not_applicable", f"The source prints “{text}”.")
                continue
            try:
                values[name] = self._convert(column, text)
            except Unfit as unfit:
                problems.append(Problem(unfit.code, label, {"text": text[:100], **unfit.values}))
                continue
            if len(text) > LONGEST.get(name, 1000):
                problems.append(Problem("too_long", label, {"limit": LONGEST.get(name, 1000)}))
            quality.extend(column.quality)
        self._sum(values, absences, problems)
        self._withhold(texts, values, absences, quality, problems)
        return values, absences

    def _convert(self, column: Column, text: str) -> str | int:
        if column.convert == "date":
            return fields.date(text, self.profile.date_formats)
        convert = fields.CONVERTERS[column.convert]
        return fields.text(text) if convert is None else convert(text)

    def _sum(self, values: dict, absences: dict, problems: list) -> None:
        for total, parts in self.profile.sums.items():
            # A part that is withheld in this row is no part of a sum.
            withheld = {w.field for w in self.profile.withheld if w.when is None and not w.repeats}
            if all(part in values for part in parts) and not withheld & set(parts):
                added = sum(values[part] for part in parts)
                if total in values and values[total] != added:
                    problems.append(Problem("total_differs", "", {"text": values[total], "sum": added}))
                values[total] = added
                absences.pop(total, None)
            elif total not in values:
                missing = next((part for part in parts if part in absences), None)
                absences[total] = absences.get(missing or "", ("not_published", self.profile.blank_why))

    def _withhold(self, texts: dict, values: dict, absences: dict, quality: list, problems: list) -> None:
        for withheld in self.profile.withheld:
            if withheld.field not in values or (withheld.when and not withheld.when.holds(texts)):
                continue
            if withheld.repeats and values[withheld.field] != values.get(withheld.repeats):
                label = self._label(withheld.field, texts)
                problems.append(Problem("repeat_broken", label))
            if withheld.code == "misleading":
                quality.append(f"{withheld.field}_withheld")
            del values[withheld.field]
            absences[withheld.field] = (withheld.code, withheld.why)

    # Result ----------------------------------------------------------------------------------------

    def _result(
        self,
        item: Printed,
        printed: dict,
        texts: dict,
        values: dict[str, Any],
        absences: dict[str, tuple[str, str]],
        corrections: list,
        quality: list[str],
        problems: list[Problem],
    ) -> dict[str, Any]:
        profile = self.profile
        aborted = self._is_aborted(texts, absences)
        figures = {name: values.get(name) for name in FIGURES}
        absent = {}
        for name in FIGURES:
            if figures[name] is not None:
                continue
            code, why = absences.get(name) or profile.absent.get(name) or ("not_published", profile.blank_why)
            if aborted:
                code, why = (
                    "aborted",
                    f"The deployment was stopped: {profile.abort_reason or 'no reason is given'}.",
                )
            elif code == "not_applicable" and name in absences:
                label = self._label(name, texts)
                problems.append(Problem("not_applicable", label, {"text": texts.get(label) or ""}))
            absent[name] = {"code": code, "why": why}
        started, ended, ends_on = _window(values)
        use_case = self._use_case(texts, values.get("use_case"), problems)
        nullable = {
            "duration_minutes": values.get("duration_minutes"),
            "started_at": started,
            "ended_at": ended,
            "watchlist_size": values.get("watchlist_size"),
            "threshold": values.get("threshold"),
            "algorithm": None,
            "use_case": use_case["label"] or use_case["code"],
        }
        for name in OTHER_NULLABLE:
            if nullable[name] is None:
                code, why = (
                    profile.absent.get(name) or absences.get(name) or ("not_published", profile.blank_why)
                )
                absent[name] = {"code": code, "why": why}
        self._add_quality(texts, values, figures, quality, problems)
        return {
            "schema": "deployment-result.v1",
            "technology": profile.technology,
            "on": values["on"],
            "ends_on": values.get("ends_on") or ends_on,
            "started_at": started,
            "ended_at": ended,
            "duration_minutes": values.get("duration_minutes"),
            "place": {"name": values["place.name"], "area": values.get("place.area")},
            "use_case": use_case,
            "status": "aborted" if aborted else "completed",
            "abort_reason": (profile.abort_reason or None) if aborted else None,
            "watchlist_size": values.get("watchlist_size"),
            "algorithm": None,
            "threshold": values.get("threshold"),
            "figures": figures,
            "absent": absent,
            "methods": self._methods(figures, texts),
            "quality": sorted(set(quality)),
            "provenance": self._provenance(item, printed, values, corrections),
        }

    def _is_aborted(self, texts: dict, absences: dict) -> bool:
        profile = self.profile
        if profile.aborted_when and profile.aborted_when.holds(texts):
            return True
        return bool(profile.aborted_if_all) and all(
            absences.get(name, ("",))[0] == "not_applicable" for name in profile.aborted_if_all
        )

    def _methods(self, figures: dict, texts: dict) -> dict[str, str]:
        methods = {name: how for name, how in self.profile.methods.items() if figures.get(name) is not None}
        for total, parts in self.profile.sums.items():
            if figures.get(total) is not None and all(figures.get(part, 0) is not None for part in parts):
                methods[total] = "derived"
        if "faces_rounded" in (texts.get(self._label("quality", texts)) or ""):
            methods["faces_seen"] = "rounded"
        return dict(sorted(methods.items()))

    def _add_quality(
        self, texts: dict, values: dict, figures: dict, quality: list[str], problems: list[Problem]
    ) -> None:
        profile = self.profile
        for code in (item.strip() for item in str(values.get("quality") or "").split(";")):
            if not code:
                continue
            if code in profile.quality_codes:
                quality.extend(profile.quality_codes[code])
            else:
                problems.append(
                    Problem("unknown_quality", self._label("quality", texts), {"text": code[:100]})
                )
        for mark in profile.marks:
            in_period = mark.first_on and mark.first_on <= values["on"] <= mark.last_on
            if in_period or (mark.cells and _has(texts, mark.cells)):
                quality.append(mark.code)
        quality.extend(contradictions(figures, values.get("false_alert_rate")))

    def _use_case(self, texts: dict, text: str | None, problems: list[Problem]) -> dict[str, str | None]:
        if not text:
            return {"code": None, "scheme": None, "label": None}
        for cases in self.profile.use_cases:
            if cases.when and not cases.when.holds(texts):
                continue
            codes = [code for code in re.split(r"[,\s]+", text) if code]
            if codes and all(code in cases.codes for code in codes):
                return {
                    "code": text,
                    "scheme": cases.scheme,
                    "label": "; ".join(cases.codes[code] for code in codes)[:200],
                }
            words = next(
                (label for word, label in cases.words.items() if word.casefold() == text.casefold()), None
            )
            if words:
                return {"code": None, "scheme": cases.scheme, "label": words}
        if any(cases.when is None or cases.when.holds(texts) for cases in self.profile.use_cases):
            problems.append(Problem("unknown_use_case", self._label("use_case", texts), {"text": text[:100]}))
        return {"code": None, "scheme": None, "label": text}

    def _provenance(self, item: Printed, printed: dict, values: dict, corrections: list) -> dict[str, Any]:
        profile = self.profile
        document = str(values.get("document") or profile.document or self.source.name)
        page: int | None = item.position.page
        row: int | None = item.row
        sha256 = self.source.sha256
        if self.per_row_source:
            # The file that was read is a collection; the row's own source was not read by us.
            found = PAGE_OF_SOURCE.search(document)
            page, row, sha256 = (int(found[1]) if found else None), None, None
            document = PAGE_OF_SOURCE.sub("", document)
        return {
            "publisher": str(values.get("publisher") or profile.publisher),
            "document": document,
            "url": values.get("url") or profile.url or None,
            "sha256": sha256,
            "page": page,
            "row": row,
            "printed": printed,
            "corrections": corrections,
        }

    def _fingerprint(self, printed: dict[str, str | None], force: str) -> str:
        said = {
            column.field: printed.get(label)
            for label, column in self.columns
            if column.field not in NOT_IN_FINGERPRINT and printed.get(label)
        }
        for ours, instead in (("on", "printed.date"), ("duration_minutes", "printed.duration")):
            label = self._label(instead, printed)
            if label and printed.get(label):
                said[ours] = printed[label]
        text = json.dumps([force, self.profile.technology, said], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def _label(self, name: str, texts: dict) -> str:
        return next((label for label, column in self.columns if column.field == name and label in texts), "")


def contradictions(figures: dict[str, int | None], printed_rate: str | None = None) -> list[str]:
    """Quality codes for figures that cannot all be right. They are shown, never mended."""
    found = []
    alerts, true, false = figures["alerts"], figures["true_alerts"], figures["false_alerts"]
    undetermined = figures["undetermined_alerts"] or 0
    if None not in (alerts, true, false) and alerts != true + false + undetermined:  # type: ignore[operator]
        found.append("alert_split_does_not_sum")
    outcomes = [figures[name] for name in ("arrests", "other_action", "no_action")]
    if alerts is not None and sum(count for count in outcomes if count is not None) > alerts:
        found.append("outcomes_exceed_alerts")
    if printed_rate is not None and not rate_is_right(printed_rate, false, figures["faces_seen"]):
        found.append("false_alert_rate_mismatch")
    return found


def rate_is_right(printed: str, false: int | None, faces: int | None) -> bool:
    """Whether a printed percentage is false alerts ÷ faces seen, rounded to the places it is printed with.

    A tie may be rounded either way. What cannot be computed is not called wrong.
    """
    if false is None or not faces:
        return True
    shown = Decimal(printed)
    exact = Decimal(false) * 100 / Decimal(faces)
    if (false == 0) != (shown == 0):
        return False
    places = Decimal(1).scaleb(shown.as_tuple().exponent)  # type: ignore[arg-type]
    return shown in {exact.quantize(places, ROUND_HALF_UP), exact.quantize(places, ROUND_HALF_EVEN)}


def _window(values: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Start and end as instants with their offset from UTC, and the end's date where it is another day."""
    start, end = values.get("start_time"), values.get("end_time")
    day = dt.date.fromisoformat(values["on"])
    last = dt.date.fromisoformat(values["ends_on"]) if values.get("ends_on") else day
    if start and end and last == day and end < start:
        last = day + dt.timedelta(days=1)
    started = dt.datetime.combine(day, dt.time.fromisoformat(start), LONDON).isoformat() if start else None
    ended = dt.datetime.combine(last, dt.time.fromisoformat(end), LONDON).isoformat() if end else None
    return started, ended, (last.isoformat() if last != day else None)


def _has(texts: dict[str, str | None], cells: dict[str, str]) -> bool:
    return all(texts.get(label) == text for label, text in cells.items())
