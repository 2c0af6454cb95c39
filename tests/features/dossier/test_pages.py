"""The checklist on its pages: a file goes through the worker, a person stands for it, it is given out and noted."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.features.dossier.conftest import keep_paper
from tests.support.import_pages import work
from tests.support.paper_scans import a4
from tests.support.people import signed_in

from nianjian.features.dossier import materials
from nianjian.features.dossier.operations import checklist
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.models import Job
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.django_db
HOME = "/e/demo/dossier/"
SEASON = f"{HOME}2025/"
LEDGER = f"{SEASON}number_ledger/"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def sent(client: Client, *files: tuple[str, bytes], address: str = LEDGER) -> str:
    given = [SimpleUploadedFile(name, content) for name, content in files]
    answer = client.post(f"{address}files/", {"files": given}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def kept(year: int = 2025, name: str = "章程.pdf", **fields: object) -> None:
    """A version that the check has not stopped."""
    findings = [
        {"code": "seal_riding_broken", "weight": "ask", "page": 2, "values": {}},
        {"code": "fields_unread", "weight": "ask", "page": None, "values": {"fields": "name, expiry"}},
    ]
    keep_paper("articles", year=year, name=name, report={"findings": findings, "fields": fields}, confirmed=False)


def test_the_list_shows_every_item_with_its_source_and_the_season_that_is_due(lead: Client) -> None:
    page = text(lead, HOME)
    assert 'href="/e/demo/dossier/2025/" aria-current="page"' in page
    assert len(re.findall(r'href="/e/demo/dossier/2025/(?!rounds|sort|seals|verify|package)[a-z_]+/"', page)) == 13
    assert "13 项中还有 12 项未就绪" in page, "the algorithm filing is not asked for without robots"
    assert "指南" in page
    assert lead.get(f"{HOME}1700/").status_code == 404
    assert lead.get(f"{SEASON}nothing/").status_code == 404


def test_files_are_checked_by_the_worker_and_lie_sealed_until_then(lead: Client) -> None:
    page = sent(lead, ("../../台账\x00.pdf", a4(1)), ("second.pdf", a4(2)))
    assert materials.find_material("demo", 2025, "number_ledger") is None, "nothing is checked on a request"
    assert 'id="progress"' in page
    assert "后面排队的文件：1 个" in page
    names = [job.payload["name"] for job in Job.objects.order_by("created_at")]
    assert "second.pdf" in names
    assert not any("/" in name or "\x00" in name for name in names)
    work()
    page = text(lead, LEDGER)
    assert 'id="progress"' not in page
    assert re.search(r"版本 2\b", page)
    assert "空白" in page, "the finding is a sentence"
    for job in Job.objects.all():
        assert job.state == Job.DONE
        assert "paper" not in job.payload
        assert "name" not in job.payload, "it may tell a person's name"
    assert len(list(blobs.blobs())) == 4, "two papers and a picture of each; the files that waited are gone"


def test_what_is_no_paper_is_refused_and_told_with_its_name(lead: Client) -> None:
    sent(lead, ("x.pdf", b"MZ no pdf at all"))
    work()
    (job,) = Job.objects.all()
    assert job.state == Job.FAILED
    assert "x.pdf" in text(lead, LEDGER)
    assert checklist.delete_expired_job_files(flow.CHECK_PAPER) == 0, "a young one stays for whoever looks"
    Job.objects.update(finished_at="2026-02-01T00:00:00Z")
    assert checklist.delete_expired_job_files(flow.CHECK_PAPER) == 1
    assert list(blobs.blobs()) == []


def test_a_check_that_waits_can_be_stopped(lead: Client) -> None:
    page = sent(lead, ("a.pdf", a4()))
    (address,) = re.findall(r'action="(/e/demo/data/jobs/\w+/stop/)"', page)
    assert lead.post(address).status_code == 302
    work()
    assert materials.find_material("demo", 2025, "number_ledger") is None


def test_no_file_and_an_empty_file_are_told(lead: Client) -> None:
    assert "请先选择文件" in sent(lead)
    assert "empty.pdf" in sent(lead, ("empty.pdf", b""))
    assert not Job.objects.exists()


def test_a_person_confirms_with_the_papers_own_days(lead: Client) -> None:
    kept()
    item = f"{SEASON}articles/"
    page = text(lead, item)
    assert "第 2 页" in page
    assert "名称" in page
    given = {"version": "1", "effective_on": "2026-05-01", "valid_until": "2026-01-01"}
    assert "2026-01-01" in lead.post(f"{item}act/confirm/", given).content.decode()
    given = {"version": "1", "effective_on": "", "valid_until": "2026-09-01"}
    assert lead.post(f"{item}act/confirm/", given, follow=True).status_code == 200
    assert "2026-09-01" in text(lead, SEASON)
    assert "13 项中还有 11 项未就绪" in text(lead, SEASON)


def test_sent_back_assigned_and_spoken_of(lead: Client) -> None:
    kept()
    item = f"{SEASON}articles/"
    refused = lead.post(f"{item}act/return/", {"version": "1", "reason": ""}, follow=True).content.decode()
    assert 'class="notice error"' in refused
    lead.post(f"{item}act/return/", {"version": "1", "reason": "看不清印章"})
    lead.post(f"{item}act/assign/", {"owner": "王五", "due": "2026-02-20"})
    lead.post(f"{item}act/comment/", {"text": "下周补"})
    page = text(lead, item)
    for words in ("看不清印章", "王五", "2026-02-20", "下周补"):
        assert words in page
    assert f'action="{item}act/confirm/"' not in page, "what was sent back is not confirmed"
    assert "王五" in text(lead, SEASON)


def test_only_the_algorithm_filing_may_not_apply_and_the_law_stands_beside_the_guide(lead: Client) -> None:
    page = text(lead, f"{SEASON}algorithm_filing/")
    assert "具有舆论属性或社会动员能力" in page
    assert "互联网信息服务算法推荐管理规定第二十四条" in page
    answer = lead.post(f"{SEASON}articles/act/not-applicable/", {"reason": "没有"})
    assert answer.status_code == 400


def test_a_file_is_given_out_in_a_sandbox_and_noted(lead: Client) -> None:
    kept(id_number="1101************12")
    item = f"{SEASON}articles/"
    assert "1101************12" in text(lead, item)
    answer = lead.post(f"{item}files/1/")
    assert answer.content == b"%PDF-1"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    (noted,) = acts(enterprise="demo", verb="dossier.fetched")
    assert noted.data["item"] == "articles"
    reader = signed_in("ivan", "inspector", "demo")
    assert reader.post(f"{item}files/1/").status_code == 403
    assert f'action="{item}files/1/"' not in text(reader, item)


def test_a_name_that_would_break_the_page_does_not(lead: Client) -> None:
    kept(name="<img src=x onerror=alert(1)>.pdf")
    page = text(lead, f"{SEASON}articles/")
    assert "<img src=x" not in page
    assert "&lt;img" in page


def test_the_overview_tells_of_them_when_it_is_time(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = text(lead, "/e/demo/")
    assert "2025 年度材料包：还有 12 项未就绪" in page
    assert f'href="{SEASON}"' in page
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-25")
    assert "年度材料包" not in text(lead, "/e/demo/"), "the plan begins three months before the first deadline"
    kept(year=2026)
    assert "2026 年度材料包：还有 12 项未就绪" in text(lead, "/e/demo/"), "somebody has begun"


def test_the_overview_asks_little_for_them(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    for day in ("2026-11-25", "2026-02-10"):
        monkeypatch.setenv("NIANJIAN_TODAY", day)
        text(lead, "/e/demo/")
        with CaptureQueriesContext(connection) as queries:
            text(lead, "/e/demo/")
        asked.append(len([one for one in queries if "dossier_" in one["sql"]]))
    assert asked == [1, 1]
