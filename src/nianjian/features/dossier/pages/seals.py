"""Images of seals, their uses and signed papers of a season."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import actor_texts
from nianjian.engines.paper.texts.dossier import CHANGED, NO_SEAL, PLACES, SEAL_KINDS, STANDINGS, TRUST
from nianjian.engines.paper.words import words
from nianjian.features.dossier.kinds import KNOWN
from nianjian.features.dossier.models import Impression, SealPicture, SignedPaper
from nianjian.features.dossier.operations import checklist, seals, signatures
from nianjian.features.dossier.operations.seals import MARKS, PrintRequest
from nianjian.features.dossier.pages import presenters
from nianjian.features.dossier.pages.presenters import (
    attach_sealed,
    cards,
    form_errors,
    item_title,
    place,
    require_year,
    text_field,
)
from nianjian.features.dossier.signatures import Signature
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import missing_as_404
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.language import current
from nianjian.platform.web.receiving import Receiving, upload_page
from nianjian.platform.web.second_person import build_second_person
from nianjian.platform.web.tables import Cell, Table
from nianjian.platform.web.work import person


def _seals() -> list[tuple[str, str]]:
    _ = words(current())
    return [(code, _(name)) for code, name in SEAL_KINDS.items()]


def _items() -> list[tuple[str, str]]:
    return [(one, item_title(one)) for one in KNOWN]


def _marks() -> list[tuple[str, str]]:
    _ = words(current())
    codes = dict.fromkeys(one.value for marks in MARKS.values() for one in marks)
    return [("", gettext("the usual one of this seal")), *((one, _(PLACES[one])) for one in codes)]


def _length(label: Any, hint: Any = "", *, required: bool = False, max_digits: int = 6) -> forms.DecimalField:  # noqa: ANN401 -- lazy texts
    digits: dict[str, Any] = {"max_digits": max_digits, "decimal_places": 2}
    return forms.DecimalField(label=label, help_text=hint, required=required, min_value=0, **digits)


class ImageForm(forms.Form):
    """A picture of a seal."""

    kind = forms.ChoiceField(label=gettext_lazy("Seal"), choices=_seals)
    width_mm = _length(
        gettext_lazy("Width on paper in mm"), gettext_lazy("Measure the imprint: 40 mm for many official seals."),
        required=True, max_digits=5,
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("Scan or photo of one imprint"),
        help_text=gettext_lazy("PNG or JPEG, on light paper, with nothing else on it."),
    )


class WithdrawForm(forms.Form):
    """A picture that goes."""

    kind = forms.ChoiceField(label=gettext_lazy("Seal"), choices=_seals)


class UseForm(forms.Form):
    """A print on one page of one paper."""

    item = forms.ChoiceField(label=gettext_lazy("Item"), choices=_items)
    kind = forms.ChoiceField(label=gettext_lazy("Seal"), choices=_seals)
    mark = forms.ChoiceField(label=gettext_lazy("Mark that it is placed on"), choices=_marks, required=False)
    page = forms.IntegerField(label=gettext_lazy("Page"), min_value=1, initial=1)
    x_mm = _length(gettext_lazy("Centre from the left in mm"), gettext_lazy("Empty: the usual position of the mark."))
    y_mm = _length(gettext_lazy("Centre from below in mm"))
    reason = text_field(gettext_lazy("Reason"))


class PaperForm(forms.Form):
    """A PDF that somebody signed electronically."""

    item = forms.ChoiceField(label=gettext_lazy("Item"), choices=_items)
    file = forms.FileField(
        label=gettext_lazy("Signed PDF"),
        help_text=gettext_lazy("It is stored unchanged and never bound into an edition."),
    )


GIVEN: dict[str, type[forms.Form]] = {"picture": ImageForm, "paper": PaperForm}
ACTS: dict[str, type[forms.Form]] = {"use": UseForm, "withdraw": WithdrawForm}


def form(what: str, values: QueryDict | None = None) -> forms.Form:
    """The form of an act; its fields have ids of their own, for all stand on one page."""
    return {**GIVEN, **ACTS}[what](values, auto_id=f"{what}_%s")


BADGES: Final = {
    "none": "plain", "unreadable": "bad", "broken": "bad", "changed": "bad", "untrusted": "warn", "unknown": "open",
    "trusted": "good",
}  # fmt: skip


def seal(code: str) -> str:
    """What a seal is called."""
    return words(current())(SEAL_KINDS[code])


def build_standing_cell(code: str) -> Cell:
    """What signatures are worth, as a badge; only what is trusted is green."""
    return Cell(words(current())(STANDINGS[code]), badge=BADGES[code])


def build_pictures_table(pictures: Sequence[SealPicture]) -> Table:
    """The pictures that may be used."""
    heads = (gettext("Seal"), gettext("Width on paper in mm"), gettext("Checksum"), gettext("Put in"))
    rows = [
        [
            Cell(seal(one.kind)),
            Cell(f"{one.width_mm.normalize():f}"),
            Cell(one.sha256[:12]),
            Cell(f"{format_moment(one.recorded_at)} · {person(one.recorded_by)}"),
        ]
        for one in pictures
    ]
    return cards(gettext("Seal images"), heads, rows)


def build_uses_table(code: str, uses: Sequence[Impression]) -> Table:
    """What was asked for, and by whom it was agreed to."""
    _ = words(current())
    heads = (
        gettext("Item"), gettext("Seal"), gettext("Mark"), gettext("Page"), gettext("Requested by"),
        gettext("Approved by"), gettext("Placed"),
    )  # fmt: skip
    rows = [
        [
            Cell(f"{item_title(one.item)} · {one.version} · {one.document_sha256[:8]}"),
            Cell(seal(one.picture.kind)),
            Cell(_(PLACES[one.mark])),
            Cell(f"{one.page} ({one.x_mm.normalize():f} × {one.y_mm.normalize():f} mm)"),
            Cell(f"{format_moment(one.asked_at)} · {asker}"),
            _agreed(code, one, approver),
            Cell(gettext("{count} times").format(count=one.placed) if one.placed else "–"),
        ]
        for one in uses
        for asker, approver in [actor_texts([one.asked_by, one.approved_by], _)]
    ]
    return cards(gettext("Uses of a seal image"), heads, rows, wrap=True)


def _agreed(code: str, one: Impression, approver: str) -> Cell:
    if one.picture.withdrawn_at is not None:
        return Cell(gettext("image withdrawn"), badge="plain")
    if one.approved_at is None:
        return Cell(one.approval, href=reverse("approvals-decide-here", args=[code, one.approval]))
    return Cell(f"{format_moment(one.approved_at)} · {approver}")


def build_papers_table(code: str, year: int, papers: Sequence[SignedPaper]) -> Table:
    """Signed papers."""
    heads = (gettext("Name"), gettext("Item"), gettext("Signatures"), gettext("State"), gettext("Put in"))
    rows = [
        [
            Cell(one.name or one.sha256[:12], href=reverse("dossier-signed", args=[code, year, one.pk])),
            Cell(item_title(one.item)),
            Cell(one.signatures),
            build_standing_cell(one.standing),
            Cell(f"{format_moment(one.recorded_at)} · {person(one.recorded_by)}"),
        ]
        for one in papers
    ]
    return cards(gettext("Signed documents"), heads, rows, wrap=True)


def build_signatures_table(row: SignedPaper) -> list[tuple[str, Cell, list[tuple[str, str]]]]:
    """Field, standing and facts of each signature of a paper."""
    document = signatures.to_document(row)
    return [(one.field, build_standing_cell(one.standing), _facts(one)) for one in document.signatures]


def _facts(one: Signature) -> list[tuple[str, str]]:
    _ = words(current())
    stamp = one.timestamp
    stamped = gettext("none") if stamp is None else f"{stamp.at} · {stamp.authority}"
    if stamp is not None and not stamp.intact:
        stamped = f"{stamped} · {_(STANDINGS['broken'])}"
    facts = [
        (gettext("Signed by"), one.subject or "–"),
        (gettext("Issued by"), one.issuer or "–"),
        (gettext("Certificate validity"), f"{one.valid_from[:10]} – {one.valid_to[:10]}"),
        (gettext("Trust"), _(TRUST[one.trust])),
        (gettext("Changed after signing"), _(CHANGED[one.changed_after])),
        (gettext("Covers the whole file"), gettext("yes") if one.whole_file else gettext("no")),
        (gettext("Time according to the signer"), one.signed_at or "–"),
        (gettext("Time stamp"), stamped),
    ]
    return [*facts, (gettext("Not checked, because"), one.fault)] if one.fault else facts


NEWEST: Final = 50  # uses and papers that the page shows


@require_safe
@page(Permission.READ)
def show_seals(request: Request, code: str, year: int) -> HttpResponse:
    """Pictures, uses and signed papers, and what the law says of them."""
    actor, season = request.actor, require_year(year)
    images = seals.list_images(code, actor)
    rule = seals.seal_rule(checklist.get_rulebook(code))
    _ = words(current())
    context = {
        "year": season,
        "no_seal": _(NO_SEAL),
        "source": None if rule is None else presenters.rule_source(rule),
        "pictures": build_pictures_table(images) if images else None,
        "uses": build_uses_table(code, uses) if (uses := seals.list_uses(code, season, actor, 0, NEWEST)) else None,
        "second": build_second_person(request, code),
        "papers": build_papers_table(code, season, papers)
        if (papers := signatures.list_papers(code, season, actor, 0, NEWEST))
        else None,
        "may_ask": has_permission(actor, code, Permission.REQUEST),
        "may_load": has_permission(actor, code, Permission.MANAGE_DATA),
        "picture": form("picture"),
        "use": form("use"),
        "withdraw": form("withdraw"),
        "paper": form("paper"),
    }
    return render(request, "dossier/seals.html", context)


@upload_page(Permission.MANAGE_DATA)
def upload(request: Request, code: str, year: int, what: str, handler: Receiving) -> HttpResponse:
    """Take a picture of a seal, or a signed paper."""
    require_year(year)
    if what not in GIVEN:
        raise Http404
    values = request.POST  # reading it is what brings the file in
    back = redirect("dossier-seals", code=code, year=year)
    bound_form = form(what, values)
    del bound_form.fields["file"]  # it came beside
    for fault in handler.faults:
        messages.error(request, data.fault(fault))
    if handler.faults:
        return back
    if not handler.files or not bound_form.is_valid():
        messages.error(request, form_errors(bound_form) or gettext("Choose a file first."))
        return back
    one = handler.files[0]
    try:
        content = one.content(seals.LIMIT if what == "picture" else signatures.LIMIT)
        messages.success(request, _taken(what, code, year, one.name, content, bound_form.cleaned_data, request.actor))
    except NianjianError as fault:
        messages.error(request, data.fault(fault))
    return back


def _taken(  # noqa: PLR0917 -- the parts of one form
    what: str, code: str, year: int, file: str, content: bytes, values: dict[str, Any], actor: Actor
) -> str:
    if what == "picture":
        seals.store_image(enterprise=code, name=file, content=content, actor=actor, **values)
        return gettext("The image is stored, encrypted; it is never output.")
    row = signatures.store_paper(enterprise=code, year=year, name=file, content=content, actor=actor, **values)
    state = build_standing_cell(row.standing).text
    return gettext("The document is stored as received: {state}.").format(state=state)


@require_POST
@page(Permission.REQUEST)
def act(request: Request, code: str, year: int, act: str) -> HttpResponse:
    """Ask for a use, or withdraw a picture."""
    require_year(year)
    if act not in ACTS:
        raise Http404
    bound_form = form(act, request.POST)
    back = redirect("dossier-seals", code=code, year=year)
    if not bound_form.is_valid():
        messages.error(request, form_errors(bound_form))
        return back
    values = bound_form.cleaned_data
    if act == "withdraw":
        seals.withdraw_image(enterprise=code, kind=values["kind"], actor=request.actor)
        messages.success(request, gettext("The image is withdrawn and deleted."))
        return back
    use = seals.request_print(enterprise=code, params=PrintRequest(year=year, **values), actor=request.actor)
    text = gettext("Requested as {approval}; a second person decides.")
    messages.success(request, text.format(approval=use.approval))
    return back


@require_safe
@page(Permission.READ)
def show_paper(request: Request, code: str, year: int, signed: int) -> HttpResponse:
    """One signed paper: whose signatures, and whether they hold."""
    row = _paper(request, code, year, signed)
    context = {
        "year": year,
        "row": row,
        "heading": row.name or row.sha256[:12],
        "standing": build_standing_cell(row.standing),
        "pairs": [
            (gettext("Item"), presenters.item_title(row.item)),
            (gettext("Put in"), f"{format_moment(row.recorded_at)} · {data.person(row.recorded_by)}"),
            (gettext("Checksum"), row.sha256),
        ],
        "signatures": build_signatures_table(row),
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
    }
    return render(request, "dossier/signed.html", context)


@require_POST
@page(Permission.VIEW_UNMASKED)
def download(request: Request, code: str, year: int, signed: int) -> HttpResponse:
    """Give a signed paper out byte for byte; the chain has an entry."""
    row = _paper(request, code, year, signed)
    _row, content = signatures.download_paper(**place(request, code, year), number=row.pk)
    return attach_sealed(content, "application/pdf", row.name or f"{row.sha256[:12]}.pdf")


def _paper(request: Request, code: str, year: int, number: int) -> Any:  # noqa: ANN401 -- a row
    with missing_as_404("signed_paper_unknown"):
        return signatures.get_paper(code, require_year(year), number, request.actor)
