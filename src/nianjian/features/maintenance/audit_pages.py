"""The pages of the audit chain: entries with filters, the export, and the check of every link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.numbers import Shape
from nianjian.engines.paper.figures import DASH, count_text
from nianjian.engines.paper.people import actor_text, actor_texts
from nianjian.engines.paper.texts import audit
from nianjian.engines.paper.texts.audit import VERBS, part_text
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.portrait import LIGHTS
from nianjian.engines.paper.words import Words, words
from nianjian.features.maintenance.audit_export import build_filter, export_entries
from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.query import USER
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit import query
from nianjian.platform.audit.models import Entry
from nianjian.platform.home.http import as_attachment
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as jobs
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.web import work
from nianjian.platform.web.access import Request, at, everywhere, page
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.forms import DayField, DayInput
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import progressing


@require_POST
@everywhere(Permission.AUDIT)
def start_verification(request: Request) -> HttpResponse:
    """Ask the worker to check every link; while it does, a second click leads to the same work."""
    job = flow.enqueue_once(kind=flow.VERIFY_CHAIN, enterprise=EVERYWHERE, payload={}, actor=request.actor)
    return redirect("audit-verified", job=job)


@require_safe
@everywhere(Permission.AUDIT)
def show_verification(request: Request, job: str) -> HttpResponse:
    """Show how far it is and what was found."""
    found = _get_verification(request, job)
    context = {
        **_progress_context(found),
        "by": work.person(found.requested_by),
        "asked": format_moment(found.created_at),
        "ended": format_moment(found.finished_at),
        "report": found.result if found.state == "done" else None,
        "error": work.describe_job_error(found.error)[0] if found.state == "failed" else "",
        "may_stop": not found.over and not found.stop_wanted,
    }
    return render(request, "audit/verified.html", context)


@require_safe
@everywhere(Permission.AUDIT)
def show_verification_progress(request: Request, job: str) -> HttpResponse:
    """Give the part of the page that moves; once the work is over the page is loaded anew."""
    found = _get_verification(request, job)
    answer = render(request, "data/progress.html", _progress_context(found))
    if found.over:
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
@everywhere(Permission.AUDIT)
def stop_verification(request: Request, job: str) -> HttpResponse:
    """Ask it to stop at its next step."""
    found = _get_verification(request, job)
    flow.stop(job=found.id, actor=request.actor)
    messages.info(request, _("The job stops at its next step."))
    return redirect("audit-verified", job=found.id)


def _progress_context(job: JobValue) -> dict[str, object]:
    return progressing(EVERYWHERE, job, reverse("audit-verify-progress", args=[job.id]))


def _get_verification(request: Request, job: str) -> JobValue:
    """A check of the chain; other work of the installation has pages of its own."""
    found = flow.job_for(job, request.actor)
    if found.enterprise != EVERYWHERE or found.kind != flow.VERIFY_CHAIN:
        raise Http404
    return found


class EntryFilter(forms.Form):
    """Act, person and days."""

    verb = forms.ChoiceField(label=gettext_lazy("Act"), required=False, choices=())
    actor = forms.ChoiceField(label=gettext_lazy("Who"), required=False, choices=())
    since, until = (
        DayField(label=label, required=False, widget=DayInput({"placeholder": label}))
        for label in (gettext_lazy("From"), gettext_lazy("To"))
    )

    def __init__(self, data: Mapping[str, str], actors: Iterable[str]) -> None:
        super().__init__(data)
        _ = words(current())
        people = list(dict.fromkeys([*actors, *filter(None, [data.get("actor", "")])]))
        texts = actor_texts(people, _)
        named = sorted(zip(people, texts, strict=True), key=lambda pair: pair[1])
        self._offer("actor", [("", gettext("Everybody")), *named])
        self._offer("verb", [("", gettext("All acts")), *((code, _(name)) for code, name in VERBS.items())])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices


PERSONS: Final = frozenset({Shape.MOBILE, Shape.LANDLINE})  # that a person's telephone has as it is usually written
OF_PEOPLE: Final = frozenset(
    {"callee", "caller", "complainant", "phone", "telephone", "mobile", "contact", "id_number"}
)
"""Parts that tell a number of a person, whatever it looks like."""
KEYS: Final = frozenset(
    {"batch", "call_id", "case", "complaint", "delivery", "digest", "drill", "id", "key", "keys", "line", "run",
     "sha256", "team", "ticket", "tickets"}
)  # fmt: skip
"""Parts that name a row, which are read whole: no register has a person's number for its key, but as a blind index."""
MOST_ITEMS: Final = 10  # items of a list that are shown; the file that can be taken out has all

LOGINS: Final = frozenset({"user", "approver"})
SIZES: Final = frozenset({"bytes", "size"})  # an archive of 13 GB has as many digits as a mobile number


def describe_parts(data: Mapping[str, object], _: Words) -> list[tuple[str, str]]:
    """(name, value) of every part, those of parts within it in one line."""
    return [(part_text(key, _), describe_value(key, value, _)) for key, value in data.items()]


