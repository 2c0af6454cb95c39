"""Put the making of items, of the package and of its signature, and do it in the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier.operations import build, generate
from nianjian.features.dossier.operations.making import output_files
from nianjian.features.dossier.operations.sealing import signing
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.progress import Progress

Json = dict[str, Any]
_ = words(CHINESE)  # papers for the authority are Chinese, and so are the names of their files


def ask_items(
    *, enterprise: str, year: int, items: Sequence[str], files: bool, actor: Actor, replace: bool = False
) -> str:
    """Put the generation of items; its job, or the one that waits or runs.

    ``files``: as workbook and PDF in a zip, the self-check report, too; else as versions of the checklist.
    ``replace``: also above an upload that nobody has confirmed. role_missing, dossier_item_not_generated.
    """
    require(actor, enterprise, flow.NEEDS[flow.GENERATE_ITEMS])
    generate.check(items, files=files)
    given = {"year": year, "items": list(items), "files": files, "replace": replace}
    return _put(flow.GENERATE_ITEMS, enterprise, given, actor)


def ask_package(*, enterprise: str, year: int, pictures: bool, actor: Actor, on: date | None = None) -> str:
    """Put the building of the package; its job, or the one that waits or runs. ``on``, ``pictures``: as of `build`.

    NianjianError role_missing.
    """
    given = {"year": year, "pictures": pictures, "on": "" if on is None else on.isoformat()}
    return _put(flow.BUILD_PACKAGE, enterprise, given, actor)


def ask_signature(*, enterprise: str, year: int, package: str, actor: Actor) -> str:
    """Put the signing of the package that a job has built, with the certificate of the settings; its job.

    NianjianError role_missing, dossier_files_unknown, signing_draft, and those of the certificate.
    """
    require(actor, enterprise, flow.NEEDS[flow.SIGN_PACKAGE])
    code = accounts.enterprise(enterprise).code
    found = output_files.get_files_job(code, year, package, flow.BUILD_PACKAGE)
    if found.result["draft"]:
        raise NianjianError("signing_draft")
    with_it = signing.configured(code, actor)
    if with_it.fault:
        raise NianjianError(with_it.fault, **with_it.values)
    return _put(flow.SIGN_PACKAGE, code, {"year": year, "package": found.id}, actor)


def _put(kind: str, enterprise: str, given: Json, actor: Actor) -> str:
    refuse_closed(enterprise, given["year"])
    return flow.enqueue_once(kind=kind, enterprise=accounts.enterprise(enterprise).code, payload=given, actor=actor)


def items(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask_items` has put: each item with its verdict and the sums that must agree."""
    year, files = int(given["year"]), bool(given["files"])
    with output_files.room() as place:
        folder = Path(place) / "items" if files else None
        made = generate.generate(
            enterprise=enterprise, year=year, items=given["items"], folder=folder, actor=actor,
            replace=bool(given["replace"]), progress=progress,
        )  # fmt: skip
        told = [{**generate.generated_to_document(one), "files": [path.name for path in one.files]} for one in made]
        held = {} if folder is None else output_files.packed(folder, f"{year}-{_('Generated papers')}.zip")
    return {"year": year, "items": told, "run": made[0].run if made else "", **held}


def package(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask_package` has put: both editions with their manifest, as a zip."""
    year, on = int(given["year"]), str(given["on"])
    with output_files.room() as place:
        folder = Path(place) / "package"
        made = build.build(
            enterprise=enterprise, year=year, folder=folder, actor=actor, pictures=bool(given["pictures"]),
            on=date.fromisoformat(on) if on else None, progress=progress,
        )  # fmt: skip
        told = build.built_to_document(made)
        del told["folder"]
        told["contents"] = told.pop("files")
        return {"year": year, **told, **output_files.packed(folder, _name(year, draft=made.draft))}


def signature(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask_signature` has put: the package with its upload edition signed, as a zip."""
    year = int(given["year"])
    built = output_files.get_files_job(enterprise, year, str(given["package"]), flow.BUILD_PACKAGE)
    with output_files.room() as place:
        folder = Path(place) / "package"
        output_files.unpacked(built, folder)
        done = signing.sign_package(
            enterprise=enterprise, folder=folder, actor=actor, ask=lambda _file: "", progress=progress
        )
        held = output_files.packed(folder, _name(year, draft=False))
    told = done.as_dict()
    told["signed"] = told.pop("files")
    return {"year": year, "package": built.id, **told, **held}


def _name(year: int, *, draft: bool) -> str:
    return f"{year}-{_('Package')}{'-' + _('draft') if draft else ''}.zip"
