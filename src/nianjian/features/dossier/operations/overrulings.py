"""What a check found on a scan is overruled by two named persons, with a reason; the machine's word stays beside it."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier import materials
from nianjian.features.dossier.editions.package import Explained, Overruled
from nianjian.features.dossier.models import Arrival, SealedScan, Version
from nianjian.features.dossier.operations import arrivals
from nianjian.features.dossier.operations.checklist import hold_newest
from nianjian.features.dossier.operations.sealed_book import OVERRULABLE, OVERRULING, read_answers
from nianjian.features.dossier.states import ANSWER, EXPLANATION, Weight, decide_open_verdict, is_overruled
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.audit.chain import canonical
from nianjian.platform.operations.fields import Kind, Limits, Line, Number, OptionalNumber, Param, Text
from nianjian.platform.operations.operation import Answer, Area, Body, operation

Json = dict[str, Any]  # of reports and answers as stored, which are hashed, and what a request of any kind asks for
#: Of generated papers: they follow from registers and calls, not from a scan, and are put right there.
FIGURES: Final = frozenset({
    "sums_differ", "sums_unknown", "claim_refused", "claim_unproved", "claim_blank", "claim_contradicted",
    "generated_blank", "generated_unsigned", "filing_missing", "cells_blank",
})  # fmt: skip
DOSSIER: Final = Area(path="/enterprises/{code}/dossier")
YEARS: Final = Limits(1, 9999)


@dataclass(frozen=True, slots=True)
class OverrulingRequest:
    """``approval``: of the request that waits for a second person; ``count``: findings alike on that page."""

    approval: str
    state: str
    year: int
    item: str
    version: int
    finding: str
    page: int | None
    count: int


ASKED: Final = Answer(schema=OverrulingRequest, status=202, document=lambda _request, _key, asked: asked)


def can_be_overruled(one: Mapping[str, Any]) -> bool:
    """Whether a finding, as reports hold it, is a machine's on a scan that still stands against it."""
    return one["weight"] != Weight.NOTE and one["code"] not in FIGURES and not is_overruled(one)


@operation(
    "dossier.overrule", on=DOSSIER, permission=Permission.REQUEST, path="/overrulings", answer=ASKED,
    body=Body("NewOverruling", "``finding``: its code; ``page``: null where it is about the whole file."),
)  # fmt: skip
def request_overruling(
    *,
    enterprise: str,
    actor: Actor,
    year: Annotated[Number, YEARS],
    item: Line,
    version: Annotated[int, Kind.NUMBER, Limits(1)],
    finding: Line,
    page: Annotated[OptionalNumber, Limits(1)] = None,
    reason: Annotated[Text, Param(filled=True)],
) -> OverrulingRequest:
    """Ask a second person to overrule what the check found on a scan: all that it found alike on that page.

    ``overruling_needs_user`` (the operator of the machine is nobody by name), ``season_archived``,
    ``dossier_reason_missing``, ``dossier_version_unknown``, ``dossier_version_old``,
    ``dossier_version_returned``, ``dossier_finding_unknown``, ``approval_pending``.
    """
    if not actor.proved:
        raise NianjianError("overruling_needs_user", finding=finding)
    refuse_closed(enterprise, year)
    plain = materials.required_text(reason)
    with transaction.atomic():
        row = hold_newest(enterprise, year, item, version)
        report = materials.read_report(row)
        findings = [one for one in _list_alike(report, finding, page) if can_be_overruled(one)]
        if not findings:
            raise NianjianError("dossier_finding_unknown", item=item, version=version, finding=finding)
        answer = {"reason": plain, "asked_by": str(actor), "asked_at": clock.now().isoformat()}
        for one in findings:
            one[ANSWER] = answer
        request = approvals.create_request(
            kind=materials.OVERRULING, subject=f"{row.pk}:{finding}:{page or ''}", digest=_digest(row, findings),
            enterprise=row.material.enterprise_id, actor=actor,
        )  # fmt: skip
        materials.store_report(row, report, decide_open_verdict(report["findings"]))
    return OverrulingRequest(request.id, request.state, year, item, version, finding, page, len(findings))


@dataclass(frozen=True, slots=True)
class ScanOverrulingRequest:
    """``approval``: of the request that waits for a second person; ``finding``: why the scan was refused."""

    approval: str
    state: str
    year: int
    arrival: int
    finding: str