def describe_value(key: str, value: object, _: Words) -> str:
    """One value in the reader's language."""
    if value is None or value in ("", [], {}):
        return DASH
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        masked = "" if key in SIZES else _mask_number(key, str(value))
        return masked or (str(value) if key == "year" else count_text(value))
    if isinstance(value, Mapping):
        said = ((part_text(name, _), describe_value(name, inside, _)) for name, inside in value.items())
        return " · ".join(_("{part}: {text}").format(part=name, text=inside) for name, inside in said)
    if isinstance(value, list):
        shown = [describe_value(key, one, _) for one in value[:MOST_ITEMS]]
        more = [_("and {n} more").format(n=len(value) - MOST_ITEMS)] if len(value) > MOST_ITEMS else []
        return "; ".join([*shown, *more])
    return _describe_word(key, str(value), _)


def _describe_word(key: str, value: str, _: Words) -> str:
    if key in LOGINS:
        return actor_text(f"{USER}:{value}", _)
    if key == "light" and value in LIGHTS:
        return _(LIGHTS[value])
    return _mask_number(key, value) or str(translate_value(key, value, _))


def _mask_number(key: str, value: str) -> str:
    """The text without what tells whose number it is; "" where it is no number of a person."""
    if key in KEYS or not (key in OF_PEOPLE or numbers.normalise(value).shape in PERSONS):
        return ""
    return numbers.mask(value)


ROWS: Final = 25
LONGEST: Final = 40  # characters of a part in the line that stands for the others


@require_safe
@page(Permission.AUDIT)
def list_enterprise_entries(request: Request, code: str) -> HttpResponse:
    """List an enterprise's entries, newest first."""
    return _render_list(request, code)


@require_safe
@everywhere(Permission.AUDIT)
def list_all_entries(request: Request) -> HttpResponse:
    """List all entries, newest first."""
    return _render_list(request, EVERYWHERE)


@require_safe
@page(Permission.AUDIT)
def export_enterprise_entries(request: Request, code: str) -> HttpResponseBase:
    """Give an enterprise's entries as CSV."""
    return _export(request, code)


@require_safe
@everywhere(Permission.AUDIT)
def export_all_entries(request: Request) -> HttpResponseBase:
    """Give all entries as CSV."""
    return _export(request, EVERYWHERE)


def _filters(request: HttpRequest) -> dict[str, str]:
    form = EntryFilter(request.GET.dict(), actors=())
    form.is_valid()
    given = form.cleaned_data
    verb, actor = (str(given.get(name) or "") for name in ("verb", "actor"))
    return build_filter(verb=verb, actor=actor, first=given.get("since"), last=given.get("until"))


def _render_list(request: Request, place: str) -> HttpResponse:
    shown: Page[Entry] = paged(request, query.filter_entries(enterprise=place, **_filters(request)), size=ROWS)
    number, head = query.head()
    inside = request.GET.urlencode()
    out = at("audit-export", place)
    context = {
        "page": shown,
        "table": _entry_table(shown, place),
        "form": EntryFilter(request.GET.dict(), query.actors(place)),
        "filtered": any(request.GET.get(name) for name in EntryFilter.base_fields),
        "number": number,
        "head": head,
        "out": f"{out}?{inside}" if inside else out,
        "whole": not place,
        "checked": None if place else jobs.newest(EVERYWHERE, flow.VERIFY_CHAIN, {}, "done"),
    }
    return render(request, "audit/list.html", context)


def _entry_table(shown: Page[Entry], place: str) -> Table:
    _ = words(current())
    rows, acts = [], [query.act(entry) for entry in shown.rows]
    people = actor_texts([act.actor for act in acts], _)
    for one, who in zip(acts, people, strict=True):
        said = describe_parts(one.data, _)
        cells = [
            Cell(one.seq, figure=True),
            Cell(datetime.fromisoformat(one.at).astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S"), day=True),
            Cell(who),
            *([] if place else [Cell(one.enterprise or "–")]),
            Cell(audit.verb_text(one.verb, _)),
            Cell(_summary(said), pairs=[*said, (gettext("Account"), one.actor), (gettext("Act code"), one.verb)]),
        ]
        rows.append(cells)
    heads = (
        gettext("Number"), gettext("Moment"), gettext("Who"), *([] if place else [gettext("Enterprise")]),
        gettext("Act"), gettext("Content"),
    )  # fmt: skip
    brief = ("", "start", "end", *([] if place else [""]), "whole", "whole")
    columns = [
        Column(head, figure=at == 0, brief=where) for at, (head, where) in enumerate(zip(heads, brief, strict=True))
    ]
    return Table(gettext("Audit chain"), columns, rows, wrap=True)


def _summary(said: Sequence[tuple[str, str]]) -> str:
    """The first parts in one line; the rest is folded away behind it."""
    text = " · ".join(value for _name, value in said[:2]) or DASH
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _export(request: Request, place: str) -> HttpResponseBase:
    lines = export_entries(enterprise=place, asked=_filters(request), actor=request.actor)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return as_attachment(answer, f"audit-{place or 'all'}.csv")


urlpatterns = [
    path("audit/", list_all_entries, name="audit"),
    path("audit/export.csv", export_all_entries, name="audit-export"),
    path("audit/verify/", start_verification, name="audit-verify"),
    path("audit/verify/<str:job>/", show_verification, name="audit-verified"),
    path("audit/verify/<str:job>/progress/", show_verification_progress, name="audit-verify-progress"),
    path("audit/verify/<str:job>/stop/", stop_verification, name="audit-verify-stop"),
    path("e/<str:code>/audit/", list_enterprise_entries, name="audit-here"),
    path("e/<str:code>/audit/export.csv", export_enterprise_entries, name="audit-export-here"),
]
