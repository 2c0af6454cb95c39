"""The acts of a manager's year that need a counterpart: a switch that asks the gate or writes records, a gateway."""

import time
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlencode, urlsplit

from tests.doors.web.walks import year_data
from tests.doors.web.walks.year import Walker
from tests.support.site import PATIENCE

CALLEE: Final = "13900139000"
FOREIGN: Final = "95999001"  # a number that the enterprise does not have
CARRIERS: Final = ("中国移动", "中国联通", "中国电信")


def asks(gate: str, line: str, display: str = year_data.OWN) -> str:
    """What a switch asks before it dials a new call; the gate's word."""
    query = {"display": display, "callee": CALLEE, "channel": line, "call_id": str(time.monotonic_ns())}
    link = HTTPConnection(urlsplit(gate).netloc, timeout=PATIENCE)
    try:
        link.request("GET", f"/gate?{urlencode(query)}")
        return link.getresponse().read().decode().strip()
    finally:
        link.close()


def asks_until(gate: str, line: str, word: str) -> str:
    """Ask until this is the word: the gate learns of a change within seconds."""
    until = time.monotonic() + PATIENCE
    while (answer := asks(gate, line)) != word and time.monotonic() < until:
        time.sleep(0.2)
    return answer


def enforces(one: Walker, line: str) -> str:
    """Switch enforcing on for a new line, with the cap that its own calls propose; what the gate's page says then."""
    one.opens("拨前闸")
    one.whole()
    one.press(one.page.locator("tr", has_text=line).get_by_role("link", name="启用拦截"))
    form = one.page.locator("form", has=one.page.locator("input[name=act][value=cap]"))
    form.locator("[name=reason]").fill("话单显示每日拨打次数稳定")
    one.press(form.locator("button"))
    return one.whole()


def decisions(one: Walker, words: str) -> str:
    """The row of the day's decisions with these words; they are written within a second."""
    one.opens("拨前闸")
    one.link("决策")
    row = one.page.locator("tbody tr", has_text=words)
    until = time.monotonic() + PATIENCE
    while not row.count():
        assert time.monotonic() < until, one.text()
        one.page.wait_for_timeout(200)
        one.page.reload()
    return str(row.first.inner_text())


def sets_ways(one: Walker, port: int) -> None:
    """A route for each carrier and the address of the ledger's gateway; somebody answers at the port."""
    one.opens("回拨测试")
    one.link("线路与网关")
    for carrier in CARRIERS:
        for name, text in (("name", carrier), ("via", f"sip:127.0.0.1:{port}"), ("caller", "13800000001")):
            one.page.locator(f"#way_{name}").fill(text)
        one.page.locator("#way_carrier").fill(carrier)
        one.page.locator("#way_witness").select_option("address")
        one.press("button[value=way]")
    one.page.locator("#gateway_name").fill("G1")
    one.page.locator("#gateway_hosts").fill("127.0.0.1")
    one.press("button[value=gateway]")


def calls_back(one: Walker) -> str:
    """Every filed number over every route; what the page of the calls says."""
    one.opens("回拨测试")
    one.button("立即回拨")
    one.worked()
    one.opens("回拨测试")
    return one.text()


def dials(one: Walker) -> str:
    """A call by hand, answered at once; what its page says."""
    one.opens("回拨测试")
    one.unfolds("form[action$='/callback/begin/']")
    one.page.locator("#hand_number").fill("95013")
    one.page.locator("#hand_carrier").fill("中国移动")
    one.button("我现在拨号")
    one.page.locator("#id_outcome").select_option("answered")
    one.page.locator("#id_note").fill("“示例呼叫科技欢迎您”")
    one.button("停止计时")
    return one.text()


def sets_source(one: Walker) -> str:
    """A switch's file as the source of the screens, tried and kept; what the trial says."""
    one.opens("现场检")
    one.link("大屏")
    one.link("设置数据源")
    for name, text in (("name", "pbx"), ("place", "Master.csv")):
        one.page.locator(f"[name={name}]").fill(text)
    one.page.locator("[name=kind]").select_option("asterisk")
    one.press("button[value=try]")
    text = one.text()
    one.press("button[value=keep]")
    return text
