"""The files of a published table, by the ending of their address. Each writes the cells of `table.grid` and no others.

The same table gives the same bytes, so a copy can be told from a newer one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coordination.collation.published.formats import as_csv, as_csvw, as_json, as_ods, as_xlsx
from coordination.collation.published.reading import Table
from coordination.collation.published.words import Place


@dataclass(frozen=True, slots=True)
class Format:
    """`ending` is that of the address; `is_text` a file that is cheaper to write than to remember."""

    ending: str
    media_type: str
    label: str | Promise
    write: Callable[[Table, Place], bytes]
    is_text: bool = True


FORMATS: Mapping[str, Format] = {
    each.ending: each
    for each in (
        Format("ods", as_ods.MEDIA_TYPE, _("Spreadsheet (ODS)"), as_ods.write, is_text=False),
        Format("xlsx", as_xlsx.MEDIA_TYPE, _("Spreadsheet (XLSX)"), as_xlsx.write, is_text=False),
        Format("csv", as_csv.MEDIA_TYPE, _("CSV"), as_csv.write),
        Format(
            "csv-metadata.json", as_csvw.MEDIA_TYPE, _("What the CSV's columns mean (CSVW)"), as_csvw.write
        ),
        Format("json", as_json.MEDIA_TYPE, _("JSON"), as_json.write),
    )
}
