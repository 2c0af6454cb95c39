"""What every test call stands on, and test calls as interfaces show them, numbers masked."""

import json
import socket
import sys
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day
from functools import cached_property
from typing import Any, Final, Self

from django.db.models import Max, QuerySet

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.kernel.states import State
from nianjian.engines.kernel.workdays import Calendar
from nianjian.engines.paper.people import mask_call_id, mask_call_text
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.sip.agent import Pace
from nianjian.features.test_calls import validation
from nianjian.features.test_calls.documents import (
    Callback,
    CallbackLanding,
    CallbackMessage,
    CallbackNumber,
    CallbackRecord,
    CallbackTold,
)
from nianjian.features.test_calls.models import Gateway, Landing, Route, Trial
from nianjian.features.test_calls.states import RECORDS, STOPPED, FinishedTest, judge_number, weigh
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers.numbers import Number
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.vault import blobs


def list_routes(enterprise: str) -> list[Route]:
    """The enterprise's ways, by name."""
    return list(Route.objects.filter(enterprise_id=enterprise).order_by("name"))


def get_route(enterprise: str, name: str) -> Route:
    """One by its name; ``callback_route_unknown``."""
    rows = Route.objects.filter(enterprise_id=enterprise, name=name)
    return get_or_raise(rows, "callback_route_unknown", route=name)


def list_due_routes(moment: datetime) -> list[Route]:
    """Those of all enterprises whose daily test is due."""
    return list(Route.objects.filter(next_at__lte=moment).order_by("next_at", "id"))


def list_gateways(enterprise: str) -> list[Gateway]:
    """The enterprise's gateways, by name."""
    return list(Gateway.objects.filter(enterprise_id=enterprise).order_by("name"))


def answered_trials(enterprise: str, first: datetime, last: datetime) -> QuerySet[Trial]:
    """The SIP calls of a span of time that somebody answered; only of those do call records tell a landing."""
    here = Trial.objects.filter(enterprise_id=enterprise, how=Trial.SIP, answer_ms__isnull=False)
    return here.filter(begun_at__gte=first, begun_at__lte=last).exclude(verdict="").order_by("begun_at", "pk")


def list_finished_tests(
    enterprise: str, numbers: Collection[str], since: datetime, landings: Mapping[str, str]
) -> dict[str, list[FinishedTest]]:
    """Number -> its tests since a moment, and of each carrier the newest one before; not those that a person stopped.

    ``landings``: test -> what the call records say of it; the worse counts.
    """
    by_number: dict[str, list[FinishedTest]] = {}
    over = Trial.objects.filter(enterprise_id=enterprise, number__in=numbers).exclude(verdict="")
    over = over.exclude(reason=STOPPED)  # it was cut off, and speaks neither for the number nor against it
    recent = over.filter(begun_at__gte=since).order_by("begun_at")
    names = ("pk", "number", "begun_at", "carrier", "verdict", "reason")
    for key, number, at, carrier, verdict, reason in recent.values_list(*names):
        counts, _reason = weigh(verdict, reason, landings.get(key, ""))
        by_number.setdefault(number, []).append(FinishedTest(at, carrier, counts))
    older = over.filter(begun_at__lt=since).order_by().values("number", "carrier").annotate(last=Max("begun_at"))
    for each in older:
        by_number.setdefault(each["number"], []).append(FinishedTest(each["last"], each["carrier"], "old"))
    return by_number


def newest_landings(trials: Collection[str]) -> dict[str, Landing]:
    """Test -> its newest look, for those that have one."""
    return {row.trial_id: row for row in Landing.objects.filter(trial_id__in=list(trials)).order_by("at", "pk")}


def recorded_landings(trials: Collection[str]) -> dict[str, Landing]:
    """Test -> the newest look that found a record of it."""
    landings = Landing.objects.filter(trial_id__in=list(trials)).exclude(records=[])
    return {row.trial_id: row for row in landings.order_by("at", "pk")}


def list_landings(trial: str) -> list[Landing]:
    """All looks of a test, the oldest first."""
    return list(Landing.objects.filter(trial_id=trial).order_by("at", "pk"))


