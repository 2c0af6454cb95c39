"""The acts of a manager's year, by pages alone: no address is typed but the program's own."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from tests.doors.web.walks import year_data
from tests.doors.web.walks.mission import PATIENCE, Person
from tests.support.dresses import HAN, TEXTS, WORDS
from tests.support.newcomer import PASSWORD
from tests.support.packages import seal_png
from tests.support.paper_scans import a4
from tests.support.season_papers import COMPANY
from tests.support.site import follow

NEVER = ("None", "未知错误", "NaN", "undefined")


class Walker(Person):
    """Looks at every page on the way: no refusal, no word of the other language, nothing without a text."""

    def press(self, where: str | Any) -> None:
        follow(self.page.locator(where).first if isinstance(where, str) else where, PATIENCE)
        self.look()

    def comes_home(self) -> None:
        """The only address that somebody types."""
        self.page.goto(self.address)
        self.look()

    def opens(self, name: str) -> None:
        """A line of the enterprise's menu."""
        self.press(self.page.get_by_role("navigation", name="菜单").get_by_role("link", name=name, exact=True))

    def link(self, name: str) -> None:
        """A link of the page, by its words."""
        self.press(self.page.locator("main, nav.path").get_by_role("link", name=name).first)

    def button(self, name: str) -> None:
        self.press(self.page.locator("main").get_by_role("button", name=name).first)

    def worked(self) -> str:
        """Until the work that a page shows is over; asks more often than the page itself does."""
        until = time.monotonic() + PATIENCE / 1000
        while self.page.locator("#progress[hx-get]").count():
            assert time.monotonic() < until, self.text()
            self.page.wait_for_timeout(200)
            self.page.reload()
        self.look()
        return self.text()

    def look(self) -> None:
        page = self.page
        refusals = page.locator(".notice.error, .errorlist").all_inner_texts()
        self.faults += [f"{page.url}: {text}" for text in refusals if text.strip()]
        texts = page.evaluate(TEXTS)
        self.faults += [f"{page.url}: English: {text}" for text in texts if WORDS.search(text) and not HAN.search(text)]
        whole = page.inner_text("body")
        self.faults += [f"{page.url}: {word}" for word in NEVER if word in whole]


def walker(browser: Any, address: str) -> Walker:
    """Nobody in particular, yet."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    one = Walker(page, address)
    page.on("console", lambda message: one.faults.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: one.faults.append(f"{page.url}: {error}"))
    return one


def begins(one: Walker, link: str) -> None:
    """The installation's first link; an enterprise with nothing but a name."""
    page = one.page
    page.goto(one.address + link)
    _password(one)
    one.press("main p.actions a[href='/']")
    one.press("main a.primary")
    page.locator("#id_name").fill(COMPANY)
    page.locator("#id_code").fill("ACME")
    page.locator("#id_province").select_option("浙江")
    one.press("main form button.primary")


def _password(one: Walker) -> None:
    for field in one.page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    one.press("main form button.primary")


def signs_in(one: Walker, name: str) -> None:
    """Weeks later nobody is signed in any more."""
    one.comes_home()
    assert "登录" in one.text()
    one.page.locator("#id_login").fill(name)
    one.page.locator("#id_password").fill(PASSWORD)
    one.press("main form button.primary")


def invites(one: Walker, other: Walker, name: str, role: str) -> None:
    """Somebody gets a role and comes by the link that the page shows."""
    page = one.page
    one.opens("人员")
    one.link("添加人员")
    page.locator("#new_name").fill(name)
    page.locator("#new_role").select_option(role)
    one.press("main form button.primary")
    other.page.goto(page.locator("main code").first.inner_text())
    _password(other)
    other.comes_home()


def imports(one: Walker, kind: str, body: bytes | str) -> str:
    """The five steps of the import; what the page says in the end."""
    page = one.page
    one.opens("数据")
    one.link("导入")
    one.press(f"button[value={kind}]")
    name = "话单.csv" if kind == "calls" else f"{kind}.csv"
    data = body if isinstance(body, bytes) else body.encode()
    page.locator("#id_files").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    one.press("main form[enctype] button")
    while "/commit/" not in page.url:
        one.press("main form[novalidate] button.primary, main a.primary")
    one.press("main form button.primary")
    return one.worked()


