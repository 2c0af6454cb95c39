"""The on-site check on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from nianjian.engines.paper.inspection import evidence_rows
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts import inspection
from nianjian.engines.paper.texts import inspection_day as drill_texts
from nianjian.engines.paper.texts.states import STATES
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _

Json = Mapping[str, Any]


def render_sheet(told: Json, console: Console) -> None:
    """The notice, the agenda, who stands where, the evidence."""
    for name, value in drill_texts.notice_lines(told, _):
        console.print(f"{name}: {value}", markup=False)
    console.print(
        f"{drill_texts.evidence_reason(told['notice']['state'], _)} · {_(STATES[told['state']])}",
        markup=False,
    )
    held = told["visit"] or {"agenda": [], "posts": []}
    for one in held["agenda"]:
        console.print(f"  {one['at']}  {one['what']}  {one['who']}", markup=False)
    for one in held["posts"]:
        console.print(f"  {one['place']}: {one['who']}  {one['task']}", markup=False)
    table.rows(console, (_("rule"), _("evidence"), _("state"), _("why"), _("as at")), evidence_rows(told, _))


def render_visit(told: Json, console: Console) -> None:
    """A day that is kept."""
    line = _("The inspection day {day} is saved: {agenda} agenda lines, {posts} posts.")
    text = line.format(day=told["day"], agenda=len(told["agenda"]), posts=len(told["posts"]))
    console.print(text, markup=False)


def render_text(text: str, console: Console) -> None:
    """A sentence."""
    console.print(text, markup=False)


def render_declarations(told: Json, console: Console) -> None:
    """What the enterprise states of each card."""
    for one in told["declarations"]:
        console.print(f"{_(inspection.CARDS[one['card']])} {_(inspection.ANSWERS[one['answer']])}", markup=False)


def render_drill_begun(told: Json, console: Console) -> None:
    """The ticket that is now to be worked on."""
    line = _("Drill {drill} has begun: respond, call back and close this ticket in time.")
    console.print(line.format(drill=told["drill"]), markup=False)


def render_drill_report(told: Json, console: Console) -> None:
    """Steps with times, then what to mend."""
    console.print(
        f"{told['drill']} · {drill_texts.clock_text(told['begun_at'])} · {_(STATES[told['state']])}",
        markup=False,
    )
    rows = [
        (
            _(drill_texts.STEPS[one["step"]]),
            _(STATES[one["state"]]),
            drill_texts.clock_text(one["at"]),
            drill_texts.duration_text(one["taken_s"]),
            drill_texts.duration_text(one["limit_s"]),
            actor_text(one["by"], _),
            drill_texts.drill_reason(one["why"], _),
        )
        for one in told["steps"]
    ]
    table.rows(console, (_("step"), _("state"), _("at"), _("taken"), _("time allowed"), _("who"), _("why")), rows)
    table.rows(console, (_("to fix"), _("why"), _("quickest fix")), drill_texts.list_remedies(told, _))


def render_timeline(told: Json, console: Console) -> None:
    """What is due, what was done, what was thrown in."""
    console.print(f"{told['drill']} · {drill_texts.duration_text(told['running_s'])}", markup=False)
    rows = [
        (
            drill_texts.duration_text(one["due_s"]),
            drill_texts.timeline_line(one["what"], _),
            _(drill_texts.ROLES[one["role"]]),
            actor_text(one["player"], _),
            _(drill_texts.LINES[one["state"]]),
            drill_texts.duration_text(one["taken_s"]),
            actor_text(one["by"], _),
            one["ended_at"],
        )
        for one in told["timeline"]
    ]
    heads = (_("planned"), _("step or inject"), _("role"), _("player"), _("state"), _("taken"), _("who"))
    table.rows(console, (*heads, _("handled at")), rows)


def render_history(told: Json, console: Console) -> None:
    """All drills, the newest first."""
    names = ("responded_s", "called_back_s", "closed_s")
    rows = [
        (
            one["drill"],
            drill_texts.clock_text(one["begun_at"]),
            actor_text(one["begun_by"], _),
            *(drill_texts.duration_text(one[name]) for name in names),
        )
        for one in told["drills"]
    ]
    heads = (_("ticket"), _("begun"), _("who"))
    table.rows(console, (*heads, _("responded after"), _("called back after"), _("closed after")), rows)


def render_retention(told: Json, console: Console) -> None:
    """Each kind of log and how far it reaches."""
    rows = [
        (
            _(inspection.LOGS[one["log"]]),
            _(inspection.LOG_STATES[one["state"]]),
            one["must_reach"],
            one["oldest"],
            one["unbroken_since"],
            one["missing_days"],
            _(inspection.LOG_WHYS[one["why"]]),
        )
        for one in told["logs"]
    ]
    heads = (_("log"), _("state"), _("must reach back to"), _("oldest record"), _("without a gap since"))
    table.rows(console, (*heads, _("missing days"), _("why")), rows)
    _render_sample(console, told.get("sample"))


def _render_sample(console: Console, sample: Json | None) -> None:
    """Recordings looked for; nothing where an older look did not."""
    if sample is None:
        return
    for name, text in inspection.sample_facts(sample, _):
        console.print(f"{name}: {text}", markup=False)
    rows = inspection.sample_rows(sample, _)
    if rows:
        table.rows(console, inspection.sample_headings(_), rows)


def render_dialling(told: Json, console: Console) -> None:
    """Each team's verdict, robots, and the calls that show it."""
    console.print(f"{told['from']} – {told['to']}", markup=False)
    console.print(_("Predictive dialling: {verdict}").format(verdict=_(inspection.VERDICTS[told["verdict"]])))
    ai = told["ai"]
    line = _("AI outbound: {verdict}; {seats} robot seats open, {calls} calls of robots, {asked} transfers")
    values = {"verdict": _(inspection.VERDICTS[ai["verdict"]]), "seats": ai["seats"]["open"], "calls": ai["calls"]}
    console.print(line.format(**values, asked=ai["transfers"]["asked"]))
    _render_suspects(console, ai)
    rows = [
        (
            one["team"],
            _(inspection.VERDICTS[one["verdict"]]),
            one["calls"],
            one["answered"],
            one["alone"],
            one["over"],
            one["showing"],
            _(inspection.DIALLING_WHYS[one["why"]]),
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


def _render_suspects(console: Console, ai: Json) -> None:
    """Calls that look like an unregistered robot's; nothing where an older look did not ask."""
    seen = ai.get("suggested")
    if seen is None:
        return
    line = _("Unregistered robots: {verdict} ({calls} calls)")
    console.print(line.format(verdict=_(inspection.SUGGESTED[seen["verdict"]]), calls=seen["calls"]), markup=False)
    rows = [
        (one["source"], _(inspection.EVIDENCE[one["evidence"]]), one["context"], one["application"], one["calls"])
        for one in seen["groups"]
    ]
    if rows:
        table.rows(console, (_("source"), _("evidence"), _("context"), _("application"), _("calls")), rows)


def render_answers(told: Json, console: Console) -> None:
    """Each card: what may be said, what it rests on, how it becomes true."""
    console.print(_("As at {day}; {released} of {all} may be said").format(**told, day=told["as_of"]))
    for one in told["cards"]:
        state = _(inspection.CARD_STATES[one["state"]])
        console.print(f"\n{_(inspection.CARDS[one['card']])} [{state}]", style="bold", markup=False)
        console.print(f"  {inspection.format_answer(one, told['at'][:10], _)}", markup=False)
        figures = "; ".join(f"{name}: {count}" for name, count in inspection.answer_figures(one, _))
        days = f"{one['from']} – {told['as_of']}" if one["from"] else told["as_of"]
        console.print(f"  {figures} ({days})", markup=False)
        for text in inspection.answer_lacks(one, _):
            console.print(f"  - {text}", markup=False)
        for text in inspection.answer_steps(one, _):
            console.print(f"  > {text}", markup=False)


def render_readiness(told: Json, console: Console) -> None:
    """Each check and the share of those passed."""
    for part, share in told["shares"].items():
        console.print(f"{_(inspection.PEOPLE_NUMBERS_SYSTEM[part])}: {share['passed']}/{share['all']}", markup=False)
    rows = [
        (
            _(inspection.PEOPLE_NUMBERS_SYSTEM[one["part"]]),
            one["rule"],
            _(inspection.CHECKS[one["check"]]),
            _(STATES[one["state"]]),
            _(inspection.CHECKS_WHYS[one["why"]]),
            one["day"],
        )
        for one in told["checks"]
    ]
    table.rows(console, (_("part"), _("rule"), _("check"), _("state"), _("why"), _("as at")), rows)
