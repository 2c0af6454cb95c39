"""Read runs, differences and proposals. Lists are querysets: the door cuts them."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, When
from django.db.models.functions import Substr

from nianjian.engines.kernel.errors import get_or_raise
from nianjian.features.reconciliation import states
from nianjian.features.reconciliation.filings import evaluate_status
from nianjian.features.reconciliation.models import Account, Difference, Proposal, Run
from nianjian.platform.accounts.people import resolve_owner
from nianjian.platform.registers import kinds
from nianjian.platform.registers.versions import Version, column_values, versions_on


@dataclass(frozen=True, slots=True)
class DifferenceFilter:
    """What is looked for among differences; "" is everything.

    ``owner``: whose they are, "" what is nobody's of ``people``, whatever name stands there; None: anybody's.
    """

    state: str = ""
    result: str = ""
    month: str = ""
    owner: str | None = None
    people: frozenset[str] = frozenset()


def list_runs(enterprise: str, kind: str = "") -> QuerySet[Run]:
    """The runs of an enterprise, newest first; of one kind if given."""
    runs = Run.objects.filter(enterprise_id=enterprise).order_by("-made_at", "-pk")
    return runs.filter(kind=kind) if kind else runs


def get_run(id_: str) -> Run:
    """One run; ``reconcile_run_unknown``."""
    return get_or_raise(Run.objects.filter(pk=id_), "reconcile_run_unknown", run=id_)


def list_differences(run: Run, filters: DifferenceFilter | None = None) -> QuerySet[Difference]:
    """The differences of a run, in the order they were found."""
    filters = filters or DifferenceFilter()
    values = {"state": filters.state, "result": filters.result, "month": filters.month}
    rows = Difference.objects.filter(run=run, **{name: text for name, text in values.items() if text}).order_by("pk")
    if filters.owner is None:
        return rows
    owners = rows.filter(owner__isnull=False).values_list("pk", "owner")  # sealed: read one by one
    theirs = Q(pk__in=[pk for pk, owner in owners if resolve_owner(owner or "", filters.people) == filters.owner])
    return rows.filter(theirs if filters.owner else theirs | Q(owner__isnull=True))


def get_difference(run: Run, id_: int) -> Difference:
    """One of a run's; ``reconcile_difference_unknown``."""
    rows = Difference.objects.filter(run=run, pk=id_)
    return get_or_raise(rows, "reconcile_difference_unknown", run=run.pk, difference=id_)


def is_current(run: Run, day: date) -> bool:
    """Whether the base on ``day`` of a comparison with an export (numbers, lines, seats) is as it was compared.

    Rows that were entered, changed or taken out since the run was made count where they stand in it.
    """
    register = kinds.register(run.kind)
    versions = versions_on(register.model, run.enterprise_id, day, known_at=run.made_at).exclude(superseded_at=None)
    before = {row.key: row for row in versions}

    def read_base(row: Version | None) -> object:
        values = None if row is None else column_values(row, register.sheet)
        return None if values is None or evaluate_status(run.kind, values, day).inside is False else values

    entered = versions_on(register.model, run.enterprise_id, day).filter(recorded_at__gt=run.made_at)
    for row in entered.iterator(chunk_size=500):
        if read_base(row) != read_base(before.pop(row.key, None)):
            return False
    return all(read_base(row) is None for row in before.values())


def count_by_state(run: Run) -> dict[str, int]:
    """How many differences stand in each state."""
    counted = Difference.objects.filter(run=run).order_by().values_list("state").annotate(n=Count("pk"))
    return dict.fromkeys(states.STATES, 0) | dict(counted)


def count_open(ids: list[str]) -> dict[str, int]:
    """Run -> its open differences, for many runs at once."""
    rows = Difference.objects.filter(run_id__in=ids, state=states.OPEN).order_by()
    return dict(rows.values_list("run_id").annotate(n=Count("pk")))


def list_unsettled_runs(enterprise: str, kind: str = "") -> list[tuple[Run, int]]:
    """The runs with an open difference that no newer one looked at again, with all their open ones; the newest first.

    A register is looked at again as at the same day or a later one, a person's month by a match of that month, a day of
    calls by a comparison of the same sources, with the bill of the same carrier. Of one ``kind``, "" for all. Three
    queries; what is read grows with the runs and, of one with open differences, with its months or days.
    """
    when = Case(When(run__kind=Run.SOURCES, then=Substr("key", 1, len("2026-12-31"))), default=F("month"))
    opened = Difference.objects.filter(run__enterprise=enterprise, state=states.OPEN).order_by()
    places: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for run, place, count in opened.annotate(when=when).values_list("run_id", "when").annotate(n=Count("pk")):
        places[run][place] = count
    if not places:
        return []
    run_kinds = Run.objects.filter(pk__in=places).values_list("kind", flat=True)
    runs = list_runs(enterprise, kind).filter(kind__in=set(run_kinds)).annotate(billed=Q(file__isnull=False))  # sealed
    newer: list[Any] = []
    unsettled: list[tuple[Run, int]] = []
    for one in runs.defer("file").iterator(chunk_size=500):
        if any(not any(_repeats(other, one, place) for other in newer) for place in places.get(one.pk, ())):
            unsettled.append((one, sum(places[one.pk].values())))
        newer.append(one)
    return unsettled


