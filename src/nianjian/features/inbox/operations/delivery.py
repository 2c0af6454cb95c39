"""Send reminders that are due by the channels of the people they are for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.season import reminders
from nianjian.engines.paper.words import CHINESE, ENGLISH, language_of, words
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.query import USER, Actor, find_spoken_language
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env
from nianjian.platform.notifications import channels, delivery, outbox
from nianjian.platform.notifications.delivery import Outcome
from nianjian.platform.notifications.models import Channel, Dispatch

MOST: Final = 200  # texts of one round
AT_ONCE: Final = 8  # channels that are spoken to at a time
LOOK: Final = 1.0  # seconds until what has fallen due meanwhile is looked for
INBOX: Final = "/inbox/"


def deliver() -> int:
    """Send what is due; how many texts were tried. What a dead worker has taken becomes unclear first.

    Several channels are spoken to at once, so that a slow receiver keeps the others waiting for nothing; each has one
    text at a time. Threads speak only: claims are taken and settled here, as with one channel after the other.
    """
    outbox.expire_dispatches(clock.now())
    count, flying = 0, dict[Future[tuple[Outcome, str]], Sequence[Dispatch]]()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="tell") as pool:
        while True:
            busy = {claimed[0].channel for claimed in flying.values()}
            open_ = len(flying) < AT_ONCE and count < MOST
            if open_ and (claimed := outbox.claim_dispatches(clock.now(), busy)) is not None:
                count += bool(claimed)
                if claimed and (text := _made(claimed)) is not None:
                    flying[pool.submit(delivery.send_text, *text.given)] = text.claimed
                continue
            if not flying:
                return count
            for told in wait(flying, timeout=LOOK, return_when=FIRST_COMPLETED).done:
                outcome, fault = told.result()
                outbox.settle_dispatches(claimed=flying.pop(told), outcome=outcome, fault=fault, now=clock.now())


@dataclass(frozen=True, slots=True)
class _Text:
    """What is sent of a claim, and what `speaking.tell` is given for it."""

    claimed: Sequence[Dispatch]
    given: tuple[str, str, str, str, str]


def _made(claimed: Sequence[Dispatch]) -> _Text | None:
    """The text of one claim, all of one channel; None: nobody is told there any more."""
    channel = channels.find_usable_channel(claimed[0].channel)
    person = None if channel is None else find_spoken_language(channel.user)
    if channel is None or person is None:
        outbox.drop_dispatches(claimed=claimed, fault="channel_closed")
        return None
    reader = Actor(channel.user, USER)
    gone = [one for one in claimed if not may(reader, one.message.enterprise, Act.READ)]
    outbox.drop_dispatches(claimed=gone, fault="reader_gone")
    kept = [one for one in claimed if one not in gone]
    if not kept:
        return None
    some, title, text = _fitting(kept, channel.kind, person[1])
    return _Text(some, _given(channel, title, text))


def _fitting(kept: Sequence[Dispatch], kind: str, language: str) -> tuple[Sequence[Dispatch], str, str]:
    """As many as one text of the channel holds, at least one, and the text; the rest goes in the next."""
    some = kept
    title, text = _text(some, language)
    while len(some) > 1 and not delivery.fits(kind, title, text):
        some = some[: len(some) // 2]
        title, text = _text(some, language)
    if rest := kept[len(some) :]:
        outbox.release_dispatches(claimed=rest)
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


def send_text(channel: Channel, title: str, text: str) -> tuple[delivery.Outcome, str]:
    """Send a text to a channel now; what became of it and why."""
    return delivery.send_text(*_given(channel, title, text))


def _given(channel: Channel, title: str, text: str) -> tuple[str, str, str, str, str]:
    return channel.kind, channel.address or "", title, text, env.text("NIANJIAN_MAIL_URL", os.environ)
