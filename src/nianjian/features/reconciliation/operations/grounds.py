"""What every reconciliation stands on: the rulebook of its day, the day by default, the last day of a filing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.workdays import Calendar, Due, add_workdays
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.reconciliation.runs import query, states
from nianjian.features.reconciliation.runs.model import Run
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.rulebook.deadlines import data_year, upcoming
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.rulebook.rulebooks import rulebook

BASE: Final = "deadline.guide.filed_base"
ALLOWED: Final = "deadline.guide.consistency.open_differences"
CHANGES: Final = ("law.notice81.change", "numbers.change.workdays")  # the shortest that is in force holds

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grounds:
    """An enterprise with today's rulebook and the working days."""

    enterprise: str
    name: str
    book: Rulebook
    days: Calendar

    @classmethod
    def of(cls, enterprise: str, actor: Actor, act: Act) -> Self:
        """``role_missing``, ``enterprise_unknown``."""
        require(actor, enterprise, act)
        tenant = accounts.enterprise(enterprise)
        book = rulebook(day=None, province=tenant.province or None, enterprise=enterprise)
        return cls(enterprise, tenant.name, book, calendar())

    def base_day(self) -> date:
        """The day on which the filed base of the season stands that is filed next: 31 December of its data year."""
        today = clock.today()
        month, day = map(int, self.book.text(BASE).split("-"))
        return date(data_year(upcoming(self.book, today, self.days), today), month, day)

    def due(self, changed: date | None) -> Due:
        """Until when a change is filed; one of which the day is unknown counts from today, when it was found."""
        count = min(self.book.integer(key) for key in CHANGES if key in self.book.in_force)
        return add_workdays(changed or clock.today(), count, self.days)

    def stamp(self) -> Mapping[str, str]:
        """Which rules a run was made by."""
        return {"id": self.book.id, "version": self.book.version, "sha256": self.book.sha256}

    def verdict(self, run: Run, open_: int) -> str:
        """Whether a run has passed."""
        return states.verdict(
            compared=sum(run.counts.values()),
            unclear=int(run.told.get("unclear", 0)),
            open_=open_,
            allowed=self.book.integer(ALLOWED),
        )


def summary(run: Run, grounds: Grounds, open_: int | None = None) -> Json:
    """A run in one line; ``open_``: its open differences, where they are counted already."""
    count = query.by_state(run)[states.OPEN] if open_ is None else open_
    return {
        "run": run.pk,
        "kind": run.kind,
        "as_of": run.as_of.isoformat(),
        "from": None if run.first is None else run.first.isoformat(),
        "file": run.file,
        "counts": dict(run.counts),
        "open": count,
        "unclear": int(run.told.get("unclear", 0)),
        "verdict": grounds.verdict(run, count),
        "made_at": run.made_at.astimezone(clock.ZONE).isoformat(timespec="seconds"),
        "made_by": run.made_by,
    }
