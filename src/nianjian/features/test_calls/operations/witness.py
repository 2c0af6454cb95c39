"""The own call records as a witness of where test calls have landed: looked for afterwards, for records come late."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial
from typing import Any, Final

import ibis.expr.types as ir

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.features.screens.operations import sources as live
from nianjian.features.test_calls.landings import again, compare, lake, service
from nianjian.features.test_calls.landings import query as landings
from nianjian.features.test_calls.landings.boxes import Boxes
from nianjian.features.test_calls.landings.compare import Called, Found
from nianjian.features.test_calls.operations import tailed
from nianjian.features.test_calls.operations.grounds import Grounds, Json
from nianjian.features.test_calls.operations.presenters import landing_to_document, own
from nianjian.features.test_calls.operations.tailed import Tailed
from nianjian.features.test_calls.trials import query
from nianjian.features.test_calls.trials.model import Trial
from nianjian.features.test_calls.verdict import AGAINST, FILED_GATEWAY, LANDINGS
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import wiring
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.vault import blobs

NEAR: Final = timedelta(minutes=5)  # other test calls that may have made a record of this time
MOST: Final = 500  # of one asking
_FROM: Final = re.compile(r"^from:[^\r\n]*<sips?:([^@;>\r\n]+)@", re.IGNORECASE | re.MULTILINE)
_HOST: Final = re.compile(r"INVITE sips?:(?:[^@\s]*@)?(\[[^\]\s]*\]|[^:;>\s]+)", re.IGNORECASE)


def enqueue_landing_check(*, enterprise: str, trial: str, actor: Actor) -> str:
    """Put a look for one test; the job. ``role_missing``, ``callback_trial_unknown``, ``callback_not_answered``."""
    found = own(trial, actor, flow.NEEDS[flow.CALLBACK_WITNESS])
    _answered(found)
    return flow.enqueue_once(
        kind=flow.CALLBACK_WITNESS, enterprise=enterprise, payload={"trials": [found.pk]}, actor=actor
    )


def run_landing_check(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask` has put; how many tests had which landing."""
    trials = [str(one) for one in given["trials"]]
    return {"counts": run(enterprise=enterprise, trials=trials, actor=actor, progress=progress)["counts"]}


def run(*, enterprise: str, trials: Sequence[str], actor: Actor, progress: Progress = silent) -> Json:
    """Look for the records of these tests (none: of all answered SIP calls within the days that count) and keep it.

    ``role_missing``, ``callback_trial_unknown``, ``callback_not_answered``, ``callback_too_many``, ``live_malformed``.
    """
    grounds = Grounds.of(enterprise, actor, flow.NEEDS[flow.CALLBACK_WITNESS])
    now = clock.now()
    if trials:
        wanted = [own(one, actor, Act.REPORT) for one in dict.fromkeys(trials)]
        strange = next((one for one in wanted if one.enterprise_id != enterprise), None)
        if strange is not None:
            raise NianjianError("callback_trial_unknown", trial=strange.pk)
    else:
        wanted = list(query.answered(enterprise, now - timedelta(days=grounds.days), now)[: MOST + 1])
    if len(wanted) > MOST:
        raise NianjianError("callback_too_many", count=len(wanted), most=MOST)
    for one in wanted:
        _answered(one)
    rows: list[Json] = []
    seen = landings.recorded([one.pk for one in wanted])
    for one, fresh in looks(grounds, wanted, progress):
        found = again.softened(fresh, seen.get(one.pk))
        kept = service.keep(
            enterprise=enterprise, trial=one.pk, expected=one.gateway_expected, found=found, actor=actor
        )
        rows.append({"trial": one.pk, "number": numbers.mask(one.number), "landing": landing_to_document(kept)})
    counts = dict.fromkeys(LANDINGS, 0) | Counter(str(one["landing"]["verdict"]) for one in rows)
    wrong = sum(counts[one] for one in AGAINST)
    verdict = "fail" if wrong else "pass" if rows and counts[FILED_GATEWAY] == len(rows) else "unproved"
    return {"rows": rows, "counts": counts, "verdict": verdict}


