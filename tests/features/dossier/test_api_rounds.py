"""Rounds and the fill-in sheet in the API: what the pages do, with their codes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.support.asking import DEMO, Ask, post, upload
from tests.support.import_pages import work

from nianjian.features.dossier.editions import manifest
from nianjian.platform.accounts.query import enterprise
from nianjian.platform.audit.query import acts

pytestmark = pytest.mark.django_db
SEASON = f"{DEMO}/dossier/2025"
ROUNDS = f"{SEASON}/rounds"
RECEIPT = b"%PDF-1.4 receipt"


@pytest.fixture
def lead(api: Ask) -> Client:
    made: Client = api("compliance_lead")
    return made


def package(source: str) -> bytes:
    """The manifest of a package that holds one item."""
    item = {"item": "articles", "title": "章程", "board": "general", "start_page": 1, "pages": 1, "seals": [],
            "copy_sha256": source * 64, "source_sha256": source * 64}  # fmt: skip
    told = {"format": manifest.FORMAT, "version": manifest.VERSION, "enterprise": enterprise("demo").name,
            "season": 2025, "draft": False, "items": [item], "files": []}  # fmt: skip
    return json.dumps(manifest.add_hashes(told)).encode()


def handed_in(client: Client, source: str, day: str) -> dict[str, Any]:
    """Note a package; the answer."""
    answer = upload(client, ROUNDS, package(source), name="manifest.json", place="系统", on=day)
    assert answer.status_code == 201, answer.content.decode()
    told: dict[str, Any] = answer.json()
    return told


def test_a_round_is_noted_answered_and_compared(lead: Client) -> None:
    told = handed_in(lead, "a", "2026-01-20")
    assert (told["number"], told["state"], told["built_here"]) == (1, "submitted", False)
    given = {"received": "2026-01-21", "due": "2026-01-30", "requests": [{"item": "articles", "text": "缺页"}]}
    back = post(lead, f"{ROUNDS}/1/returns", given)
    assert (back.status_code, back.json()["state"], back.json()["due"]) == (201, "returned", "2026-01-30")
    assert back.json()["printed"] is True
    one = lead.get(f"{ROUNDS}/1").json()
    (request,) = one["notices"][0]["requests"]
    assert (request["item"], request["text"], request["state"]) == ("articles", "缺页", "open")
    answered = post(lead, f"{ROUNDS}/1/requests/{request['id']}/answers", {"note": "已说明"})
    assert (answered.status_code, answered.json()["state"]) == (201, "answered")
    handed_in(lead, "b", "2026-01-30")
    assert [one["state"] for one in lead.get(ROUNDS).json()["items"]] == ["submitted", "resubmitted"]
    refused = post(lead, f"{ROUNDS}/1/passed", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "dossier_round_refused")
    assert post(lead, f"{ROUNDS}/2/passed", {}).json()["state"] == "passed"
    differs = lead.get(f"{SEASON}/differences?before=1&after=2").json()
    assert (differs["same"], [one["kind"] for one in differs["items"]]) == (False, ["untold"])
    assert lead.get(f"{ROUNDS}/3").status_code == 404


def test_evidence_goes_in_sealed_and_out_with_an_entry(lead: Client) -> None:
    handed_in(lead, "a", "2026-01-20")
    kept = upload(lead, f"{ROUNDS}/1/papers", RECEIPT, name="回执.pdf", kind="receipt")
    assert kept.status_code == 201, kept.content.decode()
    got = lead.post(f"{ROUNDS}/1/papers/{kept.json()['id']}/file")
    assert (got.status_code, got.content) == (200, RECEIPT)
    assert len(list(acts(enterprise="demo", verb="dossier.round_fetched"))) == 1
    assert upload(lead, f"{ROUNDS}/1/papers", b"MZ", name="回执.exe", kind="receipt").status_code == 422


def test_a_sheet_is_made_by_the_worker_shown_masked_and_taken_out(lead: Client) -> None:
    sheet = f"{SEASON}/fill-in/licence"
    assert lead.get(sheet).status_code == 404
    assert post(lead, sheet, {}).status_code == 202
    work()
    told = lead.get(sheet).json()
    assert (told["report"], told["full"], told["run"]) == ("licence", False, "")
    assert told["unknown"] == len(told["fields"]), "an empty installation knows nothing, and says so"
    assert lead.post(f"{sheet}/reveal").json()["full"] is True
    file = lead.post(f"{sheet}/exports/xlsx")
    assert (file.status_code, file.content[:2]) == (200, b"PK")
    assert lead.get(f"{SEASON}/fill-in/other").status_code == 422
