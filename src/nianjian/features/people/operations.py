"""What administrators do to people: accounts, roles, links and invitations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from django.db import transaction
from django.http import Http404, HttpRequest

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import links, people, query, service
from nianjian.platform.accounts.access import EVERYWHERE, require_permission
from nianjian.platform.accounts.holds import Ended
from nianjian.platform.accounts.links import NewLink, create_first_link, create_inspection, revoke_link
from nianjian.platform.accounts.people import Person
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.accounts.roles import Role as RoleCode
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.home import env
from nianjian.platform.jobs import flow
from nianjian.platform.notifications import webhooks
from nianjian.platform.operations.fields import Day, Key, Line
from nianjian.platform.operations.operation import Answer, Body, Resource, operation
from nianjian.platform.registers import versions
from nianjian.platform.registers.teams import Team

# What acts on people answer to programs.


@dataclass(frozen=True)
class Touched:
    """The person that something was done to."""

    name: str


@dataclass(frozen=True)
class Confirmed(Touched):
    """Who might have been behind the account until now (nobody: nothing was ended), and what was ended.

    ``email``: the address that goes on letting in by single sign-on; make sure that it is the person's.
    """

    behind: list[str]
    ended: Ended
    email: str


@dataclass(frozen=True)
class Given(Touched):
    """Whether the role was not held before."""

    changed: bool


@dataclass(frozen=True)
class Added(Touched):
    """Who was added; ``url``: the one-time link, told now alone (null where this answer is repeated).

    An inspector comes by a link that is made with its end: ``url`` and ``expires_at`` are null.
    """

    url: str | None
    expires_at: datetime | None


@dataclass(frozen=True)
class MadeLink:
    """A new link; ``url`` is told now alone (null where this answer is repeated)."""

    id: str
    url: str | None
    expires_at: datetime


@dataclass(frozen=True)
class Withdrawn:
    """The invitation that was taken back."""

    id: str


@dataclass(frozen=True, slots=True)
class Role:
    """A role; ``enterprise`` null: in the whole installation; ``team``: an outsourcer's."""

    role: str
    enterprise: str | None
    team: str


@dataclass(frozen=True, slots=True)
class Somebody:
    """An account with its roles here and in the installation; ``display_name`` may be empty."""

    name: str
    display_name: str
    email: str
    open: bool
    last_login: datetime | None
    roles: list[Role]


@dataclass(frozen=True, slots=True)
class LinkTold:
    """A link that still lets its person in; ``purpose``: first (once, to choose a password) or inspect."""

    id: str
    purpose: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known(Somebody):
    """``governed``: whether the asker administers every place where the person holds a role.

    Only then links and the account are in the asker's hands, and only then the last four are told, else null.
    ``behind``: who let the account in and so might act as it, until another administrator confirms it.
    """

    governed: bool
    has_password: bool | None
    second_factor: bool | None
    links: list[LinkTold] | None
    behind: list[str] | None


@dataclass(frozen=True, slots=True)
class InvitationTold:
    """An invitation that can still be accepted; ``made_by`` is empty where it was made at the server's shell."""

    id: str
    role: str
    team: str
    made_by: str
    created_at: datetime
    expires_at: datetime


def link_url(request: HttpRequest, link: NewLink) -> str:
    """The address of a link that was just made, under the name that `NIANJIAN_URL` gives."""
    return env.address(link.path, request.build_absolute_uri(link.path))


def link_document(request: HttpRequest, link: NewLink) -> MadeLink:
    """A link that was just made, with its address."""
    return MadeLink(link.id, link_url(request, link), link.expires_at)


def first_administrator(*, name: str, enterprise: str, again: bool, actor: Actor) -> NewLink:
    """Make an administrator of the enterprise ("": of the installation) and the one-time link.

    ``administrator_exists`` unless ``again``, by which somebody who is here already may be given the role and a new
    link. Errors as `service.add_user`, `service.grant` and `links.create_first_link`.
    """
    require_permission(actor, EVERYWHERE, Permission.PEOPLE)
    with transaction.atomic():
        already = query.first_with(RoleCode.ADMINISTRATOR)
        if already and not again:
            raise NianjianError("administrator_exists", user=already)
        if not query.exists(name):
            service.add_person(name=name, actor=actor)
        service.grant(user=name, role=RoleCode.ADMINISTRATOR, enterprise=enterprise, actor=actor)
        return create_first_link(user=name, actor=actor)


