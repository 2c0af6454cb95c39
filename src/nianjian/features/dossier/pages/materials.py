"""One item: what is asked for, its files with what the check found, and what is done about them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise as StrPromise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.claims import TEXT, PartKind
from nianjian.engines.paper.texts.dossier import FORMS, INTERNAL, MARKS
from nianjian.engines.paper.words import Words, words
from nianjian.features.dossier import materials
from nianjian.features.dossier.documents import Blank
from nianjian.features.dossier.generated import complaint_papers
from nianjian.features.dossier.kinds import KNOWN
from nianjian.features.dossier.materials import ALGORITHM, Line
from nianjian.features.dossier.models import Version
from nianjian.features.dossier.operations import checklist, fill_in, overrulings, sealed_book
from nianjian.features.dossier.operations import package as output_files
from nianjian.features.dossier.operations.checklist import ItemDetail, ItemRequirement
from nianjian.features.dossier.operations.package import GENERATED
from nianjian.features.dossier.pages import presenters
from nianjian.features.dossier.pages.package import generation_form
from nianjian.features.dossier.pages.presenters import (
    CLEAR,
    attach_sealed,
    clear_field,
    day_field,
    form_errors,
    place,
    require_year,
    take_files,
    text_field,
    work_context,
)
from nianjian.features.dossier.states import finding_text, list_unanswered, list_unexplained
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.claims.storage import LONGEST
from nianjian.platform.registers import uploads
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.forms import DayField
from nianjian.platform.web.language import current
from nianjian.platform.web.receiving import Receiving, upload_page
from nianjian.platform.web.second_person import build_second_person
from nianjian.platform.web.undo import say_done


def _require_item(year: int, item: str) -> None:
    if item not in KNOWN:
        raise Http404
    require_year(year)


@upload_page(Permission.MANAGE_DATA)
def upload_file(request: Request, code: str, year: int, item: str, handler: Receiving) -> HttpResponse:
    """Take files; the worker checks each, and the version appears when it is done."""
    _require_item(year, item)
    request.POST  # noqa: B018 -- reading it is what brings the files in
    put = take_files(request, handler, partial(checklist.enqueue_check, **place(request, code, year), item=item))
    if put:
        messages.success(request, gettext("Files that are being checked: {count}.").format(count=put))
    return redirect("dossier-item", code=code, year=year, item=item)


class ConfirmForm(forms.Form):
    """A person stands for a version."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    effective_on = day_field(
        gettext_lazy("Valid from"), gettext_lazy("The document's own date, not that of the upload; empty: it has none.")
    )
    valid_until = day_field(
        gettext_lazy("Holds until"),
        gettext_lazy("The last day on which it is valid; empty: as read, or without end."),
    )
    explanation = text_field(
        gettext_lazy("Explanation"),
        gettext_lazy(
            "Why people are not covered: new staff, dispatched, retired, part-time. It goes into the manifest."
        ),
        required=False,
    )


class ReturnForm(forms.Form):
    """A version that is sent back."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = text_field(gettext_lazy("Why it is sent back"))


class OverruleForm(forms.Form):
    """A finding that the check got wrong; its place is written as ``code:page``."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    finding = forms.CharField(label=gettext_lazy("Finding"), widget=forms.Select)
    reason = text_field(
        gettext_lazy("Why the check is wrong"),
        gettext_lazy("A second person must agree; both names and the reason are kept with the finding."),
    )


class OwnerForm(forms.Form):
    """Who brings the item."""

    owner = forms.CharField(label=gettext_lazy("Owner"), required=False, max_length=160)
    due = day_field(gettext_lazy("Due by"))


class CommentForm(forms.Form):
    """A comment."""

    text = text_field(gettext_lazy("Comment"))


class ApplicabilityForm(forms.Form):
    """Why the algorithm filing does not apply."""

    reason = text_field(
        gettext_lazy("Why it does not apply"),
        gettext_lazy("An empty text withdraws this: the filing is required again."),
        required=False,
    )


def _overrule(*, number: int, finding: str, **params: Any) -> None:  # noqa: ANN401 -- as the operation takes them
    code, _sign, page = finding.partition(":")
    on = int(page) if page.isdecimal() else None
    overrulings.request_overruling(version=number, finding=code, page=on, **params)


