"""The own call records as a witness of where test calls have landed: looked for afterwards, for records come late."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import ibis.expr.types as ir

from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.config import wiring
from nianjian.flows import jobs
from nianjian.flows.inspection.callback.grounds import Grounds, Json
from nianjian.flows.inspection.callback.shown import looked, own
from nianjian.flows.inspection.screens import sources as live
from nianjian.flows.inspection.screens.switch import ACCOUNTS
from nianjian.flows.progress import Progress, silent
from nianjian.inspection.callback.landings import compare, lake, service
from nianjian.inspection.callback.landings import live as files
from nianjian.inspection.callback.landings.compare import BESIDE, Called, Found, Record
from nianjian.inspection.callback.trials import query
from nianjian.inspection.callback.trials.model import Trial
from nianjian.inspection.callback.verdict import ELSEWHERE, FILED_GATEWAY, LANDINGS, UNSEEN
from nianjian.inspection.screens import posted
from nianjian.kernel import clock, numbers
from nianjian.kernel.errors import NianjianError
from nianjian.lake.engine import Engine
from nianjian.lake.schema import SCHEMAS
from nianjian.vault import blobs

NEAR: Final = timedelta(minutes=5)  # other test calls that may have made a record of this time
MOST: Final = 500  # of one asking
_FROM: Final = re.compile(r"^from:[^\r\n]*<sips?:([^@;>\r\n]+)@", re.IGNORECASE | re.MULTILINE)


def ask(*, enterprise: str, trial: str, actor: Actor) -> str:
    """Put a look for one test; the job. ``role_missing``, ``callback_trial_unknown``, ``callback_not_answered``."""
    found = own(trial, actor, jobs.NEEDS[jobs.CALLBACK_WITNESS])
    _answered(found)
    return jobs.enqueue_once(
        kind=jobs.CALLBACK_WITNESS, enterprise=enterprise, payload={"trials": [found.pk]}, actor=actor
    )


def worked(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask` has put; how many tests had which landing."""
    trials = [str(one) for one in given["trials"]]
    return {"counts": run(enterprise=enterprise, trials=trials, actor=actor, progress=progress)["counts"]}


def run(*, enterprise: str, trials: Sequence[str], actor: Actor, progress: Progress = silent) -> Json:
    """Look for the records of these tests (none: of all answered SIP calls within the days that count) and keep it.

    ``role_missing``, ``callback_trial_unknown``, ``callback_not_answered``, ``callback_too_many``, ``live_malformed``.
    """
    grounds = Grounds.of(enterprise, actor, jobs.NEEDS[jobs.CALLBACK_WITNESS])
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
    store = wiring.lake(enterprise)
    with closing(wiring.engine()) as engine:
        table = engine.table("calls", store.files("calls"), SCHEMAS["calls"])
        look = _Look(grounds, engine, table)
        for done, one in enumerate(wanted):
            progress(numbers.mask(one.number), done, len(wanted))
            found = look.at(one)
            kept = service.keep(
                enterprise=enterprise, trial=one.pk, expected=one.gateway_expected, found=found, actor=actor
            )
            rows.append({"trial": one.pk, "number": numbers.mask(one.number), "landing": looked(kept)})
    progress("", len(wanted), len(wanted))
    counts = dict.fromkeys(LANDINGS, 0) | Counter(str(one["landing"]["verdict"]) for one in rows)
    wrong = counts[ELSEWHERE] + counts[UNSEEN]
    verdict = "fail" if wrong else "pass" if rows and counts[FILED_GATEWAY] == len(rows) else "unproved"
    return {"rows": rows, "counts": counts, "verdict": verdict}


def _answered(trial: Trial) -> None:
    """``callback_not_answered``: a call that nobody answered landed nowhere; who dialled by hand is not known."""
    if trial.how != Trial.SIP or trial.answer_ms is None:
        raise NianjianError("callback_not_answered", trial=trial.pk)


@dataclass
class _Look:
    """What several looks share. ``called``: test -> what its sealed INVITE says, each opened once."""

    grounds: Grounds
    engine: Engine
    calls: ir.Table
    called: dict[str, Called] = field(default_factory=dict)

    def at(self, trial: Trial) -> Found:
        """Every source is asked: the imported calls, and the files of the switches under watch as they stand."""
        one = self._of(trial)
        others = [self._of(each) for each in self._near(one)]
        records = lake.records(self.engine.rows(lake.near(self.calls, one)))
        covers = lake.covered(self.engine.rows(lake.beside(self.calls, one)))
        for switch in live.switches():
            if switch.enterprise == self.grounds.enterprise and switch.records is not None:
                some, both = _filed(switch.records, f"live:{switch.name}", one)
                records += some
                covers[f"live:{switch.name}"] = both
        known, ledger = self.grounds.known, self.grounds.ledger.values()
        expected = trial.gateway_expected.strip()
        return compare.compared(
            compare.records_of(one, others, records),
            expected=(expected, *known.get(expected, ())),
            known=(*ledger, *known, *(host for hosts in known.values() for host in hosts)),
            sources=dict(sorted(covers.items())),
        )

    def _near(self, one: Called) -> Iterable[Trial]:
        return query.answered(self.grounds.enterprise, one.begun - NEAR, one.answered + NEAR).exclude(pk=one.trial)

    def _of(self, trial: Trial) -> Called:
        if trial.pk not in self.called:
            seen = json.loads(blobs.get(trial.blob))["seen"] if trial.blob else {}
            invite = next((one["text"] for one in seen.get("log", ()) if one["out"]), "")
            caller = _FROM.search(invite)
            answered = trial.begun_at + timedelta(milliseconds=trial.answer_ms or 0)
            self.called[trial.pk] = Called(
                trial.pk, trial.number, caller[1] if caller else "", seen.get("call_id", ""), trial.begun_at, answered
            )
        return self.called[trial.pk]


def _filed(given: live.Records, source: str, one: Called) -> tuple[list[Record], bool]:
    """Records near a test call in a switch's files, and whether these hold calls on both sides of it."""
    found: list[Record] = []
    before = after = False
    for path in _files(given, one.begun):
        for record in _read(given.kind, path, source):
            at = record if isinstance(record, datetime) else record.at
            before = before or one.begun - BESIDE <= at <= one.begun
            after = after or one.answered < at <= one.answered + BESIDE
            if isinstance(record, Record) and compare.apart(record, one) is not None:
                found.append(record)
    return found, before and after


def _read(kind: str, path: Path, source: str) -> Iterator[Record | datetime]:
    """A file that cannot be read holds no records: nothing is concluded from it."""
    try:
        yield from files.records(kind, path, source)
    except OSError:
        return


def _files(given: live.Records, begun: datetime) -> list[Path]:
    path = given.path
    if given.kind == live.POSTING:
        day = begun.astimezone(clock.ZONE).date()
        return [posted.file_of(path, day + timedelta(days=step)) for step in (-1, 0, 1)]
    if given.kind == "kamailio" and path.is_dir():
        return sorted(one for one in path.iterdir() if one.match(ACCOUNTS))
    return [path]
