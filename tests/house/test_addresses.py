"""Every address says who may open it, and every line of a menu leads somewhere."""

from __future__ import annotations

import django
import pytest

django.setup()

from django.urls import URLPattern, get_resolver, resolve, reverse  # noqa: E402 -- Django is set up here
from tests.support.addresses import addresses  # noqa: E402

from nianjian.platform.accounts.roles import Permission  # noqa: E402
from nianjian.platform.web import context  # noqa: E402
from nianjian.platform.web.access import MARK  # noqa: E402

# Addresses whose views come from a library and are marked otherwise, each with its reason.
ELSEWHERE: dict[str, str] = {}
OPEN = {"public", "person"}
# Views that take a form without the token against foreign pages, each with its reason.
WITHOUT_TOKEN = {
    "c/<str:token>": "whoever complains has no session here, and the address itself is the secret",
    "live/<str:code>/<str:name>/cdr": "a switch has no session; name and password come with each post",
    "e/<str:code>/data/import/<str:draft>/files/": "asks for the token itself, once the files have a place to go to",
    "e/<str:code>/dossier/<int:year>/<str:item>/files/": "as the import's",
    "e/<str:code>/dossier/<int:year>/sort/files/": "as the import's",
    "e/<str:code>/dossier/<int:year>/verify/files/": "as the import's",
    "e/<str:code>/dossier/<int:year>/seals/files/<str:what>/": "as the import's",
}


API = "api/v1/"  # its operations are walked by test_api.py
ADDRESSES = [one for one in addresses(get_resolver().url_patterns) if not one[0].startswith(API)]


@pytest.mark.parametrize(("route", "pattern"), ADDRESSES, ids=[route for route, _ in ADDRESSES])
def test_every_view_says_who_may_open_it(route: str, pattern: URLPattern) -> None:
    mark = getattr(pattern.callback, MARK, None)
    assert mark in OPEN or isinstance(mark, Permission) or route in ELSEWHERE, (
        "put a mark of web/layout/access.py on the view"
    )
    assert not route.startswith("e/<str:code>") or isinstance(mark, Permission), (
        "a page of an enterprise asks for an act"
    )


def test_every_exception_is_an_address() -> None:
    assert set(ELSEWHERE) <= {route for route, _ in ADDRESSES}


@pytest.mark.parametrize(
    "item", [*context.ENTERPRISE, *context.INSTALLATION, context.PORTFOLIO, *context.OWN], ids=lambda item: item.route
)
def test_a_line_of_the_menu_leads_to_a_page_that_asks_for_the_same(item: context.MenuItem) -> None:
    address = reverse(item.route, kwargs={"code": "demo"} if item in context.ENTERPRISE else {})
    mark = getattr(resolve(address).func, MARK, None)
    assert mark in {item.act, "person"}


def test_what_a_foreign_page_may_send_has_a_reason() -> None:
    """A form of another site can be sent with the person's cookies to every view that asks for no token of its own."""
    free = {route for route, one in ADDRESSES if getattr(one.callback, "csrf_exempt", False)}
    assert free == set(WITHOUT_TOKEN)
