"""Advice lines of a portrait (D5): each step with the light it would bring, and what the law wants first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nianjian.engines.paper.figures import amount, count
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import Words, mark

Json = Mapping[str, Any]

STEPS: Final[Mapping[str, str]] = {
    "open_seats": mark("open {count} more filed seats"),
    "cut_seats": mark("cut the filing by {count} seats"),
    "close_unfiled": mark("close the {count} seats that are open without being filed"),
    "file_seats": mark("file the {count} seats that are open without being filed"),
    "cut_stopped_seats": mark("cut the filing of the {count} stopped seats"),
    "close_idle_seat": mark("closing {count} seat without cutting the filing raises the vacancy"),
    "move_line": mark("line {line}: display own filed numbers ({count} calls showed landline or mobile numbers)"),
    "close_tickets": mark("close {count} open tickets"),
}
WARNINGS: Final[Mapping[str, str]] = {
    "order_81_no_marketing": mark("notice No. 81 of 2020: call centres make no marketing calls"),
    "needs_outbound_permission": mark("the number must be permitted to call out"),
    "needs_purpose_filed": mark("the purpose must be filed"),
    "needs_commitment_letter": mark("the letter of commitment must be on file"),
    "needs_consent": mark("the called persons must have consented"),
    "needs_result_and_callback": mark("each needs a result and a recorded call-back"),
}


def advice_lines(portrait: Json, _: Words) -> tuple[str, ...]:
    """Word every step the portrait computed, in its order; an unknown step shows its code."""
    units = {metric["slug"]: str(metric["unit"]) for metric in portrait["metrics"]}
    return tuple(_line(step, units.get(step["metric"], ""), _) for step in portrait.get("advice") or ())


def simulated_warnings(portrait: Json, _: Words) -> tuple[str, ...]:
    """What the law wants before the moves of a simulated portrait may be made."""
    codes = (portrait.get("simulated") or {}).get("warnings") or ()
    return tuple(_(WARNINGS[code]) if code in WARNINGS else str(code) for code in codes)


def _line(step: Json, unit: str, _: Words) -> str:
    code = str(step["code"])
    act = _(STEPS[code]).format(count=count(step["count"]), line=step.get("line", "")) if code in STEPS else code
    effect = _("{metric} becomes {value}, {light}").format(
        metric=name("metric", str(step["metric"]), _),
        value=amount(step.get("value"), unit),
        light=name("light", str(step["light"]), _),
    )
    text = f"{act} → {effect}"
    warnings = [_(WARNINGS[code]) if code in WARNINGS else str(code) for code in step.get("warnings") or ()]
    return f"{text} ({'; '.join(warnings)})" if warnings else text
