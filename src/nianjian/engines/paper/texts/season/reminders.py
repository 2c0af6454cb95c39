"""Reminders in words: the line of an inbox, and the text that goes to a channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nianjian.engines.paper.texts.inspection.drill import THROWN
from nianjian.engines.paper.texts.season.words import TASKS, TRACKS, obstacle
from nianjian.engines.paper.words import Words, mark

TEXTS: Final[Mapping[str, str]] = {
    "channel_unknown": mark("there is no such channel of yours"),
    "channel_address_wrong": mark(
        "this address cannot be used: give an e-mail address, the web address of a group robot of WeCom, DingTalk or"
        " Feishu, or Apprise's address of one of these"
    ),
    "channel_code_wrong": mark("this is not the code that was sent there; {left} more tries"),
    "channel_unreachable": mark("nothing could be sent there ({reason}); the channel was not made"),
    "channel_by_person": mark("a channel belongs to a person: sign in, or name one with --as"),
    "channels_too_many": mark("you have {most} channels already; close one"),
    "channels_too_often": mark("you have tried {most} channels within an hour; wait a little"),
    "dispatch_unknown": mark("there is no such sending"),
    "dispatch_delivered": mark("it is delivered or still on its way, so it is not sent again"),
    "scope_unknown": mark("there is no choice “{scope}”; there are {known}"),
}
SCOPES: Final[Mapping[str, str]] = {
    "role": mark("what my role or a task of mine brings"),
    "all": mark("everything of my enterprises"),
    "own": mark("tasks of my own alone"),
    "none": mark("nothing"),
}
KINDS: Final[Mapping[str, str]] = {
    "email": mark("e-mail"),
    "wecom": "企业微信",
    "dingtalk": "钉钉",
    "feishu": "飞书",
    "lark": "Lark",
    "serverchan": "Server酱",
    "wxpusher": "WxPusher",
    "json": mark("a program's address"),
}
STATES: Final[Mapping[str, str]] = {
    "queued": mark("queued"),
    "sending": mark("being sent"),
    "delivered": mark("delivered"),
    "unclear": mark("maybe sent"),
    "failed": mark("given up"),
    "dropped": mark("no longer sent"),
}
FAULTS: Final[Mapping[str, str]] = {
    "worker_died": mark("the worker ended while it was sending"),
    "mail_missing": mark("no mail server is set (NIANJIAN_MAIL_URL)"),
    "channel_closed": mark("the channel is closed"),
    "reader_gone": mark("the person may not read there any more"),
    "address": mark("its address cannot be used any more"),
    "refused": mark("the receiver or the mail server did not take it"),
    "broken_off": mark("it broke off on the way"),
    **dict.fromkeys(("TimeoutError", "ReadTimeout", "ReadTimeoutError"), mark("the receiver did not answer in time")),
    **dict.fromkeys(
        ("NewConnectionError", "ConnectTimeout", "ConnectTimeoutError"), mark("the receiver could not be reached")
    ),
    "NameResolutionError": mark("the name of the receiver's host is not known"),
    "SSLError": mark("the receiver's certificate is not accepted"),
    **dict.fromkeys(
        ("SMTPRecipientsRefused", "SMTPSenderRefused", "SMTPDataError"), mark("the mail server refused it")
    ),
    "ProtocolError": mark("the receiver broke off without an answer"),
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
MISSED: Final[Mapping[str, str]] = {
    "callback_too_many": mark("the daily test calls over {route} did not run: {count} calls are more than {most}"),
    "callback_no_numbers": mark("the daily test calls over {route} did not run: no filed number is in force"),
    "callback_outside": mark("the daily test calls over {route} lie outside working hours: they count nowhere"),
    "": mark("the daily test calls over {route} did not run: who set the route may not order them any more"),
}
CLOCKS: Final[Mapping[tuple[str, bool], str]] = {
    ("response", False): mark("complaint {complaint}: a person must answer by {at}"),
    ("response", True): mark("complaint {complaint}: a person had to answer by {at}"),
    ("close", False): mark("complaint {complaint}: to be closed by {at}"),
    ("close", True): mark("complaint {complaint}: had to be closed by {at}"),
}


def line(about: str, values: Mapping[str, Any], _: Words) -> str:
    """One reminder as a sentence."""
    kind, _colon, name = about.partition(":")
    if kind == COMPLAINT:
        said = _(CLOCKS[name, bool(values["late"])]).format(complaint=values["complaint"], at=values["at"])
        return f"{said} ({_('drill')})" if values["drill"] else said
    if kind == OBSTACLE:
        return obstacle(name, {key: value for key, value in values.items() if key not in {"due", "left"}}, _)
    if kind == CALLBACK:
        return _(MISSED.get(values["reason"], MISSED[""])).format_map(values)
    if kind == DRILL:
        said = _("DRILL, not real: {what} (complaint {drill})")
        return said.format(what=_(THROWN.get(values["inject"], values["inject"])), drill=values["drill"])
    known = TRACKS if kind == "track" else TASKS
    what, left = _(known.get(name, name)), int(values["left"])
    when = "late" if left < 0 else "ahead" if left else "today"
    said = _(WHEN[when]).format(what=what, year=values["year"], due=values["due"], left=abs(left))
    several = int(values.get("open") or 0)
    return said + _(" ({count} licences)").format(count=several) if several > 1 else said


def text(lines: Sequence[tuple[str, str]], address: str, _: Words, *, repeated: bool) -> tuple[str, str]:
    """Title and text of several (enterprise, sentence); ``address``: where to read more."""
    title = _("Annual inspection: {count} reminders").format(count=len(lines))
    told = [f"{enterprise}: {sentence}" for enterprise, sentence in lines]
    head = [_("This may be a repetition: whether it was delivered before is not known.")] if repeated else []
    return title, "\n".join([*head, *told, address])


def code(digits: str, _: Words) -> tuple[str, str]:
    """Title and text of the code that confirms a channel."""
    title = _("Annual inspection: confirm this channel")
    return title, _("The code is {code}. Nobody asked for it? Then do nothing.").format(code=digits)


def fault(code_: str, _: Words) -> str:
    """Why a try did not succeed; what is not known here stands as the library says it."""
    return _(FAULTS[code_]) if code_ in FAULTS else code_
