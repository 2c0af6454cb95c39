"""Data quality of a portrait as a table: how much of the figures can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nianjian.engines.paper import fragments
from nianjian.engines.paper.figures import count
from nianjian.engines.paper.texts.reasons import REASONS
from nianjian.engines.paper.words import Words, mark

Json = Mapping[str, Any]

FIGURES: Final[Mapping[str, str]] = {
    "rows": mark("rows of all imports, whatever the year"),
    "loaded": mark("loaded"),
    "rejected": mark("rejected"),
    "rejected_share": mark("share rejected, %"),
    "reasons": mark("reasons"),
    "id_conflict": mark("same id, other content"),
    "calls": mark("calls of the data year"),
    "records": mark("calls of every kind"),
    "outbound": mark("outbound calls"),
    "delivered": mark("delivered"),
    "answered": mark("answered"),
    "answer_unknown": mark("answered or not: unknown"),
    "undelivered": mark("not delivered"),
    "tests": mark("test calls"),
    "without_customer": mark("calls without a customer leg"),
    "masked_callee": mark("called number masked"),
    "display_confidence": mark("confidence in the display number"),
    "good": mark("good"),
    "medium": mark("medium"),
    "low": mark("low"),
    "none": mark("none"),
    "count": mark("number"),
    "share": mark("share, %"),
    "display_shapes": mark("shape of the display number"),
    "zero_lost": mark("leading zero lost"),
    "days_without_records": mark("days without records"),
    "ranges": mark("which"),
    "complaints_matched": mark("complaints matched to a call"),
    "complaints": mark("complaints"),
    "matched": mark("matched"),
    "by": mark("matched by"),
    "id": mark("call id"),
    "ten_minutes": mark("numbers within ten minutes"),
    "day": mark("numbers on the same day"),
    "mobile": mark("mobile"),
    "landline": mark("landline"),
    "short": mark("short number"),
    "short_long": mark("short number with extension"),
    "short_or_landline": mark("short number or landline"),
    "short_or_other": mark("short number with 86 in front"),
    "service_400_800": mark("400/800 number"),
    "other": mark("other number"),
    "international": mark("international"),
    "masked": mark("masked"),
    "damaged": mark("damaged by Excel"),
}
SHOWN_DAYS: Final = 5
PERIOD: Final = "period"


def lines(portrait: Json, _: Words) -> list[tuple[str, str]]:
    """Label and figure of each quality entry, nested ones flattened, in the portrait's order."""
    found: list[tuple[str, str]] = []

    def walk(prefix: str, value: object) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                if key == PERIOD:  # the label of the block says it
                    continue
                walk(f"{prefix} · {_label(str(key), _)}" if prefix else _label(str(key), _), inner)
        elif isinstance(value, list):
            shown = ", ".join(_item(item) for item in value[:SHOWN_DAYS])
            found.append((prefix, shown + (" …" if len(value) > SHOWN_DAYS else "") if value else "0"))
        else:
            found.append((prefix, count(value) if isinstance(value, int) else str(value if value is not None else "–")))

    walk("", portrait.get("quality") or {})
    return found


def _item(item: object) -> str:
    """A range of days as one day or two, anything else as it is."""
    if isinstance(item, Mapping) and {"from", "to"} <= set(item):
        return str(item["from"]) if item["from"] == item["to"] else f"{item['from']} – {item['to']}"
    return str(item)


def _label(key: str, _: Words) -> str:
    text = FIGURES.get(key) or REASONS.get(key)
    return _(text) if text else key.replace("_", " ")


def table(portrait: Json, _: Words) -> str:
    """The entries as an HTML table."""
    return fragments.table(_("Data quality"), (_("figure"), _("value")), lines(portrait, _), form="wrap")
