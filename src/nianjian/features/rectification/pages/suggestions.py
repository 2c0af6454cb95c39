"""The channel that an isolation is asked for: named by an address, else by what was found, with the reason found."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from nianjian.engines.paper.figures import count_text
from nianjian.features.portrait import causes
from nianjian.features.portrait.causes import Ranking
from nianjian.features.portrait.portraits import find_masked_portrait, list_years
from nianjian.features.rectification import queries
from nianjian.features.rectification.storage import CHANNEL, KEYS
from nianjian.platform.web.days import format_day

Json = Mapping[str, Any]


class Channel(NamedTuple):
    """``key``: what names it (line, display, team); ``channel``: its code or number."""

    key: str
    channel: str


def _read_channel(query: Mapping[str, str]) -> Channel | None:
    """The channel that an address names; None: it names none."""
    key, channel = (query.get(name, "").strip() for name in ("key", "channel"))
    return Channel(key, channel) if key in KEYS and 0 < len(channel) <= CHANNEL else None


def choose_channel(code: str, told: Json | None, query: Mapping[str, str], orders: Iterable[Json]) -> Channel | None:
    """The channel that an address names, else what was found; None where nothing was, or its request waits already.

    ``told``: the case, None without one; ``orders``: those of the page, as `operations.list_order_documents`.
    """
    asked = {(one["key"], one["channel"]) for one in orders if one["waiting"]}
    named = _read_channel(query)
    if named is not None:
        return None if named in asked else named
    return _suggest_channel(code, told, asked)


def _suggest_channel(code: str, told: Json | None, asked: Collection[tuple[str, str]]) -> Channel | None:
    """The first channel that a case's location, without one the newest portrait, names and that is not isolated."""
    held = {*asked, *queries.list_isolations(code).values_list("key", "channel")}
    if told is not None and told["located"]:
        named = [Channel(one["dimension"], str(one["key"])) for one in told["located"].get("named", ())]
    else:
        metric = next(iter(_list_metrics(code)), None)
        found = None if metric is None else causes.find_named_channel(metric[1], causes.get_level(metric[0]))
        named = [] if found is None else [Channel(found[0].split, str(cause.key)) for cause in found[0].named]
    return next((one for one in named if "*" not in one.channel and one not in held), None)


def find_reason(code: str, asked: Channel, called: str) -> str:
    """What the exact test of a portrait found of a channel, the newest first; "" where it does not stand out."""
    for portrait, metric in _list_metrics(code):
        if not (metric.get("splits") or {}).get(asked.key):
            continue
        ranking: Ranking = causes.rank_causes(metric, asked.key, causes.get_level(portrait))
        cause = next((one for one in ranking.named if one.key == asked.channel), None)
        if cause is not None:
            text = _("{channel} stands out beyond chance: {count} of {total} complaints (exact test, as at {day})")
            return text.format(
                channel=called, count=count_text(cause.count), total=count_text(ranking.total),
                day=format_day(date.fromisoformat(portrait["period"]["as_of"])),
            )  # fmt: skip
    return ""


def _list_metrics(code: str) -> list[tuple[Json, Json]]:
    """The newest portraits of at most two data years, each with its complaint rate."""
    portraits = (find_masked_portrait(code, year) for year in list_years(code)[:2])
    return [(one, metric) for one in portraits if one for metric in one["metrics"] if metric["slug"] == causes.TESTED]
