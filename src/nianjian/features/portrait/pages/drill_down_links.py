"""From a figure to the rows behind it: one address and one wording, wherever the figure stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nianjian.engines.metrics.drill_down import EXCLUDED, IDLE, SPLITS, component_of_flag, components
from nianjian.engines.paper import drill, figures
from nianjian.engines.paper.fragments import BEHIND, FLAG
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import Words
from nianjian.features.portrait.operations import portraits
from nianjian.features.portrait.pages.portrait_context import NONE, Opened, token
from nianjian.platform.web.tables import Cell

# Field of a row of a split -> the component whose rows it counts, where they are not called the same.
PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "complaint_rate": {"numerator": "complaints", "denominator": "answered"},
    "number_consistency": {"denominator": "delivered"},
    "closing_rate": {"numerator": "closed", "denominator": "tickets"},
}


@dataclass(frozen=True, slots=True)
class Place:
    """One row of a split: ``key`` as it was counted, not masked; ``row`` None where a metric says nothing of it."""

    split: str
    key: str | None
    row: Mapping[str, Any] | None


def address_of(one: Opened, slug: str, part: str, **keys: str) -> str:
    """Return the address of the rows that a component counts, narrowed to the keys."""
    return one.link("portrait-rows", slug=slug, query={"class": part, **keys})


def part_name(component: str, _: Words) -> str:
    """What a component is called; a reason that excludes by its own name."""
    if component == IDLE:
        return _("filed, not opened")
    if component.startswith(EXCLUDED):
        return f"{name('component', 'excluded', _)}: {name('exclusion', component.removeprefix(EXCLUDED), _)}"
    return name("component", component, _)


def inputs(one: Opened, told: Mapping[str, Any], counts: Mapping[str, int], _: Words) -> list[tuple[str, str, str]]:
    """(name, count, address of the rows) of each input; reckoned figures have no rows."""
    found = [
        (part_name(part, _), figures.count(number), address_of(one, told["slug"], part) if number else "")
        for part, number in counts.items()
        if not part.startswith(EXCLUDED)
    ]
    reckoned = [part for part in ("allowance", "headroom") if part in told["components"]]
    return found + [(name("component", part, _), figures.count(told["components"][part]), "") for part in reckoned]


def ways_of_card(one: Opened, told: Mapping[str, Any]) -> dict[str, str]:
    """Code of a card's line or flag -> address of the rows that it counts."""
    parts = {
        part.removeprefix(EXCLUDED): address_of(one, told["slug"], part)
        for part, number in components(told).items()
        if number
    }
    return parts | {f"{FLAG}{code}": address for code, address in ways_of_flags(one, told).items()}


def ways_of_flags(one: Opened, told: Mapping[str, Any]) -> dict[str, str]:
    """Code of a flag -> address of the rows that it speaks of."""
    found = {flag["code"]: component_of_flag(told, flag["code"]) for flag in told["flags"]}
    return {code: address_of(one, told["slug"], part) for code, part in found.items() if part}


def plain_keys(one: Opened, told: Mapping[str, Any], split: str) -> list[str | None]:
    """Key of each row of a split, as it was counted: a masked number names no single one."""
    whole = portraits.find_portrait(one.code, one.year, one.run) if split == "display" else None
    metric = next(m for m in whole["metrics"] if m["slug"] == told["slug"]) if whole else told
    return [row["key"] for row in drill.rows(metric, split)]


def cells(one: Opened, told: Mapping[str, Any], place: Place, _: Words) -> list[Cell]:
    """What one metric says in a row: its counts with the way to their rows, its rate, its light."""
    slug, row = str(told["slug"]), place.row
    fields = drill.COLUMNS[slug]
    if row is None:
        return [Cell(figures.DASH, figure=True)] * (len(fields) + 2)
    narrowed = place.split == drill.MONTH or place.split in SPLITS[slug]
    found = []
    for text, field in fields:
        number = row.get(field)
        if number and narrowed:
            part = PARTS.get(slug, {}).get(field, field)
            href = address_of(one, slug, part, **{place.split: _written(one, place)})
            label = f"{drill.key_text(row['key'], _)} · {_(text)}"
            said = f"{_(BEHIND) % {'label': label}}: {figures.count(number)}"
            found.append(Cell(figures.count(number), href=href, says=said, figure=True))
        else:
            found.append(Cell(figures.count(number), figure=True))
    light = str(row["light"])
    return [*found, Cell(row.get("value") or figures.DASH, figure=True), Cell(name("light", light, _), code=light)]


def _written(one: Opened, place: Place) -> str:
    """The key as an address holds it: nobody can tell a displayed number from it."""
    if place.key is None:
        return NONE
    return token(one.code, place.key) if place.split == "display" else place.key
