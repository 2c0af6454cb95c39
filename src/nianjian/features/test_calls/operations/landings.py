"""The own call records as a witness of where test calls have landed: asked for, and again unasked after an import."""

import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from typing import Any, Final

import ibis.expr.types as ir
from django.db import Error

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.states import State
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.features.screens import sources as live
from nianjian.features.test_calls import landings, queries, storage
from nianjian.features.test_calls import landings as compare
from nianjian.features.test_calls.documents import CheckedLandings, LandedCall, LandingCounts
from nianjian.features.test_calls.landings import BESIDE, LandingResult, PlacedCall, SwitchRecords, VoicemailSigns
from nianjian.features.test_calls.models import Landing, Trial
from nianjian.features.test_calls.queries import CallBasis, landing_to_document, require_trial
from nianjian.features.test_calls.states import AGAINST, ELSEWHERE, FILED_GATEWAY, LANDINGS, SILENT, UNSEEN, VOICEMAIL
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import wiring
from nianjian.platform.jobs import flow, query
from nianjian.platform.jobs import service as queue
from nianjian.platform.jobs.models import Job
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.vault import blobs

SETTLED: Final = frozenset({ELSEWHERE, VOICEMAIL})


def list_open_trials(enterprise: str, first: datetime, last: datetime) -> list[Trial]:
    """The answered SIP calls of a span without a look that settles it, the newest first."""
    trials = list(queries.answered_trials(enterprise, first, last).reverse())
    said = queries.newest_landings([one.pk for one in trials])
    return [one for one in trials if one.pk not in said or said[one.pk].verdict not in SETTLED]


def is_news(result: LandingResult, said: Landing | None) -> bool:
    """Whether what nobody asked for is worth keeping beside ``said``, the newest look.

    A record, or that none is there where every source covers it: of several switches one may be imported today and
    the others tomorrow, and until then nothing is missing. A record that was seen is not unseen because its file has
    gone since, and what has landed rightly changes by a record against it alone.
    """
    if said is not None and said.verdict == FILED_GATEWAY:
        return result.verdict in SETTLED
    if said is not None and said.records:
        return bool(result.records)
    return bool(result.records) or (result.verdict == UNSEEN and all(result.sources.values()))


NEAR: Final = timedelta(minutes=5)  # other test calls that may have made a record of this time
MOST: Final = 500  # of one asking
_FROM: Final = re.compile(r"^from:[^\r\n]*<sips?:([^@;>\r\n]+)@", re.IGNORECASE | re.MULTILINE)
_HOST: Final = re.compile(r"INVITE sips?:(?:[^@\s]*@)?(\[[^\]\s]*\]|[^:;>\s]+)", re.IGNORECASE)


def enqueue_landing_check(*, enterprise: str, trial: str, actor: Actor) -> str:
    """Put a look for one test; the job. ``role_missing``, ``callback_trial_unknown``, ``callback_not_answered``."""
    row = require_trial(trial, actor, flow.NEEDS[flow.CALLBACK_WITNESS])
    _require_answered(row)
    return flow.enqueue_once(
        kind=flow.CALLBACK_WITNESS, enterprise=enterprise, payload={"trials": [row.pk]}, actor=actor
    )


def run_landing_check(
    *, enterprise: str, payload: Mapping[str, Any], actor: Actor, progress: Progress
) -> LandingCounts:
    """Do what `enqueue_landing_check` has put; how many tests had which landing."""
    trials = [str(one) for one in payload["trials"]]
    return LandingCounts(check_landings(enterprise=enterprise, trials=trials, actor=actor, progress=progress).counts)


def check_landings(
    *, enterprise: str, trials: Sequence[str], actor: Actor, progress: Progress = silent
) -> CheckedLandings:
    """Look for the records of these tests (none: of all answered SIP calls within the days that count) and keep it.

    ``role_missing``, ``callback_trial_unknown``, ``callback_not_answered``, ``callback_too_many``, ``live_malformed``.
    """
    grounds = CallBasis.of(enterprise, actor, flow.NEEDS[flow.CALLBACK_WITNESS])
    now = clock.now()
    if trials:
        tests = [require_trial(one, actor, Permission.REPORT) for one in dict.fromkeys(trials)]
        for one in tests:
            if one.enterprise_id != enterprise:
                raise NianjianError("callback_trial_unknown", trial=one.pk)
    else:
        tests = list(queries.answered_trials(enterprise, now - timedelta(days=grounds.days), now)[: MOST + 1])
    if len(tests) > MOST:
        raise NianjianError("callback_too_many", count=len(tests), most=MOST)
    for one in tests:
        _require_answered(one)
    rows: list[LandedCall] = []
    seen = queries.recorded_landings([one.pk for one in tests])
    for one, fresh in look_for_landings(grounds, tests, progress):
        before, result = seen.get(one.pk), fresh
        # a record seen before where nothing covers the moment now is gone, as a rotated file: not missing
        gone = before and any(not result.sources.get(record["source"], False) for record in before.records)
        if result.verdict == UNSEEN and gone:
            result = replace(result, verdict=SILENT)
        landing = storage.store_landing(
            enterprise=enterprise, trial=one.pk, expected=one.gateway_expected, result=result, actor=actor
        )
        rows.append(LandedCall(one.pk, numbers.mask(one.number), landing_to_document(landing)))
    counts = dict.fromkeys(LANDINGS, 0) | Counter(one.landing.verdict for one in rows)
    wrong = sum(counts[one] for one in AGAINST)
    proved = bool(rows) and counts[FILED_GATEWAY] == len(rows)
    verdict = State.FAILED if wrong else State.PASSED if proved else State.NOT_PROVED
    return CheckedLandings(rows, counts, verdict)


