"""Pages of a paper in the API: places of what was found, a picture with its entry, drawing as work."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.support.asking import DEMO, Ask, post, upload
from tests.support.import_pages import work
from tests.support.paper_scans import a4

from nianjian.features.dossier.models import PagePicture
from nianjian.platform.audit.query import acts

pytestmark = pytest.mark.django_db
LEDGER = f"{DEMO}/dossier/2025/items/number_ledger/versions"


@pytest.fixture
def lead(api: Ask) -> Client:
    made: Client = api("compliance_lead")
    return made


def test_pages_with_marks_and_a_picture_for_whom_may_reveal(api: Ask, lead: Client) -> None:
    assert upload(lead, LEDGER, a4(), name="台账.pdf").status_code == 202
    work()
    (page,) = lead.get(f"{LEDGER}/1/pages").json()["items"]
    assert (page["page"], page["a4"], page["blank"], page["seals"]) == (1, True, True, [])
    blank = next(one for one in page["findings"] if one["code"] == "scan_blank")
    assert "blank" in blank["detail"]
    assert {"shape": "box", "weight": "stop", "code": "scan_blank"}.items() <= page["marks"][0].items()
    picture = lead.post(f"{LEDGER}/1/pages/1/picture")
    assert picture.content[:2] == b"\xff\xd8"
    (noted,) = acts(enterprise="demo", verb="dossier.looked_at")
    assert noted.data["last"] == 1
    missing = lead.post(f"{LEDGER}/1/pages/2/picture")
    assert (missing.status_code, missing.json()["code"]) == (404, "dossier_picture_unknown")
    reader = api("auditor", name="bo")
    assert reader.get(f"{LEDGER}/1/pages").status_code == 200
    assert reader.post(f"{LEDGER}/1/pages/1/picture").status_code == 403
    assert reader.post(f"{LEDGER}/1/drawing").status_code == 403
    PagePicture.objects.all().delete()
    assert post(lead, f"{LEDGER}/1/drawing").status_code == 202
    work()
    assert lead.post(f"{LEDGER}/1/pages/1/picture").status_code == 200
