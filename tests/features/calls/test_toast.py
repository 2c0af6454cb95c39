"""Long work beside the page: the form's page comes back, and says how far it is until that was read."""

from typing import Any

import pytest
from django.test import Client
from tests.support.import_pages import begun, calls, sent, work
from tests.support.people import signed_in

from nianjian.features.calls import job_pages
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.jobs import query
from nianjian.platform.jobs.models import Job

pytestmark = pytest.mark.django_db
RUN = "/e/demo/2026/run/"
PAGE = f"{RUN}?from=here"


@pytest.fixture
def lead(home: Any, keys: None) -> Client:
    del home, keys
    add_enterprise(code="demo", name="示例", province="北京", actor=Actor("tester"))
    return signed_in("li")


def _begin(client: Client, page: str = f"http://testserver{PAGE}") -> Any:
    return client.post(RUN, {"as_of": "", "province": ""}, headers={"referer": page} if page else {})


def _job() -> Job:
    (job,) = query.jobs("demo")
    return job


def _end(job: Job, **state: Any) -> None:
    Job.objects.filter(pk=job.pk).update(**state)


def test_a_form_that_begins_work_comes_back_to_its_page(lead: Client) -> None:
    assert _begin(lead).headers["Location"] == PAGE
    page = lead.get(RUN).content.decode()
    assert 'id="toast"' in page
    assert 'hx-get="/jobs/?wait=1"' in page
    part = lead.get("/jobs/?wait=4").content.decode()
    assert 'hx-get="/jobs/?wait=6"' in part, "it asks less and less often"
    assert 'hx-get="/jobs/?wait=30"' in lead.get("/jobs/?wait=900").content.decode()


@pytest.mark.parametrize("page", ["", "https://elsewhere.example/e/demo/", "http://testserver/no/page/here/"])
def test_without_a_page_of_the_site_it_leads_to_the_page_of_the_work(lead: Client, page: str) -> None:
    assert _begin(lead, page).headers["Location"] == f"/e/demo/data/jobs/{_job().id}/"
    assert 'id="toast"' not in lead.get(RUN).content.decode()


def test_work_that_is_done_stays_until_its_result_was_opened(lead: Client) -> None:
    _begin(lead)
    job = _job()
    _end(job, state=Job.DONE, result={"year": 2026})
    page = lead.get(RUN).content.decode()
    assert "查看" in page.split('id="toast"')[1]
    assert "hx-get" not in page.split('id="toast"')[1].split("</section>")[0], "nothing asks any more"
    assert 'id="toast"' in lead.get(RUN).content.decode()
    assert 'href="/e/demo/2026/"' in lead.get(f"/e/demo/data/jobs/{job.id}/").content.decode()
    assert lead.get(f"/jobs/{job.id}/").headers["Location"] == "/e/demo/2026/"
    assert 'id="toast"' not in lead.get(RUN).content.decode()


def test_work_that_failed_says_why_and_leads_back_to_its_form(lead: Client) -> None:
    _begin(lead)
    job = _job()
    _end(job, state=Job.FAILED, error={"code": "disk_too_small", "values": {"file": "x", "free": 1, "needed": 2}})
    part = lead.get(RUN).content.decode().split('id="toast"')[1].split("</section>")[0]
    assert "重试" in part
    assert "disk_too_small" not in part
    assert lead.get(f"/jobs/{job.id}/?again").headers["Location"] == PAGE


def test_another_person_sees_nothing_of_it(lead: Client) -> None:
    _begin(lead)
    stranger = signed_in("wang", "auditor", "")
    session = stranger.session
    session[job_pages.JOBS] = [["nonsense", "/"]]
    session.save()
    assert "合规画像" not in stranger.get("/jobs/").content.decode()
    assert signed_in("zhao").get(f"/jobs/{_job().id}/").status_code in {302, 404}


def test_an_import_runs_beside_the_imports_and_leads_to_its_batch(
    lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nianjian.features.calls.job_pages.leads_on", lambda _code: False)
    draft = begun(lead)
    sent(lead, draft, ("话单.csv", calls(rows=5, bad=2)))
    page = {"referer": f"http://testserver{draft}check/"}
    checked = lead.post(f"{draft}check/whole/", headers=page)
    assert checked.headers["Location"] == f"{draft}check/", "the step stays"
    work()
    (check,) = query.jobs("demo")
    assert lead.get(f"/jobs/{check.id}/").headers["Location"] == f"{draft}check/"
    assert lead.post(f"{draft}commit/", headers=page).headers["Location"] == "/e/demo/data/batches/"
    work()
    side = lead.get("/e/demo/data/batches/").content.decode().split('id="toast"')[1].split("</section>")[0]
    assert "读取 7 行，新增 5 行" in side
    job = next(one for one in query.jobs("demo") if one.id != check.id)
    assert "/e/demo/data/batches/B" in lead.get(f"/jobs/{job.id}/").headers["Location"]
