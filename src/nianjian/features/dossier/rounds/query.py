"""Read rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.materials.model import Version
from nianjian.features.dossier.rounds.model import Answer, Evidence, Notice, Request, Submission
from nianjian.features.dossier.rounds.states import Reply, RequestState, State, evaluate_request, state
from nianjian.platform.vault import blobs

MOST: Final = 200  # files of evidence that are shown


@dataclass(frozen=True, slots=True)
class Standing:
    """A package as it stands: its notices in order, each request's state by its number, the package after it."""

    state: State
    notices: Sequence[Notice]
    requests: Mapping[int, Sequence[Request]]  # notice -> its requests
    answers: Mapping[int, Sequence[Answer]]  # request -> its answers, newest first
    asked: Mapping[int, RequestState]  # request -> its state
    following: Submission | None


def submissions(enterprise: str, year: int) -> QuerySet[Submission]:
    """What was handed in for a season, newest first."""
    return Submission.objects.filter(enterprise_id=enterprise, year=year).order_by("-number")


def submission(enterprise: str, year: int, number: int) -> Submission:
    """One of them; dossier_round_unknown."""
    found = submissions(enterprise, year).filter(number=number).first()
    if found is None:
        raise NianjianError("dossier_round_unknown", year=year, number=number)
    return found


def numbered(enterprise: str, year: int, manifest_sha256: str) -> int | None:
    """Under which number a package was handed in already."""
    found = submissions(enterprise, year).filter(manifest_sha256=manifest_sha256)
    return found.values_list("number", flat=True).first()


def evaluate_status(row: Submission) -> Standing:
    """How a package stands, from what was recorded since."""
    notices = list(row.notices.order_by("received", "pk"))
    requests: dict[int, list[Request]] = {one.pk: [] for one in notices}
    for request in Request.objects.filter(notice__in=notices).order_by("pk"):
        requests[request.notice_id].append(request)
    every = [one for of in requests.values() for one in of]
    answers: dict[int, list[Answer]] = {one.pk: [] for one in every}
    for answer in Answer.objects.filter(request__in=every).order_by("-pk"):
        answers[answer.request_id].append(answer)
    later = list(submissions(row.enterprise_id, row.year).filter(number__gt=row.number).order_by("number"))
    versions = _versions(row, every)
    states = {}
    for request in every:
        newest = answers[request.pk][0] if answers[request.pk] else None
        states[request.pk] = _asked(request, newest, versions, later)
    made = state(states.values(), later=bool(later), passed=row.passed_on is not None)
    return Standing(made, notices, requests, answers, states, later[0] if later else None)


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


def request(row: Submission, number: int) -> Request:
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


def versions(row: Submission) -> dict[str, int]:
    """Item -> the version that the package holds; an item whose file is of no version here is left out."""
    found = Version.objects.filter(
        material__enterprise_id=row.enterprise_id, material__year=row.year, material__item__in=list(row.items)
    )
    told = found.filter(sha256__in=list(row.items.values())).values_list("material__item", "number", "sha256")
    return {item: number for item, number, sha256 in told if row.items[item] == sha256}


def evidence(row: Submission, most: int = MOST) -> list[Evidence]:
    """Its files, oldest first, the manifest among them."""
    return list(row.evidence.order_by("pk")[:most])


def one_evidence(row: Submission, number: int) -> Evidence:
    """One of its files; dossier_evidence_unknown."""
    found = row.evidence.filter(pk=number).first()
    if found is None:
        raise NianjianError("dossier_evidence_unknown", number=row.number, evidence=number)
    return found


def manifest(row: Submission) -> bytes:
    """The manifest as it was handed over; ``blob_missing``, ``sealed_damaged``."""
    return content(row.evidence.get(kind=Evidence.MANIFEST))


def content(row: Evidence) -> bytes:
    """The plain file; ``blob_missing``, ``sealed_damaged``."""
    return blobs.get(row.blob)
