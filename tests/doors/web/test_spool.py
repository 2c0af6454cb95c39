"""A large request lies in the home while it comes in, for the owner alone, never in the system's temporary folder."""

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.support.site import PATIENCE, serving

from nianjian.platform.home import folders

pytestmark = pytest.mark.long

SENT = 3 << 20  # more than the server holds in memory, less than what is announced


def test_what_comes_in_lies_in_the_home(tmp_path: Path) -> None:
    with serving(tmp_path, TMPDIR=str(tmp_path)) as site:
        where = urlsplit(site.address)
        with socket.create_connection((str(where.hostname), where.port or 80), PATIENCE) as sender:
            head = f"POST /api/v1/enterprises/demo/calls/imports?name=a.csv HTTP/1.1\r\nHost: {where.netloc}\r\n"
            head += f"Authorization: Bearer {site.token('anna', 'data_officer')}\r\n"
            sender.sendall(f"{head}Content-Length: {2 * SENT}\r\n\r\n".encode() + b"1" * SENT)
            place = _holding(SENT, tmp_path)
        assert place.is_relative_to(site.home / "tmp"), place
        folder = place.parent
        assert folder.stat().st_mode & 0o777 == 0o700
    folders.empty(site.home)
    assert not folder.exists()


def _holding(size: int, below: Path) -> Path:
    """Wait for a file below the folder that some process holds open, and that has grown so large; where it lies."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for link in Path("/proc").glob("[0-9]*/fd/*"):
            try:
                name = link.readlink()
                if str(below) in str(name) and "sqlite3" not in name.name and link.stat().st_size >= size:
                    return name
            except OSError:  # gone meanwhile, or another person's process
                continue
        time.sleep(0.1)
    raise AssertionError("no file holds what was sent")
