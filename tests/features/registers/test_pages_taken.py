"""A long list as a file that the worker makes: asked for once, fetched by its asker, told of, swept, stopped."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from tests.support.import_pages import work
from tests.support.people import signed_in
from tests.support.register_pages import address, text

from nianjian.engines.kernel import clock
from nianjian.features.registers import operations
from nianjian.platform.accounts import models
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.models import Job
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.postgres

Write = Callable[..., str]


@pytest.fixture
def place(write: Write, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the list is asked for, of which two rows are one too many for a request."""
    monkeypatch.setattr("nianjian.features.registers.operations.DIRECT", 1)
    write("staff", staff_id="1001", person="张三丰", post="质检", joined_on="2025-01-02")
    write("staff", staff_id="1002", person="李四", post="质检", joined_on="2025-03-02")
    write("staff", staff_id="1003", person="王五", post="质检", joined_on="2025-03-03")
    return address("export", kind="staff")


def _sheet(content: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2, values_only=True))


def _exports() -> int:
    return len(list(acts(enterprise="demo", verb="registers.export")))


def test_a_long_list_is_work_and_its_asker_alone_fetches_it(officer: Client, reader: Client, place: str) -> None:
    form = {"format": "xlsx", "full": "yes"}
    asked = [
        officer.post(f"{place}?f.post=质检&to.joined_on=2025-03-02&sort=-staff_id", form).headers["Location"]
        for _ in range(2)
    ]
    assert asked[0] == asked[1]
    work()
    (file,) = re.findall(r'<form method="post" action="([^"]*/export/J\w+/)"', text(officer.get(asked[0])))
    assert _exports() == 0
    answer = officer.post(file)
    assert [row[:2] for row in _sheet(answer.getvalue())] == [("1002", "李四"), ("1001", "张三丰")]
    (act,) = acts(enterprise="demo", verb="registers.export")
    assert (act.actor, act.data["rows"], act.data["full"]) == ("user:olga", 2, True)
    zoe = signed_in("zoe", "data_officer", "demo")
    for other in (reader, zoe):
        assert file not in text(other.get(asked[0]))
        assert other.post(file).status_code == 404
    models.Membership.objects.filter(user_id="olga").update(role="inspector")
    assert officer.post(file).status_code == 403
    assert _exports() == 1


def test_a_list_file_goes_after_its_time_with_what_was_looked_for(reader: Client, place: str) -> None:
    page = reader.post(f"{place}?q=质检", {"format": "csv"}).headers["Location"]
    work()
    job = queue.job(page.split("/")[-2])
    file = f"{place}{job.id}/"
    assert "李*" in reader.post(file).getvalue().decode()
    assert operations.sweep() == 0
    assert str(job.result["blob"]) in set(blobs.blobs())
    Job.objects.filter(pk=job.id).update(finished_at=clock.now() - operations.KEPT - timedelta(hours=1))
    assert (operations.sweep(), operations.sweep()) == (1, 0)
    assert str(job.result["blob"]) not in set(blobs.blobs())
    assert "质检" not in str(queue.job(job.id).payload)
    assert reader.post(file).status_code == 404
    assert file not in text(reader.get(page))


def test_the_making_of_a_list_stops_when_it_is_asked_to(
    reader: Client, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = reader.post(place, {"format": "csv"}).headers["Location"].split("/")[-2]
    monkeypatch.setattr("nianjian.doors.site.worker.PAUSE", 0)
    monkeypatch.setattr("nianjian.platform.registers.queries.CHUNK", 1)
    told = []
    real = queue_service.progress

    def progress(**given: Any) -> bool:
        told.append((given["done"], given["total"]))
        if given["done"]:
            queue_service.stop(job=job)
        return real(**given)

    monkeypatch.setattr(queue_service, "progress", progress)
    work()
    assert (queue.job(job).state, told) == ("stopped", [(0, 3), (1, 3)])
    assert not set(blobs.blobs())
