"""Prepare an import and hand it to the worker. A draft belongs to whom began it, at its enterprise."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

import yaml
from django.db import transaction

from nianjian.engines.intake import mapping as mapping_files
from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.sql import require_zone
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations import require_replaceable
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.folders import make_private
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.registers import batches, drafts, kinds, mappings, uploads
from nianjian.platform.registers.drafts import DraftValue

CALLS: Final = "calls"
KEPT: Final = timedelta(days=7)
MAPPING: Final = "mapping.yaml"
UNDER_WAY: Final = frozenset({"waiting", "running"})


def create_draft(*, kind: str, enterprise: str, actor: Actor, replaces: str = "") -> str:
    """Begin an import of call records or of a register; its draft.

    ``role_missing``, ``enterprise_unknown``, ``register_kind_unknown``; ``batch_unknown`` and ``batch_not_active``
    for what it is to replace.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    tenant = accounts.enterprise(enterprise)
    if kind != CALLS:
        kinds.register(kind)
    if replaces:
        require_replaceable(replaces, enterprise)
    choices = {"replaces": replaces} if replaces else {}
    return drafts.create_draft(kind=kind, enterprise=tenant.code, made_by=str(actor), choices=choices)


def draft_for(id_: str, enterprise: str, actor: Actor) -> DraftValue:
    """One's own draft; ``draft_unknown`` for any other, ``role_missing``."""
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    draft = drafts.get_draft(id_)
    if draft.enterprise != enterprise or draft.made_by != str(actor):
        raise NianjianError("draft_unknown", draft=id_)
    return draft


def open_draft(id_: str, enterprise: str, actor: Actor) -> DraftValue:
    """As `draft_for`, where it can still be changed; ``draft_running`` while the worker has it."""
    draft = draft_for(id_, enterprise, actor)
    if is_under_way(draft.job):
        raise NianjianError("draft_running", draft=id_)
    return draft


def is_under_way(job: str) -> bool:
    """Whether there is such work and it is not over."""
    return bool(job) and queue.state(job) in UNDER_WAY


def add_file(*, draft: DraftValue, incoming: uploads.Incoming) -> None:
    """Keep a file that came in; ``file_twice`` for one that is there, ``file_single`` for a register's second."""
    there = drafts.get_draft(draft.id).files
    if any(one.sha256 == incoming.sha256 for one in there):
        raise NianjianError("file_twice", file=incoming.name)
    if draft.kind != CALLS and there:
        raise NianjianError("file_single", file=incoming.name)
    if not incoming.size:
        raise NianjianError("file_empty", file=incoming.name)
    upload = drafts.add_draft_file(draft=draft.id, name=incoming.name, size=incoming.size, sha256=incoming.sha256)
    incoming.keep(draft.id, upload)


def remove_file(*, draft: DraftValue, number: int) -> None:
    """Take a file out again."""
    drafts.remove_draft_file(draft=draft.id, number=number)
    uploads.remove(draft.id, number)


def set_choices(*, draft: DraftValue, source: str, timezone: str, data: Mapping[str, object]) -> None:
    """Settle how call files are read; ``data`` as a mapping file has it. ``mapping_invalid``, ``timezone_unknown``."""
    check_mapping(draft.id, data)
    if timezone:
        require_zone(timezone)
    drafts.set_choices(draft=draft.id, choices={"source": source, "timezone": timezone, "mapping": dict(data)})


def enqueue_import(*, draft: DraftValue, actor: Actor) -> str:
    """Hand it to the worker; the job, also to whom asks again while it is under way: a double click imports once.

    ``files_missing``, ``draft_unknown``, ``role_missing``.
    """
    with transaction.atomic():
        drafts.lock_draft(draft=draft.id)
        now = drafts.get_draft(draft.id)  # as it stands with the lock, `draft` was read before
        if is_under_way(now.job):
            return now.job
        require_files(now)
        payload: dict[str, object] = {"draft": now.id, **_how(now)}
        kind = flow.IMPORT_REGISTER
        if now.kind == CALLS:
            kind = flow.IMPORT_CALLS
            payload |= {"batch": batches.new_batch_id()}
        else:
            payload |= {"kind": now.kind, "file": str(uploads.paths(now)[0])}
        job = flow.enqueue(kind=kind, enterprise=now.enterprise, payload=payload, actor=actor)
        drafts.set_commit_job(draft=now.id, job=job)
    return job


