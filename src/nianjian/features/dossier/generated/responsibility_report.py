"""信息安全责任制报告 (M12): what the data know of the enterprise's information security, and what its people state.

Every sentence is a claim; what neither the data decide nor a person has stated is a blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nianjian.engines.paper.words import Words, mark
from nianjian.features.dossier.generated.document import Document, Head, Line, Say, Section, build, method_line

ITEM: Final = "responsibility_report"
SECTIONS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (mark("1. Responsibility"), ("legal_representative", "first_responsible", "daily_lead", "office")),
    (
        mark("2. Business and resources"),
        ("numbers_listed", "number_filing_known", "lines_listed", "teams_listed", "seats_listed"),
    ),
    (mark("3. Rules and training"), ("security_rules", "security_training")),
    (
        mark("4. Personal data and logs"),
        ("records_protected", "other_systems", "calls_retained", "recordings_kept"),
    ),
    (mark("5. Complaints"), ("tickets_in_time", "complaints_counted")),
    (mark("6. Emergencies"), ("emergency_plan", "emergency_drills")),
)
DECLARATION: Final = mark("7. Statement")


def build_document(head: Head, say: Say, notes: Sequence[Line], _: Words) -> Document:
    """``notes``: who has stated what is marked as stated."""
    sections = [Section(_(title), tuple(filter(None, map(say, claims)))) for title, claims in SECTIONS]
    declared = method_line(_("The enterprise is responsible for the truth of this report."))
    sections.append(Section(_(DECLARATION), (*notes, declared)))
    return build(ITEM, head, _, sections=sections, signs=(_("Legal representative (signature)"),))
