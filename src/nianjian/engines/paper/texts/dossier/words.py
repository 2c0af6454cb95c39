"""What the codes of the package are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

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
    "report_pledge": mark("pledge for the annual report"),
    "conduct_pledge": mark("pledge of no violations"),
    "financial_statements": mark("financial statements"),
    "system_pictures": mark("pictures of system and seats"),
    "access_agreement": mark("access agreement"),
    "number_certificate": mark("certificate of the code numbers"),
    "protection_grade": mark("proof of graded protection"),
    "outsourcing_agreement": mark("outsourcing agreement, further paper"),
}
BOARDS: Final[Mapping[str, str]] = {
    "general": mark("General papers"),
    "special": mark("Special papers"),
    "further": mark("Further papers asked for here"),
}
FORMS: Final[Mapping[str, str]] = {
    "original_scan": mark("scan of the original"),
    "copy_with_seal": mark("copy with the official seal"),
}
MARKS: Final[Mapping[str, str]] = {
    "cover_seal": mark("seal on the first page"),
    "riding_seal": mark("riding seal over every joint"),
    "copy_seal": mark("seal on the copy"),
}
NEXT: Final[Mapping[str, str]] = {
    "missing": mark("Upload the paper."),
    "returned": mark("Read why it was sent back, and upload a better file."),
    "not_ready": mark("Mend what the check found, and upload the paper again."),
    "to_confirm": mark("Look at the pages and confirm them, or send the file back."),
    "expired": mark("Upload a paper that is valid on the day of handing in."),
}
NEXT_GENERATED: Final[Mapping[str, str]] = {
    **NEXT,
    "missing": mark("Generate it from the records."),
    "returned": mark("Read why it was sent back; generate it again, or upload a better file."),
    "not_ready": mark("Mend what the check found, and generate it again."),
    "expired": mark("Generate it again for the day of handing in."),
}
NEXT_MADE: Final[Mapping[str, str]] = {
    **NEXT_GENERATED,
    "to_confirm": mark("Print it, have it sealed and signed, and add the scan."),
}
FIELDS: Final[Mapping[str, str]] = {
    "name": mark("name"),
    "credit_code": mark("unified social credit code"),
    "credit_code_repaired": mark("letters of the credit code were put right"),
    "legal_representative": mark("legal representative"),
    "valid_until": mark("valid until"),
    "number": mark("licence number"),
    "expiry": mark("last day"),
    "renewal_due": mark("renewal due by"),
    "parts": mark("parts of the licence"),
    "opinion": mark("opinion"),
    "firm": mark("audit firm"),
    "verification_code": mark("verification code"),
    "year": mark("year"),
    "dated": mark("dated"),
    "id_number": mark("identity number"),
    "born": mark("born on"),
    "months": mark("months in a row"),
    "from": mark("first month"),
    "to": mark("last month"),
    "people": mark("people listed"),
    "covered_throughout": mark("paid for in every month"),
    "names": mark("names"),
    "holders": mark("shareholders"),
    "total": mark("sum of the shares"),
    "as_at": mark("as at"),
    "filed": mark("filed seats"),
    "opened": mark("opened seats"),
    "complaints": mark("number of complaints"),
    "state": mark("state of the filing"),
    "as_of": mark("figures as of"),
    "run": mark("run of the portrait"),
}
OPINIONS: Final[Mapping[str, str]] = {
    "standard": mark("standard unqualified"),
    "emphasis": mark("unqualified with emphasis of matter"),
    "going_concern": mark("unqualified with going-concern doubt"),
    "qualified": mark("qualified"),
    "adverse": mark("adverse"),
    "disclaimer": mark("disclaimer of opinion"),
    "unclear": mark("not clear"),
}
VALUES: Final[Mapping[str, str]] = {"forever": mark("long-term"), "not_told": mark("not told")}
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
