"""What the enterprise declares of its dialling (AI外呼、预测式外呼、一键投诉), where records cannot tell it (S5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.db import transaction

from nianjian.engines.paper.texts.claims import ANSWER, CLAIMS, DECLARED, NO, YES
from nianjian.engines.paper.words import mark
from nianjian.features.inspection.operations.readiness import INSPECTION
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.claims.models import STANDING
from nianjian.platform.claims.storage import load_statements, store_statements
from nianjian.platform.operations.fields import Param, YesNo
from nianjian.platform.operations.operation import Answer, Body, operation


@dataclass(frozen=True, slots=True)
class Declaration:
    """A card with the enterprise's own answer, null: it states nothing; and who states it."""

    card: str
    answer: bool | None
    stated_by: str = ""
    stated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Declarations:
    """The three facts, in the order of the guide."""

    declarations: list[Declaration]


def list_declarations(*, enterprise: str, actor: Actor) -> list[Declaration]:
    """What is declared of each card; ``role_missing``, ``enterprise_unknown``."""
    require_permission(actor, enterprise, Permission.READ)
    statements = load_statements(enterprise, STANDING)
    answers = [(card, statements.get(card, {}).get(ANSWER)) for card in DECLARED]
    return [
        Declaration(card, None) if one is None else Declaration(card, one.text == YES, one.by, one.at)
        for card, one in answers
    ]


@operation(
    "inspection.declare", on=INSPECTION, permission=Permission.MANAGE_DATA, path="/inspection/declarations",
    answer=Answer(schema=Declarations, document=lambda _request, _key, declarations: declarations),
    label=mark("Save the statement"),
    body=Body("NewDeclarations", "True: there is; false: there is none; null: the enterprise states nothing."),
)  # fmt: skip
def declare_facts(
    *,
    enterprise: str,
    actor: Actor,
    ai_outbound: Annotated[YesNo, Param(label=CLAIMS["ai_outbound"].parts[ANSWER])] = None,
    predictive: Annotated[YesNo, Param(label=CLAIMS["predictive"].parts[ANSWER])] = None,
    one_click: Annotated[YesNo, Param(label=CLAIMS["one_click"].parts[ANSWER])] = None,
) -> Declarations:
    """Declare AI outbound calls, predictive dialling and a one-click complaint entry; answer cards print it."""
    answers = {"ai_outbound": ai_outbound, "predictive": predictive, "one_click": one_click}
    with transaction.atomic():
        for card, answer in answers.items():
            text = "" if answer is None else YES if answer else NO
            store_statements(enterprise=enterprise, claim=card, year=STANDING, texts={ANSWER: text}, actor=actor)
    return Declarations(list_declarations(enterprise=enterprise, actor=actor))
