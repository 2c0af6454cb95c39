"""What the codes of the season are called, and what is said when something about it is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nianjian.engines.paper.texts.reconcile import KINDS as KINDS_COMPARED
from nianjian.engines.paper.words import Words, mark

TEXTS: Final[Mapping[str, str]] = {
    "season_year_wrong": mark("data year {year}: name one from {first} to {last}"),
    "season_track_unknown": mark("there is no report “{track}”; there are {tracks}"),
    "season_licence_unknown": mark("the register has no licence {licence} that reports on data year {year}"),
    "season_day_ahead": mark("{day} is still to come"),
    "season_day_early": mark("{day} lies before the year in which data year {year} is reported"),
    "season_task_unknown": mark("the plan of data year {year} has no task “{task}”"),
    "season_task_computed": mark("the state of “{task}” is computed from what the product holds; nobody ticks it"),
    "season_reason_missing": mark("{task}: say why"),
    "season_snooze_too_long": mark("{task}: it cannot rest beyond {last}, the last day of the season"),
    "season_archived": mark(
        "the season of data year {year} is closed; its package, reports and tasks do not change any more"
    ),
    "season_archive_unknown": mark("the season of data year {year} is not closed"),
    "season_archive_damaged": mark("the archive of data year {year} is not what was kept: its digest differs"),
    "season_out_wrong": mark("name a file that is not there yet with --out (given: “{path}”)"),
    "season_file_unknown": mark("the closed season of data year {year} keeps no such file"),
    "season_package_gone": mark(
        "data year {year}: the files of the package are not kept any more; build it once more, then close the season"
    ),
    "season_reports_open": mark("data year {year}: a report is not handed in yet, so the season cannot be closed"),
    "portfolio_none_chosen": mark("choose one enterprise at least"),
    "portfolio_too_many": mark("{count} enterprises at once are too many: {most} at most"),
    "portfolio_season_closed": mark(
        "at {count} of the chosen enterprises the season is closed, so nothing was done: {names}. Leave them out and"
        " choose the others"
    ),
    "season_no_plan": mark("no rule names a deadline for data year {year}, so there is no season to begin"),
    "season_feed_unknown": mark("there is no such calendar feed"),
    "season_feed_by_person": mark("a calendar feed belongs to a person: sign in, or name one with --as"),
    "season_feeds_too_many": mark("{user} has {most} calendar feeds already; revoke one"),
}
NOT_TAKEN: Final[Mapping[str, str]] = {
    "yearly": mark("of one season alone"),
    "expired": mark("its time is over"),
    "unconfirmed": mark("nobody has confirmed it"),
}
PARTS: Final[Mapping[str, str]] = {
    "package": mark("package, both editions with their manifest"),
    "signed": mark("package with the files for the platform signed"),
    "portrait": mark("portrait that counted"),
    "log": mark("log of the season's acts"),
}
TRACKS: Final[Mapping[str, str]] = {
    "licence": mark("licence report"),
    "code_number": mark("code-number report"),
}
STATES: Final[Mapping[str, str]] = {
    "on_time": mark("not due yet"),
    "late": mark("late: only a late report is left"),
    "filed": mark("handed in"),
    "filed_late": mark("handed in late"),
    "undated": mark("no day is known"),
}
TEMPLATES: Final[Mapping[str, str]] = {
    "legal": mark("law"),
    "legal_code_number": mark("regulator's notice (code-number report)"),
    "guide": mark("the guide"),
    "notice": mark("printed on a notice"),
}
KINDS: Final[Mapping[str, str]] = {
    "opens": mark("opens"),
    "closes": mark("last day"),
}
MODULES: Final[Mapping[str, str]] = {
    "self_check": mark("Self-check"),
    "data": mark("Data in order"),
    "materials": mark("Materials settled"),
    "drill": mark("Drill on site"),
    "closing": mark("Rectified and handed in"),
}
TASKS: Final[Mapping[str, str]] = {
    "portrait": mark("Compute the portrait of the data year"),
    "stopped_seats": mark("Take stopped seats off line"),
    "marketing_lines": mark("Decide on marketing lines"),
    "old_tickets": mark("Bring the closing rate to its limit"),
    "consistency": mark("Reconcile with the number-resource system"),
    "filed_base": mark("Check what was filed by the end of the data year"),
    "items": mark("Bring every item of the package"),
    "package": mark("Build the package"),
    "drill": mark("Run a drill of complaints"),
    "entry_test": mark("Test the entry: sign in, open the form"),
    "rectification": mark("Close the cases of rectification"),
    "file_licence": mark("Hand in the licence report"),
    "file_code_number": mark("Hand in the code-number report"),
}
TASK_STATES: Final[Mapping[str, str]] = {
    "done": mark("done"),
    "not_applicable": mark("does not apply"),
    "snoozed": mark("snoozed"),
    "late": mark("late"),
    "blocked": mark("waits for another task"),
    "open": mark("to be done"),
    "ahead": mark("not begun yet"),
}
RISKS: Final[Mapping[str, str]] = {
    "late_report": mark(
        "Late: only a late report is left. The guide claims that late reports are put on the list for close checks"
        " and that on-site checks are three times as likely (a claim, no source; nothing is computed from it)."
    ),
    "system_closed": mark("The reporting system closed after {day} (inferred; a notice of the year counts)."),
    "bad_list": mark(
        "Not reported in time: the regulator sets a limit;"
        " who still does not report is put on its list of bad operators."
    ),
    "templates_conflict": mark("The sources contradict each other: {days}. The earliest day drives alarms and plan."),
    "calendar_provisional": mark(
        "The holidays of {year} are not published yet: working days are provisional. Import the notice when it is out."
    ),
    "no_licence": mark(
        "The register of licences names none that reports on this data year; the days hold all the same."
    ),
}


OBSTACLES: Final[Mapping[str, str]] = {
    "complaints_overdue": mark(
        "Complaints still open past their time limit: {count}; the oldest, {oldest}, is over since {since}"
    ),
    "differences_open": mark("Open differences with {register}: {count} (reconciliation {run} as at {as_of})"),
}


def obstacle(code: str, values: Mapping[str, Any], _: Words) -> str:
    """What has waited too long already, as a sentence."""
    register = _(KINDS_COMPARED[str(values["kind"])]) if "kind" in values else ""
    return _(OBSTACLES[code]).format(register=register, **values)


def risk(code: str, values: Mapping[str, Any], _: Words) -> str:
    """One flag as a sentence."""
    return _(RISKS[code]).format(**values)


def conflict(days: Sequence[Mapping[str, Any]], _: Words) -> str:
    """Days that contradict each other, each with its source: "law 2027-03-31, the guide 2027-04-30"."""
    return "；".join(f"{_(TEMPLATES.get(str(one['template']), str(one['template'])))} {one['date']}" for one in days)


def format_time_left(told: Mapping[str, Any], _: Words) -> str:
    """How long it still is: calendar days and working days, or that it is over."""
    if told["days"] < 0:
        return _("over for {days} days").format(days=-told["days"])
    text = _("{days} days left, {workdays} working days")
    said = text.format(days=told["days"], workdays=told["workdays"])
    return said + _(" (provisional)") if told["provisional"] else said
