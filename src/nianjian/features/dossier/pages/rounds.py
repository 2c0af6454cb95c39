"""Rounds: packages handed in, one in full, what is recorded of it, and what differs between two."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.dossier import ASKED, EVIDENCE, PAGES, ROUND_CHANGES, ROUNDS, WHOLE
from nianjian.engines.paper.texts.dossier import ITEMS as NAMES
from nianjian.engines.paper.words import pair_text, words
from nianjian.features.dossier.kinds import KNOWN
from nianjian.features.dossier.models import Evidence
from nianjian.features.dossier.operations import rounds
from nianjian.features.dossier.operations.package import read_build_output
from nianjian.features.dossier.operations.rounds import Handover, RequestInput
from nianjian.features.dossier.package_documents import RoundFull, RoundNotice, RoundTold
from nianjian.features.dossier.pages.presenters import (
    attach_sealed,
    day_field,
    form_errors,
    item_title,
    place,
    require_year,
    text_field,
)
from nianjian.features.rectification.pages.cases import read_upload
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import missing_as_404, takes_files
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers.attachments import TYPES
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_day, format_moment
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell
from nianjian.platform.web.work import person

ACCEPT: Final = ",".join(TYPES)
ROWS: Final = 5  # requests that a notice's form has room for; a further notice takes more


def _file_input() -> forms.ClearableFileInput:
    return forms.ClearableFileInput({"accept": ACCEPT})


class SubmissionForm(forms.Form):
    """A package that was submitted."""

    reference = forms.CharField(label=gettext_lazy("The authority's reference number"), required=False, max_length=120)
    on = day_field(gettext_lazy("Submitted on"), required=True)
    place = forms.CharField(
        label=gettext_lazy("Where"), max_length=200, help_text=gettext_lazy("The window or the system.")
    )
    package = forms.ChoiceField(label=gettext_lazy("Package"))

    def __init__(self, packages: Sequence[JobValue], *args: Any, **more: Any) -> None:  # noqa: ANN401 -- as the form takes it
        """The packages to choose from; a single one is not asked for."""
        super().__init__(*args, **more)
        field: Any = self.fields["package"]
        field.choices = [
            (job.id, gettext("built {at} · {pages} pages · {digest}").format(
                at=format_moment(job.finished_at), pages=output.pages, digest=output.digest[:12]))
            for job in packages for output in [read_build_output(job)]
        ]  # fmt: skip
        if len(packages) == 1:
            field.widget = forms.HiddenInput()
            self.initial["package"] = packages[0].id


def submission_form(code: str, year: int) -> SubmissionForm | None:
    """The form for the newest package, today and through the authority's system; None: there is no package."""
    built = rounds.list_built_packages(code, year)
    first = (
        {"on": clock.today(), "place": gettext("the authority's system for licences"), "package": built[0].id}
        if built
        else {}
    )
    return SubmissionForm(built, initial=first, auto_id="submit_%s") if built else None


class NoticeForm(forms.Form):
    """A package came back."""

    received = day_field(gettext_lazy("Received on"), gettext_lazy("That day is not counted."), required=True)
    due = day_field(
        gettext_lazy("Last day stated in the notice"),
        gettext_lazy("It takes precedence; without it working days are counted."),
    )
    reference = forms.CharField(label=gettext_lazy("The notice's own number"), required=False, max_length=120)
    file = forms.FileField(label=gettext_lazy("The notice itself"), required=False, widget=_file_input())

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 -- as the form takes it
        """Room for several requests."""
        super().__init__(*args, **more)
        _ = words(current())
        items = [("", _(WHOLE)), *((one, _(NAMES[one])) for one in KNOWN)]
        for row in range(1, ROWS + 1):
            what = gettext("Request {row}").format(row=row)
            self.fields[f"item{row}"] = forms.ChoiceField(
                label=pair_text(what, gettext("item"), _), choices=items, required=False
            )
            self.fields[f"text{row}"] = text_field(pair_text(what, gettext("what is asked for"), _), required=row == 1)

    def list_requests(self) -> list[RequestInput]:
        """The requests that were filled in."""
        values = self.cleaned_data
        return [
            RequestInput(values[f"item{row}"], values[f"text{row}"])
            for row in range(1, ROWS + 1)
            if values[f"text{row}"].strip()
        ]


class AnswerForm(forms.Form):
    """An answer."""

    request = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    version = forms.IntegerField(
        label=gettext_lazy("New version of the item"),
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text=gettext_lazy("Upload and confirm it first; empty: the answer is in words."),
    )
    note = text_field(gettext_lazy("Answer"), required=False)


