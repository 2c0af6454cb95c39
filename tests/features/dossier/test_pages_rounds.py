"""Rounds and the fill-in sheet on their pages: noted by a form, refused with a reason, shown masked, copied."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.support.import_pages import work

from nianjian.features.dossier.editions import manifest
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.registers import storage as rows

pytestmark = pytest.mark.django_db
SEASON = "/e/demo/dossier/2025/"
ROUNDS = f"{SEASON}rounds/"
SHEET = f"{SEASON}fill-in/licence/"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def sent(client: Client, address: str, given: dict[str, Any]) -> str:
    answer = client.post(address, given, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def package(source: str, **more: object) -> SimpleUploadedFile:
    item = {"item": "articles", "title": "章程", "board": "general", "start_page": 1, "pages": 1, "seals": [],
            "copy_sha256": source * 64, "source_sha256": source * 64}  # fmt: skip
    told = {"format": manifest.FORMAT, "version": manifest.VERSION, "enterprise": "示范", "season": 2025,
            "draft": False, "items": [item], "files": [], **more}  # fmt: skip
    return SimpleUploadedFile("manifest.json", json.dumps(manifest.add_hashes(told)).encode())


def test_a_round_on_its_pages(lead: Client) -> None:
    assert "尚未递交" in text(lead, ROUNDS)
    given = {"manifest": package("a"), "on": "2026-01-20", "place": "政务大厅", "reference": "受理1号"}
    page = sent(lead, f"{ROUNDS}submit/", given)
    assert "受理1号" in page
    assert "审计链中没有它的编制记录" in page, "it was not built here, and that is said"
    notice = {"received": "2026-01-26", "item1": "articles", "text1": "<b>缺页</b>", "text2": "重新装订"}
    page = sent(lead, f"{ROUNDS}1/act/return/", notice)
    assert "&lt;b&gt;缺页&lt;/b&gt;" in page
    assert "2026-02-09" in page, "ten working days after 2026-01-26"
    assert "已逾期" in page
    request = page.partition('name="request" value="')[2].partition('"')[0]
    page = sent(lead, f"{ROUNDS}1/act/answer/", {"request": request, "note": "已补"})
    assert "已补" in page
    page = sent(lead, f"{ROUNDS}submit/", {**given, "manifest": package("b"), "on": "2026-02-10"})
    assert "递交时缺少答复" in text(lead, f"{ROUNDS}1/"), "one request had no answer"
    assert "文件不同" in text(lead, f"{ROUNDS}differences/?before=1&after=2")
    assert lead.get(f"{ROUNDS}differences/?before=1&after=9").status_code == 404
    assert lead.get(f"{ROUNDS}differences/").status_code == 404
    assert lead.get(f"{ROUNDS}9/").status_code == 404
    assert "通过" in sent(lead, f"{ROUNDS}2/act/accept/", {"on": "2026-02-10"})
    receipt = SimpleUploadedFile("回执.pdf", b"%PDF-1.4 receipt")
    page = sent(lead, f"{ROUNDS}1/act/paper/", {"kind": "receipt", "file": receipt})
    answer = lead.post(f"{ROUNDS}1/papers/" + page.rpartition(f'action="{ROUNDS}1/papers/')[2].partition('"')[0])
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.4 receipt")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_form_with_a_fault_says_which(lead: Client) -> None:
    page = sent(lead, f"{ROUNDS}submit/", {"on": "2026-01-20", "place": "政务大厅"})
    assert "材料包的清单文件" in page
    refused = lead.post(f"{ROUNDS}submit/", {"manifest": package("a", draft=True), "on": "2026-01-20", "place": "大厅"})
    assert refused.status_code == 400
    assert "草稿" in refused.content.decode()
    assert "尚未递交" in text(lead, ROUNDS)


def test_a_sheet_is_made_masked_and_revealed_with_an_entry(lead: Client) -> None:
    texts = {"number": "京B2-20250001", "holder": "示范", "representative": "王小五"}
    rows.create_row(
        kind="licences", texts=texts, since=None, reason="", actor=Actor("tester"), enterprise="demo"
    )  # fmt: skip
    assert "还没有填报单" in text(lead, SHEET)
    assert lead.post(f"{SHEET}make/").status_code == 302
    work()
    page = text(lead, SHEET)
    assert 'data-copy="示范"' in page
    assert "王小五" not in page
    assert "王**" in page
    assert "此处不掌握" in page
    assert "王小五" in sent(lead, f"{SHEET}reveal/", {})
    file = lead.post(f"{SHEET}take/pdf/")
    assert (file.status_code, file.content[:5]) == (200, b"%PDF-")
    verbs = [one.verb for one in acts(enterprise="demo") if one.verb.startswith("dossier.fill_in")]
    assert verbs == ["dossier.fill_in_taken", "dossier.fill_in_revealed", "dossier.fill_in"]
    assert lead.get(f"{SEASON}fill-in/other/").status_code == 404
