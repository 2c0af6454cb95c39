"""The acts of a manager's year, by pages alone: no address is typed but the program's own."""

import re
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.doors.web.walks import year_data
from tests.support.claims import sentence_pattern
from tests.support.dresses import HAN, TEXTS, WORDS
from tests.support.moving import MovedClock
from tests.support.newcomer import PASSWORD
from tests.support.packages import seal_png
from tests.support.paper_scans import a4
from tests.support.season_papers import COMPANY
from tests.support.site import follow

from nianjian.engines.paper.words import CHINESE

PATIENCE = 240_000  # milliseconds for the worker, on a busy machine
AGAIN = 300  # milliseconds until a page is loaded again
RUNNING = "#progress[hx-get], #toast[hx-get]"  # work that a page shows and that is not over
#: Where in the menu something stands: its line, and the word under it.
STANDS = {
    "总览": ("今天",), "年检季": ("年报与材料", "期限与任务"), "一致性比对": ("年报与材料", "一致性比对"),
    "画像": ("合规画像",),
    "回拨测试": ("现场检查", "回拨测试"),
    "材料包": ("年报与材料",), "数据": ("数据与台账",), "台账": ("数据与台账", "台账"),
    "拨前闸": ("整改与隔离", "拨前闸记录"), "现场检": ("现场检查",), "整改": ("整改与隔离",),
    "人员": ("设置", "人员与权限"),
}  # fmt: skip
NEVER = re.compile(r"None|未知错误|NaN|undefined|Traceback|\b(?:user|os):\S*|\bnianjian (?!serve|worker)[a-z]+[^\n]*")
# What is false of this year: one ticket was answered a month late, and complaints are above 1 ‱.
FALSE = {name: sentence_pattern(name, CHINESE) for name in ("tickets_in_time", "conduct")}

# A page that polls its work reloads itself in the end, and the browser then aborts what somebody else does with the
# page. Here it does not poll: whoever waits reloads it.
QUIET = """
addEventListener("htmx:beforeRequest", (event) => {
  if (/every|load delay/.test(event.target.getAttribute("hx-trigger"))) event.preventDefault();
});
"""

SEEN = f"""() => ({{
  refusals: [...document.querySelectorAll(".notice.error, .errorlist")].map((one) => one.innerText),
  texts: ({TEXTS})(),
  whole: document.body.innerText,
}})"""


@dataclass
class Walker:
    """Somebody in a browser, who looks at every page on the way; ``faults``: what was seen there, and the console said.

    No refusal, no word of the other language, nothing without a text, no actor's code, no command, no false claim.
    The browser itself reports a status from 400 on and a script that fails.
    """

    page: Any
    address: str
    faults: list[str] = field(default_factory=list)

    def text(self) -> str:
        return str(self.page.inner_text("main"))

    def whole(self) -> str:
        """What the page says once its folds are open."""
        closed = self.page.locator("main details.fold:not([open]) > summary")
        while closed.count():
            closed.first.click()
        return self.text()

    def took(self, where: str, path: Path) -> Path:
        """Press what gives a file; it lies at the path."""
        with self.page.expect_download(timeout=PATIENCE) as taken:
            self.page.locator(where).first.click()
        taken.value.save_as(path)
        return path

    def unfolds(self, form: str) -> Any:
        """Open the fold around a form, if there is one; the form."""
        element = self.page.locator(form)
        fold = self.page.locator("main details", has=element)
        if fold.count() and fold.get_attribute("open") is None:
            fold.locator("summary").first.click()
        return element

    def sends(self, form: str, **texts: str) -> None:
        """Fill a form's fields by name and send it."""
        element = self.unfolds(form)
        for name, text in texts.items():
            element.locator(f"[name={name}]").fill(text)
        self.press(element.locator("button.primary"))

    def press(self, where: str | Any) -> None:
        follow((self.page.locator(where) if isinstance(where, str) else where).first, PATIENCE)
        self.look()

    def comes_home(self) -> None:
        """The only address that somebody types."""
        self.page.goto(self.address)
        self.look()

    def opens(self, name: str) -> None:
        """A line of the enterprise's menu."""
        line, *under = STANDS.get(name, (name,))
        self.press(self.page.locator(f"aside.side .lines a:has-text('{line}')"))
        for word in under:
            self.press(self.page.locator("nav.sub, nav.settings").get_by_role("link", name=word, exact=True))

    def link(self, name: str) -> None:
        """A link of the page, by its words."""
        self.press(self.page.locator("main, nav.path").get_by_role("link", name=name).first)

    def button(self, name: str) -> None:
        self.press(self.page.locator("main").get_by_role("button", name=name).first)

    def waits(self) -> None:
        """Until the work that a page shows is over, and for the page as it is without."""
        until = time.monotonic() + PATIENCE / 1000
        while self.page.locator(RUNNING).count():
            assert time.monotonic() < until, f"{self.page.url} still shows work"
            self.page.wait_for_timeout(AGAIN)
            self.page.reload()

    def worked(self) -> str:
        """Until the work that a page shows is over, and to what came of it; what is said on the way."""
        self.waits()
        came = ""
        if (result := self.page.locator("#toast a").last).count():  # the newest; others may be unread
            came = self.page.locator("#toast").inner_text()
            follow(result)
        self.look()
        return f"{came}\n{self.text()}"

    def look(self) -> None:
        seen = self.page.evaluate(SEEN)
        faults = [text for text in seen["refusals"] if text.strip()]
        faults += [f"English: {text}" for text in seen["texts"] if WORDS.search(text) and not HAN.search(text)]
        faults += NEVER.findall(seen["whole"])
        plain = re.sub(r"\s", "", seen["whole"])
        faults += [f"claims {name}" for name, sentence in FALSE.items() if sentence.search(plain)]
        self.faults += [f"{self.page.url}: {fault}" for fault in faults]


