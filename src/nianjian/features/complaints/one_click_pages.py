"""One-click complaints: the public page of a number, and where an administrator manages the addresses.

The public page acts under nobody's session, so it asks for no token of one; the form's own signature says that this
page was loaded.
"""

from datetime import timedelta
from typing import Final

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.claims import claim_text
from nianjian.engines.paper.texts.complaints import one_click_carriers
from nianjian.engines.paper.typeset import MEDIA, render_qr_code
from nianjian.engines.paper.words import words
from nianjian.features.complaints import one_click
from nianjian.features.complaints.forms import Complaint, NewDoor
from nianjian.features.complaints.models import Door
from nianjian.features.complaints.one_click import get_by_token, load_limits
from nianjian.features.registers.forms import add_findings
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment, missing_as_404
from nianjian.platform.web.access import Request, page, public
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import form as operation_form
from nianjian.platform.web.forms import run_form
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import person

APP: Final = "one_click"


def count_complaint(request: HttpRequest, enterprise: str, complainant: str) -> bool:
    """Count one complaint; False if there were more than the rulebook lets through, of whichever kind."""
    most = load_limits(enterprise)
    rates = {"address": f"{most.address}/h/ip", "number": f"{most.number}/d/key"}
    key = salted_hmac(APP, f"{enterprise}\n{complainant}", settings.SECRET_KEY, algorithm="sha256").hexdigest()
    for action, more in (("address", None), ("number", key)):
        if ratelimit.consume(request, app=APP, action=action, config=rates, key=more) is None:
            return False
    return True


PromiseForm: Final = operation_form(one_click.adopt_promise)


def public_address(request: HttpRequest, door: Door) -> str:
    """The address under which anybody may complain about a number."""
    path = reverse("complain", kwargs={"token": door.token})
    return env.address(path, request.build_absolute_uri(path))


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.ADMINISTER)
def listing(request: Request, code: str) -> HttpResponse:
    """List the numbers that have an address, and give another one its own."""
    form, status = NewDoor(request.POST or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                door = one_click.open_door(enterprise=code, number=form.cleaned_data["number"], actor=request.actor)
            except NianjianError as error:
                form.add_error("number", describe_error(error)[0])
            else:
                return redirect("one-click-one", code=code, door=door.pk)
    doors: Page[Door] = paged(request, one_click.list_addresses(enterprise=code, actor=request.actor))
    rows = [
        [
            Cell(one.number, href=reverse("one-click-one", kwargs={"code": code, "door": one.pk})),
            Cell(f"{one.made_at.astimezone(clock.ZONE):%Y-%m-%d}"),
            Cell(person(one.made_by)),
        ]
        for one in doors.rows
    ]
    columns = [
        Column(gettext("Displayed number"), brief="start"), Column(gettext("Since"), brief="end"),
        Column(gettext("Created by"), brief="start"),
    ]  # fmt: skip
    empty = gettext("No number has an address yet")
    table = Table(gettext("One-click complaints"), columns, rows, empty=empty)
    promise = one_click.get_promise(code, count=True)
    first = {"response": promise.response, "close": promise.close, "purpose": promise.purpose}
    context = {
        "page": doors,
        "table": table,
        "form": form,
        "promise": promise,
        "promising": PromiseForm(initial=first, auto_id="promise_%s"),
    }
    return render(request, "one_click/list.html", context, status=status)


@require_POST
@page(Permission.ADMINISTER)
def promise(request: Request, code: str) -> HttpResponse:
    """Adopt what the public pages promise."""
    form = PromiseForm(request.POST, auto_id="promise_%s")
    if run_form(form, lambda _data: form.run(enterprise=code, actor=request.actor, key="")):
        messages.success(request, gettext("The public pages show this from now on."))
    else:
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    return redirect("one-click", code=code)


@require_safe
@page(Permission.ADMINISTER)
def address_detail(request: Request, code: str, door: int) -> HttpResponse:
    """Show the address of a number and everything that carries it."""
    row = one_click.get_address(enterprise=code, door=door, actor=request.actor)
    address = public_address(request, row)
    context = {
        "door": row,
        "address": address,
        "forms": list(MEDIA),
        "carriers": one_click_carriers(address, code),
        "local": address.startswith(("http://127.", "http://localhost", "http://[::1]")),
    }
    return render(request, "one_click/one.html", context)


@require_safe
@page(Permission.ADMINISTER)
def picture(request: Request, code: str, door: int, form: str) -> HttpResponse:
    """Give the address as a QR code."""
    row = one_click.get_address(enterprise=code, door=door, actor=request.actor)
    if form not in MEDIA:
        raise Http404
    answer = HttpResponse(render_qr_code(public_address(request, row), form), content_type=MEDIA[form])
    return as_attachment(answer, f"{row.number}.{form}", inline=True)


@require_POST
@page(Permission.ADMINISTER)
def close(request: Request, code: str, door: int) -> HttpResponse:
    """Take an address back."""
    one_click.close_door(enterprise=code, door=door, actor=request.actor)
    messages.success(request, gettext("The address is no longer valid."))
    return redirect("one-click", code=code)


SHOWN: Final = timedelta(days=30)  # so long the confirmation can be opened again
TOO_MANY = 429
RECEIPT: Final = "one-click-done"  # salt of its signature


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public
def complain(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a complaint about a number, and take it; the answer does not tell whether we know who complains."""
    door = _door(token)
    form, status = Complaint(request.POST if request.method == "POST" else None, token=token), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            texts = form.texts()
            if not count_complaint(request, door.enterprise_id, texts["complainant"]):
                text = gettext("Too many complaints came from your address. Please try again later, or contact 12321.")
                form.add_error(None, text)
                return _render_form(request, door, form, TOO_MANY)
            try:
                ticket = one_click.submit_complaint(token=token, once=form.cleaned_data["once"], texts=texts)
            except NianjianError as error:
                add_findings(form, error)
            else:
                return redirect("one-click-done", token=token, receipt=signing.dumps(ticket, salt=f"{RECEIPT}:{token}"))
    return _render_form(request, door, form, status)


def _render_form(request: HttpRequest, door: Door, form: Complaint, status: int) -> HttpResponse:
    context = {"door": door, "form": form, **_promised(door)}
    return render(request, "one_click/complain.html", context, status=status)


@require_safe
@public
def show_receipt(request: HttpRequest, token: str, receipt: str) -> HttpResponse:
    """Tell the ticket's number and what happens next."""
    door = _door(token)
    try:
        ticket = str(signing.loads(receipt, salt=f"{RECEIPT}:{token}", max_age=SHOWN))
    except signing.BadSignature as error:
        raise Http404 from error
    context = {"door": door, "ticket": ticket, **_promised(door)}
    return render(request, "one_click/done.html", context)


def _door(token: str) -> Door:
    with missing_as_404():
        return get_by_token(token)


def _promised(door: Door) -> dict[str, object]:
    """What the enterprise's own people have promised; ``promised``: whether they have at all."""
    promise = one_click.get_promise(door.enterprise_id)
    _ = words(current())
    promise_text, purpose = (claim_text(claim, _) for claim in one_click.promise_claims(promise))
    return {"promised": promise.response is not None, "promise": promise_text, "purpose": purpose}
