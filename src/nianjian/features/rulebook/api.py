"""The rulebook of a day, and the request to overlay a value."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from django.http import Http404
from ninja import Query, Router, Schema

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.rulebook.operations import RuleTold, enqueue_effects, request_overlay, rule_to_full_document
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import everywhere, read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, Text
from nianjian.platform.rulebook.rulebooks import rulebook

router = Router(tags=["rules"])


class RulesWanted(Schema):
    """On which day (today if none), how the key begins, a part of key, id, titles or citation, a level."""

    on: Day | None = None
    prefix: Text = ""
    q: Text = ""
    level: Text = ""


class Trial(Schema):
    """Another value from a day on."""

    value: Text
    valid_from: Day


class EverywhereTrial(Trial):
    """The same for every enterprise, of a province if one is named."""

    province: Text = ""


class Proposal(Schema):
    """Another value from a day on, and why."""

    value: Text
    valid_from: Day
    valid_to: Day | None = None
    reason: Text


class EverywhereProposal(Proposal):
    """The same for every enterprise, of a province if one is named."""

    province: Text | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """The request that a second person decides."""

    approval: str
    state: str


On = Annotated[Day | None, Query()]


@read(router, "/enterprises/{code}/rules", act=Permission.READ, answer=Page[RuleTold])
def rules_list(request: Request, code: str, cut: Query[Cut], looked: Query[RulesWanted]) -> dict[str, object]:
    """The rules that hold for the enterprise on a day, by key."""
    book, part = _book(request, code, looked.on), looked.q.strip().casefold()
    rules = [
        rule
        for rule in book.rules(looked.prefix)
        if looked.level in {"", str(rule.level)}
        and part in f"{rule.key} {rule.id} {rule.title_zh} {rule.title_en} {rule.citation}".casefold()
    ]
    return paged(request, cut, rules, lambda rule: rule_to_full_document(rule, book))


everywhere(
    read(router, "/rules", act=Permission.READ, answer=Page[RuleTold]), rules_list, "rules_everywhere",
    "The rules that hold everywhere on a day, by key.",
)  # fmt: skip


@read(router, "/enterprises/{code}/rules/{key}", act=Permission.READ, answer=RuleTold)
def rules_get(request: Request, code: str, key: str, on: On = None) -> RuleTold:
    """One rule as it holds for the enterprise on a day."""
    book = _book(request, code, on)
    if key not in book.in_force:
        raise Http404
    return rule_to_full_document(book.in_force[key], book)


everywhere(
    read(router, "/rules/{key}", act=Permission.READ, answer=RuleTold), rules_get, "rules_get_everywhere",
    "One rule as it holds everywhere on a day.",
)  # fmt: skip


@write(router, "/enterprises/{code}/rules/{key}/overlays", act=Permission.REQUEST, answer=Pending, status=202)
def overlays_request(request: Request, code: str, key: str, proposal: Proposal) -> Pending:
    """Ask for another value of a rule for the enterprise; a second person decides."""
    values = proposal.model_dump()
    approval = request_overlay(key=key, enterprise=code, province=None, actor=request.actor, **values)
    return Pending(approval.id, approval.state)


@write(router, "/enterprises/{code}/rules/{key}/effects", act=Permission.REQUEST, answer=Job, status=202)
def effects_look(request: Request, code: str, key: str, trial: Trial) -> Job:
    """What another value of a rule would do to the enterprise's lights: work whose result tells both.

    Nothing is asked for or kept.
    """
    return _effects(request, key, code, None, trial)


@write(router, "/rules/{key}/overlays", act=Permission.REQUEST, answer=Pending, status=202)
def overlays_request_everywhere(request: Request, key: str, proposal: EverywhereProposal) -> Pending:
    """Ask for another value of a rule for every enterprise, or those of a province."""
    approval = request_overlay(key=key, enterprise=None, actor=request.actor, **proposal.model_dump())
    return Pending(approval.id, approval.state)


@write(router, "/rules/{key}/effects", act=Permission.REQUEST, answer=Job, status=202)
def effects_look_everywhere(request: Request, key: str, trial: EverywhereTrial) -> Job:
    """What another value would do to the lights of every enterprise, or those of a province: work as above.

    The first five of those that are concerned and have a portrait.
    """
    return _effects(request, key, None, trial.province or None, trial)


def _effects(request: Request, key: str, code: str | None, province: str | None, trial: Trial) -> Job:
    job = enqueue_effects(
        key=key, value=trial.value, province=province, enterprise=code, valid_from=trial.valid_from, reason="",
        actor=request.actor,
    )  # fmt: skip
    return enqueued_job_document(request, job)


def _book(request: Request, code: str, day: date | None) -> Rulebook:
    province = request.enterprise.province or None if code else None
    return rulebook(day=day, province=province, enterprise=code or None)