def computes(one: Walker) -> str:
    """A new run of the portrait, from the page of the newest; what the portrait says then."""
    one.opens("画像")
    one.page.locator("details.confirm summary").first.click()
    one.press("details.confirm form[action$='/run/'] button.primary")
    one.worked()
    one.link("查看画像")
    return one.text()


def hinders(one: Walker, words: str) -> None:
    """Go where a hindrance of the overview leads."""
    one.comes_home()
    one.press(one.page.locator("section[aria-labelledby=blockers] a", has_text=words))


def explains(one: Walker, words: str, name: str) -> None:
    """The paper that a yellow light asks for, where the hindrance leads."""
    hinders(one, words)
    file = {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": a4(len(name))}
    one.page.locator("#paper-file").set_input_files(file)
    one.button("保存材料")
    assert f"{name}.pdf" in one.text()


def decides_on_marketing(one: Walker, day: date) -> None:
    """Such calls have ended: the flag's own page leads to the form."""
    hinders(one, "用途为营销")
    assert f"用途为营销的已送达外呼\n{year_data.MARKETING}" in one.text()
    one.page.locator("#id_kind").select_option("stopped")
    one.page.locator("#id_decided_on").fill(str(day))
    one.page.locator("#id_text").fill("营销外呼已全部停止")
    one.button("登记决定")


def finishes_ticket(one: Walker) -> None:
    """Answer a ticket, call back and close it, as far as that is not done yet."""
    for act, name in (("respond", "text"), ("callback", "result"), ("close", "result")):
        form = f"form[action$='/act/{act}/']"
        if one.page.locator(form).count():
            one.sends(form, **{name: "已说明处理并加入谢绝名单"})
            one.look()


def chooses_basis(one: Walker, basis: str, reason: str) -> None:
    """From the overview, where both stand side by side."""
    one.comes_home()
    one.link("选定填报口径")
    one.page.locator(f"input[name=basis][value={basis}]").check()
    one.page.locator("#id_reason").fill(reason)
    one.button("选择")


def compares(one: Walker, kind: str, export: str, as_at: date) -> str:
    """The province's export against a register as at a day; what the comparison's page says."""
    one.opens("一致性比对")
    one.link("新的比对")
    one.page.locator("#filing_kind").select_option(kind)
    one.page.locator("#filing_as_of").fill(str(as_at))
    file = {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": export.encode()}
    one.page.locator("#filing_file").set_input_files(file)
    one.press("button[value=filing]")
    one.worked()
    one.press("main a[href*='/reconcile/C']")
    return one.text()


def settles(one: Walker, key: str) -> None:
    """Explain the difference of a row, on the page of its comparison."""
    one.link(key)
    one.page.locator("#id_state").select_option("explained")
    one.page.locator("#id_owner").fill("张瀚文")
    one.page.locator("#id_cause").fill("导出时漏选该席")
    one.page.locator("#id_action").fill("已请省局重新导出")
    one.button("保存")


def tests_entry(one: Walker, day: date) -> None:
    """The entry of the report was opened for a test: what was tried, with a picture of the screen."""
    one.opens("年检季")
    form = one.page.locator("form[action$='/entry-test/']")
    form.locator("#test-day").fill(str(day))
    form.locator("#test-note").fill("登录并打开年报表单")
    picture = {"name": "入口.png", "mimeType": "image/png", "buffer": seal_png()}
    form.locator("#test-picture").set_input_files(picture)
    one.press(form.locator("button").first)
    assert "已通过" in one.page.locator("#entry-test").inner_text()


def state_of(one: Walker, task: str) -> str:
    """The state of a task on the season's page, and its steps."""
    one.opens("年检季")
    row = one.page.locator("tbody tr", has=one.page.get_by_text(task, exact=True)).first
    cells = row.locator("td, th").all_inner_texts()
    return f"{cells[1].strip()} {cells[5].strip()}"
