"""The hash chain: how a link is made, and the check of every link from the first to the head."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Subquery

from nianjian.platform.audit.models import Entry, Head

GENESIS: Final = "0" * 64


HASHED: Final = ("seq", "at", "actor", "enterprise", "verb", "data", "prev")


def hash_entry(entry: Entry) -> str:
    """sha256, hex, over the canonical JSON of all other fields, in the table's own spelling."""
    return hashlib.sha256(canonical({name: getattr(entry, name) for name in HASHED}).encode()).hexdigest()


def canonical(data: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces; TypeError for a value that JSON does not know, ValueError for NaN."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


CHUNK: Final = 2000
BEFORE: Final = -(1 << 63)  # less than any number, also than those that somebody made up


@dataclass(frozen=True, slots=True)
class ChainReport:
    """``broken_at`` is the sequence number of the first entry that is changed, missing or out of order.

    ``reason``: ``content`` (hash does not fit), ``missing`` (a gap or a cut-off tail), ``link`` (prev does not fit),
    ``head`` (an entry beyond the head, or another hash there). ``last`` is the hash of the last entry, to be kept
    elsewhere: whoever can write the whole table can make a whole new chain, but none that ends in this hash.
    """

    valid: bool
    entries: int
    broken_at: int | None = None
    reason: str | None = None
    last: str | None = None


def verify_chain(on_progress: Callable[[int, int], None] | None = None) -> ChainReport:
    """Check every link up to the head as it stands now, and that nothing lies beyond a head.

    Reads in chunks, so neither memory nor a lock grows with the chain, and entries may be added meanwhile.
    ``on_progress`` hears before each chunk how many entries of how many hold; what it raises ends the walk.
    """
    head = Head.objects.filter(pk=1).first()
    seen, prev, last = 0, GENESIS, 0 if head is None else head.seq
    for entry in _entries(last, on_progress):
        expected = seen + 1
        if entry.seq != expected:
            return ChainReport(valid=False, entries=seen, broken_at=expected, reason="missing")
        if entry.prev != prev:
            return ChainReport(valid=False, entries=seen, broken_at=entry.seq, reason="link")
        if hash_entry(entry) != entry.hash:
            return ChainReport(valid=False, entries=seen, broken_at=entry.seq, reason="content")
        seen, prev = entry.seq, entry.hash
    if head is None or last > seen:
        return ChainReport(valid=False, entries=seen, broken_at=seen + 1, reason="missing")
    unlike = seen if head.hash != prev else _first_beyond_head()
    if unlike is not None:
        return ChainReport(valid=False, entries=seen, broken_at=unlike, reason="head")
    return ChainReport(valid=True, entries=seen, last=prev)


def _entries(last: int, on_progress: Callable[[int, int], None] | None) -> Iterator[Entry]:
    """Entries up to a number, in order: each chunk is a query of its own."""
    after = BEFORE
    while True:
        if on_progress is not None:
            on_progress(max(after, 0), last)
        chunk = list(Entry.objects.filter(seq__gt=after, seq__lte=last).order_by("seq")[:CHUNK])
        if not chunk:
            return
        yield from chunk
        after = chunk[-1].seq


def _first_beyond_head() -> int | None:
    """The first entry beyond the head, both as they are at one moment: whoever adds an entry moves the head with it."""
    head = Head.objects.filter(pk=1).values("seq")[:1]
    return Entry.objects.filter(seq__gt=Subquery(head)).order_by("seq").values_list("seq", flat=True).first()
