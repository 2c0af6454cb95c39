"""The page of forward lists shows the columns of a file before it is imported."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.support.people import signed_in

from nianjian.features.complaints.models import Complaint
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
HERE = "/e/demo/complaints/forwards/"
LIST = (
    "举报编号,举报手机,被投诉号码,举报内容\nA-1,13800138000,95013001,天天打来说了不要还打影响休息请处理一下这件事情\n"
)


def look(client: Client, content: str = LIST, **more: str) -> tuple[int, str]:
    given = {"source": "12321", "file": SimpleUploadedFile("list.csv", content.encode()), **more}
    answer = client.post(f"{HERE}look/", given)
    return answer.status_code, answer.content.decode()


def options(text: str, field: str) -> list[tuple[str, str]]:
    """Value and label of each choice."""
    (select,) = re.findall(rf'<select name="heading_{field}".*?</select>', text, re.DOTALL)
    return re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', select)


def test_its_headings_and_values_stand_beside_the_choice(officer: Client) -> None:
    status, text = look(officer)
    assert status == 200
    choices = options(text, "reference")
    assert choices[0] == ("", "—")
    assert ("举报编号", "举报编号 – A-1") in choices
    assert options(text, "complained")[0][1].endswith("被投诉号码")  # recognised by itself
    assert "13800138000" not in text
    assert "影响休息" not in text
    assert not Complaint.objects.exists()
    assert not Job.objects.filter(kind=flow.IMPORT_FORWARDS).exists()


def test_a_choice_is_looked_at_again_and_imported(officer: Client) -> None:
    status, text = look(officer, heading_reference="举报编号", heading_complainant="举报手机")
    assert status == 200
    assert "138****8000" in text
    assert re.search(r'<option value="举报编号" selected>', text)
    given = {"source": "12321", "heading_reference": "举报编号", "file": SimpleUploadedFile("l.csv", LIST.encode())}
    assert officer.post(HERE, given).status_code == 302
    assert Job.objects.get(kind=flow.IMPORT_FORWARDS).payload["mapping"]["columns"] == {"reference": "举报编号"}


def test_what_is_no_list_is_said(officer: Client) -> None:
    assert officer.post(f"{HERE}look/", {}).status_code == 422
    assert look(officer, " ")[0] == 422
    assert look(officer, "\0\0\0")[0] in {200, 422}
    assert signed_in("ann", "auditor", "demo").post(f"{HERE}look/", {}).status_code == 403
