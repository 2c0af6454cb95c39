"""Statements are written and read here; who may, and what a part is called, is the feature's that prints it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.claims import PartKind, PartShape, get_shape, read_part
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.claims.models import STANDING, Statement

LONGEST: Final = 2000  # characters
VERB: Final = "claims.state"


@dataclass(frozen=True, slots=True)
class StatementText:
    """A text with who stated it and when; ``year``: for which data year, 0: standing."""

    text: str
    by: str
    at: datetime
    year: int


Statements = Mapping[str, Mapping[str, StatementText]]  # claim -> part -> what counts


def load_statements(enterprise: str, year: int) -> Statements:
    """All that counts for a data year: the year's own text, else the standing one.

    A text that its part cannot say any more is none, to be stated again.
    """
    rows = Statement.objects.filter(enterprise_id=enterprise, year__in=(STANDING, year), superseded_at=None)
    by_claim: dict[str, dict[str, StatementText]] = {}
    for row in rows.order_by("year"):  # a year's own comes last and replaces the standing one
        if (text := _to_text(row)) is not None:
            by_claim.setdefault(row.claim, {})[row.part] = text
    return by_claim


def list_statements(enterprise: str, claim: str, year: int) -> Mapping[str, StatementText]:
    """Part of a claim -> what counts for a data year."""
    return load_statements(enterprise, year).get(claim, {})


def list_proposals(enterprise: str, claim: str, year: int) -> dict[str, StatementText]:
    """Part -> the newest text of an earlier year, to be confirmed by a person before it counts."""
    rows = Statement.objects.filter(
        enterprise_id=enterprise, claim=claim, year__gt=STANDING, year__lt=year, superseded_at=None
    ).order_by("year")
    return {row.part: text for row in rows if (text := _to_text(row)) is not None}


def _to_text(row: Statement) -> StatementText | None:
    text = read_part(row.text or "", get_shape(row.claim, row.part), clock.today())
    return None if text is None else StatementText(text, row.stated_by, row.stated_at, row.year)


def _check_part(claim: str, part: str, text: str) -> str:
    """The text as it is stored; ``statement_too_long``, ``statement_part_wrong``."""
    if len(text.strip()) > LONGEST:
        raise NianjianError("statement_too_long", part=part, longest=LONGEST)
    shape = get_shape(claim, part)
    plain = read_part(text, shape, clock.today())
    if plain is None:
        raise NianjianError(
            "statement_part_wrong", statement=f"{claim}.{part}", value=text.strip(), possible=_name_possible(shape)
        )
    return plain


def _name_possible(shape: PartShape) -> str:
    """What a part may say, as errors name it: the words themselves, or the code of a day."""
    if shape.kind is PartKind.CHOICE:
        return "、".join(shape.choices)
    return "past_day" if shape.past else shape.kind.value


def store_statements(*, enterprise: str, claim: str, year: int, texts: Mapping[str, str], actor: Actor) -> list[str]:
    """State the parts of a claim for a data year (0: standing), in one audit entry; an empty text takes one back.

    The parts that changed: a text that counts already is left as it is. ``enterprise_unknown``,
    ``statement_too_long``, ``statement_part_wrong`` for what a part cannot say: no day, a day to come, another word.
    """
    code, at = accounts.enterprise(enterprise).code, clock.now()
    plain = {part: _check_part(claim, part, text) for part, text in texts.items()}
    with transaction.atomic():
        counting = {
            row.part: row
            for row in Statement.objects.select_for_update().filter(
                enterprise_id=code, claim=claim, year=year, part__in=plain, superseded_at=None
            )
        }
        changed = {
            part: text for part, text in plain.items() if text != (counting[part].text if part in counting else "")
        }
        if not changed:
            return []
        superseded = [counting[part].pk for part in changed if part in counting]
        Statement.objects.filter(pk__in=superseded).update(superseded_at=at)
        for part, text in changed.items():
            if text:
                Statement.objects.create(
                    enterprise_id=code, claim=claim, part=part, year=year, text=text, stated_by=str(actor), stated_at=at
                )
        data = {"claim": claim, "year": year, "parts": sorted(changed), "withdrawn": sorted(
            part for part, text in changed.items() if not text
        )}  # fmt: skip
        record(verb=VERB, enterprise=code, actor=actor, data=data)
    return list(changed)