def walker(browser: Any, address: str) -> Walker:
    """Nobody in particular, yet."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.add_init_script(QUIET)
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


def comes(one: Walker, link: str) -> None:
    """By the link of somebody whom the operator made."""
    one.page.goto(one.address + link)
    _password(one)
    one.comes_home()


def _password(one: Walker) -> None:
    for box in one.page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    one.press("main form button.primary")


def passes(clock: MovedClock, day: date, browser: Any) -> None:
    """Weeks pass, in which nobody has a page open: one that still waited for an answer would be led to the sign-in."""
    for context in browser.contexts:
        for page in context.pages:
            page.goto("about:blank")
    clock.play(day)


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
    """The four steps of the import; what the page says in the end."""
    page = one.page
    one.opens("数据")
    one.link("导入")
    one.press(f"button[value={kind}]")
    name = "话单.csv" if kind == "calls" else f"{kind}.csv"
    data = body if isinstance(body, bytes) else body.encode()
    page.locator("#id_files").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    one.press("main form[enctype] button")
    while "/check/" not in page.url:
        one.press("main form[novalidate] button.primary, main a.primary")
    one.press("main form[action$='/commit/'] button.primary")
    return one.worked()


def computes(one: Walker) -> str:
    """A new run of the portrait, from the page of the newest; what the portrait says then."""
    one.opens("画像")
    one.page.locator("main a[href$='/run/']", has_text="重新计算").first.click()
    one.press("#panel form[action$='/run/'] button.primary")
    return one.worked()


def hinders(one: Walker, words: str) -> None:
    """Go where a row of what is to be done leads."""
    one.comes_home()
    if one.page.locator(".worklist + .pager a").count():
        one.press(".worklist + .pager a")
    one.press(one.page.locator(".worklist .what a", has_text=words))


def explains(one: Walker, words: str, name: str) -> None:
    """The paper that a yellow light asks for, where the hindrance leads."""
    hinders(one, words)
    file = {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": a4(len(name))}
    one.page.locator("main a[href$='/papers/']:visible").first.click()
    one.page.locator("#panel #id_file").set_input_files(file)
    one.press("#panel form button.primary")
    one.page.locator("details.fold", has_text="说明材料与声明").locator("summary").click()
    assert f"{name}.pdf" in one.text()


def decides_on_marketing(one: Walker, day: date) -> None:
    """Such calls have ended: the flag's own page leads to the form."""
    hinders(one, "认定营销外呼")
    assert f"用途为营销的已送达外呼\n{year_data.MARKETING}" in one.text()
    one.page.locator("#id_kind").select_option("stopped")
    one.page.locator("#id_decided_on").fill(str(day))
    one.page.locator("#id_text").fill("营销外呼已全部停止")
    one.button("登记决定")


