"""The checklist in the API: what the pages do, with keys, pages of rows and scopes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.support.asking import DEMO, Ask, post, upload
from tests.support.import_pages import work
from tests.support.paper_scans import a4

from nianjian.platform.audit.query import acts
from nianjian.platform.jobs.models import Job

pytestmark = pytest.mark.django_db
SEASON = f"{DEMO}/dossier/2025"
LEDGER = f"{SEASON}/items/number_ledger"


@pytest.fixture
def lead(api: Ask) -> Client:
    made: Client = api("compliance_lead")
    return made


def added(client: Client, number: int = 0, item: str = LEDGER) -> dict[str, Any]:
    """Send a file, let the worker check it, and give the job as it is then."""
    answer = upload(client, f"{item}/versions", a4(number), name=f"台账{number}.pdf")
    assert answer.status_code == 202, answer.content.decode()
    work()
    told: dict[str, Any] = client.get(f"{DEMO}/jobs/{answer.json()['id']}").json()
    return told


def test_a_file_becomes_a_version_with_its_findings_as_sentences(lead: Client) -> None:
    job = added(lead)
    assert job["state"] == "done"
    assert job["result"] == {
        "year": 2025, "item": "number_ledger", "version": 1, "verdict": "not_ready",
        "findings": job["result"]["findings"],
    }  # fmt: skip
    (told,) = lead.get(f"{LEDGER}/versions").json()["items"]
    assert (told["version"], told["name"], told["media_type"]) == (1, "台账0.pdf", "application/pdf")
    blank = next(one for one in told["findings"] if one["code"] == "scan_blank")
    assert (blank["weight"], blank["page"]) == ("stop", 1)
    assert "blank" in blank["detail"]
    listed = lead.get(SEASON).json()
    assert (listed["missing"], listed["complete"]) == (12, False)
    assert next(one for one in listed["items"] if one["item"] == "number_ledger")["state"] == "not_ready"


def test_a_key_sends_a_file_once(lead: Client) -> None:
    keyed = {"idempotency-key": "once"}
    asked = [
        lead.post(f"{LEDGER}/versions?name=a.pdf", a4(), content_type="application/octet-stream", headers=keyed)
        for _again in range(2)
    ]
    assert asked[0].json() == asked[1].json()
    assert Job.objects.count() == 1


def test_versions_come_in_pages_the_newest_first(lead: Client) -> None:
    for number in range(3):
        added(lead, number)
    first = lead.get(f"{LEDGER}/versions?limit=2").json()
    assert [one["version"] for one in first["items"]] == [3, 2]
    assert [one["version"] for one in lead.get(first["next"]).json()["items"]] == [1]


def test_what_the_check_stopped_is_not_confirmed_and_may_be_sent_back(lead: Client) -> None:
    added(lead)
    refused = post(lead, f"{LEDGER}/versions/1/confirmation", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "dossier_not_ready")
    assert "ledger" in refused.json()["detail"], "the item by its name"
    back = post(lead, f"{LEDGER}/versions/1/return", {"reason": "空白"})
    assert back.json()["returned_reason"] == "空白"
    assert post(lead, f"{LEDGER}/versions/1/return", {"reason": "空白"}).status_code == 409
    assert post(lead, f"{LEDGER}/versions/9/return", {"reason": "空白"}).status_code == 404


def test_owner_comments_and_what_does_not_apply(lead: Client) -> None:
    told = post(lead, f"{LEDGER}/owner", {"owner": "王五", "due": "2026-02-20"}).json()
    assert (told["owner"], told["due"], told["board"], told["form"]) == (
        "王五",
        "2026-02-20",
        "special",
        "original_scan",
    )
    assert post(lead, f"{LEDGER}/comments", {"text": ""}).status_code == 422
    assert post(lead, f"{LEDGER}/comments", {"text": "下周补"}).status_code == 201
    (said,) = lead.get(f"{LEDGER}/comments").json()["items"]
    assert said["text"] == "下周补"
    refused = post(lead, f"{LEDGER}/applicability", {"reason": "没有"})
    assert (refused.status_code, refused.json()["code"]) == (422, "dossier_item_required")
    free = post(lead, f"{SEASON}/items/algorithm_filing/applicability", {"reason": "不具有舆论属性"}).json()
    assert (free["state"], free["not_applicable"]) == ("not_applicable", "不具有舆论属性")
    assert [(one["key"], one["level"]) for one in free["rules"]] == [
        ("materials.m13", "guide"), ("law.algorithm.duty", "law"),
    ]  # fmt: skip
    assert lead.get(f"{SEASON}/items/nothing").status_code == 404
    assert post(lead, f"{SEASON}/reuse").json() == {"items": []}


def test_a_file_is_given_to_who_may_reveal_and_noted(api: Ask, lead: Client) -> None:
    added(lead)
    given = lead.post(f"{LEDGER}/versions/1/file")
    assert given.content == a4()
    assert given.headers["Content-Disposition"].startswith("attachment")
    (noted,) = acts(enterprise="demo", verb="dossier.fetched")
    assert noted.data["version"] == 1
    reader = api("auditor", name="bo")
    assert reader.get(f"{LEDGER}/versions").status_code == 200
    assert reader.post(f"{LEDGER}/versions/1/file").status_code == 403
    assert api("compliance_lead", name="cy", scopes=["read"]).post(f"{LEDGER}/versions/1/file").status_code == 403
