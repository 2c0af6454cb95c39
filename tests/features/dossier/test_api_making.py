"""The making of the package in the API: asked for as work, fetched by its job, refused where it cannot be."""

from __future__ import annotations

import io
import zipfile

import pytest
from tests.support.asking import DEMO, Ask, post
from tests.support.import_pages import work

pytestmark = pytest.mark.django_db
SEASON = f"{DEMO}/dossier/2025"
PACKAGE = f"{SEASON}/package"


def test_a_package_is_built_and_fetched_by_its_job(api: Ask) -> None:
    lead = api("compliance_lead")
    told = lead.get(PACKAGE).json()
    assert (told["package"], told["certificate"]["fault"], len(told["generated"])) == (None, "signer_unset", 6)
    asked = post(lead, PACKAGE, {"on": "2026-03-01"})
    assert (asked.status_code, asked.json()["kind"]) == (202, "dossier.build")
    work()
    job = lead.get(PACKAGE).json()["package"]
    assert (job["id"], job["result"]["draft"]) == (asked.json()["id"], True)
    assert "blob" not in job["result"]
    file = post(lead, f"{PACKAGE}/{job['id']}/file", {})
    with zipfile.ZipFile(io.BytesIO(file.getvalue())) as pack:
        assert "manifest.json" in pack.namelist()
    assert post(lead, f"{PACKAGE}/{job['id']}/signature", {}).json()["code"] == "signing_draft"
    assert post(lead, f"{PACKAGE}/J0/file", {}).status_code == 404
    assert post(api("auditor", name="rita"), PACKAGE, {}).status_code == 403
    officer = api("data_officer", name="dora")
    refused = post(officer, f"{PACKAGE}/{job['id']}/signature", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing"), (
        "the firm's own signature is a lead's"
    )


def test_only_what_the_records_make_is_generated(api: Ask) -> None:
    lead = api("compliance_lead")
    refused = post(lead, f"{SEASON}/generation", {"items": ["articles"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "dossier_item_not_generated")
    asked = post(lead, f"{SEASON}/generation", {"items": ["seat_table"]})
    assert asked.status_code == 202
    work()
    job = lead.get(f"{DEMO}/jobs/{asked.json()['id']}").json()
    assert (job["state"], job["error"]["code"]) == ("failed", "portrait_missing"), "nothing is made up"
