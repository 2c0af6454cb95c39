"""Who decides a request of two persons, as its form says before anything is filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from django import forms
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext

from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.people import Candidate
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals.storage import split_approvers
from nianjian.platform.web.access import Request, at
from nianjian.platform.web.forms import PersonField

RETURN: Final = "next"  # in an address: the page to come back to


class ApproverForm(forms.Form):
    """The person who is asked to decide; nobody chosen: whoever of them comes first."""

    def __init__(
        self, data: Mapping[str, str] | None, approvers: Sequence[Candidate], *, reader: Actor, enterprise: str
    ) -> None:
        super().__init__(data)
        self.fields["approver"] = PersonField(
            approvers,
            act=Permission.APPROVE,
            reader=reader,
            enterprise=enterprise,
            label=gettext("Approver"),
            empty=gettext("Anyone who may approve"),
            required=False,
        )


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """``field``: the choice of an approver; ``names``: everybody in it; ``invite``: where a colleague is added, or "".

    ``unconfirmed``: address and name of those who could decide, were their accounts surely another person's.
    """

    field: forms.BoundField
    names: list[str]
    unconfirmed: list[tuple[str, str]]
    invite: str

    @property
    def alone(self) -> bool:
        """Whether nobody else can decide."""
        return not self.names


def build_second_person(request: Request, enterprise: str) -> SecondPerson:
    """Who can decide what the reader of a page requests at an enterprise (`EVERYWHERE`: in the installation)."""
    able, unconfirmed = split_approvers(enterprise, request.actor)
    form = ApproverForm(request.POST or None, able, reader=request.actor, enterprise=enterprise)
    field = cast("PersonField", form.fields["approver"])
    if len(able) == 1:
        field.initial = able[0].name
    may = has_permission(request.actor, enterprise, Permission.PEOPLE)
    invite = f"{at('people-add', enterprise)}?{urlencode({RETURN: request.get_full_path()})}" if may else ""
    waiting = [
        (at("people-one", enterprise, name=person.name) if may else "", person.display_name or person.name)
        for person in unconfirmed
    ]
    return SecondPerson(form["approver"], field.names, waiting, invite)


def read_approver(request: Request, enterprise: str) -> str:
    """The login of the approver that was chosen; "" where nobody in particular, or somebody who cannot decide."""
    able, _unconfirmed = split_approvers(enterprise, request.actor)
    form = ApproverForm(request.POST, able, reader=request.actor, enterprise=enterprise)
    return str(form.cleaned_data["approver"]) if form.is_valid() else ""


def read_return(request: HttpRequest) -> str:
    """The page of this site to come back to, as the address names it, or ""."""
    address = request.GET.get(RETURN, "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""
