"""What a run has found, how it is stored, and what is decided about its differences.

Each act is one transaction with one audit entry, which names runs, results, states and fields, never a person or a
value.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation import states
from nianjian.features.reconciliation.models import Account, Difference, Proposal, Run
from nianjian.features.reconciliation.states import OPEN
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record


@dataclass(frozen=True, slots=True)
class NewDifference:
    """A difference. ``digest``: equal for the same difference in another run; ``label``: what is shown of it."""

    key: str
    result: str
    label: Mapping[str, str]
    digest: str
    month: str = ""
    likely: str = ""
    reasons: Sequence[str] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changed_on: date | None = None
    due: date | None = None
    provisional: bool = False
    state: str = OPEN


@dataclass(frozen=True, slots=True)
class NewProposal:
    """A pair for a person to decide; ``told``: what is paired."""

    kind: str
    subject: str
    person: str
    told: Mapping[str, str]
    likeness: int


@dataclass(frozen=True, slots=True)
class RunReport:
    """A whole run. ``counts`` by result; ``told``: further figures without persons."""

    kind: str
    as_of: date
    counts: Mapping[str, int]
    told: Mapping[str, object]
    differences: Sequence[NewDifference]
    proposals: Sequence[NewProposal] = ()
    first: date | None = None
    file: str | None = None
    sha256: str = ""


CHUNK: Final = 500
LONGEST: Final = 500  # characters of owner, cause and action
SAID: Final = ("owner", "cause", "action")


def store_run(*, enterprise: str, report: RunReport, actor: Actor) -> Run:
    """Keep a run; what was explained about the same difference in the run before stays explained."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        before = _decided_before(enterprise, report)
        run = Run(
            id=f"C{secrets.token_hex(5)}",
            enterprise_id=enterprise,
            kind=report.kind,
            as_of=report.as_of,
            first=report.first,
            file=report.file,
            sha256=report.sha256,
            counts=dict(report.counts),
            told=dict(report.told),
            made_at=clock.now(),
            made_by=str(actor),
        )
        run.save(force_insert=True)
        Difference.objects.bulk_create(
            [_difference_row(run, one, before.get((one.key, one.month))) for one in report.differences],
            batch_size=CHUNK,
        )
        _propose(run, report)
        data = {"run": run.pk, "kind": report.kind, "as_of": report.as_of.isoformat(), "counts": dict(report.counts)}
        data |= {"sha256": report.sha256} if report.sha256 else {}
        record(verb="reconcile.run", enterprise=enterprise, actor=actor, data=data)
    return run


def _decided_before(enterprise: str, report: RunReport) -> dict[tuple[str, str], Difference]:
    """What the newest run of this kind and day says of the same rows, where somebody has decided something."""
    last = (
        Run.objects.filter(enterprise_id=enterprise, kind=report.kind, as_of=report.as_of).order_by("-made_at").first()
    )
    if last is None:
        return {}
    decided = Difference.objects.filter(run=last).exclude(decided_at=None)
    return {(one.key, one.month): one for one in decided.iterator(chunk_size=CHUNK)}


def _difference_row(run: Run, one: NewDifference, before: Difference | None) -> Difference:
    row = Difference(
        run=run,
        key=one.key,
        result=one.result,
        month=one.month,
        likely=one.likely,
        reasons=list(one.reasons),
        label=json.dumps(dict(one.label), ensure_ascii=False),
        fields=json.dumps(one.fields, ensure_ascii=False) if one.fields else None,
        digest=one.digest,
        changed_on=one.changed_on,
        due=one.due,
        provisional=one.provisional,
        state=one.state,
    )
    if before is not None:
        row.owner, row.cause, row.action = before.owner, before.cause, before.action
        row.decided_by, row.decided_at = before.decided_by, before.decided_at
        if before.digest == one.digest and before.state == states.EXPLAINED:
            row.state = states.EXPLAINED
    return row


