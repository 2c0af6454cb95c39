"""How the gate is: the snapshot that lies in the home, the process that answers, and a day's journal to take away."""

from __future__ import annotations

import csv
import heapq
import http.client
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from nianjian.engines.gate.decision_journal import SUFFIX
from nianjian.engines.gate.decision_search import decisions_between, end_of_part, part_beginnings
from nianjian.engines.gate.snapshot import files, write
from nianjian.engines.gate.snapshot.read import ALARM, FRESH, STALE, read_checked_at
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.formulas import harmless_row
from nianjian.features.dial_policy.operations import feed as gate_feed
from nianjian.features.dial_policy.operations import refused
from nianjian.features.dial_policy.operations.check import plain
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env

Json = dict[str, Any]

PATIENCE: Final = 1.0  # seconds for the process to say how it is: a page waits for it
LINKS: Final[Mapping[str, type[http.client.HTTPConnection]]] = {
    "http": http.client.HTTPConnection,
    "https": http.client.HTTPSConnection,
}
MISSING: Final = "missing"
UNREACHED: Final = "unreached"
UNTOLD: Final = "untold"
REFUSED: Final = "enterprise_refused"  # an alarm
COLUMNS: Final = (
    "at", "decision_id", "channel", "team", "display", "callee", "purpose", "call_id", "allow", "reason", "observed",
    "rule", "retry_at", "counter", "window", "used", "limit", "generation",
)  # fmt: skip


def state(*, enterprise: str, actor: Actor) -> Json:
    """``snapshot`` as it lies in the home, ``process`` as the running gate tells it; ``role_missing``.

    A snapshot has a state of fresh, alarm, stale, untold (the feed could not tell of this enterprise; ``problem`` says
    why) or missing. A process that does not answer has the status ``unreached``, one that wants another token
    ``refused``; else ok, alarm (``alarms`` names each) or refusing.
    """
    require(actor, enterprise, Act.READ)
    return {"enterprise": enterprise, "snapshot": _snapshot(enterprise), "process": _process(enterprise)}


def _snapshot(enterprise: str) -> Json:
    place = gate_feed.root()
    manifest = write.current_manifest(place)
    told = None if manifest is None else write.read_tenant(place, enterprise)
    if manifest is None or told is None:
        return {"state": MISSING, "problem": None, **dict.fromkeys(("generation", "age_s", "version", "epoch"))}
    age = int(clock.now().timestamp()) - read_checked_at(place, manifest)
    fault = refused.why(told)
    state_of = STALE if age > manifest.deny_age else ALARM if age > manifest.alarm_age else FRESH
    epoch = max((int(cap["epoch"]) for cap in told["caps"]), default=None)
    return {
        "state": UNTOLD if fault is not None and state_of != STALE else state_of,
        "problem": None if fault is None else {"code": fault.code, "values": dict(fault.values)},
        "generation": manifest.generation,
        "age_s": age,
        "version": told["version"],
        "epoch": epoch,
    }


def _process(enterprise: str) -> Json:
    address = env.text("NIANJIAN_GATE_URL", os.environ)
    told = _asked(address, enterprise)
    counters, snapshot, journal_of = told.get("counters"), told.get("snapshot"), told.get("journal")
    counters = counters if isinstance(counters, Mapping) else {}
    snapshot = snapshot if isinstance(snapshot, Mapping) else {}
    unwritten = journal_of.get("problem") if isinstance(journal_of, Mapping) else ""
    reasons = told.get("decisions")
    return {
        "url": address,
        "status": told["status"],
        "alarms": _alarms(told, enterprise),
        "generation": snapshot.get("generation"),
        "age_s": snapshot.get("age_s"),
        "problem": snapshot.get("problem") or unwritten or "",
        "counters": counters.get("kind"),
        "available": counters.get("available"),
        "reason": counters.get("reason") or "",
        "decisions": dict(reasons.get(enterprise, {})) if isinstance(reasons, Mapping) else {},
    }


def _alarms(told: Mapping[str, Any], enterprise: str) -> list[str]:
    """What the process says is wrong, as far as it concerns the enterprise: others' refusals are theirs."""
    alarms, refused_of = told.get("alarms"), told.get("refused")
    own = isinstance(refused_of, Mapping) and enterprise in refused_of
    return [str(one) for one in alarms if one != REFUSED or own] if isinstance(alarms, list) else []


def _asked(address: str, enterprise: str) -> Json:
    """What the process says of itself, with the token of the enterprise where there are tokens."""
    from nianjian.platform.home.gate import tokens  # noqa: PLC0415 -- only this loads the gate's process

    known = tokens(env.text("NIANJIAN_GATE_TOKENS", os.environ))
    token = next((token for token, code in known.items() if code == enterprise), "")
    try:
        with closing(_link(address)) as link:
            link.request("GET", "/v1/state", headers={"Authorization": f"Bearer {token}"} if token else {})
            answer = link.getresponse()
            told = json.loads(answer.read())
    except (OSError, ValueError, http.client.HTTPException):
        return {"status": UNREACHED}
    if answer.status == http.client.UNAUTHORIZED:
        return {"status": "refused"}
    return told if isinstance(told, dict) and "status" in told and "counters" in told else {"status": UNREACHED}


def _link(address: str) -> http.client.HTTPConnection:
    """A connection to be opened; ValueError for what is no address of http or https."""
    at = urlsplit(address)
    if at.scheme not in LINKS or not at.hostname:
        raise ValueError(address)
    return LINKS[at.scheme](at.hostname, at.port, timeout=PATIENCE)


@dataclass(frozen=True, slots=True)
class Part:
    """``lines`` of a CSV; ``following``: the moment with which the next part of the day begins, None: this is the last.

    Epoch milliseconds.
    """

    lines: Iterator[str]
    following: int | None


def journal(*, enterprise: str, day: date, actor: Actor, since: int | None = None) -> Part:
    """A day's decisions, oldest first, numbers of people masked; ``role_missing``.

    ``since``: where the part before has ended; None: the day's first part. All enterprises write into one journal, and
    a part ends after so many bytes of it. Memory holds one decision a file of the day; a cell that a table program
    would run as a formula begins with '.
    """
    require(actor, enterprise, Act.READ)
    files = _files(day)
    until = end_of_part(files, since)
    return Part(_lines(enterprise, files, since, until), until)


def parts(*, enterprise: str, day: date, actor: Actor) -> list[int]:
    """The moments (epoch milliseconds) with which a day's parts begin, but the first; ``role_missing``."""
    require(actor, enterprise, Act.READ)
    return part_beginnings(_files(day))


def _files(day: date) -> list[Path]:
    return sorted((files.decisions_folder(env.read().home) / day.isoformat()).glob(f"*{SUFFIX}"))


def _lines(enterprise: str, files: Sequence[Path], since: int | None, until: int | None) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)
    found = (decisions_between(path, enterprise, since, until) for path in files)
    for one in heapq.merge(*found, key=lambda one: one.decided_at):
        told = plain(one)
        counter = told["counter"] or {}
        told |= {name: counter.get(name) for name in ("window", "used", "limit")} | {"counter": counter.get("key")}
        yield _line(["" if told[name] is None else str(told[name]) for name in COLUMNS])


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(harmless_row(cells))
    return out.getvalue()
