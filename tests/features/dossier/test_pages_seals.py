"""Seals and signatures on their page and in the API: two people, nothing given out, what the law says."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.features.dossier.conftest import keep_paper
from tests.features.dossier.sealing.conftest import photo
from tests.support import certificates
from tests.support.packages import seal_png
from tests.support.paper_scans import a4
from tests.support.people import signed_in

from nianjian.features.dossier.models import Impression, SealPicture

pytestmark = pytest.mark.django_db
SEALS = "/e/demo/dossier/2025/seals/"


def _sent(client: Client, address: str, **given: Any) -> str:
    answer = client.post(f"{SEALS}{address}", given, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def _picture(client: Client) -> str:
    file = SimpleUploadedFile("印.jpg", photo(seal_png()))
    return _sent(client, "files/picture/", kind="official_seal", width_mm="40", file=file)


def test_the_page_says_what_a_picture_is_not_and_gives_none_out(lead: Client) -> None:
    keep_paper("articles", pages=2)
    page = _picture(lead)
    assert "印章图片不是法律意义上的电子印章" in page
    assert "国办发〔2025〕33号" in page
    assert SealPicture.objects.get().sha256[:12] in page
    assert "data:image" not in page
    assert page.count("<img") == 1  # the program's own sign
    assert "已有" in _picture(lead)  # one of a kind at a time


def test_a_second_person_reads_what_is_asked_and_decides(lead: Client) -> None:
    keep_paper("articles", pages=2)
    _picture(lead)
    given = {"item": "articles", "kind": "official_seal", "mark": "", "page": "2", "x_mm": "", "y_mm": ""}
    page = _sent(lead, "act/use/", **given, reason="样稿")
    row = Impression.objects.get()
    assert row.approval in page
    second = signed_in("bo", "compliance_lead", "demo")
    asked = second.get(f"/e/demo/approvals/{row.approval}/").content.decode()
    for word in ("公章", "公司章程", row.document_sha256, "158.00 × 58.00 mm", "样稿"):
        assert word in asked
    lead.post(f"/e/demo/approvals/{row.approval}/", {"decision": "yes"})
    row.refresh_from_db()
    assert row.approved_at is None
    second.post(f"/e/demo/approvals/{row.approval}/", {"decision": "yes"})
    row.refresh_from_db()
    assert (row.approved_by, row.page) == ("user:bo", 2)
    assert "已停用并删除" in _sent(lead, "act/withdraw/", kind="official_seal")


def test_a_signed_paper_is_shown_with_its_signature_and_comes_out_as_it_came(lead: Client) -> None:
    body = certificates.signed(a4(7))
    page = _sent(lead, "files/paper/", item="articles", file=SimpleUploadedFile("章程.pdf", body))
    assert "完好，信任未知" in page
    refused = _sent(lead, "files/paper/", item="articles", file=SimpleUploadedFile("白.pdf", a4(8)))
    assert "没有电子签名" in refused
    number = page.split("/seals/papers/")[1].split("/")[0]
    one = lead.get(f"{SEALS}papers/{number}/").content.decode()
    assert "示例科技有限公司" in one
    assert "示例根证书" in one
    assert lead.post(f"{SEALS}papers/{number}/file/").content == body
    reader = signed_in("rita", "auditor", "demo")
    assert reader.get(f"{SEALS}papers/{number}/").status_code == 200
    assert reader.post(f"{SEALS}papers/{number}/file/").status_code == 403
    assert lead.get(f"{SEALS}papers/99999/").status_code == 404