def enqueue_check(*, draft: DraftValue, actor: Actor, language: str = "") -> str:
    """Let the worker check every row without writing; the job. ``files_missing``.

    ``language``: of the reasons in the workbook that a faulty sheet leaves; Chinese if none.
    """
    require_files(draft)
    kind, payload = flow.CHECK_CALLS, {"draft": draft.id, **_how(draft)}
    if draft.kind != CALLS:
        kind = flow.CHECK_REGISTER
        payload |= {"kind": draft.kind, "file": str(uploads.paths(draft)[0]), "language": language}
    job = flow.enqueue(kind=kind, enterprise=draft.enterprise, payload=payload, actor=actor)
    drafts.set_check_job(draft=draft.id, job=job)
    return job


def require_files(draft: DraftValue) -> None:
    """``files_missing`` unless there is a file."""
    if not draft.files:
        raise NianjianError("files_missing", draft=draft.id)


def finish_draft(draft: str) -> None:
    """It is given up, or what it held is in: the draft and its files go."""
    drafts.discard_draft(draft=draft)
    uploads.remove(draft)


def delete_expired_drafts() -> int:
    """Delete drafts that nobody has touched for `KEPT` or that are in, and files of no draft; how many drafts."""
    old = [one for one in drafts.list_stale_drafts(KEPT) if not is_under_way(one.job)]
    old += [one for one in drafts.list_submitted_drafts() if queue.state(one.job) == "done"]
    for one in old:
        finish_draft(one.id)
    uploads.sweep(drafts.list_draft_ids())
    return len(old)


def get_choice(draft: DraftValue, name: str) -> str:
    """One of the choices as text; "" where none was made."""
    return str(draft.choices.get(name) or "")


def get_mapping_data(draft: DraftValue) -> dict[str, object]:
    """The mapping as the form wrote it."""
    data = draft.choices.get("mapping")
    return dict(data) if isinstance(data, dict) else {}


def load_mapping(draft: DraftValue) -> FileMapping:
    """The mapping, checked."""
    return check_mapping(draft.id, get_mapping_data(draft))


def check_mapping(draft: str, data: Mapping[str, object]) -> FileMapping:
    """Write it beside the files as a mapping file and read it back; ``mapping_invalid``, ``timezone_unknown``."""
    if not data:
        return FileMapping()
    try:
        return mapping_files.read_mapping(_written(draft, data))
    except NianjianError as fault:  # where the file lies is nobody's business
        values = {name: value for name, value in fault.values.items() if name != "file"}
        raise NianjianError(fault.code, findings=fault.findings, file=MAPPING, **values) from fault


def _how(draft: DraftValue) -> dict[str, object]:
    data = get_mapping_data(draft)
    return {
        "files": [str(one) for one in uploads.paths(draft)],
        "source": get_choice(draft, "source") or "auto",
        "timezone": get_choice(draft, "timezone") or None,
        "mapping": str(_written(draft.id, data)) if data else None,
        "replace": get_choice(draft, "replaces") or None,
    }


def _written(draft: str, data: Mapping[str, object]) -> Path:
    place = uploads.folder() / draft
    make_private(place)
    path = place / MAPPING
    path.write_text(yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False), encoding="utf-8")
    path.chmod(0o600)
    return path


def save_mapping(*, enterprise: str, name: str, data: Mapping[str, object], actor: Actor) -> None:
    """Check it and keep it in place of an earlier one of the name.

    ``role_missing``, ``mapping_name_malformed``, ``mapping_invalid``, and others of `check_mapping`.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    place = secrets.token_hex(8)
    try:
        check_mapping(place, data)
    finally:
        uploads.remove(place)
    mappings.save_mapping(enterprise=enterprise, name=name, data=data, actor=actor)