# What is done about an item: its form, its operation, and what the page says then.
ACTS: Final[dict[str, tuple[type[forms.Form], Callable[..., object], StrPromise]]] = {
    "confirm": (ConfirmForm, checklist.confirm, gettext_lazy("The document is confirmed.")),
    "return": (ReturnForm, checklist.send_back, gettext_lazy("The document is sent back.")),
    "overrule": (OverruleForm, _overrule, gettext_lazy("A second person has been asked; see Approvals.")),
    "assign": (OwnerForm, checklist.assign, gettext_lazy("Owner and date are saved.")),
    "comment": (CommentForm, checklist.comment, gettext_lazy("The comment is saved.")),
    "not-applicable": (ApplicabilityForm, checklist.not_applicable, gettext_lazy("Saved: it does not apply.")),
}


def _form(act: str, values: QueryDict | None = None, **first: Any) -> forms.Form:  # noqa: ANN401 -- as its fields
    """The form of an act; its fields have ids of their own, for all stand on one page."""
    return ACTS[act][0](values, auto_id=f"{act}_%s", initial=first)


@require_POST
@page(Permission.MANAGE_DATA)
def act(request: Request, code: str, year: int, item: str, act: str) -> HttpResponse:
    """Confirm, send back, assign, comment, or say why the item does not apply."""
    _require_item(year, item)
    if act not in ACTS:
        raise Http404
    form = _form(act, request.POST)
    if form.is_valid():
        values = {"number" if name == "version" else name: value for name, value in form.cleaned_data.items()}
        _type, operation, said = ACTS[act]
        operation(**place(request, code, year), item=item, **values)
        if act != "not-applicable":
            messages.success(request, str(said))
        elif values["reason"]:
            say_done(request, str(said), request.path, [("reason", "")])
        else:
            messages.success(request, gettext("Saved: it is required."))
    else:
        messages.error(request, form_errors(form))
    return redirect("dossier-item", code=code, year=year, item=item)


class StatementsForm(forms.Form):
    """The blanks of an item; each field is named by claim and part.

    A personal text is not shown to be typed over: left empty it stays, a second field takes it back.
    """

    def __init__(self, blanks: Sequence[Blank], values: QueryDict | None = None) -> None:
        super().__init__(values, auto_id="state_%s")
        _ = words(current())
        blanks = sorted(blanks, key=lambda blank: blank.decided)
        self.blanks = {f"{blank.claim}.{blank.part}": blank for blank in blanks}
        for name, blank in self.blanks.items():
            self.fields[name] = _statement_field(blank, _)
            if blank.personal and blank.text:
                self.fields[CLEAR + name] = clear_field(_(blank.label))

    @property
    def open_fields(self) -> list[forms.BoundField]:
        """The fields of what no record tells."""
        return [field for field in self if not self._blank(field).decided]

    @property
    def decided(self) -> list[forms.BoundField]:
        """The fields of what the data may tell."""
        return [field for field in self if self._blank(field).decided]

    @property
    def blank(self) -> int:
        """How many of what no record tells nobody has stated."""
        return sum(not (blank.text or blank.decided) for blank in self.blanks.values())

    def _blank(self, field: forms.BoundField) -> Blank:
        return self.blanks[field.name.removeprefix(CLEAR)]

    def texts(self) -> dict[tuple[str, str], str]:
        """What was typed, by claim and part."""
        typed = {name: str(self.cleaned_data[name] or "") for name in self.blanks}  # a day in the form of files
        return {
            (blank.claim, blank.part): "" if self.cleaned_data.get(CLEAR + name) else typed[name]
            for name, blank in self.blanks.items()
            if typed[name] or CLEAR + name not in self.fields or self.cleaned_data[CLEAR + name]
        }


