"""All values of a season's generated items, each gathered when it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.claims import Claim
from nianjian.engines.metrics.drill_down import counting
from nianjian.features.complaints.clocks import build_in_time_claim, count_tickets
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.dossier.generated import complaint_records, responsibility_report
from nianjian.features.dossier.generated.complaint_records import Ticket
from nianjian.features.dossier.generated.document import Row
from nianjian.features.dossier.generated.monthly_traffic import Traffic
from nianjian.features.dossier.generated.responsibility_report import Facts
from nianjian.features.dossier.operations import checklist
from nianjian.features.dossier.operations.gather import lake, registers
from nianjian.platform.accounts import query as accounts
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.teams import Team
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.rulebook.rulebooks import rulebook

DUTY = "law.algorithm.duty"


class Values:
    """``portrait``: the year's newest run; registers as they hold on its day; the lake at its versions."""

    def __init__(self, enterprise: str, year: int) -> None:
        self.enterprise = enterprise
        self.head, self.portrait = registers.head(enterprise, year)
        self.robots = checklist.has_robots(enterprise, year)
        self.sources = counting(self.portrait).sources

    def known(self, field: str) -> str:
        """A value of the head under the name that findings use."""
        return self.head.representative if field == "legal_representative" else self.head.credit_code

    @cached_property
    def numbers(self) -> Sequence[Row]:
        """The ledger."""
        return registers.numbers(self.enterprise, self.head.as_of)

    @cached_property
    def seats(self) -> Sequence[Row]:
        """The seats."""
        return registers.seats(self.enterprise, self.head.as_of)

    @cached_property
    def traffic(self) -> Sequence[Traffic]:
        """The calls by month and number."""
        with lake.tables(self.enterprise, self.portrait) as found:
            return lake.traffic(found, self.portrait, self.head.year)

    @cached_property
    def tickets(self) -> Sequence[Ticket]:
        """The complaints of the year."""
        with lake.tables(self.enterprise, self.portrait) as found:
            return lake.tickets(found, self.enterprise, self.head.year)

    @cached_property
    def facts(self) -> Facts:
        """What the responsibility report says of itself."""
        day, counts = self.head.as_of, complaint_records.counts(self.tickets, self.head.as_of, self.sources)
        return Facts(
            numbers=tuple(str(row["root"]) for row in self.numbers if row.get("root")),
            seats=len(self.seats),
            robots=sum(row.get("kind") == "robot" for row in self.seats),
            lines=versions_on(Line, self.enterprise, day).count(),
            teams=versions_on(Team, self.enterprise, day).count(),
            complaints=counts["complaints"],
            tickets=counts["tickets"],
            closed=counts["closed"],
            in_time=self.in_time,
            read=clock.today(),
        )

    @cached_property
    def in_time(self) -> Claim:
        """Whether the tickets that D4 counts were answered and closed in time, as far as it is known by now."""
        known = complaint_records.clocked(self.tickets, self.head.as_of)
        return build_in_time_claim(count_tickets(known, load_service_levels(self.enterprise), clock.moment()))

    def claims(self, item: str) -> Sequence[Claim]:
        """The claims that an item makes."""
        return (self.in_time,) if item == responsibility_report.ITEM else ()

    @cached_property
    def duty(self) -> tuple[str, ...]:
        """What the rulebook says of the duty to file an algorithm, with its source."""
        where = accounts.enterprise(self.enterprise).province or None
        rule = rulebook(day=self.head.as_of, province=where, enterprise=self.enterprise).in_force.get(DUTY)
        if rule is None:
            return ()
        return tuple(one for one in (rule.title_zh, rule.text_zh, rule.note_zh, rule.citation) if one)
