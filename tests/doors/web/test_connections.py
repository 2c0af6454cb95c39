"""The server against those who send too much, too slowly, or hold its connections; and its friends beside them."""

import http.client
import re
import select
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.support.site import PATIENCE, Site, serving, told

pytestmark = pytest.mark.long

MIB = 1 << 20
ATTACK = 300 * MIB
BOUND = 40 * MIB  # what the server throws away to be heard, and what lies in the sockets' buffers
FILE = 20 * MIB
SECONDS = 20  # in which a friend is answered, on a busy machine
LONG = {"NIANJIAN_WEB_HEAD_SECONDS": "60"}  # a friend is answered before any attacker's time is over
SMALL = {**LONG, "NIANJIAN_WEB_CONNECTIONS": "60", "NIANJIAN_WEB_CONNECTIONS_PER_ADDRESS": "20"}
SHORT = {"NIANJIAN_WEB_HEAD_SECONDS": "2", "NIANJIAN_WEB_IDLE_SECONDS": "3"}
# Ends a session, as time would.
EXPIRE = """
import sys
from datetime import UTC, datetime
from nianjian.platform.home import wiring
wiring.prepare()
from django.contrib.sessions.models import Session
Session.objects.filter(pk=sys.argv[1]).update(expire_date=datetime(2020, 1, 1, tzinfo=UTC))
"""
IMPORT = "/api/v1/enterprises/demo/calls/imports?name=calls.csv"


@dataclass(frozen=True)
class Furnished:
    """A server with an enterprise, and tokens of two people."""

    site: Site
    loader: str
    reader: str


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    with serving(tmp_path_factory.mktemp("site"), NIANJIAN_UPLOAD_MIB="64", **LONG) as site:
        yield Furnished(site, site.token("loader", "data_officer"), site.token("reader", "auditor"))


@contextmanager
def _connected(site: Site, source: str = "127.0.0.1") -> Iterator[socket.socket]:
    where = urlsplit(site.address)
    address = (str(where.hostname), where.port or 80)
    with socket.create_connection(address, PATIENCE, source_address=(source, 0)) as connection:
        yield connection


def _head(site: Site, method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {urlsplit(site.address).netloc}", *lines, "", ""]).encode()


def _flooded(connection: socket.socket, size: int, frame: Callable[[bytes], bytes], look: Callable[[], None]) -> int:
    """Send until it is all sent or the other side answers or closes; how much was sent."""
    sent, piece = 0, frame(b"x" * MIB)
    connection.settimeout(PATIENCE)
    with suppress(ConnectionError):
        while sent < size and not select.select([connection], [], [], 0)[0]:
            connection.sendall(piece)
            sent += len(piece)
            look()
    return sent


def _answer(connection: socket.socket) -> bytes:
    """All that comes until the end; a reset ends it too."""
    got = b""
    with suppress(ConnectionError):
        while piece := connection.recv(MIB):
            got += piece
    return got


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def _spooled(site: Site) -> int:
    """Size of the largest nameless file in the home that some process holds open."""
    largest = 0
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # gone meanwhile, or another person's process
            name = str(link.readlink())
            if name.startswith(str(site.home / "tmp")) and name.endswith("(deleted)"):
                largest = max(largest, link.stat().st_size)
    return largest


def _plain(piece: bytes) -> bytes:
    return piece


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)


@pytest.mark.parametrize("path", ["/account/login/", "/nowhere/at/all/", "/api/v1/nowhere", "/api/v1/enterprises"])
@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_large_body_is_refused_where_no_file_is_expected(furnished: Furnished, path: str, chunked: bool) -> None:  # noqa: FBT001 -- a case
    site, seen = furnished.site, [0]
    size = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {ATTACK}"

    def look() -> None:
        seen[0] = max(seen[0], _spooled(site))

    with _connected(site) as connection:
        connection.sendall(_head(site, "POST", path, size, "Content-Type: application/json"))
        sent = _flooded(connection, ATTACK, _chunk if chunked else _plain, look)
        answer = _answer(connection)
    assert _status(answer) == 413
    assert (b"api_too_large" in answer) == path.startswith("/api/")
    assert sent < BOUND
    assert seen[0] <= 2 * MIB


def test_what_is_announced_is_refused_before_anything_is_sent(furnished: Furnished) -> None:
    with _connected(furnished.site) as connection:
        connection.sendall(_head(furnished.site, "POST", "/account/login/", f"Content-Length: {ATTACK}"))
        assert _status(_answer(connection)) == 413


