"""Rejected rows of a batch as a file that the worker makes: asked for once, fetched, told of, swept, stopped."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.support.import_pages import begun, calls, committed, sent, work
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.calls import rejects
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import batches
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(db: None, home: Path, keys: None) -> Client:
    add_enterprise(code="demo", name="示范", province="北京", actor=Actor("tester"))
    return signed_in("anna", "data_officer", "demo")


def _text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def _imported(client: Client, content: bytes) -> str:
    """Id of the batch of one imported file."""
    draft = begun(client)
    sent(client, draft, ("话单.csv", content))
    committed(client, draft)
    return batches.list_batches("demo")[0].id


def test_many_rejected_rows_are_work_and_each_fetch_stands_in_the_chain(site: Client) -> None:
    batch = _imported(site, calls(rows=1, bad=rejects.DIRECT + 1))
    address = f"/e/demo/data/batches/{batch}/"
    asked = [site.post(f"{address}rejects/").headers["Location"] for _ in range(2)]
    assert asked[0] == asked[1]
    work()
    page = _text(site, asked[0])
    (file,) = re.findall(r'<form method="post" action="([^"]*/rejects/J\w+/)"', page)
    assert not list(acts(enterprise="demo", verb="calls.rejects"))
    answer = site.post(file)
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as pack:
        assert pack.read(f"{batch}-rejects.csv").decode("utf-8-sig").count("start_unreadable") == rejects.DIRECT + 1
    (act,) = acts(enterprise="demo", verb="calls.rejects")
    assert act.data == {"batch": batch, "rows": rejects.DIRECT + 1}
    inspector = signed_in("eve", "tester", "demo")
    assert file not in _text(inspector, asked[0])
    assert inspector.post(file).status_code == 403
    job = queue.job(file.split("/")[-2])
    assert str(job.result["blob"]) in set(blobs.blobs())
    assert rejects.delete_expired_files() == 0
    Job.objects.filter(pk=job.id).update(finished_at=clock.now() - rejects.KEPT - timedelta(hours=1))
    assert rejects.delete_expired_files() == 1
    assert str(job.result["blob"]) not in set(blobs.blobs())
    assert site.post(file).status_code == 404
    assert file not in _text(site, asked[0])


def test_the_making_of_a_rejects_file_stops_when_it_is_asked_to(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = _imported(site, calls(rows=1, bad=rejects.DIRECT + 1))
    job = site.post(f"/e/demo/data/batches/{batch}/rejects/").headers["Location"].split("/")[-2]
    monkeypatch.setattr("nianjian.doors.site.worker.PAUSE", 0)
    told = []
    real = queue_service.progress

    def progress(**given: Any) -> bool:
        told.append(given["done"])
        if given["done"]:
            queue_service.stop(job=job)
        return real(**given)

    monkeypatch.setattr(queue_service, "progress", progress)
    before = set(blobs.blobs())
    work()
    assert (queue.job(job).state, told) == ("stopped", [0, rejects.DIRECT])
    assert set(blobs.blobs()) == before
