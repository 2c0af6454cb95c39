"""Read what people have chosen."""

from __future__ import annotations

from collections.abc import Collection

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.notifications.people.hours import Hours
from nianjian.platform.notifications.people.model import Channel, Choice


def scopes(users: Collection[str]) -> dict[str, str]:
    """What each person wants to be reminded of; who has chosen nothing is not in it."""
    return dict(Choice.objects.filter(pk__in=users).values_list("user", "scope"))


def choice(user: str) -> Choice | None:
    """What the person has chosen; None: nothing yet."""
    return Choice.objects.filter(pk=user).first()


def hours(users: Collection[str]) -> dict[str, Hours]:
    """When each person may be told, the default for who has chosen nothing."""
    found = {one.user: of(one) for one in Choice.objects.filter(pk__in=users)}
    return {name: found.get(name, Hours()) for name in users}


def of(row: Choice) -> Hours:
    """The hours of a choice."""
    return Hours(row.quiet_from, row.quiet_until, row.digest)


def channels(user: str) -> list[Channel]:
    """The person's open channels, oldest first, confirmed or not."""
    return list(Channel.objects.filter(user=user, closed_at=None).order_by("made_at", "id"))


def channel(id_: str, user: str) -> Channel:
    """One of the person's open channels; ``channel_unknown``."""
    found = Channel.objects.filter(pk=id_, user=user, closed_at=None).first()
    if found is None:
        raise NianjianError("channel_unknown")
    return found


def confirmed(users: Collection[str]) -> dict[str, list[str]]:
    """Numbers of the channels by which each person can be told; who has none is not in it."""
    rows = Channel.objects.filter(user__in=users, closed_at=None).exclude(confirmed_at=None)
    found: dict[str, list[str]] = {}
    for user, id_ in rows.order_by("id").values_list("user", "id"):
        found.setdefault(user, []).append(id_)
    return found


def usable(id_: str) -> Channel | None:
    """The channel if something may be told there."""
    return Channel.objects.filter(pk=id_, closed_at=None).exclude(confirmed_at=None).first()
