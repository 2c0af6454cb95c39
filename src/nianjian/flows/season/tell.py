"""Send reminders that are due by the channels of the people they are for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from nianjian.accounts import query as accounts
from nianjian.accounts.access import may
from nianjian.accounts.query import USER, Actor
from nianjian.accounts.readers import spoken_to
from nianjian.accounts.roles import Act
from nianjian.config import env
from nianjian.kernel import clock
from nianjian.notify.outbox import service
from nianjian.notify.outbox.model import Dispatch
from nianjian.notify.people import query, speaking
from nianjian.notify.people.model import Channel
from nianjian.paper.texts.season import reminders
from nianjian.paper.words import CHINESE, ENGLISH, language_of, words

MOST: Final = 200  # texts of one round
INBOX: Final = "/inbox/"


def deliver() -> int:
    """Send what is due; how many texts were tried. What a dead worker has taken becomes unclear first."""
    service.expire(clock.now())
    count = 0
    while count < MOST and (claimed := service.take(clock.now())) is not None:
        if claimed:
            _sent(claimed)
            count += 1
    return count


def _sent(claimed: Sequence[Dispatch]) -> None:
    """Send one claim, all of one channel."""
    channel = query.usable(claimed[0].channel)
    person = None if channel is None else spoken_to(channel.user)
    if channel is None or person is None:
        service.drop(claimed=claimed, fault="channel_closed")
        return
    reader = Actor(channel.user, USER)
    gone = [one for one in claimed if not may(reader, one.message.enterprise, Act.READ)]
    service.drop(claimed=gone, fault="reader_gone")
    kept = [one for one in claimed if one not in gone]
    if kept:
        some, title, text = _fitting(kept, channel.kind, person[1])
        outcome, fault = said(channel, title, text)
        service.settle(claimed=some, outcome=outcome, fault=fault, now=clock.now())


def _fitting(kept: Sequence[Dispatch], kind: str, language: str) -> tuple[Sequence[Dispatch], str, str]:
    """As many as one text of the channel holds, at least one, and the text; the rest goes in the next."""
    some = kept
    title, text = _text(some, language)
    while len(some) > 1 and not speaking.fits(kind, title, text):
        some = some[: len(some) // 2]
        title, text = _text(some, language)
    if rest := kept[len(some) :]:
        service.put_back(claimed=rest)
    return some, title, text


def _text(kept: Sequence[Dispatch], language: str) -> tuple[str, str]:
    _ = words(spoken(language))
    names = {code: accounts.enterprise(code).name for code in {one.message.enterprise for one in kept}}
    lines = [(names[one.message.enterprise], reminders.line(one.message.about, one.message.values, _)) for one in kept]
    repeated = any(one.repeated for one in kept)
    return reminders.text(lines, env.address(INBOX, f"http://127.0.0.1:8000{INBOX}"), _, repeated=repeated)


def spoken(language: str) -> str:
    """The catalogue's name of an account's language; Chinese where it has chosen none."""
    return ENGLISH if language_of(language or CHINESE) == ENGLISH else CHINESE


def said(channel: Channel, title: str, text: str) -> tuple[speaking.Outcome, str]:
    """Send a text to a channel now; what became of it and why."""
    mail = env.text("NIANJIAN_MAIL_URL", os.environ)
    return speaking.tell(channel.kind, channel.address or "", title, text, mail)
