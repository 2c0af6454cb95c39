"""Files beside rows: kept encrypted, given out in full with an entry in the chain, taken off and never deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import Http404, HttpResponse
from ninja import Path, Query, Router, Schema

from nianjian.features.registers.api.lists import get_scope_or_404, row_key
from nianjian.features.registers.api.rows import ROW
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.parameter_types import FileName, attached
from nianjian.platform.registers import attachments, queries
from nianjian.platform.registers import attachments as papers
from nianjian.platform.registers.versions import Version

router = Router(tags=["registers"])
Number = Annotated[int, Path(ge=1, le=2**62)]


class PaperTold(Schema):
    """A file beside a row; ``size`` in bytes, ``sha256`` of its plain content."""

    id: int
    name: str
    media_type: str
    sha256: str
    size: int
    recorded_at: datetime
    recorded_by: str


class Papers(Schema):
    """The newest 50 files of a row, newest first."""

    items: list[PaperTold]


class TakenOff(Schema):
    """The file that is no longer shown."""

    id: int


@read(router, f"{ROW}/papers", act=Act.READ, answer=Papers)
def papers_list(request: Request, code: str, kind: str, key: str) -> dict[str, object]:
    """The files beside a row."""
    row = _any(request, kind, key)
    return {"items": [_told(one) for one in papers.list_row_papers(code, kind, row.key)]}


@write(router, f"{ROW}/papers", act=Act.LOAD, answer=PaperTold, status=201, held=attachments.ROW_LIMIT)
def papers_add(request: Request, code: str, kind: str, key: str, file: Query[FileName]) -> dict[str, object]:
    """Keep a file beside a row, encrypted; the content is the file, at most 20 MiB, of a type that is taken."""
    row = queries.find_latest_version(kind, get_scope_or_404(request, kind, None), row_key(key))
    if row is None:
        raise Http404
    made = attachments.attach_to_row(
        register=kind, row=row, name=file.name, content=request.content, actor=request.actor
    )
    return _told(papers.get_row_paper(code, kind, row.key, made))


@take(
    router,
    f"{ROW}/papers/{{paper}}/file",
    act=Act.REVEAL,
    media=sorted({media for _begins, media in attachments.TYPES.values()}),
)
def papers_fetch(request: Request, code: str, kind: str, key: str, paper: Number) -> HttpResponse:
    """A file as it came; the audit chain has the entry."""
    del code
    row = _any(request, kind, key)
    found, content = attachments.download_row_paper(register=kind, row=row, attachment=paper, actor=request.actor)
    return attached(content, found.media_type, found.name)


@write(router, f"{ROW}/papers/{{paper}}", act=Act.LOAD, answer=TakenOff, method="DELETE")
def papers_take_off(request: Request, code: str, kind: str, key: str, paper: Number) -> dict[str, object]:
    """Show a file no longer beside its row; its content stays for the retention."""
    del code
    attachments.detach_from_row(register=kind, row=_any(request, kind, key), attachment=paper, actor=request.actor)
    return {"id": paper}


def _any(request: Request, kind: str, key: str) -> Version:
    """Any version of a row: its papers outlive its end."""
    found = queries.list_row_versions(kind, get_scope_or_404(request, kind, None), row_key(key), most=1)
    if not found:
        raise Http404
    return found[0]


def _told(one: papers.RowPaper) -> dict[str, object]:
    return {name: getattr(one, name) for name in PaperTold.model_fields}
