"""The package on its page: built by the worker, stopped, fetched with an entry, signed only when whole."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from tests.features.dossier.conftest import keep_paper
from tests.support import packages
from tests.support.import_pages import work
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.dossier.editions.verify import verify
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.models import Job
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.django_db
PACKAGE = "/e/demo/dossier/2025/package/"


@pytest.fixture
def lead(lead: Client, home: Path) -> Client:
    keep_paper("articles", packages.scans(home / "scan.pdf", [1], dpi=60).read_bytes())
    return lead


def _sent(client: Client, address: str, **given: str) -> str:
    answer = client.post(f"{PACKAGE}{address}", given, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def test_a_draft_is_built_and_fetched_with_an_entry(lead: Client, tmp_path: Path) -> None:
    page = lead.get(PACKAGE).content.decode()
    assert "本年度还没有画像" in page
    assert "按台账和话单生成" in page
    assert "没有指定证书" in page
    assert 'id="progress"' in _sent(lead, "build/", seals="marks")
    (waits,) = Job.objects.all()
    assert (waits.state, waits.payload) == (Job.WAITING, {"year": 2025, "pictures": False, "on": ""})
    work()
    page = lead.get(PACKAGE).content.decode()
    (job,) = Job.objects.all()
    assert job.state == Job.DONE, job.error
    assert job.result["digest"] in page
    assert "草稿不签署" not in page, "without a certificate there is nothing to say"
    assert f"{PACKAGE}{job.pk}/file/" in page
    answer = lead.post(f"{PACKAGE}{job.pk}/file/")
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as pack:
        pack.extractall(tmp_path / "out")
        assert "upload/1_公司章程.pdf" in pack.namelist()
    assert verify(tmp_path / "out", digest=job.result["digest"]).intact
    (act,) = acts(enterprise="demo", verb="dossier.taken")
    assert (act.data["job"], act.data["kind"]) == (job.pk, "dossier.build")
    reader = signed_in("rita", "auditor", "demo")
    assert f"{job.pk}/file/" not in reader.get(PACKAGE).content.decode()
    assert reader.post(f"{PACKAGE}{job.pk}/file/").status_code == 403
    assert lead.post(f"{PACKAGE.replace('2025', '2024')}{job.pk}/file/").status_code == 404
    refused = lead.post(f"{PACKAGE}{job.pk}/sign/")
    assert "样稿" in refused.content.decode()
    shown = lead.get(f"/e/demo/data/jobs/{job.pk}/").content.decode()
    assert "材料包已生成，为草稿" in shown
    assert job.result["blob"] not in shown


def test_what_waits_is_stopped_and_a_wrong_choice_refused(lead: Client) -> None:
    kept = set(blobs.blobs())
    _sent(lead, "build/", seals="pictures", on="2026-03-01")
    (job,) = Job.objects.all()
    assert lead.post(f"/e/demo/data/jobs/{job.pk}/stop/").status_code == 302
    work()
    assert Job.objects.get().state == Job.STOPPED
    assert set(blobs.blobs()) == kept
    _sent(lead, "build/", seals="wax")
    assert "请选择要生成的材料" in _sent(lead, "generate/", item="articles")
    assert Job.objects.count() == 1
    _sent(lead, "generate/", item="number_ledger")
    work()
    assert "画像" in lead.get(PACKAGE).content.decode().split('role="alert"')[1][:300], "it says why it failed"


def test_a_signed_package_is_told_with_its_certificate(lead: Client) -> None:
    given = {"enterprise": "demo", "state": Job.DONE, "requested_by": "user:anna", "created_at": clock.now(),
             "finished_at": clock.now()}  # fmt: skip
    file = {"path": "upload/1.pdf", "pages": 1, "bytes": 2048, "sha256": "a" * 64, "stamped": ""}
    told = {"digest": "d" * 64, "name": "p.zip", "sha256": "0" * 64, "blob": blobs.put(b"PK").id}
    built = {**told, "draft": False, "run": "", "pages": 4, "pictures": 0, "missing": [], "unbound": [],
             "contents": [file]}  # fmt: skip
    signed = {**told, "signed": [file], "subject": "示范", "package": "J1"}
    Job.objects.create(id="J1", kind=flow.BUILD_PACKAGE, payload={"year": 2025}, result=built, **given)
    Job.objects.create(id="J2", kind=flow.SIGN_PACKAGE, payload={"year": 2025, "package": "J1"}, result=signed, **given)
    page = lead.get(PACKAGE).content.decode()
    assert "下载已签署的材料包" in page
    assert f"{PACKAGE}J2/file/" in page
    assert f"{PACKAGE}J1/sign/" not in page, "it is signed"
    assert "已签署文件：1 个" in lead.get("/e/demo/data/jobs/J2/").content.decode()
