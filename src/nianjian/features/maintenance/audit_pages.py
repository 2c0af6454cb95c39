"""The pages of the audit chain: entries with filters, the export, and the check of every link."""

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
from nianjian.engines.paper.texts.audit import FINDINGS, VERBS, part_text
from nianjian.engines.paper.texts.claims import CLAIMS
from nianjian.engines.paper.texts.dossier import VERDICTS
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.inspection_day import ROWS as ROWS_OF_THE_GUIDE
from nianjian.engines.paper.texts.portrait import LIGHTS
from nianjian.engines.paper.texts.season import TASKS
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
from nianjian.platform.web.access import Request, anywhere, at, everywhere
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
    job_value = _get_verification(request, job)
    context = {
        **progressing(EVERYWHERE, job_value, reverse("audit-verify-progress", args=[job_value.id])),
        "by": work.person(job_value.requested_by),
        "asked": format_moment(job_value.created_at),
        "ended": format_moment(job_value.finished_at),
        "report": job_value.result if job_value.state == "done" else None,
        "error": work.describe_job_error(job_value.error)[0] if job_value.state == "failed" else "",
        "may_stop": not job_value.over and not job_value.stop_wanted,
    }
    return render(request, "audit/verified.html", context)


@require_safe
@everywhere(Permission.AUDIT)
def show_verification_progress(request: Request, job: str) -> HttpResponse:
    """Give the part of the page that moves; once the work is over the page is loaded anew."""
    job_value = _get_verification(request, job)
    context = progressing(EVERYWHERE, job_value, reverse("audit-verify-progress", args=[job_value.id]))
    answer = render(request, "data/progress.html", context)
    if job_value.over:
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
@everywhere(Permission.AUDIT)
def stop_verification(request: Request, job: str) -> HttpResponse:
    """Ask it to stop at its next step."""
    job_value = _get_verification(request, job)
    flow.stop(job=job_value.id, actor=request.actor)
    messages.info(request, _("The job stops at its next step."))
    return redirect("audit-verified", job=job_value.id)


def _get_verification(request: Request, job: str) -> JobValue:
    """A check of the chain; other work of the installation has pages of its own."""
    job_value = flow.job_for(job, request.actor)
    if job_value.enterprise != EVERYWHERE or job_value.kind != flow.VERIFY_CHAIN:
        raise Http404
    return job_value


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
        texts = _describe_actors(people, _)
        choices = sorted(zip(people, texts, strict=True), key=lambda pair: pair[1])
        self._offer("actor", [("", gettext("Everybody")), *choices])
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
OPERATOR: Final = "os:"  # somebody at the terminal, by the account of the machine
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "finding": FINDINGS,
    "light": LIGHTS,
    "row": ROWS_OF_THE_GUIDE,
    "task": TASKS,
    "verdict": VERDICTS,
}
#: Parts that name what an act was about, the first of them first.
OBJECTS: Final = (
    "item", "task", "name", "user", "file", "case", "ticket", "complaint", "line", "rule", "metric", "kind", "batch",
    "row",
)  # fmt: skip
#: Parts that are of no use to who reads only one line.
BEHIND: Final = frozenset({"digest", "entry", "findings", "id", "replaces", "run", "rulebook", "sha256", "snapshot"})


def describe_parts(data: Mapping[str, object], _: Words) -> list[tuple[str, str]]:
    """(name, value) of every part, those of parts within it in one line; first what names its object."""
    data = _name_statement(data, _)
    return [(part_text(key, _), describe_value(key, data[key], _)) for key in _order_parts(data)]


def _name_statement(data: Mapping[str, object], _: Words) -> Mapping[str, object]:
    """A statement by the labels of its parts."""
    claim, parts = data.get("claim"), data.get("parts")
    if claim not in CLAIMS or not isinstance(parts, list):
        return data
    label = "; ".join(str(translate_value("statement", f"{claim}.{part}", _)) for part in parts)
    return {**{key: value for key, value in data.items() if key != "parts"}, "claim": label}


def _order_parts(data: Mapping[str, object]) -> list[str]:
    ranks = {key: at for at, key in enumerate(OBJECTS)}
    return sorted(data, key=lambda key: (key in BEHIND, ranks.get(key, len(ranks))))


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
        return _describe_findings(value, _) if key == "findings" else _describe_list(key, value, _)
    return _describe_word(key, str(value), _)


def _describe_list(key: str, values: Sequence[object], _: Words) -> str:
    texts = [describe_value(key, one, _) for one in values[:MOST_ITEMS]]
    more = [_("and {n} more").format(n=len(values) - MOST_ITEMS)] if len(values) > MOST_ITEMS else []
    return "; ".join([*texts, *more])


def _describe_findings(codes: Sequence[object], _: Words) -> str:
    """Findings by their names, each kind once; one without a name only counts."""
    names = list(dict.fromkeys(_(FINDINGS[code]) for code in map(str, codes) if code in FINDINGS))
    rest = sum(str(code) not in FINDINGS for code in codes)
    more = [_("{n} more").format(n=rest) if names else count_text(rest)] if rest else []
    return "; ".join([*names, *more])


