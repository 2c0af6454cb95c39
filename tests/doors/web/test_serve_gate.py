"""`serve` beside a gate that cannot start, because another process has its port: the real server."""

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import databases
from tests.support.services import free_port
from tests.support.site import PATIENCE, PROGRAM
from tests.support.starter import started

pytestmark = pytest.mark.long

ONE_RESTART = 3.0  # seconds: a process that is kept running would be started again within them
SAID = "the gate cannot listen on"


@pytest.fixture
def taken() -> Iterator[str]:
    """An address on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield f"127.0.0.1:{other.getsockname()[1]}"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    databases.furnish(tmp_path / "home")
    return databases.own_environment(tmp_path, LANG="en_US.UTF-8")


def test_it_says_once_that_the_port_is_taken_and_the_pages_go_on(
    tmp_path: Path, taken: str, environment: dict[str, str]
) -> None:
    port, log = free_port(), tmp_path / "serve.log"
    words = ["serve", "--no-worker", "--listen", f"127.0.0.1:{port}", "--gate", taken]
    with log.open("wb") as err:
        server = subprocess.Popen([*PROGRAM, *words], env=environment, stderr=err)
    try:
        until = time.monotonic() + PATIENCE
        while "The pages continue without this gate" not in log.read_text() and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(ONE_RESTART)
        assert log.read_text().count(f"{SAID} {taken}") == 1, log.read_text()
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        link.request("GET", "/account/login/")
        assert link.getresponse().status == 200
        link.close()
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def test_it_ends_where_the_setting_wants_no_pages_without_a_gate(
    tmp_path: Path, taken: str, environment: dict[str, str]
) -> None:
    words = ("serve", "--no-worker", "--listen", f"127.0.0.1:{free_port()}", "--gate", taken, "--json")
    done = started(words, env=environment | {"NIANJIAN_SERVE_WITHOUT_GATE": "no"}, cwd=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (2, "serve_without_gate"), done.stderr
    assert done.stderr.count(f"{SAID} {taken}") == 1
