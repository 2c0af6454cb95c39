"""Pages of a paper: outlines for who reads, pictures for who may see the file, each look in the chain."""

from __future__ import annotations

import base64
import re

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.features.dossier.conftest import keep_paper
from tests.support.import_pages import work
from tests.support.paper_scans import a4
from tests.support.people import signed_in

from nianjian.features.dossier.ingest.receive import SmallPicture
from nianjian.features.dossier.models import PagePicture
from nianjian.features.maintenance import retention
from nianjian.platform.audit.query import acts
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.django_db
ITEM = "/e/demo/dossier/2025/number_ledger/"
PAGES = f"{ITEM}files/1/pages/"


def kept(pages: int = 1, **report: object) -> None:
    """A version of which nobody has drawn the pages yet."""
    keep_paper("number_ledger", a4(), pages=pages, report={"fields": {}, **report}, confirmed=False)


def test_a_checked_file_has_pictures_that_only_who_may_reveal_sees(lead: Client) -> None:
    lead.post(f"{ITEM}files/", {"files": [SimpleUploadedFile("a.pdf", a4())]})
    work()
    assert f'href="{PAGES}"' in lead.get(ITEM).content.decode()
    outline = lead.get(PAGES).content.decode()
    assert "data:image/jpeg" not in outline
    assert 'class="mark bad"' in outline, "the blank page is marked on its outline"
    assert not list(acts(enterprise="demo", verb="dossier.looked_at"))
    page = lead.post(f"{PAGES}show/").content.decode()
    (content,) = re.findall(r'href="data:image/jpeg;base64,([^"]+)"', page)
    drawn = cv2.imdecode(np.frombuffer(base64.b64decode(content), np.uint8), cv2.IMREAD_COLOR)
    assert drawn is not None
    assert drawn.shape[:2] == (1076, 760)
    (noted,) = acts(enterprise="demo", verb="dossier.looked_at")
    assert (noted.data["version"], noted.data["first"], noted.data["last"]) == (1, 1, 1)
    reader = signed_in("ivan", "auditor", "demo")
    assert reader.post(f"{PAGES}show/").status_code == 403
    told = reader.get(PAGES).content.decode()
    assert 'class="mark bad"' in told
    assert f'action="{PAGES}show/"' not in told
    row = PagePicture.objects.get()
    assert blobs.get(row.blob)[:2] == b"\xff\xd8"
    assert row.blob in retention._list_referenced(), "the sweep of strays knows it"


def test_a_seal_is_marked_at_its_place(lead: Client) -> None:
    seal = {"x_mm": 150.0, "y_mm": 250.0, "diameter_mm": 48.0, "kind": "round"}
    edge = {"x_mm": 206.0, "y_mm": 120.0, "diameter_mm": 40.0, "kind": "slice"}
    facts = {"page": 1, "a4": True, "dpi": 300, "blank": False, "skew_deg": 2.0, "rotation": 0, "colour": "colour"}
    found = [
        {"code": "seal_large", "weight": "ask", "page": 1, "values": {"diameter": 48.0, "most": "42"}},
        {"code": "scan_skewed", "weight": "stop", "page": 1, "values": {"degrees": 2.0, "most": "1"}},
    ]
    kept(findings=found, sheets=[{**facts, "seals": [seal, edge]}])
    page = lead.get(PAGES).content.decode()
    assert '<circle class="mark warn" cx="150.0" cy="250.0" r="24.0"/>' in page
    assert '<rect class="mark good" x="202.0" y="100.0" width="8.0" height="40.0"/>' in page
    assert '<line class="mark bad" x1="0.0" y1="144.8" x2="210.0" y2="152.2"/>' in page


def test_an_older_file_is_drawn_by_the_worker_once(lead: Client) -> None:
    kept()
    page = lead.get(PAGES).content.decode()
    assert f'action="{PAGES}draw/"' in page
    lead.post(f"{PAGES}draw/")
    assert 'id="progress"' in lead.get(PAGES).content.decode()
    work()
    lead.post(f"{PAGES}draw/")
    work()
    assert PagePicture.objects.count() == 1
    assert len(list(acts(enterprise="demo", verb="dossier.drawn"))) == 1
    assert "data:image/jpeg" in lead.post(f"{PAGES}show/").content.decode()


def test_long_files_come_in_parts(lead: Client) -> None:
    kept(20)
    page = lead.get(f"{PAGES}?from=9").content.decode()
    assert len(re.findall(r'id="page-\d+"', page)) == 8
    assert f'href="{PAGES}?from=17"' in page
    assert f'href="{PAGES}?from=1"' in page
    assert lead.get(f"{PAGES}?from=nonsense").status_code == 200
    assert 'id="page-' not in lead.get(f"{PAGES}?from=21").content.decode()


def test_what_is_taken_over_brings_its_pictures(lead: Client) -> None:
    keep_paper("articles", year=2024, pictures=[SmallPicture(1, 210.0, 297.0, b"\xff\xd8 a page")])
    assert "章程" in lead.post("/e/demo/dossier/2025/reuse/", follow=True).content.decode()
    assert "data:image/jpeg" in lead.post("/e/demo/dossier/2025/articles/files/1/pages/show/").content.decode()