def finishes_ticket(one: Walker) -> None:
    """Answer a ticket, call back and close it, as far as that is not done yet."""
    for act, name in (("respond", "text"), ("close", "result")):
        form = f"#next form[action$='/act/{act}/']"
        if one.page.locator(form).count():
            for choice in one.page.locator(f"{form} [name=callback]").all()[:1]:
                choice.check()
            one.sends(form, **{name: "已说明处理并加入谢绝名单"})
            one.look()


def chooses_basis(one: Walker, basis: str, reason: str) -> None:
    """From today's page, where both lights stand, to the portrait, where they stand side by side."""
    one.comes_home()
    one.press(".verdict .others a[href$='/2026/']")
    one.page.locator("main").get_by_role("link", name="选定填报口径").click()
    one.page.locator(f"#panel input[name=basis][value={basis}]").check()
    one.page.locator("#panel #id_reason").fill(reason)
    one.press("#panel form button.primary")


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
    """Explain the difference of a row, in the drawer over its comparison."""
    one.page.locator("main").get_by_role("link", name=key).first.click()
    one.page.locator("#panel #id_state").select_option("explained", timeout=PATIENCE)
    one.page.locator("#id_owner").fill("张瀚文")
    one.page.locator("#id_cause").fill("导出时漏选该席")
    one.page.locator("#id_action").fill("已请省局重新导出")
    one.press(one.page.locator("#panel").get_by_role("button", name="保存"))


def opens_task(one: Walker, task: str) -> None:
    """A task of the season, beside the list."""
    one.opens("年检季")
    one.press(one.page.locator(f"main tbody a[href*='task={task}']"))


def tests_entry(one: Walker, day: date) -> None:
    """The entry of the report was opened for a test: what was tried, with a picture of the screen."""
    opens_task(one, "entry_test")
    form = one.page.locator("form[action$='/entry-test/']")
    form.locator("#test-day").fill(str(day))
    form.locator("#test-note").fill("登录并打开年报表单")
    picture = {"name": "入口.png", "mimeType": "image/png", "buffer": seal_png()}
    form.locator("#test-picture").set_input_files(picture)
    one.press(form.locator("button").first)
    opens_task(one, "entry_test")
    assert "已通过" in one.page.locator("#entry-test").inner_text()


def states_of(one: Walker, *tasks: str) -> list[str]:
    """The state of each of the tasks on the season's page, and its steps."""
    one.opens("年检季")
    states = []
    for task in tasks:
        row = one.page.locator("tbody tr", has=one.page.get_by_text(task, exact=True)).first
        cells = row.locator("td, th").all_inner_texts()
        states.append(f"{cells[1].strip()} {cells[4].strip()}")
    return states


def state_of(one: Walker, task: str) -> str:
    """The state of a task, as of several."""
    return states_of(one, task)[0]


def materials(one: Walker, link: str = "") -> None:
    """The package with its list of materials, or what it leads to."""
    one.opens("材料包")
    if one.page.locator(".more-acts a", has_text=link).count() and link:
        one.page.locator(".more-acts > summary").click()
    if link:
        one.link(link)


def opens_step(one: Walker, step: str) -> None:
    """A step of the package, whichever is open."""
    materials(one)
    one.page.goto(f"{one.page.url.partition('?')[0]}?step={step}")
    one.look()


def generates(one: Walker) -> str:
    """What the records make."""
    materials(one)
    one.press("main form[action$='/generate/'] button.primary")
    one.worked()
    opens_step(one, "materials")
    return one.text()


def states(one: Walker, item: str, texts: Mapping[str, str]) -> None:
    """Fill in what no record tells, by the labels of the item's form."""
    materials(one, item)
    form = one.unfolds("form[action$='/statements/']")
    for fold in form.locator("details > summary").all():
        fold.click()
    for label, text in texts.items():
        form.get_by_label(label, exact=True).fill(text)
    one.press(form.locator("button").last)


def brings(one: Walker, papers: Mapping[str, bytes]) -> None:
    """Scans of the papers that are not made here, by item."""
    for item, body in papers.items():
        materials(one)
        one.press(f"main .papers a[href$='/{item}/']")
        file = {"name": f"{item}.pdf", "mimeType": "application/pdf", "buffer": body}
        one.page.locator("#id_files").set_input_files(file)
        one.press("main form[enctype] button.primary")
        one.waits()
        one.page.locator("article.version").first.wait_for()
        one.look()


