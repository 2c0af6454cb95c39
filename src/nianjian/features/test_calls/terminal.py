"""Test calls on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console

from nianjian.engines.kernel.states import State
from nianjian.engines.paper.texts.states import STATES, STYLES
from nianjian.engines.paper.texts.test_calls import CARRIERS, LANDINGS, LIGHTS, REASONS, WITNESSES
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _

Json = Mapping[str, Any]
Show = Callable[[Console], None]


def render_line(text: str) -> Show:
    """One line."""
    return lambda console: console.print(text)


def render_tested(told: Json) -> Show:
    """What was called now."""

    def show(console: Console) -> None:
        counts = told["counts"]
        text = _("{passed} passed, {failed} failed, {unproved} not proved; the limit is {limit} s.")
        line = text.format(
            passed=counts[State.PASSED],
            failed=counts[State.FAILED],
            unproved=counts[State.NOT_PROVED],
            limit=told["limit_s"],
        )
        console.print(line, style=STYLES[told["verdict"]])
        _rows(console, told["rows"])

    return show


def render_tests(rows: Sequence[Json]) -> Show:
    """Test calls, a line each."""
    return lambda console: _rows(console, rows)


def _rows(console: Console, rows: Sequence[Json]) -> None:
    heads = (_("test call"), _("number called"), _("verdict"), _("reason"), _("answered after (s)"), _("gateway"),
             _("begun"))  # fmt: skip
    body = [
        (
            one["trial"],
            one["number"],
            _(STATES[one["counts"]]),
            _(REASONS[one["counts_reason"]]) if one["counts_reason"] else None,
            one["answer_s"],
            one["gateway_seen"],
            one["begun_at"][:19].replace("T", " "),
        )
        for one in rows
    ]
    table.rows(console, heads, body)


def render_numbers(rows: Sequence[Json]) -> Show:
    """Filed numbers with their lights."""

    def show(console: Console) -> None:
        heads = (_("number called"), _("light"), _("carriers"), _("gateway"), _("newest test call"))
        body = [
            (
                one["number"],
                _(LIGHTS[one["light"]]),
                "、".join(f"{carrier} {_(CARRIERS[state])}" for carrier, state in one["carriers"].items()),
                one["gateway"],
                one["newest"] and one["newest"]["begun_at"][:16].replace("T", " "),
            )
            for one in rows
        ]
        table.rows(console, heads, body)

    return show


def render_trial(told: Json) -> Show:
    """One test call: what it proves, and its messages in order."""

    def show(console: Console) -> None:
        _rows(console, [told])
        console.print(_("landing proved by: {witness}").format(witness=_(WITNESSES[told["counts_witness"]])))
        if told["landing"]:
            was = _(REASONS[told["reason"]]) if told["reason"] else ""
            console.print(_("by SIP alone: {verdict}").format(verdict=f"{_(STATES[told['verdict']])} {was}"))
            _looks(console, [{"trial": told["trial"], "landing": one} for one in told["looks"]])
        body = [(one["at_ms"], "→" if one["sent"] else "←", one["first"]) for one in told["messages"]]
        if body:
            table.rows(console, (_("after ms"), "", _("message")), body)
        if "evidence" in told:
            console.print(told["evidence"])

    return show


def render_landings(told: Json) -> Show:
    """What the call records say of test calls."""
    return lambda console: _looks(console, told["rows"])


def _looks(console: Console, rows: Sequence[Json]) -> None:
    heads = (_("test call"), _("in the call records"), _("gateway in the ledger"), _("named there"), _("checked at"))
    body = [
        (
            one["trial"],
            _(LANDINGS[one["landing"]["verdict"]]),
            one["landing"]["expected"],
            "、".join(one["landing"]["seen"]),
            one["landing"]["at"][:19].replace("T", " "),
        )
        for one in rows
    ]
    table.rows(console, heads, body)


def render_routes(told: Json) -> Show:
    """Ways and gateways."""

    def show(console: Console) -> None:
        heads = (
            _("route"),
            _("where calls go"),
            _("carrier"),
            _("calling number"),
            _("proof of landing"),
            _("daily at"),
        )
        body = [
            (one["name"], one["via"], one["carrier"], one["caller"], _(WITNESSES[one["witness"]]), one["daily_at"])
            for one in told["routes"]
        ]
        if body or not told["gateways"]:
            table.rows(console, heads, body)
        if told["gateways"]:
            hosts = [(one["name"], ", ".join(one["hosts"])) for one in told["gateways"]]
            table.rows(console, (_("gateway"), _("addresses")), hosts)

    return show
