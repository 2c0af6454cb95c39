"""Messages to a person: the inbox, choices and channels, and the delivery of reminders that are due."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, Literal, cast

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts import season
from nianjian.engines.paper.texts.season import COMPLAINT, OBSTACLE
from nianjian.engines.paper.words import CHINESE, ENGLISH, language_of, words
from nianjian.engines.season.plan import Scope
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.clocks import Clock
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.inbox.obstacles import list_obstacles
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import has_permission, list_accessible_enterprises, require_permission
from nianjian.platform.accounts.query import USER, Actor, find_spoken_language
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env
from nianjian.platform.notifications import channels, delivery, outbox, storage
from nianjian.platform.notifications.channels import Hours
from nianjian.platform.notifications.delivery import Outcome
from nianjian.platform.notifications.models import Channel, Dispatch, Message

# Whether the matter of a message still stands: it is asked again at sending, hours after the message was made.

REPORTED: Final = frozenset({"track", "task"})  # matters that are told with the days that are left


def is_settled(message: Message) -> bool:
    """Whether a ticket's clock has stopped, or an obstacle is gone; other matters are not looked at here."""
    kind, _colon, name = message.about.partition(":")
    if kind == COMPLAINT:
        key = str(message.values["complaint"])
        row = complaints.current_tickets(message.enterprise, drills=True).filter(key=key).first()
        if row is None or row.exclusion:
            return True
        facts = complaints.ticket_facts(row).at(clock.now())
        return (facts.finished if name == Clock.CLOSE.value else facts.responded or facts.finished) is not None
    if kind == OBSTACLE:
        waiting = list_obstacles(message.enterprise, load_service_levels(message.enterprise))
        return not any(one.code == name and one.values.get("run") == message.values.get("run") for one in waiting)
    return False


