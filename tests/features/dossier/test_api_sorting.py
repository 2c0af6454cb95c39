"""Papers that wait, and the verification of a package, in the API."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client
from tests.support.asking import DEMO, Ask, post, upload
from tests.support.import_pages import work
from tests.support.paper_scans import a4

from nianjian.features.dossier import materials
from nianjian.platform.audit.query import acts

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SEASON = f"{DEMO}/dossier/2025"
WAITING = f"{SEASON}/arrivals"


@pytest.fixture
def lead(api: Ask) -> Client:
    made: Client = api("compliance_lead")
    return made


def test_a_file_waits_until_a_person_says_what_it_is(lead: Client) -> None:
    assert upload(lead, WAITING, a4(), name="a.pdf").status_code == 202
    assert upload(lead, WAITING, b"MZ no pdf", name="b.pdf").status_code == 202
    (one, other) = lead.get(WAITING).json()["items"]
    assert (one["read"], one["item"]) == (False, None)
    work()
    (one, other) = lead.get(WAITING).json()["items"]
    assert (one["read"], one["item"], one["sure"], one["fault"]) == (True, None, False, None)
    assert "b.pdf" in other["fault"]
    assert post(lead, f"{WAITING}/{one['id']}/item", {"item": "nothing"}).status_code == 404
    assert post(lead, f"{WAITING}/{one['id']}/item", {"item": "articles"}).status_code == 202
    work()
    assert materials.get_version("demo", 2025, "articles", 1).name == "a.pdf"
    assert lead.delete(f"{WAITING}/{other['id']}").json() == {"id": other["id"]}
    assert lead.get(WAITING).json()["items"] == []
    assert lead.delete(f"{WAITING}/{other['id']}").status_code == 404


def test_one_scan_of_several_papers_is_cut(lead: Client) -> None:
    assert upload(lead, WAITING, a4(pages=4), name="全部.pdf").status_code == 202
    (one,) = lead.get(WAITING).json()["items"]
    assert (one["pages"], one["papers"]) == (0, []), "nobody has looked yet"
    address = f"{WAITING}/{one['id']}/papers"
    papers = [{"item": "articles", "first": 2, "last": 3}, {"item": "licence", "first": 1, "last": 1}]
    refused = post(lead, address, {"papers": papers})
    assert refused.status_code == 202, "nobody has counted the pages yet: the work finds that one is left over"
    work()
    ended = lead.get(f"{DEMO}/jobs/{refused.json()['id']}").json()
    assert (ended["state"], ended["error"]["code"]) == ("failed", "dossier_cut_left")
    refused = post(lead, address, {"papers": papers})
    assert (refused.status_code, refused.json()["code"]) == (422, "dossier_cut_left"), "now it is known at once"
    assert "4" in refused.json()["detail"]
    assert lead.post(f"{WAITING}/{one['id']}/pages/4/picture").content[:2] == b"\xff\xd8"
    missing = lead.post(f"{WAITING}/{one['id']}/pages/5/picture")
    assert (missing.status_code, missing.json()["code"]) == (404, "dossier_picture_unknown")
    assert post(lead, address, {"papers": [{**papers[0], "item": "nothing"}]}).status_code == 404
    assert lead.get(WAITING).json()["items"], "what was refused waits on"
    made = post(lead, address, {"papers": papers, "leave": True})
    assert made.status_code == 202
    work()
    told = lead.get(f"{DEMO}/jobs/{made.json()['id']}").json()["result"]["papers"]
    results = [lead.get(f"{DEMO}/jobs/{one['job']}").json()["result"]["item"] for one in told]
    assert results == ["articles", "licence"]
    row = materials.get_version("demo", 2025, "articles", 1)
    assert (row.name, row.pages, row.confirmed_at) == ("全部 2-3.pdf", 2, None)
    added = next(note for note in acts(enterprise="demo", verb="dossier.added") if note.data["item"] == "articles")
    assert added.data["source"] == {"arrival": one["id"], "sha256": one["sha256"], "first": 2, "last": 3}
    (noted,) = acts(enterprise="demo", verb="dossier.cut")
    assert (noted.data["sha256"], noted.data["papers"], noted.data["left"]) == (one["sha256"], papers, "4")
    assert post(lead, address, {"papers": papers, "leave": True}).status_code == 404, "the file is gone"


def test_a_zip_without_manifest_is_no_package(lead: Client) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr("a.pdf", a4())
    answer = upload(lead, f"{SEASON}/verification", out.getvalue(), name="p.zip")
    assert answer.status_code == 202
    work()
    result = lead.get(f"{DEMO}/jobs/{answer.json()['id']}").json()["result"]
    assert (result["intact"], result["count"]) == (False, 1)
    assert result["differences"] == [{"file": "manifest.json", "page": None, "kind": "manifest"}]
    refused = upload(lead, f"{SEASON}/verification", a4(), name="a.pdf")
    assert (refused.status_code, refused.json()["code"]) == (422, "dossier_verify_what")
    gone = upload(lead, f"{SEASON}/verification", a4(), name="a.pdf", against="3", scan="true")
    assert gone.status_code == 404
