"""Files beside rows: sealed, given out by right, gone with the last version of their row."""

from collections.abc import Callable
from typing import Any

import pytest

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import service as people
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.registers import attachments, queries, storage
from nianjian.platform.registers.attachments import list_row_papers
from nianjian.platform.registers.models import Team
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.vault import keyring


def _team(operator: Actor, key: str, enterprise: str = "demo") -> Any:
    storage.create_row(
        kind="teams", enterprise=enterprise, texts={"team_id": key}, since=None, reason="", actor=operator
    )
    team = queries.find_latest_version("teams", ReadScope(enterprise, clock.today()), key)
    assert team is not None
    return team


def _attach(operator: Actor, row: Any, content: bytes = b"%PDF-1.7 x", name: str = "合同.pdf") -> int:
    return attachments.attach_to_row(register="teams", row=row, name=name, content=content, actor=operator)


def test_a_paper_lies_encrypted_beside_its_row(demo: str, operator: Actor) -> None:
    row = _team(operator, "T1")
    first = _attach(operator, row, name="C:\\张三\\合同\x07.PDF")
    assert _attach(operator, row) == first  # the same content once
    [paper] = list_row_papers("demo", "teams", "T1")
    assert (paper.name, paper.media_type, paper.size) == ("合同.pdf", "application/pdf", 10)
    sealed = next((keyring.home() / "vault").glob("??/*")).read_bytes()
    assert b"PDF" not in sealed
    attachment, content = attachments.download_row_paper(register="teams", row=row, attachment=first, actor=operator)
    assert (attachment.id, content) == (first, b"%PDF-1.7 x")
    attachments.detach_from_row(register="teams", row=row, attachment=first, actor=operator)
    assert list_row_papers("demo", "teams", "T1") == []
    with pytest.raises(NianjianError, match="attachment_unknown"):
        attachments.download_row_paper(register="teams", row=row, attachment=first, actor=operator)
    assert _attach(operator, row) != first
    entries = [(act.verb, "合同" in str(act.data)) for act in acts() if "tach" in act.verb or "fetch" in act.verb]
    assert entries[::-1] == [
        ("registers.attach", False),
        ("registers.fetch", False),
        ("registers.detach", False),
        ("registers.attach", False),
    ]


def test_other_files_are_refused(demo: str, operator: Actor) -> None:
    row = _team(operator, "T1")
    for name, content, code in (
        ("a.exe", b"MZ", "attachment_type_refused"),
        ("a.pdf", b"PK\x03\x04", "attachment_type_refused"),
        ("a.png", b"%PDF-", "attachment_type_refused"),
        ("pdf", b"%PDF-", "attachment_type_refused"),
        ("a.pdf", b"", "file_empty"),
        ("a.pdf", b"%PDF-" + bytes(attachments.ROW_LIMIT), "file_too_large"),
    ):
        with pytest.raises(NianjianError, match=code):
            _attach(operator, row, content, name)
    assert not list((keyring.home() / "vault").glob("??/*"))


def test_papers_of_another_row_or_tenant_are_not_given(demo: str, operator: Actor) -> None:
    people.add_enterprise(code="other", name="x", province="", actor=operator)
    row = _team(operator, "T1")
    second = _team(operator, "T2")
    foreign = _team(operator, "T1", "other")
    paper = _attach(operator, row)
    for place in (second, foreign):
        with pytest.raises(NianjianError, match="attachment_unknown"):
            attachments.download_row_paper(register="teams", row=place, attachment=paper, actor=operator)


def test_files_go_with_the_last_version_of_their_row(
    demo: str, operator: Actor, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    first = _team(operator, "T1")
    _attach(operator, first)
    _attach(operator, _team(operator, "T2"))
    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.delete_orphans(register="teams", model=Team, enterprise="demo") == 0
    Team.objects.filter(key="T1").delete()
    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.delete_orphans(register="teams", model=Team, enterprise="demo") == 1
    assert len(list_row_papers("demo", "teams", "T2")) == 1
    assert len(list((keyring.home() / "vault").glob("??/*"))) == 1
