"""Pages about people, each once for an enterprise and once for the installation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.people import ways_in as counted
from nianjian.engines.paper.words import words
from nianjian.features.people import operations
from nianjian.features.people.pages.acts import ACTS, Done, PersonAction
from nianjian.features.people.pages.forms import AddPerson, Address, GiveRole, Invite, Until
from nianjian.platform.accounts import invitations, links, people
from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.holds import count_ways_in, list_holders
from nianjian.platform.accounts.invitations import withdraw_invitation
from nianjian.platform.accounts.links import NewLink
from nianjian.platform.accounts.people import Person
from nianjian.platform.accounts.roles import Act, Role
from nianjian.platform.home import env
from nianjian.platform.web.access import Request, at, everywhere, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table


@require_safe
@page(Act.PEOPLE)
def list_people(request: Request, code: str) -> HttpResponse:
    """List the people of an enterprise."""
    return _list(request, code)


@require_safe
@everywhere(Act.PEOPLE)
def all_people(request: Request) -> HttpResponse:
    """List everybody."""
    return _list(request, EVERYWHERE)


@require_http_methods(["GET", "POST"])
@page(Act.PEOPLE)
def add_here(request: Request, code: str) -> HttpResponse:
    """Add somebody to an enterprise."""
    return _add(request, code)


@require_http_methods(["GET", "POST"])
@everywhere(Act.PEOPLE)
def add_anywhere(request: Request) -> HttpResponse:
    """Add somebody to the installation."""
    return _add(request, EVERYWHERE)


@require_http_methods(["GET", "POST"])
@page(Act.PEOPLE)
def one_here(request: Request, code: str, name: str) -> HttpResponse:
    """Show somebody of an enterprise."""
    return _one(request, code, name)


@require_http_methods(["GET", "POST"])
@everywhere(Act.PEOPLE)
def one_anywhere(request: Request, name: str) -> HttpResponse:
    """Show anybody."""
    return _one(request, EVERYWHERE, name)


def _list(request: Request, place: str) -> HttpResponse:
    _ = words(current())
    search = request.GET.get("q", "").strip()[:80]
    rows: Page[Person] = paged(request, people.Folk(place, search))
    columns = [Column(text) for text in (_("User name"), _("Roles"), _("Last sign-in"), _("Account"))]
    body = [
        [
            Cell(one.name, href=at("people-one", place, name=one.name)),
            Cell(_roles(one, place)),
            Cell(one.last_login.astimezone(clock.ZONE).strftime("%Y-%m-%d") if one.last_login else "–"),
            Cell(_("account open"), badge="good") if one.is_open else Cell(_("account closed"), badge="warn"),
        ]
        for one in rows.rows
    ]
    context = {
        "table": Table(_("People"), columns, body, wrap=True),
        "page": rows,
        "search": search,
        "add": at("people-add", place),
    }
    return render(request, "people/list.html", context)


def _roles(one: Person, place: str) -> str:
    _ = words(current())
    told = []
    for held in one.roles:
        where = held.team or ("" if place and held.enterprise else held.enterprise or _("the whole installation"))
        told.append(f"{translate_value('role', held.role, _)}{f' ({where})' if where else ''}")
    return ", ".join(told) or "–"


def _add(request: Request, place: str) -> HttpResponse:
    teams = operations.teams(place) if place else None
    act = request.POST.get("act", "new")
    if act == "uninvite" and place:
        return _uninvited(request, place)
    data = request.POST or None
    new = AddPerson(teams, data if act == "new" else None, auto_id="new_%s")
    role = GiveRole(teams, data if act == "give" else None, auto_id="role_%s")
    invite = Invite(teams, data if act == "invite" else None, auto_id="invite_%s") if place else None
    form, done = {"give": role, "invite": invite}.get(act) or new, None
    if request.method == "POST" and form.is_valid():
        try:
            if form is invite:
                made = operations.invite(enterprise=place, actor=request.actor, **form.cleaned_data)
                done = Done(gettext("The invitation:"), made)
            else:
                return _given(request, place, form) if form is role else _made(request, place, form)
        except NianjianError as error:
            form.add_error(None, describe_error(error)[0])
    _ = words(current())
    context = {
        "new": new,
        "role": role,
        "invite": invite,
        "waiting": [(one, translate_value("role", one.role, _)) for one in invitations.open_invitations(place)],
        "done": done,
        "url": _address(request, done.link) if done and done.link else "",
        "back": at("people-list", place),
        "place": place,
    }
    return render(request, "people/add.html", context)


def _uninvited(request: Request, place: str) -> HttpResponse:
    invitation = request.POST.get("invitation", "")
    withdraw_invitation(invitation=invitation, enterprise=place, actor=request.actor)
    messages.success(request, gettext("The invitation no longer holds."))
    return redirect(at("people-add", place))


def _made(request: Request, place: str, form: Any) -> HttpResponse:  # noqa: ANN401 -- either form
    given = form.cleaned_data
    made = operations.add(
        name=given["name"],
        role=given["role"],
        enterprises=[place] if place else [],
        actor=request.actor,
        team=given.get("team", ""),
        email=given["email"],
    )
    if made:
        return _shown(request, place, given["name"], Done(gettext("The one-time link:"), made))
    messages.success(request, gettext("Added. Now make the inspector's link."))
    return redirect(at("people-one", place, name=given["name"]))


def _given(request: Request, place: str, form: Any) -> HttpResponse:  # noqa: ANN401 -- either form
    given = form.cleaned_data
    team = given.get("team", "")
    operations.grant(user=given["user"], role=given["role"], enterprise=place, actor=request.actor, team=team)
    messages.success(request, gettext("The role is given."))
    return redirect(at("people-one", place, name=given["user"]))


def _one(request: Request, place: str, name: str) -> HttpResponse:
    if people.person(name, place) is None:
        raise Http404
    if request.method == "GET":
        return _shown(request, place, name, None)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    done = act(PersonAction(request.actor, name, place, request.POST.dict()))
    if done.link:
        return _shown(request, place, name, done)
    messages.success(request, done.text)
    still = people.person(name, place)
    return redirect(at("people-one", place, name=name) if still else at("people-list", place))


def _shown(request: Request, place: str, name: str, done: Done | None) -> HttpResponse:
    """Show the page of a person; a new link stands in this answer and nowhere else."""
    _ = words(current())
    someone = people.person(name, place)
    if someone is None:
        raise Http404
    governed = people.governs(request.actor, name)
    held = list_holders(name) if governed else []
    context = {
        "person": someone,
        "roles": [
            (held, translate_value("role", held.role, _), not place or held.enterprise == place)
            for held in someone.roles
        ],
        "governed": governed,
        "links": links.list_links([name]).get(name, []) if governed else [],
        "behind": ", ".join(held),
        "ends": counted(count_ways_in(name).as_dict(), _) if held else "",
        "inspector": any(held.role == Role.INSPECTOR for held in someone.roles),
        "second_factor": people.has_second_factor(name),
        "until": Until(),
        "address": Address(initial={"email": someone.email}),
        "done": done,
        "url": _address(request, done.link) if done and done.link else "",
        "here": at("people-one", place, name=name),
        "list": at("people-list", place),
        "place": place,
        "self": request.actor.name == name,
    }
    return render(request, "people/person.html", context)


def _address(request: Request, made: NewLink) -> str:
    return env.address(made.path, request.build_absolute_uri(made.path))
