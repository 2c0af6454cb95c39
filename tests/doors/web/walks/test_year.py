"""A manager's year by pages alone: from an empty home in October to the archive, the program's clock moving along.

Where each rule of the guide (`docs/use/guide.md`) is walked:

=================  ==================================================================================================
rule               step
=================  ==================================================================================================
T1, T2, T3         `_sees_nothing_done`: season and days of law and guide, the earlier one counts
T4                 `year.tests_entry` on 15 March, with a picture
T5, T6             `_goes_through_january`: numbers, lines and seats against the province's export as at 31 December
T7                 `_reports_late`, in a season of its own, which was missed
T8, D5             `_goes_through_january`: tasks of the first quarter, two bases, what can still change them
M1 – M7, M17, M18  `_hands_in`: scans brought, read, and confirmed by a person
M8 – M12           `_hands_in`: generated from the records, sums held against the portrait
M13                `_hands_in`: no robots, so it is not due (13 of 13 items are ready); due: `_has_robots`
M14 – M16, M19     `_seals`: both editions of one manifest, one sealing, the scan split by its codes
D1 – D4            `_reads_the_first_light`, `_mends`: four metrics, what would change them, what explains them
S1                 `_gets_ready`: the inspection day, 14 days after the submission
S2                 `_gets_ready`: seat, social insurance and wages of three people in twelve months
S3, S4             `_calls_back`: SIP calls over each carrier and one by hand; numbers land on their gateway
S5, S7             `_gets_ready`: cards that the data release or refuse
S6                 `_gets_ready`: how far each log reaches back
S8, S10            `_mends`: a ticket answered late; `_gets_ready`: a drill, its four steps by the clock
S9                 `_gets_ready`: a source of the screens set, tried and kept; moving figures: `tests/long`
R1                 `_rectifies`: ten working days after the day of receipt
R2                 `_rectifies`: the line from which the complaints come
R3, R4             `_sets_the_gate`: a cap, counted by the running gate; `_rectifies`: isolated, white list only
R5, R6             `_rectifies`: report and assessment handed in; when an opinion is to be expected
R7                 `_rectifies`: the licence on the watch list
R8                 `_is_looked_at_closely`: the next year's portrait under the stricter limits, beside the guide's
R9                 `_rectifies`: a check that it helped before the case is closed, the procedure as a file
=================  ==================================================================================================

On every page on the way: `year.Walker.look`.
"""

import hashlib
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.doors.web.walks import year, year_data, year_gate, year_papers
from tests.doors.web.walks.year import Walker
from tests.support.answerer import Answerer, pick_up
from tests.support.moving import MovedClock
from tests.support.season_papers import brought
from tests.support.site import PROGRAM, Site, environment, serving
from tests.support.switch_files import asterisk_row

pytestmark = pytest.mark.long
OCTOBER, JANUARY, MARCH = date(2026, 10, 12), date(2027, 1, 11), date(2027, 3, 15)
HANDED_IN, NOTICE, MENDED = date(2027, 3, 23), date(2027, 4, 15), date(2027, 4, 26)
MISSED = date(2027, 4, 15)
DAY = timedelta(days=1)


@pytest.fixture
def clock(tmp_path: Path) -> MovedClock:
    """The clock of everything that the home's program does."""
    moved_clock = MovedClock(tmp_path / "days")
    moved_clock.play(OCTOBER)
    return moved_clock


@pytest.fixture
def site(tmp_path: Path, clock: MovedClock) -> Iterator[tuple[Site, list[str]]]:
    """An empty home that is served, and the links of its two administrators, whom its operator made.

    Two, for what one person's links made is in that person's hands: a single administrator approves nothing of theirs.
    """
    folder = tmp_path / "year"
    folder.mkdir()
    variables = environment(folder) | clock.variables
    links = []
    for words in (["init", "--name", "李明"], ["user", "add", "周敏", "--role", "administrator", "--link"]):
        output = subprocess.run([*PROGRAM, *words], env=variables, capture_output=True, text=True, check=True).stdout
        link = re.search(r"/(account/first/\S+)", output)
        assert link, output
        links.append(link[1])
    (folder / "switch").mkdir()
    (folder / "switch" / "Master.csv").write_text(asterisk_row(1), encoding="utf-8")
    near = {"NIANJIAN_CALL_HOSTS": "127.0.0.1", "NIANJIAN_LIVE_FOLDERS": f"ACME={folder / 'switch'}"}
    with serving(folder, gate=True, **near, **clock.variables) as served:
        yield served, links


