"""Words and error messages of the season, and its reminders: the line of an inbox and the text for a channel."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel.states import State
from nianjian.engines.paper.days import full_day
from nianjian.engines.paper.texts import inspection
from nianjian.engines.paper.texts.inspection_day import ROWS, THROWN
from nianjian.engines.paper.texts.platform import TASKS as TASK_STATES
from nianjian.engines.paper.texts.reconciliation import KINDS as KINDS_COMPARED
from nianjian.engines.paper.words import Words, mark, pair_text

NOT_TAKEN: Final[Mapping[str, str]] = {
    "yearly": mark("applies to one season only"),
    "expired": mark("validity has expired"),
    "unconfirmed": mark("nobody has confirmed it"),
}
PARTS: Final[Mapping[str, str]] = {
    "manifest": mark("manifest of the package that was handed in"),
    "package": mark("package, both editions with their manifest"),
    "signed": mark("package with the files for the platform signed"),
    "portrait": mark("portrait that was used"),
    "log": mark("log of the season"),
}
TRACKS: Final[Mapping[str, str]] = {"licence": mark("licence report"), "code_number": mark("code-number report")}
STATES: Final[Mapping[str, str]] = {
    "on_time": mark("not due yet"),
    "late": mark("late: only a late report is possible"),
    "filed": mark("handed in"),
    "filed_late": mark("handed in late"),
    "undated": mark("date unknown"),
}
TEMPLATES: Final[Mapping[str, str]] = {
    "legal": mark("law"),
    "legal_code_number": mark("regulator's notice (code-number report)"),
    "guide": mark("the guide"),
    "notice": mark("printed on a notice"),
}
DAY_KINDS: Final[Mapping[str, str]] = {"opens": mark("opens"), "closes": mark("last day")}
MODULES: Final[Mapping[str, str]] = {
    "self_check": mark("Self-check"),
    "data": mark("Data in order"),
    "materials": mark("Materials complete"),
    "drill": mark("Drill on site"),
    "closing": mark("Rectified and handed in"),
}
TASKS: Final[Mapping[str, str]] = {
    "portrait": mark("Compute the portrait of the data year"),
    "stopped_seats": mark("Take stopped seats off line"),
    "marketing_lines": mark("Decide on marketing lines"),
    "old_tickets": mark("Raise the closing rate to its limit"),
    "consistency": mark("Reconcile with the number-resource system"),
    "filed_base": mark("Check what was filed by the end of the data year"),
    "items": mark("Provide every item of the package"),
    "package": mark("Build the package"),
    "drill": mark("Run a complaint drill"),
    "entry_test": mark("Test the entry: sign in, open the form"),
    "rectification": mark("Close the rectification cases"),
    "file_licence": mark("Hand in the licence report"),
    "file_code_number": mark("Hand in the code-number report"),
}
#: Why a task stands as it does, where its state alone does not say it; with its figures in braces.
TASK_REASONS: Final[Mapping[str, str]] = {
    "portrait_old": mark("the portrait is of an older version; compute it again"),
    "marketing_borne_out": mark("decided, and the call records since then bear it out"),
    "marketing_not_borne_out": mark("decided, but the records do not bear it out: {calls_after} marketing calls since"),
    "marketing_undecided": mark("{calls} calls and {numbers} numbers are marketing; nobody has decided"),
    "marketing_no_calls": mark("no delivered call is on record; nothing shows that there is no marketing"),
    "marketing_unnamed": mark("{unnamed} delivered calls name no purpose; a decision is needed"),
    "marketing_none": mark("every delivered call names another purpose"),
    "compared_before": mark("the register was changed since it was compared; compare again"),
    "compared_ahead": mark("compared as at a day that had not come yet; compare again once it has"),
    "own_allowance": mark("the guide, which decides, allows {allowed} open differences; the enterprise {own_allowed}"),
}


def task_reason(figures: Mapping[str, Any], _: Words) -> str:
    """Why a task with these figures stands as it does; "" where its state says it."""
    if not (text := TASK_REASONS.get(figures.get("why", ""))):
        return ""
    return _(text).format(**{**figures, "numbers": len(figures.get("numbers") or ())})


TEST_OUTCOMES: Final[Mapping[str, str]] = {
    "planned": mark("planned"),
    "passed": mark("passed"),
    "failed": mark("not passed"),
}
WAITING: Final[Mapping[str, str]] = {
    "snoozed": mark("snoozed"),
    "blocked": mark("waiting for another task"),
    "open": mark("to do"),
    "ahead": mark("not started yet"),
}
RISKS: Final[Mapping[str, str]] = {
    "late_report": mark(
        "Not handed in by the last day, so it is a late report. The guide claims that late reports are put on the "
        "list for close checks and that on-site checks are three times as likely (an agency's claim without an "
        "official source; nothing is computed from it)."
    ),
    "system_closed": mark(
        "The reporting system closed after {day} (inferred; the notice of the year is authoritative)."
    ),
    "bad_list": mark(
        "Not reported in time: the regulator sets a deadline; an enterprise that still does not report is "
        "put on its list of bad operators."
    ),
    "templates_conflict": mark("The sources contradict each other: {days}. Reminders and plan use the earliest day."),
    "calendar_provisional": mark(
        "The holidays of {year} are not published yet: working days are provisional. Import the notice when "
        "it is published."
    ),
    "no_licence": mark(
        "The register of licences contains no licence that reports on this data year; the deadlines apply all the same."
    ),
}


REPORT_LATE: Final = "report_late"  # of a data year before the season that is asked for
OBSTACLES: Final[Mapping[str, str]] = {
    REPORT_LATE: mark("The {report} of {year} was not handed in by {due}: only a late report is possible."),
    "complaints_overdue": mark(
        "Complaints still open past their time limit: {count}; the oldest, {oldest}, is overdue since {since}"
    ),
    "differences_open": mark("Open differences with {register}: {count} (reconciliation {run} as at {as_of})"),
}


def task_state_text(state: str, status: str, _: Words) -> str:
    """How a task stands; one in progress says what it waits for."""
    return _(WAITING[state]) if status == State.IN_PROGRESS else _(TASK_STATES[status])


def obstacle_text(code: str, values: Mapping[str, Any], _: Words) -> str:
    """What has waited too long already, as a sentence."""
    spoken = dict(values)
    if "kind" in values:
        spoken["register"] = _(KINDS_COMPARED[str(values["kind"])])
    if "track" in values:
        spoken["report"] = _(TRACKS[str(values["track"])])
    if "due" in values:
        spoken["due"] = full_day(date.fromisoformat(str(values["due"])), _)
    if "since" in values:  # with its time, which no sentence needs
        spoken["since"] = full_day(date.fromisoformat(str(values["since"])[:10]), _)
    return _(OBSTACLES[code]).format(**spoken)


def risk_text(code: str, values: Mapping[str, Any], _: Words) -> str:
    """One flag as a sentence."""
    return _(RISKS[code]).format(**values)


def conflict_text(days: Sequence[tuple[str, date]], _: Words) -> str:
    """Days that contradict each other, each with its template: "law 2027-03-31, the guide 2027-04-30"."""
    return "；".join(f"{_(TEMPLATES.get(template, template))} {day}" for template, day in days)


def format_time_left(days: int, workdays: int, _: Words, *, provisional: bool) -> str:
    """How long it still is: calendar days and working days, or that it is over."""
    if days < 0:
        return _("overdue for {days} days").format(days=-days)
    said = _("{days} days left, {workdays} working days").format(days=days, workdays=workdays)
    return said + _(" (provisional)") if provisional else said


SCOPES: Final[Mapping[str, str]] = {
    "role": mark("what concerns my role or one of my tasks"),
    "all": mark("everything of my enterprises"),
    "own": mark("only my own tasks"),
    "none": mark("nothing"),
}
CHANNEL_KINDS: Final[Mapping[str, str]] = {
    "email": mark("e-mail"),
    "wecom": "企业微信",
    "dingtalk": "钉钉",
    "feishu": "飞书",
    "lark": "Lark",
    "serverchan": "Server酱",
    "wxpusher": "WxPusher",
    "json": mark("a program's address"),
}
MESSAGE_STATES: Final[Mapping[str, str]] = {
    "queued": mark("queued"),
    "sending": mark("being sent"),
    "delivered": mark("delivered"),
    "unclear": mark("maybe sent"),
    "failed": mark("given up"),
    "dropped": mark("no longer sent"),
}
FAULTS: Final[Mapping[str, str]] = {
    "worker_died": mark("the worker stopped while sending"),
    "mail_missing": mark("no mail server is set; an administrator sets it under Settings, Mail"),
    "channel_closed": mark("the channel is closed"),
    "matter_settled": mark("it was handled before it was sent"),
    "reader_gone": mark("the person no longer has access"),
    "address": mark("its address can no longer be used"),
    "refused": mark("the receiver or the mail server did not accept it"),
    "broken_off": mark("the connection was lost"),
    **dict.fromkeys(("TimeoutError", "ReadTimeout", "ReadTimeoutError"), mark("the receiver did not answer in time")),
    **dict.fromkeys(
        ("NewConnectionError", "ConnectTimeout", "ConnectTimeoutError"), mark("the receiver could not be reached")
    ),
    "NameResolutionError": mark("the receiver's host name cannot be resolved"),
    "SSLError": mark("the receiver's certificate is not accepted"),
    **dict.fromkeys(
        ("SMTPRecipientsRefused", "SMTPSenderRefused", "SMTPDataError"), mark("the mail server refused it")
    ),
    "ProtocolError": mark("the receiver closed the connection without an answer"),
}
WHEN: Final[Mapping[str, str]] = {
    "ahead": mark("{what} (data year {year}) is due on {due}: {left} days left"),
    "today": mark("{what} (data year {year}) is due today, {due}"),
    "late": mark("{what} (data year {year}) was due on {due}: {left} days late"),
}
COMPLAINT: Final = "complaint"  # what a warning of a ticket's clock is about; behind the colon stands the clock
CALLBACK: Final = "callback"  # a daily test that did not run; behind the colon stands the route
OBSTACLE: Final = "obstacle"  # what has waited too long; behind the colon stands the overview's code
DRILL: Final = "drill"  # what a facilitator throws in; behind the colon stands what names the drill
ROOM: Final = "room"  # an original that inspectors ask for; behind the colon stands the line of the room's log
MISSED: Final[Mapping[str, str]] = {
    "callback_too_many": mark("the daily test calls over {route} did not run: {count} calls are more than {most}"),
    "callback_no_numbers": mark("the daily test calls over {route} did not run: no filed number is in force"),
    "callback_outside": mark("the daily test calls over {route} are outside working hours: they are not counted"),
    **dict.fromkeys(
        ("role_missing", "account_closed"),
        mark("the daily test calls over {route} did not run: whoever set the route may no longer order them"),
    ),
}
CLOCKS: Final[Mapping[tuple[str, bool], str]] = {
    ("arrival", False): mark("complaint {complaint} has arrived: a person must answer by {at}"),
    ("arrival", True): mark("complaint {complaint} has arrived: a person should have answered by {at}"),
    ("response", False): mark("complaint {complaint}: a person must answer by {at}"),
    ("response", True): mark("complaint {complaint}: a person should have answered by {at}"),
    ("close", False): mark("complaint {complaint}: to be closed by {at}"),
    ("close", True): mark("complaint {complaint}: should have been closed by {at}"),
}


def reminder_line(about: str, values: Mapping[str, Any], _: Words) -> str:
    """One reminder as a sentence."""
    kind, _colon, name = about.partition(":")
    if kind == COMPLAINT:
        said = _(CLOCKS[name, bool(values["late"])]).format(complaint=values["complaint"], at=values["at"])
        return f"{said} ({_('drill')})" if values["drill"] else said
    if kind == OBSTACLE:
        return obstacle_text(name, {key: value for key, value in values.items() if key not in {"due", "left"}}, _)
    if kind == CALLBACK:
        return _missed_text(values, _)
    if kind == DRILL:
        said = _("DRILL, not real: {what} (complaint {drill})")
        return said.format(what=_(THROWN.get(values["inject"], values["inject"])), drill=values["drill"])
    if kind == ROOM:
        return _("Inspectors wait for an original: {row}").format(row=_(ROWS[values["row"]]))
    titles = TRACKS if kind == "track" else TASKS
    what, left = _(titles.get(name, name)), int(values["left"])
    when = "late" if left < 0 else "ahead" if left else "today"
    said = _(WHEN[when]).format(what=what, year=values["year"], due=values["due"], left=abs(left))
    several = int(values.get("open") or 0)
    return said + _(" ({count} licences)").format(count=several) if several > 1 else said


def _missed_text(values: Mapping[str, Any], _: Words) -> str:
    """Why a daily test did not run; a reason without words of its own is told in those of its error."""
    code = str(values["reason"])
    if code in MISSED:
        return _(MISSED[code]).format_map(values)
    safe_values = defaultdict(lambda: "–", values)
    reason = _(inspection.TEXTS[code]).format_map(safe_values) if code in inspection.TEXTS else code
    return _("the daily test calls over {route} did not run: {reason}").format(route=values["route"], reason=reason)


def reminder_text(lines: Sequence[tuple[str, str]], address: str, _: Words, *, repeated: bool) -> tuple[str, str]:
    """Title and text of several (enterprise, sentence); ``address``: where to read more."""
    title = _("Annual inspection: {count} reminders").format(count=len(lines))
    sentences = [pair_text(enterprise, sentence, _) for enterprise, sentence in lines]
    head = [_("This may be a duplicate: it is unknown whether it was delivered before.")] if repeated else []
    return title, "\n".join([*head, *sentences, address])


def confirmation_text(digits: str, _: Words) -> tuple[str, str]:
    """Title and text of the code that confirms a channel."""
    title = _("Annual inspection: confirm this channel")
    return title, _("The code is {code}. If you did not request it, ignore this message.").format(code=digits)


def delivery_problem(code_: str, _: Words) -> str:
    """Why a try did not succeed; what is not known here stands as the library says it."""
    return _(FAULTS[code_]) if code_ in FAULTS else code_


TEXTS: Final[Mapping[str, str]] = {
    "season_year_wrong": mark("data year {year}: choose one from {first} to {last}"),
    "season_track_unknown": mark("there is no report “{track}”; choose one of {tracks}"),
    "season_licence_unknown": mark("the register has no licence {licence} that reports on data year {year}"),
    "season_day_ahead": mark("{day} is in the future"),
    "season_day_early": mark("{day} is before the year in which data year {year} is reported"),
    "season_task_unknown": mark("the plan of data year {year} has no task “{task}”"),
    "season_task_computed": mark("the state of “{task}” is computed from your data; it cannot be ticked by hand"),
    "season_reason_missing": mark("{task}: give the reason"),
    "season_result_unknown": mark("“{result}” is not a result; choose one of: {results}"),
    "entry_test_by_picture": mark(
        "the entry test passes only with a screenshot: save it on the season's page, or with `nianjian "
        "season entry-test --result passed --picture FILE`"
    ),
    "entry_test_picture": mark("“{file}” is not a screenshot; allowed types: {types}"),
    "season_snooze_too_long": mark("{task}: it cannot be snoozed beyond {last}, the last day of the season"),
    "season_archived": mark(
        "the season of data year {year} is closed; its package, reports and tasks can no longer be changed"
    ),
    "season_archive_unknown": mark("the season of data year {year} is not closed"),
    "season_archive_damaged": mark(
        "the archive of data year {year} differs from what was saved: its digest does not match"
    ),
    "season_out_wrong": mark("name a file that does not exist yet with --out (given: “{path}”)"),
    "season_file_unknown": mark("the closed season of data year {year} has no such file"),
    "season_package_missing": mark(
        "data year {year}: no package is recorded as submitted; record it first, or close the season knowing that its "
        "archive will contain none (nianjian season close --without-package)"
    ),
    "season_package_gone": mark(
        "data year {year}: only the manifest of the package that was handed in is here; record the hand-in "
        "again with its folder, then close the season"
    ),
    "season_package_differs": mark(
        "data year {year}: {file} of the package differs from what was handed in; restore the package from a backup"
    ),
    "season_undecided": mark(
        "data year {year}: the authority has not said yet that the package passed; wait for it, or close the season "
        "knowing that the package may still be returned"
    ),
    "season_round_open": mark("data year {year}: package {number} was returned and has not been handed in again yet"),
    "season_findings_open": mark("data year {year}: findings have not been answered yet: {names}"),
    "season_filed_by_package": mark(
        "the licence report was handed in with package {number} on {day}, and more has been recorded since, "
        "so the hand-in cannot be withdrawn"
    ),
    "season_reports_open": mark(
        "data year {year}: a report has not been handed in yet, so the season cannot be closed"
    ),
    "portfolio_none_chosen": mark("choose at least one enterprise"),
    "portfolio_too_many": mark("{count} enterprises at once are too many: {most} at most"),
    "portfolio_season_closed": mark(
        "at {count} of the chosen enterprises the season is closed, so nothing was done: {names}. Deselect "
        "them and choose only the others"
    ),
    "season_no_plan": mark("no rule gives a deadline for data year {year}, so no season can be started"),
    "season_feed_unknown": mark("there is no such calendar feed"),
    "season_feed_by_person": mark("a calendar feed belongs to a person: sign in, or specify one with --as"),
    "season_feeds_too_many": mark("{user} already has {most} calendar feeds; revoke one"),
    "channel_unknown": mark("you have no such channel"),
    "channel_address_wrong": mark(
        "this address cannot be used: enter an e-mail address, the webhook address of a WeCom, DingTalk or "
        "Feishu group robot, or the Apprise address of one of these"
    ),
    "channel_code_wrong": mark("this is not the code that was sent; {left} more tries"),
    "channel_unreachable": mark("nothing could be sent there ({reason}); the channel was not created"),
    "channel_by_person": mark("a channel belongs to a person: sign in, or specify one with --as"),
    "channels_too_many": mark("you already have {most} channels; close one"),
    "channels_too_often": mark("you have tried {most} channels within an hour; try again later"),
    "dispatch_unknown": mark("there is no such delivery"),
    "dispatch_delivered": mark("it is delivered or still on its way, so it is not sent again"),
    "scope_unknown": mark("there is no option “{scope}”; choose one of {known}"),
}
"""Error codes and their messages."""
