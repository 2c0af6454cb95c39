"""Rounds as they stand today: packages of a season, each with its requests and days, and what differs between two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.workdays import Due, add_workdays
from nianjian.features.dossier.operations.rounds import package
from nianjian.features.dossier.rounds import query, states
from nianjian.features.dossier.rounds.diff import ItemChange, Kind, difference
from nianjian.features.dossier.rounds.model import Answer, Evidence, Notice, Request, Submission
from nianjian.features.dossier.rounds.query import Standing
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.rulebook.rulebooks import Rulebooks

Json = dict[str, Any]
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
    found = query.submissions(enterprise, year)[first : None if count is None else first + count]
    days = Days(enterprise)
    return [summary(row, days) for row in found]


def summary(row: Submission, days: Days | None = None) -> Json:
    """A package in one line."""
    standing = query.evaluate_status(row)
    return _line(row, standing, days or Days(row.enterprise_id))


def _line(row: Submission, standing: Standing, days: Days) -> Json:
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


def _late(row: Submission, standing: Standing, due: date) -> bool:
    """Whether the next package went out after the last day, or is overdue; none is due once this one has passed."""
    if row.passed_on is not None:
        return False
    sent = None if standing.following is None else standing.following.handed_on
    return states.late(due, sent_on=sent, today=clock.today())


def get_package(*, enterprise: str, year: int, number: int, actor: Actor) -> Json:
    """A package with everything about it but the content of its files; dossier_round_unknown."""
    require(actor, enterprise, Act.READ)
    row = query.submission(enterprise, year, number)
    standing, days = query.evaluate_status(row), Days(enterprise)
    known = query.versions(row)
    return {
        **_line(row, standing, days),
        "recorded_at": row.recorded_at,
        "recorded_by": row.recorded_by,
        "acts": sorted(act.value for act in states.ALLOWED[standing.state]),
        "items": [{"item": item, "version": known.get(item)} for item in row.items],
        "notices": [_notice(row, notice, standing, days) for notice in standing.notices],
        "papers": [paper(one) for one in query.evidence(row)],
    }


def _notice(row: Submission, notice: Notice, standing: Standing, days: Days) -> Json:
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


def paper(one: Evidence) -> Json:
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


def compared(*, enterprise: str, year: int, before: int, after: int, actor: Actor) -> Json:
    """What differs between two packages that were handed in; dossier_round_unknown, blob_missing."""
    require(actor, enterprise, Act.READ)
    old, new = (query.submission(enterprise, year, number) for number in (before, after))
    found = difference(package.parse_manifest(query.manifest(old)), package.parse_manifest(query.manifest(new)))
    return {
        "before": before,
        "after": after,
        "same": all(one.kind is Kind.SAME for one in found),
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
