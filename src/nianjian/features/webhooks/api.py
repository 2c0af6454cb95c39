"""Webhooks of an enterprise and the log of what was sent."""

from __future__ import annotations

from datetime import datetime

from ninja import Query, Router, Schema

from nianjian.features.webhooks import operations as flow
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Text
from nianjian.platform.notifications import webhooks
from nianjian.platform.notifications import webhooks as service
from nianjian.platform.notifications.models import Delivery as DeliveryRow
from nianjian.platform.notifications.models import Webhook as WebhookRow

router = Router(tags=["webhooks"])


class Webhook(Schema):
    """Where messages go, and what of."""

    id: str
    url: str
    events: list[str]
    made_by: str
    created_at: datetime


class MadeWebhook(Webhook):
    """A new one; ``secret`` signs its messages and is told now alone (null where this answer is repeated)."""

    secret: str | None


class NewWebhook(Schema):
    """A webhook to be made."""

    url: Text
    events: list[Text]


class Delivery(Schema):
    """A message, as it was sent, and what became of it."""

    id: str
    event: str
    body: str
    state: str
    tries: int
    status: int | None
    fault: str
    created_at: datetime


class Done(Schema):
    """The webhook that something was done to."""

    id: str


@read(router, "/enterprises/{code}/webhooks", act=Act.ADMINISTER, answer=Page[Webhook])
def webhooks_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The enterprise's webhooks, newest first."""
    return paged(request, cut, webhooks.list_webhooks(code), _told)


@write(router, "/enterprises/{code}/webhooks", act=Act.ADMINISTER, answer=MadeWebhook, status=201, hidden=("secret",))
def webhooks_add(request: Request, code: str, new: NewWebhook) -> dict[str, object]:
    """Make a webhook; its secret is told in this answer alone."""
    made, secret = flow.add(enterprise=code, url=new.url, events=new.events, actor=request.actor)
    return _told(made) | {"secret": secret}


@read(router, "/enterprises/{code}/webhooks/{webhook}", act=Act.ADMINISTER, answer=Webhook)
def webhooks_get(request: Request, code: str, webhook: str) -> dict[str, object]:
    """One webhook."""
    del request
    return _told(webhooks.get_webhook(webhook, code))


@write(router, "/enterprises/{code}/webhooks/{webhook}", act=Act.ADMINISTER, answer=Done, method="DELETE")
def webhooks_close(request: Request, code: str, webhook: str) -> dict[str, object]:
    """End a webhook; its log stays."""
    service.close_webhook(webhook=webhook, enterprise=code, actor=request.actor)
    return {"id": webhook}


@write(router, "/enterprises/{code}/webhooks/{webhook}/test", act=Act.ADMINISTER, answer=Done, status=202)
def webhooks_test(request: Request, code: str, webhook: str) -> dict[str, object]:
    """Send a message that tells of nothing."""
    service.enqueue_test(webhook=webhook, enterprise=code, actor=request.actor)
    return {"id": webhook}


@read(router, "/enterprises/{code}/webhooks/{webhook}/deliveries", act=Act.ADMINISTER, answer=Page[Delivery])
def deliveries_list(request: Request, code: str, webhook: str, cut: Query[Cut]) -> dict[str, object]:
    """The webhook's log, newest first."""
    return paged(request, cut, webhooks.list_deliveries(webhooks.get_webhook(webhook, code)), _sent)


@write(
    router, "/enterprises/{code}/webhooks/{webhook}/deliveries/{delivery}/again", act=Act.ADMINISTER, answer=Done,
    status=202,
)  # fmt: skip
def deliveries_again(request: Request, code: str, webhook: str, delivery: str) -> dict[str, object]:
    """Send a message once more."""
    service.retry_delivery(delivery=delivery, webhook=webhook, enterprise=code, actor=request.actor)
    return {"id": webhook}


def _told(one: WebhookRow) -> dict[str, object]:
    return {"id": one.id, "url": one.url, "events": list(one.events), "made_by": one.made_by,
            "created_at": one.created_at}  # fmt: skip


def _sent(one: DeliveryRow) -> dict[str, object]:
    return {name: getattr(one, name) for name in Delivery.model_fields} | {"fault": one.fault or ""}