def looks(grounds: Grounds, wanted: Sequence[Trial], progress: Progress) -> Iterator[tuple[Trial, Found]]:
    """What the records say of each of these tests; nothing is kept here. ``live_malformed``."""
    store = wiring.lake(grounds.enterprise)
    with closing(wiring.engine()) as engine:
        look = _Look(grounds, engine, engine.table("calls", store.files("calls"), SCHEMAS["calls"]), progress)
        look.read(wanted)
        for done, one in enumerate(wanted):
            progress(numbers.mask(one.number), done, len(wanted))
            yield one, look.at(one)
    progress("", len(wanted), len(wanted))


def _answered(trial: Trial) -> None:
    """``callback_not_answered``: a call that nobody answered landed nowhere; who dialled by hand is not known."""
    if trial.how != Trial.SIP or trial.answer_ms is None:
        raise NianjianError("callback_not_answered", trial=trial.pk)


@dataclass
class _Look:
    """What several looks share. ``called``: test -> what its sealed INVITE says, each opened once.

    ``tailed``: source -> what the files of a switch under watch hold about all of them.
    """

    grounds: Grounds
    engine: Engine
    calls: ir.Table
    progress: Progress
    called: dict[str, Called] = field(default_factory=dict)
    tailed: dict[str, Tailed] = field(default_factory=dict)

    def read(self, wanted: Sequence[Trial]) -> None:
        """Read the files of the switches under watch as they stand, each once; tests near those wanted count too."""
        sources = {
            f"live:{one.name}": one.records
            for one in live.switches()
            if one.enterprise == self.grounds.enterprise and one.records is not None
        }
        if not sources or not wanted:
            return
        tests: dict[str, Called] = {}
        for trial in wanted:
            one = self._of(trial)
            tests |= {each.trial: each for each in (one, *map(self._of, self._near(one)))}
        for name, given in sources.items():
            tick = partial(self.progress, name, 0, len(wanted))
            self.tailed[name] = tailed.read(given, name, list(tests.values()), self.signs, tick)

    @cached_property
    def signs(self) -> Boxes:
        """What tells a voicemail."""
        book = self.grounds.book
        return Boxes.of(*(book.items(f"inspection.callback.voicemail_{one}") for one in ("applications", "contexts")))

    def at(self, trial: Trial) -> Found:
        """Every source is asked: the imported calls, and the files of the switches under watch."""
        one = self._of(trial)
        others = [self._of(each) for each in self._near(one)]
        records = lake.records(self.engine.rows(lake.near(self.calls, one)), self.signs)
        covers = lake.covered(self.engine.rows(lake.beside(self.calls, one)))
        for name, held in self.tailed.items():
            records += held.records
            covers[name] = held.covers(one)
        known, ledger = self.grounds.known, self.grounds.ledger.values()
        expected = trial.gateway_expected.strip()
        return compare.compared(
            compare.records_of(one, others, records),
            expected=(expected, *known.get(expected, ())),
            known=(*ledger, *known, *(host for hosts in known.values() for host in hosts)),
            sources=dict(sorted(covers.items())),
            host=one.host,
        )

    def _near(self, one: Called) -> Iterable[Trial]:
        return query.answered(self.grounds.enterprise, one.begun - NEAR, one.answered + NEAR).exclude(pk=one.trial)

    def _of(self, trial: Trial) -> Called:
        if trial.pk not in self.called:
            seen = json.loads(blobs.get(trial.blob))["seen"] if trial.blob else {}
            invite = next((one["text"] for one in seen.get("log", ()) if one["out"]), "")
            caller, host = _FROM.search(invite), _HOST.match(invite)
            answered = trial.begun_at + timedelta(milliseconds=trial.answer_ms or 0)
            self.called[trial.pk] = Called(
                trial=trial.pk,
                number=trial.number,
                caller=caller[1] if caller else "",
                call_id=seen.get("call_id", ""),
                begun=trial.begun_at,
                answered=answered,
                host=host[1].strip("[]").lower() if host else "",
            )
        return self.called[trial.pk]