def refresh_values(message: Message) -> Mapping[str, Any]:
    """The values of a message as they are now: how many days are left, and whether a clock has run out meanwhile."""
    kind, values = message.about.partition(":")[0], dict(message.values)
    if kind == COMPLAINT:
        due = datetime.strptime(str(values["at"]), "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)
        return values | {"late": bool(values["late"]) or due < clock.now()}
    if kind in REPORTED:
        return values | {"left": (date.fromisoformat(str(values["due"])) - clock.today()).days}
    return values


MOST: Final = 200  # texts of one round
AT_ONCE: Final = 8  # channels that are spoken to at a time
LOOK: Final = 1.0  # seconds until what has fallen due meanwhile is looked for
INBOX: Final = "/inbox/"


def deliver_messages(is_moot: Callable[[Message], bool] = is_settled) -> int:
    """Send what is due; how many texts were tried. What a dead worker has taken becomes unclear first.

    ``is_moot``: whether the matter of a message was dealt with since it was made; then it is not sent.

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
                if claimed and (built := _build_text(claimed, is_moot)) is not None:
                    some, values = built
                    flying[pool.submit(delivery.send_text, *values)] = some
                continue
            if not flying:
                return count
            for future in wait(flying, timeout=LOOK, return_when=FIRST_COMPLETED).done:
                outcome, fault = future.result()
                outbox.settle_dispatches(claimed=flying.pop(future), outcome=outcome, fault=fault, now=clock.now())


TextValues = tuple[str, str, str, str, str]  # what `delivery.send_text` takes


def _build_text(
    claimed: Sequence[Dispatch], is_moot: Callable[[Message], bool]
) -> tuple[Sequence[Dispatch], TextValues] | None:
    """What is sent of one claim, all of one channel, and the text; None: nothing is to be told there any more."""
    channel = channels.find_usable_channel(claimed[0].channel)
    person = None if channel is None else find_spoken_language(channel.user)
    if channel is None or person is None:
        outbox.drop_dispatches(claimed=claimed, fault="channel_closed")
        return None
    reader = Actor(channel.user, USER)
    gone = [one for one in claimed if not has_permission(reader, one.message.enterprise, Permission.READ)]
    outbox.drop_dispatches(claimed=gone, fault="reader_gone")
    moot = [one for one in claimed if one not in gone and is_moot(one.message)]
    outbox.drop_dispatches(claimed=moot, fault="matter_settled")
    dispatches = [one for one in claimed if one not in gone and one not in moot]
    if not dispatches:
        return None
    some, (title, text) = dispatches, _text(dispatches, person[1])
    while len(some) > 1 and not delivery.fits(channel.kind, title, text):
        some = some[: len(some) // 2]
        title, text = _text(some, person[1])
    if rest := dispatches[len(some) :]:  # they go in the next
        outbox.release_dispatches(claimed=rest)
    return some, _delivery_values(channel, title, text)


def _text(dispatches: Sequence[Dispatch], language: str) -> tuple[str, str]:
    _ = words(spoken_language(language))
    names = {code: accounts.enterprise(code).name for code in {one.message.enterprise for one in dispatches}}
    lines = [
        (names[one.message.enterprise], season.reminder_line(one.message.about, refresh_values(one.message), _))
        for one in dispatches
    ]
    repeated = any(one.repeated for one in dispatches)
    return season.reminder_text(lines, env.address(INBOX, f"http://127.0.0.1:8000{INBOX}"), _, repeated=repeated)


def spoken_language(language: str) -> str:
    """The catalogue's name of an account's language; Chinese where it has chosen none."""
    return ENGLISH if language_of(language or CHINESE) == ENGLISH else CHINESE


def send_text(channel: Channel, title: str, text: str) -> tuple[delivery.Outcome, str]:
    """Send a text to a channel now; what became of it and why."""
    return delivery.send_text(*_delivery_values(channel, title, text))


def _delivery_values(channel: Channel, title: str, text: str) -> TextValues:
    return channel.kind, channel.address or "", title, text, get_mail_url()


def get_mail_url() -> str:
    """The Apprise address of the mail server: as set on its page, else as the environment names it; "": none."""
    return storage.get_mail_address() or env.text("NIANJIAN_MAIL_URL", os.environ)


DIGITS: Final = 18


State = Literal["queued", "sending", "delivered", "unclear", "failed", "dropped"]


@dataclass(frozen=True, slots=True)
class Sending:
    """A message by one channel; ``unclear``: maybe sent, so it is not sent again unasked."""

    dispatch: int
    channel: str
    state: State
    tries: int
    fault: str
    not_before: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder to one person. ``left``: days, negative when late.

    ``about``: "track:licence", "task:items"; "complaint:response" of a ticket's clock that runs out,
    "complaint:arrival" of one that has come;
    "obstacle:complaints_overdue", "obstacle:differences_open": what has waited too long.
    """

    message: int
    enterprise: str
    user: str
    about: str
    stage: str
    day: date
    due: date
    left: int
    text: str
    made_at: datetime
    read: bool
    dispatches: list[Sending]


@dataclass(frozen=True, slots=True)
class ChannelTold:
    """A channel of one's own; its address is masked."""

    channel: str
    kind: str
    mask: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ChoicesTold:
    """What one wants to be told, when (Beijing time; ``digest`` null: at once) and where."""

    scope: str
    quiet_from: str
    quiet_until: str
    digest: str | None
    channels: list[ChannelTold]


def list_messages(actor: Actor) -> Any:  # noqa: ANN401 -- a queryset that doors cut into pages
    """Rows of the actor's inbox, newest first, of enterprises that the actor may read now."""
    return outbox.list_inbox(actor.name, [one.code for one in list_accessible_enterprises(actor, Permission.READ)])


def has_unread(actor: Actor) -> int:
    """How many rows of the actor's inbox are not read: those that the inbox shows, no others."""
    unread = outbox.count_unread(actor.name).items()
    return sum(count for code, count in unread if code and has_permission(actor, code, Permission.READ))


def list_log(*, enterprise: str, actor: Actor) -> Any:  # noqa: ANN401 -- the same
    """Rows of the log of an enterprise, newest first; ``role_missing``."""
    require_permission(actor, enterprise, Permission.REPORT)
    return outbox.list_log(enterprise)


def to_document(row: Message, language: str = CHINESE) -> Reminded:
    """A message as every door tells it, with what became of it by each channel; addresses are not in it."""
    _ = words(language)
    return Reminded(
        message=row.pk,
        enterprise=row.enterprise,
        user=row.user,
        about=row.about,
        stage=row.stage,
        day=row.day,
        due=date.fromisoformat(row.values["due"]),
        left=row.values["left"],
        text=season.reminder_line(row.about, row.values, _),
        made_at=row.made_at,
        read=row.read_at is not None,
        dispatches=[
            Sending(
                dispatch=one.pk,
                channel=one.channel,
                state=cast("State", one.state),
                tries=one.tries,
                fault=season.delivery_problem(one.fault, _),
                not_before=one.next_at,
                sent_at=one.sent_at,
            )
            for one in row.dispatches.all()
        ],
    )


def mark_read(*, chosen_: Sequence[int] | None, actor: Actor) -> int:
    """Note that the actor has read these (None: all); how many were new."""
    return outbox.mark_read(user=actor.name, messages=chosen_, now=clock.now())


def retry_sending(*, enterprise: str, dispatch: int, actor: Actor) -> None:
    """Send once more what has failed or is unclear; ``role_missing``, ``dispatch_unknown``, ``dispatch_delivered``."""
    require_permission(actor, enterprise, Permission.REPORT)
    outbox.retry_dispatch(dispatch=dispatch, enterprise=enterprise, now=clock.now(), actor=actor)


def parse_number(text: str) -> int:
    """The number of a sending as an address or a form names it; ``dispatch_unknown`` for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
        raise NianjianError("dispatch_unknown")
    return int(text)


def count_waiting(enterprise: str) -> int:
    """How many sendings are given up or unclear; the caller has asked whether the actor may."""
    return outbox.count_waiting(enterprise)


def get_settings(actor: Actor) -> ChoicesTold:
    """What the actor has chosen; addresses are masked."""
    row = channels.find_choice(actor.name)
    hours = Hours() if row is None else channels.hours_of(row)
    return ChoicesTold(
        scope=Scope.ROLE.value if row is None else row.scope,
        quiet_from=f"{hours.quiet_from:%H:%M}",
        quiet_until=f"{hours.quiet_until:%H:%M}",
        digest=None if hours.digest is None else f"{hours.digest:%H:%M}",
        channels=[
            ChannelTold(one.id, one.kind, one.mask, confirmed=one.confirmed_at is not None)
            for one in channels.list_channels(actor.name)
        ],
    )


def set_choices(*, scope: str, quiet_from: time, quiet_until: time, digest: time | None, actor: Actor) -> None:
    """Keep what the actor wants; ``scope_unknown``, ``channel_by_person``."""
    _require_own(actor)
    if scope not in set(Scope):
        raise NianjianError("scope_unknown", scope=scope, known=", ".join(Scope))
    channels.set_choice(scope=scope, quiet_from=quiet_from, quiet_until=quiet_until, digest=digest, actor=actor)


def add_channel(*, address: str, actor: Actor) -> ChannelTold:
    """Make a channel of the actor and send a code to it; nothing else goes there before the code is given back.

    ``channel_by_person``, ``channel_address_wrong``, ``channels_too_many``, ``channels_too_often``,
    ``channel_unreachable`` with the reason.
    """
    _require_own(actor)
    kind, target, mask = delivery.parse_address(address, env.read().webhook_hosts)
    row, code = channels.create_channel(kind=kind, address=target, mask=mask, actor=actor)
    person = find_spoken_language(actor.name)
    title, text = season.confirmation_text(code, words(spoken_language(person[1] if person else "")))
    outcome, fault = send_text(row, title, text)
    if outcome is delivery.Outcome.REFUSED:
        channels.close_channel(channel=row.id, actor=actor)
        raise NianjianError("channel_unreachable", reason=fault)
    return ChannelTold(row.id, row.kind, row.mask, confirmed=False)


def confirm_channel(*, channel: str, code: str, actor: Actor) -> None:
    """Open a channel by its code; ``channel_by_person``, ``channel_unknown``, ``channel_code_wrong``."""
    channels.get_channel(channel, actor.name)
    _require_own(actor)
    channels.confirm_channel(channel=channel, code=code, actor=actor)


def close_channel(*, channel: str, actor: Actor) -> None:
    """End a channel; ``channel_by_person``, ``channel_unknown``."""
    channels.get_channel(channel, actor.name)
    _require_own(actor)
    channels.close_channel(channel=channel, actor=actor)


def _require_own(actor: Actor) -> None:
    """A choice belongs to a person with an account, who came in as that person, by no link and no token for less."""
    if not actor.proved or actor.scopes is not None or not accounts.exists(actor.name):
        raise NianjianError("channel_by_person")
