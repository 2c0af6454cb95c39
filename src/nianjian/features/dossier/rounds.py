"""Packages that were handed in, notices, answers, evidence: reads, and writes with one audit entry each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.kinds import get_item
from nianjian.features.dossier.models import Answer, Evidence, Notice, Request, Submission, Version
from nianjian.features.dossier.states import (
    ALLOWED,
    Reply,
    RequestState,
    RoundAction,
    RoundState,
    evaluate_request,
    evaluate_round,
)
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

EVIDENCE_SHOWN: Final = 200  # files of evidence that are shown


@dataclass(frozen=True, slots=True)
class RoundStatus:
    """A package as it stands: its notices in order, each request's state by its number, the package after it."""

    state: RoundState
    notices: Sequence[Notice]
    requests: Mapping[int, Sequence[Request]]  # notice -> its requests
    answers: Mapping[int, Sequence[Answer]]  # request -> its answers, newest first
    asked: Mapping[int, RequestState]  # request -> its state
    following: Submission | None


def list_submissions(enterprise: str, year: int) -> QuerySet[Submission]:
    """What was handed in for a season, newest first."""
    return Submission.objects.filter(enterprise_id=enterprise, year=year).order_by("-number")


def get_submission(enterprise: str, year: int, number: int) -> Submission:
    """One of them; dossier_round_unknown."""
    found = list_submissions(enterprise, year).filter(number=number).first()
    if found is None:
        raise NianjianError("dossier_round_unknown", year=year, number=number)
    return found


def find_number(enterprise: str, year: int, manifest_sha256: str) -> int | None:
    """Under which number a package was handed in already."""
    found = list_submissions(enterprise, year).filter(manifest_sha256=manifest_sha256)
    return found.values_list("number", flat=True).first()


def evaluate_status(row: Submission) -> RoundStatus:
    """How a package stands, from what was recorded since."""
    notices = list(row.notices.order_by("received", "pk"))
    requests: dict[int, list[Request]] = {one.pk: [] for one in notices}
    for request in Request.objects.filter(notice__in=notices).order_by("pk"):
        requests[request.notice_id].append(request)
    every = [one for of in requests.values() for one in of]
    answers: dict[int, list[Answer]] = {one.pk: [] for one in every}
    for answer in Answer.objects.filter(request__in=every).order_by("-pk"):
        answers[answer.request_id].append(answer)
    later = list(list_submissions(row.enterprise_id, row.year).filter(number__gt=row.number).order_by("number"))
    versions = _versions(row, every)
    states = {}
    for request in every:
        newest = answers[request.pk][0] if answers[request.pk] else None
        states[request.pk] = _asked(request, newest, versions, later)
    made = evaluate_round(states.values(), later=bool(later), passed=row.passed_on is not None)
    return RoundStatus(made, notices, requests, answers, states, later[0] if later else None)


def _versions(row: Submission, requests: Sequence[Request]) -> Mapping[tuple[str, int], Version]:
    """(Item, number) -> the version, of the items that were asked for."""
    items = {one.item for one in requests if one.item}
    found = Version.objects.filter(
        material__enterprise_id=row.enterprise_id, material__year=row.year, material__item__in=items
    )
    rows = found.select_related("material").defer("name", "report")
    return {(one.material.item, one.number): one for one in rows}


def _asked(
    request: Request,
    newest: Answer | None,
    versions: Mapping[tuple[str, int], Version],
    later: Sequence[Submission],
) -> RequestState:
    held: bool | None = False if later else None
    if newest is None:
        return evaluate_request(Reply.NONE, held=held)
    if newest.version is None:
        return evaluate_request(Reply.NOTE, held=held)
    file = versions[request.item, newest.version]
    if any(one.items.get(request.item) == file.sha256 for one in later):
        held = True
    sure = file.confirmed_at is not None and file.returned_at is None
    return evaluate_request(Reply.FILE if sure else Reply.UNSURE, held=held)


def get_request(row: Submission, number: int) -> Request:
    """A request of a package; dossier_request_unknown."""
    found = Request.objects.filter(notice__submission=row, pk=number).first()
    if found is None:
        raise NianjianError("dossier_request_unknown", number=row.number, request=number)
    return found


def version_sha256(row: Submission, item: str, version: int) -> str:
    """Of the plain file of an item's version; dossier_version_unknown."""
    found = Version.objects.filter(
        material__enterprise_id=row.enterprise_id, material__year=row.year, material__item=item, number=version
    )
    sha256 = found.values_list("sha256", flat=True).first()
    if sha256 is None:
        raise NianjianError("dossier_version_unknown", item=item, version=version)
    return sha256


def item_versions(row: Submission) -> dict[str, int]:
    """Item -> the version that the package holds; an item whose file is of no version here is left out."""
    found = Version.objects.filter(
        material__enterprise_id=row.enterprise_id, material__year=row.year, material__item__in=list(row.items)
    )
    told = found.filter(sha256__in=list(row.items.values())).values_list("material__item", "number", "sha256")
    return {item: number for item, number, sha256 in told if row.items[item] == sha256}


def list_evidence(row: Submission, most: int = EVIDENCE_SHOWN) -> list[Evidence]:
    """Its files, oldest first, the manifest among them."""
    return list(row.evidence.order_by("pk")[:most])


