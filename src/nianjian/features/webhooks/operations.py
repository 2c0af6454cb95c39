"""Make a webhook whose address is usable, and deliver what is due."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.query import Actor
from nianjian.platform.home import env
from nianjian.platform.notifications import sending, webhooks
from nianjian.platform.notifications import webhooks as signing
from nianjian.platform.notifications.models import Webhook

SLOW: Final = 5.0  # seconds


def add(*, enterprise: str, url: str, events: Sequence[str], actor: Actor) -> tuple[Webhook, str]:
    """Check the address, then make it; the webhook and its secret. Errors of `notify.sending` and `notify.service`."""
    allowed = env.read().webhook_hosts
    parts = sending.checked(url.strip(), allowed)
    sending.place(str(parts.hostname), parts.port or sending.SCHEMES[parts.scheme], allowed)
    return webhooks.create_webhook(enterprise=enterprise, url=url.strip(), events=events, actor=actor)


def deliver() -> int:
    """Gather new messages and send every one that is due; how many were tried. One that fails holds up no other.

    A receiver that let a try wait for `SLOW` gets nothing more in this round, lest the others wait for it each time.
    """
    webhooks.enqueue_deliveries()
    count = 0
    while (due := webhooks.claim_delivery(clock.now())) is not None:
        body, moment = due.body.encode(), clock.now()
        head = signing.sign_headers(
            secret=due.webhook.secret or "", message=due.id, moment=int(moment.timestamp()), body=body
        )
        status, fault, began = None, "", time.monotonic()
        try:
            status = sending.post(due.webhook.url, body, head, env.read().webhook_hosts)
        except NianjianError as error:
            fault = str(error.values.get("reason") or error.code)
        webhooks.record_try(delivery=due, status=status, fault=fault, now=clock.now())
        if time.monotonic() - began >= SLOW:
            webhooks.postpone_deliveries(webhook=due.webhook_id, now=clock.now())
        count += 1
    return count
