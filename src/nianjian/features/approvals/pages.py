"""What waits for a second person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper.dossier import finding_text
from nianjian.engines.paper.people import actor_texts
from nianjian.engines.paper.rectification import channel_text
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.rectification import DIMENSIONS
from nianjian.engines.paper.words import Words, mark, words
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.approvals import operations as flow
from nianjian.features.dial_policy.pages import describe_setting, setting_text
from nianjian.features.rectification.queries import get_case, get_channel_names, list_channel_names
from nianjian.features.rulebook.operations import enqueue_effects
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import EVERYWHERE, has_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web import rule_values
from nianjian.platform.web.access import Request, anywhere, at
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table

KIND: Final = "overlay"


def build_rule_context(asked: Mapping[str, Any], *, by: str) -> dict[str, Any]:
    """Rule as it holds on the first day without the new value, and the labelled rest; {} where there is none by now."""
    place = str(asked.get("enterprise") or "")
    province = str(asked.get("province") or "") or (accounts.enterprise(place).province if place else "")
    first = date.fromisoformat(str(asked["valid_from"]))
    book = rulebook(day=first, province=province or None, enterprise=place or None)
    rule = book.in_force.get(str(asked["key"]))
    if rule is None:
        return {}
    now = rule_values.present_rule(rule, book)
    last = asked.get("valid_to")
    concerned = accounts.enterprise(place).name if place else str(asked.get("province") or gettext("everywhere"))
    return {
        "rule": now,
        "then": _new_value(asked, book, place, province),
        "rule_page": at("rules-one", place, key=now.key),
        "rest": [
            (gettext("Reason"), asked["reason"]),
            (gettext("Requested by"), by),
            (gettext("Concerns"), concerned),
            (gettext("Valid"), f"{first} – {last or gettext('open')}"),
        ],
    }


def _new_value(asked: Mapping[str, Any], book: Rulebook, place: str, province: str) -> str:
    """The new value as people write it; as it was typed where the rule takes it no more."""
    overlay = {**asked, "enterprise": place or None, "province": None, "valid_to": None}
    try:
        tried = Rulebook.on(book.day, province or None, place or None, [overlay])
    except NianjianError:
        return str(asked["value"])
    return rule_values.present_rule(tried.in_force[str(asked["key"])], tried).value


def request_effects(asked: Mapping[str, Any], actor: Actor) -> str:
    """Let the worker compute what the value would do; the address that follows it. Errors as `ask_effects`."""
    place = str(asked.get("enterprise") or "")
    job = enqueue_effects(
        **{name: str(asked[name]) for name in ("key", "value", "reason")},
        province=str(asked.get("province") or "") or None,
        enterprise=place or None,
        valid_from=date.fromisoformat(str(asked["valid_from"])),
        actor=actor,
    )
    return at("rules-effect", place, key=str(asked["key"]), job=job)


BADGES = {"pending": "warn", "approved": "good", "refused": "bad"}
LABELS = {
    "key": mark("Rule"),
    "value": mark("New value"),
    "province": mark("Province"),
    "enterprise": mark("Enterprise"),
    "reason": mark("Reason"),
    "valid_from": mark("First day"),
    "valid_to": mark("Last day"),
    "by": mark("Grouped by"),
    "channel": mark("Channel"),
    "cap": mark("Attempts a day"),
    "cap_before": mark("Attempts a day before"),
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
    shown: Page[dict[str, Any]] = paged(
        request, LazyRows(lambda first, count: flow.list_requests_part(code or None, first, first + count))
    )
    _ = words(current())
    rows = [
        [
            Cell(one["approval"], href=at("approvals-decide", code, approval=one["approval"])),
            Cell(translate_value("kind", one["kind"], _)),
            Cell(translate_value("state", one["state"], _), badge=BADGES[one["state"]]),
            Cell(_describe_request(one["asked"])),
            *map(Cell, actor_texts([one["requested_by"], one["decided_by"] or "–"], _)),
        ]
        for one in shown.rows
    ]
    heads = (gettext("Request"), gettext("Kind"), gettext("State"), gettext("What"), gettext("Requested by"))
    columns = [Column(head) for head in (*heads, gettext("Decided by"))]
    table = Table(gettext("Approvals"), columns, rows, wrap=True)
    return render(request, "approvals/list.html", {"page": shown, "table": table})


def _describe_request(asked: Mapping[str, object]) -> str:
    _ = words(current())
    names = ("key", "value", "channel", "cap", "seal", "paper")
    return " · ".join(str(translate_value(name, asked[name], _)) for name in names if asked.get(name))


def _with_channel_name(asked: Mapping[str, Any], enterprise: str) -> Mapping[str, Any]:
    """The request with the name of the line or team that it would isolate: as its case has it, else as of today."""
    if not asked.get("channel"):
        return asked
    case = asked.get("case")
    names = get_channel_names(get_case(str(case))) if case else list_channel_names(enterprise, clock.today())
    return {**asked, "channel": channel_text(str(asked["by"]), str(asked["channel"]), names)}


def _pairs(asked: Mapping[str, Any], _: Words) -> list[tuple[str, object]]:
    found = [
        (gettext(LABELS[name]), _(DIMENSIONS[str(value)]) if name == "by" else translate_value(name, value, _))
        for name, value in asked.items()
        if name in LABELS and value
    ]
    if isinstance(asked.get("values"), Mapping):  # of the gate
        before, key = asked["before"], str(asked["key"])
        return [
            (gettext("About"), describe_setting(key, str(asked["name"]))),
            (gettext("New value"), setting_text(key, asked["values"])),
            (
                gettext("Value before"),
                gettext("the rulebook's") if before is None else setting_text(key, before),
            ),
            (gettext("Reason"), asked["reason"] or "–"),
        ]
    told = [(one["code"], {"page": one["page"], **one["values"]}) for one in asked.get("findings", ())]
    return [*found, *((gettext("Finding"), finding_text(code, values, _)) for code, values in told)]


@require_http_methods(["GET", "POST"])
@anywhere(Permission.READ)
def decide(request: Request, approval: str, code: str = EVERYWHERE) -> HttpResponse:
    """Read one request, of an enterprise or any, and say yes or no."""
    try:
        one: dict[str, Any] = flow.get_request(approval=approval, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error
    if code not in {EVERYWHERE, one["enterprise"]}:
        raise Http404
    back = at("approvals", code)
    if request.method == "POST":
        if request.POST.get("decision") == "look" and one["kind"] == KIND:
            return redirect(request_effects(one["asked"], request.actor))
        if request.POST.get("decision") == "yes":
            flow.approve(approval=approval, actor=request.actor)
            messages.success(request, gettext("Approved and carried out."))
        else:
            flow.refuse(approval=approval, actor=request.actor)
            messages.success(request, gettext("Refused."))
        return redirect(back)
    _ = words(current())
    mine = str(one["requested_by"]) == str(request.actor)
    asked_by, decided_by = actor_texts([one["requested_by"], one["decided_by"]], _)
    context = {
        "one": one,
        "state": translate_value("state", one["state"], _),
        "badge": BADGES[one["state"]],
        "kind": translate_value("kind", one["kind"], _),
        "pairs": _pairs(_with_channel_name(one["asked"], one["enterprise"]), _),
        "asked_by": asked_by,
        "decided_by": decided_by,
        "open": one["state"] == "pending",
        "mine": mine,
        "may": has_permission(request.actor, one["enterprise"] or EVERYWHERE, Permission.APPROVE) and not mine,
        "back": back,
    }
    if one["kind"] == KIND:
        looks = has_permission(request.actor, one["enterprise"] or EVERYWHERE, Permission.REQUEST)
        context |= build_rule_context(one["asked"], by=asked_by) | {"looks": looks}
    return render(request, "approvals/one.html", context)


urlpatterns = [
    path("approvals/", list_requests, name="approvals"),
    path("approvals/<str:approval>/", decide, name="approvals-decide"),
    path("e/<str:code>/approvals/", list_requests, name="approvals-here"),
    path("e/<str:code>/approvals/<str:approval>/", decide, name="approvals-decide-here"),
]