def add(
    *, name: str, role: str, enterprises: Sequence[str], actor: Actor, team: str = "", **more: str
) -> NewLink | None:
    """Add a person with a role at the enterprises (at none: in the installation) and make the one-time link.

    None for an inspector, who comes by a link that is made with its end. ``more`` and errors as `service.add_member`.
    """
    _check_role(role, enterprises or [EVERYWHERE], team, actor)
    with transaction.atomic():
        service.add_member(name=name, role=role, enterprises=enterprises, actor=actor, team=team, **more)
        return None if role == RoleCode.INSPECTOR else create_first_link(user=name, actor=actor)


def add_with_token(
    *, name: str, role: str, enterprises: Sequence[str], actor: Actor, team: str = "", **more: str
) -> str:
    """Do the same with a token for the shell instead of a link; the token. Errors as `add` and `grant`."""
    _check_role(role, enterprises or [EVERYWHERE], team, actor)
    return service.add_user(name=name, role=role, enterprises=enterprises, actor=actor, team=team, **more)


def grant(*, user: str, role: str, enterprise: str, actor: Actor, team: str = "") -> bool:
    """Give a role; whether anything changed.

    Errors as `service.grant`, and ``team_missing``, ``team_needless``, ``team_not_registered``,
    ``outsourcer_everywhere``.
    """
    _check_role(role, [enterprise], team, actor)
    return service.grant(user=user, role=role, enterprise=enterprise, actor=actor, team=team)


def invite(*, role: str, enterprise: str, actor: Actor, team: str = "") -> NewLink:
    """Make the link by which whoever has an account takes the role. Errors as `grant` and `links.invite`."""
    _check_role(role, [enterprise], team, actor)
    return links.invite(role=role, enterprise=enterprise, actor=actor, team=team)


def revoke(*, user: str, role: str, enterprise: str, actor: Actor) -> None:
    """Take a role, and end what the person can no longer have there. Errors as `service.revoke`."""
    with transaction.atomic():
        service.revoke(user=user, role=role, enterprise=enterprise, actor=actor)
        _end_work(user, actor)


def close(*, user: str, actor: Actor) -> None:
    """Close an account, and end what waits or goes on in its name. Errors as `service.close`."""
    with transaction.atomic():
        service.close(user=user, actor=actor)
        _end_work(user, actor)


def _end_work(user: str, actor: Actor) -> None:
    """End the jobs, requests and webhooks of a person for which the person has no role any more."""
    person = Actor(user, USER)
    flow.stop_all(person=person)
    approvals.withdraw_all(person=person, actor=actor)
    webhooks.close_webhooks_of(person=person, actor=actor)


def teams(enterprise: str) -> list[tuple[str, str]]:
    """Return key and name of the teams that the register holds today."""
    pairs = versions.versions_on(Team, enterprise, clock.today()).values_list("key", "name")
    return [(key, name or key) for key, name in pairs]


def inspect(*, user: str, until: date, actor: Actor) -> NewLink:
    """Make the link by which an inspector reads up to the end of a day. Errors as `make_inspection`."""
    return create_inspection(user=user, expires_at=datetime.combine(until, time.max, clock.ZONE), actor=actor)


def _check_role(role: str, places: Sequence[str], team: str, actor: Actor) -> None:
    """Check the team; only to whom may give the role is told whether there is such a team."""
    for place in places:
        require_permission(actor, place, Permission.PEOPLE)
    if role != RoleCode.OUTSOURCER:
        if team:
            raise NianjianError("team_needless", role=role)
        return
    if EVERYWHERE in places:
        raise NianjianError("outsourcer_everywhere")
    if not team:
        raise NianjianError("team_missing")
    for place in places:
        if not versions.current_versions(Team, place).filter(key=team).exists():
            raise NianjianError("team_not_registered", enterprise=place, team=team)


PEOPLE: Final[Resource[Person]] = Resource(
    name="name",
    plural="people",
    path="/enterprises/{code}/people",
    installation_path="/people",
    read=lambda enterprise, _actor, keys: [one for key in keys if (one := people.person(key, enterprise))],
    missing=lambda _key: Http404(),
    document=lambda person: Touched(person.name),
    schema=Touched,
    row=lambda person: {"name": person.name},
    key_of=str,
    key_help="",
)
TOUCHED: Final = Answer(schema=Touched, document=lambda _request, key, _result: Touched(key))
LINK: Final = Answer(
    schema=MadeLink, document=lambda request, _key, link: link_document(request, link), status=201, hidden=("url",)
)