def confirms(one: Walker) -> None:
    """Every paper that waits for a person's look."""
    materials(one)
    while (waiting := one.page.locator("main .papers li", has_text="待人工确认")).count():
        one.press(waiting.first.locator("a").first)
        one.sends("form[action$='/act/confirm/']")
        materials(one)


def builds(one: Walker) -> str:
    """The complete package; what the page says of it."""
    opens_step(one, "build")
    one.page.locator("input[name=seals][value=marks]").check()
    one.press("form[action$='/package/build/'] button.primary")
    one.worked()
    opens_step(one, "build")
    return str(one.page.locator("#package").inner_text())


def verifies(one: Walker, path: Path) -> str:
    """The paper edition of a fetched package against its manifest, page by page."""
    with zipfile.ZipFile(path) as pack:
        names = [name for name in pack.namelist() if name in {"manifest.json", "paper/材料包.pdf"}]
        files = [
            {"name": name.rpartition("/")[2], "mimeType": "application/octet-stream", "buffer": pack.read(name)}
            for name in names
        ]
    materials(one, "校验")
    one.page.locator("#id_files").set_input_files(files)
    one.press("form[enctype] button.primary")
    return one.worked()


def submits(one: Walker, day: date) -> str:
    """The package is submitted, in the last step of its way; what the page says then."""
    materials(one)
    one.page.locator("#submit_on").fill(str(day))
    one.page.locator("#submit_place").fill("浙江省通信管理局窗口")
    one.page.locator("#submit_reference").fill("回执2027-1")
    one.button("登记提交")
    return one.text()


def files(one: Walker, day: date, task: str = "file_code_number") -> None:
    """A report that was handed in; that of the code numbers goes another way than the package."""
    opens_task(one, task)
    one.page.locator("#report-day").fill(str(day))
    one.page.locator("#report-text").fill("回执 1 号")
    one.press("button[value=file]")


def looks(one: Walker, *way: str) -> str:
    """The check of a part of the readiness anew, by the links that lead to it; what its page says."""
    _goes_to(one, *way)
    one.button("重新检查")
    one.worked()
    _goes_to(one, *way)
    return one.text()


def _goes_to(one: Walker, *way: str) -> None:
    one.opens("现场检")
    for name in way:
        one.link(name)


def opens_a_door(one: Walker) -> None:
    """The page of the drill leads to where a number gets its address for complaints."""
    one.opens("现场检")
    one.link("演练")
    one.page.locator("main a[href$='/drill/run/']").first.click()
    one.press("#panel a[href$='/complaints/one-click/']")
    one.page.locator("#id_number").fill(year_data.OWN)
    one.press("main form:has(#id_number) button.primary")


def drills(one: Walker) -> str:
    """A drill without calls: arrival, answer, call back, closing; what its page says in the end."""
    one.opens("现场检")
    one.link("演练")
    one.page.locator("main a[href$='/drill/run/']").first.click()
    one.page.locator("#panel details.more summary").click()
    one.page.locator("#panel #id_calls").fill("0")
    one.press("#panel form[action$='/drill/run/'] button.primary")
    one.worked()
    assert "进行中" in one.text()
    one.press("main a[href*='/complaints/t/']")
    finishes_ticket(one)
    one.opens("现场检")
    one.link("演练")
    return one.text()


def compares_people(one: Walker) -> str:
    """Seat, social insurance and wages of each person in each month; what the page says."""
    one.opens("一致性比对")
    one.link("新的比对")
    one.unfolds("form:has(#people_first)")
    one.page.locator("#people_first").fill("2026-01-01")
    one.page.locator("#people_last").fill("2026-12-31")
    one.press("button[name=what][value=people], button[value=people]")
    one.worked()
    one.press("main a[href*='/reconcile/C']")
    return one.text()


def case(one: Walker) -> None:
    """The page of the only case."""
    one.opens("整改")
    one.press("main tbody a[href*='/rectification/R']")


def opens_case(one: Walker, received: date) -> str:
    """A notice came: its case; what its page says."""
    one.opens("整改")
    one.link("建立整改单")
    for name, text in (("received", str(received)), ("number", "浙通管改1号"), ("causes", "历史投诉率偏高")):
        one.page.locator(f"#id_{name}").fill(text)
    one.press("main form[novalidate] button.primary")
    return one.text()


