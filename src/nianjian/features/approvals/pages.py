"""What waits for a second person."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper.people import actor_texts
from nianjian.engines.paper.rectification import channel_text
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.rectification import DIMENSIONS
from nianjian.engines.paper.words import Words, mark, words
from nianjian.engines.rules.inputs import apply_input
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.approvals import operations as flow
from nianjian.features.approvals.operations import Approval
from nianjian.features.dial_policy.pages import describe_setting, setting_text
from nianjian.features.dossier.states import finding_text
from nianjian.features.rectification.queries import get_case, get_channel_names, list_channel_names
from nianjian.features.rulebook.operations import enqueue_effects
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import EVERYWHERE, has_permission
from nianjian.platform.accounts.query import USER, Actor, recorded_actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals.storage import split_approvers
from nianjian.platform.home.http import missing_as_404
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web import rule_values
from nianjian.platform.web.access import Request, anywhere, at
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.language import current
from nianjian.platform.web.menu import ENTERPRISE, Entry, Place, Scope
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table

KIND: Final = "overlay"
PENDING: Final = "pending"


def build_rule_context(proposal: Mapping[str, Any]) -> dict[str, Any]:
    """Rule as it holds on the first day, and the new value; {} where there is none by now."""
    place = str(proposal.get("enterprise") or "")
    province = str(proposal.get("province") or "") or (accounts.enterprise(place).province if place else "")
    first = date.fromisoformat(str(proposal["valid_from"]))
    book = rulebook(day=first, province=province or None, enterprise=place or None)
    rule = book.in_force.get(str(proposal["key"]))
    if rule is None:
        return {}
    now = rule_values.present_rule(rule, book)
    last = proposal.get("valid_to")
    concerned = accounts.enterprise(place).name if place else str(proposal.get("province") or gettext("everywhere"))
    return {
        "rule": now,
        "rule_page": at("rules-one", place, key=now.key),
        "change": (now.title, now.present, _new_value(proposal, book, place, province)),
        "pairs": [
            (gettext("Concerns"), concerned),
            (gettext("Valid"), f"{first} – {last or gettext('open-ended')}"),
        ],
    }


def _new_value(proposal: Mapping[str, Any], book: Rulebook, place: str, province: str) -> str:
    """The new value as people write it; as it was typed where the rule takes it no more."""
    overlay = {**proposal, "enterprise": place or None, "province": None, "valid_to": None}
    try:
        tried = Rulebook.on(book.day, province or None, place or None, [overlay])
    except NianjianError:
        return str(proposal["value"])
    return rule_values.rule_value_text(tried.in_force[str(proposal["key"])], tried)


def request_effects(proposal: Mapping[str, Any], actor: Actor) -> str:
    """Let the worker compute what the value would do; the address that follows it. Errors as `enqueue_effects`."""
    place = str(proposal.get("enterprise") or "")
    job = enqueue_effects(
        **{name: str(proposal[name]) for name in ("key", "value", "reason")},
        province=str(proposal.get("province") or "") or None,
        enterprise=place or None,
        valid_from=date.fromisoformat(str(proposal["valid_from"])),
        actor=actor,
    )
    return at("rules-effect", place, key=str(proposal["key"]), job=job)


BADGES = {"pending": "warn", "approved": "good", "refused": "bad"}
LABELS = {
    "by": mark("Grouped by"),
    "channel": mark("Channel"),
    "end": mark("Ends when"),
    "case": mark("Case"),
    "seal": mark("Seal"),
    "season": mark("Data year"),
    "paper": mark("Item"),
    "version": mark("Version"),
    "document": mark("Checksum"),
    "page": mark("Page"),
    "place": mark("Centre of the imprint from the lower left"),
}


@require_safe
@anywhere(Permission.READ)
def list_requests(request: Request, code: str = EVERYWHERE) -> HttpResponse:
    """List the requests of an enterprise, or every one."""
    state = request.GET.get("state", "")
    state = state if state in BADGES else ""
    rows = LazyRows(lambda first, count: flow.list_requests_part(code or None, first, count, state=state))
    page: Page[Approval] = paged(request, rows, size=25)
    _ = words(current())
    describe = _build_description(request, code)
    body = [
        [
            Cell(translate_value("state", one.state, _), badge=BADGES[one.state]),
            Cell(
                " · ".join(part for part in (str(translate_value("kind", one.kind, _)), describe(one)) if part),
                href=at("approvals-decide", code, approval=one.approval),
            ),
            *map(Cell, actor_texts([one.requested_by, _get_decider(one)], _)),
            Cell(format_moment(datetime.fromisoformat(one.decided_at or one.requested_at)), day=True),
        ]
        for one in page.rows
    ]
    heads = (gettext("State"), gettext("What"), gettext("Requested by"), gettext("Approver"), gettext("Moment"))
    table = Table(gettext("Approvals"), [Column(head) for head in heads], body, wrap=True, cards=True)
    states = [(name, translate_value("state", name, _)) for name in BADGES]
    return render(request, "approvals/list.html", {"page": page, "table": table, "state": state, "states": states})


def _get_decider(one: Approval) -> str:
    """Who decided, or who is asked to."""
    approver = f"{USER}:{one.approver}" if one.approver else "–"
    return one.decided_by or approver


def _build_description(request: Request, code: str) -> Callable[[Approval], str]:
    """What requests of a list are about, in names; what this asks is asked once for all of them."""
    _ = words(current())
    province = request.enterprise.province if code else None
    book = rulebook(day=clock.today(), province=province or None, enterprise=code or None)
    names = cache(lambda enterprise: list_channel_names(enterprise, clock.today()))

    def describe(one: Approval) -> str:
        proposal = one.asked
        if rule := book.in_force.get(str(proposal.get("key"))) if one.kind == KIND else None:
            return f"{rule_values.present_rule(rule, book).title} → {_describe_value(rule, proposal['value'], book)}"
        if proposal.get("channel"):
            return channel_text(str(proposal["by"]), str(proposal["channel"]), names(one.enterprise))
        if isinstance(proposal.get("values"), Mapping):
            what, _now, then = _describe_change(proposal, _) or ("", "", "")
            return f"{what} → {then}"
        return " · ".join(
            str(translate_value(name, proposal[name], _)) for name in ("seal", "paper") if proposal.get(name)
        )

    return describe


def _describe_value(rule: Rule, value: object, book: Rulebook) -> str:
    try:
        return rule_values.rule_value_text(apply_input(rule, str(value)), book)
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return str(value)


def _pairs(proposal: Mapping[str, Any], _: Words) -> list[tuple[str, object]]:
    pairs = [
        (gettext(LABELS[name]), _(DIMENSIONS[str(value)]) if name == "by" else translate_value(name, value, _))
        for name, value in proposal.items()
        if name in LABELS and value
    ]
    if isinstance(proposal.get("values"), Mapping):  # of the gate
        return []
    findings = [(one["code"], {"page": one["page"], **one["values"]}) for one in proposal.get("findings", ())]
    return [*pairs, *((gettext("Finding"), finding_text(code, values, _)) for code, values in findings)]


def _describe_change(proposal: Mapping[str, Any], _: Words) -> tuple[str, str, str] | None:
    """What is to change, the value now and the value then; None where it is no value that changes."""
    if isinstance(proposal.get("values"), Mapping):  # of the gate
        before, key = proposal["before"], str(proposal["key"])
        now = gettext("the rulebook's") if before is None else setting_text(key, before)
        return describe_setting(key, str(proposal["name"])), now, setting_text(key, proposal["values"])
    if "cap_before" in proposal:
        now, then = (
            gettext("no cap") if proposal[name] is None else str(proposal[name]) for name in ("cap_before", "cap")
        )
        return gettext("Attempts a day"), now, then
    return None


@require_http_methods(["GET", "POST"])
@anywhere(Permission.READ)
def decide(request: Request, approval: str, code: str = EVERYWHERE) -> HttpResponse:
    """Read one request, of an enterprise or any, and say yes or no; what became of it stands on the same page."""
    with missing_as_404():
        one = flow.get_request(approval=approval, actor=request.actor)
    if code not in {EVERYWHERE, one.enterprise}:
        raise Http404
    if request.method == "POST":
        if request.POST.get("decision") == "look" and one.kind == KIND:
            return redirect(request_effects(one.asked, request.actor))
        act = flow.approve if request.POST.get("decision") == "yes" else flow.refuse
        act(approval=approval, actor=request.actor)
        return redirect(request.path)
    _ = words(current())
    place, proposal = one.enterprise or EVERYWHERE, dict(one.asked)
    if proposal.get("channel"):  # with the name of the line or team: as its case has it, else as of today
        case = proposal.get("case")
        channels = get_channel_names(get_case(str(case))) if case else list_channel_names(place, clock.today())
        proposal["channel"] = channel_text(str(proposal["by"]), str(proposal["channel"]), channels)
    asker = recorded_actor(one.requested_by)
    mine = str(asker) == str(request.actor)
    able, unconfirmed = split_approvers(place, asker) if one.state == PENDING else ([], [])
    deciders = [f"{USER}:{person.name}" for person in able]
    asked_by, decider, *names = actor_texts([str(asker), _get_decider(one), *deciders], _)
    context = {
        "state": translate_value("state", one.state, _),
        "badge": BADGES[one.state],
        "kind": translate_value("kind", one.kind, _),
        "change": _describe_change(one.asked, _),
        "pairs": _pairs(proposal, _),
        "reason": one.asked.get("reason") or "",
        "asked_by": asked_by,
        "decider": "" if decider == "–" else decider,
        "deciders": names,
        "unconfirmed": [person.display_name or person.name for person in unconfirmed],
        "asked_at": format_moment(datetime.fromisoformat(one.requested_at)),
        "decided_at": format_moment(datetime.fromisoformat(one.decided_at)) if one.decided_at else "",
        "open": one.state == PENDING,
        "mine": mine,
        "may": has_permission(request.actor, place, Permission.APPROVE) and not mine,
    }
    if one.kind == KIND:
        looks = has_permission(request.actor, place, Permission.REQUEST)
        context |= build_rule_context(one.asked) | {"looks": looks}
    return render(request, "approvals/one.html", context)


urlpatterns = [
    path("approvals/", list_requests, name="approvals"),
    path("approvals/<str:approval>/", decide, name="approvals-decide"),
    path("e/<str:code>/approvals/", list_requests, name="approvals-here"),
    path("e/<str:code>/approvals/<str:approval>/", decide, name="approvals-decide-here"),
]


ENTRIES: Final = (Entry(Place.SETTINGS, mark("Approvals"), "approvals", scope=Scope.BOTH, group=ENTERPRISE),)
