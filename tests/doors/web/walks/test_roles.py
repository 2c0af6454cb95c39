"""A walk of each role over the running program and its worker, from the first link to what the role is there for."""

import re
from typing import Any

import pytest
from tests.support.axe import assert_clean
from tests.support.import_pages import calls
from tests.support.site import Site, follow, open_result

PASSWORD = "eine lange Losung 47"  # noqa: S105 -- of people of the tests
HOME = "e/demo/"
WHO = 2  # column of the audit chain
RULE = f"{HOME}rules/portrait.seat_vacancy.limit/overlay/"
PATIENCE = 90_000  # milliseconds for the worker, on a busy machine


class Walk:
    """A person in a browser."""

    def __init__(self, site: Site, browser: Any) -> None:
        self.site = site
        self.faults: list[str] = []
        self.context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def go(self, path: str, status: int = 200) -> None:
        assert self.page.goto(self.site.address + path).status == status, path

    def send(self) -> None:
        follow(self.page.locator("main form button.primary").first)

    def text(self) -> str:
        return str(self.page.inner_text("main"))

    def comes_in(self, link: str) -> None:
        """By the one-time link, choosing a password; an inspector's link leads to the room instead."""
        self.go(link)
        for field in self.page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        self.send()
        self.go("")
        first = "room/demo/" if link.startswith("account/inspect/") else HOME
        assert self.page.url == f"{self.site.address}{first}"
        assert_clean(self.page)

    def may_not(self, *paths: str, status: int = 403) -> None:
        for path in paths:
            self.go(path, status)
        self.faults = [fault for fault in self.faults if str(status) not in fault]

    def imports(self) -> None:
        """Four steps with a GB18030 file that has bad rows; the worker does it."""
        page = self.page
        self.go(f"{HOME}data/")
        follow(page.locator("main a[href$='/data/import/']").first)
        follow(page.locator("button[value=calls]"))
        page.locator("#id_files").set_input_files(
            {"name": "话单.csv", "mimeType": "text/csv", "buffer": calls(rows=40, bad=3)}
        )
        follow(page.locator("main form[enctype] button"))
        page.get_by_text("gb18030").first.wait_for()
        follow(page.locator("main a.primary"))
        follow(page.locator("main form[novalidate] button.primary"))
        page.wait_for_url("**/check/")
        assert "139****" in self.text()
        follow(page.locator("main form[action$='/commit/'] button.primary"))
        open_result(page)
        page.wait_for_url("**/batches/*/")
        assert re.search(r"\b3\b", self.text())
        assert "13900000" not in self.text()

    def reads_a_drill_down(self) -> None:
        page = self.page
        self.go(f"{HOME}2026/metric/number_consistency/")
        page.locator(".causes a[href*='class=mobile']").first.click()
        page.locator("#rows tbody tr").first.wait_for(timeout=PATIENCE)
        assert page.locator("#rows tbody tr").count() <= 50
        assert "138****8000" in page.inner_text("#rows")

    def edits_a_row(self, line: str, name: str) -> None:
        page = self.page
        self.go(f"{HOME}registers/lines/{line}/edit/")
        page.locator("#id_name").fill(name)
        page.locator("#id_reason_given").fill("改名")
        follow(page.locator("main form button.primary"))
        page.wait_for_url(f"**/registers/lines/{line}/")
        assert name in self.text()
        assert "改名" in self.text()

    def compares(self) -> None:
        self.go(f"{HOME}2026/runs/")
        follow(self.page.get_by_role("button", name="Compare the two ticked"))
        self.page.get_by_role("heading", name="What changed").wait_for()
        assert "25 %" in self.text()

    def takes_files(self) -> None:
        self.go(f"{HOME}2026/")
        heads = {"Excel": b"PK", "PDF": b"%PDF", "Picture": b"\x89PNG"}
        for name, head in heads.items():
            if not self.page.get_by_role("button", name=name).first.is_visible():
                self.page.locator("details.pop summary", has_text="Export").click()
            with self.page.expect_download(timeout=PATIENCE) as taken:
                self.page.get_by_role("button", name=name).first.click()
            with open(taken.value.path(), "rb") as file:  # noqa: PTH123 -- the browser's own file
                assert file.read(4).startswith(head), name

    def asks_for_an_overlay(self) -> str:
        """The address of the request."""
        page = self.page
        self.go(RULE)
        page.locator("#id_value").fill("0.25")
        page.locator("#id_valid_from").fill("2026-01-01")
        page.locator("#id_reason").fill("省局口头要求")
        page.locator("#reading input").wait_for(state="attached", timeout=PATIENCE)
        follow(page.locator("button[value=send]"), timeout=PATIENCE)
        follow(page.locator("main a[href*='/approvals/A']").first)
        page.wait_for_url("**/approvals/A*/")
        assert page.locator("button[value=yes]").count() == 0, "nobody is both of two people"
        return str(page.url).removeprefix(self.site.address)

    def approves(self, request: str) -> None:
        self.go(request)
        assert "省局口头要求" in self.text()
        follow(self.page.locator("button[value=yes]"))
        assert "approved" in self.text()
        self.go(RULE.removesuffix("overlay/"))
        assert "25 %" in self.text()

    def ends(self) -> None:
        assert self.faults == []
        self.context.close()