class WordInput(forms.TextInput):
    """A box that offers the words that may be typed into it."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self.words = words

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ANN401 -- Django's signature
        """Put the words behind the box."""
        offer = f"{(attrs or {}).get('id', name)}_words"
        box = super().render(name, value, {**(attrs or {}), "list": offer}, renderer)
        options = format_html_join("", '<option value="{}">', ((word,) for word in self.words))
        return format_html('{}<datalist id="{}">{}</datalist>', box, offer, options)


def _statement_field(blank: Blank, _: Words) -> forms.Field:
    first = "" if blank.personal else blank.text or blank.proposal
    about: dict[str, Any] = {
        "label": _(blank.label), "required": False, "initial": first, "help_text": _statement_hint(blank),
    }  # fmt: skip
    match blank.kind:
        case PartKind.DAY:
            return DayField(**about)
        case PartKind.CHOICE:
            offered = [(word, word) for word in blank.choices]
            return forms.ChoiceField(choices=offered, widget=WordInput(blank.choices), **about)
        case _:
            widget = forms.Textarea(attrs={"rows": 2}) if blank.part == TEXT else forms.TextInput
            return forms.CharField(max_length=LONGEST, widget=widget, **about)


def _statement_hint(blank: Blank) -> str:
    """Who has stated it, whether it is last year's, and what may be typed."""
    hints = []
    if blank.stated_at is not None:
        said = gettext("Stated by {person} on {moment}.")
        hints.append(said.format(person=data.person(blank.stated_by), moment=format_moment(blank.stated_at)))
    if blank.personal and blank.text:
        hints.append(gettext("Currently {value}. Leave it empty to keep that value.").format(value=blank.text))
    elif blank.personal and blank.proposal:
        hints.append(gettext("Of an earlier year: {value}.").format(value=blank.proposal))
    elif blank.proposal:
        hints.append(gettext("The text of an earlier year; saving confirms it for this year."))
    if blank.choices:
        offered = format_html('<span lang="zh-Hans">{}</span>', gettext(", ").join(blank.choices))
        hints.append(format_html(gettext("One of: {words}."), words=offered))
    return format_html_join(" ", "{}", ((hint,) for hint in hints))


@require_POST
@page(Permission.MANAGE_DATA)
def state(request: Request, code: str, year: int, item: str) -> HttpResponse:
    """State what the records do not tell."""
    if item not in {*KNOWN, complaint_papers.ITEM}:
        raise Http404
    require_year(year)
    form = StatementsForm(fill_in.list_blanks(**place(request, code, year), item=item), request.POST)
    if form.is_valid():
        fill_in.state_item(**place(request, code, year), texts=form.texts())
        messages.success(request, gettext("Saved. Generate the document again to have it printed."))
    else:
        messages.error(request, form_errors(form))
    return redirect("dossier-item", code=code, year=year, item=item)


@require_safe
@page(Permission.READ)
def show_due_procedure(request: Request, code: str) -> HttpResponse:
    """The emergency procedure with the figures of the season whose package is due next."""
    return _render_procedure(request, code, checklist.due_season(code, clock.today()))


@require_safe
@page(Permission.READ)
def show_procedure(request: Request, code: str, year: int) -> HttpResponse:
    """The emergency procedure for complaints: what only people know of it, and its files."""
    return _render_procedure(request, code, require_year(year))


def _render_procedure(request: Request, code: str, year: int) -> HttpResponse:
    status = output_files.get_procedure_status(code, year, request.actor)
    context = {
        "year": year,
        "heading": words(current())(INTERNAL[complaint_papers.ITEM]),
        "item": complaint_papers.ITEM,
        "run": status.run,
        "files": status.files,
        "days": output_files.KEPT.days,
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
        "stating": _statements_form(request, code, year, complaint_papers.ITEM),
        **work_context(code, status.working),
    }
    return render(request, "dossier/procedure.html", context)


@require_POST
@page(Permission.MANAGE_DATA)
def reuse(request: Request, code: str, year: int) -> HttpResponse:
    """Take over from the year before what was confirmed there and is missing now."""
    taken = checklist.reuse(**place(request, code, year))
    if taken:
        names = gettext(", ").join(presenters.item_title(one) for one in taken)
        messages.success(request, gettext("Taken over, to be confirmed again: {items}").format(items=names))
    else:
        messages.info(
            request, gettext("There is nothing to take over: nothing was confirmed last year, or it is already here.")
        )
    return redirect("dossier-season", code=code, year=year)