SCAN_ASKED: Final = Answer(schema=ScanOverrulingRequest, status=202, document=lambda _request, _key, asked: asked)


@operation(
    "dossier.overrule_scan", on=DOSSIER, permission=Permission.REQUEST, path="/scan-overrulings", answer=SCAN_ASKED,
    body=Body("NewScanOverruling", "``arrival``: the file that waits with what was found on it."),
)  # fmt: skip
def request_scan_overruling(
    *,
    enterprise: str,
    actor: Actor,
    year: Annotated[Number, YEARS],
    arrival: Annotated[int, Kind.NUMBER, Limits(1)],
    reason: Annotated[Text, Param(filled=True)],
) -> ScanOverrulingRequest:
    """Ask a second person to overrule what refused the scan of a sealed book: pages that differ, no riding seal seen.

    ``overruling_needs_user``, ``season_archived``, ``dossier_reason_missing``, ``dossier_arrival_unknown``,
    ``dossier_scan_not_refused``, ``approval_pending``.
    """
    refuse_closed(enterprise, year)
    with transaction.atomic():
        row = arrivals.find_arrival(enterprise, year, arrival)
        materials.require_waiting(row)
        plain = materials.required_text(reason)
        fault = arrivals.read_fault(row)
        if fault is None or (finding := fault.code) not in OVERRULABLE:
            raise NianjianError("dossier_scan_not_refused", arrival=arrival)
        if not actor.proved:
            raise NianjianError("overruling_needs_user", finding=finding)
        answer = {**fault.values, "reason": plain, "asked_by": str(actor), "asked_at": clock.now().isoformat()}
        row.overruled = canonical({**read_answers(row), finding: answer})
        row.save(update_fields=["overruled"])
        request = approvals.create_request(
            kind=OVERRULING, subject=f"{row.pk}:{finding}", digest=_scan_digest(row, finding),
            enterprise=row.enterprise_id, actor=actor,
        )  # fmt: skip
    return ScanOverrulingRequest(request.id, request.state, year, arrival, finding)


def find_scan_request(row: Arrival, finding: str) -> str | None:
    """The request about what was found on a file that nobody has decided yet."""
    return approvals.find_pending(OVERRULING, f"{row.pk}:{finding}")


def _scan_digest(row: Arrival, finding: str) -> str:
    """sha256 over what the second person agrees to: the file, what was found on it, and why that is no obstacle."""
    fault = arrivals.read_fault(row)
    found = fault and {"code": fault.code, "values": fault.values}
    content = {"document": row.sha256, "fault": found, "answer": read_answers(row).get(finding)}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def approve_scan_overruling(approval: str, actor: Actor) -> Json:
    """Say yes as the second person: the scan is read again, and split although this was found on it.

    ``season_archived``, ``dossier_arrival_unknown`` and those of `approvals.storage.approve_request`.
    """
    with transaction.atomic():
        key, _sign, finding = approvals.get_approval(approval).subject.partition(":")
        row = Arrival.objects.select_for_update().filter(pk=key).first()
        if row is None:
            raise NianjianError("dossier_arrival_unknown", arrival=key)
        refuse_closed(row.enterprise_id, row.year)
        approvals.approve_request(approval=approval, digest=_scan_digest(row, finding), actor=actor)
        answers = read_answers(row)
        agreed = {"approval": approval, "approved_by": str(actor), "approved_at": clock.now().isoformat()}
        row.overruled, row.fault = canonical({**answers, finding: {**answers[finding], **agreed}}), None
        row.save(update_fields=["overruled", "fault"])
        arrivals.note("scan_overruled", row, actor, {"finding": finding, "approval": approval})
        job = arrivals.enqueue_reading(enterprise=row.enterprise_id, year=row.year, actor=actor)
    return {"arrival": row.pk, "finding": finding, "reason": answers[finding]["reason"], "job": job}


def describe_scan_requests(subjects: Collection[str]) -> dict[str, Json]:
    """As `describe_requests`; a scan that was split, or deleted, has no subject left."""
    parts = {subject: subject.partition(":") for subject in subjects}
    rows = {str(row.pk): row for row in Arrival.objects.filter(pk__in={key for key, _sign, _code in parts.values()})}
    return {
        subject: _describe_scan(rows[key], finding) if key in rows else {}
        for subject, (key, _sign, finding) in parts.items()
    }


