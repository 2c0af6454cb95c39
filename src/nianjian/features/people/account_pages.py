"""Signing in and one's own account: links, second factor, providers, sessions and tokens."""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, Final

from allauth.account import views as account_views
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.views import LoginView
from allauth.mfa.base import views as mfa
from allauth.mfa.base.views import IndexView
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as social
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect import views as oidc
from allauth.socialaccount.views import ConnectionsView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.words import words
from nianjian.features.people.forms import ChoosePassword, DisplayName, NewToken
from nianjian.features.people.pages import place_text
from nianjian.platform.accounts import links, query, service, sign_in, tokens
from nianjian.platform.accounts.links import accept_invitation
from nianjian.platform.accounts.models import Link, User
from nianjian.platform.accounts.people import has_second_factor
from nianjian.platform.accounts.query import enterprise, permissions_of
from nianjian.platform.accounts.roles import Permission, Role
from nianjian.platform.home.env import CHINESE
from nianjian.platform.home.http import Middleware
from nianjian.platform.web import access, resend
from nianjian.platform.web.access import INSPECTION, Request, person, public
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current

ASKED: Final = (Role.ADMINISTRATOR, Role.COMPLIANCE_LEAD)
"""They may change who may do what, or be the second of two."""
# What is open without one. Not the tokens: they would be a way around.
OPEN: Final = (
    *(f"/account/{place}/" for place in ("2fa", "reauthenticate", "login", "logout", "first", "inspect", "password")),
    "/language",
    "/theme",
    "/static/",
)


def requires_second_factor(user: str) -> bool:
    """Whether the person's roles call for a second factor that is not there yet."""
    return query.holds(user, ASKED) and not has_second_factor(user)


class SecondFactorView(IndexView):  # type: ignore[misc]
    """What second factors there are."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- the library's signature
        """Add whether one is called for."""
        is_due = requires_second_factor(self.request.user.get_username())
        return {**super().get_context_data(**kwargs), "asked": is_due, "required": settings.SECOND_FACTOR}


class Enrolment(Middleware):
    """Middleware: where a second factor is obligatory, who lacks one is led to its page, whatever page is asked."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead there."""
        if (
            settings.SECOND_FACTOR
            and request.user.is_authenticated
            and not request.path.startswith(OPEN)
            and INSPECTION not in request.session
            and requires_second_factor(request.user.get_username())
        ):
            return redirect("mfa_index")
        return self.get_response(request)


def list_providers(request: HttpRequest) -> list[dict[str, str]]:
    """Return name and address of each provider that is configured."""
    providers = get_adapter().list_providers(request)
    return [{"name": str(one.name), "address": one.get_login_url(request)} for one in providers]


class SignInView(LoginView):  # type: ignore[misc]
    """The sign-in page."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- the library's signature
        """Add the providers, and whether a form waits for the person who wrote it."""
        providers, label = list_providers(self.request), gettext("Sign in with a passkey")
        waiting = resend.WAITING in self.request.session
        more = {"providers": providers, "passkey_label": label, "waiting": waiting}
        return {**super().get_context_data(**kwargs), **more}


class Connections(ConnectionsView):  # type: ignore[misc]
    """One's identities at the providers."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- the library's signature
        """Add the providers."""
        return {**super().get_context_data(**kwargs), "providers": list_providers(self.request)}


