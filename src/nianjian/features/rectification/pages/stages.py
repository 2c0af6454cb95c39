"""The six steps of a case as its page shows them: one open, done ones with who and when, later ones with what waits.

And the channel that an isolation is asked for: named by an address, else by what was found, with the reason found.
Apart from the pages, which only render it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from nianjian.engines.gate.decision_search import DecisionFilter
from nianjian.engines.paper import rectification
from nianjian.engines.paper.figures import count_text
from nianjian.engines.paper.rectification import ChannelNames
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import Words, mark
from nianjian.features.dial_policy.decisions import list_recent_decisions
from nianjian.features.portrait import causes
from nianjian.features.portrait.causes import Ranking
from nianjian.features.portrait.portraits import find_masked_portrait, list_years
from nianjian.features.rectification import figures, queries, states
from nianjian.features.rectification.documents import CaseDetail, CaseEvent, CaseOrder
from nianjian.features.rectification.storage import CHANNEL, KEYS
from nianjian.platform.accounts.query import Actor, recorded_actor
from nianjian.platform.approvals.storage import list_approvers
from nianjian.platform.web.days import format_day, format_moment
from nianjian.platform.web.work import person

Json = dict[str, Any]
DONE, NOW, LATER = "done", "now", "later"
#: Step of the page -> the step of the case that ends it, its name, and what it waits for while it lies ahead.
STAGES: Final[Mapping[str, tuple[str, str, str]]] = {
    "opened": (states.OPENED, mark("Case opened"), ""),
    "located": (states.LOCATED, mark("Location"), mark("once the case is open")),
    "isolated": (states.ISOLATED, mark("Isolation"), mark("once the channel is located; a second person decides")),
    "measured": (states.MEASURED, mark("Before and since"), mark("counted once the isolation is in force")),
    "reported": (states.REPORTED, mark("Rectification report"), mark("drafted from the steps and the measures")),
    "closed": (states.CLOSED, mark("Hand-in and closing"), mark("the hand-in is recorded; closed when it has worked")),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A step on its line. ``href``: where its grounds stand, ``label``: what that link says."""

    key: str
    title: str
    state: str
    line: str
    href: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class IsolationRequest:
    """An isolation that waits: what holds now and once it is approved, who asked, who can decide."""

    channel: str
    address: str
    rows: list[tuple[str, str, str]]
    reason: str
    end: str
    requester: str
    at: str
    deciders: list[str]
    deaf: bool  # the gate has had no call of this line today


def list_stages(code: str, detail: CaseDetail, names: ChannelNames, word: Words) -> list[Stage]:
    """The steps in their order; the first that is not done is open, none of a case that is closed."""
    done = {one.step for one in detail.steps if one.done}
    lines = {
        "opened": _opened_line(detail),
        "located": _located_line(detail, names, word),
        "isolated": _isolated_line(detail, names),
        "closed": _closed_line(detail, word),
    }
    links = {
        "located": (reverse("rectify-locate", args=[code, detail.id]), _("View the grounds")),
        "isolated": (reverse("rectify-isolate", args=[code, detail.id]), _("View the orders")),
        "measured": ("#figures", _("View the figures")),
    }
    stages: list[Stage] = []
    for key, (step, title, waits) in STAGES.items():
        if step in done:
            line = " · ".join(part for part in (lines.get(key, ""), _event_line(detail, step)) if part)
            stages.append(Stage(key, word(title), DONE, line, *links.get(key, ("", ""))))
        elif states.CLOSED in done or any(stage.state == NOW for stage in stages):
            stages.append(Stage(key, word(title), LATER, word(waits)))
        else:
            stages.append(Stage(key, word(title), NOW, ""))
    return stages


def _opened_line(detail: CaseDetail) -> str:
    causes = _("; ").join(detail.causes)
    return _("The notice names: {causes}").format(causes=causes) if causes else detail.notice or ""


def _located_line(detail: CaseDetail, names: ChannelNames, word: Words) -> str:
    content = rectification.location_content(detail.located, names, word)
    if content is None:
        return ""
    return _("; ").join(content["named"]) or str(content["none_named"])


def _isolated_line(detail: CaseDetail, names: ChannelNames) -> str:
    standing = [one for one in detail.orders if one.kind == "isolate" and one.approved_at]
    texts = []
    for one in standing:
        channel = rectification.channel_text(one.key, one.channel, names)
        text = channel if one.cap is None else _("{channel}: at most {cap} calls a day")
        texts.append(text.format(channel=channel, cap=one.cap))
    return _("; ").join(texts)


