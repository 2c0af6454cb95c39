"""What the codes of the package are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.paper.words import mark

ITEMS: Final[Mapping[str, str]] = {
    "business_licence": mark("business licence"),
    "licence": mark("licence, original and duplicate"),
    "articles": mark("articles of association"),
    "shareholders": mark("table of shareholders"),
    "audit_report": mark("audit report"),
    "legal_person_id": mark("ID card of the legal representative"),
    "social_insurance": mark("social-insurance payment list"),
    "number_ledger": mark("ledger of code-number use"),
    "seat_table": mark("list of seats"),
    "monthly_traffic": mark("monthly traffic report"),
    "complaint_records": mark("complaint handling records"),
    "responsibility_report": mark("report on the information-security responsibility system"),
    "algorithm_filing": mark("algorithm filing for AI outbound"),
}
VERDICTS: Final[Mapping[str, str]] = {
    "ready": mark("ready"),
    "not_ready": mark("not ready"),
    "needs_person": mark("a person must look"),
}
STATES: Final[Mapping[str, str]] = {
    "missing": mark("missing"),
    "returned": mark("sent back"),
    "not_ready": mark("not ready"),
    "to_confirm": mark("to be confirmed by a person"),
    "expired": mark("not valid on that day"),
    "ready": mark("ready"),
    "not_applicable": mark("does not apply"),
}
SEALS: Final[Mapping[str, str]] = {
    "round": mark("round seal"),
    "oval": mark("oval seal"),
    "square": mark("square seal"),
    "slice": mark("slice of a riding seal"),
}
