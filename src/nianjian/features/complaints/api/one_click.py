"""One-click complaints (一键投诉): the public addresses of display numbers, and what carries one to people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpResponse
from django.urls import reverse
from ninja import Field, Query, Router, Schema

from nianjian.engines.paper.printing.codes import MEDIA, render_qr_code
from nianjian.engines.paper.texts.complaints import carriers
from nianjian.features.complaints.api.tickets import HERE
from nianjian.features.complaints.one_click.model import Door
from nianjian.features.complaints.operations import one_click as flow
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import RowNumber, Text
from nianjian.platform.home import env
from nianjian.platform.home.http import as_attachment

router = Router(tags=["complaints"])
DOORS = f"{HERE}/one-click"
DOOR = f"{DOORS}/{{door}}"


class ComplaintDoor(Schema):
    """A displayed number with its public ``address``, under which anybody may complain."""

    id: int
    number: str
    address: str
    made_at: datetime
    made_by: str


class ComplaintCarriers(ComplaintDoor):
    """The address with what carries it: a link, a form without script, a text message, a setting of the switch."""

    button: str
    form: str
    message: str
    dtmf: str


class NewComplaintDoor(Schema):
    """The displayed number, as people see it on their telephones."""

    number: Annotated[Text, Field(min_length=1, max_length=32)]


class ComplaintDoorClosed(Schema):
    """The address that leads nowhere from now on."""

    id: int


@read(router, DOORS, act=Act.ADMINISTER, answer=Page[ComplaintDoor])
def one_click_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The numbers that have an address, by number."""
    found = flow.list_addresses(enterprise=code, actor=request.actor)
    return paged(request, cut, found, lambda one: _told(request, one))


@write(router, DOORS, act=Act.ADMINISTER, answer=ComplaintCarriers, status=201)
def one_click_open(request: Request, code: str, new: NewComplaintDoor) -> dict[str, object]:
    """Give a number its address."""
    return _whole(request, flow.open_door(enterprise=code, number=new.number, actor=request.actor))


@read(router, DOOR, act=Act.ADMINISTER, answer=ComplaintCarriers)
def one_click_get(request: Request, code: str, door: RowNumber) -> dict[str, object]:
    """The address of a number and the texts that carry it."""
    return _whole(request, flow.get_address(enterprise=code, door=door, actor=request.actor))


@read(router, f"{DOOR}/code/{{form}}", act=Act.ADMINISTER, media=sorted(MEDIA.values()))
def one_click_code(request: Request, code: str, door: RowNumber, form: Literal["svg", "png"]) -> HttpResponse:
    """The address as a QR code."""
    found = flow.get_address(enterprise=code, door=door, actor=request.actor)
    answer = HttpResponse(render_qr_code(_address(request, found), form), content_type=MEDIA[form])
    return as_attachment(answer, f"{found.number}.{form}")


@write(router, DOOR, act=Act.ADMINISTER, answer=ComplaintDoorClosed, method="DELETE")
def one_click_close(request: Request, code: str, door: RowNumber) -> dict[str, int]:
    """Take an address back: printed codes and sent links lead nowhere then, and another one will be new."""
    flow.close_door(enterprise=code, door=door, actor=request.actor)
    return {"id": door}


def _whole(request: Request, one: Door) -> dict[str, object]:
    told = _told(request, one)
    return told | carriers(str(told["address"]), one.enterprise_id)


def _told(request: Request, one: Door) -> dict[str, object]:
    return {
        "id": one.pk,
        "number": one.number,
        "address": _address(request, one),
        "made_at": one.made_at,
        "made_by": one.made_by,
    }


def _address(request: Request, one: Door) -> str:
    path = reverse("complain", kwargs={"token": one.token})
    return env.address(path, request.build_absolute_uri(path))
