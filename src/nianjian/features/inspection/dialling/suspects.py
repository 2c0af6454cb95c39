"""Answered calls that look like a robot's though nobody registered one: a hint with its evidence, never a verdict.

`question` asks for the calls of no registered robot; here is what makes one look so, the strongest first:

- ``context``: it ended in a context of the dial plan that the rule names as robots';
- ``application``: no agent was on it, and the dial plan's last application plays or is driven by a program (rule);
- ``no_agent``: no agent was on it, no second channel came to it, and it stood in no queue: the switch answered itself;
- ``talk_alone``: no agent was on it for as long as nobody is kept waiting, in a source that else names its agents.

A call that waited in a queue and got nobody is an abandoned one, no robot's.

Cost: the further columns of answered calls are looked through once, when the calls are kept (`read`); the groups are
one more grouping of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.features.inspection.dialling.verdict import UNKNOWN

CONTEXT, APPLICATION, NO_AGENT, TALK_ALONE = "context", "application", "no_agent", "talk_alone"
EVIDENCE: Final = (CONTEXT, APPLICATION, NO_AGENT, TALK_ALONE)
SUGGESTED, NONE = "suggested", "none"
#: Applications of Asterisk and FreeSWITCH in which a call waits for a person or is with one.
WITH_PEOPLE: Final = (
    "queue", "appqueue", "dial", "appdial", "appdial2", "retrydial", "followme", "page", "bridge", "bridgewait",
    "confbridge", "meetme", "conference", "park", "parkedcall", "agentlogin", "agentrequest", "callcenter", "fifo",
    "voicemail", "intercept", "pickup", "echo",
)  # fmt: skip
_CELL: Final = r'"(?:{names})":\s*"([^"]*)"'
APP: Final = _CELL.format(names="lastapp|last_app")
WHERE: Final = _CELL.format(names="dcontext|context")
FAR: Final = _CELL.format(names="dstchannel|bridge_channel")
LAST_APP: Final = '"lastapp":'  # Asterisk alone tells both application and second channel of every call
SHARE: Final = 10_000  # parts of a whole, as whole numbers


@dataclass(frozen=True, slots=True)
class Signs:
    """From the rulebook: names of applications and contexts, small letters; ``seconds`` of talk without an agent."""

    applications: Sequence[str]
    contexts: Sequence[str]
    seconds: int
    named: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """Calls of one source that look so for the same reason."""

    source: str
    evidence: str
    context: str
    application: str
    calls: int
    first: object
    last: object


def read(calls: ir.Table) -> ir.Table:
    """The calls with what their further columns say of application, context and second channel, in their stead."""
    told = calls.told.fill_null("")
    return calls.mutate(
        application=told.re_extract(APP, 1).lower(),
        context=told.re_extract(WHERE, 1).lower(),
        far=told.re_extract(FAR, 1),
        asterisk=told.contains(LAST_APP),
    ).drop("told")


def mark_suspects(calls: ir.Table, signs: Signs) -> ir.Table:
    """Answered calls of no registered robot with ``evidence``, "" for none; ``calls`` as `read` gives them."""
    rows = calls.filter(calls.robot == 0, calls.answered)
    rows = rows.mutate(talk=rows.end.epoch_seconds() - rows.answer.epoch_seconds())
    alone, waits = ~rows.attended, rows.application.isin(WITH_PEOPLE)
    lone = rows.asterisk & (rows.application != "") & (rows.far == "") & ~waits
    evidence = ibis.cases(
        (rows.context.isin(list(signs.contexts)), CONTEXT),
        (alone & rows.application.isin(list(signs.applications)), APPLICATION),
        (alone & lone, NO_AGENT),
        (alone & ~waits & ~rows.asterisk & (rows.talk >= signs.seconds).fill_null(False), TALK_ALONE),  # noqa: FBT003 -- a value
        else_="",
    )
    return rows.select(
        "source", "one", "start", "callee", "application", "context", "attended", "talk", evidence=evidence
    )


def groups(rows: ir.Table) -> ir.Table:
    """Of each source how many calls look so and why; those that do not (evidence "") in one row."""
    plain = rows.evidence == ""
    return rows.group_by(
        "source",
        "evidence",
        context=ibis.ifelse(plain, "", rows.context),
        application=ibis.ifelse(plain, "", rows.application),
    ).aggregate(
        calls=rows.count(),
        attended=rows.attended.cast("int64").sum(),
        first=rows.start.min(),
        last=rows.start.max(),
    )


def examples(rows: ir.Table, most: int) -> ir.Table:
    """The newest calls of each source and evidence."""
    found = rows.filter(rows.evidence != "")
    window = ibis.window(group_by=[found.source, found.evidence], order_by=[ibis.desc(found.start), found.one])
    found = found.mutate(place=ibis.row_number().over(window))
    return found.filter(found.place < most).order_by("source", "evidence", "place")


def weighed(rows: Iterable[Mapping[str, object]], signs: Signs) -> tuple[str, list[Group]]:
    """What the rows of `groups` suggest, the strongest evidence first.

    Talk without an agent counts only in a source that names one on at least the share ``named`` of its answered calls.
    ``none`` only where an agent was on every answered call: behind any other a robot may have talked.
    """
    told = list(rows)
    answered: dict[str, int] = {}
    attended: dict[str, int] = {}
    for row in told:
        source = str(row["source"])
        answered[source] = answered.get(source, 0) + int(str(row["calls"]))
        attended[source] = attended.get(source, 0) + int(str(row["attended"] or 0))
    found = [
        Group(
            str(row["source"]), str(row["evidence"]), str(row["context"]), str(row["application"]),
            int(str(row["calls"])), row["first"], row["last"],
        )
        for row in told
        if row["evidence"]
    ]  # fmt: skip
    kept = [
        one for one in found
        if one.evidence != TALK_ALONE or attended[one.source] >= signs.named * answered[one.source]
    ]  # fmt: skip
    kept.sort(key=lambda one: (EVIDENCE.index(one.evidence), -one.calls, one.source, one.context, one.application))
    if kept:
        return SUGGESTED, kept
    return (NONE if answered and answered == attended else UNKNOWN), []
