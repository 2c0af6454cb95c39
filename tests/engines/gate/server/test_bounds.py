"""Bounds of the gate's process: bytes, seconds and connections that one who proves nothing can take."""

import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from tests.support.gate_asking import body, split
from tests.support.gate_served import GateProcess
from tests.support.gate_server import requests

pytestmark = pytest.mark.long

TOKEN = "open-sesame"  # noqa: S105 - a test's
RIGHT = f"Authorization: Bearer {TOKEN}\r\n".encode()
TIMEOUT = 2
SILENT = 2000
GROWTH = 48 << 20  # bytes that the process may grow by whatever is sent; the senders below send more
SENT = 256 << 20
HEAD = b"POST /v1/decide HTTP/1.1\r\nHost: gate\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"
LINE = b"95013001 13900139000 L01 %b\n"


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GateProcess]:
    """A gate with a token and a short deadline."""
    home = tmp_path_factory.mktemp("gate") / "home"
    process = GateProcess(home, NIANJIAN_GATE_TOKENS=f"acme={TOKEN}", NIANJIAN_GATE_REQUEST_TIMEOUT=str(TIMEOUT))
    process.feed()
    with process:
        yield process


@pytest.fixture(autouse=True)
def _descriptors() -> Iterator[None]:
    """The test itself needs a descriptor for each socket."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 3 * SILENT
    if soft < needed:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (needed if hard == resource.RLIM_INFINITY else min(hard, needed), hard)
        )
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def link(port: int, address: str = "127.0.0.1") -> socket.socket:
    sock = socket.socket()
    sock.settimeout(10)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # answers that nobody reads are held up soon
    sock.bind((address, 0))
    sock.connect(("127.0.0.1", port))
    return sock


def wait_open(port: int) -> None:
    """Until a port answers that opens after the first."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(ConnectionRefusedError):
            return link(port).close()
        time.sleep(0.05)
    pytest.fail("the port never opened")


def rss(gate: GateProcess) -> int:
    """Resident bytes of the process."""
    assert gate.process is not None
    pages = Path(f"/proc/{gate.process.pid}/statm").read_text().split()[1]
    return int(pages) * resource.getpagesize()


