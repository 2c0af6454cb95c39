"""Rectification on a terminal: the days, the steps, tables of groups and figures, what is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rich.console import Console

from nianjian.engines.paper.figures import amount_text, count_text
from nianjian.engines.paper.texts.portrait import METRICS, code_name
from nianjian.engines.paper.texts.rectification import DIMENSIONS, PAPERS, STEPS
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _, sentence, translate_code

Json = Mapping[str, Any]
Show = Callable[[Console], None]

GROUPS: Final = 10

#: What closes a gap -> the command that does it.
COMMANDS: Final = {
    "locate": "nianjian rectify locate",
    "isolate": "nianjian rectify isolate",
    "approve": "nianjian approve",
    "measure": "nianjian rectify measure",
}


def render_line(text: str) -> Show:
    """One sentence."""
    return lambda console: console.print(text)


def render_opened_case(told: Json) -> Show:
    """The case and its days."""

    def show(console: Console) -> None:
        console.print(_("Case {id} opened.").format(id=told["id"]))
        _days(console, told)

    return show


def _days(console: Console, told: Json) -> None:
    when = told["due_at"][:16].replace("T", " ")
    console.print(_("Due {due}, internal target {target}.").format(due=when, target=told["target"]))
    if told["provisional"]:
        console.print(_("Provisional: the holidays of a year on the way are not known yet."), style="yellow")


def render_cases(found: Sequence[Json]) -> Show:
    """The cases."""

    def show(console: Console) -> None:
        header = (_("case"), _("received"), _("target"), _("due"), _("state"), _("notice"))
        body = [
            (one["id"], one["received"], one["target"], one["due"], _(STEPS[one["state"]]), one["notice"] or None)
            for one in found
        ]
        table.rows(console, header, body)

    return show


def render_case(told: Json) -> Show:
    """One case."""

    def show(console: Console) -> None:
        console.print(_("Case {id}: {state}").format(id=told["id"], state=_(STEPS[told["state"]])))
        _days(console, told)
        if told["reminder"]:
            console.print(_("Ask after the opinion on {day}.").format(day=told["reminder"]["day"]))
        steps = [(_(STEPS[one["step"]]), "✓" if one["done"] else None) for one in told["steps"]]
        table.rows(console, (_("step"), _("done")), steps)
        orders = [
            (translate_code("kind", one["kind"]), one["channel"], one["cap"], one["approved_at"] or one["approval"])
            for one in told["orders"]
        ]
        _some(console, (_("order"), _("channel"), _("cap"), _("since or request")), orders)
        tasks = [(one["id"], one["text"], one["owner"], one["due"], one["done_on"]) for one in told["measures"]]
        _some(console, (_("measure"), _("text"), _("owner"), _("due"), _("done")), tasks)
        papers = [(_(PAPERS[one["kind"]]), one["name"], one["issuer"] or None, one["dated"]) for one in told["papers"]]
        _some(console, (_("paper"), _("file"), _("issuer"), _("date")), papers)

    return show


def _some(console: Console, header: Sequence[str], body: Sequence[Sequence[object]]) -> None:
    """A table, or nothing at all."""
    if body:
        table.rows(console, header, body)


def _besides(console: Console, cases: Sequence[str]) -> None:
    """Say that a case is open and was not meant, as it was not named."""
    if cases:
        text = _("This belongs to no case. Name the case that it is for: {cases}.")
        console.print(text.format(cases=", ".join(cases)), style="yellow")


def render_location(told: Json, beside: Sequence[str] = ()) -> Show:
    """What stands out, then a table a dimension; ``beside``: open cases that it is no step of."""

    def show(console: Console) -> None:
        _besides(console, beside)
        for one in told["named"]:
            text = _("{group} {key} stands out beyond chance.")
            console.print(text.format(group=_(DIMENSIONS[one["dimension"]]), key=one["key"]), style="bold red")
        if not told["named"]:
            console.print(_("No channel stands out beyond chance."))
        for dimension, part in told["dimensions"].items():
            if not part["groups"]:
                continue
            console.print(_("Complaints by {group}").format(group=_(DIMENSIONS[dimension])), style="bold")
            header = (_("group"), _("complaints"), _("answered"), _("rate"), _("rest"), _("chance"), _("mark"))
            _some(console, header, [_group(one) for one in part["groups"][:GROUPS]])

    return show


def _group(one: Json) -> tuple[object, ...]:
    marks = [_("stands out")] * bool(one["named"]) + [_("low volume")] * bool(one["low_volume"])
    rates = (amount_text(one["rate"], "‱"), amount_text(one["rest"]["rate"], "‱"))
    key = _("not known") if one["key"] is None else one["key"]
    return (
        key,
        count_text(one["complaints"]),
        count_text(one["answered"]),
        *rates,
        one["chance"],
        " · ".join(marks) or None,
    )


def render_tickets(told: Json) -> Show:
    """The complaints of a group."""

    def show(console: Console) -> None:
        header = (_("complaint"), _("accepted"), _("complained"), _("line"), _("calls"), _("recordings"))
        body = [
            (
                one["id"],
                one["accepted"],
                one["complained"],
                one["line"],
                ", ".join(call["call_id"] for call in one["calls"]) or None,
                ", ".join(text for call in one["calls"] for text in call["recordings"]) or None,
            )
            for one in told["tickets"]
        ]
        table.rows(console, header, body)

    return show


def render_pending_approval(told: Json, beside: Sequence[str] = ()) -> Show:
    """What a second person must say yes to; ``beside``: open cases that it is no step of."""

    def show(console: Console) -> None:
        text = _("{channel}: request {approval} waits for a second person (nianjian approve {approval}).")
        console.print(text.format(**told))
        _besides(console, beside)

    return show


def render_figures(told: Json) -> Show:
    """Both windows side by side."""

    def show(console: Console) -> None:
        parts = (told["before"], told["after"])
        body: list[tuple[object, ...]] = [
            (_("window"), *(f"{one['from']} – {one['to']}" for one in parts)),
            (_("complaints"), *(count_text(one["complaints"]) for one in parts)),
            (_("answered calls"), *(count_text(one["answered"]) for one in parts)),
            (
                _("rate"),
                *(f"{amount_text(one['rate'], '‱')} {code_name('light', one['rate_light'], _)}" for one in parts),
            ),
            (_("complaints of the channel"), *(count_text(one["channel"]["complaints"]) for one in parts)),
            (_("attempts of the channel"), *(count_text(one["channel"]["attempts"]) for one in parts)),
            (_("most attempts on a day"), *(count_text(one["channel"]["most"]) for one in parts)),
            (
                _("calls to callees with a consent on file"),
                *(amount_text(one["channel"]["white_list_share"], "%") for one in parts),
            ),
        ]
        table.rows(console, (_("figure"), _("before the isolation"), _("since the isolation")), body)
        day = _("On {day}, the day of the isolation: {before} attempts before it, {after} since.")
        console.print(day.format(**told["that_day"]))
        if told["over_cap"]:
            over = {"days": len(told["over_cap"]), "cap": told["cap"]}
            first = dict(zip(("first", "attempts"), told["over_cap"][0], strict=True))
            console.print(sentence("over_cap", {**over, **first}), style="red")

    return show


def render_gaps(found: Sequence[Json]) -> Show:
    """What is open, each with what to do."""

    def show(console: Console) -> None:
        for gap in found:
            style = "red" if gap["blocks"] else "yellow"
            command = COMMANDS.get(gap["do"])
            hint = f" ({command})" if command else ""
            console.print(f"• {sentence(gap['code'], gap['values'])}{hint}", style=style)
        if not any(gap["blocks"] for gap in found):
            console.print(_("Ready: report and test report may go out."))

    return show


def render_report(told: Json) -> Show:
    """Where the report lies, and what makes it a draft."""

    def show(console: Console) -> None:
        text = _("Draft written: {file}") if told["draft"] else _("Report written: {file}")
        console.print(text.format(file=told["file"]))
        if told["gaps"]:
            render_gaps(told["gaps"])(console)

    return show


def render_submission(told: Json) -> Show:
    """Handed in, and when to ask."""
    text = _("Handed in on {submitted_on}. Ask after the opinion on {day}; nothing is overdue before or after it.")
    return render_line(text.format(submitted_on=told["submitted_on"], day=told["reminder"]["day"]))


def render_watch_list(told: Json) -> Show:
    """The watch list, and a portrait under both limits."""

    def show(console: Console) -> None:
        header = (_("licence"), _("from"), _("until"), _("source"))
        body = [(one["licence"], one["since"], one["until"], one["source"]) for one in told["watched"]]
        table.rows(console, header, body)
        if told.get("closer"):
            figures = [
                (
                    _(METRICS[one["metric"]]) if one["metric"] in METRICS else _("landline and mobile share"),
                    amount_text(one["value"], one["unit"]),
                    amount_text(one["limit"], one["unit"]),
                    amount_text(one["internal_limit"], one["unit"]),
                    _("hit") if one["internal_met"] else _("kept"),
                )
                for one in told["closer"]
            ]
            internal = _("internal limit (the house's own, no law)")
            table.rows(console, (_("metric"), _("value"), _("guide"), internal, _("internal")), figures)

    return show


def render_routine(tasks: Sequence[Json]) -> Show:
    """The recurring tasks."""

    def show(console: Console) -> None:
        header = (_("task"), _("text"), _("owner"), _("every (days)"), _("due"), _("last done"))
        body = [(one["id"], one["text"], one["owner"], one["every"], one["due"], one["done_on"]) for one in tasks]
        table.rows(console, header, body)

    return show
