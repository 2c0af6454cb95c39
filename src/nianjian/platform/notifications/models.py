"""Webhooks, and each message that was or is to be delivered; with the models of what people are told."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from nianjian.platform.notifications.outbox.model import Dispatch, Looked, Message
from nianjian.platform.notifications.people.model import Channel, Choice
from nianjian.platform.vault.fields import SealedText

__all__ = ["Channel", "Choice", "Delivery", "Dispatch", "Looked", "Message", "Webhook"]


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
        """Id and address."""
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
        """Message and state."""
        return f"{self.id} {self.state}"
