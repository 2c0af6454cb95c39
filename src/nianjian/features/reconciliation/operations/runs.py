"""Kept runs as doors ask for them: lists, one run, its differences and pairs, what is decided, the correction sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import reconcile as paper
from nianjian.features.reconciliation.filing.status import KINDS
from nianjian.features.reconciliation.operations import filing
from nianjian.features.reconciliation.operations.grounds import Grounds, Json, summary
from nianjian.features.reconciliation.runs import query, service, states
from nianjian.features.reconciliation.runs.model import Difference, Proposal, Run
from nianjian.features.reconciliation.runs.query import DifferenceFilter
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers.columns import Kind, mask_text


def own(run: str, actor: Actor, act: Act = Act.READ) -> Run:
    """A run that the actor may see; ``reconcile_run_unknown``, also for whom its enterprise does not concern."""
    found = query.run(run)
    try:
        require(actor, found.enterprise_id, Act.READ)
    except NianjianError as refused:
        raise NianjianError("reconcile_run_unknown", run=run) from refused
    require(actor, found.enterprise_id, act)
    return found


def list_runs(*, enterprise: str, actor: Actor, first: int = 0, count: int = 50, kind: str = "") -> list[Json]:
    """Runs, newest first, ``count`` from the ``first`` on; ``role_missing``, ``enterprise_unknown``."""
    grounds = Grounds.of(enterprise, actor, Act.READ)
    found = list(query.runs(enterprise, kind)[first : first + count])
    still = query.open_in([one.pk for one in found])
    return [summary(one, grounds, still.get(one.pk, 0)) for one in found]


def get_run(*, run: str, actor: Actor) -> Json:
    """A run with its figures, without its rows; ``reconcile_run_unknown``."""
    found = own(run, actor)
    grounds = Grounds.of(found.enterprise_id, actor, Act.READ)
    by_state = query.by_state(found)
    told = {name: value for name, value in dict(found.told).items() if name != "unclear"}
    return {
        **summary(found, grounds, by_state[states.OPEN]),
        "enterprise": found.enterprise_id,
        "states": by_state,
        "told": told,
    }


def differences(*, run: str, wanted: DifferenceFilter, actor: Actor, first: int = 0, count: int = 50) -> list[Json]:
    """A part of a run's differences, values of persons masked; ``reconcile_run_unknown``."""
    found = own(run, actor)
    return [to_difference_document(found, one) for one in query.differences(found, wanted)[first : first + count]]


def difference(*, run: str, difference: int, actor: Actor) -> Json:
    """One difference; ``reconcile_run_unknown``, ``reconcile_difference_unknown``."""
    found = own(run, actor)
    return to_difference_document(found, query.difference(found, difference))


def to_difference_document(run: Run, one: Difference) -> Json:
    """A difference as a door may show it."""
    return {
        "id": one.pk,
        "about": _about(run, one),
        "month": one.month or None,
        "result": one.result,
        "likely": one.likely or None,
        "reasons": list(one.reasons),
        "fields": _fields(run, one),
        "changed_on": _iso(one.changed_on),
        "due": _iso(one.due),
        "provisional": one.provisional,
        "late": one.state == states.OPEN and one.due is not None and one.due < clock.today(),
        "state": one.state,
        "owner": one.owner,
        "cause": one.cause,
        "action": one.action,
        "decided_by": one.decided_by or None,
        "decided_at": None if one.decided_at is None else one.decided_at.isoformat(timespec="seconds"),
    }


def _about(run: Run, one: Difference) -> Json:
    label = query.label(one)
    if run.kind != "people":
        return dict(label)
    return {
        "name": _hidden(label.get("name", ""), Kind.TEXT),
        "identity": _hidden(label.get("identity", ""), Kind.IDENTITY),
        "seat": label.get("seat") or None,
    }


def _fields(run: Run, one: Difference) -> Json:
    fields = query.fields(one)
    if run.kind in KINDS:
        return filing.masked(fields, filing.sheet_of(run.kind))
    return {name: _counted(*told) for name, told in fields.items()}


