"""Read webhooks and their deliveries."""

from __future__ import annotations

from django.db.models import QuerySet

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.notifications.models import Delivery, Webhook


def webhooks(enterprise: str) -> QuerySet[Webhook]:
    """An enterprise's open webhooks, newest first."""
    return Webhook.objects.filter(enterprise=enterprise, closed_at=None).order_by("-created_at", "id")


def webhook(id_: str, enterprise: str) -> Webhook:
    """One of an enterprise's open webhooks; ``webhook_unknown``."""
    found = webhooks(enterprise).filter(pk=id_).first()
    if found is None:
        raise NianjianError("webhook_unknown", webhook=id_)
    return found


def deliveries(webhook_: Webhook) -> QuerySet[Delivery]:
    """The log of a webhook, newest first."""
    return webhook_.deliveries.order_by("-created_at", "-id")
