"""Sentences of the overview: the day's verdict, what stands in the way, what waits, how old things are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.metrics import marketing
from nianjian.engines.paper import sections
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.complaints import CLOCKS
from nianjian.engines.paper.texts.errors import error_message, translate_value
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.texts.reconciliation import KINDS as KINDS_COMPARED
from nianjian.engines.paper.texts.season import OBSTACLES, TASKS, TRACKS, obstacle_text
from nianjian.engines.paper.words import Words, mark
from nianjian.features.inbox.obstacles import Point
from nianjian.features.overview import attention, queue
from nianjian.features.overview.verdict import FINE, Reason
from nianjian.platform.rulebook.deadlines import Expiry

Json = Mapping[str, Any]

CHANGED: Final[Mapping[str, str]] = {
    "calls": mark("call records: imported, undone or erased {n} times"),
    "registers": mark("registers, such as seats and numbers: {n} changes"),
    "complaints": mark("complaints: {n} changes"),
    "papers": mark("documents that explain a light: {n} added"),
    "declarations": mark("metrics declared not applicable, decisions about marketing calls: {n} changes"),
    "watch": mark("watch list: {n} changes"),
    "rules": mark("rules: another version of the rulebook, or another approved value"),
}
VERDICTS: Final[Mapping[Reason, str]] = {
    Reason.NOTHING_YET: mark("No portrait has been computed yet: import registers and call records, then compute it."),
    Reason.RED: mark("Not a good day: red in {metrics}."),
    Reason.LATE: mark("Act today: a report is late, only a late report is possible."),
    Reason.OVERDUE: mark("Act today: {overdue} complaints are still open past their time limit."),
    Reason.DEADLINE: mark("Act today: {days} days are left and something is still open."),
    Reason.OVER: mark("Act today: a deadline passed {days} days ago and something is still open."),
    Reason.UNDECIDED: mark("The light cannot be determined yet: something is missing in {metrics}."),
    Reason.YELLOW: mark("Check today: yellow in {metrics}."),
    Reason.BLOCKED: mark("No light calls for action, but {blockers} blockers remain."),
    Reason.TASKS: mark("No blockers, and {tasks} tasks are waiting for you."),
    Reason.STALE: mark("Nothing calls for action, but the newest call is {age} days old."),
    Reason.GOOD: mark("A good day: nothing calls for action and nothing is waiting for you."),
}
INCOMPLETE: Final = mark("The light cannot be determined yet: registers or days of call records are missing.")
UNANSWERED: Final = mark("The light cannot be determined yet: a decision about marketing calls is missing.")
POINTS: Final[Mapping[str, str]] = {
    attention.NOT_RUN: mark("No portrait of any data year has been computed."),
    attention.INSUFFICIENT: mark("{metric}: the light cannot be determined from the present data"),
    attention.ATTACHMENT: mark("{metric}: a document is missing ({papers})"),
    attention.DAYS: mark("{count} days of {year} have no call records"),
    attention.OUTDATED: mark("the lights stop at {as_of}: {count} days of {year} since then are not counted"),
    attention.MARKETING: mark(
        "{calls} delivered calls and {numbers} registered numbers of {year} have the purpose marketing, and "
        "no decision covers them"
    ),
    attention.REJECTS: mark("{rows} rows of the import {batch} were rejected"),
    attention.APPROVAL: mark("{by} asks for your approval ({approval})"),
    attention.FAILED: mark("Your job {job} failed: {why}"),
    attention.CASE: mark("Rectification {case}: the report is due on {due}"),
    attention.LATE: mark("{report} of data year {year}: late since {due}, only a late report is possible"),
    attention.EXPIRED: mark("{what} {keys}: expired, the last valid day was {until}"),
    attention.MATERIALS: mark("Materials of {year}: {count} items are not ready"),
    attention.COMPLAINT: mark("Complaint {complaint}: the {clock} is due at {due}"),
    queue.TICKETS: mark("{count} complaints assigned to you are still open past their time limit"),
    queue.TICKETS_UNOWNED: mark("{count} complaints past their time limit are not assigned: assign them"),
    queue.DIFFERENCES: mark("{count} open differences with {register} are yours (reconciliation as at {as_of})"),
    queue.DIFFERENCES_UNOWNED: mark(
        "{count} open differences with {register} have no owner (reconciliation as at {as_of}): assign them"
    ),
    queue.TASK: mark("Season of {year}, yours: {task}, due on {due}"),
    queue.TASKS_UNOWNED: mark("Season of {year}: {count} tasks have no owner, {late} of them are late: assign them"),
}


def verdict_text(
    reason: Reason, metrics: Sequence[Json], numbers: Mapping[str, int | None], _: Words, *, missing: Collection[str]
) -> str:
    """Put the day into one sentence; the metrics named are those of the gravest light.

    ``missing``: the codes of what the portrait lacks.
    ``numbers``: days to the earliest deadline or since it, blockers, tasks, overdue complaints, age of the calls.
    """
    only = {Reason.RED: "red", Reason.UNDECIDED: "insufficient"}.get(reason)
    gravest = [one for one in metrics if (one["light"] == only if only else one["light"] not in FINE)]
    if reason is Reason.UNDECIDED and not gravest:
        return _(UNANSWERED if missing and set(missing) == {marketing.UNANSWERED} else INCOMPLETE)
    names = _(", ").join(code_name("metric", str(one["slug"]), _) for one in gravest)
    return _(VERDICTS[reason]).format(metrics=names, **numbers)


def point_texts(found: Sequence[Point], portrait: Json | None, _: Words) -> Iterator[str]:
    """Word each point; a metric without a light says what is missing, where that is known."""
    undecided = any(one.code == attention.INSUFFICIENT for one in found)
    missing = sections.missing_lines(portrait, _) if portrait and undecided else ()
    for one in found:
        yield obstacle_text(one.code, one.values, _) if one.code in OBSTACLES else _point_text(one, missing, _)


def _point_text(one: Point, missing: Sequence[str], _: Words) -> str:
    values = {**one.values, **_queue_words(one, _)}
    if "metric" in values:
        values["metric"] = code_name("metric", str(values["metric"]), _)
    if one.code == attention.INSUFFICIENT:
        lines = [line for line in missing if line.startswith(values["metric"])]
        return lines[0] if lines else _(POINTS[one.code]).format(**values)
    if one.code == attention.ATTACHMENT:
        values["papers"] = " / ".join(code_name("attachment", kind, _) for kind in values["kinds"])
    if one.code == attention.LATE:
        values["report"] = _(TRACKS[str(values["track"])])
    if one.code == attention.FAILED:
        error = values["error"]
        values["why"] = error_message(str(error.get("code", "")), error.get("values", {}), _)
    if one.code == attention.COMPLAINT:
        values["clock"] = _(CLOCKS[str(values["clock"])])
        values["due"] = f"{values['due'].astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    if one.code == attention.EXPIRED:
        values["what"] = translate_value("kind", values["kind"], _)
        values["keys"] = join_keys(values["keys"], values["count"], _)
    if "by" in values:
        values["by"] = actor_text(str(values["by"]), _)
    return _(POINTS[one.code]).format(**values)


def _queue_words(one: Point, _: Words) -> dict[str, str]:
    if one.code in {queue.DIFFERENCES, queue.DIFFERENCES_UNOWNED}:
        return {"register": _(KINDS_COMPARED[str(one.values["kind"])])}
    return {"task": _(TASKS[str(one.values["task"])])} if one.code == queue.TASK else {}


def join_keys(keys: Sequence[str], count: int, _: Words) -> str:
    """Name the first of many keys, and how many there are."""
    first = _(", ").join(keys)
    return first if count <= len(keys) else _("{first} and others ({n})").format(first=first, n=count)


def expiry_text(expiry: Expiry, *, asking: bool, _: Words) -> str:
    """Say what runs out when; ``asking``: the day shown is the one to ask for renewal by."""
    text = (
        _("{what} {keys}: request renewal (valid until {until})")
        if asking
        else _("{what} {keys}: last valid day (renewal had to be requested by {ask_by})")
    )
    what, keys = translate_value("kind", expiry.kind, _), join_keys(expiry.keys, expiry.count, _)
    return text.format(what=what, keys=keys, until=expiry.until, ask_by=expiry.ask_by)


def change_text(what: str, count: int, _: Words) -> str:
    """Say what changed since the last run, and by how many acts."""
    return _(CHANGED[what]).format(n=count)


def ago(days: int | None, _: Words) -> str:
    """How long ago, in days."""
    if days is None:
        return _("never")
    if days <= 1:
        return _("yesterday") if days else _("today")
    return _("{n} days ago").format(n=days)


def before(days: int | None, _: Words) -> str:
    """How many days a line's last call lies before the newest one of all."""
    return _("never") if days is None else _("{n} days earlier").format(n=days)


def describe_days_left(days: int, _: Words) -> str:
    """How many days are left, or how long it is over."""
    if days < 0:
        return _("overdue for {days} days").format(days=-days)
    if days <= 1:
        return _("tomorrow") if days else _("today")
    return _("in {n} days").format(n=days)
