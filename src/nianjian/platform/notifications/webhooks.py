"""Webhooks: audit entries become signed messages, each sent once; what became of each try is recorded."""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import ssl
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Thread
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.db import transaction
from django.db.models import Q, QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.query import Actor, recorded_actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.models import Entry
from nianjian.platform.audit.record import record
from nianjian.platform.notifications.models import Delivery, Webhook


def list_webhooks(enterprise: str) -> QuerySet[Webhook]:
    """An enterprise's open webhooks, newest first."""
    return Webhook.objects.filter(enterprise=enterprise, closed_at=None).order_by("-created_at", "id")


def get_webhook(id_: str, enterprise: str) -> Webhook:
    """One of an enterprise's open webhooks; ``webhook_unknown``."""
    return get_or_raise(list_webhooks(enterprise).filter(pk=id_), "webhook_unknown", webhook=id_)


def list_deliveries(webhook_: Webhook) -> QuerySet[Delivery]:
    """The log of a webhook, newest first."""
    return webhook_.deliveries.order_by("-created_at", "-id")


SECRET_PREFIX: Final = "whsec_"  # noqa: S105 -- the beginning of every secret
SECRET_BYTES: Final = 32


def new_secret() -> str:
    """A fresh secret: ``whsec_`` and base64 of 32 random bytes."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign_headers(*, secret: str, message: str, moment: int, body: bytes) -> dict[str, str]:
    """Headers of a try: the message's id, the try's moment in seconds, and HMAC-SHA256 over id, moment and body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = b".".join((message.encode(), str(moment).encode(), body))
    mark = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message, "webhook-timestamp": str(moment), "webhook-signature": f"v1,{mark}"}


#: What one may be told of: beginnings of audit verbs.
EVENTS: Final = (
    "calls.import", "calls.undo", "registers.import", "portrait.run", "approval.request", "approval", "complaints",
    "complaints.warning",
)  # fmt: skip
TEST: Final = "webhook.test"
PAUSES: Final = tuple(timedelta(seconds=s) for s in (30, 120, 600, 3600, 14400))  # then a person must ask again
MOST: Final = 200  # entries and messages of one round
SUCCESS: Final = range(200, 300)


def create_webhook(*, enterprise: str, url: str, events: Sequence[str], actor: Actor) -> tuple[Webhook, str]:
    """Make a webhook that is told of what happens from now on; it and its secret, shown only now.

    The caller has checked the address. ``role_missing``, ``webhook_event_unknown``.
    """
    require_permission(actor, enterprise, Permission.ADMINISTER)
    if not events or not set(events) <= set(EVENTS):
        raise NianjianError("webhook_event_unknown", events=", ".join(events), known=", ".join(EVENTS))
    secret = new_secret()
    with transaction.atomic():
        values = {"enterprise": enterprise, "url": url, "events": sorted(events), "secret": secret}
        row = Webhook(id=f"W{secrets.token_hex(4)}", seq=0, made_by=str(actor), created_at=clock.now(), **values)
        data = {"webhook": row.id, "url": url, "events": row.events}
        row.seq = record(verb="webhook.add", enterprise=enterprise, actor=actor, data=data)
        row.save(force_insert=True)
    return row, secret


def close_webhook(*, webhook: str, enterprise: str, actor: Actor) -> None:
    """End a webhook; its log stays. ``role_missing``, ``webhook_unknown``."""
    require_permission(actor, enterprise, Permission.ADMINISTER)
    with transaction.atomic():
        _close_row(get_webhook(webhook, enterprise), actor)


def close_webhooks_of(*, person: Actor, actor: Actor) -> None:
    """End the webhooks that a person made at enterprises which the person may not administer any more."""
    for row in Webhook.objects.filter(made_by=str(person), closed_at=None):
        if not _maker_may_read(row):
            _close_row(row, actor)


def _close_row(row: Webhook, actor: Actor) -> None:
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])
    record(verb="webhook.close", enterprise=row.enterprise, actor=actor, data={"webhook": row.id})


def _maker_may_read(row: Webhook) -> bool:
    """Whether who made a webhook may still administer its enterprise."""
    return has_permission(recorded_actor(row.made_by), row.enterprise, Permission.ADMINISTER)


