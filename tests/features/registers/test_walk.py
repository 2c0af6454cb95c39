"""The registers in a real browser: a row is found, changed and ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.site import PROGRAM, Site, environment, follow, serving, told

pytestmark = pytest.mark.long

SHEETS = {
    "teams": "团队编号,名称,类型\nT01,外包一队,外包\n",
    "numbers": "码号,批准总位长,备案状态,呼出权限,指定落地网关,联系人\n95013,8,已备案,是,G1,张三丰\n",
    "lines": "线路编号,名称,团队,落地网关\nL01,一号中继,T01,G1\nL02,二号中继,T01,G1\nL03,三号中继,T01,G2\n",
    "seats": "坐席编号,类型,姓名,证件号,团队,默认外显号\nS0001,人工,张三丰,11010519491231002X,T01,95013001\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    told(environment(folder), *PROGRAM, "enterprise", "add", "demo", "--name", "示范呼叫中心", "--province", "北京")
    for kind, text in SHEETS.items():
        path = folder / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        told(environment(folder), *PROGRAM, "registers", "import", kind, str(path), "--enterprise", "demo")
    with serving(folder) as started:
        yield started


@pytest.fixture(scope="module")
def session(site: Site) -> str:
    return site.session("olga", "data_officer", "demo")


def test_a_data_officer_finds_changes_reveals_and_ends(site: Site, session: str, browser: Any) -> None:
    wanted = {"locale": "zh-CN", "viewport": {"width": 1440, "height": 900}}
    context = site.context(browser, session, **wanted)
    page = context.new_page()
    page.goto(f"{site.address}e/demo/registers/")
    follow(page.locator(".content td a[href*='/registers/seats/']").first)
    page.locator("#id_q").fill("S0001")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    follow(page.get_by_role("link", name="S0001"))
    page.locator("dl.pairs", has_text="张**").wait_for()
    assert page.locator("ul.down a", has_text="T01").count() == 1
    follow(page.get_by_role("button", name="查看全号"))
    page.locator("dl.pairs", has_text="张三丰").wait_for()
    page.goto(f"{site.address}e/demo/registers/seats/S0001/edit/")
    page.locator("#id_workplace").fill("杭州市示例路1号")
    page.locator("#id_reason_given").fill("搬迁")
    follow(page.get_by_role("button", name="保存新版本"))
    page.locator("#messages", has_text="新版本已保存").wait_for()
    assert "搬迁" in page.inner_text("main")
    scan = {"name": "desk-S0001.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n picture"}
    page.locator("#id_file").set_input_files(scan)
    assert page.evaluate("document.getElementById('id_file').files.length") == 1
    follow(page.get_by_role("button", name="添加"))
    page.wait_for_url("**#papers")
    assert page.inner_text("#messages").strip() == "文件已加密保存。"
    assert page.get_by_role("cell", name="desk-S0001.png", exact=True).count() == 1
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 desk-S0001.png").click()
    assert download.value.suggested_filename == "desk-S0001.png"
    page.goto(f"{site.address}e/demo/registers/lines/")
    for line in ("L02", "L03"):
        page.get_by_label(f"选择 {line}").check()
    follow(page.get_by_role("button", name="终止所选记录"))
    page.locator("#id_reason").fill("合同到期")
    follow(page.get_by_role("button", name="确认终止"))
    page.locator("#messages", has_text="已终止 2 条记录").wait_for()
    assert page.locator("tbody tr").count() == 1
    context.close()
