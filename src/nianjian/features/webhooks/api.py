"""Webhooks of an enterprise and the log of what was sent."""

from datetime import datetime

from ninja import Query, Router, Schema

from nianjian.features.webhooks.operations import WEBHOOKS, Webhook, to_document
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.routes import mount
from nianjian.platform.notifications import webhooks
from nianjian.platform.notifications.models import Delivery as DeliveryRow
from nianjian.platform.operations.operation import REGISTRY

router = Router(tags=["webhooks"])


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


@read(router, "/enterprises/{code}/webhooks", act=Permission.ADMINISTER, answer=Page[Webhook])
def webhooks_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The enterprise's webhooks, newest first."""
    return paged(request, cut, webhooks.list_webhooks(code), to_document)


@read(router, "/enterprises/{code}/webhooks/{webhook}", act=Permission.ADMINISTER, answer=Webhook)
def webhooks_get(request: Request, code: str, webhook: str) -> Webhook:
    """One webhook."""
    del request
    return to_document(webhooks.get_webhook(webhook, code))


@read(router, "/enterprises/{code}/webhooks/{webhook}/deliveries", act=Permission.ADMINISTER, answer=Page[Delivery])
def deliveries_list(request: Request, code: str, webhook: str, cut: Query[Cut]) -> dict[str, object]:
    """The webhook's log, newest first."""
    return paged(request, cut, webhooks.list_deliveries(webhooks.get_webhook(webhook, code)), _to_document)


def _to_document(row: DeliveryRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in Delivery.model_fields} | {"fault": row.fault or ""}


mount(router, REGISTRY.of(WEBHOOKS))
