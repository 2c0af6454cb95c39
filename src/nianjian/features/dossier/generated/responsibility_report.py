"""信息安全责任制报告 (M12): a template that says what the records know and leaves lines for what only people know.

A sentence about how the enterprise works stands in it only as a claim that its data prove.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from nianjian.engines.kernel.claims import Claim
from nianjian.engines.paper.texts.dossier import BLANK, claim_text
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.generated.document import DASH, Document, Head, Section, build

ITEM: Final = "responsibility_report"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the records know: ``numbers`` the roots; counts of the day; the tickets' clocks as read on ``read``."""

    numbers: tuple[str, ...]
    seats: int
    robots: int
    lines: int
    teams: int
    complaints: int
    tickets: int
    closed: int
    in_time: Claim
    read: date


def build_document(head: Head, known: Facts, _: Words) -> Document:
    """Everything in it that is a claim about people or rules of the house is left to the firm to fill in."""
    sections = (*_firm(head, known, _), *_practice(head, known, _))
    return build(ITEM, head, _, sections=sections, signs=(_("Legal representative (signature)"),))


def _firm(head: Head, known: Facts, _: Words) -> tuple[Section, ...]:
    """Who answers, with what, by which rules."""
    numbers = "、".join(known.numbers) or BLANK
    return (
        Section(
            _("1. Responsibility"),
            (
                _("The legal representative {name} is the first person responsible for information security.").format(
                    name=_known(head.representative)
                ),
                _("Person in charge of daily work: {blank}, post: {blank}, telephone: {blank}.").format(blank=BLANK),
                _("Office: {address}.").format(address=_known(head.address)),
            ),
        ),
        Section(
            _("2. Business and resources"),
            (
                _("On {day} the registers list the code numbers {numbers}, {lines} lines and {teams} teams.").format(
                    day=head.as_of.isoformat(), numbers=numbers, lines=known.lines, teams=known.teams
                ),
                _("{seats} seats are listed, {robots} of them robots.").format(seats=known.seats, robots=known.robots),
            ),
        ),
        Section(
            _("3. Rules and training"),
            (
                _("Rules in force (title, date): {blank}.").format(blank=BLANK),
                _("Training in the year (date, people): {blank}.").format(blank=BLANK),
            ),
        ),
    )


def _practice(head: Head, known: Facts, _: Words) -> tuple[Section, ...]:
    """Data, complaints, emergencies."""
    return (
        Section(
            _("4. Personal data and logs"),
            (
                _("The platform that keeps the registers (nianjian) stores identity papers, names and complaint texts"
                  " encrypted, and writes every look at a value in full and every change into a chained record."),
                _("Other systems that hold personal data, and how these protect it: {blank}.").format(blank=BLANK),
                _("How long call records and recordings are kept: {blank}.").format(blank=BLANK),
            ),
        ),
        Section(
            _("5. Complaints"),
            (
                claim_text(known.in_time, _, year=head.year, day=known.read.isoformat()),
                _("In {year}: {complaints} complaints accepted by 12321 and 12300 count; of {tickets} tickets {closed}"
                  " are closed.").format(
                    year=head.year, complaints=known.complaints, tickets=known.tickets, closed=known.closed
                ),
            ),
        ),
        Section(
            _("6. Emergencies"),
            (_("Plan, drills in the year and their results: {blank}.").format(blank=BLANK),),
        ),
        Section(_("7. Statement"), (_("The enterprise answers for the truth of this report."),)),
    )  # fmt: skip


def _known(text: str) -> str:
    """What the registers know, or a line for the hand."""
    return BLANK if text == DASH else text
