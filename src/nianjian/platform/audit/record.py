"""Write one entry at the chain's end, inside the caller's transaction: act and entry stand or fall together."""

from collections.abc import Mapping
from datetime import UTC

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.platform.audit.chain import canonical, hash_entry
from nianjian.platform.audit.models import Entry, Head


def record(*, verb: str, enterprise: str, actor: object, data: Mapping[str, object]) -> int:
    """Append an act; its sequence number.

    ``actor`` is taken as ``str(actor)`` (``user:anna``, ``os:root``), ``enterprise`` is a code or "" for the whole
    installation, ``data`` must be JSON and hold no personal data. Writers wait for each other on `Head`, so two
    transactions never make the same link; the one that rolls back leaves no gap.
    """
    with transaction.atomic():
        head = Head.objects.select_for_update().get(pk=1)
        at = clock.now().astimezone(UTC).isoformat(timespec="microseconds")
        who = {"actor": str(actor), "enterprise": enterprise, "verb": verb}
        entry = Entry(seq=head.seq + 1, at=at, **who, data=canonical(data), prev=head.hash)
        entry.hash = hash_entry(entry)
        entry.save()
        head.seq, head.hash = entry.seq, entry.hash
        head.save(update_fields=["seq", "hash"])
    return head.seq
