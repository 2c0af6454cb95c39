"""The packages of a season that were handed in, one of them in full, and what differs between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.dossier.rounds import ASKED, CHANGES, EVIDENCE, PAGES, ROUNDS, WHOLE
from nianjian.engines.paper.words import words
from nianjian.features.dossier.operations.rounds import presenters
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.features.dossier.pages.presenters import title
from nianjian.features.dossier.pages.rounds.forms import Submitted, form
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import moment, person

MOST: Final = 50  # packages that the page shows
BADGES: Final = {
    "submitted": "plain", "returned": "bad", "answered": "warn", "resubmitted": "plain", "passed": "good",
    "open": "bad", "to_confirm": "warn", "sent": "good", "left_out": "bad",
}  # fmt: skip
CHANGED: Final = {"same": "good", "resaved": "plain"}
Told = Mapping[str, Any]


@require_safe
@page(Act.READ)
def listing(request: Request, code: str, year: int) -> HttpResponse:
    """The packages of a season."""
    found = presenters.list_packages(enterprise=code, year=in_reach(year), actor=request.actor, count=MOST)
    context = {
        "year": year,
        "table": _packages(code, year, found) if found else None,
        "pairs": [(one["number"] - 1, one["number"]) for one in found if one["number"] > 1],
        "form": Submitted(initial={"on": clock.today()}),
        "may_load": may(request.actor, code, Act.LOAD),
    }
    return render(request, "dossier/rounds.html", context)


def _packages(code: str, year: int, found: Sequence[Told]) -> Table:
    heads = (
        gettext("Package"), gettext("State"), gettext("Handed in on"), gettext("Where"), gettext("Requests answered"),
        gettext("Last day"),
    )  # fmt: skip
    rows = [
        [
            Cell(one["number"], href=reverse("rounds-one", args=[code, year, one["number"]]),
                 says=gettext("Package {number}").format(number=one["number"])),
            _state(one["state"], ROUNDS),
            Cell(one["handed_on"]),
            Cell(one["place"]),
            Cell(f"{one['answered']}/{one['requests']}" if one["requests"] else "–"),
            Cell(_due(one), badge="bad") if one["late"] else Cell(_due(one)),
        ]
        for one in found
    ]  # fmt: skip
    return Table(gettext("Packages handed in"), [Column(head) for head in heads], rows, cards=True)


def _state(code: str, names: Mapping[str, str]) -> Cell:
    badge = "good" if names is ASKED and code == "answered" else BADGES[code]
    return Cell(words(current())(names[code]), badge=badge)


def _due(told: Told) -> str:
    """The last day and how sure it is; "–" where nothing came back."""
    if told["due"] is None:
        return "–"
    how = gettext("as the notice says") if told["printed"] else gettext("counted in working days")
    if told["provisional"]:
        how = gettext("provisional: the holidays of that year are not announced yet")
    text = gettext("{due} ({how}), overdue") if told["late"] else gettext("{due} ({how})")
    return text.format(due=told["due"], how=how)


@require_safe
@page(Act.READ)
def detail(request: Request, code: str, year: int, number: int) -> HttpResponse:
    """A package with everything about it."""
    told = presenters.get_package(enterprise=code, year=in_reach(year), number=number, actor=request.actor)
    _ = words(current())
    may_load = may(request.actor, code, Act.LOAD)
    acts = set(told["acts"]) if may_load else set()
    context = {
        "year": year,
        "told": told,
        "state": _state(told["state"], ROUNDS),
        "pairs": _pairs(told),
        "notices": [_notice(code, year, one, "answer" in acts) for one in told["notices"]],
        "items": ", ".join(_with_version(one) for one in told["items"]),
        "papers": [
            (one["id"], _(EVIDENCE[one["kind"]]), one["name"], moment(one["recorded_at"]), person(one["recorded_by"]))
            for one in told["papers"]
        ],
        "give_back": form("return", received=clock.today()) if "return" in acts else None,
        "accept": form("accept", on=clock.today()) if "accept" in acts else None,
        "keep": form("paper") if "paper" in acts else None,
        "may_reveal": may(request.actor, code, Act.REVEAL),
        "before": number - 1,
    }
    return render(request, "dossier/round.html", context)


def _pairs(told: Told) -> list[tuple[str, str]]:
    built = gettext("yes") if told["built_here"] else gettext("no: the audit chain has no build of it")
    pairs = [
        (gettext("Handed in on"), told["handed_on"]),
        (gettext("Where"), told["place"]),
        (gettext("The authority's number of it"), told["reference"] or "–"),
        (gettext("Manifest"), told["manifest"][:16]),
        (gettext("Built here"), built),
        (gettext("Last day"), _due(told)),
    ]
    if told["passed_on"]:
        pairs.append((gettext("Passed on"), told["passed_on"]))
    return pairs


def _with_version(one: Told) -> str:
    version = "–" if one["version"] is None else one["version"]
    return gettext("{item} (version {version})").format(item=title(one["item"]), version=version)


def _notice(code: str, year: int, told: Told, open_: bool) -> dict[str, Any]:  # noqa: FBT001 -- whether forms are shown
    return {
        "received": told["received"],
        "reference": told["reference"],
        "due": _due(told),
        "late": told["late"],
        "requests": [
            {
                "name": _name(one["item"]),
                "href": reverse("dossier-item", args=[code, year, one["item"]]) if one["item"] else "",
                "text": one["text"],
                "state": _state(one["state"], ASKED),
                "answers": [
                    (answer["version"], answer["note"], moment(answer["at"]), person(answer["by"]))
                    for answer in one["answers"]
                ],
                "form": form("answer", request=one["id"]) if open_ else None,
            }
            for one in told["requests"]
        ],
    }


def _name(item: str) -> str:
    return title(item) if item else words(current())(WHOLE)


@require_safe
@page(Act.READ)
def differences(request: Request, code: str, year: int) -> HttpResponse:
    """What differs between two packages: ``before`` and ``after`` of the query."""
    before, after = (_number(request.GET.get(name, "")) for name in ("before", "after"))
    try:
        told = presenters.compared(
            enterprise=code, year=in_reach(year), before=before, after=after, actor=request.actor
        )
    except NianjianError as error:
        if error.code == "dossier_round_unknown":
            raise Http404 from error
        raise
    _ = words(current())
    context = {
        "year": year,
        "told": told,
        "items": [
            {
                "name": title(one["item"]),
                "kind": Cell(_(CHANGES[one["kind"]]), badge=CHANGED.get(one["kind"], "warn")),
                "before": "–" if one["before"] is None else one["before"],
                "after": "–" if one["after"] is None else one["after"],
                "pages": [(page["page"], page["book"], _(PAGES[page["kind"]])) for page in one["pages"]],
            }
            for one in told["items"]
        ],
    }
    return render(request, "dossier/differences.html", context)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:  # noqa: PLR2004 -- what the column holds
        raise Http404
    return int(text)
