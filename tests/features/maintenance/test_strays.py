"""Sealed files that no row names go after a day; what a row names stays."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

import nianjian
from nianjian.engines.kernel import clock
from nianjian.features.complaints.forwards.mapping import ForwardMapping
from nianjian.features.complaints.operations import forwards
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
        patch.setattr(forwards.queue_service, "forget", killed)
        with pytest.raises(KeyboardInterrupt):
            forwards.sweep()
    assert asked not in set(blobs.blobs())
    assert forwards.sweep() == 1
    assert "list" not in Job.objects.get().payload


def test_whoever_puts_a_file_is_known_to_the_sweep() -> None:
    """Where another place puts sealed files, a column ``blob`` or a job must name them, lest they be deleted."""
    puts = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(r"\bblobs\.put(?:_file)?\(", path.read_text())
    }
    assert puts == {
        "features/calls/operations/rejects.py",
        "features/complaints/operations/forwards.py",
        "features/dossier/arrivals.py",
        "features/dossier/materials.py",
        "features/dossier/operations/checklist.py",
        "features/dossier/operations/package.py",
        "features/dossier/operations/verification.py",
        "features/dossier/pictures.py",
        "features/dossier/rounds.py",
        "features/dossier/seal_images.py",
        "features/dossier/signed_papers.py",
        "features/inspection/storage.py",
        "features/reconciliation/operations.py",
        "features/rectification/reports.py",
        "features/rectification/storage.py",
        "features/registers/operations.py",
        "features/season/operations/files.py",
        "features/test_calls/storage.py",
        "platform/registers/attachments.py",
    }
