"""How the making of a season's package stands: its generated items, what must agree, what was built and signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nianjian.features.dossier.generated import self_check
from nianjian.features.dossier.materials import query
from nianjian.features.dossier.materials.query import Line
from nianjian.features.dossier.materials.states import DONE
from nianjian.features.dossier.operations import checklist, generate
from nianjian.features.dossier.operations.making import output_files
from nianjian.features.dossier.operations.sealing import signing
from nianjian.features.dossier.operations.sealing.signing import Certificate
from nianjian.features.portrait import portraits
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.query import JobValue

Json = dict[str, Any]
GENERATED = frozenset(generate.ITEMS) - {self_check.ITEM}  # items of the checklist that the firm's records make


@dataclass(frozen=True, slots=True)
class Paper:
    """A generated item. ``run``: of the portrait that its newest version is from, "": that was brought in.

    ``older``: the year has a later portrait; ``sums``: figure, metric, paper and portrait, as they were compared.
    """

    line: Line
    run: str
    older: bool
    sums: Sequence[Json]


@dataclass(frozen=True, slots=True)
class Standing:
    """``run``: of the year's newest portrait, "": there is none, and nothing can be generated.

    ``working``: what waits or runs, the next first; ``files``, ``package``, ``signature``: what was made last and can
    be fetched still, or None; ``failed``: newest work of each kind, where it failed.
    """

    run: str
    papers: Sequence[Paper]
    missing: Sequence[Line]
    certificate: Certificate
    working: Sequence[JobValue]
    files: JobValue | None
    package: JobValue | None
    signature: JobValue | None
    failed: Sequence[JobValue]


def get_generation_status(enterprise: str, year: int, actor: Actor) -> Standing:
    """How it stands. NianjianError role_missing, enterprise_unknown."""
    require(actor, enterprise, Act.READ)
    lines = checklist.lines(enterprise, year, actor)
    newest = portraits.find_newest_run(enterprise, year)
    run = "" if newest is None else newest.id
    of_year = {"year": year}
    # First: what ends meanwhile is then told as done, and not at all the other way round.
    working = [one for kind in output_files.KINDS for one in queue.under_way(enterprise, of_year, kind=kind)]
    last = [queue.newest(enterprise, kind, of_year) for kind in output_files.KINDS]
    package = _made(enterprise, flow.BUILD_PACKAGE, of_year)
    signed = None if package is None else _made(enterprise, flow.SIGN_PACKAGE, {**of_year, "package": package.id})
    return Standing(
        run=run,
        papers=[_paper(one, run) for one in lines if one.item in GENERATED],
        missing=[one for one in lines if one.state not in DONE],
        certificate=signing.configured(enterprise, actor),
        working=working,
        files=_made(enterprise, flow.GENERATE_ITEMS, {**of_year, "files": True}),
        package=package,
        signature=signed,
        failed=[one for one in last if one is not None and one.state == "failed"],
    )


def _made(enterprise: str, kind: str, payload: Json) -> JobValue | None:
    found = queue.newest(enterprise, kind, payload, "done")
    return found if found is not None and output_files.BLOB in found.result else None


def run_of(line: Line) -> str:
    """The portrait that an item's newest version is made from; "": it was brought in, or there is none."""
    return "" if line.newest is None else str(query.report(line.newest).get("fields", {}).get(generate.RUN, ""))


def _paper(line: Line, newest: str) -> Paper:
    run = run_of(line)
    sums = query.report(line.newest).get(generate.SUMS, ()) if line.newest is not None else ()
    return Paper(line, run, bool(run) and run != newest, sums)


def to_document(one: Paper) -> Json:
    """As JSON."""
    return {**checklist.line_to_document(one.line), "run": one.run, "older": one.older, "sums": list(one.sums)}
