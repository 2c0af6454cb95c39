"""The checks of the on-site check on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console

from nianjian.engines.paper.texts.inspection import answers as cards
from nianjian.engines.paper.texts.inspection import checks as words
from nianjian.engines.paper.texts.inspection import recordings
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _

Json = Mapping[str, Any]
Show = Callable[[Console], None]


def retention(told: Json) -> Show:
    """Each kind of log and how far it reaches."""

    def show(console: Console) -> None:
        rows = [
            (
                _(words.LOGS[one["log"]]),
                _(words.LOG_STATES[one["state"]]),
                one["must_reach"],
                one["oldest"],
                one["unbroken_since"],
                one["missing_days"],
                _(words.LOG_WHYS[one["why"]]),
            )
            for one in told["logs"]
        ]
        heads = (_("log"), _("state"), _("must reach"), _("oldest record"), _("without a hole since"))
        table.rows(console, (*heads, _("missing days"), _("why")), rows)
        _sampled(console, told.get("sample"))

    return show


def _sampled(console: Console, sample: Json | None) -> None:
    """Recordings looked for; nothing where an older look did not."""
    if sample is None:
        return
    for name, text in recordings.facts(sample, _):
        console.print(f"{name}: {text}", markup=False)
    rows = recordings.rows(sample, _)
    if rows:
        table.rows(console, recordings.heads(_), rows)


def dialling(told: Json) -> Show:
    """Each team's verdict, robots, and the calls that show it."""

    def show(console: Console) -> None:
        console.print(f"{told['from']} – {told['to']}", markup=False)
        console.print(_("Predictive dialling: {verdict}").format(verdict=_(words.VERDICTS[told["verdict"]])))
        ai = told["ai"]
        line = _("AI outbound: {verdict}; {seats} robot seats open, {calls} calls of robots, {asked} transfers")
        values = {"verdict": _(words.VERDICTS[ai["verdict"]]), "seats": ai["seats"]["open"], "calls": ai["calls"]}
        console.print(line.format(**values, asked=ai["transfers"]["asked"]))
        _suggested(console, ai)
        rows = [
            (
                one["team"],
                _(words.VERDICTS[one["verdict"]]),
                one["calls"],
                one["answered"],
                one["alone"],
                one["over"],
                one["showing"],
                _(words.DIALLING_WHYS[one["why"]]),
            )
            for one in told["teams"]
        ]
        heads = (_("team"), _("verdict"), _("calls"), _("answered"), _("without an agent"), _("dialled over"))
        table.rows(console, (*heads, _("hours in which it shows"), _("why")), rows)
        calls = [
            (team["team"], one["at"], one["callee"], one["ringing"], one["free"])
            for team in told["teams"]
            for one in team["rows"]
        ]
        if calls:
            table.rows(console, (_("team"), _("at"), _("called"), _("ringing"), _("agents free")), calls)

    return show


def _suggested(console: Console, ai: Json) -> None:
    """Calls that look like an unregistered robot's; nothing where an older look did not ask."""
    seen = ai.get("suggested")
    if seen is None:
        return
    line = _("Robots that nobody registered: {verdict} ({calls} calls)")
    console.print(line.format(verdict=_(words.SUGGESTED[seen["verdict"]]), calls=seen["calls"]), markup=False)
    rows = [
        (one["source"], _(words.EVIDENCE[one["evidence"]]), one["context"], one["application"], one["calls"])
        for one in seen["groups"]
    ]
    if rows:
        table.rows(console, (_("source"), _("evidence"), _("context"), _("application"), _("calls")), rows)


def answers(told: Json) -> Show:
    """Each card: what may be said, what it rests on, how it becomes true."""

    def show(console: Console) -> None:
        console.print(_("As at {day}; {released} of {all} may be said").format(**told, day=told["as_of"]))
        for one in told["cards"]:
            state = _(cards.CARD_STATES[one["state"]])
            console.print(f"\n{_(cards.CARDS[one['card']])} [{state}]", style="bold", markup=False)
            console.print(f"  {cards.format_answer(one, _)}", markup=False)
            figures = "; ".join(f"{name}: {count}" for name, count in cards.figures(one, _))
            days = f"{one['from']} – {told['as_of']}" if one["from"] else told["as_of"]
            console.print(f"  {figures} ({days})", markup=False)
            for text in cards.lacks(one, _):
                console.print(f"  - {text}", markup=False)
            for text in cards.steps(one, _):
                console.print(f"  > {text}", markup=False)

    return show


def readiness(told: Json) -> Show:
    """Each check and the share of those passed."""

    def show(console: Console) -> None:
        for part, share in told["shares"].items():
            console.print(f"{_(words.PEOPLE_NUMBERS_SYSTEM[part])}: {share['passed']}/{share['all']}", markup=False)
        rows = [
            (
                _(words.PEOPLE_NUMBERS_SYSTEM[one["part"]]),
                one["rule"],
                _(words.CHECKS[one["check"]]),
                _(words.STATES[one["state"]]),
                _(words.CHECKS_WHYS[one["why"]]),
                one["day"],
            )
            for one in told["checks"]
        ]
        table.rows(console, (_("part"), _("rule"), _("check"), _("state"), _("why"), _("as at")), rows)

    return show
