"""A carrier's bill by the API: put as work, for whom it is allowed, and the difference with its minutes."""

import pytest
from tests.support.asking import DEMO, Ask, upload
from tests.support.import_pages import work

from nianjian.platform.jobs.models import Job

BILLS = f"{DEMO}/reconciliations/bills"
BILL = "账期,线路编号,通话数,计费分钟\n2026-03-02,L01,2,2.5\n".encode()


@pytest.mark.django_db
def test_a_bill_is_compared_and_told_with_its_minutes(api: Ask) -> None:
    lead = api("compliance_lead")
    asked = upload(lead, BILLS, BILL, name="bill.csv", together="true")
    assert asked.status_code == 202, asked.content
    work()
    job = Job.objects.get()
    assert (job.state, job.result["counts"]) == ("done", {"same": 0, "parted": 1})
    (one,) = lead.get(f"{DEMO}/reconciliations/{job.result['run']}/differences").json()["items"]
    assert one["fields"]["carrier-bill"] == {"calls": 2, "answered": None, "minutes": "2.50"}
    wrong = upload(lead, BILLS, BILL, name="b.csv", mapping="unit: 7")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "mapping_invalid")


@pytest.mark.django_db
def test_who_only_reads_has_none_compared(api: Ask) -> None:
    refused = upload(api("tester"), BILLS, BILL, name="bill.csv")
    assert refused.status_code == 403
    assert not Job.objects.exists()
