"""The program's own server over a home of its own, and a browser to walk through it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.services import free_port, missing

PROGRAM = (sys.executable, "-m", "nianjian")
ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Prints the session of a person who is signed in; the person is made where there is none.
SIGN_IN = """
import sys
from nianjian.config import wiring
wiring.prepare()
from tests.support.people import signed_in
print(signed_in(*sys.argv[1:]).cookies["sessionid"].value)
"""


@dataclass(frozen=True)
class Site:
    """A running server: its ``address`` ends with a slash."""

    address: str
    home: Path
    environment: dict[str, str]

    def session(self, name: str, role: str = "administrator", enterprise: str = "") -> str:
        """Sign that person in; what the cookie ``sessionid`` must hold."""
        return told(self.environment, sys.executable, "-c", SIGN_IN, name, role, enterprise).strip()

    def context(self, browser: Any, session: str, **wanted: Any) -> Any:
        """Open a browser context in which the session's person is signed in."""
        context = browser.new_context(**wanted)
        context.add_cookies([{"name": "sessionid", "value": session, "url": self.address}])
        return context


def environment(folder: Path) -> dict[str, str]:
    """An environment whose home and keys lie in the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIANJIAN_", "DJANGO_"))}
    return {
        **kept,
        "NIANJIAN_HOME": str(folder / "home"),
        "NIANJIAN_KEYS": str(folder / "keys.json"),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }


def told(environment: dict[str, str], *program: str) -> str:
    """Run a program to its end; what it printed."""
    return subprocess.run(program, env=environment, check=True, capture_output=True, text=True).stdout


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[Site]:
    """Serve the home in the folder, as it is, until the block ends; ``more`` are environment variables."""
    variables = {**environment(folder), **more}
    listen = f"127.0.0.1:{free_port()}"
    server = subprocess.Popen([*PROGRAM, "serve", "--listen", listen], env=variables, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        server.stderr.readline()  # the address is said once the port is open
        yield Site(f"http://{listen}/", folder / "home", variables)
    finally:
        server.terminate()
        server.communicate(timeout=20)


@contextmanager
def browsing() -> Iterator[Any]:
    """Debian's Chromium; skipped where it is missing."""
    path = shutil.which("chromium") or missing("chromium")
    try:
        from playwright import sync_api  # noqa: PLC0415 -- not on every machine
    except ImportError:
        missing("playwright")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()
