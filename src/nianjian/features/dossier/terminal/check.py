"""What a check found: as JSON with sentences, and as lines with a table of pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from nianjian.engines.paper.dossier import finding
from nianjian.engines.paper.texts.dossier.words import ITEMS, SEALS, VERDICTS
from nianjian.features.dossier import page
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _

if TYPE_CHECKING:
    from nianjian.features.dossier.check import Checked
    from nianjian.features.dossier.finding import Finding

Json = Mapping[str, Any]

STYLES: Final = {"ready": "green", "needs_person": "yellow", "not_ready": "bold red"}


def to_document(checked: Checked) -> dict[str, object]:
    """The answer as JSON."""
    return {
        "item": checked.item,
        "verdict": checked.verdict.value,
        "findings": [_finding(one) for one in checked.findings],
        "fields": dict(checked.fields),
        "pages": [page.to_document(one) for one in checked.pages],
        "file": {"sha256": checked.sha256, "kind": checked.kind, **checked.package},
    }


def _finding(one: Finding) -> dict[str, object]:
    return {"code": one.code, "page": one.page, "message": finding(one.code, {"page": one.page, **one.values}, _)}


def present_check(told: Json) -> Callable[[Console], None]:
    """The verdict, what speaks against it, and the pages."""

    def show(console: Console) -> None:
        head = f"{_(ITEMS[told['item']])}: {_(VERDICTS[told['verdict']])}"
        console.print(head, style=STYLES[told["verdict"]], highlight=False, markup=False)
        for one in told["findings"]:
            where = _("page {page}: ").format(page=one["page"]) if one["page"] else ""
            console.print(f"  {where}{one['message']}", highlight=False, markup=False)
        header = (_("page"), "A4", "dpi", _("blank"), _("skew"), _("rotation"), _("colour"), _("seals"))
        table.rows(console, header, (_line(page) for page in told["pages"]))

    return show


def _line(page: Json) -> tuple[object, ...]:
    seals = ", ".join(f"{_(SEALS[one['kind']])} {one['diameter_mm']:.0f} mm" for one in page["seals"])
    skew = None if page["skew_deg"] is None else f"{page['skew_deg']:.1f}°"
    words = tuple(_("yes") if page[name] else _("no") for name in ("a4", "blank"))
    colour = _("colour") if page["colour"] == "colour" else _("grey")
    return (page["page"], words[0], page["dpi"], words[1], skew, page["rotation"], colour, seals)