def test_from_october_to_the_archive(
    site: tuple[Site, list[str]], clock: MovedClock, browser: Any, tmp_path: Path
) -> None:
    served, links = site
    people = [year.walker(browser, served.address) for _ in range(4)]
    administrator, second, manager, officer = people
    year.begins(administrator, links[0])
    _sees_nothing_done(administrator)
    year.comes(second, links[1])
    year.invites(administrator, manager, "王建国", "compliance_lead")
    year.invites(administrator, officer, "张瀚文", "data_officer")
    _fills(officer)
    _reads_the_first_light(manager)
    _mends(manager)
    _sets_the_gate(manager, served.gate)
    year.passes(clock, JANUARY, browser)
    year.signs_in(manager, "王建国")
    _goes_through_january(manager)
    year.passes(clock, MARCH, browser)
    year.signs_in(manager, "王建国")
    year.tests_entry(manager, MARCH)
    assert year.state_of(manager, "入口测试：登录并打开表单").startswith("已完成")
    year.passes(clock, HANDED_IN, browser)
    year.signs_in(manager, "王建国")
    package = _hands_in(manager, tmp_path)
    _gets_ready(manager, administrator)
    year.passes(clock, NOTICE, browser)
    year.signs_in(manager, "王建国")
    year.signs_in(second, "周敏")
    _rectifies(manager, second, clock, served.gate, tmp_path)
    _archives(manager, package, tmp_path)
    assert [one.faults for one in people] == [[], [], [], []]


def test_a_missed_season_robots_and_the_year_on_the_watch_list(
    site: tuple[Site, list[str]], clock: MovedClock, browser: Any, tmp_path: Path
) -> None:
    served, links = site
    one = year.walker(browser, served.address)
    year.begins(one, links[0])
    robots = year_data.seats(8, year_data.OPEN).replace("S0006,人工", "S0006,机器人")
    sheets = {"teams": year_data.TEAMS, "lines": year_data.LINES, "licences": year_data.LICENCES, "seats": robots}
    for kind, sheet in sheets.items():
        year.imports(one, kind, sheet)
    year.imports(one, "calls", year_data.calls(date(2026, 1, 1), OCTOBER - DAY))
    year.opens_task(one, "portrait")
    one.link("去办理")
    one.press("main form[action$='/run/'] button.primary")
    one.worked()
    year.passes(clock, MISSED, browser)
    year.signs_in(one, "李明")
    _has_robots(one, tmp_path)
    _reports_late(one)
    _sees_yellow_light(one)
    assert one.faults == []


def _has_robots(one: Walker, folder: Path) -> None:
    """M13 where it is due: the form asks for what applies and prints nothing else."""
    year.computes(one)
    said = {"备案状态": "不适用", "不适用的说明": "不具有舆论属性和社会动员能力", "备案编号（网信算备）": "旧"}
    year.states(one, "M13", said)
    year.generates(one)
    year.materials(one, "M13")
    form = year_papers.reads(one.took("form[action$='/files/1/'] button", folder / "form.pdf"))
    assert "☑不适用（本企业自述）" in form
    assert "备案编号（网信算备）–备案日期–不适用的说明不具有舆论属性和社会动员能力" in form
    one.sends("form[action$='/act/confirm/']")
    assert "有留空" in one.text()
    one.sends("form[action$='/act/confirm/']", explanation="算法情况不适用，其余各栏不填")
    assert "已就绪" in one.text()


def _reports_late(one: Walker) -> None:
    """T7: a missed day is the red verdict; what the guide says of late reports holds when they are handed in, too."""
    one.comes_home()
    verdict = one.page.locator(".verdict")
    assert [
        words
        for words in ("红灯", "2026 年度许可年报逾期", "2026 年度码号年报逾期")
        if words not in verdict.inner_text()
    ] == []
    one.press(verdict.get_by_role("link", name="去补报"))
    said = ("属于补报", "现场检查概率提升3倍", "不良名单")
    assert [words for words in said if words not in one.page.locator("#grave").inner_text()] == []
    for task in ("file_licence", "file_code_number"):
        year.files(one, MISSED, task)
    one.comes_home()
    assert "逾期：" not in verdict.inner_text()
    one.opens("年检季")
    assert "属于补报" in one.page.locator("#grave").inner_text()
    assert "不良名单" not in one.page.locator("#grave").inner_text(), "it was handed in"
    assert one.whole().count("逾期提交") == 2


