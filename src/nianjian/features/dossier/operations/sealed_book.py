"""The sealed book comes back as a scan: split by the codes printed on its pages, each part kept with its version.

What was generated stays what it was, with its sums and its portrait: the scan is no version to be checked as unknown.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier import materials
from nianjian.features.dossier.documents import ScanFindingOverruled, SealedScanTold
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import PAPER
from nianjian.features.dossier.editions.look import inspect_file
from nianjian.features.dossier.editions.manifest import blank, score_signed
from nianjian.features.dossier.editions.verify import SIGNED, find_riding_seal, read_plan
from nianjian.features.dossier.ingest.receive import cut_ranges, receive, require_cuttable
from nianjian.features.dossier.models import Arrival, Evidence, SealedScan, Version, row_values
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.audit.chain import canonical
from nianjian.platform.audit.record import record
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.registers.attachments import RowAttachment
from nianjian.platform.vault import blobs

Json = Mapping[str, Any]
PDF: Final = b"%PDF-"
BOOKS: Final = "built_book"  # the register under which the manifests of built packages are kept; key as of the scans
SCANS: Final = "sealed_book"  # the register under which the scans are kept as they came; key: data year and book
DIFFERS: Final = "dossier_sealed_differs"
UNSEALED: Final = "dossier_sealed_unsealed"
#: What is found by looking at a scan, which may err: two people can overrule it. What is missing cannot be overruled.
OVERRULABLE: Final = frozenset({DIFFERS, UNSEALED})
OVERRULING: Final = "scan_overruling"  # of the request that asks for it; its subject: the file's key and the code


def read_answers(row: Arrival | SealedScan) -> dict[str, dict[str, str]]:
    """Code of what was found on a scan -> its values, the reason, who asked, and who agreed once somebody has."""
    return json.loads(row.overruled) if row.overruled else {}


def withdraw_requests(row: Arrival, actor: Actor) -> None:
    """Withdraw what was asked about a file that is decided on, deleted or read anew."""
    approvals.withdraw_about(kind=OVERRULING, subject=f"{row.pk}:", actor=actor)


@dataclass(frozen=True, slots=True)
class SealedBook:
    """A scan that was split; ``riding``: what was seen of the riding seal; ``dpi`` of each version's coarsest page.

    ``overruled``: what two people answer to what was found on each version's pages and on the book.
    """

    book: str
    manifest_sha256: str
    riding: str
    contents: Mapping[Version, bytes]
    dpi: Mapping[Version, int | None]
    overruled: Mapping[Version, Mapping[str, Mapping[str, str]]]


def store_sealed_book(*, row: Arrival, path: Path, room: Path, watch: Callable[[], object], actor: Actor) -> bool:
    """Keep the pages of a scanned sealed book with the versions that were printed; False: it is no such scan.

    ``dossier_sealed_mixed``, ``dossier_sealed_unknown`` (its package is not here), ``dossier_manifest_draft``,
    ``dossier_sealed_pages``,
    ``dossier_sealed_differs`` (a page is not the one that its code names), ``dossier_sealed_unsealed``,
    ``dossier_cut_unfit``. What two people have overruled of `OVERRULABLE` refuses it no more.
    """
    with path.open("rb") as file:
        if file.read(len(PDF)) != PDF:
            return False
    seen = inspect_file("codes", path)
    book = None if seen is None else manifest.find_book(seen["codes"])
    if seen is None or book is None:
        return False
    watch()
    listed = _find_manifest(row.enterprise_id, row.year, book)
    if listed["draft"]:
        raise NianjianError("dossier_manifest_draft")
    pages = _pages(listed)
    items = manifest.match_pages(seen["codes"], pages)
    inside = inspect_file("ink", path)
    if inside is None:
        raise NianjianError("dossier_scan_unreadable", file=path.name)
    matches, differ = _name_pages(inside["looks"], items, pages)
    answers = {code: answer for code, answer in read_answers(row).items() if "approved_by" in answer}
    faults = {str(number) for numbers in differ.values() for number in numbers}
    if faults and not faults <= set(answers.get(DIFFERS, {"pages": ""})["pages"].split(", ")):
        raise NianjianError(DIFFERS, pages=", ".join(sorted(faults, key=int)))
    watch()
    riding, _torn = find_riding_seal(path, read_plan(listed, len(pages), manifest.NAME), matches, len(matches))
    absent = riding.state == "absent"
    if absent and UNSEALED not in answers:
        raise NianjianError(UNSEALED)
    versions = _find_versions(row, listed["items"], str(listed["book"]))
    name = path.name
    clean = require_cuttable(receive(path, room))
    ranges = [(places[0] + 1, places[-1] + 1) for places in items.values()]
    parts = cut_ranges(clean, ranges, room, name=name)
    contents = {versions[item]: part.read_bytes() for item, part in zip(items, parts, strict=True)}
    coarsest = {
        versions[item]: min(filter(None, (inside["dpi"][place] for place in places)), default=None)
        for item, places in items.items()
    }
    waived = {
        version: {code: answer for code, answer in answers.items() if (absent if code == UNSEALED else item in differ)}
        for item, version in versions.items()
    }
    _store(row, SealedBook(book, str(listed["sha256"]), riding.state, contents, coarsest, waived), actor)
    return True


@contextmanager
def store_manifest(enterprise: str, year: int, body: bytes, actor: Actor) -> Iterator[None]:
    """Keep the manifest of a package that is built, so that the scan of its sealed book is known.

    Of a book that is built again it is kept once more only where its pages look otherwise, or only a draft was kept: a
    draft with pictures of seals has the name of the book without them. It is taken back if what follows fails. The
    caller's transaction and audit entry hold it.
    """
    listed = json.loads(body)
    existing = _find_built_manifest(enterprise, year, str(listed["book"]))
    if existing is not None and (listed["draft"] or (not existing["draft"] and _pages(existing) == _pages(listed))):
        yield
        return
    with blobs.put_undoable(body) as blob:
        RowAttachment.objects.create(
            **_place(enterprise, year, str(listed["book"])), name=manifest.NAME, media_type="application/json",
            sha256=blob.sha256, size=blob.size, blob=blob.id, recorded_at=clock.now(), recorded_by=str(actor),
        )  # fmt: skip
        yield


def refuse_own_pages(place: materials.Place, path: Path, sha256: str) -> None:
    """Refuse a file made of an item's generated version: it has its figures and sums, and goes back by its book.

    ``dossier_edition_file``: the upload edition of a package that was built here; ``dossier_book_pages``: pages with
    the codes of a sealed book. A Word document that was edited and any other file is not meant.
    """
    newest = materials.list_versions(place.enterprise, place.year, place.item).first()
    if newest is None or not materials.is_generated(newest) or newest.sha256 == sha256:
        return
    built = RowAttachment.objects.filter(
        enterprise_id=place.enterprise, register=BOOKS, key__startswith=f"{place.year}.", removed_at=None
    )
    if any(one["sha256"] == sha256 for row in built for one in json.loads(blobs.get(row.blob))["files"]):
        raise NianjianError("dossier_edition_file", file=path.name, item=place.item, version=newest.number)
    with path.open("rb") as file:
        if file.read(len(PDF)) != PDF:
            return
    seen = inspect_file("codes", path)
    if seen is not None and any(manifest.parse_code(text) for text in seen["codes"]):
        raise NianjianError("dossier_book_pages", file=path.name, item=place.item, version=newest.number)


def _place(enterprise: str, year: int, book: str) -> dict[str, str]:
    return {"enterprise_id": enterprise, "register": BOOKS, "key": f"{year}.{book}"}


def _pages(listed: Json) -> Sequence[Json]:
    """The pages of the paper edition, each with its content and look."""
    pages: Sequence[Json] = next(one["pages"] for one in listed["files"] if one["edition"] == PAPER)
    return pages


def _find_built_manifest(enterprise: str, year: int, book: str) -> Json | None:
    """The newest kept manifest of a book, one of a draft only where there is no other."""
    rows = RowAttachment.objects.filter(**_place(enterprise, year, book), removed_at=None).order_by("-pk")
    draft = None
    for row in rows:
        listed: Json = json.loads(blobs.get(row.blob))
        if not listed["draft"]:
            return listed
        draft = draft or listed
    return draft


def _find_manifest(enterprise: str, year: int, book: str) -> Json:
    """The manifest of the package whose book bears this name, of one that was built or handed in here."""
    if (built := _find_built_manifest(enterprise, year, book)) is not None:
        return built
    # Packages of versions that did not keep the manifest by itself.
    for job in queue.list_done_jobs(enterprise, flow.BUILD_PACKAGE, {"year": year}):
        if job.result.get("book") == book and "blob" in job.result:
            return dict(json.loads(manifest.read_packed_manifest(blobs.read(str(job.result["blob"])))))
    rows = Evidence.objects.filter(submission__enterprise_id=enterprise, submission__year=year)
    for evidence in rows.filter(kind=Evidence.MANIFEST).order_by("-pk"):
        listed = json.loads(blobs.get(evidence.blob))
        if listed.get("book") == book:
            return dict(listed)
    raise NianjianError("dossier_sealed_unknown", book=book)


def download_sealed_scan(
    *, enterprise: str, year: int, item: str, number: int, whole: bool, actor: Actor
) -> tuple[str, bytes]:
    """(Name, content) of a version's pages as they were scanned out of the sealed book, or of the ``whole`` scan.

    They show personal values in full: the chain has an entry. ``role_missing``, ``dossier_version_unknown``,
    ``dossier_sealed_scan_unknown``, ``blob_missing``.
    """
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    version = materials.get_version(enterprise, year, item, number)
    scan = find_sealed_scan(version)
    place = {"register": SCANS, "key": "" if scan is None else f"{year}.{scan.book}", "removed_at": None}
    original = RowAttachment.objects.filter(enterprise_id=enterprise, **place).order_by("-pk").first()
    row = original if whole else scan
    if scan is None or row is None:
        raise NianjianError("dossier_sealed_scan_unknown", item=item, version=number)
    content = blobs.get(row.blob)
    data = {"version": number, "book": scan.book, "sha256": row.sha256}
    materials.note("sealed_fetched", version.material, actor, data)
    name = original.name if whole and original is not None else None
    return name or f"{item}-{number}-sealed.pdf", content


def find_sealed_scan(version: Version) -> SealedScan | None:
    """The newest scan of a version's sealed pages; None: none came in."""
    return version.sealed_scans.order_by("pk").last()


