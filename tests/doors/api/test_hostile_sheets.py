"""A workbook that claims to be enormous, sent to the running server: it says so, stays small, and goes on answering."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.support.books import LAST, ods, ods_row, row, xls, xlsx
from tests.support.site import PATIENCE, PROGRAM, Site, serving, told
from tests.support.site import environment as prepared

pytestmark = pytest.mark.long

GROWTH = 150  # MB of memory that all of it together may add to the server or its worker
HEADER = ("坐席编号", "类型")
BOOKS = {
    "corner.xlsx": (xlsx(row(1, *HEADER), LAST), "workbook_columns_many"),
    "wide.xlsx": (
        xlsx(row(1, *HEADER), *['<row r="2"><c r="XFD2"><v>1</v></c></row>'] * 9_000),
        "workbook_columns_many",
    ),
    "sheets.xlsx": (xlsx(row(1, "x"), sheets=1_025), "workbook_sheets_many"),
    "old.xls": (xls((0, 0, "x"), (65_535, 65_535, "x")), "workbook_memory"),
    "open.ods": (ods(ods_row(*HEADER), ods_row("x", blank=999, times=50_000)), "workbook_memory"),
    "far.xlsx": (xlsx(row(1, *HEADER), row(1_048_576, "1001", "人工")), ""),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    folder = tmp_path_factory.mktemp("served")
    variables = prepared(folder)
    told(variables, *PROGRAM, "enterprise", "add", "demo", "--name", "示范", "--province", "北京")
    add = ("user", "add", "anna", "--role", "administrator", "--enterprise", "demo", "--json")
    output = told(variables, *PROGRAM, *add)
    with serving(folder) as served:
        yield served, str(json.loads(output)["token"])


def _ask(site: tuple[Site, str], path: str, content: bytes | None = None) -> tuple[int, Any]:
    served, token = site
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream", "Accept-Language": "en"}
    request = urllib.request.Request(f"{served.address}api/v1/enterprises/demo/{path}", content, headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 -- our own server
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def _largest(home: Path) -> dict[int, int]:
    """The most memory, in MB, that each process over the home had so far: the server, and its worker."""
    memory = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "environ").read_bytes()
            status = (place / "status").read_text()
        except OSError:
            continue
        if f"NIANJIAN_HOME={home}\0".encode() in words and "VmHWM" in status:
            memory[int(place.name)] = int(status.split("VmHWM:")[1].split()[0]) >> 10
    return memory


def _ended(site: tuple[Site, str], job: str) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE
    while True:
        status: dict[str, Any] = _ask(site, f"jobs/{job}")[1]
        if status["state"] not in {"waiting", "running"}:
            return status
        assert time.monotonic() < until, status
        time.sleep(0.2)


def _send(site: tuple[Site, str], name: str) -> None:
    """To be previewed, and to be checked by the worker."""
    content, code = BOOKS[name]
    status, answer = _ask(site, f"registers/seats/previews?name={quote(name)}", content)
    assert (status, answer.get("code", "")) == ((422, code) if code else (200, "")), answer
    assert not code or name in answer["detail"]
    status, job = _ask(site, f"registers/seats/imports?name={quote(name)}&check=true", content)
    assert status == 202
    done = _ended(site, job["id"])
    assert (done["state"], (done["error"] or {}).get("code", "")) == ("failed" if code else "done", code), done


def test_previews_and_jobs_refuse_them_and_the_server_goes_on(site: tuple[Site, str]) -> None:
    _send(site, "far.xlsx")  # server and worker load what they need
    before = _largest(site[0].home)
    for name in BOOKS:
        _send(site, name)
        assert _ask(site, "registers")[0] == 200
    grown = {pid: most - before[pid] for pid, most in _largest(site[0].home).items() if pid in before}
    assert grown
    assert max(grown.values()) < GROWTH, grown