RULE: Final = "inspection.callback."
FILED: Final = "filed"
Json = dict[str, Any]


@dataclass(frozen=True)
class CallBasis:
    """An enterprise with today's rulebook. Times of the rules in milliseconds."""

    enterprise: str
    book: Rulebook

    @classmethod
    def of(cls, enterprise: str, actor: Actor, act: Permission) -> Self:
        """``role_missing``, ``enterprise_unknown``."""
        require_permission(actor, enterprise, act)
        tenant = accounts.enterprise(enterprise)
        return cls(enterprise, rulebook(day=None, province=tenant.province or None, enterprise=enterprise))

    @property
    def limit(self) -> int:
        """An answer within so many milliseconds is in time, this one included."""
        return int(self.book.decimal(f"{RULE}seconds") * 1000)

    @property
    def wait(self) -> int:
        """When a call is given up: later than the limit, so that "late" and "nobody" are two verdicts."""
        return self.limit + int(self.book.decimal(f"{RULE}wait") * 1000)

    @property
    def pace(self) -> Pace:
        """How many calls in which distance."""
        apart = self.book.decimal(f"{RULE}apart")
        return Pace(apart=float(apart), at_once=max(self.book.integer(f"{RULE}at_once"), 1))

    @property
    def days(self) -> int:
        """How long a test counts."""
        return self.book.integer(f"{RULE}days")

    @property
    def least(self) -> int:
        """How many tests of a number have to pass over each carrier within these days."""
        return self.book.integer(f"{RULE}tests")

    @cached_property
    def hours(self) -> tuple[tuple[time_of_day, time_of_day], ...]:
        """From when until when tests count on a working day; the ends are not included."""
        pairs = [one for one in self.book.items(f"{RULE}hours") if isinstance(one, tuple)]
        return tuple((time_of_day.fromisoformat(str(a)), time_of_day.fromisoformat(str(b))) for a, b in pairs)

    @cached_property
    def _days(self) -> Calendar:
        return calendar()

    def in_hours(self, at: time_of_day) -> bool:
        """Whether a time of a working day lies in working hours."""
        return any(begin <= at < end for begin, end in self.hours)

    def working(self, moment: datetime) -> bool:
        """Whether a test of this moment counts."""
        here = moment.astimezone(clock.ZONE)
        return self._days.is_workday(here.date()) and self.in_hours(here.time())

    @property
    def carriers(self) -> tuple[str, ...]:
        """Over whom each number is tested."""
        return tuple(map(str, self.book.items(f"{RULE}carriers")))

    @property
    def stamp(self) -> dict[str, str]:
        """Which rules a test was judged by."""
        return {"id": self.book.id, "version": self.book.version, "sha256": self.book.sha256}

    @cached_property
    def ledger(self) -> dict[str, str]:
        """Filed numbers that are in force today -> the gateway that the ledger names, "" for none."""
        rows = versions_on(Number, self.enterprise, clock.today()).filter(filing=FILED).order_by("key")
        gateways: dict[str, str] = {}
        for root, gateway, until in rows.values_list("root", "gateway", "valid_until"):
            if root and (until is None or until >= clock.today()):
                gateways[root] = (gateway or "").strip()
        return gateways

    def own(self, number: str) -> None:
        """``callback_number_unfiled`` for one that begins with no filed number."""
        if not number.startswith(tuple(self.ledger)):
            raise NianjianError("callback_number_unfiled", number=numbers.mask(number))

    @cached_property
    def gateway_addresses(self) -> dict[str, tuple[str, ...]]:
        """Gateway of the ledger -> its addresses."""
        return {one.name: tuple(one.hosts.split(",")) for one in list_gateways(self.enterprise)}

    def addresses(self, gateway: str, *, override: bool = False) -> tuple[str, ...]:
        """From where a gateway answers: as it is kept, or the name itself where it is an address; () if unknown.

        ``override``: a person gives addresses for this test; ``callback_gateway_wrong``. Each is looked up once.
        """
        if gateway not in self._host_cache:
            hosts = self.gateway_addresses.get(gateway, ())
            if gateway not in self.gateway_addresses and (override or validation.looks_like_host(gateway)):
                hosts = validation.parse_hosts(gateway)
            self._host_cache[gateway] = resolve_hosts(hosts)
        return self._host_cache[gateway]

    @cached_property
    def _host_cache(self) -> dict[str, tuple[str, ...]]:
        return {}


