"""Files in: call records and registers, one file a request, carried out by the worker."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from ninja import Query, Router, Schema

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.sources import source_name
from nianjian.engines.paper.words import words
from nianjian.features.calls.operations.check_calls import sources
from nianjian.features.calls.operations.wizard import drafts
from nianjian.features.calls.operations.wizard.mappings import keep
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Named, Text
from nianjian.platform.api.problems import language
from nianjian.platform.registers import kinds, mappings

router = Router(tags=["imports"])
AUTO = "auto"


class Sheet(Schema):
    """A register's sheet; ``check``: look at every row and write nothing."""

    name: Named
    check: bool = False


class Calls(Sheet):
    """A file of calls: its source, its time zone where stamps carry none, a kept mapping, the batch it replaces."""

    source: Text = AUTO
    timezone: Text = ""
    mapping: Text = ""
    replaces: Text = ""


class Source(Schema):
    """What wrote a file of calls, and what it is known from."""

    name: str
    title: str
    evidence: str


class Sources(Schema):
    """Every source."""

    items: list[Source]


class Kept(Schema):
    """A mapping under a name; ``mapping``: the content of a mapping file."""

    name: Text
    mapping: dict[str, Any]


@write(router, "/enterprises/{code}/calls/imports", act=Act.LOAD, answer=Job, status=202, upload=True)
def calls_import(request: Request, code: str, file: Query[Calls]) -> dict[str, object]:
    """Import one file of call records; the content is the file."""
    known_source(file.source)
    data = mappings.get_mapping(code, file.mapping) if file.mapping else {}
    draft = drafts.begin(kind=drafts.CALLS, enterprise=code, actor=request.actor, replaces=file.replaces)
    return _carried_out(request, code, draft, file, data)


@write(router, "/enterprises/{code}/registers/{kind}/imports", act=Act.LOAD, answer=Job, status=202, upload=True)
def registers_import(request: Request, code: str, kind: str, file: Query[Sheet]) -> dict[str, object]:
    """Import a register's sheet (xlsx or CSV), all rows or none; the content is the file.

    A ``check`` that finds faults leaves the sheet with each marked, for `checks/{job}/file`.
    """
    if kind not in kinds.kinds():
        raise Http404
    draft = drafts.begin(kind=kind, enterprise=code, actor=request.actor)
    return _carried_out(request, code, draft, file, {})


@read(router, "/enterprises/{code}/calls/sources", act=Act.LOAD, answer=Sources)
def sources_list(request: Request, code: str) -> dict[str, object]:
    """The sources of call records that can be read, as `source` of an import names them."""
    del code
    speak = words(language(request))
    found = [(name, source_name(name, speak), evidence) for name, _title, evidence in sources()]
    return {"items": [dict(zip(Source.model_fields, one, strict=True)) for one in found]}


@read(router, "/enterprises/{code}/calls/mappings", act=Act.LOAD, answer=Page[Kept])
def mappings_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The mappings that the enterprise keeps, by name; `mapping` of an import names one."""
    return paged(
        request,
        cut,
        mappings.list_mapping_names(code),
        lambda name: {"name": name, "mapping": mappings.get_mapping(code, name)},
    )


@write(router, "/enterprises/{code}/calls/mappings", act=Act.LOAD, answer=Kept)
def mappings_keep(request: Request, code: str, kept: Kept) -> dict[str, object]:
    """Keep a mapping, as a mapping file has it, in place of an earlier one of the name."""
    keep(enterprise=code, name=kept.name, data=kept.mapping, actor=request.actor)
    return kept.model_dump()


def known_source(source: str) -> None:
    """``source_unknown`` for what no file can be of."""
    known = [name for name, _title, _evidence in sources()]
    if source not in {AUTO, *known}:
        raise NianjianError("source_unknown", source=source, known=", ".join(known))


def _carried_out(request: Request, code: str, id_: str, file: Sheet, data: object) -> dict[str, object]:
    """Put the file into the draft and hand it to the worker; a draft that is refused is dropped."""
    try:
        draft = drafts.draft_for(id_, code, request.actor)
        if isinstance(file, Calls):
            drafts.choose(
                draft=draft,
                source=file.source,
                timezone=file.timezone,
                data=data if isinstance(data, dict) else {},
            )
        drafts.receive(draft=draft, incoming=request.incoming)
        ready = drafts.draft_for(id_, code, request.actor)
        if file.check:
            speak = language(request)
            return enqueued_job_document(request, drafts.check_whole(draft=ready, actor=request.actor, language=speak))
        return enqueued_job_document(request, drafts.commit(draft=ready, actor=request.actor))
    except BaseException:
        drafts.drop(draft=drafts.draft_for(id_, code, request.actor))
        raise
