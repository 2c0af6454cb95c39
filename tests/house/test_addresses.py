"""Every address says who may open it, and every line of a menu leads somewhere."""

import re

import django

django.setup()

from django.urls import ResolverMatch, get_resolver  # noqa: E402 -- Django is set up here
from tests.support.addresses import addresses  # noqa: E402

from nianjian.doors.site.menu import MENU  # noqa: E402
from nianjian.platform.accounts.roles import Permission  # noqa: E402
from nianjian.platform.web.access import MARK  # noqa: E402
from nianjian.platform.web.menu import GROUPS, Place, Scope  # noqa: E402

OPEN = {"public", "person", "inspector"}
# Views that take a form without the token against foreign pages, each with its reason.
WITHOUT_TOKEN = {
    "c/<str:token>": "whoever complains has no session here, and the address itself is the secret",
    "live/<str:code>/<str:name>/cdr": "a switch has no session; name and password come with each post",
    "e/<str:code>/data/import/": "asks for the token itself, once the files have a place to go to",
    "e/<str:code>/data/import/<str:draft>/files/": "asks for the token itself, once the files have a place to go to",
    "e/<str:code>/dossier/<int:year>/<str:item>/files/": "as the import's",
    "e/<str:code>/dossier/<int:year>/sort/files/": "as the import's",
    "e/<str:code>/dossier/<int:year>/verify/files/": "as the import's",
    "e/<str:code>/dossier/<int:year>/seals/files/<str:what>/": "as the import's",
}


API = "api/v1/"  # its operations are walked by test_api.py
ADDRESSES = [one for one in addresses(get_resolver().url_patterns) if not one[0].startswith(API)]


def test_every_view_says_who_may_open_it() -> None:
    marks = {route: getattr(pattern.callback, MARK, None) for route, pattern in ADDRESSES}
    unmarked = [route for route, mark in marks.items() if mark not in OPEN and not isinstance(mark, Permission)]
    assert not unmarked, "put a mark of platform/web/access.py on the view"
    asks = {route for route, mark in marks.items() if isinstance(mark, Permission)}
    assert not [route for route in marks if route.startswith("e/<str:code>") and route not in asks], (
        "a page of an enterprise asks for a permission"
    )


PATTERNS = {str(pattern.name): pattern for _route, pattern in ADDRESSES}
ROUTES = {str(pattern.name): route for route, pattern in ADDRESSES}
# Addresses that stand under no line of the menu, each with its reason; the same for all that begin so.
BARE = {
    "account_login": "signing in: there is no menu yet", "account_logout": "signing out",
    "account_inactive": "tells who cannot sign in", "account-first": "a new person's first password",
    "account-inspect": "opens the inspectors' room", "room": "what inspectors see has a menu of its own",
    "room-front": "as the room", "room-row": "as the room", "room-ask": "as the room",
    "mfa_authenticate": "the second step of signing in",
    "mfa_login_webauthn": "signing in by passkey", "socialaccount_login": "signing in by a provider",
    "openid_connect": "a provider's way", "feishu": "a provider's way", "dingtalk": "a provider's way",
    "weixin": "a provider's way",
    "complain": "the complainant's form", "one-click-done": "the complainant's receipt",
    "screens-kiosk": "a screen on a wall", "screens-kiosk-link": "leads on to it",
    "screens-posted": "a switch posts here",
    "season-calendar": "a calendar for programs", "healthz": "for machines", "metrics": "for machines",
    "language": "a choice, no page", "theme": "a choice, no page",
    "columns": "a choice, no page", "day-reading": "what a typed day is understood as", "asset": "a file of every page",
    "draft": "what a form's script stores", "resend": "after signing in again: there is one thing to do",
    "work-beside": "a part of the side", "work-result": "leads on",
}  # fmt: skip


def _is_bare(name: str) -> bool:
    return name in BARE or any(name.startswith(f"{one}_") for one in BARE)


def test_every_page_stands_under_a_line_or_says_why_not() -> None:
    for name, pattern in PATTERNS.items():
        kwargs = dict.fromkeys(re.findall(r"<(?:\w+:)?(\w+)>", ROUTES[name]), "x")
        entry = MENU.find_entry(ResolverMatch(lambda: None, (), kwargs, url_name=name), {})
        assert _is_bare(name) is not bool(entry and getattr(pattern.callback, MARK, None) != "public"), name
        if entry and not _is_bare(name):
            assert entry.place in MENU.words, name
            assert entry.place is not Place.SETTINGS or entry.group in GROUPS, name


def test_every_bare_page_is_an_address() -> None:
    assert {one for one in BARE if not any(name == one or name.startswith(f"{one}_") for name in PATTERNS)} == set()


def test_an_entry_of_the_menu_leads_to_a_page_that_asks_for_the_same() -> None:
    for entry in MENU.entries:
        names = [f"{entry.route}-here", entry.route] if entry.scope is Scope.BOTH else [entry.route, entry.front]
        marks = {getattr(PATTERNS[name].callback, MARK, None) for name in names if name}
        if entry.act is Permission.READ and marks == {Permission.READ_OWN}:
            continue  # not shown to whom only the own rows concern
        assert marks == {"person" if entry.scope is Scope.PERSON else entry.act}, f"{entry.route} {entry.label}"


def test_the_lines_are_seven_in_three_groups_and_five_stand_in_the_bar_of_a_phone() -> None:
    assert [(line.group, line.label) for line in MENU.lines] == [
        ("Every day", "Today"), ("Every day", "Complaints"),
        ("Yearly inspection", "Compliance portrait"), ("Yearly inspection", "Report and materials"),
        ("Yearly inspection", "On-site check"), ("Yearly inspection", "Rectification and isolation"),
        ("Foundation", "Data and registers"),
    ]  # fmt: skip
    assert [line.place for line in MENU.lines if line.short] == ["today", "complaints", "portrait", "dossier"]


def test_what_a_foreign_page_may_send_has_a_reason() -> None:
    """A form of another site can be sent with the person's cookies to every view that asks for no token of its own."""
    free = {route for route, one in ADDRESSES if getattr(one.callback, "csrf_exempt", False)}
    assert free == set(WITHOUT_TOKEN)
