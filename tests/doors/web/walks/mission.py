"""The acts of the whole mission, done on the pages: from the yellow light to the archive of the season."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.features.dossier.sealing.conftest import photo
from tests.support.packages import seal_png
from tests.support.paper_scans import a4
from tests.support.season_papers import brought
from tests.support.site import Site, follow

YEAR = 2026  # data year of the demo
HOME = "e/DEMO/"
PACKAGE = f"{HOME}dossier/{YEAR}/"
PATIENCE = 240_000  # milliseconds for the worker, on a busy machine
BAD_LINE = "L23"


@dataclass
class Person:
    """Somebody in a browser; ``faults``: what the browser's console said."""

    page: Any
    address: str
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        answer = self.page.goto(path if path.startswith("http") else self.address + path)
        assert answer.status == 200, (path, answer.status)

    def text(self) -> str:
        return str(self.page.inner_text("main"))

    def press(self, where: str) -> None:
        follow(self.page.locator(where).first, PATIENCE)
        assert not self.page.locator(".notice.error, .errorlist").count(), self.text()[:1500]

    def worked(self) -> str:
        """Until the work that a page shows is over; the page's text then."""
        self.page.locator("#progress[hx-get]").wait_for(state="detached", timeout=PATIENCE)
        self.page.wait_for_load_state()
        self.page.reload()
        assert not self.page.locator(".notice.error").count(), self.text()[:1500]
        return self.text()

    def took(self, where: str, path: Path) -> Path:
        """Press what gives a file; it lies at the path."""
        with self.page.expect_download(timeout=PATIENCE) as taken:
            self.page.locator(where).first.click()
        taken.value.save_as(path)
        return path

    def unfolds(self, form: str) -> Any:
        """Open the fold around a form; the form."""
        found = self.page.locator(form)
        fold = self.page.locator("main details", has=found)
        if fold.get_attribute("open") is None:
            fold.locator("summary").first.click()
        return found

    def sends(self, form: str, **texts: str) -> None:
        """Fill a form's fields by name and send it."""
        found = self.unfolds(form)
        for name, text in texts.items():
            found.locator(f"[name={name}]").fill(text)
        follow(found.locator("button.primary").first, PATIENCE)
        assert not self.page.locator(".notice.error, .errorlist").count(), self.text()[:1500]


def person(site: Site, browser: Any, name: str, role: str) -> Person:
    """Sign somebody in."""
    return opened(browser, site.address, site.session(name, role, "DEMO"))


def opened(browser: Any, address: str, session: str) -> Person:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    one = Person(page, address)
    page.on("console", lambda message: one.faults.append(message.text))
    page.on("pageerror", lambda error: one.faults.append(str(error)))
    return one


def simulates(one: Person) -> None:
    """From the overview's yellow light to the what-if, in which two of three yellow metrics turn green."""
    one.go(HOME)
    assert "黄灯" in one.text()
    one.press(f"main a.primary[href*='/{YEAR}/'], main a[href$='/portrait/']")
    one.press(f"a[href*='/{YEAR}/simulate/']")
    page = one.page
    page.locator("input[name=cut_seats]").fill("95")
    page.locator("input[name=close_tickets]").fill("13")
    page.locator("#outcome article.moved", has_text="结案率").wait_for()
    page.locator("#outcome article.moved", has_text="坐席空置率").wait_for()
    moved = page.locator("#outcome article.moved").all_inner_texts()
    assert len(moved) == 2
    assert all("绿灯" in text for text in moved), moved


def drills(one: Person) -> None:
    """Without an address for one-click complaints the page leads to where one is made; then drill, answer, close."""
    one.go(f"{HOME}inspection/drill/")
    one.press("main a[href$='/complaints/one-click/']")
    one.page.locator("#id_number").fill("95078001")
    one.press("main form:has(#id_number) button.primary")
    one.go(f"{HOME}inspection/drill/")
    one.press("main form[action$='/drill/run/'] button.primary")
    one.worked()
    one.press("main a[href*='/inspection/drill/']")
    one.press("main .head a[href*='/complaints/t/']")
    _finishes(one)
    one.go(f"{HOME}inspection/drill/")
    assert one.page.get_by_text("done in time").or_(one.page.get_by_text("按时完成")).count() == 3


def _finishes(one: Person) -> None:
    """Answer a ticket, call back and close it, as far as that is not done yet."""
    for act, field_ in (("respond", "text"), ("callback", "result"), ("close", "result")):
        form = f"form[action$='/act/{act}/']"
        if one.page.locator(form).count():
            one.sends(form, **{field_: "已说明处理并加入谢绝名单"})


