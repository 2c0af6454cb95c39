"""Rounds: a package handed in, a notice, answers, evidence, and what differs between two packages."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Due, add_workdays
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier import rounds, states
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import PAPER
from nianjian.features.dossier.editions.verify import ItemChange, ItemChangeKind, difference, verify
from nianjian.features.dossier.kinds import KNOWN
from nianjian.features.dossier.models import Answer, Evidence, Notice, Request, Submission
from nianjian.features.dossier.rounds import File, Handover, Package, RequestInput, RoundStatus
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit import query as audit
from nianjian.platform.home import env, spill
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.rulebook.rulebooks import Rulebooks

Json = dict[str, Any]
LIMIT: Final = 32 << 20  # bytes of a manifest; one of 500 pages has about one MiB
MEDIA: Final = "application/json"


def read_package_path(path: Path, *, enterprise: str, year: int) -> Package:
    """The package of a folder, whose files must hold, or of a manifest alone.

    NianjianError dossier_path_unknown, dossier_package_differs, file_too_large, and those of `package`.
    """
    if not path.exists():
        raise NianjianError("dossier_path_unknown", path=str(path))
    listed = path / manifest.NAME if path.is_dir() else path
    try:
        if listed.stat().st_size > LIMIT:
            raise NianjianError("file_too_large", file=listed.name, limit=LIMIT)
        body = listed.read_bytes()
    except OSError as error:
        raise NianjianError("dossier_manifest_unreadable", file=listed.name) from error
    made = read_package(body, enterprise=enterprise, year=year)
    if path.is_dir() and not (found := verify(path)).intact:
        first = found.differences[0]
        raise NianjianError("dossier_package_differs", file=first.file, page=first.page or "–", change=first.kind.value)
    return made


def read_package(body: bytes, *, enterprise: str, year: int) -> Package:
    """What a manifest says.

    NianjianError file_too_large, dossier_manifest_unreadable, dossier_manifest_altered (its own hash does not fit),
    dossier_manifest_other (of another enterprise or season), dossier_manifest_draft.
    """
    if len(body) > LIMIT:
        raise NianjianError("file_too_large", file=manifest.NAME, limit=LIMIT)
    told = _read(body)
    tenant = accounts.enterprise(enterprise)
    if not manifest.hashes_hold(told):
        raise NianjianError("dossier_manifest_altered", file=manifest.NAME)
    if told.get("season") != year or told.get("enterprise") != tenant.name:
        raise NianjianError("dossier_manifest_other", season=told.get("season"), enterprise=told.get("enterprise"))
    if told.get("draft"):
        raise NianjianError("dossier_manifest_draft")
    sha256 = str(told["sha256"])
    built = (
        audit.filter_entries(enterprise=tenant.code, verb="dossier.built").filter(data__contains=f'"{sha256}"').exists()
    )
    pages = next((len(one["pages"]) for one in told["files"] if one["edition"] == PAPER), 0)
    items = {str(one["item"]): str(one["source_sha256"]) for one in told["items"]}
    return Package(sha256, items, pages, built, File(manifest.NAME, MEDIA, body))


def _read(body: bytes) -> Json:
    """The manifest, every part that is used later checked for its shape."""
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as room:
        path = Path(room) / manifest.NAME
        path.write_bytes(body)
        told = manifest.read_manifest(path)
    try:
        for one in told["items"]:
            if one["item"] not in KNOWN:
                raise NianjianError("dossier_manifest_unreadable", file=manifest.NAME)
            _ = (str(one["source_sha256"]), str(one["copy_sha256"]), int(one["pages"]))
        for file in told["files"]:
            _ = str(file["edition"])
            for page in file["pages"]:
                _ = (str(page["item"]), int(page["source_page"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NianjianError("dossier_manifest_unreadable", file=manifest.NAME) from error
    return told


def parse_manifest(body: bytes) -> Json:
    """A manifest that was kept."""
    found: Json = json.loads(body)
    return found


DUE: Final = "rectification.returned"  # working days after a return


class Days:
    """By what the days of an enterprise's notices are counted; read once for many of them."""

    def __init__(self, enterprise: str) -> None:
        where = accounts.enterprise(enterprise).province or None
        self._books = Rulebooks(province=where, enterprise=enterprise)
        self._calendar = calendar()

    def due(self, notice: Notice) -> Due:
        """The last day: the one that the notice names, else counted with today's calendar."""
        if notice.printed_due is not None:
            return Due(notice.printed_due, provisional=False)
        days = self._books.on(notice.received).integer(DUE)
        return add_workdays(notice.received, days, self._calendar)


