"""Give a register's sheet back with every faulty cell marked: at once, or as the worker's check has left it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations.wizard import check_register, drafts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import uploads
from nianjian.platform.registers.workbooks import Words


def build_marked_workbook(
    *, kind: str, enterprise: str, incoming: uploads.Incoming, words: Words, actor: Actor
) -> bytes:
    """Return the workbook, of which nothing is kept.

    ``role_missing``, ``file_empty``, and what `check_register.error_workbook` raises.
    ``sheet_too_large``, ``sheet_faults_many``: an answer cannot wait for it; a page leaves such a one to the worker.
    """
    require(actor, enterprise, Act.LOAD)
    with (
        uploads.temporary_upload(incoming) as (_place, sheet),
        tempfile.TemporaryDirectory(prefix="nianjian-marked-") as name,
    ):
        check_register.checked_size(sheet)
        target = Path(name) / "marked.xlsx"
        check_register.error_workbook(kind, sheet, target, words, enterprise=enterprise, most=check_register.MARKED)
        return target.read_bytes()


def get_marked_workbook_path(*, kind: str, enterprise: str, job: str, actor: Actor) -> Path:
    """Where the workbook lies that one's own check by the worker has left; it goes with what was sent.

    ``role_missing``; ``job_unknown`` for work that is no such check, or somebody else's; ``marked_sheet_missing``
    before it is done, of a sound sheet, and after its time.
    """
    require(actor, enterprise, Act.LOAD)
    found = queue.job(job)
    mine = found.enterprise == enterprise and found.requested_by == str(actor)
    if not mine or found.kind != flow.CHECK_REGISTER or found.payload["kind"] != kind:
        raise NianjianError("job_unknown", job=job)
    path = check_register.marked_of(Path(str(found.payload["file"])))
    if found.state != Job.DONE or not path.is_file():
        raise NianjianError("marked_sheet_missing", job=job, days=drafts.KEPT.days)
    return path