def _propose(run: Run, report: RunReport) -> None:
    Proposal.objects.bulk_create(
        [
            Proposal(
                run=run,
                kind=one.kind,
                subject=one.subject,
                person=one.person,
                told=json.dumps(dict(one.told), ensure_ascii=False),
                likeness=one.likeness,
                state=Proposal.PROPOSED,
            )
            for one in report.proposals
        ],
        batch_size=CHUNK,
    )


def settle_difference(*, difference: Difference, state: str, said: Mapping[str, str], actor: Actor) -> Difference:
    """Write owner, cause, action and state of a difference; what is not given stays as it was.

    ``reconcile_state_unknown``, ``reconcile_said_missing``, ``reconcile_text_too_long``.
    """
    for name, text in said.items():
        if len(text) > LONGEST:
            raise NianjianError("reconcile_text_too_long", field=name, longest=LONGEST)
    with transaction.atomic():
        row = Difference.objects.select_for_update().select_related("run").get(pk=difference.pk)
        whole = {name: said.get(name, getattr(row, name) or "").strip() for name in SAID}
        states.check(state, whole)
        changed = [name for name in SAID if whole[name] != (getattr(row, name) or "")]
        was, row.state = row.state, state
        for name, text in whole.items():
            setattr(row, name, text or None)
        row.decided_by, row.decided_at = str(actor), clock.now()
        row.save()
        data = {"run": row.run_id, "difference": row.pk, "from": was, "to": state, "fields": changed}
        record(verb="reconcile.settle", enterprise=row.run.enterprise_id, actor=actor, data=data)
    return row


def decide_proposal(*, proposal: Proposal, confirmed: bool, actor: Actor) -> Proposal:
    """Confirm or dismiss a pair; a confirmed one holds from the next run on.

    ``reconcile_proposal_decided`` for one that somebody has decided, ``reconcile_subject_taken`` where its payments or
    its number were given to another person.
    """
    with transaction.atomic():
        row = Proposal.objects.select_for_update().select_related("run").get(pk=proposal.pk)
        if row.state != Proposal.PROPOSED:
            raise NianjianError("reconcile_proposal_decided", proposal=row.pk, state=row.state)
        enterprise = row.run.enterprise_id
        row.state = Proposal.CONFIRMED if confirmed else Proposal.DISMISSED
        row.decided_by, row.decided_at = str(actor), clock.now()
        row.save()
        if confirmed:
            _give(row, enterprise, actor)
        data = {"run": row.run_id, "proposal": row.pk, "kind": row.kind, "state": row.state}
        record(verb="reconcile.decide", enterprise=enterprise, actor=actor, data=data)
    return row


def _give(row: Proposal, enterprise: str, actor: Actor) -> None:
    kind = Proposal.IDENTITY if row.kind == Proposal.IDENTITY else Proposal.NAME
    if Account.objects.filter(enterprise_id=enterprise, kind=kind, subject=row.subject).exists():
        raise NianjianError("reconcile_subject_taken", proposal=row.pk)
    made = Account(
        enterprise_id=enterprise,
        kind=kind,
        subject=row.subject,
        identity=json.loads(row.told or "{}").get("identity", ""),
        decided_by=str(actor),
        decided_at=clock.now(),
    )
    made.save(force_insert=True)


def record_read(*, verb: str, run: Run, data: Mapping[str, Any], actor: Actor) -> None:
    """Write that something was taken out of a run: one audit entry."""
    with transaction.atomic():
        record(verb=verb, enterprise=run.enterprise_id, actor=actor, data={"run": run.pk, **data})


def delete_people(*, enterprise: str, before: datetime) -> int:
    """Delete people runs made, and decisions taken, before a moment, inside the caller's transaction; how many."""
    pks = list(
        Run.objects.filter(enterprise_id=enterprise, kind="people", made_at__lt=before).values_list("pk", flat=True)
    )
    for start in range(0, len(pks), CHUNK):
        some = pks[start : start + CHUNK]
        Difference.objects.filter(run_id__in=some).delete()
        Proposal.objects.filter(run_id__in=some).delete()
        Run.objects.filter(pk__in=some).delete()
    gone, _by_model = Account.objects.filter(enterprise_id=enterprise, decided_at__lt=before).delete()
    return len(pks) + gone
