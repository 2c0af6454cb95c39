"""One item: what is asked for, its files with what the check found, who stands for it, what was said."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from nianjian.engines.paper.texts.dossier.words import FORMS, MARKS
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import words
from nianjian.features.dossier.kinds.catalogue import KNOWN
from nianjian.features.dossier.materials.query import ALGORITHM
from nianjian.features.dossier.operations import checklist, checklist_detail, upload
from nianjian.features.dossier.operations.checklist_detail import ItemDetail, ItemRequirement
from nianjian.features.dossier.operations.making.status import GENERATED
from nianjian.features.dossier.pages import presenters as told
from nianjian.features.dossier.pages.forms import form
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.features.dossier.pages.package import generated
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import uploads
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.work import progressing

NEWEST = 20  # versions and comments that the page shows


@require_safe
@page(Act.READ)
def show_item(request: Request, code: str, year: int, item: str) -> HttpResponse:
    """Show an item."""
    if item not in KNOWN:
        raise Http404
    found = checklist_detail.get_item_detail(
        enterprise=code, year=in_reach(year), item=item, actor=request.actor, most=NEWEST
    )
    asked = checklist_detail.list_requirements(checklist_detail.book(code))[item]
    line, newest = found.line, found.line.newest
    _ = words(current())
    context = {
        "year": year,
        "item": item,
        "heading": told.title(item),
        "number": asked.rule.id,
        "standing": told.state(line.state.value),
        "next": told.following(line),
        "pairs": _pairs(asked, found),
        "sources": [
            told.source(rule, name("level", str(rule.level), _)) for rule in (asked.rule, asked.beside) if rule
        ],
        "required": line.required,
        "versions": [told.version(row, newest.number if newest else 0) for row in found.versions],
        "comments": [(data.moment(one.at), data.person(one.actor), one.text) for one in found.comments],
        "limit": min(uploads.limit(), checklist.LIMIT) // uploads.MIB,
        "may_load": may(request.actor, code, Act.LOAD),
        "generate": generated(item=item) if item in GENERATED else None,
        "may_reveal": may(request.actor, code, Act.REVEAL),
        **_forms(found, item),
        **_work(code, year, item),
    }
    return render(request, "dossier/item.html", context)


def _pairs(asked: ItemRequirement, found: ItemDetail) -> list[tuple[str, str]]:
    _ = words(current())
    line = found.line
    pairs = [
        (gettext("Required form"), _(FORMS[asked.form.value])),
        (gettext("Seals"), _(", ").join(_(MARKS.get(one, one)) for one in asked.seals)),
        (gettext("Owner"), line.owner or "–"),
        (gettext("To be brought by"), str(line.due or "–")),
    ]
    if line.not_applicable:
        pairs.append((gettext("Does not apply, because"), line.not_applicable))
    return pairs


def _forms(found: ItemDetail, item: str) -> dict[str, object]:
    line = found.line
    last = line.newest
    return {
        "confirm": form("confirm", version=last.number, effective_on=last.effective_on, valid_until=last.valid_until)
        if last
        else None,
        "send_back": form("return", version=last.number) if last else None,
        "assign": form("assign", owner=line.owner, due=line.due),
        "say": form("comment"),
        "free": form("not-applicable", reason=line.not_applicable) if item == ALGORITHM else None,
    }


def _work(code: str, year: int, item: str) -> dict[str, object]:
    """The check that runs with its progress, how many wait behind it, and why the last one failed."""
    waiting = upload.waiting(code, year, item)
    if waiting:
        return {"working": True, "behind": len(waiting) - 1, **progressing(code, waiting[0])}
    last = upload.last(code, year, item)
    if last is None or last.state != "failed":
        return {"working": False}
    return {"working": False, "failed": data.describe_job_error(last.error)[0], "failed_job": last.id}
