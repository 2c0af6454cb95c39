"""The program's own server over a home of its own, and a browser to walk through it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support import databases
from tests.support.services import free_ports, missing
from tests.support.starter import started

PROGRAM = (sys.executable, "-m", "nianjian")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds in which a busy machine answers, starts or ends something
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
# Prints the session of a person who is signed in; the person is made where there is none.
SIGN_IN = """
import sys
from nianjian.platform.home import wiring
wiring.prepare()
from tests.support.people import signed_in
print(signed_in(*sys.argv[1:]).cookies["sessionid"].value)
"""
# Prints a token of a person with a role at the enterprise; both are made where there is none.
ISSUE = """
import sys
from nianjian.platform.home import wiring
wiring.prepare()
from nianjian.platform.accounts import models
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.accounts.tokens import create_token
from tests.support.people import signed_in
name, role, enterprise = sys.argv[1:]
if not models.Enterprise.objects.filter(pk=enterprise).exists():
    add_enterprise(code=enterprise, name=enterprise, province="北京", actor=Actor("tester"))
signed_in(name, role, enterprise)
print(create_token(user=name, name="test", scopes=None, days=None, actor=Actor("tester")).secret)
"""


@dataclass(frozen=True)
class Site:
    """A running server: its ``address``, and that of its ``gate`` if it has one, ends with a slash."""

    address: str
    home: Path
    environment: dict[str, str]
    gate: str = ""

    def session(self, name: str, role: str = "administrator", enterprise: str = "") -> str:
        """Sign that person in; what the cookie ``sessionid`` must hold."""
        return told(self.environment, sys.executable, "-c", SIGN_IN, name, role, enterprise).strip()

    def token(self, name: str, role: str, enterprise: str = "demo") -> str:
        """Make that person a token, for all that the role allows."""
        return told(self.environment, sys.executable, "-c", ISSUE, name, role, enterprise).strip()

    def context(self, browser: Any, session: str, **options: Any) -> Any:
        """Open a browser context in which the session's person is signed in."""
        context = browser.new_context(**options)
        context.add_cookies([{"name": "sessionid", "value": session, "url": self.address}])
        return context


def environment(folder: Path) -> dict[str, str]:
    """An environment whose home and keys lie in the folder; a new home has its tables already."""
    databases.furnish(folder / "home")
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return databases.own_environment(folder, PYTHONPATH=path, **databases.environment(folder / "home"))


def told(environment: dict[str, str], *program: str) -> str:
    """Run the program, or Python with ``-c`` or ``-m`` and what follows, to its end; what it printed."""
    words = program[len(PROGRAM) :] if program[: len(PROGRAM)] == PROGRAM else program[1:]
    done = started(words, env=environment, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def serving(folder: Path, *, gate: bool = False, **more: str) -> Iterator[Site]:
    """Serve the home in the folder, as it is, until the block ends; ``more`` are environment variables."""
    variables = {**environment(folder), **more}
    port, beside = free_ports(2)
    listen, gate_address = f"127.0.0.1:{port}", f"127.0.0.1:{beside}"
    words = ["--gate", gate_address] if gate else ["--no-gate"]
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen([*PROGRAM, "serve", *words, "--listen", listen], env=variables, stderr=log)
    try:
        _wait(server, port, folder / "server.log")
        yield Site(f"http://{listen}/", folder / "home", variables, f"http://{gate_address}/" if gate else "")
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until the port is open; fail with what the server said where it ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"the server does not answer:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def follow(what: Any, timeout: int = 30_000) -> None:
    """Click what leads to another page, and wait until that page has loaded.

    A click alone returns while the page before still stands or the next has only begun. ``timeout``: milliseconds.
    """
    what.wait_for(timeout=timeout)
    with what.page.expect_navigation(timeout=timeout):
        what.click(timeout=timeout)


def open_result(page: Any, timeout: int = 150_000) -> None:
    """Wait until the work that was begun last is over, and follow the link beside the page to what came of it."""
    follow(page.locator("#toast > div").last.locator("a").first, timeout=timeout)


@contextmanager
def browsing() -> Iterator[Any]:
    """Debian's Chromium, without windows where that is installed; skipped where both are missing.

    The shell loads a page for two thirds of what the whole browser takes.
    """
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium") or missing("chromium")
    try:
        from playwright import sync_api  # noqa: PLC0415 -- not on every machine
    except ImportError:
        missing("playwright")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()
