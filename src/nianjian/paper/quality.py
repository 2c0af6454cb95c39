"""Data quality of a portrait as a table: how much of the figures can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nianjian.paper import fragments
from nianjian.paper.figures import count
from nianjian.paper.words import Words

Json = Mapping[str, Any]

FIGURES: Final[Mapping[str, str]] = {}
SHOWN_DAYS: Final = 5


def lines(portrait: Json, _: Words) -> list[tuple[str, str]]:
    """Label and figure of each quality entry, nested ones flattened, in the portrait's order."""
    found: list[tuple[str, str]] = []

    def walk(prefix: str, value: object) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                walk(f"{prefix} · {_label(str(key), _)}" if prefix else _label(str(key), _), inner)
        elif isinstance(value, list):
            shown = ", ".join(str(item) for item in value[:SHOWN_DAYS])
            found.append((prefix, shown + (" …" if len(value) > SHOWN_DAYS else "") if value else "0"))
        else:
            found.append((prefix, count(value) if isinstance(value, int) else str(value if value is not None else "–")))

    walk("", portrait.get("quality") or {})
    return found


def _label(key: str, _: Words) -> str:
    text = FIGURES.get(key)
    return _(text) if text else key.replace("_", " ")


def table(portrait: Json, _: Words) -> str:
    """The entries as an HTML table."""
    return fragments.table(_("Data quality"), (_("figure"), _("value")), lines(portrait, _))
