"""Marketing calls of a data year: what the registers hold of them, and a person's decision."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final, cast

from django.db.models import Count

from nianjian.engines.evidence import recordings
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import normalise
from nianjian.engines.kernel.states import State
from nianjian.engines.metrics.marketing import (
    KINDS,
    SERVICE,
    ConsentSpan,
    Decision,
    MarketingRegister,
    RecordingsProof,
    names_marketing,
    read_marketing_words,
)
from nianjian.engines.paper.words import mark
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as jobs
from nianjian.platform.jobs.models import Job as JobRow
from nianjian.platform.operations.fields import Choice, Day, Limits, Number, Param, Text
from nianjian.platform.operations.operation import Answer, Area, Body, operation
from nianjian.platform.registers import models
from nianjian.platform.registers.marketing import (
    find_marketing_decision,
    store_marketing_decision,
)
from nianjian.platform.registers.versions import current_versions, last_version_by_key, versions_on
from nianjian.platform.rulebook.rulebooks import rulebook

DECISIONS: Final = Area(path="/enterprises/{code}/marketing-decisions")
CANCELLED: Final = "cancelled"
CONSENTED: Final = "retention.outbound_consented"
LOGS: Final = {recordings.OK: State.PASSED, recordings.UNKNOWN: State.NOT_PROVED}


@dataclass(frozen=True, slots=True)
class MarketingDecided:
    """A decision as interfaces answer it."""

    year: int
    kind: str
    decided_on: date
    text: str
    recorded_by: str


@operation(
    "portrait.decide_marketing", on=DECISIONS, permission=Permission.REPORT, path="/newest",
    answer=Answer(schema=MarketingDecided, document=lambda _request, _key, decided: decided),
    body=Body(
        "NewMarketingDecision",
        "``kind``: stopped, marketing calls end on ``decided_on``; service, people consented to these call-backs.",
    ),
)  # fmt: skip
def decide_marketing(
    *,
    enterprise: str,
    actor: Actor,
    year: Annotated[Number, Limits(1, 9999)],
    kind: Annotated[str, Choice(KINDS)],
    decided_on: Day,
    text: Annotated[Text, Param(label=mark("Reason"), rows=3, filled=True)],
) -> MarketingDecided:
    """Decide about marketing calls of a data year; portraits computed from now on hold the calls against it.

    ``declaration_needs_user``, ``marketing_kind_unknown``, ``marketing_day_ahead``, ``declaration_reason_missing``.
    """
    if not actor.proved:
        raise NianjianError("declaration_needs_user", metric="marketing")
    if kind not in KINDS:
        raise NianjianError("marketing_kind_unknown", kind=kind, kinds=", ".join(KINDS))
    if decided_on > clock.today():
        raise NianjianError("marketing_day_ahead", day=decided_on.isoformat())
    if not text.strip():
        raise NianjianError("declaration_reason_missing", metric="marketing")
    row = store_marketing_decision(
        enterprise=enterprise, year=year, kind=kind, decided_on=decided_on, text=text.strip(), actor=actor
    )
    return MarketingDecided(row.year, row.kind, row.decided_on, str(row.text), row.recorded_by)


def read_current_words(enterprise: str) -> tuple[str, ...]:
    """The words that tell marketing by the enterprise's rulebook of today: all count by the same daily cube."""
    province = accounts.enterprise(enterprise).province or None
    return read_marketing_words(rulebook(day=None, province=province, enterprise=enterprise))


def read_marketing_register(enterprise: str, year: int, as_of: date, book: Rulebook) -> MarketingRegister:
    """Numbers registered for marketing on a day of the data year, the newest decision, the consents of ``as_of``.

    ``book``: the rulebook of today, whose words tell marketing.
    """
    words, first, last = read_marketing_words(book), date(year, 1, 1), date(year, 12, 31)
    rows = current_versions(models.Number, enterprise).exclude(filing=CANCELLED)
    numbers = {
        row.key
        for row in rows.exclude(valid_from__gt=last).exclude(valid_to__lt=first).exclude(valid_until__lt=first)
        if names_marketing(row.purpose, words)
    }
    decision = find_marketing_decision(enterprise, year)
    rests_on_consent = decision is not None and decision.kind == SERVICE
    return MarketingRegister(
        numbers=tuple(sorted(numbers)),
        decision=None if decision is None else Decision(
            decision.kind, decision.decided_on, decision.recorded_by, str(decision.text)
        ),
        consents=_count_consents(enterprise, as_of, words),
        consented=_list_consented(enterprise, words) if rests_on_consent else (),
        words=words,
        recordings=_prove_recordings(enterprise, book) if rests_on_consent else None,
    )  # fmt: skip


def _prove_recordings(enterprise: str, book: Rulebook) -> RecordingsProof | None:
    """What the newest check of the logs proves of recordings; a check as old as they are to be kept proves nothing.

    None where no rule in force asks for them.
    """
    if CONSENTED not in book.in_force:
        return None
    days = book.integer(CONSENTED)
    check = jobs.newest(enterprise, flow.INSPECT, {"part": "retention"}, JobRow.DONE)
    if check is None:
        return RecordingsProof(State.NOT_PROVED, "never_checked", days)
    until = date.fromisoformat(check.result["until"])
    log = next(log for log in check.result["logs"] if log["log"] == "recordings")
    if until < clock.today() - timedelta(days=days):
        return RecordingsProof(State.NOT_PROVED, "checked_long_ago", days, until)
    return RecordingsProof(LOGS.get(log["state"], State.FAILED), log["why"], days, until)


def _count_consents(enterprise: str, day: date, words: tuple[str, ...]) -> int:
    """Consents to marketing, or to no purpose by name, that hold on a day and were not withdrawn."""
    start = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    rows = versions_on(models.Consent, enterprise, day).filter(withdrawn_at=None)
    rows = rows.exclude(obtained_at__gte=start + timedelta(days=1)).exclude(expires_at__lte=start)
    purposes = rows.order_by().values_list("purpose").annotate(rows=Count("pk"))
    return sum(count for purpose, count in purposes if _covers_marketing(purpose, words))


def _covers_marketing(purpose: str | None, words: tuple[str, ...]) -> bool:
    return not (purpose or "").strip() or names_marketing(purpose, words)


def _list_consented(enterprise: str, words: tuple[str, ...]) -> tuple[ConsentSpan, ...]:
    """Who had consented when, as the register says by now; a consent without its day covers no call."""
    spans: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in cast("Iterable[models.Consent]", last_version_by_key(models.Consent, enterprise).values()):
        number = normalise(row.number).value
        if number is not None and row.obtained_at is not None and _covers_marketing(row.purpose, words):
            ends = [_to_wall_time(end) for end in (row.expires_at, row.withdrawn_at) if end is not None]
            spans[number].append((_to_wall_time(row.obtained_at), min(ends, default=datetime.max)))  # noqa: DTZ901 -- wall time
    return tuple(ConsentSpan(number, first, end) for number, rows in spans.items() for first, end in _join_spans(rows))


def _join_spans(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same time in spans of which no two overlap."""
    joined: list[tuple[datetime, datetime]] = []
    for first, end in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((first, end))
    return joined


def _to_wall_time(moment: datetime) -> datetime:
    return moment.astimezone(ZONE).replace(tzinfo=None)
