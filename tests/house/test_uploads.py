"""Where files are taken is marked, for the server reads no large body anywhere else; and nobody unknown is let in."""

import inspect
import re
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import django

django.setup()

from django.test import Client  # noqa: E402 -- Django is set up here
from django.urls import get_resolver  # noqa: E402
from tests.support.addresses import addresses  # noqa: E402

from nianjian.doors.api import application  # noqa: E402
from nianjian.platform.api.operations import FILE, UPLOADS  # noqa: E402
from nianjian.platform.home.http import MARK, PENDING_BODY, SMALL, PendingBody  # noqa: E402
from nianjian.platform.web.access import MARK as ACCESS  # noqa: E402

LIBRARY = application.API
READS = {"FILES", "upload_handlers"}
PAGE = re.compile(r"nianjian\.(platform\.web|features\.\w+\.(\w*pages|account))\b")
API = "api/v1/"
ADDRESSES = list(addresses(get_resolver().url_patterns))
PAGES = [one for one in ADDRESSES if not one[0].startswith(API)]
MARKED = sorted({(route, method) for route, one in ADDRESSES for method in getattr(one.callback, MARK, ())})
# Views that reach what reads files and take none, each with its reason.
WITHOUT = {"e/<str:code>/dossier/<int:year>/rounds/<int:number>/": "shows the empty forms, by GET alone"}
# Values for the parts of an address, by the kind of part; any other kind takes "1".
PARTS = {"register": "seats"}


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inside in code.co_consts:
        if isinstance(inside, CodeType):
            yield from _names(inside)


def _reads_files(view: Callable[..., Any], seen: set[object]) -> bool:
    """Whether a function, or one of the pages that it calls by name, reads the files of a form."""
    plain = inspect.unwrap(view)
    if not isinstance(plain, FunctionType) or plain in seen:
        return False
    seen.add(plain)
    names = set(_names(plain.__code__))
    if names & READS:
        return True
    for name in names:
        target = plain.__globals__.get(name)
        called = [getattr(target, one, None) for one in names] if isinstance(target, ModuleType) else [target]
        for one in called:
            ours = getattr(one, "__module__", "") or ""
            # views call no views: the name is another thing's attribute; a form that waits leaves its files
            other = hasattr(one, ACCESS) or ours == "nianjian.platform.web.resend"
            if callable(one) and not other and PAGE.match(ours) and _reads_files(one, seen):
                return True
    return False


def test_a_view_that_reads_files_is_marked() -> None:
    for route, pattern in PAGES:
        marked = bool(getattr(pattern.callback, MARK, ()))
        assert _reads_files(pattern.callback, set()) == (marked or route in WITHOUT), (
            f"{route}: put `takes_files` innermost on the view, or take it off"
        )


def test_an_operation_is_marked_where_its_document_says_so() -> None:
    binary = FILE
    document = LIBRARY.get_openapi_schema()
    uploads = {
        operation["operationId"]: method.upper()
        for methods in document["paths"].values()
        for method, operation in methods.items()
        if operation.get("requestBody", {}).get("content") == binary
    }
    assert uploads == UPLOADS
    assert len([route for route, _method in MARKED if route.startswith(API)]) >= len(set(uploads))


def test_nobody_unknown_is_let_in(client: Client) -> None:
    """The mark stands behind what asks who it is: in front of it, it would let everybody in."""
    for route, method in MARKED:
        address = f"/{re.sub('<(?:([a-z]+):)?[a-z_]+>', lambda part: PARTS.get(part[1], '1'), route)}"
        head: dict[str, Any] = {PENDING_BODY: PendingBody(2 * SMALL, 0)}
        refused = 401 if route.startswith(API) else 302
        assert client.generic(method, address, b"", **head).status_code == refused, route
        assert client.generic("GET", address, b"", **head).status_code == 413, route