def _sees_yellow_light(one: Walker) -> None:
    """R8: 25 % of the seats are vacant: green by the guide's 30 %, yellow by four fifths of it."""
    year.watches(one, MISSED)
    year.imports(one, "calls", year_data.calls(date(2027, 1, 1), MISSED - DAY))
    one.opens("画像")
    one.page.get_by_role("link", name="计算 2027 年度").click()
    one.press("#panel form[action$='/run/'] button.primary")
    text = one.worked()
    tile = one.page.locator("main a.tile", has_text="坐席空置率").inner_text()
    assert [words for words in ("25.00", "绿灯", "本企业口径：黄灯") if words not in tile] == [], text
    one.opens("整改")
    one.link("重点监测库与日常任务")
    row = one.page.locator("main tr", has_text="坐席空置率").inner_text()
    assert [words for words in ("24 %", "触及") if words not in row] == []


def _sees_nothing_done(one: Walker) -> None:
    """T1 to T3: the season follows from the law and the guide; empty registers prove nothing."""
    assert f"还有 {(date(2027, 3, 31) - OCTOBER).days} 天\n许可年报法定期限" in one.text()
    one.opens("年检季")
    one.page.locator("summary", has_text="期限与出处").click()
    text = one.text()
    assert "0/12 项任务完成" in text
    assert "2027 年放假通知尚未公布" in text
    assert [day for day in ("2027-03-15", "2027-03-31", "2027-04-30", "2027-06-30") if day not in text] == []
    assert one.page.locator("tbody tr", has_text="已完成").count() == 0
    for name in ("画像", "数据", "台账", "投诉", "一致性比对", "现场检", "回拨测试", "整改"):
        one.opens(name)
        assert not one.page.locator("main .light.green").count(), one.text()


def _fills(one: Walker) -> None:
    """Registers, complaints and calls by the four steps; each import says how many rows it took."""
    months = [f"2026{month:02}" for month in range(1, 10)]
    sheets = {
        "teams": (year_data.TEAMS, 2),
        "lines": (year_data.LINES, 2),
        "licences": (year_data.LICENCES, 1),
        "numbers": (year_data.NUMBERS, 1),
        "seats": (year_data.seats(), year_data.FILED),
        "staff": (year_data.staff(), 3),
        "social-insurance": (year_data.paid(months), 27),
        "wages": (year_data.wages(months), 27),
        "complaints": (year_data.complaints(), 4),
    }
    for kind, (sheet, rows) in sheets.items():
        assert f"读入 {rows} 行，新增 {rows}，变更 0，未变 0" in year.imports(one, kind, sheet), kind
    calls = year_data.calls(date(2026, 1, 1), date(2026, 10, 11), marketing=year_data.MARKETING)
    assert "284\t284\t0\t0\t2026-01-01 – 2026-10-11" in year.imports(one, "calls", calls)
    one.opens("台账")
    assert "坐席\t10" in one.text()


def _reads_the_first_light(one: Walker) -> None:
    """D1 to D4 in the middle of the year, with what could change them; the year's portrait is not done by it."""
    one.comes_home()
    one.press("form[action$='/run/'] button.primary")
    text = one.worked()
    for words in ("黄灯", "40.00%", "35.21‱", "100.00%", "75.00%"):
        assert words in text, words
    one.link("坐席空置率")
    text = one.text()
    assert "再开通 1 个备案坐席" in text
    assert "之后为 30.00 %，绿灯" in text
    one.link("推演")
    one.page.locator("input[name=cut_seats]").fill("2")
    one.page.locator("#outcome article.moved", has_text="坐席空置率").wait_for()
    assert "25.00 %" in one.page.locator("#outcome article.moved", has_text="坐席空置率").inner_text()
    assert not year.state_of(one, "计算该数据年度的合规画像").startswith("已完成")


