"""Walk the chain from its first link to its head and name the first entry that does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nianjian.audit.chain import GENESIS, Link
from nianjian.audit.models import Entry, Head

CHUNK: Final = 2000


@dataclass(frozen=True, slots=True)
class Report:
    """``broken_at`` is the sequence number of the first entry that is changed, missing or out of order.

    ``reason``: ``content`` (hash does not fit), ``missing`` (a gap or a cut-off tail), ``link`` (prev does not fit),
    ``head`` (an entry beyond the head, or another hash there). ``last`` is the hash of the last entry, to be kept
    elsewhere: whoever can write the whole table can make a whole new chain, but none that ends in this hash.
    """

    ok: bool
    entries: int
    broken_at: int | None = None
    reason: str | None = None
    last: str | None = None


def verify() -> Report:
    """Check every link. Reads in chunks: memory does not grow with the chain."""
    head = Head.objects.filter(pk=1).first()
    seen, prev = 0, GENESIS
    for entry in Entry.objects.order_by("seq").iterator(chunk_size=CHUNK):
        expected = seen + 1
        if entry.seq != expected:
            return Report(ok=False, entries=seen, broken_at=expected, reason="missing")
        link = Link(entry.seq, entry.at, entry.actor, entry.enterprise, entry.verb, entry.data, entry.prev)
        if entry.prev != prev:
            return Report(ok=False, entries=seen, broken_at=entry.seq, reason="link")
        if link.hash != entry.hash:
            return Report(ok=False, entries=seen, broken_at=entry.seq, reason="content")
        seen, prev = entry.seq, entry.hash
    if head is None or head.seq > seen:
        return Report(ok=False, entries=seen, broken_at=seen + 1, reason="missing")
    if head.seq < seen or head.hash != prev:
        return Report(ok=False, entries=seen, broken_at=min(head.seq + 1, seen), reason="head")
    return Report(ok=True, entries=seen, last=prev)