@pytest.fixture
def walk(home: tuple[Site, dict[str, str]], browser: Any, request: pytest.FixtureRequest) -> Walk:
    """A person of the role that the test's name tells, signed in for the first time."""
    site, links = home
    role = request.node.name.removeprefix("test_")
    one = Walk(site, browser)
    one.comes_in(links[role])
    return one


def test_data_officer(walk: Walk) -> None:
    walk.imports()
    walk.reads_a_drill_down()
    walk.edits_a_row("L1", "一号中继(北)")
    walk.compares()
    walk.takes_files()
    walk.may_not(f"{HOME}audit/", f"{HOME}people/")
    walk.ends()


@pytest.mark.long
def test_compliance_lead(walk: Walk, browser: Any) -> None:
    officer = Walk(walk.site, browser)
    session = walk.site.session("second", "data_officer", "demo")
    officer.context.add_cookies([{"name": "sessionid", "value": session, "url": walk.site.address}])
    request = officer.asks_for_an_overlay()
    officer.ends()
    walk.approves(request)
    walk.imports()
    walk.reads_a_drill_down()
    walk.compares()
    walk.takes_files()
    walk.go(f"{HOME}audit/")
    assert "second" in walk.page.locator(f"tbody tr td:nth-child({WHO + 1})").all_inner_texts()
    walk.may_not(f"{HOME}people/")
    walk.ends()


@pytest.mark.long
def test_administrator(walk: Walk) -> None:
    walk.go(f"{HOME}people/add/")
    walk.page.locator("#new_name").fill("王芳")
    walk.page.locator("#new_role").select_option("auditor")
    follow(walk.page.locator("form").filter(has=walk.page.locator("#new_name")).locator("button.primary"))
    assert "/account/first/" in walk.page.locator("code.secret").inner_text()
    walk.imports()
    walk.reads_a_drill_down()
    walk.edits_a_row("L2", "二号中继(南)")
    walk.compares()
    walk.takes_files()
    walk.go(f"{HOME}audit/")
    added = walk.page.locator("tbody tr", has=walk.page.locator("td", has_text="Person or role changed")).first
    assert added.locator("td").nth(WHO).inner_text() == "administrator"
    assert "王芳" in (added.locator("td").last.text_content() or "")
    walk.go(f"{HOME}webhooks/")
    walk.may_not("people/", "enterprises/")
    walk.ends()


@pytest.mark.long
def test_outsourcer(walk: Walk) -> None:
    walk.go(f"{HOME}registers/lines/")
    assert "L1" in walk.text()
    assert "L2" not in walk.text()
    walk.go(f"{HOME}2026/")
    walk.may_not(f"{HOME}data/", f"{HOME}2026/runs/", f"{HOME}registers/lines/L1/edit/", RULE, f"{HOME}approvals/")
    walk.ends()


def _reads_only(walk: Walk) -> None:
    walk.reads_a_drill_down()
    assert walk.page.get_by_role("button", name="Reveal").count() == 0
    walk.compares()
    walk.takes_files()
    walk.may_not(f"{HOME}data/import/", f"{HOME}registers/lines/L1/edit/", f"{HOME}2026/run/", RULE, f"{HOME}people/")


@pytest.mark.long
def test_tester(walk: Walk) -> None:
    _reads_only(walk)
    walk.may_not(f"{HOME}audit/")
    walk.ends()


@pytest.mark.long
def test_inspector(walk: Walk) -> None:
    """The room, and nothing else of the program."""
    assert "Nothing" in walk.text()
    walk.may_not(
        HOME, f"{HOME}2026/", f"{HOME}registers/", f"{HOME}complaints/", f"{HOME}inspection/day/room/",
        f"{HOME}audit/", "room/other/", "account/password/change/", status=404,
    )  # fmt: skip
    walk.ends()


@pytest.mark.long
def test_auditor(walk: Walk) -> None:
    _reads_only(walk)
    walk.go(f"{HOME}audit/")
    assert "Portrait exported" in walk.page.locator("tbody").inner_text()
    with walk.page.expect_download() as taken:
        walk.page.locator("main a[href*='export.csv']").click()
    assert taken.value.suggested_filename == "audit-demo.csv"
    walk.ends()