def _mends(one: Walker) -> None:
    """What stood in the way, each where its line leads: papers, a decision about marketing, the open ticket."""
    year.explains(one, "外包协议", "外包协议")
    year.explains(one, "防骚扰", "防骚扰技术方案")
    year.decides_on_marketing(one, date(2026, 1, 3))
    year.hinders(one, "办结 1 张逾期投诉工单")
    one.press("tbody a")
    year.finishes_ticket(one)
    text = year.computes(one)
    assert "黄灯（已说明）\n\n各项指标均在限值之内或已说明" in text
    assert "王建国 决定于 2026-01-03 停止" in str(one.page.locator("main").text_content())
    one.link("坐席空置率")
    assert "已备存：外包协议" in one.text()
    one.comes_home()
    assert "四项指标均在限值之内或已说明" in one.page.locator(".verdict").inner_text()
    assert one.page.locator(".worklist .what a").all_inner_texts() == ["核对 1 条无话务的线路"], "nothing else is open"


def _sets_the_gate(one: Walker, gate: str) -> None:
    """A new line observes; a person lets it refuse, by the cap of its own calls; a switch asks, decisions are seen."""
    one.opens("拨前闸")
    text = one.whole()
    assert re.search(r"\bL1\b[^\t]*\t30\t1\t\t启用拦截", text)
    text = year_gate.enforces(one, "L1")
    assert re.search(r"通道\tL1\b[^\t]*\t1\t自然日\t外呼次数\t\t", text)
    assert "王建国" in text
    # Unknown lines are refused as soon as one line is: the snapshot of the change is in force.
    assert year_gate.asks_until(gate, "L9", "deny no-channel") == "deny no-channel"
    assert year_gate.asks(gate, "L2", year_gate.FOREIGN) == "allow", "it only observes"
    assert year_gate.asks(gate, "L1", year_gate.FOREIGN) == "deny number-unknown"
    assert [year_gate.asks(gate, "L1") for _ in range(2)] == ["allow", "deny cap"]
    assert "1/1" in year_gate.decisions(one, "已达频次上限")
    assert "外显号码未备案（仅记录）" in year_gate.decisions(one, "L2")


def _goes_through_january(one: Walker) -> None:
    """D5 and T8: the year is over, two bases stand side by side, one is chosen; T5 and T6: the province's export."""
    assert "重新计算指标\n\n数字止于2026年10月12日，其后 80 天未计入" in one.text()
    one.opens("画像")
    assert [text.count("尚未计算，请计算合规画像") for text in _bases(one)] == [1, 1]
    assert not year.state_of(one, "计算该数据年度的合规画像").startswith("已完成")
    year.imports(one, "calls", year_data.calls(date(2026, 10, 12), date(2027, 1, 10)))
    for kind, sheet in (("social-insurance", year_data.paid), ("wages", year_data.wages)):
        year.imports(one, kind, sheet(["202610", "202611", "202612"]))
    year.imports(one, "seats", year_data.seats(8, year_data.OPEN, "2027-01-08"))
    year.computes(one)
    at_end, of_filing = _bases(one)
    assert "40.00 % 黄灯（已说明）" in at_end
    assert "目前已无任何措施可以改变这些数据" in at_end
    assert "25.00 % 绿灯" in of_filing
    year.chooses_basis(one, "filing", "浙江省通信管理局要求采用申报日口径")
    assert "申报日口径 填报口径" in one.text()
    assert "25.00%" in one.page.locator("main a.tile", has_text="坐席空置率").inner_text(), "it is what counts now"
    states = year.states_of(one, "计算该数据年度的合规画像", "及时停用不再使用的坐席")
    assert states == ["已完成 1/1", "已完成 –"]
    end = date(2026, 12, 31)
    assert "一致：1 · 仅我方有：0" in year.compares(one, "numbers", year_data.NUMBERS, end)
    assert "一致：2 · 仅我方有：0" in year.compares(one, "lines", year_data.LINES, end)
    short = "\n".join(year_data.seats().splitlines()[:-1]) + "\n"
    assert "一致：9 · 仅我方有：1" in year.compares(one, "seats", short, end)
    assert not year.state_of(one, "与码号资源管理系统比对").startswith("已完成")
    one.opens("一致性比对")
    one.press("main tbody a[href*='/reconcile/C']")
    year.settles(one, "S0010")
    assert year.state_of(one, "核对数据年度末已备案的码号、中继线、坐席") == "已完成 3/3"


def _bases(one: Walker) -> list[str]:
    """The figures as at the end of the year and those as at the day of filing, side by side on the portrait."""
    before, _, after = str(one.page.locator("section[aria-labelledby=bases]").inner_text()).partition("\n申报日口径")
    return [before, after]