def complains(one: Person, other: Person, today: date) -> str:
    """A notice, the channel found, its isolation asked for by one and agreed to by the other; the case's address."""
    page = one.page
    one.go(f"{HOME}rectification/open/")
    page.locator("#id_received").fill(str(today - timedelta(days=5)))
    page.locator("#id_number").fill("浙通管改1号")
    page.locator("#id_causes").fill("投诉集中于个别线路")
    one.press("main form[novalidate] button.primary")
    case = str(page.url)
    one.press("main a.button.primary[href$='/locate/']")
    page.locator("#id_first").fill(f"{YEAR}-09-01")
    page.locator("#id_last").fill(f"{YEAR}-11-20")
    one.press("main form[action$='/locate/run/'] button.primary")
    one.worked()
    one.press("main a[href$='/locate/']")
    assert f"线路 {BAD_LINE}" in page.locator(".notice.warning").first.inner_text()
    one.go(case)
    one.press("main a.button.primary[href$='/isolate/']")
    assert page.locator("#id_channel").input_value() == BAD_LINE
    page.locator("#id_reason").fill("投诉集中于本线路")
    page.locator("#id_end").fill("连续三十日无投诉")
    one.press("main form[novalidate] button.primary")
    agrees(other)
    return case


def agrees(other: Person) -> None:
    """The second person finds the request among the own tasks, reads it and agrees."""
    other.go(HOME)
    other.press("main a[href*='/approvals/A']")
    other.press("button[value=yes]")


def imports(one: Person, body: bytes) -> None:
    """The calls since the isolation, by the five steps of the import."""
    page = one.page
    one.go(f"{HOME}data/import/")
    one.press("button[value=calls]")
    page.locator("#id_files").set_input_files({"name": "整改后话单.csv", "mimeType": "text/csv", "buffer": body})
    one.press("main form[enctype] button")
    one.press("main a.primary")
    page.wait_for_url("**/mapping/")
    one.press("main form[novalidate] button.primary")
    page.wait_for_url("**/check/")
    one.press("main a.primary")
    page.wait_for_url("**/commit/")
    one.press("main form button.primary")
    one.worked()


def calls_since(first: date, days: int) -> bytes:
    """A few calls a day of the isolated line and many of another, all answered."""
    rows = ["话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果,线路"]
    for day in (first + timedelta(days=at) for at in range(days)):
        for line, count in ((BAD_LINE, 5), ("L05", 40)):
            for minute in range(count):
                number = len(rows)
                at = f"{day} 10:{minute:02}"
                rows.append(
                    f"m{number},呼出,057186000100,95078001,{13900000000 + number},{at}:00,{at}:05,{at}:40,接通,{line}"
                )
    return "\n".join(rows).encode("gb18030")


def mends(one: Person, case: str, today: date) -> None:
    """Figures, a measure, a test report, the channel's tickets; then all is checked, reported, handed in, closed."""
    page = one.page
    one.go(case)
    page.locator("#measure_text").fill("每周抽查外包话术")
    page.locator("#measure_owner").fill("王五")
    page.locator("#measure_due").fill(str(today))
    one.press("main form[action$='/tasks/'] button.primary")
    one.press("button[name=done]")
    page.locator("#paper_kind").select_option("test_report")
    page.locator("#paper_file").set_input_files({"name": "测评.pdf", "mimeType": "application/pdf", "buffer": a4(77)})
    page.locator("#paper_issuer").fill("某测评中心")
    page.locator("#paper_number").fill("CP-1")
    page.locator("#paper_dated").fill(str(today))
    page.locator("#paper_scope").fill("线路L1")
    one.press("main form[action$='/paper/'] button.primary")
    one.press("button[name=read]")
    _works(one, case, "button[value=measure]")
    for _turn in range(20):
        _works(one, case, "button[value=check]")
        one.go(case)
        waiting = page.locator("main a.primary[href*='/complaints/?q=']")
        if not waiting.count():
            break
        follow(waiting.first)
        one.press("tbody a")
        _finishes(one)
    assert "已就绪" in one.text()
    _works(one, case, "form[action$='/report/docx/'] button")
    _works(one, case, "button[value=submit]")
    one.go(case)
    page.locator("#closing-check").fill("复核整改后数据，无投诉")
    one.press("button[value=close]")
    one.worked()
    one.go(case)
    assert page.locator("h1 .badge").inner_text() == "已结案"