def _closed_line(detail: CaseDetail, word: Words) -> str:
    """That the effect stays unproved where days since the isolation have no calls on record."""
    days = ((detail.checked or {}).get(figures.AFTER) or {}).get(figures.UNRECORDED)
    return error_message("effect_unproved", {"days": days}, word) if days else ""


def _event_line(detail: CaseDetail, step: str) -> str:
    event = next((one for one in reversed(detail.events) if one.step == step), None)
    return "" if event is None else f"{event_actors(event)} {event.at[:16].replace('T', ' ')}"


def event_actors(event: CaseEvent) -> str:
    """Who did what an event tells: of an isolation who asked for it, and who approved it."""
    return person(" + ".join(event.actors))


def find_request(code: str, detail: CaseDetail, names: ChannelNames, actor: Actor) -> IsolationRequest | None:
    """The isolation of the case that waits for a second person; None: none does."""
    order = next((one for one in detail.orders if not one.approved_at), None)
    if order is None:
        return None
    requester = recorded_actor(order.proposed_by)
    isolates = order.kind == "isolate"
    rows = [(_("Calls a day"), cap_text(order.cap_before), cap_text(order.cap))]
    if isolates:
        listed = _("consented numbers only")
        rows += [
            (_("May be called"), _("anybody"), listed),
            (_("Takes effect"), "–", _("within 5 seconds, on every gateway")),
        ]
    return IsolationRequest(
        channel=rectification.channel_text(order.key, order.channel, names),
        address=reverse("approvals-decide-here", args=[code, order.approval]),
        rows=rows,
        reason=order.reason,
        end=order.end or "",
        requester=person(order.proposed_by),
        at=format_moment(datetime.fromisoformat(order.proposed_at)),
        deciders=[one.display_name or one.name for one in list_approvers(code, requester)],
        deaf=is_unheard(code, order.key, order.channel, actor),
    )  # fmt: skip


def is_unheard(code: str, key: str, channel: str, actor: Actor) -> bool:
    """Whether the gate has had no call of a line today, so that it can limit none; of another channel not known."""
    filters = DecisionFilter(enterprise=code, channel=channel)
    return key == "line" and not list_recent_decisions(filters=filters, limit=1, actor=actor).decisions


def cap_text(cap: int | None) -> str:
    """How many calls a day a channel may make; None: as many as it likes."""
    return _("no cap") if cap is None else _("at most {cap} calls").format(cap=cap)


class Channel(NamedTuple):
    """``key``: what names it (line, display, team); ``channel``: its code or number."""

    key: str
    channel: str


def choose_channel(
    code: str, detail: CaseDetail | None, query: Mapping[str, str], orders: Iterable[CaseOrder]
) -> Channel | None:
    """The channel that an address names, else what was found; None where nothing was, or its request waits already.

    ``detail``: the case, None without one; ``orders``: those of the page, as `operations.list_order_documents`.
    """
    pending = {(one.key, one.channel) for one in orders if one.waiting}
    key, channel = (query.get(name, "").strip() for name in ("key", "channel"))
    if key in KEYS and 0 < len(channel) <= CHANNEL:
        return None if (key, channel) in pending else Channel(key, channel)
    return _suggest_channel(code, detail, pending)


def _suggest_channel(code: str, detail: CaseDetail | None, pending: Collection[tuple[str, str]]) -> Channel | None:
    """The first channel that a case's location, without one the newest portrait, names and that is not isolated."""
    taken = {*pending, *queries.list_isolations(code).values_list("key", "channel")}
    if detail is not None and detail.located:
        channels = [Channel(one["dimension"], str(one["key"])) for one in detail.located.get("named", ())]
    else:
        metric = next(iter(_list_metrics(code)), None)
        result = None if metric is None else causes.find_named_channel(metric[1], causes.get_level(metric[0]))
        channels = [] if result is None else [Channel(result[0].split, str(cause.key)) for cause in result[0].standouts]
    return next((one for one in channels if "*" not in one.channel and one not in taken), None)


def find_reason(code: str, channel: Channel, called: str) -> str:
    """What the exact test of a portrait found of a channel, the newest first; "" where it does not stand out."""
    for portrait, metric in _list_metrics(code):
        if not (metric.get("splits") or {}).get(channel.key):
            continue
        ranking: Ranking = causes.rank_causes(metric, channel.key, causes.get_level(portrait))
        cause = next((one for one in ranking.standouts if one.key == channel.channel), None)
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
