"""Every operation that reads, asked with what no program should send: a problem document, never a fault."""

from __future__ import annotations

from itertools import product
from string import Formatter
from typing import Any, Final

import pytest
from django.test import Client
from tests.doors.api import test_api_matrix as matrix
from tests.support.two_tenants import EVERYWHERE, OWN, people

from nianjian.accounts.roles import Role
from nianjian.api.application import API, PREFIX
from nianjian.api.door.problems import MEDIA

pytestmark = pytest.mark.django_db
world = matrix.world

WORDS: Final = {
    "nul": "a%00b",
    "digits": "9" * 5000,
    "beyond 64 bits": "99999999999999999999",
    "beyond the plane": "%F0%9F%90%9B",
}
VALUES: Final = {**WORDS, "last day": "9999-12-31", "first day": "0001-01-01", "negative": "-1"}
NUL: Final = VALUES["nul"]
READS: Final = [(path, one) for path, one in matrix.OPERATIONS if one.methods == ["GET"]]
UNREADABLE: Final = frozenset({400, 404, 422})


@pytest.fixture
def asks(world: dict[str, dict[str, Any]]) -> Client:
    """An administrator of the installation."""
    del world
    (chief,) = (one for one in people([(Role.ADMINISTRATOR, EVERYWHERE)]) if one.role == Role.ADMINISTRATOR)
    return Client(headers={"authorization": f"Bearer {chief.token}"}, raise_request_exception=False)


def _read_of(path: str) -> list[str]:
    """The names in the query of a GET, as the document tells them."""
    told = API.get_openapi_schema()["paths"][f"/{PREFIX}{path}"]["get"]
    return [one["name"] for one in told.get("parameters", []) if one["in"] == "query"]


def _fault(client: Client, address: str, value: str) -> str:
    answer = client.get(address)
    status, media = answer.status_code, answer.headers["Content-Type"]
    if value == NUL and status not in UNREADABLE:
        return f"{status} {address[:120]}"
    good = status < 500 and (status < 400 or media == MEDIA)
    return "" if good else f"{status} {media} {address[:120]}"


def test_no_query_breaks_an_operation(world: dict[str, dict[str, Any]], asks: Client) -> None:
    faults = []
    for path, operation in READS:
        case = next(matrix._cases(path, operation, world))
        joint = "&" if "?" in case.address else "?"
        for name, value in product([*_read_of(path), "unknown"], VALUES.values()):
            faults.append(_fault(asks, f"{case.address}{joint}{name}={value}", value))
    assert not any(faults), "\n".join(filter(None, faults))


def test_no_word_of_an_address_breaks_an_operation(world: dict[str, dict[str, Any]], asks: Client) -> None:
    faults = []
    for path, _operation in READS:
        words = [field for _text, field, _format, _how in Formatter().parse(path) if field]
        given = {one: world[OWN].get(one, OWN if one == "code" else "1") for one in words}
        faults += [
            _fault(asks, f"/{PREFIX}{path.format(**{**given, one: value})}", value)
            for one in words
            for value in WORDS.values()
        ]
    assert not any(faults), "\n".join(filter(None, faults))