def _works(one: Person, place: str, press: str) -> None:
    one.go(place)
    one.press(press)
    one.worked()


def brings(one: Person) -> None:
    """The papers that the records make, those that are brought as scans, each looked at and confirmed."""
    page = one.page
    one.go(f"{PACKAGE}package/")
    one.press("main form[action$='/generate/'] button.primary")
    one.worked()
    for item, body in brought(["王建国", "李晓燕", "张瀚文"]).items():
        one.go(f"{PACKAGE}{item}/")
        file = {"name": f"{item}.pdf", "mimeType": "application/pdf", "buffer": body}
        page.locator("#id_files").set_input_files(file)
        one.press("main form[enctype] button.primary")
        page.locator("article.version").first.wait_for(timeout=PATIENCE)
    one.go(PACKAGE)
    for place in [link.get_attribute("href") for link in page.locator("main tbody a").all()]:
        one.go(place.removeprefix("/"))
        one.sends("form[action$='/act/confirm/']")
    one.go(PACKAGE)
    assert page.locator("main tbody tr").count() == page.locator("main tbody .badge.good").count()


def seals(one: Person, other: Person) -> None:
    """A picture of a seal, its use on one paper agreed to by a second person, and a draft that bears it."""
    page = one.page
    one.go(f"{PACKAGE}seals/")
    picture = one.unfolds("form[action$='/files/picture/']")
    page.locator("#picture_kind").select_option("official_seal")
    photo_ = {"name": "公章.jpg", "mimeType": "image/jpeg", "buffer": photo(seal_png())}
    page.locator("#picture_file").set_input_files(photo_)
    one.sends("form[action$='/files/picture/']", width_mm="40")
    assert not picture.locator(".errorlist").count()
    one.unfolds("form[action$='/act/use/']")
    page.locator("#use_item").select_option("articles")
    page.locator("#use_kind").select_option("official_seal")
    one.sends("form[action$='/act/use/']", reason="送审样稿")
    agrees(other)
    assert "草稿" in _builds(one, "pictures")


def _builds(one: Person, with_: str) -> str:
    """Build the package; what the page says of the one that was built last."""
    one.go(f"{PACKAGE}package/")
    one.page.locator(f"input[name=seals][value={with_}]").check()
    one.press("form[action$='/package/build/'] button.primary")
    one.worked()
    return str(one.page.locator("section", has=one.page.locator("#package")).inner_text())


def packs(one: Person, folder: Path) -> Path:
    """The complete package, fetched; its paper edition verified by its manifest, page by page; where it lies."""
    assert "齐全" in _builds(one, "marks")
    path = one.took("form[action$='/file/'] button.primary", folder / "包.zip")
    with zipfile.ZipFile(path) as pack:
        wanted = [name for name in pack.namelist() if name in {"manifest.json", "paper/材料包.pdf"}]
        files = [
            {"name": name.rpartition("/")[2], "mimeType": "application/octet-stream", "buffer": pack.read(name)}
            for name in wanted
        ]
    assert len(files) == 2
    one.go(f"{PACKAGE}verify/")
    one.page.locator("#id_files").set_input_files(files)
    one.press("form[enctype] button.primary")
    assert "没有差别" in one.worked()
    return path


def hands_in(one: Person) -> None:
    """Both reports."""
    one.go(f"{HOME}season/?year={YEAR}")
    for track in ("licence", "code_number"):
        one.page.locator("#track").select_option(track)
        one.page.locator("#report-text").fill(f"回执 {track}")
        one.press("button[value=file]")


def archives(one: Person, folder: Path) -> tuple[str, Path]:
    """Close the season for good; what its archive says, and the package as the archive gives it."""
    one.go(f"{HOME}season/?year={YEAR}")
    one.page.locator("details.confirm summary").click()
    one.press("details.confirm form button")
    assert one.page.url.endswith(f"/season/archive/{YEAR}/")
    told = one.text()
    path = one.took(f"form[action$='/archive/{YEAR}/package/'] button", folder / "archived.zip")
    return told, path


def refused(one: Person) -> None:
    """What belongs to the closed season does not change: the page says so."""
    one.go(f"{PACKAGE}articles/")
    one.page.locator("form[action$='/act/comment/'] textarea").fill("晚了")
    follow(one.page.locator("form[action$='/act/comment/'] button.primary"), PATIENCE)
    assert "已归档" in one.page.inner_text("body")
    one.faults = [fault for fault in one.faults if "409" not in fault]