def look_for_landings(
    grounds: CallBasis, trials: Sequence[Trial], progress: Progress
) -> Iterator[tuple[Trial, LandingResult]]:
    """What the records say of each of these tests; nothing is kept here. ``live_malformed``."""
    store = wiring.lake(grounds.enterprise)
    with closing(wiring.engine()) as engine:
        look = _LandingSearch(grounds, engine, engine.table("calls", store.files("calls"), SCHEMAS["calls"]), progress)
        look.read(trials)
        for done, one in enumerate(trials):
            progress(numbers.mask(one.number), done, len(trials))
            yield one, look.at(one)
    progress("", len(trials), len(trials))


def _require_answered(trial: Trial) -> None:
    """``callback_not_answered``: a call that nobody answered landed nowhere; who dialled by hand is not known."""
    if trial.how != Trial.SIP or trial.answer_ms is None:
        raise NianjianError("callback_not_answered", trial=trial.pk)


@dataclass
class _LandingSearch:
    """What several looks share. ``called``: test -> what its sealed INVITE says, each opened once.

    ``tailed``: source -> what the files of a switch under watch hold about all of them.
    """

    grounds: CallBasis
    engine: Engine
    calls: ir.Table
    progress: Progress
    called: dict[str, PlacedCall] = field(default_factory=dict)
    tailed: dict[str, SwitchRecords] = field(default_factory=dict)

    def read(self, trials: Sequence[Trial]) -> None:
        """Read the files of the switches under watch as they stand, each once; tests near those wanted count too."""
        sources = {
            f"live:{one.name}": one.records
            for one in live.switches()
            if one.enterprise == self.grounds.enterprise and one.records is not None
        }
        if not sources or not trials:
            return
        tests: dict[str, PlacedCall] = {}
        for trial in trials:
            one = self._of(trial)
            tests |= {each.trial: each for each in (one, *map(self._of, self._near(one)))}
        for name, config in sources.items():
            tick = partial(self.progress, name, 0, len(trials))
            self.tailed[name] = landings.read_switch(config, name, list(tests.values()), self.signs, tick)

    @cached_property
    def signs(self) -> VoicemailSigns:
        """What tells a voicemail."""
        book = self.grounds.book
        return VoicemailSigns.of(
            *(book.items(f"inspection.callback.voicemail_{one}") for one in ("applications", "contexts"))
        )

    def at(self, trial: Trial) -> LandingResult:
        """Every source is asked: the imported calls, and the files of the switches under watch."""
        one = self._of(trial)
        others = [self._of(each) for each in self._near(one)]
        records = compare.read_lake_records(self.engine.rows(compare.select_near(self.calls, one)), self.signs)
        covers = compare.covered_sources(self.engine.rows(compare.count_beside(self.calls, one)))
        for name, switch in self.tailed.items():
            records += switch.records
            covers[name] = switch.covers(one)
        gateways, ledger = self.grounds.gateway_addresses, self.grounds.ledger.values()
        expected = trial.gateway_expected.strip()
        return compare.judge_landing(
            compare.match_records(one, others, records),
            expected=(expected, *gateways.get(expected, ())),
            gateways=(*ledger, *gateways, *(host for hosts in gateways.values() for host in hosts)),
            sources=dict(sorted(covers.items())),
            host=one.host,
        )

    def _near(self, one: PlacedCall) -> Iterable[Trial]:
        return queries.answered_trials(self.grounds.enterprise, one.begun - NEAR, one.answered + NEAR).exclude(
            pk=one.trial
        )

    def _of(self, trial: Trial) -> PlacedCall:
        if trial.pk not in self.called:
            seen = json.loads(blobs.get(trial.blob))["seen"] if trial.blob else {}
            invite = next((one["text"] for one in seen.get("log", ()) if one["out"]), "")
            caller, host = _FROM.search(invite), _HOST.match(invite)
            answered = trial.begun_at + timedelta(milliseconds=trial.answer_ms or 0)
            self.called[trial.pk] = PlacedCall(
                trial=trial.pk,
                number=trial.number,
                caller=caller[1] if caller else "",
                call_id=seen.get("call_id", ""),
                begun=trial.begun_at,
                answered=answered,
                host=host[1].strip("[]").lower() if host else "",
            )
        return self.called[trial.pk]


