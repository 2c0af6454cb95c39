"""What people state where the data decide nothing: it fills the blanks of generated papers and is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from django.db import transaction

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.claims import CLAIMS, TEXT
from nianjian.features.dossier.operations.checklist import require_writable
from nianjian.features.dossier.operations.generate import ITEMS
from nianjian.features.dossier.operations.overrulings import DOSSIER, YEARS
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.claims.models import STANDING
from nianjian.platform.claims.storage import (
    StatementText,
    list_proposals,
    load_statements,
    store_statements,
)
from nianjian.platform.operations.fields import Line, Number, Text
from nianjian.platform.operations.operation import Answer, Body, operation
from nianjian.platform.registers.columns import Kind, mask_text


@dataclass(frozen=True, slots=True)
class Blank:
    """A part of a claim that a person can fill in; ``text`` "": nobody has.

    ``standing``: for every year until it is replaced; ``decided``: the data may decide the claim, the text is printed
    only while they do not. ``proposal``: last stated for an earlier year, to be stated again if it still holds.
    Both texts are null where an answer is repeated. ``personal``: it names people, so both are masked.
    """

    claim: str
    part: str
    label: str
    text: str | None
    stated_by: str
    stated_at: datetime | None
    standing: bool
    decided: bool
    proposal: str | None
    personal: bool


STATED: Final = Answer(schema=Blank, document=lambda _request, _key, blank: blank, hidden=("text", "proposal"))


def list_blanks(*, enterprise: str, year: int, item: str, actor: Actor) -> list[Blank]:
    """The parts of an item's claims that people can fill in; ``role_missing``, ``enterprise_unknown``."""
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    return list(_read_blanks(enterprise, year, item))


def _read_blanks(enterprise: str, year: int, item: str, wanted: str = "") -> Iterator[Blank]:
    known = load_statements(enterprise, year)
    for claim, texts in CLAIMS.items():
        if item not in texts.where and claim != wanted:
            continue
        proposals = {} if texts.standing else list_proposals(enterprise, claim, year)
        for part, label in texts.parts.items():
            counting, personal = known.get(claim, {}).get(part), part in texts.personal
            yield Blank(
                claim=claim,
                part=part,
                label=label,
                text=_show(counting, personal),
                stated_by=counting.by if counting else "",
                stated_at=counting.at if counting else None,
                standing=texts.standing,
                decided=bool(texts.released or texts.refused),
                proposal="" if counting else _show(proposals.get(part), personal),
                personal=personal,
            )


def _show(statement: StatementText | None, personal: bool) -> str:  # noqa: FBT001 -- of the part
    text = "" if statement is None else statement.text
    return mask_text(text, Kind.TEXT) if personal else text


@operation(
    "claims.state", on=DOSSIER, permission=Permission.MANAGE_DATA, path="/statements", answer=STATED,
    body=Body("NewStatement", "``claim`` and ``part`` as the item's statements name them; an empty text: none."),
)  # fmt: skip
def state_claim(
    *, enterprise: str, actor: Actor, year: Annotated[Number, YEARS], claim: Line, part: Line = TEXT, text: Text
) -> Blank:
    """State what the data do not tell, for a data year or, of a standing claim, until it is stated anew.

    ``season_archived``, ``claim_part_unknown``, ``statement_too_long``.
    """
    require_writable(actor, enterprise, year, Permission.MANAGE_DATA)
    _store(enterprise, year, {(claim, part): text}, actor)
    return next(one for one in _read_blanks(enterprise, year, "", claim) if (one.claim, one.part) == (claim, part))


def state_item(*, enterprise: str, year: int, texts: Mapping[tuple[str, str], str], actor: Actor) -> int:
    """State several parts (claim, part) at once, as a page does; how many claims changed. As `state_claim`."""
    require_writable(actor, enterprise, year, Permission.MANAGE_DATA)
    return _store(enterprise, year, texts, actor)


def _store(enterprise: str, year: int, texts: Mapping[tuple[str, str], str], actor: Actor) -> int:
    """One audit entry for each claim that changes; only claims of papers, others have rights of their own."""
    by_claim: dict[str, dict[str, str]] = {}
    for (claim, part), text in texts.items():
        if claim not in CLAIMS or part not in CLAIMS[claim].parts or ITEMS.keys().isdisjoint(CLAIMS[claim].where):
            raise NianjianError("claim_part_unknown", claim=claim, part=part)
        by_claim.setdefault(claim, {})[part] = text
    with transaction.atomic():
        return sum(
            bool(
                store_statements(
                    enterprise=enterprise,
                    claim=claim,
                    year=STANDING if CLAIMS[claim].standing else year,
                    texts=parts,
                    actor=actor,
                )
            )
            for claim, parts in by_claim.items()
        )