def resolve_hosts(hosts: Sequence[str]) -> tuple[str, ...]:
    """The names with the addresses they stand for; one that nobody knows stands for itself alone."""
    addresses = list(hosts)
    for one in hosts:
        try:
            addresses += [str(place[4][0]).lower() for place in socket.getaddrinfo(one, None, type=socket.SOCK_DGRAM)]
        except OSError:
            continue
    return tuple(dict.fromkeys(addresses))


def describe_clocks() -> Json:
    """Which clocks measure: durations a monotonic one, the beginning the system's, with what is known of its pace."""
    return {
        "durations": "CLOCK_MONOTONIC" if sys.platform == "linux" else "monotonic",
        "resolution_ns": round(time.get_clock_info("monotonic").resolution * 1e9),
        "begin": "system clock, UTC",
        "synchronised": True if clock.SYNCHRONISED.exists() else None,
    }


def require_trial(trial: str, actor: Actor, act: Permission = Permission.READ) -> Trial:
    """A test that the actor may see; ``callback_trial_unknown``, also for whom its enterprise does not concern."""
    row = get_or_raise(Trial.objects.filter(pk=trial), "callback_trial_unknown", trial=trial)
    try:
        require_permission(actor, row.enterprise_id, Permission.READ)
    except NianjianError as refused:
        raise NianjianError("callback_trial_unknown", trial=trial) from refused
    require_permission(actor, row.enterprise_id, act)
    return row


def list_numbers(first: int = 0, count: int = 50, *, enterprise: str, actor: Actor) -> list[CallbackNumber]:
    """A part of the filed numbers, each with its light, its carriers and its newest test; ``role_missing``."""
    grounds = CallBasis.of(enterprise, actor, Permission.READ)
    return number_lights(grounds, list(grounds.ledger)[first : first + count])


def number_lights(grounds: CallBasis, targets: Sequence[str]) -> list[CallbackNumber]:
    """How each number stands now."""
    now = clock.now()
    since = now - timedelta(days=grounds.days)
    looks = Landing.objects.filter(
        enterprise_id=grounds.enterprise, trial__number__in=targets, trial__begun_at__gte=since
    )
    verdicts = dict(looks.order_by("at", "pk").values_list("trial_id", "verdict"))
    done = list_finished_tests(grounds.enterprise, targets, since, verdicts)
    over = Trial.objects.filter(enterprise_id=grounds.enterprise, number__in=targets).exclude(verdict="")
    ends = {each["number"]: each["last"] for each in over.order_by().values("number").annotate(last=Max("begun_at"))}
    late = over.filter(begun_at__in=list(ends.values())).order_by("pk")
    newest = {row.number: row for row in late if row.begun_at == ends[row.number]}
    landed = newest_landings([one.pk for one in newest.values()])
    rows = []
    for one in targets:
        status = judge_number(
            done.get(one, ()),
            carriers=grounds.carriers,
            now=now,
            days=grounds.days,
            least=grounds.least,
            working=grounds.working,
        )
        last = newest.get(one)
        rows.append(
            CallbackNumber(
                number=numbers.mask(one),
                gateway=grounds.ledger.get(one) or None,
                light=status.light,
                carriers=dict(status.carriers),
                newest=None if last is None else trial_to_document(last, landed.get(last.pk)),
            )
        )
    return rows


def count_lights(grounds: CallBasis) -> dict[str, int]:
    """How many filed numbers show each light."""
    lights = Counter(one.light for one in number_lights(grounds, list(grounds.ledger)))
    return {light: lights[light] for light in ("green", "yellow", "red", "insufficient")}