def enqueue_test(*, webhook: str, enterprise: str, actor: Actor) -> None:
    """Put a message that tells of nothing; ``role_missing``, ``webhook_unknown``."""
    require_permission(actor, enterprise, Permission.ADMINISTER)
    with transaction.atomic():
        row = get_webhook(webhook, enterprise)
        seq = record(verb=TEST, enterprise=enterprise, actor=actor, data={"webhook": webhook})
        _insert_delivery(row, seq, TEST, {"webhook": webhook}, clock.now().isoformat())


def retry_delivery(*, delivery: str, webhook: str, enterprise: str, actor: Actor) -> None:
    """Send a message once more, now; ``role_missing``, ``webhook_unknown``, ``delivery_unknown``."""
    require_permission(actor, enterprise, Permission.ADMINISTER)
    with transaction.atomic():
        deliveries = get_webhook(webhook, enterprise).deliveries
        row = get_or_raise(deliveries.filter(pk=delivery), "delivery_unknown", delivery=delivery)
        row.state, row.tries, row.next_at = Delivery.WAITING, 0, clock.now()
        row.save(update_fields=["state", "tries", "next_at"])
        record(verb="webhook.again", enterprise=enterprise, actor=actor, data={"delivery": delivery})


def enqueue_deliveries() -> int:
    """Turn audit entries that no webhook has looked at yet into messages; how many were put.

    The entry and the message need no common transaction: the chain is the outbox, and the cursor moves with the
    messages, so that each entry becomes one message whatever is killed in between.
    """
    webhooks = Webhook.objects.filter(closed_at=None)
    return sum(_enqueue_entries(one.pk) for one in webhooks if _new_entries(one).exists() and _maker_may_read(one))


def _enqueue_entries(webhook: str) -> int:
    with transaction.atomic():
        row = Webhook.objects.select_for_update().filter(pk=webhook, closed_at=None).first()
        if row is None:
            return 0
        fresh = list(_new_entries(row).order_by("seq")[:MOST])
        entries = [one for one in fresh if one.verb.startswith(tuple(row.events))]
        for one in entries:
            _insert_delivery(row, one.seq, one.verb, json.loads(one.data), one.at)
        if fresh:
            row.seq = fresh[-1].seq
            row.save(update_fields=["seq"])
    return len(entries)


def _new_entries(row: Webhook) -> QuerySet[Entry]:
    """The entries that a webhook has not looked at; asked before anything is locked, for mostly there is none."""
    return audit.filter_entries(enterprise=row.enterprise).filter(seq__gt=row.seq)


def _insert_delivery(row: Webhook, seq: int, event: str, data: object, at: str) -> None:
    payload = {"type": event, "timestamp": at, "enterprise": row.enterprise, "seq": seq, "data": data}
    now = clock.now()
    body = to_json(payload, sort_keys=True)
    message = f"msg_{row.id}_{seq}"
    Delivery.objects.create(id=message, webhook=row, event=event, body=body, next_at=now, created_at=now)


def claim_delivery(now: datetime) -> Delivery | None:
    """The next message that is due, put off for the length of a try so that no second worker sends it too."""
    due = Q(state=Delivery.WAITING, next_at__lte=now, webhook__closed_at=None)
    row = Delivery.objects.filter(due).select_related("webhook").order_by("next_at", "id").first()
    if row is None:
        return None
    later = now + PAUSES[0]
    taken = Delivery.objects.filter(pk=row.pk, state=Delivery.WAITING, next_at=row.next_at).update(next_at=later)
    return row if taken else None


def postpone_deliveries(*, webhook: str, now: datetime) -> int:
    """Let what else is due at a receiver that is slow wait as after a first try; how many. No try is counted."""
    due = Delivery.objects.filter(webhook_id=webhook, state=Delivery.WAITING, next_at__lte=now)
    return due.update(next_at=now + PAUSES[0])


def record_try(*, delivery: Delivery, status: int | None, fault: str, now: datetime) -> None:
    """Note a try: delivered, to be tried again later, or given up after the last pause."""
    delivery.tries += 1
    delivery.status, delivery.fault, delivery.tried_at = status, fault, now
    if status is not None and status in SUCCESS:
        delivery.state = Delivery.DELIVERED
    elif delivery.tries > len(PAUSES):
        delivery.state = Delivery.FAILED
    else:
        delivery.next_at = now + PAUSES[delivery.tries - 1]
    delivery.save(update_fields=["tries", "status", "fault", "tried_at", "state", "next_at"])


# One POST to an address that a person typed: resolved once, checked, and asked at exactly that place.
#
# A name that resolves to this machine, to a link-local or other special address is refused, and so is a private one
# unless its host is named in the setting; what was checked is what is connected to, so a second answer of the
# resolver changes nothing. Redirects are not followed.

