"""Sealed files that no row names go after a day; what a row names stays."""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

import nianjian
from nianjian.engines.kernel import clock
from nianjian.features.complaints import forwards
from nianjian.features.complaints.forwards import ForwardMapping
from nianjian.features.dossier.operations import checklist
from nianjian.features.maintenance import retention
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers.attachments import RowAttachment
from nianjian.platform.vault import blobs, keyring

SOURCE = Path(nianjian.__file__).parent


def _aged(blob: str, age: timedelta = timedelta(days=2)) -> None:
    at = (clock.now() - age).timestamp()
    os.utime(keyring.home() / "vault" / blob[:2] / blob, (at, at))


def _asked(actor: Actor) -> str:
    forwards.enqueue_import(
        enterprise="demo",
        name="a.csv",
        content=b"x",
        mapping=ForwardMapping(),
        arrived=None,
        language="en",
        actor=actor,
    )
    return str(Job.objects.get().payload["list"])


def test_what_no_row_names_goes_after_a_day(demo: str, operator: Actor) -> None:
    stray, fresh, paper, kept = (blobs.put(word).id for word in (b"stray", b"fresh", b"paper", b"kept"))
    asked = _asked(operator)
    checklist.enqueue_check(enterprise=demo, year=2025, item="articles", name="a.pdf", content=b"y", actor=operator)
    waits = str(Job.objects.get(kind=flow.CHECK_PAPER).payload["paper"])
    Job.objects.create(id="J1", kind="rectify.report", result={"blob": kept}, requested_by="x", created_at=clock.now())
    RowAttachment.objects.create(
        enterprise_id=demo, register="lines", key="L1", name="a", media_type="image/png", sha256="0" * 64, size=5,
        blob=paper, recorded_at=clock.now(), recorded_by="x",
    )  # fmt: skip
    for blob in (stray, paper, kept, asked, waits):
        _aged(blob)
    _aged(fresh, timedelta(hours=23))
    halves = [keyring.home() / "vault" / stray[:2] / name for name in (".new-old", ".new-fresh")]
    for half in halves:
        half.touch()
    os.utime(halves[0], (0, 0))
    assert retention.delete_strays() == 1
    assert [half.exists() for half in halves] == [False, True]
    assert set(blobs.blobs()) == {fresh, paper, kept, asked, waits}


def test_the_files_of_another_database_stay(demo: str) -> None:
    del demo
    _aged(blobs.put(b"of another").id)
    assert retention.delete_strays() == 0
    assert len(list(blobs.blobs())) == 1


def test_a_paper_of_a_case_is_named() -> None:
    assert {"Attachment", "RowAttachment", "Paper", "Evidence", "NoticeScan"} <= {
        one.__name__ for one in retention.list_models_with_files()
    }


def test_a_file_goes_before_the_row_that_names_it(demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _asked(operator)
    Job.objects.update(state=Job.STOPPED, finished_at=clock.now() - forwards.KEPT)

    def killed(**_given: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(flow.service, "forget", killed)
        with pytest.raises(KeyboardInterrupt):
            forwards.delete_expired_files()
    assert asked not in set(blobs.blobs())
    assert forwards.delete_expired_files() == 1
    assert "list" not in Job.objects.get().payload


def test_whoever_puts_a_file_is_known_to_the_sweep() -> None:
    """Where another place puts sealed files, a column ``blob`` or a job must name them, lest they be deleted."""
    puts = Counter(
        "/".join(path.relative_to(SOURCE).parts[:2])
        for path in SOURCE.rglob("*.py")
        for _put in re.findall(r"\bblobs\.put(?:_file|_undoable)?\(", path.read_text())
    )
    assert puts == {
        "features/calls": 1,
        "features/complaints": 1,
        "features/dossier": 10,
        "features/inspection": 1,
        "features/rectification": 2,
        "features/registers": 1,
        "features/season": 1,
        "features/test_calls": 1,
        "platform/jobs": 1,
        "platform/registers": 2,
    }