def list_trials(first: int = 0, count: int = 50, *, enterprise: str, actor: Actor, number: str = "") -> list[Callback]:
    """A part of the tests, newest first; ``role_missing``."""
    require_permission(actor, enterprise, Permission.READ)
    trials = Trial.objects.filter(enterprise_id=enterprise).order_by("-begun_at", "-pk")
    rows = list((trials.filter(number=number) if number else trials)[first : first + count])
    landed = newest_landings([one.pk for one in rows])
    return [trial_to_document(one, landed.get(one.pk)) for one in rows]


def get_trial_detail(*, trial: str, actor: Actor) -> CallbackTold:
    """One test with its messages, numbers of people masked, secrets left out; ``callback_trial_unknown``."""
    row = require_trial(trial, actor)
    evidence = json.loads(blobs.get(row.blob)) if row.blob else {}
    seen = evidence.get("seen", {})
    own_id = seen.get("call_id", "")
    looks = list_landings(row.pk)
    return CallbackTold(
        **_trial_fields(row, looks[-1] if looks else None),
        looks=[landing_to_document(one) for one in looks],
        enterprise=row.enterprise_id,
        note=mask_call_text(row.note or "") or None,
        source=dict(row.source),
        rulebook=dict(row.rulebook),
        sha256=row.sha256 or None,
        server=mask_call_text(seen.get("server", "")) or None,
        fault=seen.get("fault") or None,
        media=mask_call_text(seen.get("media", "")) or None,
        contact=mask_call_text(seen.get("contact", "")) or None,
        routes=[mask_call_text(one) for one in seen.get("routes", ())],
        codec=seen.get("codec"),
        voicemail=seen.get("voicemail") or None,
        resent=seen.get("resent", 0),
        messages=[
            CallbackMessage(one["at"], one["out"], mask_call_text(one["first"]), mask_call_text(one["text"], own_id))
            for one in seen.get("log", ())
        ],
    )


def landing_to_document(one: Landing) -> CallbackLanding:
    """A look into the call records."""
    return CallbackLanding(
        verdict=one.verdict,
        at=one.at.astimezone(clock.ZONE).isoformat(timespec="seconds"),
        expected=one.expected or None,
        seen=[mask_call_text(name) for name in one.seen],
        records=[
            CallbackRecord(
                source=record["source"],
                call=mask_call_id(record["call"]),
                at=record["at"],
                named=[mask_call_text(name) for name in record["named"]],
                voicemail=mask_call_text(record.get("voicemail", "")) or None,
            )
            for record in one.records
        ],
        sources=dict(one.sources),
        made_by=one.made_by,
    )


def trial_to_document(one: Trial, landing: Landing | None = None) -> Callback:
    """A test in one line."""
    return Callback(**_trial_fields(one, landing))


def _trial_fields(one: Trial, landing: Landing | None) -> Json:
    """The fields of a `Callback`, of which the detail has more."""
    counts, reason = weigh(one.verdict, one.reason, landing.verdict if landing else "")
    lifted = counts == State.PASSED != one.verdict
    return {
        "counts": str(counts or State.IN_PROGRESS),
        "counts_reason": reason or None,
        "counts_witness": RECORDS if lifted else (one.witness or "none"),
        "landing": landing_to_document(landing) if landing else None,
        "trial": one.pk,
        "number": numbers.mask(one.number),
        "how": one.how,
        "verdict": one.verdict or str(State.IN_PROGRESS),
        "reason": one.reason or None,
        "answer_in_time": one.in_time,
        "answer_s": _seconds(one.answer_ms),
        "ringing_s": _seconds(one.ringing_ms),
        "trying_s": _seconds(one.trying_ms),
        "early_s": _seconds(one.early_ms),
        "over_s": _seconds(one.over_ms),
        "limit_s": one.limit_ms / 1000,
        "status": one.status,
        "phrase": mask_call_text(one.phrase) or None,
        "q850": one.cause,
        "gateway_expected": one.gateway_expected or None,
        "gateway_seen": mask_call_text(one.gateway_seen) or None,
        "witness": one.witness or "none",
        "route": one.route or None,
        "carrier": one.carrier or None,
        "via": one.via or None,
        "begun_at": one.begun_at.astimezone(clock.ZONE).isoformat(timespec="milliseconds"),
        "made_by": one.made_by,
    }


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
