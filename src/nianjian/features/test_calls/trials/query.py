"""Read test calls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Max, QuerySet

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.test_calls.number_status import Done
from nianjian.features.test_calls.trials.model import Trial
from nianjian.features.test_calls.verdict import STOPPED, weighed


def trials(enterprise: str, number: str = "") -> QuerySet[Trial]:
    """The tests of an enterprise, newest first; of one number if given."""
    found = Trial.objects.filter(enterprise_id=enterprise).order_by("-begun_at", "-pk")
    return found.filter(number=number) if number else found


def trial(id_: str) -> Trial:
    """One; ``callback_trial_unknown``."""
    found = Trial.objects.filter(pk=id_).first()
    if found is None:
        raise NianjianError("callback_trial_unknown", trial=id_)
    return found


def newest(enterprise: str, numbers: Collection[str]) -> dict[str, Trial]:
    """Number -> its newest test that is over."""
    over = Trial.objects.filter(enterprise_id=enterprise, number__in=numbers).exclude(verdict="")
    last = {each["number"]: each["last"] for each in over.order_by().values("number").annotate(last=Max("begun_at"))}
    rows = over.filter(begun_at__in=list(last.values())).order_by("pk")
    return {row.number: row for row in rows if row.begun_at == last[row.number]}


def answered(enterprise: str, first: datetime, last: datetime) -> QuerySet[Trial]:
    """The SIP calls of a span of time that somebody answered; only of those do call records tell a landing."""
    here = Trial.objects.filter(enterprise_id=enterprise, how=Trial.SIP, answer_ms__isnull=False)
    return here.filter(begun_at__gte=first, begun_at__lte=last).exclude(verdict="").order_by("begun_at", "pk")


def list_finished_tests(
    enterprise: str, numbers: Collection[str], since: datetime, landings: Mapping[str, str]
) -> dict[str, list[Done]]:
    """Number -> its tests since a moment, and of each carrier the newest one before; not those that a person stopped.

    ``landings``: test -> what the call records say of it; the worse counts.
    """
    found: dict[str, list[Done]] = {}
    over = Trial.objects.filter(enterprise_id=enterprise, number__in=numbers).exclude(verdict="")
    over = over.exclude(reason=STOPPED)  # it was cut off, and speaks neither for the number nor against it
    recent = over.filter(begun_at__gte=since).order_by("begun_at")
    names = ("pk", "number", "begun_at", "carrier", "verdict", "reason")
    for key, number, at, carrier, verdict, reason in recent.values_list(*names):
        counts, _reason = weighed(verdict, reason, landings.get(key, ""))
        found.setdefault(number, []).append(Done(at, carrier, counts))
    older = over.filter(begun_at__lt=since).order_by().values("number", "carrier").annotate(last=Max("begun_at"))
    for each in older:
        found.setdefault(each["number"], []).append(Done(each["last"], each["carrier"], "old"))
    return found