def list_packages(*, enterprise: str, year: int, actor: Actor, first: int = 0, count: int | None = None) -> list[Json]:
    """The packages that were handed in for a season, newest first."""
    require(actor, enterprise, Act.READ)
    found = rounds.list_submissions(enterprise, year)[first : None if count is None else first + count]
    days = Days(enterprise)
    return [summary(row, days) for row in found]


def summary(row: Submission, days: Days | None = None) -> Json:
    """A package in one line."""
    standing = rounds.evaluate_status(row)
    return _line(row, standing, days or Days(row.enterprise_id))


def _line(row: Submission, standing: RoundStatus, days: Days) -> Json:
    dues = [(days.due(one), one) for one in standing.notices]
    first = min(dues, key=lambda one: one[0].day, default=None)
    asked = standing.asked.values()
    return {
        "number": row.number,
        "state": standing.state.value,
        "handed_on": row.handed_on.isoformat(),
        "place": row.place,
        "reference": row.reference,
        "manifest": row.manifest_sha256,
        "built_here": row.built_here,
        "pages": row.pages,
        "passed_on": _iso(row.passed_on),
        "due": None if first is None else first[0].day.isoformat(),
        "provisional": first is not None and first[0].provisional,
        "printed": first is not None and first[1].printed_due is not None,
        "late": first is not None and _late(row, standing, first[0].day),
        "requests": len(standing.asked),
        "answered": sum(one in {states.RequestState.ANSWERED, states.RequestState.SENT} for one in asked),
        "left_out": sum(one is states.RequestState.LEFT_OUT for one in asked),
    }


def _late(row: Submission, standing: RoundStatus, due: date) -> bool:
    """Whether the next package went out after the last day, or is overdue; none is due once this one has passed."""
    if row.passed_on is not None:
        return False
    sent = None if standing.following is None else standing.following.handed_on
    return states.is_late(due, sent_on=sent, today=clock.today())


def get_package(*, enterprise: str, year: int, number: int, actor: Actor) -> Json:
    """A package with everything about it but the content of its files; dossier_round_unknown."""
    require(actor, enterprise, Act.READ)
    row = rounds.get_submission(enterprise, year, number)
    standing, days = rounds.evaluate_status(row), Days(enterprise)
    known = rounds.item_versions(row)
    return {
        **_line(row, standing, days),
        "recorded_at": row.recorded_at,
        "recorded_by": row.recorded_by,
        "acts": sorted(act.value for act in states.ALLOWED[standing.state]),
        "items": [{"item": item, "version": known.get(item)} for item in row.items],
        "notices": [_notice(row, notice, standing, days) for notice in standing.notices],
        "papers": [evidence_to_document(one) for one in rounds.list_evidence(row)],
    }


def _notice(row: Submission, notice: Notice, standing: RoundStatus, days: Days) -> Json:
    due = days.due(notice)
    return {
        "id": notice.pk,
        "received": notice.received.isoformat(),
        "reference": notice.reference,
        "due": due.day.isoformat(),
        "provisional": due.provisional,
        "printed": notice.printed_due is not None,
        "late": _late(row, standing, due.day),
        "requests": [
            _request(one, standing.asked[one.pk].value, standing.answers[one.pk])
            for one in standing.requests[notice.pk]
        ],
    }