@require_POST
@page(Permission.VIEW_UNMASKED)
def download(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """Give a file out as it came; the chain has an entry."""
    _require_item(year, item)
    row, content = checklist.download_version(**place(request, code, year), item=item, number=number)
    return attach_sealed(content, row.media_type, row.name or f"{item}-{number}")


@require_POST
@page(Permission.VIEW_UNMASKED)
def download_sealed(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """Give out a version's pages of the sealed book, or the whole scan as it came; the chain has an entry."""
    _require_item(year, item)
    of = {**place(request, code, year), "item": item, "number": number}
    name, content = sealed_book.download_sealed_scan(**of, whole="whole" in request.POST)
    return attach_sealed(content, "application/pdf", name)


NEWEST = 20  # versions and comments that the page shows


@require_safe
@page(Permission.READ)
def show_item(request: Request, code: str, year: int, item: str) -> HttpResponse:
    """Show an item."""
    if item not in KNOWN:
        raise Http404
    working = _work(code, require_year(year), item)  # read before what it makes: if it ends meanwhile, the page polls
    detail = checklist.get_item_detail(**place(request, code, year), item=item, most=NEWEST)
    requirement = checklist.list_requirements(checklist.get_rulebook(code))[item]
    line, newest = detail.line, detail.line.newest
    context = {
        "year": year,
        "item": item,
        "heading": presenters.item_title(item),
        "number": requirement.rule.id,
        "standing": presenters.state_badge(line.state.value),
        "next": presenters.next_step(line),
        "pairs": _pairs(requirement, detail),
        "sources": [presenters.rule_source(rule) for rule in (requirement.rule, requirement.beside) if rule],
        "required": line.required,
        "versions": [presenters.version_view(row, newest.number if newest else 0) for row in detail.versions],
        "comments": [(format_moment(one.at), data.person(one.actor), one.text) for one in detail.comments],
        "limit": min(uploads.limit(), checklist.LIMIT) // uploads.MIB,
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
        "generate": generation_form(item) if item in GENERATED else None,
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
        **_forms(line),
        "stating": _statements_form(request, code, year, item),
        "overrule": _overrule_form(newest)
        if newest and has_permission(request.actor, code, Permission.REQUEST)
        else None,
        **working,
    }
    if context["overrule"]:
        context["second"] = build_second_person(request, code)
    return render(request, "dossier/item.html", context)


def _pairs(requirement: ItemRequirement, detail: ItemDetail) -> list[tuple[str, str]]:
    _ = words(current())
    line = detail.line
    pairs = [
        (gettext("Required form"), _(FORMS[requirement.form.value])),
        (gettext("Seals"), _(", ").join(_(MARKS.get(one, one)) for one in requirement.seals)),
        (gettext("Owner"), data.person(line.owner) or "–"),
        (gettext("Due by"), str(line.due or "–")),
    ]
    if line.not_applicable:
        pairs.append((gettext("Does not apply, because"), line.not_applicable))
    return pairs


def _forms(line: Line) -> dict[str, object]:
    last = line.newest
    days: dict[str, Any] = {"effective_on": last.effective_on, "valid_until": last.valid_until} if last else {}
    return {
        "confirm": _confirm_form(last, days) if last else None,
        "send_back": _form("return", version=last.number) if last else None,
        "assign": _form("assign", owner=line.owner, due=line.due),
        "say": _form("comment"),
        "free": _form("not-applicable", reason=line.not_applicable) if line.item == ALGORITHM else None,
    }


def _confirm_form(newest: Version, days: dict[str, Any]) -> forms.Form:
    """The form of a confirmation; an explanation is asked for where a finding takes one."""
    form = _form("confirm", version=newest.number, **days)
    if not (findings := list_unanswered(materials.read_report(newest).get("findings", ()))):
        del form.fields["explanation"]
    elif list_unexplained(findings):
        form.fields["explanation"].required = True
    else:
        form.fields["explanation"].help_text = gettext(
            "How the blanks are filled in, or why they stay; without it the item shows that it has blanks."
        )
    return form


def _statements_form(request: Request, code: str, year: int, item: str) -> StatementsForm | None:
    """The form of an item that has blanks, for who may fill them in."""
    if not has_permission(request.actor, code, Permission.MANAGE_DATA):
        return None
    blanks = fill_in.list_blanks(**place(request, code, year), item=item)
    return StatementsForm(blanks) if blanks else None


def _overrule_form(newest: Version) -> forms.Form | None:
    """The form with the findings that may be overruled; None where there is none."""
    _ = words(current())
    findings = [one for one in materials.read_report(newest).get("findings", ()) if overrulings.can_be_overruled(one)]
    if not findings:
        return None
    form = _form("overrule", version=newest.number)
    by_key = {f"{one['code']}:{one['page'] or ''}": one for one in findings}
    choices = []
    for key, one in by_key.items():
        text = finding_text(one["code"], {"page": one["page"], **one["values"]}, _)
        on_page = gettext("page {page}: {finding}").format(page=one["page"], finding=text)
        choices.append((key, on_page if one["page"] else text))
    form.fields["finding"].widget = forms.Select(choices=choices)
    return form


def _work(code: str, year: int, item: str) -> dict[str, object]:
    """The check that runs with its progress, how many wait behind it, and why the last one failed."""
    if waiting := checklist.list_checks(code, year, item):
        return work_context(code, waiting)
    last = checklist.find_last_check(code, year, item)
    if last is None or last.state != "failed":
        return {"working": False}
    return {"working": False, "failed": data.describe_job_error(last.error)[0], "failed_job": last.id}
