"""Two kept runs side by side: what changed, and what was done in between that changed it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from nianjian.engines.metrics.compare import compare
from nianjian.engines.paper.masking import masked_moves
from nianjian.features.portrait.operations import erased, portraits
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit import query as audit

# Acts that change what a portrait is made of: data, papers, rules.
DONE: Final = ("calls.", "registers.", "complaints.", "portrait.attach", "approval.approved", "holidays.", "retention.")
MOST: Final = 200  # acts told of; more stand in the audit pages


def runs_of(*, enterprise: str, year: int, actor: Actor) -> list[str]:
    """Ids of the kept runs, newest first; ``role_missing``."""
    require(actor, enterprise, Act.READ)
    return portraits.runs(enterprise, year)


def compare_runs(*, enterprise: str, year: int, before: str, after: str, actor: Actor) -> dict[str, Any]:
    """What `portrait.compare` tells, masked, with both ``runs`` and the acts ``between`` them.

    ``role_missing``, ``portrait_run_unknown``. The acts are those between the two moments, whichever run is the older.
    """
    require(actor, enterprise, Act.READ)
    one, other = (portraits.run(enterprise, year, id_) for id_ in (before, after))
    old, new = (portraits.kept(enterprise, year, id_) for id_ in (before, after))
    assert old is not None  # noqa: S101 - its run was read
    assert new is not None  # noqa: S101 - its run was read
    first, last = sorted((one.moment, other.moment))
    acts = audit.between(enterprise=enterprise, after=first, until=last, verbs=DONE, most=MOST)
    known = erased.marks(enterprise)
    return {
        "enterprise": enterprise,
        "year": year,
        "runs": [
            {**asdict(run), "erased": [asdict(m) for m in erased.of(run.snapshot, known)]} for run in (one, other)
        ],
        **masked_moves(compare(old, new), old, new),
        "between": [asdict(act) for act in acts],
    }