@operation(
    "links.make", on=PEOPLE, permission=Permission.PEOPLE, path="/{name}/links", answer=LINK,
    installation="Make anybody's one-time link to choose a password by, told in this answer alone; an older one ends.",
)  # fmt: skip
def make_link(*, enterprise: str, actor: Actor, user: Key) -> NewLink:
    """Make the one-time link to choose a password by, told in this answer alone; an older one ends."""
    del enterprise
    return create_first_link(user=user, actor=actor)


@operation(
    "inspections.make", on=PEOPLE, permission=Permission.PEOPLE, path="/{name}/inspections", answer=LINK,
    body=Body("Until", "The last day of an inspector's link."),
    installation="Make the link by which any inspector reads up to the end of a day, told in this answer alone.",
)  # fmt: skip
def make_inspection(*, enterprise: str, actor: Actor, user: Key, until: Day) -> NewLink:
    """Make the link by which an inspector reads up to the end of a day, told in this answer alone."""
    del enterprise
    return inspect(user=user, until=until, actor=actor)


@operation(
    "links.end", on=PEOPLE, permission=Permission.PEOPLE, path="/{name}/links/{link}", method="DELETE", answer=TOUCHED,
    installation="End a link of anybody and every session that it opened.",
)  # fmt: skip
def end_link(*, enterprise: str, actor: Actor, user: Key, link: Line) -> None:
    """End a link and every session that it opened."""
    del enterprise
    if link not in {one.id for one in links.list_links([user]).get(user, [])}:
        raise NianjianError("link_invalid")
    revoke_link(link=link, actor=actor)


@operation(
    "people.close", on=PEOPLE, permission=Permission.PEOPLE, path="/{name}/close", answer=TOUCHED,
    installation="Close anybody's account: every session, link, token and other secret of the person ends.",
)  # fmt: skip
def close_person(*, enterprise: str, actor: Actor, user: Key) -> None:
    """Close the account: every session, link, token and other secret of the person ends."""
    del enterprise
    close(user=user, actor=actor)


@operation(
    "people.reopen", on=PEOPLE, permission=Permission.PEOPLE, path="/{name}/reopen", answer=TOUCHED,
    installation="Open anybody's closed account again.",
)  # fmt: skip
def reopen_person(*, enterprise: str, actor: Actor, user: Key) -> None:
    """Open a closed account again."""
    del enterprise
    service.reopen(user=user, actor=actor)


@operation(
    "second_factor.remove", on=PEOPLE, permission=Permission.PEOPLE, path="/{name}/second-factor", method="DELETE",
    answer=TOUCHED, installation="Remove the second factor of anybody who has lost it.",
)  # fmt: skip
def remove_second_factor(*, enterprise: str, actor: Actor, user: Key) -> None:
    """Remove the second factor of somebody who has lost it."""
    del enterprise
    service.remove_second_factor(user=user, actor=actor)


@operation(
    "email.set", on=PEOPLE, permission=Permission.PEOPLE, path="/{name}/email", method="PUT", answer=TOUCHED,
    body=Body("Address", "An e-mail address."),
    installation="Write down the address by which single sign-on knows anybody; empty: none.",
)  # fmt: skip
def set_email(*, enterprise: str, actor: Actor, user: Key, email: Line) -> None:
    """Write down the address by which single sign-on knows the person; empty: none."""
    del enterprise
    service.set_email(user=user, email=email, actor=actor)


@operation(
    "display_name.set", on=PEOPLE, permission=Permission.PEOPLE, path="/{name}/display-name", method="PUT",
    answer=TOUCHED, body=Body("DisplayName", "The name by which pages and papers call a person."),
    installation="Set the name by which pages and papers call anybody; empty: the login.",
)  # fmt: skip
def set_display_name(*, enterprise: str, actor: Actor, user: Key, display_name: Line) -> None:
    """Set the name by which pages and papers call the person; empty: the login."""
    del enterprise
    service.set_display_name(user=user, display_name=display_name, actor=actor)
