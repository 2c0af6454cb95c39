"""The season on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import Console

from nianjian.engines.kernel import clock
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts import season as texts
from nianjian.engines.paper.texts.dossier import ITEMS
from nianjian.engines.paper.texts.season_days import list_days
from nianjian.engines.paper.words import ENGLISH
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _, language

Json = Mapping[str, Any]


def render_season(told: Json, console: Console) -> None:
    """A season as it stands."""
    first = told["earliest"]
    console.print(_("Season of data year {year}, as of {day}").format(year=told["year"], day=told["today"]))
    if first is not None:
        text = _("Earliest: {day} ({left}), {source}: {citation}")
        where = _(texts.TEMPLATES.get(first["template"], first["template"]))
        said = text.format(
            day=first["last_day"],
            left=texts.format_time_left(first["left"], _),
            source=where,
            citation=first["citation"],
        )
        console.print(said, style="bold")
    for one in told["obstacles"]:
        console.print(f"! {one['text']}", style="bold red", markup=False)
    for flag in told["risk_flags"]:
        console.print(f"! {flag['text']}", style="yellow", markup=False)
    _tracks(console, told)
    _plan(console, told)


def _tracks(console: Console, told: Json) -> None:
    states = [
        (one["licence"], _(texts.TRACKS[one["track"]]), _(texts.STATES[one["state"]]), one["due"], one["filed_on"])
        for one in told["tracks"]
    ]
    table.rows(console, (_("licence"), _("report"), _("state"), _("last day"), _("handed in")), states)
    if package := told.get("package"):
        text = _("Package {number} was handed in on {day}, manifest {sum}.")
        said = text.format(number=package["number"], day=package["handed_on"], sum=package["manifest"][:12])
        console.print(said, markup=False)
    rows = [
        (
            one["date"],
            _(texts.DAY_KINDS[one["kind"]]),
            one["name_en"] if language() == ENGLISH else one["name"],
            _(texts.TEMPLATES.get(one["template"], one["template"])),
            " · ".join((one["citation"], *licences)),
        )
        for one, licences, _mark in sorted(list_days(told["tracks"]), key=lambda found: str(found[0]["date"]))
    ]
    table.rows(console, (_("day"), _("what it is"), _("deadline"), _("source"), _("citation")), rows)


def _plan(console: Console, told: Json) -> None:
    rows = [
        (
            _(texts.MODULES.get(one["module"], one["module"])),
            one["begins"],
            _day(one),
            f"{one['progress']['done']}/{one['progress']['total']}",
        )
        for one in told["milestones"]
    ]
    table.rows(console, (_("module"), _("begins"), _("due"), _("done")), rows)
    tasks = [
        (
            one["task"],
            _(texts.TASKS.get(one["task"], one["task"])),
            texts.task_state_text(one, _),
            _day(one),
            f"{one['steps']['done']}/{one['steps']['total']}" if one["steps"]["total"] else None,
            actor_text(one["owner"], _) or None,
        )
        for one in told["tasks"]
    ]
    table.rows(console, (_("code"), _("task"), _("state"), _("due"), _("steps"), _("owner")), tasks)
    for one in told["tasks"]:
        for line in filter(None, (texts.task_reason(one, _), *one["effects"])):
            console.print(f"  {line}", markup=False)


def _day(one: Json) -> str:
    day = str(one["due"])
    return f"{day} ({_('provisional')})" if one["provisional"] else day


def render_feeds(told: Json, console: Console) -> None:
    """A feed that was just made, and those there are."""
    if told["made"] is not None:
        console.print(_("Subscribe to {path} at this server's address; it is shown only once.").format(**told["made"]))
    table.rows(console, (_("feed"), _("created at")), [(one["feed"], one["made_at"]) for one in told["feeds"]])


def render_reminders(told: Json, console: Console) -> None:
    """Whom what was told, and what became of it by each channel."""
    rows = [
        (
            one["day"],
            actor_text(one["user"], _),
            one["text"],
            "；".join(_sent(each) for each in one["dispatches"]) or "–",
        )
        for one in told["reminders"]
    ]
    table.rows(console, (_("day"), _("Person reminded"), _("reminder"), _("channels")), rows)


def _sent(one: Json) -> str:
    fault = f" ({one['fault']})" if one["fault"] else ""
    return f"{one['dispatch']} {_(texts.MESSAGE_STATES[one['state']])}{fault}"


def render_roll_over(told: Json, console: Console) -> None:
    """What was taken over into a season, and what was not."""
    text = _("Season of data year {year}: {taken} documents taken over, {owners} tasks have last year's owner.")
    console.print(text.format(year=told["year"], taken=len(told["taken"]), owners=len(told["owners"])))
    rows = [
        (_(ITEMS.get(one["item"], one["item"])), _(texts.NOT_TAKEN[one["reason"]]), one["valid_until"] or "–")
        for one in told["left"]
    ]
    table.rows(console, (_("not taken over"), _("reason"), _("valid until")), rows)


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(clock.ZONE):%Y-%m-%d %H:%M}"


def render_archive(told: Json, console: Console) -> None:
    """A closed season: how its reports ended, and the digest of all of it."""
    text = _("Season of data year {year}, closed at {at}; digest {sha256}")
    season = told["season"]
    console.print(text.format(year=season["year"], at=_moment(told["closed_at"]), sha256=told["sha256"]), markup=False)
    rows = [
        (_(texts.TRACKS[one["track"]]), _(texts.STATES[one["state"]]), one["filed_on"] or "–")
        for one in season["tracks"]
    ]
    table.rows(console, (_("report"), _("state"), _("handed in")), rows)
    closings = [
        (one["number"], _moment(one["closed_at"]), _moment(one["opened_at"]) if one["opened_at"] else "–",
         one["sha256"][:12])
        for one in told["closings"]
    ]  # fmt: skip
    if "package" in told["left_out"]:
        console.print(_("The files of the package were no longer here: only its manifest is archived."))
    if "portrait" in told["left_out"]:
        console.print(_("The portrait named by the package is not in this installation, so it is not archived."))
    if len(closings) > 1:
        table.rows(console, (_("closing"), _("closed at"), _("opened again"), _("digest")), closings)
