"""A package that is handed in: its manifest is read, held against the files and the chain, and taken as evidence."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import PAPER
from nianjian.features.dossier.editions.verify import verify
from nianjian.features.dossier.kinds.catalogue import KNOWN
from nianjian.features.dossier.rounds.service import File, Package
from nianjian.platform.accounts import query as accounts
from nianjian.platform.audit import query as audit
from nianjian.platform.home import env, spill

Json = dict[str, Any]
LIMIT: Final = 32 << 20  # bytes of a manifest; one of 500 pages has about one MiB
MEDIA: Final = "application/json"


def from_path(path: Path, *, enterprise: str, year: int) -> Package:
    """The package of a folder, whose files must hold, or of a manifest alone.

    NianjianError dossier_path_unknown, dossier_package_differs, file_too_large, and those of `package`.
    """
    if not path.exists():
        raise NianjianError("dossier_path_unknown", path=str(path))
    listed = path / manifest.NAME if path.is_dir() else path
    try:
        if listed.stat().st_size > LIMIT:
            raise NianjianError("file_too_large", file=listed.name, limit=LIMIT)
        body = listed.read_bytes()
    except OSError as error:
        raise NianjianError("dossier_manifest_unreadable", file=listed.name) from error
    made = package(body, enterprise=enterprise, year=year)
    if path.is_dir() and not (found := verify(path)).intact:
        first = found.differences[0]
        raise NianjianError("dossier_package_differs", file=first.file, page=first.page or "–", change=first.kind.value)
    return made


def package(body: bytes, *, enterprise: str, year: int) -> Package:
    """What a manifest says.

    NianjianError file_too_large, dossier_manifest_unreadable, dossier_manifest_altered (its own hash does not fit),
    dossier_manifest_other (of another enterprise or season), dossier_manifest_draft.
    """
    if len(body) > LIMIT:
        raise NianjianError("file_too_large", file=manifest.NAME, limit=LIMIT)
    told = _read(body)
    tenant = accounts.enterprise(enterprise)
    if not manifest.holds(told):
        raise NianjianError("dossier_manifest_altered", file=manifest.NAME)
    if told.get("season") != year or told.get("enterprise") != tenant.name:
        raise NianjianError("dossier_manifest_other", season=told.get("season"), enterprise=told.get("enterprise"))
    if told.get("draft"):
        raise NianjianError("dossier_manifest_draft")
    sha256 = str(told["sha256"])
    built = (
        audit.filter_entries(enterprise=tenant.code, verb="dossier.built").filter(data__contains=f'"{sha256}"').exists()
    )
    pages = next((len(one["pages"]) for one in told["files"] if one["edition"] == PAPER), 0)
    items = {str(one["item"]): str(one["source_sha256"]) for one in told["items"]}
    return Package(sha256, items, pages, built, File(manifest.NAME, MEDIA, body))


def _read(body: bytes) -> Json:
    """The manifest, every part that is used later checked for its shape."""
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as room:
        path = Path(room) / manifest.NAME
        path.write_bytes(body)
        told = manifest.read(path)
    try:
        for one in told["items"]:
            if one["item"] not in KNOWN:
                raise NianjianError("dossier_manifest_unreadable", file=manifest.NAME)
            _ = (str(one["source_sha256"]), str(one["copy_sha256"]), int(one["pages"]))
        for file in told["files"]:
            _ = str(file["edition"])
            for page in file["pages"]:
                _ = (str(page["item"]), int(page["source_page"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NianjianError("dossier_manifest_unreadable", file=manifest.NAME) from error
    return told


def parse_manifest(body: bytes) -> Json:
    """A manifest that was kept."""
    found: Json = json.loads(body)
    return found
