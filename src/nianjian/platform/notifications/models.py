"""Webhooks, and each message that was or is to be delivered; with the models of what people are told."""

from __future__ import annotations

from datetime import time
from typing import Any, ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Looked(models.Model):
    """The day on which it was last decided what an enterprise's people are told."""

    enterprise = models.CharField(primary_key=True, max_length=64)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.enterprise} {self.day}"


class Message(models.Model):
    """A line of a person's inbox. The door puts ``about``, ``stage`` and ``values`` into words."""

    enterprise = models.CharField(max_length=64)
    user = models.CharField(max_length=150)
    about = models.CharField(max_length=64)
    stage = models.CharField(max_length=20)
    day = models.DateField()
    values: models.JSONField[Any, Any] = models.JSONField()
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        """A person is told a thing once a stage and day."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "user", "about", "stage", "day"], name="notify_message_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "read_at"], name="notify_message_unread"),
            models.Index(fields=["enterprise", "-made_at"], name="notify_message_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.stage}"


class Dispatch(models.Model):
    """One message by one channel. ``claim`` names the try that has taken it; a worker that dies leaves it behind."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    UNCLEAR = "unclear"  # may have been delivered: only a person has it sent again
    FAILED = "failed"
    DROPPED = "dropped"  # the channel is closed, or the person may not read there any more
    STATES = (QUEUED, SENDING, DELIVERED, UNCLEAR, FAILED, DROPPED)

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="dispatches")
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=9, default=QUEUED, choices=[(s, s) for s in STATES])
    claim = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    repeated = models.BooleanField(default=False)  # sent again although it may have been delivered: the text says so
    fault = models.CharField(max_length=80, blank=True)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """Each channel once a message; the worker asks for what is due."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message", "channel"], name="notify_dispatch_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "next_at"], name="notify_dispatch_due"),
            models.Index(fields=["claim"], name="notify_dispatch_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Choice(models.Model):
    """One row a person, made when something is chosen. Times are of Asia/Shanghai.

    Equal ends mean no quiet hours; without a ``digest`` each message goes by itself.
    """

    user = models.CharField(primary_key=True, max_length=150)
    scope = models.CharField(max_length=8)  # `season.reminders.Scope`
    quiet_from = models.TimeField(default=time(21))
    quiet_until = models.TimeField(default=time(8))
    digest = models.TimeField(null=True, default=time(8, 30))
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.user


class Channel(models.Model):
    """An address of a person. Nothing is told there before the person has read the code that was sent to it."""

    id = models.CharField(primary_key=True, max_length=20)
    user = models.CharField(max_length=150, db_index=True)
    kind = models.CharField(max_length=12)  # of `delivery.KINDS`
    address = SealedText()
    mask = models.CharField(max_length=200)
    code = models.CharField(max_length=64)  # sha256 of channel and code
    guesses = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.id} {self.mask}"


class MailServer(models.Model):
    """The server that mails leave by; one row at most."""

    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField()
    mode = models.CharField(max_length=10)  # `storage.MODES`
    user = models.CharField(max_length=200, blank=True)
    password = SealedText(null=True)
    sender = models.CharField(max_length=200)
    changed_by = models.CharField(max_length=160)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


__all__ = ["Channel", "Choice", "Delivery", "Dispatch", "Looked", "MailServer", "Message", "Webhook"]


class Webhook(models.Model):
    """An address that is told of an enterprise's acts. ``seq``: the last audit entry that was looked at."""

    id = models.CharField(primary_key=True, max_length=20)
    enterprise = models.CharField(max_length=64, db_index=True)
    url = models.CharField(max_length=500)
    events: models.JSONField[Any, Any] = models.JSONField()  # list of verbs' beginnings
    secret = SealedText()
    seq = models.BigIntegerField()
    made_by = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.id} {self.url}"


class Delivery(models.Model):
    """One message to one webhook. ``body`` is sent as it stands, so that every try carries the same bytes."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    STATES = (WAITING, DELIVERED, FAILED)

    id = models.CharField(primary_key=True, max_length=40)  # the message's id, sent along
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=80)
    body = models.TextField()
    state = models.CharField(max_length=9, default=WAITING, choices=[(s, s) for s in STATES])
    tries = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)  # HTTP, of the last try
    fault = models.CharField(max_length=80, blank=True)  # why there was no answer
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)

    class Meta:
        """The worker asks for what is due, a page for a webhook's newest."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "next_at"], name="notify_delivery_due"),
            models.Index(fields=["webhook", "-created_at"], name="notify_delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"