def _repeats(newer: Any, older: Any, place: str) -> bool:  # noqa: ANN401 -- runs that know whether they had a bill
    """Whether a newer run looked again at what an older one found at ``place``: a month, a day, or "" as at its day."""
    if newer.kind != older.kind:
        return False
    if newer.first is None:
        return bool(newer.as_of >= older.as_of)
    if newer.kind == Run.SOURCES and (
        (newer.billed, newer.told.get("carrier")) != (older.billed, older.told.get("carrier"))
        or not set(older.told.get("sources", ())) <= set(newer.told.get("sources", ()))
    ):
        return False
    return bool(newer.first.isoformat()[: len(place)] <= place <= newer.as_of.isoformat()[: len(place)])


def count_open_by_owner(run: str) -> Counter[str]:
    """Who sees to a run's open differences, as people have written it ("" for nobody), with how many.

    Names are sealed one by one: they are opened again only once somebody has decided on a difference since.
    """
    counts = {"rows": Count("pk"), "named": Count("owner"), "last": Max("decided_at")}
    stamp = Difference.objects.filter(run=run).aggregate(**counts, open=Count("pk", filter=Q(state=states.OPEN)))
    return Counter(_owners(run, tuple(stamp.items())))


@lru_cache(maxsize=64)
def _owners(run: str, stamp: tuple[tuple[str, object], ...]) -> Mapping[str, int]:
    """``stamp``: what every decision moves."""
    del stamp
    rows = Difference.objects.filter(run=run, state=states.OPEN)
    owners = rows.filter(owner__isnull=False).values_list("owner", flat=True).iterator(chunk_size=500)
    counts = Counter(owner or "" for owner in owners)
    counts[""] += rows.filter(owner__isnull=True).count()
    return counts


def list_proposals(run: Run, state: str = "") -> QuerySet[Proposal]:
    """The pairs of a run, the likeliest first."""
    proposals = Proposal.objects.filter(run=run).order_by("-likeness", "pk")
    return proposals.filter(state=state) if state else proposals


def get_proposal(run: Run, id_: int) -> Proposal:
    """One of a run's; ``reconcile_proposal_unknown``."""
    rows = Proposal.objects.filter(run=run, pk=id_)
    return get_or_raise(rows, "reconcile_proposal_unknown", run=run.pk, proposal=id_)


def map_accounts(enterprise: str, kind: str) -> dict[str, str]:
    """Subject -> identity number, of all that persons have decided."""
    rows = Account.objects.filter(enterprise_id=enterprise, kind=kind).values_list("subject", "identity")
    return {subject: identity or "" for subject, identity in rows}


def list_dismissed(enterprise: str) -> set[tuple[str, str, str]]:
    """(kind, subject, person) of all pairs that somebody has dismissed."""
    rows = Proposal.objects.filter(run__enterprise_id=enterprise, state=Proposal.DISMISSED)
    return set(rows.values_list("kind", "subject", "person"))


def read_label(one: Difference) -> Mapping[str, str]:
    """What a difference is about."""
    return cast("Mapping[str, str]", json.loads(one.label or "{}"))


def read_fields(one: Difference) -> Mapping[str, tuple[str, ...]]:
    """Field -> (ours, theirs) as texts; of a source of calls (calls, answered, minutes)."""
    return cast("Mapping[str, tuple[str, ...]]", json.loads(one.fields or "{}"))


def read_pair(one: Proposal) -> Mapping[str, str]:
    """What a proposal pairs."""
    return cast("Mapping[str, str]", json.loads(one.told or "{}"))


def count_old_people(enterprise: str, before: datetime) -> tuple[datetime | None, int]:
    """When the oldest people run or decision of before a moment was made, and how many there are."""
    runs = Run.objects.filter(enterprise_id=enterprise, kind=Run.PEOPLE, made_at__lt=before)
    taken = Account.objects.filter(enterprise_id=enterprise, decided_at__lt=before)
    oldest = runs.aggregate(at=Min("made_at"))["at"], taken.aggregate(at=Min("decided_at"))["at"]
    return min((one for one in oldest if one is not None), default=None), runs.count() + taken.count()
