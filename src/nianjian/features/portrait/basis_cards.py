"""Both bases of a data year as cards, as overview and portrait show them."""

from __future__ import annotations

from typing import Any

from nianjian.engines.kernel import clock
from nianjian.engines.paper import figures, sections
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words
from nianjian.features.portrait import bases


def build_basis_cards(code: str, year: int, _: Words) -> dict[str, Any] | None:
    """Both bases as cards for a page; None where they do not stand side by side (`bases.list_open_bases`)."""
    found = bases.list_bases(code, year) if bases.list_open_bases(code, year, clock.today()) else None
    if found is None:
        return None
    cards = []
    for one in found.results:
        metrics = one.portrait["metrics"] if one.portrait else ()
        cards.append(
            {
                "name": code_name("basis", one.basis.value, _),
                "filed": one.basis is found.in_force.basis,
                "run": one.run,
                "word": code_name("light", one.light, _) if one.light else "",
                "light": one.light,
                "metrics": [
                    {
                        "title": code_name("metric", metric["slug"], _),
                        "value": figures.amount_text(figures.proven(metric), metric["unit"], metric.get("limit")),
                        "light": metric["light"],
                        "word": code_name("light", metric["light"], _),
                    }
                    for metric in metrics
                ],
                "advice": sections.advice_lines(one.portrait, _, today=clock.today()) if one.portrait else (),
            }
        )
    rule = found.in_force.rule
    return {
        "cards": cards,
        "year": year,
        "last_day": found.last_day,
        "chosen": found.in_force if found.in_force.by else None,
        "by": actor_text(found.in_force.by, _),
        "rule": rule,
        "asked": code_name("basis", str(rule.value), _),
        "level": code_name("level", rule.level.value, _),
    }