def _describe_actors(actors: Sequence[str], _: Words) -> list[str]:
    """As `actor_texts`; whoever sat at the machine by the account there, which only this page shows."""
    return [
        _("operator on this machine ({account})").format(account=actor.removeprefix(OPERATOR))
        if actor.startswith(OPERATOR)
        else text
        for actor, text in zip(actors, actor_texts(actors, _), strict=True)
    ]


def _describe_word(key: str, value: str, _: Words) -> str:
    if key in LOGINS:
        return actor_text(f"{USER}:{value}", _)
    if value in WORDS.get(key, {}):
        return _(WORDS[key][value])
    return _mask_number(key, value) or str(translate_value(key, value, _))


def _mask_number(key: str, value: str) -> str:
    """The text without what tells whose number it is; "" where it is no number of a person."""
    if key in KEYS or not (key in OF_PEOPLE or numbers.normalise(value).shape in PERSONS):
        return ""
    return numbers.mask(value)


ROWS: Final = 20  # two lines each in English: no more than two screens
LONGEST: Final = 40  # characters of a part in the line that stands for the others


def _filters(request: HttpRequest) -> dict[str, str]:
    form = EntryFilter(request.GET.dict(), actors=())
    form.is_valid()
    data = form.cleaned_data
    verb, actor = (str(data.get(name) or "") for name in ("verb", "actor"))
    return build_filter(verb=verb, actor=actor, first=data.get("since"), last=data.get("until"))


@require_safe
@anywhere(Permission.AUDIT)
def list_entries(request: Request, code: str = EVERYWHERE) -> HttpResponse:
    """List an enterprise's entries, or all, newest first."""
    page: Page[Entry] = paged(request, query.filter_entries(enterprise=code, **_filters(request)), size=ROWS)
    number, head = query.head()
    inside = request.GET.urlencode()
    out = at("audit-export", code)
    context = {
        "page": page,
        "table": _entry_table(page, code),
        "form": EntryFilter(request.GET.dict(), query.actors(code)),
        "filtered": any(request.GET.get(name) for name in EntryFilter.base_fields),
        "number": number,
        "head": head,
        "out": f"{out}?{inside}" if inside else out,
        "whole": not code,
        "checked": None if code else jobs.newest(EVERYWHERE, flow.VERIFY_CHAIN, {}, "done"),
    }
    return render(request, "audit/list.html", context)


def _entry_table(page: Page[Entry], place: str) -> Table:
    _ = words(current())
    rows, acts = [], [query.act(entry) for entry in page.rows]
    people = _describe_actors([act.actor for act in acts], _)
    for one, who in zip(acts, people, strict=True):
        said, account = describe_parts(one.data, _), one.actor.partition(":")[2] or one.actor
        cells = [
            Cell(one.seq, figure=True),
            Cell(datetime.fromisoformat(one.at).astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S"), day=True),
            Cell(who),
            *([] if place else [Cell(one.enterprise or "–")]),
            Cell(audit.verb_text(one.verb, _)),
            Cell(
                _summary(_name_statement(one.data, _), _),
                pairs=[*said, (gettext("Account"), account), (gettext("Act code"), one.verb)],
            ),
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


def _summary(data: Mapping[str, object], _: Words) -> str:
    """What an act was about, in one line; the rest is folded away behind it."""
    parts = {key: value for key, value in data.items() if key not in BEHIND} or data
    text = " · ".join(_brief(key, parts[key], _) for key in _order_parts(parts)[:2]) or DASH
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _brief(key: str, value: object, _: Words) -> str:
    """A part in the line: how many there are of what has parts of its own."""
    if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        return _("{part}: {text}").format(part=part_text(key, _), text=count_text(len(value)))
    return describe_value(key, value, _)


@require_safe
@anywhere(Permission.AUDIT)
def export(request: Request, code: str = EVERYWHERE) -> HttpResponseBase:
    """Give an enterprise's entries, or all, as CSV."""
    lines = export_entries(enterprise=code, filters=_filters(request), actor=request.actor)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return as_attachment(answer, f"audit-{code or 'all'}.csv")


urlpatterns = [
    path("audit/", list_entries, name="audit"),
    path("audit/export.csv", export, name="audit-export"),
    path("audit/verify/", start_verification, name="audit-verify"),
    path("audit/verify/<str:job>/", show_verification, name="audit-verified"),
    path("audit/verify/<str:job>/progress/", show_verification_progress, name="audit-verify-progress"),
    path("audit/verify/<str:job>/stop/", stop_verification, name="audit-verify-stop"),
    path("e/<str:code>/audit/", list_entries, name="audit-here"),
    path("e/<str:code>/audit/export.csv", export, name="audit-export-here"),
]