def locates(one: Walker, first: date, last: date) -> str:
    """Where the complaints of these days come from."""
    case(one)
    form = one.page.locator("main form[action$='/locate/run/']")
    form.locator("summary").click()
    form.locator("[name=first]").fill(str(first))
    form.locator("[name=last]").fill(str(last))
    one.press(form.locator("button.primary"))
    return one.worked()


def isolates(one: Walker, other: Walker, line: str) -> None:
    """Asked for by one and agreed to by the other, who finds it among the own tasks."""
    case(one)
    one.press("main a[href$='/isolate/']")
    one.page.locator("#id_channel").fill(line)
    one.page.locator("#id_reason").fill("全部投诉均来自本线路")
    one.page.locator("#id_end").fill("连续三十日无投诉")
    one.press("main form[novalidate] button.primary")
    other.comes_home()
    other.press(".worklist a.button[href*='/approvals/A']")
    other.press("button[value=yes]")


def proves(one: Walker, today: date) -> None:
    """A measure that was taken, and the assessment of somebody else."""
    case(one)
    page = one.page
    page.locator("details:has(#measure_text) > summary").click()
    page.locator("#measure_text").fill("每周抽查外包话术")
    page.locator("#measure_owner").fill("王建国")
    page.locator("#measure_due").fill(str(today))
    one.press("form:has(#measure_text) button")
    one.press("button[name=done]")
    page.locator("details:has(#paper_kind) > summary").click()
    page.locator("#paper_kind").select_option("test_report")
    page.locator("#paper_file").set_input_files({"name": "测评.pdf", "mimeType": "application/pdf", "buffer": a4(77)})
    for name, text in (("issuer", "浙江某测评中心"), ("number", "CP-1"), ("dated", str(today)), ("scope", "线路L2")):
        page.locator(f"#paper_{name}").fill(text)
    one.press("form:has(#paper_kind) button")
    one.press("button[name=read]")
    for press in ("button[value=measure]", "button[value=check]"):
        works(one, press)


def works(one: Walker, press: str) -> str:
    """Something that the case asks of the worker; what its page says then."""
    case(one)
    one.press(press)
    one.worked()
    case(one)
    return one.text()


def hands_report_in(one: Walker) -> str:
    """Report and submission; what the page says."""
    works(one, "form[action$='/report/docx/'] button")
    return works(one, "button[value=submit]")


def closes_case(one: Walker) -> str:
    """The check that it helped; what the page says."""
    one.page.locator("#closing-check").fill("复核整改后数据，无投诉")
    one.press("button[value=close]")
    one.worked()
    case(one)
    return one.text()


def watches(one: Walker, since: date) -> str:
    """The authority put the licence on its watch list; what the page of the list and the routine says."""
    one.opens("整改")
    one.link("重点监测库与日常任务")
    one.page.locator("main a[href$='/watch/?add=1']").click()
    for name, text in (("licence", year_data.LICENCE), ("since", str(since)), ("source", "浙江省通信管理局")):
        one.page.locator(f"#panel #id_{name}").fill(text)
    one.press("#panel button.primary")
    return one.text()


def takes_procedure(one: Walker, path: Path) -> Path:
    """The emergency procedure, where the page of the routine leads."""
    one.link("应急处置规程")
    one.button("生成")
    one.worked()
    return one.took("form[action$='/file/'] button", path)


def archives(one: Walker, folder: Path) -> tuple[str, Path]:
    """Close the season, the authority's word outstanding; what its archive says, and the package as it gives it."""
    one.opens("年检季")
    one.page.locator("#end > summary").click()
    one.page.locator("details.confirm summary").click()
    one.page.locator("input[name=undecided]").check()
    one.press("details.confirm form button")
    path = one.took("form[action$='/package/'] button", folder / "archived.zip")
    return one.text(), path


def is_refused(one: Walker) -> bool:
    """What belongs to the closed season does not change, and the page says so."""
    materials(one, "章程")
    form = one.unfolds("form[action$='/act/comment/']")
    form.locator("textarea").fill("晚了")
    follow(form.locator("button.primary"), PATIENCE)
    one.faults = [fault for fault in one.faults if "409" not in fault]
    return "已归档" in one.page.inner_text("body")
