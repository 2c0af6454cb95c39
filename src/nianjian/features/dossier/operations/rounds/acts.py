"""What is recorded of a round: a package handed in, a notice, answers, evidence, that it passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier.operations.rounds.presenters import Json, summary
from nianjian.features.dossier.rounds import query, service
from nianjian.features.dossier.rounds.model import Evidence
from nianjian.features.dossier.rounds.service import File, Handed, Package, RequestInput
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act


def submit(*, enterprise: str, year: int, package: Package, handed: Handed, actor: Actor) -> Json:
    """Note that a package was handed in. NianjianError role_missing, and those of `service.submit`."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    row = service.submit(enterprise=enterprise, year=year, package=package, handed=handed, actor=actor)
    return summary(row)


def give_back(
    *,
    enterprise: str,
    year: int,
    number: int,
    received: date,
    due: date | None,
    reference: str,
    requests: Sequence[RequestInput],
    paper: File | None,
    actor: Actor,
) -> Json:
    """Note that it came back, and what was asked for. dossier_round_unknown, and those of `service.give_back`."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    row = query.submission(enterprise, year, number)
    service.give_back(
        submission=row, received=received, printed_due=due, reference=reference, requests=requests, paper=paper,
        actor=actor,
    )  # fmt: skip
    return summary(row)


def answer(
    *, enterprise: str, year: int, number: int, request: int, version: int | None, note: str, actor: Actor
) -> Json:
    """Answer a request. dossier_round_unknown, and those of `service.answer`."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    row = query.submission(enterprise, year, number)
    service.answer(submission=row, request=request, version=version, note=note, actor=actor)
    return summary(row)


def passed(*, enterprise: str, year: int, number: int, on: date, actor: Actor) -> Json:
    """Note that the authority took it as good. dossier_round_unknown, and those of `service.passed`."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    return summary(service.passed(submission=query.submission(enterprise, year, number), on=on, actor=actor))


def add_evidence(*, enterprise: str, year: int, number: int, kind: str, file: File, actor: Actor) -> Evidence:
    """Keep a file about it. dossier_evidence_kind, dossier_round_unknown."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    if kind not in Evidence.KINDS:
        raise NianjianError("dossier_evidence_kind", given=kind, known=", ".join(Evidence.KINDS))
    row = query.submission(enterprise, year, number)
    return service.add_evidence(submission=row, kind=kind, file=file, actor=actor)


def fetch(*, enterprise: str, year: int, number: int, evidence: int, actor: Actor) -> tuple[Evidence, bytes]:
    """A file of evidence as it came, with an entry in the chain. dossier_evidence_unknown, blob_missing."""
    require(actor, enterprise, Act.REVEAL)
    row = query.submission(enterprise, year, number)
    found = query.one_evidence(row, evidence)
    content = query.content(found)
    service.given_out(submission=row, evidence=found, actor=actor)
    return found, content
