"""The audit page: entries in words, people by their plain names, readable on a telephone."""

import re

import pytest
from django.db import transaction
from django.test import Client
from tests.support.people import signed_in

from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit import query
from nianjian.platform.audit.record import record

pytestmark = pytest.mark.postgres


def _acted(name: str, kind: str, **data: object) -> None:
    with transaction.atomic():
        record(verb="portrait.run", enterprise="demo", actor=Actor(name, kind), data=data)


def _text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_an_entry_is_told_in_named_parts(site: Client) -> None:
    _acted("anna", "user", light="yellow", role="auditor", run="R1", rows={"read": 1200, "loaded": 0}, month=None)
    _acted("anna", "user", number="13800138000", files=[{"source": "tinet"}, {"source": "vos3000"}], ok=True)
    text = _text(site, "/e/demo/audit/")
    for name, value in (
        ("灯", "黄灯"),
        ("角色", "审计员"),
        ("行数", "已导入：0 · 读取行数：1,200"),
        ("文件数", "来源：tinet; 来源：vos3000"),
    ):
        assert re.search(rf"<dt>{name}</dt><dd>{re.escape(value)}</dd>", text), (name, value)
    assert "13800138000" not in text
    assert "138****8000" in text
    assert "{&quot;" not in text
    assert text.count("<details><summary>") == len(re.findall(r"<tr\b", text)) - 1, "what an entry holds is folded"


def test_an_entry_leads_with_its_object_and_shows_no_key_of_the_program(site: Client) -> None:
    with transaction.atomic():
        data = {"findings": ["generated_unsigned", "of_no_name"], "item": "monthly_traffic", "of_no_word": "x"}
        record(verb="dossier.generated", enterprise="demo", actor=Actor("root", "os"), data=data)
        parts = {"claim": "daily_lead", "parts": ["name"]}
        record(verb="claims.state", enterprise="demo", actor=Actor("anna", "user"), data=parts)
    text = _text(site, "/e/demo/audit/")
    assert "<summary>呼叫流量月报 · x</summary>" in text
    assert "<dt>核查结果</dt><dd>尚未经人确认; 另有 1 项</dd>" in text
    assert "<dt>其他</dt><dd>x</dd>" in text
    assert "本机操作员（root）" in text
    assert "<dt>操作代码</dt><dd>dossier.generated</dd>" in text, "which act it was; its name is that of its kind"
    assert "<dt>自述事项</dt><dd>日常工作负责人姓名</dd>" in text
    for key in ("generated_unsigned", "of_no_name", "of_no_word", "of no word", "findings"):
        assert key not in text, key


def test_numbers_of_people_are_masked_and_keys_of_rows_are_not(site: Client) -> None:
    keys = {"complaint": "12321-2026000123", "key": "10000001", "line": "13900139000", "drill": "D-20260301-1"}
    plain = {"rulebook": "2026-1", "day": "2026-03-01", "size": 13800138000, "notice": "20260301 0001"}
    people = {"callee": "0571-87654321", "value": 13700137000, "id_number": "330106199001011234"}
    _acted("anna", "user", **keys, **plain, **people)
    text = _text(site, "/e/demo/audit/")
    for value in (*keys.values(), *plain.values()):
        assert f"{value:,}" in text if isinstance(value, int) else value in text, value
    for value, masked in (
        ("0571-87654321", "0571****21"),
        (13700137000, "137****7000"),
        ("330106199001011234", "330**"),
    ):
        assert str(value) not in text
        assert masked in text, masked
    assert "13,700,137,000" not in text


def test_a_plain_name_finds_whoever_acted(site: Client) -> None:
    for name, kind in (("anna", "user"), ("berta", "user"), ("berta", "os")):
        _acted(name, kind, run=f"{kind}-{name}")
    assert "user-anna" in (html := _text(site, "/e/demo/audit/?actor=anna"))
    assert "berta</td>" not in html
    both, one = (_text(site, f"/e/demo/audit/?actor={who}") for who in ("berta", "os:berta"))
    assert "user-berta" in both
    assert "os-berta" in both
    assert "user-berta" not in one
    assert {"user:anna", "os:berta", "user:berta"} <= set(query.actors("demo"))
    offered = re.findall(r'<option value="([^"]+)">', _text(site, "/e/demo/audit/"))
    assert {"user:anna", "os:berta", "user:berta"} <= set(offered)
    assert "user:anna" not in query.actors("other")


def test_rows_stand_by_themselves_where_the_screen_is_narrow(site: Client) -> None:
    for address in ("/e/demo/audit/", "/e/demo/rules/?topic=portrait"):
        text = _text(signed_in("zoe", language="zh-CN"), address)
        assert " brief" in text
        assert 'data-brief="' in text