PATIENCE: Final = 10.0  # seconds for each step of a try
DEADLINE: Final = 20.0  # seconds for a whole try, less than `service.PAUSES[0]` for which a message is taken
NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052
SCHEMES: Final[Mapping[str, int]] = {"https": 443, "http": 80}


class _At(http.client.HTTPConnection):
    """A connection to ``place``, whatever the host's name resolves to by now."""

    def __init__(self, parts: SplitResult, port: int, place: str) -> None:
        super().__init__(parts.hostname or "", port, timeout=PATIENCE)
        self._place, self._tls = place, parts.scheme == "https"

    def connect(self) -> None:
        """Connect, with TLS against the name where the address asks for it."""
        plain = socket.create_connection((self._place, self.port), PATIENCE)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host) if self._tls else plain


def checked(url: str, allowed: Collection[str]) -> SplitResult:
    """Take an address apart; ``webhook_address_wrong``: no http(s), a name and password inside, no host, plain http.

    Plain http is for hosts in ``allowed`` only. What is not ASCII must be quoted, as it goes over the wire.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        url.encode("ascii")
        (parts.hostname or "").encode("idna")
    except ValueError as fault:
        raise NianjianError("webhook_address_wrong", url=url) from fault
    usable = parts.scheme in SCHEMES and parts.hostname and not parts.username and not parts.password and port != 0
    if not usable or (parts.scheme == "http" and parts.hostname not in allowed):
        raise NianjianError("webhook_address_wrong", url=url)
    return parts


def place(host: str, port: int, allowed: Collection[str]) -> str:
    """Resolve; ``webhook_host_unknown``, ``webhook_host_refused`` for one that is not public and not ``allowed``."""
    try:
        addresses = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, ValueError) as fault:
        raise NianjianError("webhook_host_unknown", host=host) from fault
    if host not in allowed and not all(_is_public(one) for one in addresses):
        raise NianjianError("webhook_host_refused", host=host)
    return addresses[0]


def _is_public(address: str) -> bool:
    """Whether an address lies on the internet; one that stands for an IPv4 address (NAT64, 6to4) is what that is."""
    one = ip_address(address)
    if isinstance(one, IPv6Address):
        within = one.sixtofour or (IPv4Address(int(one) & 0xFFFF_FFFF) if one in NAT64 else None)
        return one.is_global and (within is None or within.is_global)
    return one.is_global


def post(url: str, body: bytes, headers: Mapping[str, str], allowed: Collection[str], within: float = DEADLINE) -> int:
    """Send; the answer's status. NianjianError of `checked` and `place`, ``webhook_unanswered`` with a reason.

    A try that is not over ``within`` so many seconds is given up: neither the resolver of names nor an answer that
    comes byte by byte holds the caller longer.
    """
    tried = _Try(url, body, headers, allowed)
    tried.start()
    tried.join(within)
    if tried.is_alive():
        tried.give_up()
        raise NianjianError("webhook_unanswered", reason=TimeoutError.__name__)
    if tried.fault:
        raise tried.fault
    return tried.status


class _Try(Thread):
    """One POST in a thread of its own, which ends soon after it was given up."""

    def __init__(self, url: str, body: bytes, headers: Mapping[str, str], allowed: Collection[str]) -> None:
        super().__init__(daemon=True)
        self.status = 0
        self.fault: NianjianError | None = None
        self._url, self._body, self._headers, self._allowed = url, body, headers, allowed
        self._connection: _At | None = None

    def run(self) -> None:
        """Send; the status or the fault."""
        try:
            self.status = self._sent()
        except NianjianError as fault:
            self.fault = fault
        except (OSError, ValueError, http.client.HTTPException) as fault:
            self.fault = NianjianError("webhook_unanswered", reason=type(fault).__name__)
            self.fault.__cause__ = fault
        finally:
            if self._connection:
                self._connection.close()

    def give_up(self) -> None:
        """End what the thread waits for, as soon as there is a socket."""
        if self._connection and self._connection.sock:
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)

    def _sent(self) -> int:
        parts = checked(self._url, self._allowed)
        port = parts.port or SCHEMES[parts.scheme]
        self._connection = _At(parts, port, place(str(parts.hostname), port, self._allowed))
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        self._connection.request("POST", path, self._body, {"content-type": "application/json", **self._headers})
        return self._connection.getresponse().status