class EvidenceForm(forms.Form):
    """A file of evidence."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    file = forms.FileField(label=gettext_lazy("File"), widget=_file_input())

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 -- as the form takes it
        """The kinds in the reader's language."""
        super().__init__(*args, **more)
        _ = words(current())
        kinds: Any = self.fields["kind"]
        kinds.choices = [(one, _(EVIDENCE[one])) for one in Evidence.KINDS]


class PassedForm(forms.Form):
    """The authority took it as good."""

    on = day_field(gettext_lazy("Passed on"), required=True)


FORMS: Final[dict[str, type[forms.Form]]] = {
    "return": NoticeForm,
    "answer": AnswerForm,
    "paper": EvidenceForm,
    "accept": PassedForm,
}


def form(act: str, sent: HttpRequest | None = None, **first: object) -> forms.Form:
    """The form of an act, empty or as it was sent; its fields have ids of their own, for several stand on one page."""
    about = f"{act}{first.get('request', '')}_%s"
    if sent is None:
        return FORMS[act](auto_id=about, initial=first)
    return FORMS[act](sent.POST, sent.FILES, auto_id=about)


@require_POST
@page(Permission.MANAGE_DATA)
def submit_package(request: Request, code: str, year: int) -> HttpResponse:
    """Note that a package was handed in; the season's licence report is filed with it."""
    require_year(year)
    bound_form = SubmissionForm(rounds.list_built_packages(code, year), request.POST)
    if not bound_form.is_valid():
        messages.error(request, form_errors(bound_form))
        return redirect("dossier-season", code=code, year=year)
    values = bound_form.cleaned_data
    package = rounds.read_built_package(enterprise=code, year=year, job=values["package"])
    handed = Handover(values["on"], values["place"], values["reference"])
    rounds.record_submission(**place(request, code, year), package=package, handed=handed)
    return redirect("dossier-season", code=code, year=year)


@require_POST
@page(Permission.MANAGE_DATA)
@takes_files
def act(request: Request, code: str, year: int, number: int, act: str) -> HttpResponse:
    """Note a return, an answer, evidence, or that it passed."""
    require_year(year)
    if act not in FORMS:
        raise Http404
    bound_form = form(act, request)
    if bound_form.is_valid():
        messages.success(request, _done(act, bound_form, place(request, code, year) | {"number": number}))
    else:
        messages.error(request, form_errors(bound_form))
    return redirect("rounds-one", code=code, year=year, number=number)


def _done(act: str, bound_form: forms.Form, of: dict[str, Any]) -> str:
    """Do it; what to say of it."""
    values = bound_form.cleaned_data
    if isinstance(bound_form, NoticeForm):
        rounds.record_notice(
            **of, received=values["received"], due=values["due"], reference=values["reference"],
            requests=bound_form.list_requests(), paper=read_upload(values["file"]),
        )  # fmt: skip
        return gettext("The return is recorded.")
    if act == "answer":
        rounds.record_answer(**of, **values)
        return gettext("The answer is recorded.")
    if act == "accept":
        rounds.record_passed(**of, **values)
        return gettext("Recorded: it passed.")
    file = read_upload(values["file"])
    if file is not None:
        rounds.add_evidence(**of, kind=values["kind"], file=file)
    return gettext("The file is stored.")


@require_POST
@page(Permission.VIEW_UNMASKED)
def download(request: Request, code: str, year: int, number: int, evidence: int) -> HttpResponse:
    """Give a file of evidence out as it came; the chain has an entry."""
    row, content = rounds.download_evidence(**place(request, code, year), number=number, evidence=evidence)
    return attach_sealed(content, row.media_type, row.name or str(row.pk))


MOST: Final = 50  # packages that the page shows
BADGES: Final = {
    "submitted": "plain", "returned": "bad", "answered": "warn", "resubmitted": "plain", "passed": "good",
    "open": "bad", "to_confirm": "warn", "sent": "good", "left_out": "bad",
}  # fmt: skip
CHANGED: Final = {"same": "good", "resaved": "plain"}


@require_safe
@page(Permission.READ)
def show_packages(request: Request, code: str, year: int) -> HttpResponse:
    """The packages of a season."""
    packages = rounds.list_packages(**place(request, code, year), count=MOST)
    context = {
        "year": year,
        "rounds": [_round(code, year, row, newest=row is packages[0]) for row in reversed(packages)],
        "pairs": [(one.number - 1, one.number) for one in packages if one.number > 1],
    }
    return render(request, "dossier/rounds.html", context)


def _round(code: str, year: int, row: RoundTold, *, newest: bool) -> dict[str, Any]:
    """A package as a step; the newest one is open."""
    pairs = [(gettext("Where"), row.place or gettext("not filled in")), (gettext("Last day"), _due(row))]
    if row.requests:
        pairs.append((gettext("Requests answered"), f"{row.answered} / {row.requests}"))
    return {
        "number": row.number,
        "state": _state(row.state, ROUNDS),
        "facts": " · ".join(part for part in (format_day(row.handed_on), row.reference) if part),
        "pairs": pairs,
        "href": reverse("rounds-one", args=[code, year, row.number]),
        "open": newest,
    }


