"""Webhooks of an enterprise and the log of what was sent."""

from ninja import Query, Router

from nianjian.features.webhooks.operations import WEBHOOKS, Delivery, Webhook, delivery_to_document, to_document
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.routes import mount
from nianjian.platform.notifications import webhooks
from nianjian.platform.operations.operation import REGISTRY

router = Router(tags=["webhooks"])


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
    return paged(request, cut, webhooks.list_deliveries(webhooks.get_webhook(webhook, code)), delivery_to_document)


mount(router, REGISTRY.of(WEBHOOKS))
