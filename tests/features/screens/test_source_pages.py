"""The page of the screens' sources, before a real switch: from an empty screen to a figure, and back."""

import re
from pathlib import Path

import pytest
from django.test import Client
from tests.support.people import signed_in
from tests.support.speaking import speaking
from tests.support.switch_files import asterisk_row

from nianjian.features.screens import posted
from nianjian.features.screens.models import ScreenSource
from nianjian.features.screens.operations import create_link
from nianjian.features.screens.watch import PageWatch
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise

OPERATOR = Actor("tester")
HERE = "/e/demo/inspection/screens/sources/"
GREETING = b"Asterisk Call Manager/11.0.0\r\n"
REFUSAL = b"Response: Error\r\nActionID: 1\r\nMessage: Authentication failed\r\n\r\n"
FORM = {"name": "pbx", "kind": "asterisk", "place": "Master.csv", "user": "", "secret": ""}


@pytest.fixture
def folder(db: None, home: Path, keys: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    add_enterprise(code="demo", name="demo", province="浙江", actor=OPERATOR)
    path = tmp_path / "switch"
    path.mkdir()
    monkeypatch.setenv("NIANJIAN_LIVE", "")
    monkeypatch.setenv("NIANJIAN_LIVE_FOLDERS", f"demo={path}")
    monkeypatch.setenv("NIANJIAN_LIVE_HOSTS", "demo=127.0.0.1")
    return path


@pytest.fixture
def officer(folder: Path) -> Client:
    return signed_in("officer", "data_officer", "demo")


def text(client: Client, address: str = HERE, **form: str) -> str:
    answer = client.post(address, form) if form else client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_from_an_empty_screen_to_a_figure(officer: Client, folder: Path, home: Path) -> None:
    screen = text(officer, "/e/demo/inspection/screens/office/")
    assert f'href="{HERE}"' in screen, "the empty screen leads to the form"
    assert "尚未设置数据源" in screen
    assert "尚未设置数据源" in text(officer)
    master = folder / "Master.csv"
    master.write_text(asterisk_row(1) + "no row\n")
    tried = text(officer, act="try", **FORM)
    assert "已读 2 行，其中今日已结束的通话 1 个" in tried
    assert f"有 1 行无法识别，第一处在 {master} 第 2 行" in tried
    assert not ScreenSource.objects.exists()
    assert officer.post(HERE, {"act": "keep", **FORM}).status_code == 302
    assert "未知：至今没有动静" in text(officer), "not looked at yet: neither green nor nought"
    watch = PageWatch("demo", posted.folder(home), ())
    watch.look()
    posted.write(posted.folder(home) / posted.BEATS, {"switches": watch.beats})
    assert '<span class="badge good">' in text(officer)
    screen = text(officer, "/e/demo/inspection/screens/office/")
    assert re.search(r'data-tile="calls".*?<p class="value[^>]*>1</p>', screen, re.DOTALL)
    row = ScreenSource.objects.get()
    master.unlink()
    page = text(officer, act="test", source=row.pk)
    assert f"没有 {master}；请核对路径" in page
    assert 'class="notice error"' in page
    assert officer.post(f"{HERE}{row.pk}/", {"act": "keep", **FORM, "place": "other.csv"}).status_code == 302
    assert ScreenSource.objects.get().place == "other.csv"
    assert officer.post(f"{HERE}{row.pk}/", {"act": "remove"}).status_code == 302
    assert not ScreenSource.objects.exists()


def test_a_form_that_is_refused_says_why_and_keeps_no_password(officer: Client) -> None:
    answer = officer.post(
        HERE, {"act": "keep", **FORM, "kind": "ami", "place": "10.9.9.9", "user": "u", "secret": "s7"}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "NIANJIAN_LIVE_HOSTS=demo=10.9.9.9" in page
    assert "s7" not in page
    with speaking(GREETING, REFUSAL) as port:
        form = {**FORM, "kind": "ami", "place": f"127.0.0.1:{port}", "user": "u", "secret": "s7"}
        assert "已连通，但拒绝登录或查询（“Authentication failed”）" in text(officer, act="try", **form)


def test_who_only_reads_sees_that_a_source_is_lacking_and_no_form(folder: Path) -> None:
    auditor = signed_in("auditor", "auditor", "demo")
    screen = text(auditor, "/e/demo/inspection/screens/office/")
    assert HERE not in screen
    assert "请由数据管理人员" in screen
    path = create_link(enterprise="demo", name="大厅", days=1, actor=OPERATOR).path
    kiosk = text(Client(), f"{path}office/")
    assert HERE not in kiosk
    assert "尚未设置数据源" in kiosk


def test_the_setting_s_source_is_shown_and_cannot_be_changed(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "demo:fixed=ami://u:geheim@127.0.0.1:1")
    page = text(officer)
    assert "服务器设置（只读）" in page
    assert "geheim" not in page
    assert f"{HERE}setting" not in page
    assert officer.get(f"{HERE}setting.fixed.ami/").status_code == 404
    assert "127.0.0.1:1 没有程序在监听" in text(officer, act="test", source="setting.fixed.ami")
