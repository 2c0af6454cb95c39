"""Files that the wizard gives for call records: an example of a source, the rows that a check rejects."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import cast

from django.http import FileResponse, Http404, HttpResponse

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations.check_calls import example_of, rejected_of_trial
from nianjian.features.calls.operations.wizard import check_register, drafts
from nianjian.platform.home.http import as_attachment
from nianjian.platform.jobs import query as queue
from nianjian.platform.registers import uploads
from nianjian.platform.registers.drafts import DraftValue
from nianjian.platform.web import work


def example(source: str) -> HttpResponse:
    """Return the file; 404 for a source that there is not."""
    try:
        path = example_of(source)
    except NianjianError as error:
        raise Http404 from error
    return _attached(path.read_bytes(), path.name, "application/json" if path.suffix == ".jsonl" else "text/csv")


def download_error_workbook(draft: DraftValue) -> HttpResponse:
    """Return the error workbook that the worker's check of a large sheet has left; 404 before, and of a sound one."""
    path = check_register.marked_of(uploads.paths(draft)[0])
    if not draft.check_job or queue.state(draft.check_job) != "done" or not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=f"{draft.kind}-errors.xlsx")
    return cast("HttpResponse", answer)


def rejected(draft: DraftValue) -> HttpResponse:
    """Return the rejected rows of the sample as CSV, of several files as a zip; 404 where none is rejected."""
    source, zone = drafts.text(draft, "source") or "auto", drafts.text(draft, "timezone") or None
    with tempfile.TemporaryDirectory(prefix="nianjian-rejects-") as name:
        paths = uploads.paths(draft)
        found = rejected_of_trial(paths, source, drafts.mapping_of(draft), zone, Path(name), work.reason)
        if not found:
            raise Http404
        if len(found) == 1:
            return _attached(found[0].read_bytes(), "rejects.csv", "text/csv")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
            for path in found:
                pack.write(path, path.name)
        return _attached(packed.getvalue(), "rejects.zip", "application/zip")


def _attached(content: bytes, name: str, media: str) -> HttpResponse:
    kind = media if media == "application/zip" else f"{media}; charset=utf-8"
    return as_attachment(HttpResponse(content, content_type=kind), name)
