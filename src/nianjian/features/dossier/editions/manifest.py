"""One JSON for both editions: what each file and each page must be, where the seals lie, and a hash over all of it.

The hash inside shows a slip, not a forger: he would write it anew. Kept elsewhere (audit chain, receipt) it binds.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pikepdf
from cryptography.hazmat.primitives import hashes

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import ink
from nianjian.features.dossier.editions.fingerprint import Fingerprints
from nianjian.features.dossier.editions.package import Item, Package
from nianjian.features.dossier.riding_seal import Plan

NAME: Final = "manifest.json"
FORMAT: Final = "nianjian-dossier"
VERSION: Final = 1
BLOCK: Final = 1 << 20
BOUND: Final = ("sha256", "sm3")
LONGEST: Final = (1024, 255)  # bytes of a file's path within the package, and of one name in it

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageOf:
    """``item``: whose page it is by name, "" for front and blank; ``page`` of the source, from 1; and its look."""

    item: str
    page: int
    look: str


def digests(path: Path, size: int | None = None) -> tuple[str, str]:
    """SHA-256 and SM3 of a file, or of its first ``size`` bytes."""
    sha, sm3 = hashlib.sha256(), hashes.Hash(hashes.SM3())
    left = path.stat().st_size if size is None else size
    with path.open("rb") as stream:
        while left > 0 and (block := stream.read(min(BLOCK, left))):
            sha.update(block)
            sm3.update(block)
            left -= len(block)
    return sha.hexdigest(), sm3.finalize().hex()


def of_file(path: Path, folder: Path, edition: str, pages: Sequence[PageOf], pdfa: str = "") -> dict[str, Any]:
    """The entry of a file; an item's own entry follows from its pages."""
    sha, sm3 = digests(path)
    with pikepdf.open(path) as pdf:
        prints = Fingerprints(pdf)
        told = [
            {"item": one.item, "source_page": one.page, "content": prints.page(place), "look": one.look}
            for place, one in enumerate(pages)
        ]
        document = prints.document()
    return {
        "path": path.relative_to(folder).as_posix(),
        "edition": edition,
        "bytes": path.stat().st_size,
        "sha256": sha,
        "sm3": sm3,
        "document": document,
        **({"pdfa_2b": pdfa} if pdfa else {}),
        "pages": told,
    }


def seams(plan: Plan) -> dict[str, Any]:
    """The riding seal's log: which strip of which stamp lies on which sheet."""
    return {
        "sheets": plan.sheets,
        "duplex": plan.duplex,
        "diameter_mm": str(plan.rules.diameter_mm),
        "stamps": [{"stamp": one.number, "first": one.first, "last": one.last} for one in plan.stamps],
        "slices": [
            {"sheet": one.sheet, "page": plan.pages(one.sheet)[0], "stamp": one.stamp, "strip": one.strip,
             "strips": one.strips, "height": f"{one.height.numerator}/{one.height.denominator}"}
            for one in plan.slices()
        ],
    }  # fmt: skip


def sources(package: Package, starts: Sequence[int], counts: Sequence[int]) -> list[dict[str, Any]]:
    """Each item: its file's hash, its pages, and where it starts in the book."""
    return [
        {"item": item.name, "title": item.title, "board": item.board.value, "start_page": start, "pages": count,
         "copy_sha256": (copy := digests(item.file)[0]), "source_sha256": item.source_sha256 or copy,
         "seals": sorted(one.value for one in item.seals), **_prints(item)}
        for item, start, count in zip(package.items, starts, counts, strict=True)
    ]  # fmt: skip


def _prints(item: Item) -> dict[str, Any]:
    """The pictures of seals on an item's pages; nothing where there are none."""
    told = [
        {"id": one.id, "seal": one.seal.value, "picture_sha256": hashlib.sha256(one.picture.png).hexdigest(),
         "width_mm": one.picture.width_mm, "page": one.page, "x_mm": one.x_mm, "y_mm": one.y_mm}
        for one in item.prints
    ]  # fmt: skip
    return {"pictures": told} if told else {}


def bound(told: Json) -> dict[str, Any]:
    """The manifest with its own hashes."""
    return {**told, **dict(zip(BOUND, _digests_of(told), strict=True))}


def _digests_of(told: Json) -> tuple[str, str]:
    plain = {key: value for key, value in told.items() if key not in BOUND}
    data = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(data)
    return hashlib.sha256(data).hexdigest(), sm3.finalize().hex()


def holds(told: Json) -> bool:
    """Whether the hashes inside fit the rest."""
    return tuple(told.get(key) for key in BOUND) == _digests_of(told)


def write(told: Json, folder: Path) -> Path:
    """Put it beside the editions."""
    path = folder / NAME
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> dict[str, Any]:
    """The manifest; ``dossier_manifest_unreadable``."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT or told["version"] != VERSION:
            raise NianjianError("dossier_manifest_unreadable", file=path.name)
        for file in told["files"]:
            _checked(file)
        _digests_of(told)  # what cannot be hashed cannot be bound
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise NianjianError("dossier_manifest_unreadable", file=path.name) from error
    return dict(told)


def _checked(file: Json) -> None:
    """ValueError, KeyError, TypeError where an entry is not as `of_file` writes it: others may have written it."""
    words = [file["path"], file["sha256"], file["sm3"], file["document"]]
    for one in file["pages"]:
        words += [one["content"], one["look"]]
        ink.read(one["look"])
    if not file["pages"] or type(file["bytes"]) is not int or not all(isinstance(one, str) for one in words):
        raise ValueError(file["path"])
    path = os.fsencode(file["path"])
    if len(path) > LONGEST[0] or max(map(len, path.split(b"/"))) > LONGEST[1]:
        raise ValueError(file["path"])


def build_manifest(package: Package, files: Iterable[Json], items: Sequence[Json], plan: Plan) -> dict[str, Any]:
    """The whole of it, bound."""
    return bound(
        {
            "format": FORMAT,
            "version": VERSION,
            "enterprise": package.enterprise,
            "licence": package.licence,
            "season": package.season,
            "snapshot": package.snapshot,
            "draft": package.draft or package.printed,
            "seals_printed": sorted(one.value for one in package.pictures),
            "seals_approved": package.approved,
            "items": list(items),
            "files": list(files),
            "riding_seal": seams(plan),
        }
    )