def _hands_in(one: Walker, folder: Path) -> Path:
    """M1 to M19 and T7: what the records make, what is brought, each confirmed; sheet, package, both reports."""
    year.imports(one, "calls", year_data.calls(date(2027, 1, 11), HANDED_IN - DAY))
    year.states(one, "M12", year_data.STATEMENTS)
    with ThreadPoolExecutor(1) as beside:  # the scans are drawn while the worker generates
        papers = beside.submit(brought, list(year_data.PEOPLE))
        text = year.generates(one)
    for row in ("备案坐席\t8\t8\t是", "开通坐席\t6\t6\t是", "已送达外呼\t365\t365\t是", "工单\t4\t4\t是"):
        assert row in text, row
    assert "核对并确认" in text
    assert "再上传扫描件" not in text, "what was made here is sealed once, with the book"
    year.brings(one, papers.result())
    year.confirms(one)
    assert "13 项就绪" in one.text()
    _fills_in(one, folder)
    path = _seals(one, folder)
    text = year.submits(one, HANDED_IN)
    assert "浙江省通信管理局窗口" in text
    licence, numbers = year.states_of(one, "提交许可年报", "提交码号年报")
    assert licence == "已完成 1/1"
    assert not numbers.startswith("已完成")
    year.files(one, HANDED_IN)
    states = year.states_of(one, "提交码号年报", "生成材料包", "备齐材料包各项")
    assert states == ["已完成 1/1", "已完成 1/1", "已完成 13/13"]
    return path


def _fills_in(one: Walker, folder: Path) -> None:
    """All fields of the platform's form: what the records know, what a person adds, each checked, kept and printed."""
    text = year_papers.makes_sheet(one)
    assert [row for row in ("坐席数（备案）\t8", "年呼出量\t365") if row not in text] == []
    assert "待填写" in text
    assert "尚待填写\n0" in year_papers.types(one, year_data.ENTRIES), "every field has its value"
    assert not one.page.locator("table.lined .badge.warn").count(), "nothing differs from the records"
    printed = year_papers.reads(one.took("form[action$='/take/pdf/'] button", folder / "sheet.pdf"))
    assert [value for value in year_data.ENTRIES.values() if re.sub(r"\s", "", value) not in printed] == []
    assert [sign for sign in ("\u200b", "＿＿", "未知") if sign in printed] == []


def _seals(one: Walker, folder: Path) -> Path:
    """M14 to M16, M19: the book is built, printed, sealed once, scanned and split; the upload edition is that scan."""
    book = year_papers.takes_package(one, folder / "book.zip")
    assert "没有差别" in year.verifies(one, book)
    year_papers.comes_back_sealed(one, book, folder)
    path = year_papers.finishes_package(one, folder / "package.zip")
    assert "盖章材料包的扫描件" in one.text()
    with zipfile.ZipFile(path) as pack, zipfile.ZipFile(folder / "book.zip") as before:
        paper, listed = "paper/材料包.pdf", json.loads(pack.read("manifest.json"))
        assert pack.read(paper) == before.read(paper), "what was sealed is not printed again"
    assert [item["item"] for item in listed["items"] if "sealed_sha256" not in item] == []
    return path


def _gets_ready(one: Walker, administrator: Walker) -> None:
    """S1 to S10: people, test calls, answers that the data bear out or refuse, a drill, the screens."""
    assert "三方一致：36 · 缺社保：0 · 缺工资：0" in year.compares_people(one), "three people in twelve months"
    text = year.looks(one, "答复卡")
    assert "外呼显示哪些号码？ 可以说" in text
    assert "投诉多久响应、多久办结？ 不能说" in text
    assert "首次响应超过2小时时限的1件" in text
    assert "“一键投诉”入口0个" in text
    year.signs_in(administrator, "李明")
    assert "逾期 6 天\n投诉演练\n\n2026 数据年度的任务\n\n无人认领" in _tasks(administrator), "overdue and nobody's"
    _calls_back(one, administrator)
    year.opens_a_door(administrator)
    text = year.drills(one)
    assert "演练\n已通过" in text
    assert "public:" not in text
    assert year.state_of(one, "投诉演练").startswith("已完成")
    assert "没有开通“一键投诉”入口" not in year.looks(one, "答复卡")
    one.opens("现场检")
    one.link("大屏")
    assert "未接入数据源" in one.text()
    assert "已读 1 行" in year_gate.sets_source(one)
    logs = year.looks(one, "系统：日志保存六个月", "去处理")
    assert "2026-01-01" in logs, "call records reach back to the first that was imported"
    one.opens("现场检")
    one.link("检查日")
    text = one.text()
    assert f"通知书通常不晚于\n{HANDED_IN + 14 * DAY}" in text
    assert f"年报提交日期\n{HANDED_IN}" in text


