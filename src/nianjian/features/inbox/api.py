"""One's own inbox, choices and channels; the log of an enterprise's reminders."""

from dataclasses import dataclass
from datetime import time
from typing import Annotated, Literal

from ninja import Field, Query, Router, Schema

from nianjian.engines.paper.words import CHINESE, language_of
from nianjian.features.inbox import operations as flow
from nianjian.features.inbox.operations import ChannelTold, ChoicesTold, Reminded
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Number, Text

router = Router(tags=["season"])
LOG = "/enterprises/{code}/season/reminders"
OWN = "/me/inbox"


class ReadNow(Schema):
    """Which messages are read; null: all."""

    messages: Annotated[list[Number], Field(max_length=1000)] | None = None


@dataclass(frozen=True, slots=True)
class ReadCount:
    """How many were new."""

    read: int


Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["08:30"])]
"""A zone would be another question: people are told by Beijing's clock."""


class ChoicesMade(Schema):
    """As told; times of day in Beijing as HH:MM."""

    scope: Literal["role", "all", "own", "none"]
    quiet_from: Clock
    quiet_until: Clock
    digest: Clock | None = None


class NewAddress(Schema):
    """An e-mail address, a robot's web address, or Apprise's address of one."""

    address: Text


class CodeRead(Schema):
    """The code that arrived there."""

    code: Annotated[Text, Field(max_length=12)]


@dataclass(frozen=True, slots=True)
class SentAgain:
    """What is sent once more."""

    dispatch: int


@read(router, OWN, act=None, answer=Page[Reminded])
def inbox_list(request: Request, cut: Query[Cut]) -> dict[str, object]:
    """What one was told of enterprises that one may read, newest first."""
    language = _language(request)
    return paged(request, cut, flow.list_messages(request.actor), lambda one: flow.to_document(one, language))


@write(router, f"{OWN}/read", act=None, answer=ReadCount)
def inbox_read(request: Request, which: ReadNow) -> ReadCount:
    """Note that messages are read."""
    return ReadCount(flow.mark_read(chosen_=which.messages, actor=request.actor))


@read(router, f"{OWN}/choices", act=None, answer=ChoicesTold)
def inbox_choices(request: Request) -> ChoicesTold:
    """What one has chosen."""
    return flow.get_settings(request.actor)


@write(router, f"{OWN}/choices", act=None, answer=ChoicesTold)
def inbox_choose(request: Request, made: ChoicesMade) -> ChoicesTold:
    """Choose what one is told, and when."""
    flow.set_choices(
        scope=made.scope,
        quiet_from=time.fromisoformat(made.quiet_from),
        quiet_until=time.fromisoformat(made.quiet_until),
        digest=time.fromisoformat(made.digest) if made.digest else None,
        actor=request.actor,
    )
    return flow.get_settings(request.actor)


@write(router, f"{OWN}/channels", act=None, answer=ChannelTold, status=201)
def channels_add(request: Request, new: NewAddress) -> ChannelTold:
    """Make a channel; a code is sent to it, and nothing else before it is confirmed."""
    return flow.add_channel(address=new.address, actor=request.actor)


@write(router, f"{OWN}/channels/{{channel}}/confirm", act=None, answer=ChoicesTold)
def channels_confirm(request: Request, channel: str, given: CodeRead) -> ChoicesTold:
    """Open a channel by its code."""
    flow.confirm_channel(channel=channel, code=given.code, actor=request.actor)
    return flow.get_settings(request.actor)


@write(router, f"{OWN}/channels/{{channel}}", act=None, answer=ChoicesTold, method="DELETE")
def channels_close(request: Request, channel: str) -> ChoicesTold:
    """End a channel: nothing more is told there."""
    flow.close_channel(channel=channel, actor=request.actor)
    return flow.get_settings(request.actor)


@read(router, LOG, act=Permission.REPORT, answer=Page[Reminded])
def reminders_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """Whom what was told, newest first, and what became of it by each channel."""
    language = _language(request)
    rows = flow.list_log(enterprise=code, actor=request.actor)
    return paged(request, cut, rows, lambda one: flow.to_document(one, language))


@write(router, f"{LOG}/{{dispatch}}/again", act=Permission.REPORT, answer=SentAgain, status=202)
def reminders_again(request: Request, code: str, dispatch: str) -> SentAgain:
    """Send once more what has failed or may have been sent."""
    number = flow.parse_number(dispatch)
    flow.retry_sending(enterprise=code, dispatch=number, actor=request.actor)
    return SentAgain(number)


def _language(request: Request) -> str:
    return language_of(request.headers.get("accept-language", CHINESE))
