"""Every address, asked with what no browser sends: never a fault of the server."""

import re
from importlib import import_module
from inspect import getsource, unwrap
from itertools import product
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from tests.doors.web import test_matrix as matrix
from tests.support.addresses import addresses
from tests.support.strange_words import NUL, VALUES, WORDS
from tests.support.two_tenants import EVERYWHERE, OWN, people

from nianjian.platform.accounts.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.postgres]
world = matrix.world

READ: Final = re.compile(r"""(?:GET|given|asked)(?:\.get\(|\[)["'](\w+)["']""")
SHARED: Final = {"paged(": "page", "ordered(": "sort", "sight(": "as_at", "_book(": "on"}


def _parameters(pattern: URLPattern) -> set[str]:
    """What the module of the view reads of a query, itself or by what many lists share."""
    text = getsource(import_module(unwrap(pattern.callback).__module__))
    return {"unknown", *READ.findall(text), *(name for call, name in SHARED.items() if call in text)}


def test_no_query_breaks_a_page(world: dict[str, dict[str, Any]]) -> None:
    (chief,) = (one for one in people([(Role.ADMINISTRATOR, EVERYWHERE)]) if one.role == Role.ADMINISTRATOR)
    faults = []
    for pattern in matrix._patterns():
        case = next(matrix._cases(pattern, chief, world))
        names = sorted(_parameters(pattern))
        values = VALUES.values() if len(names) > 1 else (VALUES["nul"], VALUES["last day"])
        together = [[(name, value) for name in names] for value in values]
        alone = [[(name, VALUES["last day"])] for name in names[1:]]
        for query in (*together, *alone):
            query_text = "&".join(f"{name}={value}" for name, value in query)
            address = f"{case.address}{'&' if '?' in case.address else '?'}{query_text}"
            with transaction.atomic():
                status = _status(chief.client, address)
                transaction.set_rollback(True)
            if status >= 500 or (NUL in address and status != 400):
                faults.append(f"{status} {address[:120]}")
    assert not faults, "\n".join(faults)


def test_no_word_of_an_address_breaks_a_page(world: dict[str, dict[str, Any]]) -> None:
    (chief,) = (one for one in people([(Role.ADMINISTRATOR, EVERYWHERE)]) if one.role == Role.ADMINISTRATOR)
    faults = []
    for route, _pattern in addresses(get_resolver().url_patterns):
        if route.startswith("api/") or "<" not in route:
            continue
        words = list(re.finditer(r"<(?:\w+:)?(\w+)>", route))
        for changed, value in product(words, WORDS.values()):
            address = f"/{route}"
            for word in words:
                sample = value if word is changed else str(world[OWN].get(word[1], OWN if word[1] == "code" else "1"))
                address = address.replace(word[0], sample)
            with transaction.atomic():
                status = _status(chief.client, address)
                transaction.set_rollback(True)
            if status >= 500 or (value == NUL and status != 404):
                faults.append(f"{status} {address[:120]}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", ["value", "name"])
@pytest.mark.parametrize("kind", ["raw", "quoted", "multipart"])
def test_no_form_holds_a_nul(client: Client, kind: str, name: str) -> None:
    form = {"login": "a\0b"} if name == "value" else {"log\0in": "a"}
    if kind == "multipart":
        answer = client.post("/account/login/", {**form, "file": SimpleUploadedFile("a.bin", b"a\0b")})
    else:
        body = urlencode(form) if kind == "quoted" else "&".join("=".join(one) for one in form.items())
        answer = client.post("/account/login/", body, "application/x-www-form-urlencoded")
    assert answer.status_code == 400


def test_a_file_may_hold_one(client: Client) -> None:
    form = {"login": "a", "file": SimpleUploadedFile("a.bin", b"a\0b")}
    assert client.post("/account/login/", form).status_code == 200


def _status(client: Client, address: str) -> int:
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer)
    return answer.status_code
