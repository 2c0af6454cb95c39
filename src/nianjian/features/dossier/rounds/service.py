"""Write rounds: a package handed in, a notice, answers, evidence; each act is one transaction with one audit entry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.kinds.catalogue import item as known_item
from nianjian.features.dossier.rounds import query
from nianjian.features.dossier.rounds.model import Answer, Evidence, Notice, Request, Submission
from nianjian.features.dossier.rounds.states import ALLOWED, Act
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

MOST: Final = 2000  # characters of a request or an answer
REQUESTS: Final = 100  # of one notice


@dataclass(frozen=True, slots=True)
class File:
    """A file of evidence: its name without folder, what it is, its bytes."""

    name: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """What a manifest says: its own SHA-256, item -> SHA-256 of the source, pages of the paper edition, the file."""

    sha256: str
    items: Mapping[str, str]
    pages: int
    built_here: bool
    manifest: File


@dataclass(frozen=True, slots=True)
class Handed:
    """When and where it was handed in, and under which number the authority keeps it."""

    on: date
    place: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RequestInput:
    """One request of a notice; ``item`` "": about the whole package."""

    item: str
    text: str


def submit(*, enterprise: str, year: int, package: Package, handed: Handed, actor: Actor) -> Submission:
    """Note that a package was handed in, and keep its manifest.

    NianjianError enterprise_unknown, dossier_day_ahead, dossier_place_missing, dossier_submitted_already,
    dossier_day_before (the one before went out later), dossier_round_over (the season's package has passed).
    """
    tenant = accounts.enterprise(enterprise)
    _not_ahead(handed.on)
    place = handed.place.strip()[:200]
    if not place:
        raise NianjianError("dossier_place_missing")
    with transaction.atomic():
        lock_enterprise(tenant.code)
        before = query.submissions(tenant.code, year).first()
        _follows(before, handed, query.numbered(tenant.code, year, package.sha256))
        row = Submission(
            enterprise_id=tenant.code,
            year=year,
            number=1 if before is None else before.number + 1,
            handed_on=handed.on,
            place=place,
            reference=handed.reference.strip()[:120],
            manifest_sha256=package.sha256,
            items=dict(package.items),
            pages=package.pages,
            built_here=package.built_here,
            recorded_at=clock.now(),
            recorded_by=str(actor),
        )
        row.save(force_insert=True)
        data = {"handed_on": handed.on.isoformat(), "place": place, "manifest": package.sha256}
        with _stored(row, Evidence.MANIFEST, package.manifest, actor):
            _note("submitted", row, actor, data | {"built_here": package.built_here})
    return row


def _follows(before: Submission | None, handed: Handed, same: int | None) -> None:
    if same is not None:
        raise NianjianError("dossier_submitted_already", number=same)
    if before is None:
        return
    if before.passed_on is not None:
        raise NianjianError("dossier_round_over", number=before.number)
    if handed.on < before.handed_on:
        raise NianjianError("dossier_day_before", day=str(handed.on), earlier=str(before.handed_on))


def give_back(
    *,
    submission: Submission,
    received: date,
    printed_due: date | None,
    reference: str,
    requests: Sequence[RequestInput],
    paper: File | None,
    actor: Actor,
) -> Notice:
    """Note that a package came back, with what was asked for.

    NianjianError dossier_round_refused, dossier_day_ahead, dossier_day_before, dossier_due_before_receipt,
    dossier_requests_missing, dossier_requests_many, dossier_item_unknown, dossier_reason_missing.
    """
    _not_ahead(received)
    if received < submission.handed_on:
        raise NianjianError("dossier_day_before", day=str(received), earlier=str(submission.handed_on))
    if printed_due is not None and printed_due < received:
        raise NianjianError("dossier_due_before_receipt", due=str(printed_due), received=str(received))
    if not requests:
        raise NianjianError("dossier_requests_missing")
    if len(requests) > REQUESTS:
        raise NianjianError("dossier_requests_many", count=len(requests), most=REQUESTS)
    asked = [(_item(one.item), _text(one.text)) for one in requests]
    with transaction.atomic():
        row = _open(submission, Act.RETURN)
        notice = Notice(
            submission=row, received=received, printed_due=printed_due, reference=reference.strip()[:120],
            recorded_at=clock.now(), recorded_by=str(actor),
        )  # fmt: skip
        notice.save(force_insert=True)
        for item, text in asked:
            Request(notice=notice, item=item, text=text).save(force_insert=True)
        data = {
            "notice": notice.pk, "received": received.isoformat(), "due": None if printed_due is None else
            printed_due.isoformat(), "requests": [item for item, _text_ in asked],
        }  # fmt: skip
        if paper is None:
            _note("round_returned", row, actor, data)
        else:
            with _stored(row, "notice", paper, actor) as kept:
                _note("round_returned", row, actor, data | {"sha256": kept.sha256})
    return notice


def answer(*, submission: Submission, request: int, version: int | None, note: str, actor: Actor) -> Answer:
    """Answer a request by a new file of its item, or by words alone; a later answer replaces it.

    NianjianError dossier_round_refused, dossier_request_unknown, dossier_reason_missing (neither file nor words),
    dossier_answer_whole (a file is of an item, the request of none), dossier_version_unknown,
    dossier_version_submitted (that very file had been handed in with the package).
    """
    with transaction.atomic():
        row = _open(submission, Act.ANSWER)
        found = query.request(row, request)
        if version is None:
            note = _text(note)
        else:
            if not found.item:
                raise NianjianError("dossier_answer_whole")
            sha256 = query.version_sha256(row, found.item, version)
            if row.items.get(found.item) == sha256:
                raise NianjianError("dossier_version_submitted", item=found.item, version=version, number=row.number)
        made = Answer(request=found, version=version, note=note.strip()[:MOST], at=clock.now(), actor=str(actor))
        made.save(force_insert=True)
        _note("round_answered", row, actor, {"request": found.pk, "item": found.item, "version": version})
    return made


def passed(*, submission: Submission, on: date, actor: Actor) -> Submission:
    """Note that the authority took it as good; dossier_round_refused, dossier_day_ahead, dossier_day_before."""
    _not_ahead(on)
    if on < submission.handed_on:
        raise NianjianError("dossier_day_before", day=str(on), earlier=str(submission.handed_on))
    with transaction.atomic():
        row = _open(submission, Act.ACCEPT)
        row.passed_on = on
        row.save(update_fields=["passed_on"])
        _note("round_passed", row, actor, {"on": on.isoformat()})
    return row


def add_evidence(*, submission: Submission, kind: str, file: File, actor: Actor) -> Evidence:
    """Keep a file about a package; the same content for the same purpose again changes nothing."""
    with transaction.atomic():
        row = _open(submission, Act.PAPER)
        sha256 = hashlib.sha256(file.body).hexdigest()
        known = Evidence.objects.filter(submission=row, kind=kind, sha256=sha256).first()
        if known is not None:
            return known
        with _stored(row, kind, file, actor) as kept:
            _note("round_paper", row, actor, {"kind": kind, "sha256": kept.sha256, "size": kept.size})
    return kept


def given_out(*, submission: Submission, evidence: Evidence, actor: Actor) -> None:
    """Note that somebody took a file of evidence out as it came."""
    with transaction.atomic():
        _note("round_fetched", submission, actor, {"evidence": evidence.pk, "sha256": evidence.sha256})


class _stored:  # noqa: N801 -- used as a statement, like a function
    """Seal a file in the vault and write its row; what fails inside takes the file back."""

    def __init__(self, submission: Submission, kind: str, file: File, actor: Actor) -> None:
        self._blob = blobs.put(file.body)
        self._row = Evidence(
            submission=submission, kind=kind, name=file.name, media_type=file.media_type, sha256=self._blob.sha256,
            size=self._blob.size, blob=self._blob.id, recorded_at=clock.now(), recorded_by=str(actor),
        )  # fmt: skip

    def __enter__(self) -> Evidence:
        try:
            self._row.save(force_insert=True)
        except BaseException:
            blobs.remove(self._blob.id)
            raise
        return self._row

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is not None:
            blobs.remove(self._blob.id)


def _open(submission: Submission, act: Act) -> Submission:
    """The package, held for writing, if its state allows the act; dossier_round_refused."""
    lock_enterprise(submission.enterprise_id)
    row = Submission.objects.select_for_update().get(pk=submission.pk)
    standing = query.evaluate_status(row).state
    if act not in ALLOWED[standing]:
        raise NianjianError("dossier_round_refused", number=row.number, round_state=standing.value)
    return row


def _item(item: str) -> str:
    plain = item.strip()
    return known_item(plain).name if plain else ""


def _not_ahead(day: date) -> None:
    if day > clock.today():
        raise NianjianError("dossier_day_ahead", day=str(day))


def _note(act: str, row: Submission, actor: Actor, data: Mapping[str, object]) -> None:
    told = {"year": row.year, "number": row.number, **data}
    record(verb=f"dossier.{act}", enterprise=row.enterprise_id, actor=actor, data=told)


def _text(text: str) -> str:
    plain = text.strip()[:MOST]
    if not plain:
        raise NianjianError("dossier_reason_missing")
    return plain
