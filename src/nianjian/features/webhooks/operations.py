"""Webhooks: the acts on them, what they look like to programs, and the delivery of what is due."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env
from nianjian.platform.notifications import webhooks
from nianjian.platform.notifications.models import Delivery as DeliveryRow
from nianjian.platform.notifications.models import Webhook as WebhookRow
from nianjian.platform.operations.fields import Key, Line, Lines
from nianjian.platform.operations.operation import Answer, Body, Resource, operation

SLOW: Final = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages go, and what of."""

    id: str
    url: str
    events: list[str]
    made_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MadeWebhook(Webhook):
    """A new one; ``secret`` signs its messages and is told now alone (null where this answer is repeated)."""

    secret: str | None


@dataclass(frozen=True, slots=True)
class Done:
    """The webhook that something was done to."""

    id: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message, as it was sent, and what became of it."""

    id: str
    event: str
    body: str
    state: str
    tries: int
    status: int | None
    fault: str
    created_at: datetime


def delivery_to_document(row: DeliveryRow) -> Delivery:
    """A message of the log."""
    return Delivery(row.id, row.event, row.body, row.state, row.tries, row.status, row.fault or "", row.created_at)


def to_document(row: WebhookRow) -> Webhook:
    """A webhook without its secret."""
    return Webhook(row.id, row.url, list(row.events), row.made_by, row.created_at)


WEBHOOKS: Final = Resource(
    name="webhook",
    plural="webhooks",
    path="/enterprises/{code}/webhooks",
    read=lambda enterprise, _actor, keys: [webhooks.get_webhook(key, enterprise) for key in keys],
    missing=lambda key: NianjianError("webhook_unknown", webhook=key),
    document=to_document,
    schema=Webhook,
    row=lambda row: asdict(to_document(row)),
    key_of=str,
    key_help="",
)
NEW: Final = Answer(
    schema=MadeWebhook,
    document=lambda _request, _key, made: MadeWebhook(**asdict(to_document(made[0])), secret=made[1]),
    status=201,
    hidden=("secret",),
)
DONE: Final = Answer(schema=Done, document=lambda _request, key, _result: Done(key))
SENT: Final = Answer(schema=Done, document=DONE.document, status=202)


@operation(
    "webhooks.add", on=WEBHOOKS, permission=Permission.ADMINISTER, answer=NEW,
    body=Body("NewWebhook", "A webhook to be made."),
)  # fmt: skip
def add_webhook(*, enterprise: str, actor: Actor, url: Line, events: Lines) -> tuple[WebhookRow, str]:
    """Make a webhook; its secret is told in this answer alone.

    Errors of `webhooks.checked`, `webhooks.place` and `webhooks.create_webhook`.
    """
    allowed = env.read().webhook_hosts
    parts = webhooks.checked(url.strip(), allowed)
    webhooks.place(str(parts.hostname), parts.port or webhooks.SCHEMES[parts.scheme], allowed)
    return webhooks.create_webhook(enterprise=enterprise, url=url.strip(), events=events, actor=actor)


@operation(
    "webhooks.close", on=WEBHOOKS, permission=Permission.ADMINISTER, path="/{webhook}", method="DELETE", answer=DONE
)
def close_webhook(*, enterprise: str, actor: Actor, webhook: Key) -> None:
    """End a webhook; its log stays."""
    webhooks.close_webhook(webhook=webhook, enterprise=enterprise, actor=actor)


@operation("webhooks.test", on=WEBHOOKS, permission=Permission.ADMINISTER, path="/{webhook}/test", answer=SENT)
def test_webhook(*, enterprise: str, actor: Actor, webhook: Key) -> None:
    """Send a message that tells of nothing."""
    webhooks.enqueue_test(webhook=webhook, enterprise=enterprise, actor=actor)


@operation(
    "deliveries.again", on=WEBHOOKS, permission=Permission.ADMINISTER, answer=SENT,
    path="/{webhook}/deliveries/{delivery}/again",
)  # fmt: skip
def retry_delivery(*, enterprise: str, actor: Actor, webhook: Key, delivery: Line) -> None:
    """Send a message once more."""
    webhooks.retry_delivery(delivery=delivery, webhook=webhook, enterprise=enterprise, actor=actor)


def deliver() -> int:
    """Gather new messages and send every one that is due; how many were tried. One that fails holds up no other.

    A receiver that let a try wait for `SLOW` gets nothing more in this round, lest the others wait for it each time.
    """
    webhooks.enqueue_deliveries()
    count = 0
    while (due := webhooks.claim_delivery(clock.now())) is not None:
        body, moment = due.body.encode(), clock.now()
        head = webhooks.sign_headers(
            secret=due.webhook.secret or "", message=due.id, moment=int(moment.timestamp()), body=body
        )
        status, fault, began = None, "", time.monotonic()
        try:
            status = webhooks.post(due.webhook.url, body, head, env.read().webhook_hosts)
        except NianjianError as error:
            fault = str(error.values.get("reason") or error.code)
        webhooks.record_try(delivery=due, status=status, fault=fault, now=clock.now())
        if time.monotonic() - began >= SLOW:
            webhooks.postpone_deliveries(webhook=due.webhook_id, now=clock.now())
        count += 1
    return count