def _begun(site: Site, session: str) -> tuple[str, str, dict[str, str]]:
    """Begin an import as a browser does; the address of its files, the form's token, the cookies."""
    cookies = {"sessionid": session}
    connection = http.client.HTTPConnection(urlsplit(site.address).netloc, timeout=PATIENCE)
    path, token = "/e/demo/data/import/", ""
    for method, body in (("GET", None), ("POST", "kind=calls&csrfmiddlewaretoken={}"), ("GET", None)):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body.format(token) if body else None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        cookies |= dict(re.findall(r"(csrftoken|sessionid)=([^;]+)", str(answer.headers)))
        path = answer.getheader("Location") or path
        if match := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page):
            token = match[1]
    connection.close()
    return path, token, cookies


def _form(token: str, content: bytes) -> tuple[str, bytes]:
    """A form with a file, as a browser sends it: type and body."""
    part = 'Content-Disposition: form-data; name="{}"'
    head = f"--edge\r\n{part.format('csrfmiddlewaretoken')}\r\n\r\n{token}\r\n--edge\r\n{part.format('files')}"
    body = f'{head}; filename="calls.csv"\r\n\r\n'.encode() + content + b"\r\n--edge--\r\n"
    return "multipart/form-data; boundary=edge", body


@pytest.mark.parametrize("expects", [False, True], ids=["at once", "100-continue"])
def test_a_file_of_a_person_who_is_signed_in_arrives(furnished: Furnished, expects: bool) -> None:  # noqa: FBT001 -- a case
    site = furnished.site
    path, token, cookies = _begun(site, site.session("anna"))
    kind, body = _form(token, b"1" * FILE)
    headers = [
        f"Cookie: {'; '.join(f'{name}={value}' for name, value in cookies.items())}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(["Expect: 100-continue"] if expects else []),
    ]
    with _connected(site) as connection:
        connection.sendall(_head(site, "POST", path, *headers))
        if expects:
            assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        answer = _answer(connection)
    assert (_status(answer), answer.count(b"HTTP/1.1 ")) == (302, 1)
    draft = path.rstrip("/").split("/")[-2]
    assert [one.stat().st_size for one in (site.home / "uploads" / draft).rglob("*.csv")] == [FILE]
    assert _spooled(site) < FILE


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_file_of_a_program_arrives(furnished: Furnished, chunked: bool) -> None:  # noqa: FBT001 -- a case
    connection = http.client.HTTPConnection(urlsplit(furnished.site.address).netloc, timeout=PATIENCE)
    content: Any = iter([b"1" * MIB] * 20) if chunked else b"1" * FILE
    headers = {"Authorization": f"Bearer {furnished.loader}", "Content-Type": "application/octet-stream"}
    connection.request("POST", IMPORT, content, headers, encode_chunked=chunked)
    answer = connection.getresponse()
    assert answer.status == 202, answer.read()
    answer.read()
    connection.request("GET", "/healthz")  # the connection serves on
    assert connection.getresponse().status == 200
    connection.close()


def _refused(site: Site, path: str, *lines: str) -> bytes:
    with _connected(site) as connection:
        connection.sendall(_head(site, "POST", path, f"Content-Length: {50 * MIB}", *lines))
        answer = _answer(connection)
    assert _spooled(site) == 0
    return answer


def test_a_session_that_has_ended_uploads_nothing(furnished: Furnished) -> None:
    site = furnished.site
    session = site.session("berta")
    path, _token, _cookies = _begun(site, session)
    told(site.environment, sys.executable, "-c", EXPIRE, session)
    answer = _refused(site, path, f"Cookie: sessionid={session}", "Content-Type: multipart/form-data; boundary=edge")
    assert _status(answer) == 302
    assert b"\r\nLocation: /account/login/?next=" in answer
    assert b" 100 " not in _refused(site, path, "Expect: 100-continue")


def test_a_token_that_may_not_load_uploads_nothing(furnished: Furnished) -> None:
    answer = _refused(furnished.site, IMPORT, f"Authorization: Bearer {furnished.reader}")
    assert (_status(answer), b"role_missing" in answer) == (403, True)
    assert _status(_refused(furnished.site, IMPORT, "Authorization: Bearer nothing")) == 401


