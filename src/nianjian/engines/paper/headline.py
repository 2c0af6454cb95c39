"""The sentence that stands before the light of the whole, and what is missing where no light can be told.

A regulator sees green, yellow or red. "Data insufficient" is ours: the records at hand do not decide the light.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from nianjian.engines.paper.figures import count
from nianjian.engines.paper.fragments import light
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import Words, mark

UNDECIDED: Final = "insufficient"
SEEN: Final = mark("The regulator would see")
UNTOLD: Final = mark("On the present data no light can be determined")
NOTHING: Final = mark("the calls, seats and complaints of the data year")
# flag that leaves a light undecided: what to supply
MISSING: Final[Mapping[str, str]] = {
    "filing_unknown": mark("the filing state of {n} seats"),
    "undated": mark("the day of acceptance of {n} complaints"),
    "answer_unknown": mark("whether {n} delivered calls were answered"),
    "evasion": mark("the display number of {n} delivered calls"),
    "unknown_high": mark("the display number of {n} delivered calls"),
}

Json = Mapping[str, Any]


def lead(portrait: Json, _: Words) -> str:
    """What is said before the light."""
    return _(UNTOLD if portrait["light"] == UNDECIDED else SEEN)


def missing(portrait: Json, _: Words) -> tuple[str, ...]:
    """What would decide the light, a line each with its metric in front; () where it is decided."""
    if portrait["light"] != UNDECIDED:
        return ()
    undecided = [metric for metric in portrait["metrics"] if metric["light"] == UNDECIDED]
    lines = dict.fromkeys(line for metric in undecided for line in _lines(metric, _))
    return tuple(lines) or (_("missing: {what}").format(what=_(NOTHING)),)


def warnings(portrait: Json, _: Words) -> tuple[str, ...]:
    """What the reader must know beside the figures; portraits kept by an older program have none."""
    ignored = _("the approved overlay of {key} ({value}) does not act: the rule takes no overlay any more")
    texts = {
        "overlay_ignored": ignored,
        "watched": _(
            "in the watch list: {licences}. Internal limits at {share} of the guide's act on the lights beside them;"
            " they are the house's own, no law"
        ),
        "rows_erased": _("rows erased on {on}: those before {before} are gone; the figures stay as they were sealed"),
    }
    return tuple(
        texts.get(str(one["code"]), str(one["code"])).format_map(one) for one in portrait.get("warnings") or ()
    )


def html(portrait: Json, _: Words) -> str:
    """Sentence, light, what is missing and the warnings, escaped."""
    pill = light(str(portrait["light"]), name("light", str(portrait["light"]), _), big=True)
    lines = "".join(f"<li>{escape(line)}</li>" for line in (*missing(portrait, _), *warnings(portrait, _)))
    listed = f'<ul class="missing">{lines}</ul>' if lines else ""
    return f"<div><p>{escape(lead(portrait, _))} {pill}</p>{listed}</div>"


def _lines(metric: Json, _: Words) -> Iterator[str]:
    for flag in metric["flags"]:
        if flag["light"] == UNDECIDED and flag["code"] in MISSING:
            # the evasion flag counts landlines and mobiles; what is missing are the unknown numbers
            number = metric["components"]["unknown"] if flag["code"] == "evasion" else flag["count"]
            what = _(MISSING[flag["code"]]).format(n=count(number))
            yield _("{metric} – missing: {what}").format(metric=name("metric", metric["slug"], _), what=what)
