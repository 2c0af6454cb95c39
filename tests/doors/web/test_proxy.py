"""Behind a proxy that speaks TLS: the real server, asked with and without what the proxy says."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import databases
from tests.support.services import free_port
from tests.support.site import PATIENCE

pytestmark = pytest.mark.long


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    number = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "nianjian", "serve", "--no-gate", "--listen", f"127.0.0.1:{number}"],
        env=databases.own_environment(tmp_path, NIANJIAN_HTTPS="yes"),
        stderr=subprocess.PIPE,
    )
    assert server.stderr is not None
    server.stderr.readline()  # the address is said once the port is open
    yield number
    server.terminate()
    server.communicate(timeout=PATIENCE)


def _get_home(port: int, said: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/", headers=said)
    answer = connection.getresponse()
    connection.close()
    return answer.status, answer.getheader("Location") or ""


def test_only_what_came_over_tls_is_answered(port: int) -> None:
    assert _get_home(port, {"X-Forwarded-Proto": "https"}) == (302, "/account/login/?next=/")
    assert _get_home(port, {}) == (301, f"https://127.0.0.1:{port}/")
    assert _get_home(port, {"X-Forwarded-Proto": "http"})[0] == 301
