"""Every operation that reads, asked with what no program should send: a problem document, never a fault."""

from itertools import product
from string import Formatter
from typing import Any, Final

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client
from django.utils.datastructures import MultiValueDict
from tests.doors.api import test_api_matrix as matrix
from tests.support.strange_words import NUL, VALUES, WORDS
from tests.support.two_tenants import EVERYWHERE, OWN, people

from nianjian.doors.api.application import API, PREFIX
from nianjian.platform.accounts.roles import Role
from nianjian.platform.api.problems import MEDIA
from nianjian.platform.registers import row_keys

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.postgres]
world = matrix.world

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
    operation = API.get_openapi_schema()["paths"][f"/{PREFIX}{path}"]["get"]
    return [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]


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
        queries = [*product(_read_of(path), VALUES.values()), ("unknown", NUL), ("unknown", "-1")]
        for name, value in queries:
            faults.append(_fault(asks, f"{case.address}{joint}{name}={value}", value))
    assert not any(faults), "\n".join(filter(None, faults))


def test_no_word_of_an_address_breaks_an_operation(world: dict[str, dict[str, Any]], asks: Client) -> None:
    faults = []
    for path, _operation in READS:
        words = [field for _text, field, _format, _how in Formatter().parse(path) if field]
        params = {one: world[OWN].get(one, OWN if one == "code" else "1") for one in words}
        faults += [
            _fault(asks, f"/{PREFIX}{path.format(**{**params, one: value})}", value)
            for one in words
            for value in WORDS.values()
        ]
    assert not any(faults), "\n".join(filter(None, faults))


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b'{"result": "a\\u0000b"}', "application/json"),
        (b'{"result": "a", "other\\u0000": 1}', "application/json"),
        (b"result=a%00b", "application/x-www-form-urlencoded"),
        (
            b'--x\r\nContent-Disposition: form-data; name="result"\r\n\r\na\0b\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
    ids=["value", "name", "form", "multipart"],
)
def test_no_document_and_no_form_holds_a_nul(
    world: dict[str, dict[str, Any]], asks: Client, body: bytes, media: str
) -> None:
    """A ticket's texts are kept as they come: a NUL is refused before the operation is entered."""
    address = f"/{PREFIX}/enterprises/{OWN}/complaints/tickets/{world[OWN]['ticket']}/callback"
    answer = asks.post(address, body, media)
    assert (answer.status_code, answer.headers["Content-Type"], answer.json()["code"]) == (400, MEDIA, "api_unreadable")


def test_a_form_that_an_operation_takes_is_looked_at_as_a_document_is() -> None:
    """No operation takes a form today; one that will be is parsed by the same parser."""
    fields = MultiValueDict({"name": ["a\0b"]})
    with pytest.raises(SuspiciousOperation):
        API.parser.parse_querydict(fields, [], HttpRequest())
    file = MultiValueDict({"file": [SimpleUploadedFile("a.bin", b"a\0b")]})
    assert API.parser.parse_querydict(file, [], HttpRequest())["file"].read() == b"a\0b"


def test_the_content_of_an_upload_may_hold_one(world: dict[str, dict[str, Any]], asks: Client) -> None:
    address = f"/{PREFIX}/enterprises/{OWN}/registers/lines/rows/{world[OWN]['key']}/papers?name=scan.png"
    answer = asks.post(address, b"\x89PNG\r\n\x1a\n\0\0", "application/octet-stream")
    assert answer.status_code == 201


def test_a_coded_nul_names_no_row(world: dict[str, dict[str, Any]], asks: Client) -> None:
    """The sign before a code is a sign like others where no control character could stand."""
    assert asks.get(f"/{PREFIX}/enterprises/{OWN}/registers/lines/rows/L~00").status_code == 404
    assert row_keys.decode_key("a~2Fb~00") == "a/b~00"
