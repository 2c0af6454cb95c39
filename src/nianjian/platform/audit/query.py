"""Read the chain."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import CharField, Count, Q, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Substr

from nianjian.platform.audit.models import Entry, Head

LATELY: Final = 500  # entries whose actors are offered to choose from
OFFERED: Final = 50  # actors that are offered; whoever is not among them is found by the name


@dataclass(frozen=True, slots=True)
class Act:
    """One entry for readers; ``at`` is UTC, ISO 8601."""

    seq: int
    at: str
    actor: str
    enterprise: str
    verb: str
    data: Mapping[str, object]


def acts(*, enterprise: str | None = None, verb: str | None = None, newest: int = 100) -> Iterator[Act]:
    """Yield the newest entries first, at most ``newest``, of one enterprise or verb if given."""
    filters = {name: value for name, value in (("enterprise", enterprise), ("verb", verb)) if value is not None}
    yield from map(act, Entry.objects.filter(**filters).order_by("-seq")[:newest])


def find_last_number() -> int:
    """The number of the last entry; 0: there is none."""
    head = Head.objects.first()
    return head.seq if head else 0


def has_entries_since(number: int, enterprise: str) -> bool:
    """Whether anything was done at the enterprise, or in the whole installation, after the entry of that number.

    So it was where the chain is shorter by now: an earlier backup was restored.
    """
    last = find_last_number()
    if last <= number:
        return last < number
    return Entry.objects.filter(seq__gt=number, enterprise__in=("", enterprise)).exists()


def filter_entries(
    *, enterprise: str = "", verb: str = "", actor: str = "", since: str = "", until: str = ""
) -> QuerySet[Entry]:
    """Entries, newest first, not loaded yet; "" filters nothing, ``enterprise`` "": of every one.

    ``verb``: how it begins; ``actor``: how it begins, with its kind (``user:anna``) or without; ``since`` and
    ``until`` (excluded): moments as in the chain.
    """
    filters = {"enterprise": enterprise, "verb__startswith": verb, "at__gte": since, "at__lt": until}
    entries = Entry.objects.filter(**{name: value for name, value in filters.items() if value}).order_by("-seq")
    if not actor:
        return entries
    whole, bare = Q(actor__startswith=actor), Q(actor__contains=f":{actor}")
    return entries.filter(whole if ":" in actor else whole | bare)


def actors(enterprise: str = "") -> list[str]:
    """Who acted last, each with its kind (``user:anna``); "": in every enterprise.

    At most `OFFERED` of those of the newest `LATELY` entries: a choice to begin with, not a list of all.
    """
    entries = Entry.objects.order_by("-seq").values_list("actor", flat=True)
    lately = entries.filter(enterprise=enterprise) if enterprise else entries
    return sorted(list(dict.fromkeys(lately[:LATELY]))[:OFFERED])


def act(entry: Entry) -> Act:
    """One entry for readers."""
    return Act(entry.seq, entry.at, entry.actor, entry.enterprise, entry.verb, json.loads(entry.data))


def between(*, enterprise: str, after: str, until: str, verbs: Sequence[str], most: int) -> list[Act]:
    """Acts of an enterprise and of the whole installation after one moment and up to another, oldest first.

    Moments as in the chain (UTC, ISO 8601 with microseconds); ``verbs``: how they begin; the newest ``most`` of them.
    """
    rows = Entry.objects.filter(enterprise__in=["", enterprise], at__gt=after, at__lte=until)
    condition = reduce(or_, (Q(verb__startswith=verb) for verb in verbs))
    entries = rows.filter(condition).order_by("-seq")[:most]
    return [act(one) for one in entries][::-1]


def count_acts(
    *, enterprise: str, after: str, verbs: Sequence[str], marks: Sequence[str] = ()
) -> dict[tuple[str, str], int]:
    """(Verb, mark) -> how many acts of an enterprise and the whole installation after a moment.

    ``marks``: pieces of the canonical JSON of an act's data, of which it has the first that it holds, "" for none. The
    entries before the moment are not looked at: their numbers say where they end.
    """
    before = Entry.objects.filter(at__lte=after).order_by("-seq").values("seq")[:1]
    entries = Entry.objects.filter(seq__gt=Coalesce(Subquery(before), 0), enterprise__in=["", enterprise])
    rows = entries.filter(verb__in=verbs).order_by().annotate(mark=_find_mark(marks)).values_list("verb", "mark")
    return {(verb, mark): count for verb, mark, count in rows.annotate(Count("pk"))}


def _find_mark(marks: Sequence[str]) -> RawSQL | Value:
    """The first of these pieces that an entry's data holds, "" for none. Conditions of Django's cost thrice as much."""
    cases = " ".join(["WHEN data LIKE %s THEN %s"] * len(marks))
    params = [text for mark in marks for text in (f"%{mark}%", mark)]
    return RawSQL(f"CASE {cases} ELSE '' END", params, CharField()) if marks else Value("")  # noqa: S611 -- written here


def acted_last(*, verb: str, actor: str) -> datetime | None:
    """When somebody (``user:anna``) last did exactly this; None: never."""
    at = Entry.objects.filter(verb=verb, actor=actor).order_by("-seq").values_list("at", flat=True).first()
    return None if at is None else datetime.fromisoformat(at)


def head() -> tuple[int, str]:
    """Number and hash of the last entry, as documents print them."""
    row = Head.objects.get(pk=1)
    return row.seq, row.hash


def hours(enterprise: str) -> set[datetime]:
    """The hours (UTC) in which something of an enterprise or of the whole installation was written down."""
    of_both = Entry.objects.filter(enterprise__in=("", enterprise)).order_by()
    texts = of_both.annotate(hour=Substr("at", 1, len("2026-01-01T00"))).values_list("hour", flat=True).distinct()
    return {datetime.fromisoformat(f"{one}:00:00+00:00") for one in texts}