def _calls_back(one: Walker, administrator: Walker) -> None:
    """S3 and S4: real SIP calls to a far end by each carrier, one by hand; each number lands where the ledger says."""
    one.opens("回拨测试")
    assert "未证明" in one.text()
    with Answerer(pick_up) as far:
        year_gate.sets_ways(administrator, far.port)
        text = year_gate.calls_back(one)
        calls = {one.one("call-id") for one in far.all("INVITE")}  # one that is answered late is sent again
        assert len(calls) == len(year_gate.CARRIERS)
    assert text.count("按时接通，落在指定落地网关") == 1 + len(year_gate.CARRIERS), "the number's newest, and each call"
    one.press("main a[href*='/callback/B']")
    assert "信令时序图" in one.text()
    text = year_gate.dials(one)
    assert "已通过" in text
    assert "听到问候语的测试人" in text


def _tasks(one: Walker) -> str:
    """What is to be done, as the page of the day lists it."""
    return str(one.page.locator("section[aria-labelledby=work]").inner_text())


def _rectifies(one: Walker, other: Walker, clock: MovedClock, gate: str, folder: Path) -> None:
    """R1 to R9: notice, location, isolation by two people, figures, report, submission, closing in time."""
    assert "读入 1 行，新增 1" in year.imports(one, "complaints", year_data.forwarded(NOTICE - 10 * DAY))
    text = year.opens_case(one, NOTICE - DAY)
    assert "截止 2027-04-28" in text, "ten working days after the day of receipt"
    assert "12321 + 12300 投诉 1 件" in year.locates(one, date(2026, 1, 1), date(2026, 12, 31))
    assert "经比较，没有通道的投诉" in one.text()
    year.isolates(one, other, "L2")
    assert year_gate.asks_until(gate, "L2", "deny not-on-white-list") == "deny not-on-white-list"
    year.passes(clock, MENDED, one.page.context.browser)
    year.signs_in(one, "王建国")
    year.imports(one, "calls", year_data.calls(HANDED_IN, NOTICE))
    year.imports(one, "calls", year_data.calls(NOTICE + DAY, MENDED - DAY, busy=("L2,T2", 5)))
    year.proves(one, MENDED)
    assert "已就绪：可提交整改报告和技术测评报告" in one.text()
    text = one.whole()
    assert "投诉量\t1\t0" in text, "a rate without a complaint, before or since, would prove nothing"
    assert "该通道外呼次数\t0\t50" in text
    assert not year.state_of(one, "办结整改单").startswith("已完成")
    assert "2027-05-17" in year.hands_report_in(one), "fifteen working days after the submission"
    text = year.closes_case(one)
    assert "整改单：历史投诉率偏高" in text
    assert "已办结" in one.page.locator("h1").inner_text()
    assert year.state_of(one, "办结整改单").startswith("已完成")
    assert year_data.LICENCE in year.watches(one, MENDED)
    with zipfile.ZipFile(year.takes_procedure(one, folder / "procedure.zip")) as pack:
        assert {name.rpartition(".")[2] for name in pack.namelist()} >= {"docx", "pdf"}


def _archives(one: Walker, package: Path, folder: Path) -> None:
    """The season is closed for good and holds what was handed in."""
    one.opens("年检季")
    assert "13/13 项任务完成" in one.text()
    text, archive = year.archives(one, folder)
    assert archive.read_bytes() == package.read_bytes()
    assert hashlib.sha256(archive.read_bytes()).hexdigest() in text
    with zipfile.ZipFile(package) as pack:
        manifest = json.loads(pack.read(next(name for name in pack.namelist() if name.endswith("manifest.json"))))
    assert manifest["sha256"] in text
    one.opens("年检季")
    assert "本季已归档" in one.text()
    assert year.is_refused(one)