def require_provider(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Answer 404 for a provider that this installation does not have."""

    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 -- hands on what comes
        try:
            answer: HttpResponse = view(request, *args, **kwargs)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
        return answer

    return inside


def redirect_to_provider(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Let a form lead to the provider: the policy allows forms to this site only, so a page in between refreshes."""

    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 -- hands on what comes
        answer: HttpResponse = view(request, *args, **kwargs)
        if request.method == "POST" and isinstance(answer, HttpResponseRedirectBase) and "://" in answer.url:
            return render(request, "socialaccount/onward.html", {"address": answer.url})
        return answer

    return inside


@require_http_methods(["GET", "POST"])
@public
@sensitive_post_parameters()
@sensitive_variables("secret")
def choose_password(request: HttpRequest, secret: str) -> HttpResponse:
    """Choose a password; the link is used up by that, not by opening the page."""
    link = links.find_link(Link.FIRST, secret)
    if link is None:
        return _render_gone(request)
    person = User.objects.get(pk=link.user_id)
    form = ChoosePassword(person, request.POST or None)
    if not form.is_valid():
        return render(request, "account/first.html", {"form": form, "name": link.user_id})
    try:
        links.use_first_link(secret=secret, password=form.cleaned_data["password"])
    except NianjianError:  # another window was faster
        return _render_gone(request)
    logout(request)
    person.refresh_from_db()
    onward = reverse("mfa_index") if requires_second_factor(person.name) else str(settings.LOGIN_REDIRECT_URL)
    answer: HttpResponse = perform_login(request, Login(user=person, redirect_url=onward))
    return answer


@require_http_methods(["GET", "POST"])
@public
@sensitive_variables("secret")
def open_inspection(request: HttpRequest, secret: str) -> HttpResponse:
    """Open a read-only session that ends with the link; each opening is audited."""
    link = links.find_link(Link.INSPECT, secret)
    if link is None:
        return _render_gone(request)
    if request.method == "GET":  # a mail scanner that follows links must not open a session
        memberships = (one for one in query.roles_of(link.user_id) if one.role == Role.INSPECTOR and one.enterprise)
        firms = sorted({enterprise(str(one.enterprise)).name for one in memberships})
        return render(request, "account/inspect.html", {"link": link, "firms": firms})
    try:
        opened = links.open_inspection(secret=secret)
    except NianjianError:
        return _render_gone(request)
    logout(request)
    answer: HttpResponse = perform_login(
        request, Login(user=User.objects.get(pk=opened.user_id), redirect_url=reverse("room"))
    )
    request.session[INSPECTION] = opened.id
    request.session.set_expiry(max(1, int((opened.expires_at - clock.now()).total_seconds())))
    return answer


@require_http_methods(["GET", "POST"])
@person
@sensitive_variables("secret")
def accept_invitation_page(request: Request, secret: str) -> HttpResponse:
    """Accept an invitation as the person who is signed in; nothing is accepted by opening the page."""
    invitation = links.find_invitation(secret)
    if invitation is None:
        return _render_gone(request)
    if request.method == "GET":
        _ = words(current())
        context = {
            "inviting": enterprise(invitation.enterprise_id),
            "role": translate_value("role", invitation.role, _),
            "name": request.actor.name,
        }
        return render(request, "account/join.html", context)
    try:
        accept_invitation(secret=secret, actor=request.actor)
    except NianjianError:  # somebody else was faster
        return _render_gone(request)
    return redirect("overview", invitation.enterprise_id)


def _render_gone(request: HttpRequest) -> HttpResponse:
    return render(request, "account/gone.html", status=410)


@require_safe
@person
def show_account(request: Request) -> HttpResponse:
    """Who one is here, and the ways to change what one proves oneself by."""
    _ = words(current())
    name = request.actor.name
    context = {
        "roles": [(translate_value("role", one.role, _), place_text(one)) for one in query.roles_of(name)],
        "has_password": request.user.is_authenticated and request.user.has_usable_password(),
        "second_factor": has_second_factor(name),
        "asked": requires_second_factor(name),
        "providers": list_providers(request),
        "display_name": DisplayName(initial={"display_name": getattr(request.user, "display_name", "")}),
    }
    return render(request, "account/own.html", context)


@require_POST
@person
def save_display_name(request: Request) -> HttpResponse:
    """Set one's own display name."""
    try:
        service.set_own_display_name(display_name=request.POST.get("display_name", ""), actor=request.actor)
    except NianjianError as error:
        messages.error(request, describe_error(error)[0])
    else:
        messages.success(request, gettext("The name is saved."))
    return redirect("account")


@require_http_methods(["GET", "POST"])
@person
def list_sessions(request: Request) -> HttpResponse:
    """List the sessions; end one of them, or all but this."""
    sessions = UserSession.objects.purge_and_list(request.user)
    if request.method == "GET":
        here = request.session.session_key
        rows = [
            (one, one.session_key == here) for one in sorted(sessions, key=lambda one: one.last_seen_at, reverse=True)
        ]
        return render(request, "account/sessions.html", {"rows": rows})
    session = request.POST.get("session", "")
    ended = [one for one in sessions if not one.is_current() and session in {"others", str(one.pk)}]
    for one in ended:
        one.end()
    if ended:
        sign_in.record_change(user=request.actor.name, what="sessions.end", count=str(len(ended)))
        messages.success(request, gettext("Ended."))
    return redirect("usersessions_list")


@require_http_methods(["GET", "POST"])
@person
def list_tokens(request: Request) -> HttpResponse:
    """List one's tokens; make one, whose secret stands in the answer to the form and nowhere else."""
    _ = words(current())
    name = request.actor.name
    acts = [(act.value, str(translate_value("act", act.value, _))) for act in Permission if act in permissions_of(name)]
    form, new_token = NewToken(acts, request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            new_token = tokens.create_token(user=name, actor=request.actor, **form.asked())
        except NianjianError as error:
            form.add_error(None, describe_error(error)[0])
    rows = [
        (one, [translate_value("act", scope, _) for scope in one.scopes] if one.scopes is not None else None)
        for one in tokens.list_user_tokens(name)
    ]
    return render(request, "account/tokens.html", {"form": form, "rows": rows, "made": new_token})


@require_POST
@person
def revoke_token_page(request: Request, token: str) -> HttpResponse:
    """End one of one's own tokens."""
    if token not in {one.id for one in tokens.list_user_tokens(request.actor.name)}:
        raise Http404
    tokens.revoke_token(token=token, actor=request.actor)
    messages.success(request, gettext("The token is revoked."))
    return redirect("account-tokens")


Mark = Callable[[Any], Callable[..., HttpResponseBase]]


def _marked(mark: Mark, route: str, view: Callable[..., Any], name: str) -> URLPattern:
    """Give one of the library's views a mark, without touching the view itself."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 -- hands on what comes
        answer: HttpResponseBase = view(request, *args, **kwargs)
        return answer

    return path(route, mark(inside), name=name)


_OPEN: Final = (
    ("login/", SignInView.as_view(), "account_login"),
    ("logout/", account_views.logout, "account_logout"),
    ("inactive/", account_views.account_inactive, "account_inactive"),
    ("2fa/authenticate/", mfa.authenticate, "mfa_authenticate"),
    ("2fa/webauthn/login/", passkeys.login_webauthn, "mfa_login_webauthn"),
    ("3rdparty/login/cancelled/", social.login_cancelled, "socialaccount_login_cancelled"),
    ("3rdparty/login/error/", social.login_error, "socialaccount_login_error"),
    ("oidc/<str:provider_id>/login/", redirect_to_provider(require_provider(oidc.login)), "openid_connect_login"),
    ("oidc/<str:provider_id>/login/callback/", require_provider(oidc.callback), "openid_connect_callback"),
)
_OWN: Final = (
    ("reauthenticate/", account_views.reauthenticate, "account_reauthenticate"),
    ("password/change/", account_views.password_change, "account_change_password"),
    ("password/set/", account_views.password_set, "account_set_password"),
    ("2fa/", SecondFactorView.as_view(), "mfa_index"),
    ("2fa/reauthenticate/", mfa.reauthenticate, "mfa_reauthenticate"),
    ("2fa/totp/activate/", totp.activate_totp, "mfa_activate_totp"),
    ("2fa/totp/deactivate/", totp.deactivate_totp, "mfa_deactivate_totp"),
    ("2fa/recovery-codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    ("2fa/recovery-codes/generate/", codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    ("2fa/recovery-codes/download/", codes.download_recovery_codes, "mfa_download_recovery_codes"),
    ("2fa/webauthn/", passkeys.list_webauthn, "mfa_list_webauthn"),
    ("2fa/webauthn/add/", passkeys.add_webauthn, "mfa_add_webauthn"),
    ("2fa/webauthn/reauthenticate/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    ("2fa/webauthn/keys/<int:pk>/remove/", passkeys.remove_webauthn, "mfa_remove_webauthn"),
    ("2fa/webauthn/keys/<int:pk>/edit/", passkeys.edit_webauthn, "mfa_edit_webauthn"),
    ("3rdparty/", Connections.as_view(), "socialaccount_connections"),
)


def _chinese(provider: str) -> list[URLPattern]:
    views = import_module(f"allauth.socialaccount.providers.{provider}.views")
    login = redirect_to_provider(require_provider(views.oauth2_login))
    return [
        _marked(access.public, f"{provider}/login/", login, f"{provider}_login"),
        _marked(
            access.public,
            f"{provider}/login/callback/",
            require_provider(views.oauth2_callback),
            f"{provider}_callback",
        ),
    ]


urlpatterns = [
    path("", show_account, name="account"),
    path("name/", save_display_name, name="account-display-name"),
    path("sessions/", list_sessions, name="usersessions_list"),
    path("tokens/", list_tokens, name="account-tokens"),
    path("tokens/<str:token>/revoke/", revoke_token_page, name="account-token-revoke"),
    path("first/<str:secret>/", choose_password, name="account-first"),
    path("inspect/<str:secret>/", open_inspection, name="account-inspect"),
    path("join/<str:secret>/", accept_invitation_page, name="account-join"),
    *(_marked(access.public, *one) for one in _OPEN),
    *(_marked(access.person, *one) for one in _OWN),
    *(one for provider in CHINESE for one in _chinese(provider)),
]
