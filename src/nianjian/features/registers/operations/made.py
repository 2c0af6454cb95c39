"""A register's long list as a file that the worker makes and its asker alone fetches.

The file lies sealed in the vault for `KEPT`; what was looked for may name a person and goes with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.registers.operations import take
from nianjian.features.registers.operations.take import Asked
from nianjian.platform.accounts.access import require, team_of
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.progress import Progress
from nianjian.platform.registers.rows.query import Sight
from nianjian.platform.registers.rows.wanted import Wanted
from nianjian.platform.vault import blobs

KEPT: Final = timedelta(days=7)
ASKED: Final = "asked"  # what was looked for, in the payload

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file that is given away; it comes in pieces."""

    name: str
    media: str
    content: Iterator[bytes]


def ask(asked: Asked, *, actor: Actor) -> str:
    """Put the making of the file; its job, or this person's own for the same list that waits or runs.

    What `take.counted` raises.
    """
    enterprise = asked.sight.enterprise
    take.counted(asked, actor)
    given = {"kind": asked.kind, "by": str(actor), ASKED: _told(asked)}
    return flow.enqueue_once(kind=flow.TAKE_REGISTER, enterprise=enterprise, payload=given, actor=actor)


def worked(*, enterprise: str, payload: Mapping[str, object], actor: Actor, progress: Progress) -> Json:
    """Do what `ask` has put; where the file lies. Nobody has seen it yet: the chain tells of it when it is fetched."""
    asked = _read(str(payload[ASKED]), enterprise)
    _sees(asked, actor)
    made = take.written(asked, take.counted(asked, actor), actor, progress)
    blob = blobs.put(made.content).id
    return {"name": made.name, "media": made.media, "rows": made.rows, "sha256": made.sha256, "blob": blob}


def fetched(*, kind: str, enterprise: str, job: str, actor: Actor) -> ListFile:
    """The file that one's own job has made; the entry stands in the chain before it is given.

    ``role_missing``, also where the values are in full and the person may no longer see them so; ``job_unknown`` for
    other work, or somebody else's; ``register_file_gone`` before it is done and after its time.
    """
    require(actor, enterprise, Act.READ_OWN)
    found = queue.job(job)
    mine = found.enterprise == enterprise and found.requested_by == str(actor)
    if not mine or found.kind != flow.TAKE_REGISTER or found.payload["kind"] != kind:
        raise NianjianError("job_unknown", job=job)
    told: Mapping[str, Any] = found.result
    if "blob" not in told:
        raise NianjianError("register_file_gone", job=job, days=KEPT.days)
    asked = _read(str(found.payload[ASKED]), enterprise)
    require(actor, enterprise, Act.REVEAL if asked.full else Act.READ_OWN)
    _sees(asked, actor)
    content = blobs.read(str(told["blob"]))
    take.noted(asked, int(told["rows"]), str(told["sha256"]), actor)
    return ListFile(str(told["name"]), str(told["media"]), content)


def sweep() -> int:
    """Delete files made more than `KEPT` ago, and what was looked for, whatever came of the work. How many works."""
    old = queue.over_before(flow.TAKE_REGISTER, clock.now() - KEPT, ASKED)
    for one in old:
        if "blob" in one.result:
            blobs.remove(str(one.result["blob"]))  # first: killed in between, the next sweep finds the row again
            queue_service.forget(job=one.id, name="blob")
        queue_service.forget(job=one.id, name=ASKED)
    return len(old)


def _sees(asked: Asked, actor: Actor) -> None:
    """``role_missing`` where the rows are no more those that this person sees: of another team, or of all."""
    team = team_of(actor, asked.sight.enterprise)
    if team is not None and team != asked.sight.team:
        require(actor, asked.sight.enterprise, Act.READ)


def _told(asked: Asked) -> str:
    """As one text: databases keep the order of nothing else."""
    return json.dumps(
        {
            "kind": asked.kind, "day": asked.sight.day, "team": asked.sight.team, "wanted": asdict(asked.wanted),
            "filters": dict(asked.filters), "form": asked.form, "full": asked.full, "language": asked.language,
        },
        default=date.isoformat,
        ensure_ascii=False,
    )  # fmt: skip


def _read(text: str, enterprise: str) -> Asked:
    given: Json = json.loads(text)
    wanted: Json = given.pop("wanted")
    for side in ("first", "last"):
        wanted[side] = {name: date.fromisoformat(day) for name, day in wanted[side].items()}
    sight = Sight(enterprise, date.fromisoformat(given.pop("day")), given.pop("team"))
    return Asked(sight=sight, wanted=Wanted(**wanted), **given)
