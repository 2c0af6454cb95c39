"""Where an administrator gives numbers their addresses, and takes what carries one: code, button, text, key."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.printing.codes import MEDIA, render_qr_code
from nianjian.engines.paper.texts.complaints import carriers
from nianjian.features.complaints.one_click.model import Door
from nianjian.features.complaints.one_click_pages.forms import NewDoor
from nianjian.features.complaints.operations import one_click as flow
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.ADMINISTER)
def listing(request: Request, code: str) -> HttpResponse:
    """List the numbers that have an address, and give another one its own."""
    form, status = NewDoor(request.POST or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                made = flow.open_door(enterprise=code, number=form.cleaned_data["number"], actor=request.actor)
            except NianjianError as error:
                form.add_error("number", describe_error(error)[0])
            else:
                return redirect("one-click-one", code=code, door=made.pk)
    shown: Page[Door] = paged(request, flow.list_addresses(enterprise=code, actor=request.actor))
    rows = [
        [
            Cell(one.number, href=reverse("one-click-one", kwargs={"code": code, "door": one.pk})),
            Cell(f"{one.made_at.astimezone(clock.ZONE):%Y-%m-%d}"),
            Cell(one.made_by.partition(":")[2]),
        ]
        for one in shown.rows
    ]
    heads = (gettext("Displayed number"), gettext("Since"), gettext("Made by"))
    table = Table(gettext("One-click complaints"), [Column(head) for head in heads], rows)
    return render(request, "one_click/list.html", {"page": shown, "table": table, "form": form}, status=status)


@require_safe
@page(Act.ADMINISTER)
def address_detail(request: Request, code: str, door: int) -> HttpResponse:
    """Show the address of a number and everything that carries it."""
    found = _found(request, code, door)
    address = _address(request, found)
    context = {
        "door": found,
        "address": address,
        "forms": list(MEDIA),
        "carriers": carriers(address, code),
        "local": address.startswith(("http://127.", "http://localhost", "http://[::1]")),
    }
    return render(request, "one_click/one.html", context)


@require_safe
@page(Act.ADMINISTER)
def picture(request: Request, code: str, door: int, form: str) -> HttpResponse:
    """Give the address as a QR code."""
    found = _found(request, code, door)
    if form not in MEDIA:
        raise Http404
    answer = HttpResponse(render_qr_code(_address(request, found), form), content_type=MEDIA[form])
    return as_attachment(answer, f"{found.number}.{form}", shown=True)


@require_POST
@page(Act.ADMINISTER)
def close(request: Request, code: str, door: int) -> HttpResponse:
    """Take an address back."""
    flow.close_door(enterprise=code, door=door, actor=request.actor)
    messages.success(request, gettext("The address leads nowhere from now on."))
    return redirect("one-click", code=code)


def _found(request: Request, code: str, door: int) -> Door:
    return flow.get_address(enterprise=code, door=door, actor=request.actor)


def _address(request: Request, door: Door) -> str:
    path = reverse("complain", kwargs={"token": door.token})
    return env.address(path, request.build_absolute_uri(path))
