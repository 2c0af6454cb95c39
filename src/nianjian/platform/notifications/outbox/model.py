"""Messages to people, and the sending of each by each channel."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Looked(models.Model):
    """The day on which it was last decided what an enterprise's people are told."""

    enterprise = models.CharField(primary_key=True, max_length=64)
    day = models.DateField()

    def __str__(self) -> str:
        """Enterprise and day."""
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
        """What about, and which stage."""
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
        """Channel and state."""
        return f"{self.channel} {self.state}"