def sealed_to_document(version: Version) -> SealedScanTold | None:
    """The sealed scan of a version: it has the version's pages."""
    scan = find_sealed_scan(version)
    if scan is None:
        return None
    overruled = [
        {"finding": code, **answer} for code, answer in sorted(read_answers(scan).items()) if "approved_by" in answer
    ]
    return SealedScanTold(
        **row_values(scan, "recorded_at", "recorded_by", "riding", "dpi", "sha256", "size"),
        pages=version.pages,
        overruled=msgspec.convert(overruled, list[ScanFindingOverruled]),
    )


def _name_pages(
    looks: Sequence[str], items: Mapping[str, Sequence[int]], pages: Sequence[Json]
) -> tuple[list[int | None], dict[str, list[int]]]:
    """Place of the scan -> page of the book, from 0; item -> its pages, from 1, that look unlike what was printed."""
    matches: list[int | None] = [None] * len(looks)
    numbers = {(page["item"], page["source_page"]): number for number, page in enumerate(pages)}
    differ: dict[str, list[int]] = {}
    for item, places in items.items():
        if list(places) != list(range(places[0], places[0] + len(places))):
            raise NianjianError("dossier_sealed_pages", pages=", ".join(str(place + 1) for place in places))
        for source_page, place in enumerate(places, 1):
            number = numbers[item, source_page]
            matches[place] = number
            look = pages[number]["look"]
            if not blank(look) and score_signed(looks[place], look) < SIGNED:
                differ.setdefault(item, []).append(number + 1)
    return matches, differ