def _request(request: Request, state: str, answers: Sequence[Answer]) -> Json:
    return {
        "id": request.pk,
        "item": request.item,
        "text": request.text or "",
        "state": state,
        "answers": [_answer(one) for one in answers],
    }


def _answer(one: Answer) -> Json:
    return {"version": one.version, "note": one.note or "", "at": one.at, "by": one.actor}


def evidence_to_document(one: Evidence) -> Json:
    """A file of evidence, without its content."""
    return {
        "id": one.pk,
        "kind": one.kind,
        "name": one.name or "",
        "media_type": one.media_type,
        "sha256": one.sha256,
        "size": one.size,
        "recorded_at": one.recorded_at,
        "recorded_by": one.recorded_by,
    }


def compare_packages(*, enterprise: str, year: int, before: int, after: int, actor: Actor) -> Json:
    """What differs between two packages that were handed in; dossier_round_unknown, blob_missing."""
    require(actor, enterprise, Act.READ)
    old, new = (rounds.get_submission(enterprise, year, number) for number in (before, after))
    found = difference(parse_manifest(rounds.read_manifest(old)), parse_manifest(rounds.read_manifest(new)))
    return {
        "before": before,
        "after": after,
        "same": all(one.kind is ItemChangeKind.SAME for one in found),
        "items": [_change(one) for one in found],
    }


def _change(one: ItemChange) -> Json:
    return {
        "item": one.item,
        "kind": one.kind.value,
        "before": one.before,
        "after": one.after,
        "pages": [{"kind": page.kind.value, "page": page.page, "book": page.book} for page in one.pages],
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def record_submission(*, enterprise: str, year: int, package: Package, handed: Handover, actor: Actor) -> Json:
    """Note that a package was handed in. NianjianError role_missing, and those of `service.submit`."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    row = rounds.store_submission(enterprise=enterprise, year=year, package=package, handed=handed, actor=actor)
    return summary(row)


def record_notice(
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
    row = rounds.get_submission(enterprise, year, number)
    rounds.store_notice(
        submission=row, received=received, printed_due=due, reference=reference, requests=requests, paper=paper,
        actor=actor,
    )  # fmt: skip
    return summary(row)


def record_answer(
    *, enterprise: str, year: int, number: int, request: int, version: int | None, note: str, actor: Actor
) -> Json:
    """Answer a request. dossier_round_unknown, and those of `service.answer`."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    row = rounds.get_submission(enterprise, year, number)
    rounds.store_answer(submission=row, request=request, version=version, note=note, actor=actor)
    return summary(row)


def record_passed(*, enterprise: str, year: int, number: int, on: date, actor: Actor) -> Json:
    """Note that the authority took it as good. dossier_round_unknown, and those of `service.passed`."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    return summary(rounds.record_passed(submission=rounds.get_submission(enterprise, year, number), on=on, actor=actor))


def add_evidence(*, enterprise: str, year: int, number: int, kind: str, file: File, actor: Actor) -> Evidence:
    """Keep a file about it. dossier_evidence_kind, dossier_round_unknown."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    if kind not in Evidence.KINDS:
        raise NianjianError("dossier_evidence_kind", given=kind, known=", ".join(Evidence.KINDS))
    row = rounds.get_submission(enterprise, year, number)
    return rounds.store_evidence(submission=row, kind=kind, file=file, actor=actor)


def download_evidence(
    *, enterprise: str, year: int, number: int, evidence: int, actor: Actor
) -> tuple[Evidence, bytes]:
    """A file of evidence as it came, with an entry in the chain. dossier_evidence_unknown, blob_missing."""
    require(actor, enterprise, Act.REVEAL)
    row = rounds.get_submission(enterprise, year, number)
    found = rounds.get_evidence(row, evidence)
    content = rounds.read_content(found)
    rounds.record_download(submission=row, evidence=found, actor=actor)
    return found, content