def _counted(calls: str, answered: str, minutes: str = "") -> Json:
    """What a source tells; a run of before bills were compared tells no minutes."""
    return {"calls": int(calls), "answered": int(answered) if answered else None, "minutes": minutes or None}


def _hidden(text: str, kind: Kind) -> str | None:
    return mask_text(text, kind) if text else None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def settle(*, run: str, difference: int, state: str, said: dict[str, str], actor: Actor) -> Json:
    """Write what becomes of a difference; ``role_missing``, and what `service.settle` raises."""
    found = own(run, actor, Act.LOAD)
    row = service.settle(difference=query.difference(found, difference), state=state, said=said, actor=actor)
    return to_difference_document(found, row)


def proposals(*, run: str, actor: Actor, state: str = "", first: int = 0, count: int = 50) -> list[Json]:
    """A part of a run's pairs, the likeliest first, masked; ``reconcile_run_unknown``."""
    found = own(run, actor)
    return [pair(one) for one in query.proposals(found, state)[first : first + count]]


def pair(one: Proposal) -> Json:
    """A pair as a door may show it."""
    held = query.paired(one)
    return {
        "id": one.pk,
        "kind": one.kind,
        "name": _hidden(held.get("name", ""), Kind.TEXT),
        "account": _hidden(held.get("account", ""), Kind.CODE),
        "written": _hidden(held.get("written", ""), Kind.IDENTITY),
        "person": _hidden(held.get("person", ""), Kind.TEXT),
        "identity": _hidden(held.get("identity", ""), Kind.IDENTITY),
        "likeness": one.likeness,
        "state": one.state,
        "decided_by": one.decided_by or None,
    }


def reveal(*, run: str, actor: Actor, difference: int | None = None, proposal: int | None = None) -> Json:
    """Whom one difference or pair is about, in full; the audit chain tells who looked.

    ``role_missing``, ``reconcile_difference_unknown``, ``reconcile_proposal_unknown``.
    """
    found = own(run, actor, Act.REVEAL)
    if proposal is not None:
        held: Json = dict(query.paired(query.proposal(found, proposal)))
        looked: Json = {"proposal": proposal}
    else:
        row = query.difference(found, difference or 0)
        fields = {name: dict(zip(("ours", "theirs"), pair, strict=False)) for name, pair in query.fields(row).items()}
        held = {"about": dict(query.label(row)), "fields": fields if found.kind in KINDS else _fields(found, row)}
        looked = {"difference": row.pk}
    service.note(verb="reconcile.reveal", run=found, data=looked, actor=actor)
    return held


def decide(*, run: str, proposal: int, confirmed: bool, actor: Actor) -> Json:
    """Confirm or dismiss a pair; ``role_missing``, and what `service.decide` raises."""
    found = own(run, actor, Act.LOAD)
    return pair(service.decide(proposal=query.proposal(found, proposal), confirmed=confirmed, actor=actor))


def correction(*, run: str, language: str, actor: Actor) -> tuple[str, bytes]:
    """Name and content of the correction sheet (xlsx): what is still to be filed, with owner, action and last day.

    Values of persons are masked. ``reconcile_run_unknown``, ``role_missing``, ``reconcile_no_sheet``.
    """
    found = own(run, actor, Act.REPORT)
    if found.kind not in KINDS:
        raise NianjianError("reconcile_no_sheet", kind=found.kind)
    rows = query.differences(found).exclude(state=states.SETTLED).iterator(chunk_size=500)
    lines: Sequence[Json] = [to_difference_document(found, one) for one in rows]
    grounds = Grounds.of(found.enterprise_id, actor, Act.REPORT)
    about: Json = {**summary(found, grounds), "enterprise": grounds.name}
    headers = {column.field: column.header for column in filing.sheet_of(found.kind).columns}
    content = paper.workbook(about, lines, headers, language)
    service.note(verb="reconcile.sheet", run=found, data={"rows": len(lines)}, actor=actor)
    return f"{found.kind}-{found.as_of.isoformat()}-{found.pk}.xlsx", content
