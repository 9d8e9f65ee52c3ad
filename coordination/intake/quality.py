"""Quality codes that records from published sources may carry, each with a sentence for its readers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

QUALITY = {
    "abort_reason_from_description": _("The reason for the stop comes from a description of the source."),
    "alert_split_does_not_sum": _(
        "The true, false and undetermined alerts do not add up to the alerts printed."
    ),
    "area_inferred": _("The borough or area was added by whoever transcribed the source."),
    "arrests_includes_disposals": _("The column of arrests also holds other disposals."),
    "conflicts_with_running_total": _("The source also gives a running total that does not fit this record."),
    "contradicts_source_text": _("Another statement in the same source contradicts this record."),
    "corrected": _("A known misprint in the source was corrected; the record shows what was printed."),
    "engagements_are_a_sum": _("Engagements are the sum of two printed columns, for true and false alerts."),
    "faces_estimated": _("Faces seen is an estimate by the force, and counts detections, not people."),
    "faces_period_low": _(
        "Faces seen per hour were several times lower in most deployments of this period than before and after: "
        "do not compare."
    ),
    "faces_rounded": _("Faces seen was rounded by the source."),
    "false_alert_rate_mismatch": _("The false alert rate printed is not false alerts divided by faces seen."),
    "false_alerts_unsplit": _("False alerts are printed as one figure, not as confirmed and unconfirmed."),
    "no_results_found": _("The deployment is known, but no figures for it were found."),
    "no_action_may_include_other": _(
        "“No action” is printed twice and may include other outcomes than none."
    ),
    "other_action_withheld": _("“Other” repeats “No action” in this source, so it is withheld."),
    "outcomes_exceed_alerts": _("Arrests and other outcomes together are more than the alerts."),
    "place_cut_short": _("The source cuts the name of the place short."),
    "row_joined": _("The row was broken across two pages of the source and was joined."),
    "secondary_source": _(
        "Not read from the force's own record but from a transcription, page or press report."
    ),
    "suspect_value": _("A printed value is probably a misprint; it is shown as printed."),
    "threshold_of_whole_document": _(
        "The threshold is stated once for the whole source, not for this deployment."
    ),
    "times_approximate": _("The times of start and end are approximate."),
    "times_from_press": _("The times of start and end come from a press report."),
    "transcribed": _("The published document is not held; the figures were keyed in from it."),
    "true_alerts_unsplit": _("True alerts are printed as one figure, not as confirmed and unconfirmed."),
}