def get_evidence(row: Submission, number: int) -> Evidence:
    """One of its files; dossier_evidence_unknown."""
    found = row.evidence.filter(pk=number).first()
    if found is None:
        raise NianjianError("dossier_evidence_unknown", number=row.number, evidence=number)
    return found


def read_manifest(row: Submission) -> bytes:
    """The manifest as it was handed over; ``blob_missing``, ``sealed_damaged``."""
    return read_content(row.evidence.get(kind=Evidence.MANIFEST))


def read_content(row: Evidence) -> bytes:
    """The plain file; ``blob_missing``, ``sealed_damaged``."""
    return blobs.get(row.blob)


TEXT_LENGTH: Final = 2000  # characters of a request or an answer
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
class Handover:
    """When and where it was handed in, and under which number the authority keeps it."""

    on: date
    place: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RequestInput:
    """One request of a notice; ``item`` "": about the whole package."""

    item: str
    text: str


def store_submission(*, enterprise: str, year: int, package: Package, handed: Handover, actor: Actor) -> Submission:
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
        before = list_submissions(tenant.code, year).first()
        _follows(before, handed, find_number(tenant.code, year, package.sha256))
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


def _follows(before: Submission | None, handed: Handover, same: int | None) -> None:
    if same is not None:
        raise NianjianError("dossier_submitted_already", number=same)
    if before is None:
        return
    if before.passed_on is not None:
        raise NianjianError("dossier_round_over", number=before.number)
    if handed.on < before.handed_on:
        raise NianjianError("dossier_day_before", day=str(handed.on), earlier=str(before.handed_on))


def store_notice(
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
        row = _open(submission, RoundAction.RETURN)
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


def store_answer(*, submission: Submission, request: int, version: int | None, note: str, actor: Actor) -> Answer:
    """Answer a request by a new file of its item, or by words alone; a later answer replaces it.

    NianjianError dossier_round_refused, dossier_request_unknown, dossier_reason_missing (neither file nor words),
    dossier_answer_whole (a file is of an item, the request of none), dossier_version_unknown,
    dossier_version_submitted (that very file had been handed in with the package).
    """
    with transaction.atomic():
        row = _open(submission, RoundAction.ANSWER)
        found = get_request(row, request)
        if version is None:
            note = _text(note)
        else:
            if not found.item:
                raise NianjianError("dossier_answer_whole")
            sha256 = version_sha256(row, found.item, version)
            if row.items.get(found.item) == sha256:
                raise NianjianError("dossier_version_submitted", item=found.item, version=version, number=row.number)
        made = Answer(request=found, version=version, note=note.strip()[:TEXT_LENGTH], at=clock.now(), actor=str(actor))
        made.save(force_insert=True)
        _note("round_answered", row, actor, {"request": found.pk, "item": found.item, "version": version})
    return made


def record_passed(*, submission: Submission, on: date, actor: Actor) -> Submission:
    """Note that the authority took it as good; dossier_round_refused, dossier_day_ahead, dossier_day_before."""
    _not_ahead(on)
    if on < submission.handed_on:
        raise NianjianError("dossier_day_before", day=str(on), earlier=str(submission.handed_on))
    with transaction.atomic():
        row = _open(submission, RoundAction.ACCEPT)
        row.passed_on = on
        row.save(update_fields=["passed_on"])
        _note("round_passed", row, actor, {"on": on.isoformat()})
    return row


def store_evidence(*, submission: Submission, kind: str, file: File, actor: Actor) -> Evidence:
    """Keep a file about a package; the same content for the same purpose again changes nothing."""
    with transaction.atomic():
        row = _open(submission, RoundAction.PAPER)
        sha256 = hashlib.sha256(file.body).hexdigest()
        known = Evidence.objects.filter(submission=row, kind=kind, sha256=sha256).first()
        if known is not None:
            return known
        with _stored(row, kind, file, actor) as kept:
            _note("round_paper", row, actor, {"kind": kind, "sha256": kept.sha256, "size": kept.size})
    return kept


def record_download(*, submission: Submission, evidence: Evidence, actor: Actor) -> None:
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


def _open(submission: Submission, act: RoundAction) -> Submission:
    """The package, held for writing, if its state allows the act; dossier_round_refused."""
    lock_enterprise(submission.enterprise_id)
    row = Submission.objects.select_for_update().get(pk=submission.pk)
    standing = evaluate_status(row).state
    if act not in ALLOWED[standing]:
        raise NianjianError("dossier_round_refused", number=row.number, round_state=standing.value)
    return row


def _item(item: str) -> str:
    plain = item.strip()
    return get_item(plain).name if plain else ""


def _not_ahead(day: date) -> None:
    if day > clock.today():
        raise NianjianError("dossier_day_ahead", day=str(day))


def _note(act: str, row: Submission, actor: Actor, data: Mapping[str, object]) -> None:
    told = {"year": row.year, "number": row.number, **data}
    record(verb=f"dossier.{act}", enterprise=row.enterprise_id, actor=actor, data=told)


def _text(text: str) -> str:
    plain = text.strip()[:TEXT_LENGTH]
    if not plain:
        raise NianjianError("dossier_reason_missing")
    return plain
