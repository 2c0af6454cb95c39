"""Read the inbox of a person, and the log of an enterprise."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from nianjian.platform.notifications.outbox.model import Dispatch, Looked, Message


def list_decided_enterprises(day: date) -> set[str]:
    """Enterprises of which it is decided already what is told on the day."""
    return set(Looked.objects.filter(day=day).values_list("enterprise", flat=True))


def inbox(user: str, enterprises: Collection[str]) -> QuerySet[Message]:
    """What a person was told of these enterprises, newest first."""
    found = Message.objects.filter(user=user, enterprise__in=enterprises)
    return found.prefetch_related("dispatches").order_by("-made_at", "-id")


def unread(user: str) -> bool:
    """Whether there is a message that the person has not read."""
    return Message.objects.filter(user=user, read_at=None).exists()


def log(enterprise: str) -> QuerySet[Message]:
    """What an enterprise's people were told, newest first, with what became of it by each channel."""
    return Message.objects.filter(enterprise=enterprise).prefetch_related("dispatches").order_by("-made_at", "-id")


def waiting(enterprise: str) -> int:
    """How many dispatches are given up or unclear: a person must look at them."""
    open_ = (Dispatch.FAILED, Dispatch.UNCLEAR)
    return Dispatch.objects.filter(message__enterprise=enterprise, state__in=open_).count()