def cpu(gate: GateProcess) -> float:
    """Seconds of processor time that the process has used."""
    assert gate.process is not None
    fields = Path(f"/proc/{gate.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ends(sock: socket.socket) -> bytes:
    """What arrives until the gate closes the connection, however it does."""
    received = b""
    try:
        while part := sock.recv(65_536):
            received += part
    except ConnectionError:
        pass
    return received


def asked(gate: GateProcess, address: str = "127.0.0.1", call_id: str = "asked") -> list[int]:
    """The statuses of one proper question from an address."""
    with link(gate.http, address) as sock:
        sock.sendall(requests([body(call_id=call_id)], headers=RIGHT + b"Connection: close\r\n"))
        return [status for status, _ in split(ends(sock))]


def figures(gate: GateProcess) -> dict[str, object]:
    """What the process tells of its connections."""
    with link(gate.http, "127.0.0.9") as sock:
        sock.sendall(b"GET /v1/state HTTP/1.1\r\n" + RIGHT + b"Connection: close\r\n\r\n")
        ((_, state),) = split(ends(sock))
    counts: dict[str, object] = json.loads(state)["connections"]
    return counts


@pytest.mark.parametrize(
    ("door", "begin", "again"),
    [
        ("http", CHUNKED + b"\r\n0\r\n", b"X-Trailer: %b\r\n" % (b"x" * 1000)),
        ("http", CHUNKED + RIGHT + b"\r\n0\r\n", b"a:b\r\n"),
        ("http", HEAD, b"X-Header: %b\r\n" % (b"x" * 1000)),
        ("http", HEAD, b"a:b\r\n"),
        ("http", b"GET /", b"x" * 1000),
        ("http", HEAD + b"X: ", b"x" * 1000),
        ("http", CHUNKED + RIGHT + b"\r\n1;", b"x" * 1000),
        ("http", CHUNKED + RIGHT + b"\r\n", b"1\r\nx\r\n"),
        ("http", CHUNKED + b"\r\n", b"4000\r\n%b\r\n" % (b"x" * 0x4000)),
        ("http", CHUNKED + RIGHT + b"\r\n", b"4000\r\n%b\r\n" % (b"x" * 0x4000)),
        ("http", b"", b"GET /health HTTP/1.1\r\n\r\n"),
        ("http", b"", HEAD + b"Content-Length: 0\r\n\r\n"),
        ("http", b"", HEAD + b"Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx"),
        ("http", b"", HEAD + RIGHT + b"Content-Length: 2\r\n\r\n{}"),
        ("http", b"", b"GET /health HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
        ("line", b"", b"x" * 1000),
        ("line", b"", b"token x\n"),
        ("line", f"token {TOKEN}\n".encode(), LINE % b"c"),
        ("fastagi", b"", b"agi_arg_9: x\n"),
        ("fastagi", b"agi_request: x\n\n", b"x" * 1000),
    ],
    ids=[
        "trailers", "short-trailers", "headers", "short-headers", "request-line", "one-header", "chunk-extension",
        "small-chunks", "body", "body-with-token", "unread-pages", "unread-refusals", "unread-continue",
        "unread-answers", "upgrade", "line", "wrong-tokens", "unread-lines", "agi-head", "agi-reply",
    ],
)  # fmt: skip
def test_what_never_ends_does_not_grow_the_process_and_is_closed(
    gate: GateProcess, door: str, begin: bytes, again: bytes
) -> None:
    """The answers are never read: whoever sends fills the gate's memory, or is held up or closed."""
    before, most = rss(gate), 0
    many = again * (1 + (1 << 18) // len(again))
    until = time.monotonic() + 10 * TIMEOUT  # the kernel's own buffers are filled first
    with link(getattr(gate, door)) as sock:
        sock.sendall(begin)
        sent, closed = 0, False
        while sent < SENT and not closed:
            assert time.monotonic() < until, "the connection is still open"
            sock.settimeout(0.2)
            try:
                sent += sock.send(many)
            except TimeoutError:
                pass
            except ConnectionError:
                closed = True
            most = max(most, rss(gate))
        assert closed, f"{sent} bytes were taken"
    assert most - before < GROWTH
    assert asked(gate, call_id=door) == [200]


@pytest.mark.parametrize(
    ("door", "begin", "drop"),
    [
        ("http", b"", b""),
        ("http", b"", b"\r\n"),
        ("http", b"GET /health HTTP/1.1\r\nX: ", b"x"),
        ("http", HEAD + RIGHT + b"Content-Length: 900\r\n\r\n", b"x"),
        ("line", b"", b""),
        ("line", b"", b"9"),
        ("line", f"token {TOKEN}\n".encode(), b"9"),
        ("fastagi", b"", b"a"),
    ],
)
def test_who_drips_is_closed_at_the_deadline(gate: GateProcess, door: str, begin: bytes, drop: bytes) -> None:
    begun = time.monotonic()
    with link(getattr(gate, door)) as sock:
        sock.sendall(begin)
        sock.settimeout(0.2)
        while True:
            assert time.monotonic() - begun < 30, "still open"
            try:
                sock.sendall(drop)
                assert not sock.recv(100)
                break
            except TimeoutError:
                continue
            except ConnectionError:
                break
    least = 0.9 if door == "fastagi" else TIMEOUT
    assert time.monotonic() - begun >= least


def test_a_silent_switch_that_has_proved_its_token_stays(gate: GateProcess) -> None:
    http, line = link(gate.http), link(gate.line)
    with http, line:
        for call in (b"s1", b"s2"):
            http.sendall(requests([body(call_id=call.decode())], headers=RIGHT))
            assert http.recv(4096).startswith(b"HTTP/1.1 200 OK")
            line.sendall((f"token {TOKEN}\n".encode() if call == b"s1" else b"") + LINE % call)
            assert line.recv(100) == b"allow\n"
            time.sleep(TIMEOUT * 1.6)


@pytest.mark.parametrize("door", ["http", "line", "fastagi"])
def test_the_system_probes_connections_whose_peer_may_be_gone(gate: GateProcess, door: str) -> None:
    port = getattr(gate, door)
    with link(port) as sock:
        ends_at = f"0100007F:{port:04X} 0100007F:{sock.getsockname()[1]:04X} 01 "
        (row,) = (line for line in Path("/proc/net/tcp").read_text().splitlines() if ends_at in line)
        assert row.split()[5].startswith("02:"), "the timer that runs is that of keepalive"


def test_pipelined_questions_are_all_answered(gate: GateProcess) -> None:
    calls = [body(call_id=f"p{number % 50}") for number in range(900)]
    with link(gate.http) as sock:
        sock.sendall(
            requests(calls[:-1], headers=RIGHT) + requests(calls[-1:], headers=RIGHT + b"Connection: close\r\n")
        )
        answers = split(ends(sock))
    assert [status for status, _ in answers] == [200] * len(calls)
    with link(gate.line) as line:
        line.sendall(f"token {TOKEN}\n".encode() + b"".join(LINE % b"p%d" % (number % 50) for number in range(900)))
        line.shutdown(socket.SHUT_WR)
        assert ends(line) == b"allow\n" * 900


def test_a_token_in_a_trailer_proves_nothing(gate: GateProcess) -> None:
    with link(gate.http) as sock:
        question = body(call_id="trailer")
        sock.sendall(CHUNKED + b"Connection: close\r\n\r\n%x\r\n%b\r\n0\r\n%b\r\n" % (len(question), question, RIGHT))
        assert [status for status, _ in split(ends(sock))] == [401]


@pytest.mark.parametrize("door", ["http", "line", "fastagi"])
def test_silent_sockets_of_one_address_stop_no_other(gate: GateProcess, door: str) -> None:
    before = figures(gate)
    with ExitStack() as stack:
        silent = [stack.enter_context(link(getattr(gate, door), "127.0.0.3")) for _ in range(SILENT)]
        assert asked(gate, "127.0.0.4", f"{door}-other") == [200]
        with link(gate.line, "127.0.0.4") as line:
            line.sendall(f"token {TOKEN}\n".encode() + LINE % b"other")
            assert line.recv(100) == b"allow\n"
        after = figures(gate)
        assert after["refused"]["address"] - before["refused"]["address"] >= SILENT - 3 * 512  # type: ignore[index]
        reply = ends(silent[-1]) if door != "fastagi" else b""
        assert reply.startswith({"http": b"HTTP/1.1 503", "line": b"deny gate-unavailable\n"}.get(door, b""))
        for sock in silent:
            ends(sock)
    assert asked(gate, "127.0.0.3", f"{door}-again") == [200]
    assert figures(gate)["open"] == 1


def test_a_process_without_descriptors_neither_spins_nor_dies(tmp_path: Path) -> None:
    poor = GateProcess(tmp_path / "home")
    poor.feed()
    with poor, ExitStack() as stack:
        assert poor.process is not None
        pid = poor.process.pid
        for port in (poor.line, poor.fastagi):
            wait_open(port)
        limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        used = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 8, limits[1]))
        for number in range(60):
            stack.enter_context(link((poor.http, poor.line, poor.fastagi)[number % 3]))
        begun = cpu(poor)
        time.sleep(2)
        assert cpu(poor) - begun < 1, "it spins"
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
        stack.close()
        for port in (poor.line, poor.fastagi):
            link(port).close()
        assert poor.word("after") == "allow"
        with link(poor.line) as line:
            line.sendall(LINE % b"after")
            assert line.recv(100) == b"allow\n"


@pytest.mark.parametrize(("hard", "fitted"), [(400, (200, 100)), (1024, (768, 384)), (4352, (4096, 512))])
def test_connections_fit_the_descriptors_that_a_process_may_open(hard: int, fitted: tuple[int, int]) -> None:
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (300, {hard}))\n"
        "from nianjian.engines.gate.server.connections import Limits\n"
        "limits = Limits().fit(); print(limits.connections, limits.per_address)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert tuple(map(int, done.stdout.split())) == fitted
