"""Pages about people and enterprises, each once for an enterprise and once for the installation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import PROVINCES
from nianjian.engines.paper.people import actor_texts
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.platform import ENDED, ways_in_text
from nianjian.engines.paper.words import mark, words
from nianjian.features.people import operations
from nianjian.features.people.forms import AddPerson, Address, DisplayName, GiveRole, Invite, Until
from nianjian.features.people.operations import link_url
from nianjian.platform.accounts import links, people, query, service
from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.holds import confirm_account, count_ways_in, list_holders
from nianjian.platform.accounts.links import NewLink, withdraw_invitation
from nianjian.platform.accounts.people import Person
from nianjian.platform.accounts.query import USER, Actor, Enterprise
from nianjian.platform.accounts.roles import Permission, Role
from nianjian.platform.registers.queries import list_team_titles
from nianjian.platform.web.access import Request, anywhere, at, everywhere
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.menu import CONNECTIONS, ENTERPRISE, MACHINE, Entry, Place, Scope
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.second_person import read_return
from nianjian.platform.web.tables import Cell, Column, Table


@dataclass(frozen=True, slots=True)
class PersonAction:
    """A form about a person: ``place`` is the enterprise of its page, "" for the installation's."""

    actor: Actor
    user: str
    place: str
    form_data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to say, and a link to show once."""

    text: str
    link: NewLink | None = None


def _make_link(action: PersonAction) -> Outcome:
    return Outcome(gettext("The one-time link:"), links.create_first_link(user=action.user, actor=action.actor))


def _make_inspection(action: PersonAction) -> Outcome:
    form = Until(action.form_data)
    if not form.is_valid():
        raise NianjianError("link_expiry", days=links.INSPECT_DAYS)
    link = operations.inspect(user=action.user, until=form.cleaned_data["until"], actor=action.actor)
    return Outcome(gettext("The inspector's link:"), link)


def _end_link(action: PersonAction) -> Outcome:
    link = action.form_data.get("link", "")
    operations.end_link(enterprise=action.place, user=action.user, link=link, actor=action.actor)
    return Outcome(gettext("The link is no longer valid, and the sessions it opened have ended."))


def _revoke_role(action: PersonAction) -> Outcome:
    place = action.form_data.get("enterprise", "")
    if action.place and place != action.place:
        raise NianjianError("role_not_held", user=action.user, role=action.form_data.get("role", ""))
    operations.revoke(user=action.user, role=action.form_data.get("role", ""), enterprise=place, actor=action.actor)
    return Outcome(gettext("The role is removed."))


def _confirm_account(action: PersonAction) -> Outcome:
    done = confirm_account(user=action.user, actor=action.actor)
    text, _ = gettext("The account is confirmed as its person's own."), words(current())
    if done.behind:
        text += " " + _(ENDED).format(ways=ways_in_text(done.ended.as_dict(), _))
    return Outcome(text)


def _set_email(action: PersonAction) -> Outcome:
    form = Address(action.form_data)
    if not form.is_valid():
        raise NianjianError("email_malformed", email=action.form_data.get("email", ""))
    service.set_email(user=action.user, email=form.cleaned_data["email"], actor=action.actor)
    return Outcome(gettext("The address is saved."))


def _set_display_name(action: PersonAction) -> Outcome:
    service.set_display_name(
        user=action.user, display_name=action.form_data.get("display_name", ""), actor=action.actor
    )
    return Outcome(gettext("The name is saved."))


def _act_on_account(act: Callable[..., object], text: object) -> Callable[[PersonAction], Outcome]:
    """What needs nothing but the person, and what is said once it is done."""

    def run(action: PersonAction) -> Outcome:
        act(user=action.user, actor=action.actor)
        return Outcome(str(text))

    return run


ACTS: Final[Mapping[str, Callable[[PersonAction], Outcome]]] = {
    "link": _make_link,
    "inspection": _make_inspection,
    "unlink": _end_link,
    "revoke": _revoke_role,
    "close": _act_on_account(
        operations.close, gettext_lazy("The account is closed; it can no longer be used to sign in.")
    ),
    "reopen": _act_on_account(service.reopen, gettext_lazy("The account is open again.")),
    "confirm": _confirm_account,
    "factor": _act_on_account(
        service.remove_second_factor,
        gettext_lazy("The second factor is removed; the next sign-in asks only for the password."),
    ),
    "email": _set_email,
    "display_name": _set_display_name,
}


class AddEnterprise(forms.Form):
    """Code, name and province."""

    name = forms.CharField(
        label=gettext_lazy("Full name"), max_length=200, help_text=gettext_lazy("As on the licence.")
    )
    code = forms.CharField(
        label=gettext_lazy("Short code"),
        max_length=40,
        help_text=gettext_lazy(
            "Letters, digits, - or _, such as ACME. It is used in addresses, commands and folders, and "
            "cannot be changed."
        ),
    )
    province = forms.ChoiceField(
        label=gettext_lazy("Province"),
        choices=[("", "–"), *((one, one) for one in PROVINCES)],
        help_text=gettext_lazy(
            "Its communications administration inspects; notices and deadlines of that province apply."
        ),
    )
    field_order = ("name", "code", "province")


@require_http_methods(["GET", "POST"])
@everywhere(Permission.ADMINISTER)
def list_enterprises(request: Request) -> HttpResponse:
    """Add an enterprise; its overview leads on."""
    form = AddEnterprise(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            tenant = service.add_enterprise(**data, actor=request.actor)
        except NianjianError as error:
            form.add_error(None, describe_error(error)[0])
        else:
            messages.success(request, gettext("The enterprise is added. Continue from its overview."))
            return redirect("overview", code=tenant.code)
    _ = words(current())
    page: Page[Enterprise] = paged(request, query.enterprises())
    body = [[Cell(one.code, href=f"/e/{one.code}/"), Cell(one.name), Cell(one.province or "–")] for one in page.rows]
    heads = [Column(text) for text in (_("Short code"), _("Full name"), _("Province"))]
    table = Table(_("Enterprises"), heads, body, wrap=True)
    return render(request, "enterprises/list.html", {"form": form, "table": table, "page": page})


@require_safe
@anywhere(Permission.PEOPLE)
def list_people(request: Request, code: str = EVERYWHERE) -> HttpResponse:
    """List the people of an enterprise, or everybody."""
    _ = words(current())
    search = request.GET.get("q", "").strip()[:80]
    rows: Page[Person] = paged(request, people.PersonList(code, search))
    columns = [
        Column(_("Display name"), brief="start"), Column(_("User name"), brief="end"),
        Column(_("Roles"), brief="start"), Column(_("Last sign-in")), Column(_("Account"), brief="end"),
    ]  # fmt: skip
    titles = (
        list_team_titles(code, {membership.team for one in rows.rows for membership in one.roles if membership.team})
        if code
        else {}
    )
    body = [
        [
            Cell(one.display_name or one.name, href=at("people-one", code, name=one.name)),
            Cell(one.name),
            Cell(_role_text(one, code, titles)),
            Cell(format_moment(one.last_login) or "–"),
            Cell(_("account open"), badge="good") if one.is_open else Cell(_("account closed"), badge="warn"),
        ]
        for one in rows.rows
    ]
    context = {
        "table": Table(_("People"), columns, body, wrap=True),
        "page": rows,
        "search": search,
        "add": at("people-add", code),
    }
    return render(request, "people/list.html", context)


def place_text(membership: query.MembershipValue) -> str:
    """Where a role holds: the enterprise by its name and the team, or the whole installation."""
    if not membership.enterprise:
        return gettext("the whole installation")
    firm, team = query.enterprise(membership.enterprise).name, membership.team
    if not team:
        return firm
    title = list_team_titles(membership.enterprise, [team]).get(team, "")
    return f"{firm} · {team} {title}".strip()


def _role_text(one: Person, place: str, titles: Mapping[str, str]) -> str:
    """The roles of a person, each with its team, or where it holds; ``titles``: names of teams."""
    _ = words(current())
    texts = []
    for membership in one.roles:
        team = f"{membership.team} {titles.get(membership.team, '')}".strip() if membership.team else ""
        where = team or (
            "" if place and membership.enterprise else membership.enterprise or _("the whole installation")
        )
        role = str(translate_value("role", membership.role, _))
        texts.append(gettext("{role} ({where})").format(role=role, where=where) if where else role)
    return ", ".join(texts) or "–"


@require_http_methods(["GET", "POST"])
@anywhere(Permission.PEOPLE)
def add_person(request: Request, code: str = EVERYWHERE) -> HttpResponse:
    """Add somebody to an enterprise, or to the installation."""
    place, teams = code, operations.teams(code) if code else None
    act = request.POST.get("act", "new")
    if act == "uninvite" and place:
        withdraw_invitation(invitation=request.POST.get("invitation", ""), enterprise=place, actor=request.actor)
        messages.success(request, gettext("The invitation is no longer valid."))
        return redirect(at("people-add", place))
    data = request.POST or None
    new = AddPerson(teams, data if act == "new" else None, auto_id="new_%s")
    role = GiveRole(teams, data if act == "give" else None, auto_id="role_%s")
    invite = Invite(teams, data if act == "invite" else None, auto_id="invite_%s") if place else None
    form, done = {"give": role, "invite": invite}.get(act) or new, None
    if request.method == "POST" and form.is_valid():
        try:
            if form is invite:
                link = operations.invite(enterprise=place, actor=request.actor, **form.cleaned_data)
                done = Outcome(gettext("The invitation:"), link)
            elif form is role:
                operations.grant(**form.cleaned_data, enterprise=place, actor=request.actor)
                messages.success(request, gettext("The role is assigned."))
                return redirect(read_return(request) or at("people-one", place, name=form.cleaned_data["user"]))
            else:
                return _create_person(request, place, form)
        except NianjianError as error:
            form.add_error(None, describe_error(error)[0])
    _ = words(current())
    context = {
        "new": new,
        "role": role,
        "invite": invite,
        "waiting": [(one, translate_value("role", one.role, _)) for one in links.open_invitations(place)],
        "done": done,
        "url": link_url(request, done.link) if done and done.link else "",
        "onward": read_return(request),
        "place": place,
    }
    return render(request, "people/add.html", context)


def _create_person(request: Request, place: str, form: Any) -> HttpResponse:  # noqa: ANN401 -- either form
    data = form.cleaned_data
    link = operations.add(**data, enterprises=[place] if place else [], actor=request.actor)
    if link:
        return _render_person(request, place, data["name"], Outcome(gettext("The one-time link:"), link))
    messages.success(request, gettext("Added. Now create the inspector's link."))
    return redirect(at("people-one", place, name=data["name"]))


@require_http_methods(["GET", "POST"])
@anywhere(Permission.PEOPLE)
def show_person(request: Request, name: str, code: str = EVERYWHERE) -> HttpResponse:
    """Show somebody of an enterprise, or anybody; do what a form asks for."""
    place = code
    if people.person(name, place) is None:
        raise Http404
    if request.method == "GET":
        return _render_person(request, place, name, None)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    done = act(PersonAction(request.actor, name, place, request.POST.dict()))
    if done.link:
        return _render_person(request, place, name, done)
    messages.success(request, done.text)
    still = people.person(name, place)
    return redirect(at("people-one", place, name=name) if still else at("people-list", place))


def _render_person(request: Request, place: str, name: str, done: Outcome | None) -> HttpResponse:
    """Show the page of a person; a new link stands in this answer and nowhere else."""
    _ = words(current())
    someone = people.person(name, place)
    if someone is None:
        raise Http404
    governed = people.governs(request.actor, name)
    holders = list_holders(name) if governed else []
    context = {
        "person": someone,
        "roles": [
            (entry, translate_value("role", entry.role, _), place_text(entry), not place or entry.enterprise == place)
            for entry in someone.roles
        ],
        "governed": governed,
        "links": links.list_links([name]).get(name, []) if governed else [],
        "behind": ", ".join(actor_texts([f"{USER}:{one}" for one in holders], _)),
        "ends": ways_in_text(count_ways_in(name).as_dict(), _) if holders else "",
        "inspector": any(entry.role == Role.INSPECTOR for entry in someone.roles),
        "inspector_alone": {entry.role for entry in someone.roles} == {Role.INSPECTOR},  # comes by the room's link
        "second_factor": people.has_second_factor(name),
        "until": Until(),
        "address": Address(initial={"email": someone.email}),
        "display_name": DisplayName(initial={"display_name": someone.display_name}),
        "done": done,
        "url": link_url(request, done.link) if done and done.link else "",
        "here": at("people-one", place, name=name),
        "onward": read_return(request),
        "place": place,
        "self": request.actor.name == name,
    }
    return render(request, "people/person.html", context)


urlpatterns = [
    path("enterprises/", list_enterprises, name="enterprises"),
    path("people/", list_people, name="people-list"),
    path("people/add/", add_person, name="people-add"),
    path("people/of/<str:name>/", show_person, name="people-one"),
    path("e/<str:code>/people/", list_people, name="people-list-here"),
    path("e/<str:code>/people/add/", add_person, name="people-add-here"),
    path("e/<str:code>/people/of/<str:name>/", show_person, name="people-one-here"),
]


PEOPLE: Final = Entry(
    Place.SETTINGS, mark("People and permissions"), "people-list", Permission.PEOPLE,
    pages=("people",), scope=Scope.BOTH, group=ENTERPRISE,
)  # fmt: skip
TOKENS: Final = Entry(
    Place.SETTINGS, mark("API tokens"), "account-tokens", Permission.READ_OWN,
    pages=("account-token",), scope=Scope.PERSON, group=CONNECTIONS,
)  # fmt: skip
ENTERPRISES: Final = Entry(
    Place.SETTINGS, mark("Enterprises"), "enterprises", Permission.ADMINISTER, scope=Scope.INSTALLATION, group=MACHINE
)


def _own(label: str, route: str, *pages: str) -> Entry:
    return Entry(Place.ACCOUNT, label, route, Permission.READ_OWN, pages=pages, scope=Scope.PERSON)


ACCOUNT: Final = (
    _own(mark("Name and password"), "account"),
    _own(mark("Sessions"), "usersessions_list"),
    _own(mark("Second factor"), "mfa_index", "mfa"),
    _own(mark("Other ways to sign in"), "socialaccount_connections", "socialaccount"),
)