LOG: Final = logging.getLogger(__name__)
CLOCK: Final = Actor("clock", "system")
DAY: Final = timedelta(days=1)
EPOCH: Final = date(1970, 1, 1)  # a switch's clock that was never set may say any day before; no test was made then


def after_import(enterprise: str, days: Iterable[str]) -> str | None:
    """Put a look for the tests that calls of these days (``YYYY-MM-DD``) may tell of; its job, None: none is open."""
    dates = sorted(one for one in map(date.fromisoformat, days) if one >= EPOCH)
    if not dates:
        return None
    first, last = (datetime.combine(one, time(), clock.ZONE) for one in (dates[0], dates[-1]))
    return _enqueue_open(enterprise, first - BESIDE, last + DAY + BESIDE)


def after_tests(enterprise: str, first: datetime) -> str | None:
    """Put a look for the tests since the day of a moment; its job, None: no switch's files can have recorded them yet.

    Whole days, so that runs that follow each other share what waits, and what was written late is found after the next.
    """
    try:
        switches = live.switches()
    except NianjianError:  # the setting is wrong, which `doctor` tells
        return None
    if not any(one.enterprise == enterprise and one.records is not None for one in switches):
        return None
    return _enqueue_open(enterprise, _midnight(first), _midnight(clock.now()) + DAY)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(clock.ZONE).date(), time(), clock.ZONE)


def _enqueue_open(enterprise: str, first: datetime, last: datetime) -> str | None:
    """A fault here must not make the act fail that has been done."""
    try:
        if not list_open_trials(enterprise, first, last):
            return None
        grounds = CallBasis.of(enterprise, CLOCK, flow.NEEDS[flow.CALLBACK_WITNESS])
        first = max(first, clock.now() - timedelta(days=grounds.days))
        if not list_open_trials(enterprise, first, last):
            return None
        return _enqueue_span(enterprise, first, last)
    except (Error, NianjianError):
        LOG.exception("the look into the call records of %s could not be put", enterprise)
        return None


def _enqueue_span(enterprise: str, first: datetime, last: datetime) -> str:
    """One that waits serves where it is wide enough; one that runs may have read its files already."""
    span = {"from": first.isoformat(), "to": last.isoformat()}
    waiting = query.newest(enterprise, flow.CALLBACK_WITNESS, {"unasked": True}, Job.WAITING)
    if waiting is not None:
        begin, end = (datetime.fromisoformat(str(waiting.payload[name])) for name in span)
        if begin <= first and end >= last:
            return waiting.id
    queue.drop_over(enterprise=enterprise, kind=flow.CALLBACK_WITNESS, requested_by=str(CLOCK))
    payload = {"unasked": True, **span}
    return flow.enqueue(kind=flow.CALLBACK_WITNESS, enterprise=enterprise, payload=payload, actor=CLOCK)


def run_landing_recheck(
    *, enterprise: str, payload: Mapping[str, Any], actor: Actor, progress: Progress
) -> LandingCounts:
    """Look for every test of the span still open; how many had which landing. ``role_missing``, ``live_malformed``."""
    grounds = CallBasis.of(enterprise, actor, flow.NEEDS[flow.CALLBACK_WITNESS])
    first, last = (datetime.fromisoformat(str(payload[name])) for name in ("from", "to"))
    first = max(first, clock.now() - timedelta(days=grounds.days))
    counts = Counter[str]()
    trials = list_open_trials(enterprise, first, last)
    for place in range(0, len(trials), MOST):
        part = trials[place : place + MOST]
        said = queries.newest_landings([one.pk for one in part])
        for one, result in look_for_landings(grounds, part, progress):
            counts[result.verdict] += 1
            if is_news(result, said.get(one.pk)):
                storage.store_landing(
                    enterprise=enterprise, trial=one.pk, expected=one.gateway_expected, result=result, actor=actor,
                    unasked=True,
                )  # fmt: skip
    return LandingCounts(dict.fromkeys(LANDINGS, 0) | counts)
