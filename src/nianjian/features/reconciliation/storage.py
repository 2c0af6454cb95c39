"""What a run has found, how it is stored, and what is decided about its differences.

Each act is one transaction with one audit entry, which names runs, results, states and fields, never a person or a
value.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation import states
from nianjian.features.reconciliation.models import Account, Difference, Proposal, Run
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record

CHUNK: Final = 500
LONGEST: Final = 500  # characters of owner, cause and action
SAID: Final = ("owner", "cause", "action")


def store_run(*, run: Run, differences: Sequence[Difference], proposals: Sequence[Proposal] = (), actor: Actor) -> Run:
    """Store a new run with its rows; what was explained about the same difference in the run before stays explained."""
    with transaction.atomic():
        lock_enterprise(run.enterprise_id)
        before = _list_decided_before(run)
        run.id, run.made_at, run.made_by = f"C{secrets.token_hex(5)}", clock.now(), str(actor)
        run.save(force_insert=True)
        for row in differences:
            row.run = run
            if old := before.get((row.key, row.month)):
                _carry_over(old, row)
        for proposal in proposals:
            proposal.run, proposal.state = run, Proposal.PROPOSED
        Difference.objects.bulk_create(differences, batch_size=CHUNK)
        Proposal.objects.bulk_create(proposals, batch_size=CHUNK)
        data = {"run": run.pk, "kind": run.kind, "as_of": run.as_of.isoformat(), "counts": run.counts}
        data |= {"sha256": run.sha256} if run.sha256 else {}
        record(verb="reconcile.run", enterprise=run.enterprise_id, actor=actor, data=data)
    return run


def _list_decided_before(run: Run) -> dict[tuple[str, str], Difference]:
    """What the newest run of this kind and day says of the same rows, where somebody has decided something.

    One over months ends today while its last month lasts: its day is that month.
    """
    day, months = run.as_of, run.kind == Run.PEOPLE
    until = {"as_of__year": day.year, "as_of__month": day.month} if months else {"as_of": day}
    same = Run.objects.filter(enterprise_id=run.enterprise_id, kind=run.kind, **until)
    decided = Difference.objects.filter(run=same.order_by("-made_at").first()).exclude(decided_at=None)
    return {(row.key, row.month): row for row in decided.iterator(chunk_size=CHUNK)}


def _carry_over(old: Difference, row: Difference) -> None:
    for name in (*SAID, "decided_by", "decided_at"):
        setattr(row, name, getattr(old, name))
    if old.digest == row.digest and old.state == states.EXPLAINED:
        row.state = states.EXPLAINED


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
    Account.objects.create(
        enterprise_id=enterprise,
        kind=kind,
        subject=row.subject,
        identity=json.loads(row.told or "{}").get("identity", ""),
        decided_by=str(actor),
        decided_at=clock.now(),
    )


def record_read(*, verb: str, run: Run, data: Mapping[str, Any], actor: Actor) -> None:
    """Write that something was taken out of a run: one audit entry."""
    with transaction.atomic():
        record(verb=verb, enterprise=run.enterprise_id, actor=actor, data={"run": run.pk, **data})


def delete_people(*, enterprise: str, before: datetime) -> int:
    """Delete people runs made, and decisions taken, before a moment, inside the caller's transaction; how many."""
    old = Run.objects.filter(enterprise_id=enterprise, kind=Run.PEOPLE, made_at__lt=before)
    pks = list(old.values_list("pk", flat=True))
    for start in range(0, len(pks), CHUNK):
        some = pks[start : start + CHUNK]
        Difference.objects.filter(run_id__in=some).delete()
        Proposal.objects.filter(run_id__in=some).delete()
        Run.objects.filter(pk__in=some).delete()
    gone, _by_model = Account.objects.filter(enterprise_id=enterprise, decided_at__lt=before).delete()
    return len(pks) + gone