def _describe_scan(row: Arrival, finding: str) -> Json:
    answer = read_answers(row).get(finding, {})
    values = {"pages": answer["pages"]} if "pages" in answer else {}
    entry = {"code": finding, "page": None, "values": values}
    return {"season": row.year, "document": row.sha256, "findings": [entry], "reason": answer.get("reason", "")}


def _list_alike(report: Mapping[str, Any], code: str, page: int | None) -> list[Json]:
    return [one for one in report.get("findings", ()) if (one["code"], one["page"]) == (code, page)]


def _digest(row: Version, findings: Sequence[Json]) -> str:
    """sha256 over what the second person agrees to."""
    content = {"version": row.pk, "document": row.sha256, "findings": findings}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _read_subject(subject: str) -> tuple[int, str, int | None]:
    """The version's key, the finding's code and its page."""
    key, code, page = subject.split(":")
    return int(key), code, int(page) if page else None


def approve_overruling(approval: str, actor: Actor) -> Json:
    """Say yes as the second person: the finding stands against the paper no more, a person can confirm it.

    ``season_archived``, the errors of `checklist.hold_newest` and those of `approvals.storage.approve_request`.
    """
    with transaction.atomic():
        key, code, page = _read_subject(approvals.get_approval(approval).subject)
        material = Version.objects.select_related("material").get(pk=key).material
        refuse_closed(material.enterprise_id, material.year)
        row = hold_newest(material.enterprise_id, material.year, material.item, Version.objects.get(pk=key).number)
        report = materials.read_report(row)
        findings = [one for one in _list_alike(report, code, page) if ANSWER in one and not is_overruled(one)]
        approvals.approve_request(approval=approval, digest=_digest(row, findings), actor=actor)
        agreed = {"approval": approval, "approved_by": str(actor), "approved_at": clock.now().isoformat()}
        for one in findings:
            one[ANSWER] = {**one[ANSWER], **agreed}
        materials.store_report(row, report, decide_open_verdict(report["findings"]))
        details = {"version": row.number, "finding": code, "page": page}
        materials.note("overruled", row.material, actor, {**details, "approval": approval})
    return {"item": material.item, **details, "reason": findings[0][ANSWER]["reason"]}


def describe_requests(subjects: Collection[str]) -> dict[str, Json]:
    """What requests ask for, by subject, to be read before saying yes."""
    parts = {subject: _read_subject(subject) for subject in subjects}
    versions = Version.objects.select_related("material").filter(pk__in={key for key, _code, _page in parts.values()})
    rows = {row.pk: row for row in versions}
    return {subject: _describe(rows[key], code, page) for subject, (key, code, page) in parts.items()}


def _describe(row: Version, code: str, page: int | None) -> Json:
    findings = [one for one in _list_alike(materials.read_report(row), code, page) if ANSWER in one]
    return {
        "season": row.material.year,
        "paper": row.material.item,
        "version": row.number,
        "document": row.sha256,
        "page": page,
        "findings": [{name: one[name] for name in ("code", "page", "values")} for one in findings],
        "reason": findings[0][ANSWER]["reason"] if findings else "",
    }


def list_overruled(row: Version) -> tuple[Overruled, ...]:
    """What two people have overruled on a version, as the manifest names it."""
    findings = materials.read_report(row).get("findings", ())
    return tuple(_overruled(one["code"], one["page"], one[ANSWER]) for one in findings if is_overruled(one))


def list_scan_overruled(scan: SealedScan) -> tuple[Overruled, ...]:
    """The same of the scan of a sealed book that a version's pages were cut from."""
    answers = sorted(read_answers(scan).items())
    return tuple(_overruled(code, None, answer) for code, answer in answers if "approved_by" in answer)


def _overruled(code: str, page: int | None, answer: Mapping[str, str]) -> Overruled:
    names = ("reason", "asked_by", "approved_by", "approved_at", "approval")
    return Overruled(code, page, *(answer[name] for name in names))


def list_explained(row: Version) -> tuple[Explained, ...]:
    """What the person who confirmed a version explains, as the manifest names it."""
    return tuple(
        Explained(one["code"], explanation["text"], explanation["by"], explanation["at"])
        for one in materials.read_report(row).get("findings", ())
        if (explanation := one.get(EXPLANATION))
    )
