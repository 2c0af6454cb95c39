"""法人身份证: number with its check digit, name, last day; both sides."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from nianjian.engines.kernel.identifiers import identity_card
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading.business_licence import first_match
from nianjian.features.dossier.reading.text import Facts, PageText, find_span, identities, text_after

LABELS: Final = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码", "签发机关", "有效期限")
NAME: Final = re.compile(r"[㐀-鿿𠀀-𯿿.]{2,15}")


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """``expected``: `legal_representative`, as the register has it; `name` is the enterprise's, no person's."""
    del book
    facts = Facts(personal=frozenset({"person_name", "id_number", "born"}))
    name = first_match(text_after(pages, ("姓名",), others=LABELS), NAME)
    facts.enter_text("person_name", name, {"person_name": expected.get("legal_representative", "")})
    codes, bad = identities(line for page in pages for line in page.rows)
    labelled, wrong = identities(text_after(pages, ("公民身份号码",)))
    candidates = ([*codes, *labelled], [*bad, *wrong])
    if code := facts.enter_code("id_number", candidates, bad="identity_bad", several="identities_several"):
        if code.repaired:
            facts.ask("identity_repaired", code.line.page)
        born = identity_card(code.text).born
        facts.fields["born"] = born.isoformat()
        if f"{born.year}年{born.month}月{born.day}日" not in "".join(page.plain for page in pages):
            facts.ask("birth_date_differs", code.line.page)
    lines = text_after(pages, ("有效期限",), others=("签发机关",), below=1)
    for line in lines:
        if span := find_span(line.plain):
            facts.enter_expiry("expiry", span, line, asked_on)
            return facts
    if lines:
        facts.ask("field_unreadable", lines[0].page, field="expiry")
    else:
        facts.ask("side_missing", field="expiry")
    return facts
