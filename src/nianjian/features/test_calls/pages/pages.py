"""Test calls: how each filed number stands, all tests, and what may be asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.inspection.words import CARRIERS, HOWS, LIGHTS, REASONS, VERDICTS
from nianjian.engines.paper.words import Words, words
from nianjian.features.test_calls.operations import manual_calls, presenters, routes, work
from nianjian.features.test_calls.operations.grounds import Grounds
from nianjian.features.test_calls.pages.forms import ByHand, TestCallForm
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table

Json = dict[str, Any]
BADGES = {"pass": "good", "fail": "bad", "unproved": "warn", "": "plain"}


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows that are read where they are cut."""

    read: Callable[..., list[Json]]
    code: str
    request: Request

    def __getitem__(self, part: slice) -> list[Json]:
        count = part.stop - part.start
        return self.read(enterprise=self.code, actor=self.request.actor, first=part.start, count=count)


@require_safe
@page(Act.READ)
def listing(request: Request, code: str) -> HttpResponse:
    """Show numbers and tests."""
    return _listing(request, code, {"asked": TestCallForm(auto_id="asked_%s"), "by_hand": ByHand(auto_id="hand_%s")})


@require_http_methods(["POST"])
@page(Act.REPORT)
def request_test_calls(request: Request, code: str) -> HttpResponse:
    """Put test calls; on to their job."""
    form = TestCallForm(request.POST, auto_id="asked_%s")
    if form.is_valid():
        number, route = form.cleaned_data["number"].strip(), form.cleaned_data["route"].strip()
        try:
            job = work.enqueue_test_calls(
                enterprise=code,
                numbers=[number] if number else [],
                names=[route] if route else [],
                actor=request.actor,
            )
            return redirect("data-job", code=code, job=job)
        except NianjianError as error:
            _refused(form, error)
    return _listing(request, code, {"asked": form, "by_hand": ByHand(auto_id="hand_%s")}, UNPROCESSABLE)


@require_POST
@page(Act.LOAD)
def begin(request: Request, code: str) -> HttpResponse:
    """Start the timer of a call by hand; on to its page."""
    form = ByHand(request.POST, auto_id="hand_%s")
    if form.is_valid():
        try:
            told = manual_calls.begin(enterprise=code, actor=request.actor, **form.cleaned_data)
            return redirect("callback-one", code=code, trial=told["trial"])
        except NianjianError as error:
            _refused(form, error)
    return _listing(request, code, {"asked": TestCallForm(auto_id="asked_%s"), "by_hand": form}, UNPROCESSABLE)


def _refused(form: Form, error: NianjianError) -> None:
    if error.code == "role_missing":
        raise error
    form.add_error(None, " ".join(describe_error(error)))


def _listing(request: Request, code: str, forms: Json, status: int = 200) -> HttpResponse:
    _ = words(current())
    grounds = Grounds.of(code, request.actor, Act.READ)
    numbers: Page[Json] = paged(request, _Rows(presenters.by_number, code, request), name="numbers")
    tests: Page[Json] = paged(request, _Rows(presenters.list_trials, code, request))
    kept = routes.list_routes(enterprise=code, actor=request.actor)
    context = {
        **forms,
        "limit": f"{grounds.limit / 1000:g}",
        "days": grounds.days,
        "routes": [one["name"] for one in kept["routes"]],
        "numbers": numbers,
        "number_table": _numbers(code, numbers.rows, _),
        "page": tests,
        "table": _tests(code, tests.rows, _),
        "may_report": may(request.actor, code, Act.REPORT),
        "may_load": may(request.actor, code, Act.LOAD),
    }
    return render(request, "callback/list.html", context, status=status)


def _numbers(code: str, rows: Sequence[Json], _: Words) -> Table:
    body = []
    for one in rows:
        last = one["newest"]
        carriers = [(carrier, _(CARRIERS[state])) for carrier, state in one["carriers"].items()]
        address = reverse("callback-one", kwargs={"code": code, "trial": last["trial"]}) if last else ""
        body.append(
            [
                Cell(one["number"]),
                Cell(_(LIGHTS[one["light"]]), code=one["light"]),
                Cell("", pairs=carriers),
                Cell(one["gateway"] or "–"),
                Cell(moment(last["begun_at"]) if last else "–", href=address),
                Cell(_(REASONS[last["counts_reason"]]) if last else "–"),
            ]
        )
    heads = (gettext("Number called"), gettext("Light"), gettext("Carriers"), gettext("Gateway in the ledger"),
             gettext("Newest test call"), gettext("What came of it"))  # fmt: skip
    return Table(gettext("Filed numbers"), [Column(head) for head in heads], body, wrap=True, cards=True)


def _tests(code: str, rows: Sequence[Json], _: Words) -> Table:
    body = [
        [
            Cell(moment(one["begun_at"]), href=reverse("callback-one", kwargs={"code": code, "trial": one["trial"]})),
            Cell(one["number"]),
            Cell(_(VERDICTS[one["counts"] or ""]), badge=BADGES[one["counts"] or ""]),
            Cell(_(REASONS[one["counts_reason"]]) if one["counts_reason"] else "–"),
            Cell("–" if one["answer_s"] is None else f"{one['answer_s']:.3f}", figure=True),
            Cell(one["gateway_seen"] or "–"),
            Cell(" ".join(filter(None, (_(HOWS[one["how"]]), one["route"], one["carrier"])))),
        ]
        for one in rows
    ]
    heads = (gettext("Begun"), gettext("Number called"), gettext("Verdict"), gettext("What came of it"),
             gettext("Answered after s"), gettext("Gateway seen"), gettext("How"))  # fmt: skip
    columns = [Column(head, figure=place == 4) for place, head in enumerate(heads)]  # noqa: PLR2004 -- the figure's place
    return Table(gettext("Test calls"), columns, body, wrap=True, cards=True)


def moment(text: str) -> str:
    """Day and time to the second."""
    return text[:19].replace("T", " ")
