"""A large file through the running server, its worker beside it: sent, watched, stopped, sent again, done."""

import http.client
import json
import re
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.site import PROGRAM, environment, serving, told

pytestmark = pytest.mark.long

ROWS = 300_000
HEADER = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果"
TIMES = "2026-03-02 10:00:00,2026-03-02 10:00:05,2026-03-02 10:01:00,接通"


@dataclass
class Browser:
    """A signed-in browser without a screen."""

    port: int
    cookies: dict[str, str]
    home: Path

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str, str]:
        """Status, where it leads, and the text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            headers |= {"X-CSRFToken": self.cookies["csrftoken"], "Content-Type": kind}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name == "Set-Cookie" and value.startswith("csrftoken="):
                self.cookies["csrftoken"] = value.split(";")[0].partition("=")[2]
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.getheader("Location") or "", text

    def get(self, path: str) -> str:
        status, _where, text = self.ask("GET", path)
        assert status == 200, (path, status)
        return text

    def post(self, path: str, **fields: str) -> str:
        body = urllib.parse.urlencode(fields).encode()
        status, where, text = self.ask("POST", path, body, "application/x-www-form-urlencoded")
        assert status == 302, (path, status, text)
        return where

    def send(self, path: str, name: str, content: bytes) -> None:
        mark = "----between"
        head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
        body = head + content + f"\r\n--{mark}--\r\n".encode()
        status, _where, _text = self.ask("POST", path, body, f"multipart/form-data; boundary={mark}")
        assert status == 302

    def until(self, path: str, word: str, seconds: float = 180) -> str:
        end = time.monotonic() + seconds
        while word not in (text := self.get(path)):
            assert time.monotonic() < end, text
            time.sleep(0.2)
        return text


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    told(environment(tmp_path), *PROGRAM, "enterprise", "add", "demo", "--name", "示范", "--province", "北京")
    with serving(tmp_path) as site:
        cookies = {"sessionid": site.session("anna", "data_officer", "demo"), "LANG": "en"}
        yield Browser(urllib.parse.urlsplit(site.address).port or 0, cookies, site.home)


def _calls() -> bytes:
    """30 MB of GB18030 with a bad row every thousand."""
    lines = [
        f"c{n},呼出,02110000,95013,{13900000000 + n},{'昨天,,,接通' if n % 1000 == 7 else TIMES}" for n in range(ROWS)
    ]
    return ("\n".join([HEADER, *lines]) + "\n").encode("gb18030")


def test_a_large_file_by_the_browser(browser: Browser) -> None:
    browser.get("/e/demo/data/import/")
    draft = browser.post("/e/demo/data/import/", kind="calls").removesuffix("files/")
    browser.get(f"{draft}files/")
    browser.send(f"{draft}files/", "话单.csv", _calls())
    assert "gb18030" in browser.get(f"{draft}files/")
    began = time.monotonic()
    assert "139****" in browser.get(f"{draft}check/")
    assert time.monotonic() - began < 60  # a sample, whatever the file's size

    job = browser.post(f"{draft}commit/")
    browser.until(f"{job}progress/", " %")
    browser.post(f"{job}stop/")
    assert "nothing was changed" in browser.until(job, "stopped")
    assert "300" not in "".join(re.findall(r"batches/(\w+)/", browser.get("/e/demo/data/")))

    again = browser.post(f"{draft}commit/")
    text = browser.until(again, "Go to the batch")
    assert f"{ROWS - 300:,}" in text
    (batch,) = set(re.findall(r"/e/demo/data/batches/(\w+)/", text))
    assert "139****" in browser.get(f"/e/demo/data/batches/{batch}/")
    assert list((browser.home / "uploads").glob("D*")) == []

    undone = browser.post(f"/e/demo/data/batches/{batch}/undo/")
    browser.until(undone, ">done<")
    assert "undone" in browser.get(f"/e/demo/data/batches/{batch}/")
    assert json.loads(browser.get("/healthz"))["checks"]["worker"] == "ok"
