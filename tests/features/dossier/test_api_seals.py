"""Pictures of seals, their uses and signed papers in the API: as the pages, and no operation gives a picture out."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from django.test import Client
from tests.features.dossier.sealing.conftest import photo
from tests.support import certificates
from tests.support.asking import DEMO, Ask, post, upload
from tests.support.packages import seal_png
from tests.support.paper_scans import a4

from nianjian.doors.api.application import API
from nianjian.features.dossier import materials
from nianjian.features.dossier.finding import Verdict
from nianjian.features.dossier.materials import File, Place
from nianjian.features.dossier.operations import checklist
from nianjian.platform.accounts.query import Actor

pytestmark = pytest.mark.django_db
SEALS = f"{DEMO}/seals"
SEASON = f"{DEMO}/dossier/2025"


@pytest.fixture
def lead(api: Ask) -> Client:
    made: Client = api("compliance_lead")
    return made


def _paper() -> None:
    file = File("章程.pdf", "application/pdf", b"%PDF-1", 2, Verdict.NEEDS_PERSON, {"fields": {}})
    place = Place("demo", 2025, "articles")
    made = materials.store_version(place=place, file=file, actor=Actor("anna"))
    checklist.confirm(**asdict(place), number=made.number, actor=Actor("anna"))


def test_a_use_is_asked_for_and_waits(lead: Client) -> None:
    _paper()
    made = upload(lead, SEALS, photo(seal_png()), name="印.jpg", kind="official_seal", width_mm="40")
    assert made.status_code == 201, made.content.decode()
    assert (made.json()["kind"], made.json()["width_mm"]) == ("official_seal", 40.0)
    listed = lead.get(SEALS).json()
    assert "电子印章管理办法" in listed["law"]
    assert [one["kind"] for one in listed["seals"]] == ["official_seal"]
    asked = post(lead, f"{SEASON}/seal-uses", {"item": "articles", "kind": "official_seal", "reason": "样稿"})
    assert (asked.status_code, asked.json()["state"]) == (201, "pending")
    (use,) = lead.get(f"{SEASON}/seal-uses").json()["items"]
    assert (use["approval"], use["approved_at"], use["placed"]) == (asked.json()["approval"], None, 0)
    told = lead.get(f"{DEMO}/approvals/{use['approval']}").json()
    assert (told["kind"], told["asked"]["document"]) == ("seal_use", use["document_sha256"])
    refused = post(lead, f"{DEMO}/approvals/{use['approval']}/decision", {"decision": "yes"})
    assert refused.json()["code"] == "approval_same_person"
    gone = post(lead, f"{SEALS}/withdrawal", {"kind": "official_seal"})
    assert (gone.status_code, lead.get(SEALS).json()["seals"]) == (200, [])


def test_a_signed_paper_goes_in_and_comes_out_as_it_was(lead: Client) -> None:
    body = certificates.signed(a4(3))
    made = upload(lead, f"{SEASON}/signed-papers", body, name="章程.pdf", item="articles")
    assert made.status_code == 201, made.content.decode()
    told = made.json()
    assert (told["standing"], told["signatures"][0]["subject"]) == ("unknown", "示例科技有限公司")
    assert lead.get(f"{SEASON}/signed-papers").json()["items"] == [told]
    one = f"{SEASON}/signed-papers/{told['paper']}"
    assert lead.get(one).json() == told
    assert post(lead, f"{one}/file").content == body
    assert lead.get(f"{SEASON}/signed-papers/{told['paper'] + 1}").status_code == 404


def test_no_operation_gives_a_picture_of_a_seal_out() -> None:
    paths = API.get_openapi_schema()["paths"]
    answers = {
        path: [kind for answer in one["responses"].values() for kind in answer.get("content", {})]
        for path, operations in paths.items()
        if "/seal" in path
        for one in operations.values()
    }
    assert answers
    kinds = {kind for found in answers.values() for kind in found}
    assert not any(kind.startswith(("image/", "application/octet")) for kind in kinds)