def _state(code: str, names: Mapping[str, str]) -> Cell:
    badge = "good" if names is ASKED and code == "answered" else BADGES[code]
    return Cell(words(current())(names[code]), badge=badge)


def _due(deadline: RoundTold | RoundNotice) -> str:
    """The last day and how sure it is; "–" where nothing came back."""
    if deadline.due is None:
        return "–"
    how = gettext("as stated in the notice") if deadline.printed else gettext("counted in working days")
    if deadline.provisional:
        how = gettext("provisional: the holidays of that year have not been announced yet")
    text = gettext("{due} ({how}), overdue") if deadline.late else gettext("{due} ({how})")
    return text.format(due=deadline.due, how=how)


@require_safe
@page(Permission.READ)
def show_package(request: Request, code: str, year: int, number: int) -> HttpResponse:
    """A package with everything about it."""
    package = rounds.get_package(**place(request, code, year), number=number)
    _ = words(current())
    may_load = has_permission(request.actor, code, Permission.MANAGE_DATA)
    acts = set(package.acts) if may_load else set()
    context = {
        "year": year,
        "told": package,
        "state": _state(package.state, ROUNDS),
        "pairs": _pairs(package),
        "notices": [_notice(code, year, one, "answer" in acts) for one in package.notices],
        "items": ", ".join(
            gettext("{item} (version {version})").format(item=item_title(one.item), version=one.version or "–")
            for one in package.items
        ),
        "papers": [
            (
                one.id,
                _(EVIDENCE[one.kind]),
                one.name,
                format_moment(one.recorded_at),
                person(one.recorded_by),
            )
            for one in package.papers
        ],
        "give_back": form("return", received=clock.today()) if "return" in acts else None,
        "accept": form("accept", on=clock.today()) if "accept" in acts else None,
        "keep": form("paper") if "paper" in acts else None,
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
        "before": number - 1,
    }
    return render(request, "dossier/round.html", context)


def _pairs(package: RoundFull) -> list[tuple[str, str]]:
    built = gettext("yes") if package.built_here else gettext("no: the audit chain contains no build of it")
    pairs = [
        (gettext("Handed in on"), package.handed_on.isoformat()),
        (gettext("Where"), package.place or gettext("not filled in")),
        (gettext("The authority's reference number"), package.reference or "–"),
        (gettext("Manifest"), package.manifest[:16]),
        (gettext("Built here"), built),
        (gettext("Stored files"), gettext("yes") if package.files_kept else gettext("no: only its manifest")),
        (gettext("Last day"), _due(package)),
    ]
    if package.passed_on:
        pairs.append((gettext("Passed on"), package.passed_on.isoformat()))
    return pairs


def _notice(code: str, year: int, notice: RoundNotice, open_: bool) -> dict[str, Any]:  # noqa: FBT001 -- whether forms are shown
    return {
        "received": notice.received.isoformat(),
        "reference": notice.reference,
        "due": _due(notice),
        "late": notice.late,
        "requests": [
            {
                "name": item_title(one.item) if one.item else words(current())(WHOLE),
                "href": reverse("dossier-item", args=[code, year, one.item]) if one.item else "",
                "text": one.text,
                "state": _state(one.state, ASKED),
                "answers": [
                    (answer.version, answer.note, format_moment(answer.at), person(answer.by)) for answer in one.answers
                ],
                "form": form("answer", request=one.id) if open_ else None,
            }
            for one in notice.requests
        ],
    }


@require_safe
@page(Permission.READ)
def differences(request: Request, code: str, year: int) -> HttpResponse:
    """What differs between two packages: ``before`` and ``after`` of the query."""
    before, after = (_number(request.GET.get(name, "")) for name in ("before", "after"))
    with missing_as_404("dossier_round_unknown"):
        comparison = rounds.compare_packages(**place(request, code, year), before=before, after=after)
    _ = words(current())
    context = {
        "year": year,
        "told": comparison,
        "items": [
            {
                "name": item_title(one.item),
                "kind": Cell(_(ROUND_CHANGES[one.kind]), badge=CHANGED.get(one.kind, "warn")),
                "before": "–" if one.before is None else one.before,
                "after": "–" if one.after is None else one.after,
                "pages": [(page.page, page.book, _(PAGES[page.kind])) for page in one.pages],
            }
            for one in comparison.items
        ],
    }
    return render(request, "dossier/differences.html", context)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:  # noqa: PLR2004 -- what the column holds
        raise Http404
    return int(text)
