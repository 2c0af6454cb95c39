"""A named person declares that a metric does not apply to the enterprise in a data year, or withdraws it."""

from dataclasses import dataclass
from typing import Annotated, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.definitions import METRICS
from nianjian.engines.paper.words import mark
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.operations.fields import Choice, Limits, Number, Param, Text
from nianjian.platform.operations.operation import Answer, Area, Body, operation
from nianjian.platform.registers.declarations import NotApplicable, store_declaration, store_withdrawal

SLUGS: Final = tuple(one.card.slug for one in METRICS)
DECLARATIONS: Final = Area(path="/enterprises/{code}/declarations")
Slug = Annotated[str, Choice(SLUGS)]
Year = Annotated[Number, Limits(1, 9999)]


@dataclass(frozen=True, slots=True)
class MetricDeclaration:
    """A declaration as interfaces answer it; ``withdrawn``: it acts no more."""

    metric: str
    year: int
    reason: str
    declared_by: str
    declared_on: str
    withdrawn: bool


ANSWER: Final = Answer(schema=MetricDeclaration, document=lambda _request, _key, declaration: declaration)


@operation(
    "portrait.declare", on=DECLARATIONS, permission=Permission.REPORT, answer=ANSWER,
    body=Body("NewDeclaration", "It acts in portraits computed from now on, while nothing of the metric is counted."),
)  # fmt: skip
def declare_not_applicable(
    *,
    enterprise: str,
    actor: Actor,
    metric: Slug,
    year: Year,
    reason: Annotated[
        Text,
        Param(label=mark("Reason"), hint=mark("For example: no seats were leased in this year."), rows=3, filled=True),
    ],
) -> MetricDeclaration:
    """Declare that a metric does not apply in a data year, with the reason; its light stays without colour.

    ``declaration_needs_user``, ``declaration_metric_unknown``, ``declaration_reason_missing``, ``declaration_exists``.
    """
    if not actor.proved:
        raise NianjianError("declaration_needs_user", metric=metric)
    if metric not in SLUGS:
        raise NianjianError("declaration_metric_unknown", metric=metric, metrics=", ".join(SLUGS))
    if not reason.strip():
        raise NianjianError("declaration_reason_missing", metric=metric)
    return _to_document(store_declaration(enterprise, metric, year, reason.strip(), actor))


@operation(
    "portrait.withdraw", on=DECLARATIONS, permission=Permission.REPORT, path="/withdrawals", answer=ANSWER,
    body=Body("DeclarationWithdrawal", "Which declaration acts no more; portraits already stored keep it."),
)  # fmt: skip
def withdraw_declaration(*, enterprise: str, actor: Actor, metric: Slug, year: Year) -> MetricDeclaration:
    """Withdraw a declaration.

    ``declaration_unknown``.
    """
    return _to_document(store_withdrawal(enterprise, metric, year, actor))


def _to_document(row: NotApplicable) -> MetricDeclaration:
    return MetricDeclaration(
        metric=row.metric, year=row.year, reason=str(row.reason), declared_by=row.declared_by,
        declared_on=row.declared_on.isoformat(), withdrawn=row.withdrawn_at is not None,
    )  # fmt: skip