def _find_versions(row: Arrival, items: Sequence[Json], book: str) -> dict[str, Version]:
    """Item -> the version that was printed in the ``book``; ``dossier_sealed_unknown``."""
    by_item = {}
    for entry in items:
        versions = Version.objects.filter(
            material__enterprise_id=row.enterprise_id, material__year=row.year, material__item=entry["item"]
        )
        version = versions.filter(sha256=entry["source_sha256"]).first()
        if version is None:
            raise NianjianError("dossier_sealed_unknown", book=book)
        by_item[str(entry["item"])] = version
    return by_item


def _store(row: Arrival, scan: SealedBook, actor: Actor) -> None:
    refuse_closed(row.enterprise_id, row.year)
    with ExitStack() as stack, transaction.atomic():
        materials.require_waiting(row)
        items = {}
        for version, content in scan.contents.items():
            sha256 = hashlib.sha256(content).hexdigest()
            items[version.material.item] = {"version": version.number, "sha256": sha256}
            if version.sealed_scans.filter(sha256=sha256).exists():
                continue
            blob = stack.enter_context(blobs.put_undoable(content))
            SealedScan.objects.create(
                version=version, book=scan.book, manifest_sha256=scan.manifest_sha256, riding=scan.riding,
                overruled=canonical(scan.overruled[version]), dpi=scan.dpi[version], sha256=blob.sha256,
                size=blob.size, blob=blob.id, recorded_at=clock.now(), recorded_by=str(actor),
            )  # fmt: skip
        withdraw_requests(row, actor)
        data = {"year": row.year, "sha256": row.sha256, "book": scan.book, "manifest": scan.manifest_sha256,
                "riding": scan.riding, "items": items}  # fmt: skip
        record(verb="dossier.sealed_scan", enterprise=row.enterprise_id, actor=actor, data=data)
        _keep_original(row, scan.book, actor)


def _keep_original(row: Arrival, book: str, actor: Actor) -> None:
    """Keep the scan as it came, once a book: cover, fronts and backs belong to no version."""
    place = {"enterprise_id": row.enterprise_id, "register": SCANS, "key": f"{row.year}.{book}"}
    if RowAttachment.objects.filter(**place, sha256=row.sha256, removed_at=None).exists():
        materials.delete_file(row)
        return
    RowAttachment.objects.create(
        **place, name=row.name, media_type="application/pdf", sha256=row.sha256, size=row.size, blob=row.blob,
        recorded_at=clock.now(), recorded_by=str(actor),
    )  # fmt: skip
    materials.delete_pictures(of=row)
    row.delete()