def test_what_is_larger_than_any_file_is_refused_to_everybody(furnished: Furnished) -> None:
    line = f"Authorization: Bearer {furnished.loader}"
    with _connected(furnished.site) as connection:
        connection.sendall(_head(furnished.site, "POST", IMPORT, line, f"Content-Length: {66 * MIB}"))
        assert _status(_answer(connection)) == 413


def test_of_an_upload_that_breaks_off_nothing_is_left(furnished: Furnished) -> None:
    site = furnished.site
    with _connected(site) as connection:
        head = _head(site, "POST", IMPORT, f"Authorization: Bearer {furnished.loader}", f"Content-Length: {FILE}")
        connection.sendall(head + b"1" * (10 * MIB))
        assert _until(lambda: _spooled(site) >= 9 * MIB)
    assert _until(lambda: _spooled(site) == 0)


def _until(holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _healthy(connection: http.client.HTTPConnection) -> float:
    """Seconds until the answer of a friend is there."""
    began = time.monotonic()
    connection.request("GET", "/healthz", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "8.8.8.8"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    return time.monotonic() - began


def _crowd(stack: ExitStack, site: Site, source: str, count: int, sent: bytes) -> None:
    for _ in range(count):
        attacker = stack.enter_context(_connected(site, source))
        with suppress(ConnectionError):
            attacker.sendall(sent)


def _friend(stack: ExitStack, site: Site) -> http.client.HTTPConnection:
    return stack.enter_context(closing(http.client.HTTPConnection(urlsplit(site.address).netloc, timeout=PATIENCE)))


SLOW = {
    "silent": b"",
    "head": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ",
    "body": b"POST /account/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n1",
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW.keys())
def test_a_crowd_keeps_nobody_else_out(furnished: Furnished, sent: bytes) -> None:
    with ExitStack() as stack:
        _crowd(stack, furnished.site, "127.0.0.2", 200, sent)
        assert _healthy(_friend(stack, furnished.site)) < SECONDS


def test_crowds_of_many_addresses_keep_nobody_out_and_cut_nobody_off(tmp_path: Path) -> None:
    """As many connections as a browser opens go on beside them, and a health check comes in."""
    with serving(tmp_path, **SMALL) as site, ExitStack() as stack:
        browser = [_friend(stack, site) for _ in range(7)]
        assert all(_healthy(one) < SECONDS for one in browser)
        for number in range(2, 8):
            _crowd(stack, site, f"127.0.0.{number}", 30, SLOW["head"])
        sockets = [one.sock for one in browser]
        assert all(_healthy(one) < SECONDS for one in browser)
        assert [one.sock for one in browser] == sockets, "none was closed and opened anew"
        assert _healthy(_friend(stack, site)) < SECONDS


def test_behind_a_proxy_it_is_the_address_that_it_names_which_counts(tmp_path: Path) -> None:
    with serving(tmp_path, NIANJIAN_HTTPS="yes", **SMALL) as site, ExitStack() as stack:
        slow = SLOW["body"].replace(b"Content", b"X-Forwarded-Proto: https\r\nX-Forwarded-For: 9.9.9.9\r\nContent")
        browser = [_friend(stack, site) for _ in range(25)]  # of many people: more than one address may hold
        assert all(_healthy(one) < SECONDS for one in browser)
        _crowd(stack, site, "127.0.0.1", 150, slow)
        assert _healthy(_friend(stack, site)) < SECONDS


def _ended(connection: socket.socket) -> bool:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != 1  # TCP_ESTABLISHED


def _drip(connection: socket.socket) -> None:
    """Send a byte now and then until the other side has had enough."""
    began = time.monotonic()
    connection.settimeout(0.2)
    while time.monotonic() - began < PATIENCE and not _ended(connection):
        with suppress(ConnectionError, TimeoutError):
            connection.sendall(b"1")
            time.sleep(0.2)


def test_every_stage_of_a_connection_has_a_deadline(tmp_path: Path) -> None:
    with serving(tmp_path, **SHORT) as site, ExitStack() as stack:
        for sent in (SLOW["head"], SLOW["body"]):
            began = time.monotonic()
            with _connected(site) as connection:
                connection.sendall(sent)
                _drip(connection)
            assert 1.5 < time.monotonic() - began < 20
        with _connected(site) as connection:
            assert _until(lambda: _ended(connection), 10)
        with _connected(site) as connection:  # answers that nobody reads
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(_head(site, "GET", "/static/htmx.min.js") * 400)
            assert _until(lambda: _ended(connection), 20)
        assert _healthy(_friend(stack, site)) < SECONDS
