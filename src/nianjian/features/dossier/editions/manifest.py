"""One JSON for both editions: what each file and page must be (hash, ink, places of seals), and a hash over it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pikepdf
import pypdfium2
import qrcode
from cryptography.hazmat.primitives import hashes

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions.package import A4, FOOT, POINT, Item, Matrix, Package, Plan, inherited_attribute

#: Where an object stands, when it was written, or what follows from the rest.
SKIPPED: Final = frozenset(
    {
        "/Parent", "/P", "/Prev", "/Last", "/StructParent", "/StructParents", "/PieceInfo", "/LastModified", "/Length",
        "/Metadata", "/Thumb",
    }
)  # fmt: skip
LOSSLESS: Final = frozenset({"/FlateDecode", "/LZWDecode", "/ASCIIHexDecode", "/ASCII85Decode", "/RunLengthDecode"})
CODING: Final = frozenset({"/Filter", "/DecodeParms", "/F", "/FFilter", "/FDecodeParms", "/DL"})
INHERITED: Final = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
#: Of the document: what a signature, appended last, adds or changes.
LATER: Final = frozenset({"/Pages", "/AcroForm", "/Perms", "/DSS", "/Extensions", "/Version", "/Metadata"})
FORMS_KEPT: Final = frozenset({"/Fields", "/SigFlags", "/DA", "/DR"})


class Fingerprints:
    """Of one open PDF."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        """Hashes of shared objects are taken once."""
        self._pdf = pdf
        self._places: dict[Any, int] = {page.obj.objgen: place for place, page in enumerate(pdf.pages)}
        self._known: dict[tuple[tuple[int, int], bool], bytes] = {}

    def page(self, place: int) -> str:
        """Of the page at ``place``, from 0."""
        node: Any = self._pdf.pages[place].obj
        parts = {str(key): value for key, value in node.items() if key not in SKIPPED and key not in INHERITED}
        by_key = {
            key: self._of(value, jumps=False) for key, value in parts.items() if key not in {"/Contents", "/Annots"}
        }
        for key in INHERITED:
            by_key[key] = self._of(inherited_attribute(node, key), jumps=False)
        by_key["/Contents"] = _hash(b"content", _content(node.get("/Contents")))
        by_key["/Annots"] = _hash(b"notes", *(self._of(one, jumps=False) for one in _notes(node)))
        return _mapped(by_key).hex()

    def document(self) -> str:
        """What belongs to no page: bookmarks, labels, actions, attachments, and where jumps lead."""
        root: Any = self._pdf.Root
        by_key = {str(key): self._of(root[key], jumps=True) for key in root if key not in LATER}
        form = root.get("/AcroForm")
        if form is not None:
            beyond = {str(key): self._of(form[key], jumps=True) for key in form if key not in FORMS_KEPT}
            others = [one for one in form.get("/Fields", []) if not _signature(one)]
            if beyond or others:
                by_key["/AcroForm"] = _hash(_mapped(beyond), *(self._of(one, jumps=True) for one in others))
        for place, page in enumerate(self._pdf.pages):
            if notes := _notes(page.obj):
                by_key[f"{place}"] = _hash(*(self._of(one, jumps=True) for one in notes))
        return _mapped(by_key).hex()

    def _of(self, value: Any, *, jumps: bool) -> bytes:  # noqa: ANN401 -- objects of a PDF
        if not isinstance(value, pikepdf.Object):
            return _scalar(value)
        if value.objgen in self._places:
            return _hash(b"page", str(self._places[value.objgen]).encode() if jumps else b"")
        if isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/Page":
            return _hash(b"page", b"gone" if jumps else b"")  # a jump's target that is in the document no more
        key = (value.objgen, jumps)
        if value.objgen == (0, 0):
            return self._inside(value, jumps=jumps)
        if key not in self._known:
            self._known[key] = b"round"  # met again inside itself
            self._known[key] = self._inside(value, jumps=jumps)
        return self._known[key]

    def _inside(self, value: Any, *, jumps: bool) -> bytes:  # noqa: ANN401 -- objects of a PDF
        if isinstance(value, pikepdf.Array):
            return _hash(b"array", *(self._of(one, jumps=jumps) for one in value))
        if isinstance(value, pikepdf.Stream):
            data, coded = _data(value)
            left_out = SKIPPED | CODING if coded == b"" else SKIPPED
            by_key = {str(key): self._of(one, jumps=jumps) for key, one in value.items() if key not in left_out}
            return _hash(b"stream", _mapped(by_key), coded, hashlib.sha256(data).digest())
        if isinstance(value, pikepdf.Dictionary):
            return _mapped({str(key): self._of(one, jumps=jumps) for key, one in value.items() if key not in SKIPPED})
        if isinstance(value, pikepdf.String):
            return _hash(b"text", bytes(value))
        return _hash(b"name", str(value).encode("utf-8", "surrogateescape"))


def _scalar(value: object) -> bytes:
    if isinstance(value, bool) or value is None:
        return _hash(b"word", str(value).encode())
    if isinstance(value, (int, Decimal, float)):
        return _hash(b"number", format(Decimal(str(value)).normalize() + 0, "f").encode())
    return _hash(b"other", repr(value).encode())


def _data(stream: Any) -> tuple[bytes, bytes]:  # noqa: ANN401 -- a stream of a PDF
    """The stream's data, opened where that loses nothing, and how it stays coded."""
    filters = stream.get("/Filter")
    names = [] if filters is None else [filters] if isinstance(filters, pikepdf.Name) else list(filters)
    if LOSSLESS.issuperset(map(str, names)):
        try:
            return stream.read_bytes(), b""
        except pikepdf.PdfError:
            return stream.read_raw_bytes(), b"broken"
    return stream.read_raw_bytes(), " ".join(map(str, names)).encode()


def _content(contents: Any) -> bytes:  # noqa: ANN401 -- a stream or several
    """A page's operators, however many streams they are cut into."""
    if contents is None:
        return b""
    pieces = [contents] if isinstance(contents, pikepdf.Stream) else list(contents)
    data = [_data(one)[0] for one in pieces if isinstance(one, pikepdf.Stream)]
    return b"".join(one if one.endswith(b"\n") else one + b"\n" for one in data)


def _notes(page: Any) -> list[Any]:  # noqa: ANN401 -- a page of a PDF
    """The page's notes, without a signature's field that shows nothing."""
    notes = page.get("/Annots")
    return [] if notes is None else [one for one in notes if not (_signature(one) and _unseen(one))]


def _signature(field: Any) -> bool:  # noqa: ANN401 -- a field of a PDF
    return isinstance(field, pikepdf.Dictionary) and str(field.get("/FT", "")) == "/Sig"


def _unseen(field: Any) -> bool:  # noqa: ANN401 -- a field of a PDF
    box = [float(one) for one in field.get("/Rect", [0, 0, 1, 1])]
    return box[0] == box[2] and box[1] == box[3]


def _mapped(by_key: dict[str, bytes]) -> bytes:
    return _hash(
        b"map", *(part for key in sorted(by_key) for part in (key.encode("utf-8", "surrogateescape"), by_key[key]))
    )


def _hash(*parts: bytes) -> bytes:
    """Of the parts, each with its length before it: no two lists of parts read the same."""
    hasher = hashlib.sha256()
    for part in parts:
        hasher.update(len(part).to_bytes(8))
        hasher.update(part)
    return hasher.digest()


SCALE: Final = 1.4  # pixels a mm: an eighth of a scan of 300 dpi
WIDE, HIGH = round(A4[0] * SCALE), round(A4[1] * SCALE)
COLUMNS, ROWS = 30, 42  # tiles of 7 mm
PAPER: Final = 0.93  # of the paper's own lightness: what is lighter is no ink
EDGE: Final = 4  # pixels: at the edges scanners see shadows
FOOT_ROWS: Final = round(FOOT * SCALE)  # the page number, which the source does not have
FULL: Final = 4.0  # ink is faint: a tile a quarter full counts as full

Pixels = Any
Tiles = Any


def render_page(page: pypdfium2.PdfPage) -> Pixels:
    """The page as it is read, in grey; red as light as paper."""
    return lightness(page.render(scale=SCALE / POINT, may_draw_forms=True).to_numpy())


def lightness(pixels: Pixels) -> Pixels:
    """Of blue-green-red pixels: the lightest channel, so that red ink on white paper vanishes."""
    return pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[:, :, 2])  # noqa: PLR2004 -- grey has two


def lay_on_sheet(picture: Pixels, matrix: Matrix, width: float, height: float) -> Pixels:
    """A page's picture (of ``width`` x ``height`` points as read) where ``matrix`` lays it on A4."""
    rows, columns = picture.shape[:2]
    sx, sy = width / columns, height / rows
    a, b, c, d, e, f = matrix
    k = SCALE / POINT
    # pixel (u, v) from above -> point (u * sx, height - v * sy) -> sheet -> pixel of the sheet
    top = A4[1] * SCALE
    across = [k * a * sx, -k * c * sy, k * (c * height + e)]
    down = [-k * b * sx, k * d * sy, top - k * (d * height + f)]
    return cv2.warpAffine(
        picture, np.array([across, down]), (WIDE, HIGH), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255,),
    )  # fmt: skip


def measure_ink(sheet: Pixels) -> Any:  # noqa: ANN401 -- an array
    """Ink from 0 to 1 on a sheet of WIDE x HIGH; edges, foot and the paper's tone left out."""
    whole = sheet if sheet.shape == (HIGH, WIDE) else cv2.resize(sheet, (WIDE, HIGH), interpolation=cv2.INTER_AREA)
    small = cv2.resize(whole, (WIDE // 8, HIGH // 8), interpolation=cv2.INTER_AREA)
    ground = cv2.GaussianBlur(cv2.dilate(cv2.medianBlur(small, 5), np.ones((5, 5), np.uint8)), (0, 0), 3)
    paper = np.maximum(cv2.resize(ground, (WIDE, HIGH)).astype(np.float32), 64)
    ink = np.clip((PAPER - whole.astype(np.float32) / paper) / PAPER, 0, 1)
    ink[:EDGE], ink[-FOOT_ROWS:], ink[:, :EDGE], ink[:, -EDGE:] = 0, 0, 0, 0
    return ink


def ink_by_tile(ink: Any) -> Tiles:  # noqa: ANN401 -- an array of ink
    """Mean ink of each tile, 0 to 255."""
    mean = cv2.resize(ink, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return np.clip(np.rint(mean * FULL * 255), 0, 255).astype(np.uint8)


def encode_fingerprint(sheet: Pixels) -> str:
    """The fingerprint of a sheet's picture, as text."""
    return base64.b85encode(ink_by_tile(measure_ink(sheet)).tobytes()).decode()


def decode_fingerprint(text: str) -> Tiles:
    """The tiles of a fingerprint; ValueError."""
    return np.frombuffer(base64.b85decode(text), np.uint8).reshape(ROWS, COLUMNS)


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
        entries = [
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
        "pages": entries,
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
    """Each item: its file's hash, its pages, where it starts in the book, and what two people overruled on it.

    ``sealed_sha256``: of the scan of its sealed pages, which the upload edition holds, where there is one.
    """
    return [
        {"item": item.name, "title": item.title, "board": item.board.value, "start_page": start, "pages": count,
         "copy_sha256": (copy := digests(item.file)[0]), "source_sha256": item.source_sha256 or copy,
         "seals": sorted(one.value for one in item.seals), **_prints(item), **_overruled(item),
         **({} if item.sealed is None else {"sealed_sha256": digests(item.sealed)[0]})}
        for item, start, count in zip(package.items, starts, counts, strict=True)
    ]  # fmt: skip


def _prints(item: Item) -> dict[str, Any]:
    """The pictures of seals on an item's pages; nothing where there are none."""
    prints = [
        {"id": one.id, "seal": one.seal.value, "picture_sha256": hashlib.sha256(one.picture.png).hexdigest(),
         "width_mm": one.picture.width_mm, "page": one.page, "x_mm": one.x_mm, "y_mm": one.y_mm}
        for one in item.prints
    ]  # fmt: skip
    return {"pictures": prints} if prints else {}


def _overruled(item: Item) -> dict[str, Any]:
    """Findings that two people have overruled, or one has explained, and blanks; nothing where there are none."""
    entries: dict[str, Any] = {
        "overruled": [asdict(one) for one in item.overruled],
        "explained": [asdict(one) for one in item.explained],
        "blanks": item.blanks,
    }
    return {name: value for name, value in entries.items() if value}


def add_hashes(manifest: Json) -> dict[str, Any]:
    """The manifest with its own hashes."""
    return {**manifest, **dict(zip(BOUND, _digests_of(manifest), strict=True))}


def _digests_of(manifest: Json) -> tuple[str, str]:
    plain = {key: value for key, value in manifest.items() if key not in BOUND}
    data = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(data)
    return hashlib.sha256(data).hexdigest(), sm3.finalize().hex()


def hashes_hold(manifest: Json) -> bool:
    """Whether the hashes inside fit the rest."""
    return tuple(manifest.get(key) for key in BOUND) == _digests_of(manifest)


def write_manifest(manifest: Json, folder: Path) -> Path:
    """Put it beside the editions."""
    path = folder / NAME
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest; ``dossier_manifest_unreadable``."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT or manifest["version"] != VERSION:
            raise NianjianError("dossier_manifest_unreadable", file=path.name)
        for file in manifest["files"]:
            _checked(file)
        _digests_of(manifest)  # what cannot be hashed cannot be bound
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise NianjianError("dossier_manifest_unreadable", file=path.name) from error
    return dict(manifest)


def _checked(file: Json) -> None:
    """ValueError, KeyError, TypeError where an entry is not as `of_file` writes it: others may have written it."""
    words = [file["path"], file["sha256"], file["sm3"], file["document"]]
    for one in file["pages"]:
        words += [one["content"], one["look"]]
        decode_fingerprint(one["look"])
    if not file["pages"] or type(file["bytes"]) is not int or not all(isinstance(one, str) for one in words):
        raise ValueError(file["path"])
    path = os.fsencode(file["path"])
    if len(path) > LONGEST[0] or max(map(len, path.split(b"/"))) > LONGEST[1]:
        raise ValueError(file["path"])


def build_manifest(
    package: Package, files: Iterable[Json], items: Sequence[Json], plan: Plan, book: str = ""
) -> dict[str, Any]:
    """The whole of it, bound; ``book``: the name that the codes of the book's pages bear."""
    return add_hashes(
        {
            "format": FORMAT,
            "version": VERSION,
            "enterprise": package.enterprise,
            "licence": package.licence,
            "season": package.season,
            "snapshot": package.snapshot,
            "draft": package.draft or package.printed,
            "book": book,
            "seals_printed": sorted(one.value for one in package.pictures),
            "seals_approved": package.approved,
            "items": list(items),
            "files": list(files),
            "riding_seal": seams(plan),
        }
    )


LIMIT: Final = 32 << 20  # bytes of a manifest; one of 500 pages has about one MiB
PIECE: Final = 1 << 20  # bytes
LOCAL_HEADER: Final = struct.Struct("<4sHHHHHIIIHH")
ENTRY: Final = b"PK\x03\x04"


def read_packed_manifest(pieces: Iterator[bytes]) -> bytes:
    """The manifest of a package that was zipped without compression, as bytes; it reads no further than it has to.

    ``dossier_manifest_unreadable``, ``file_too_large``.
    """
    buffer = bytearray()

    def take(count: int) -> bytes:
        while len(buffer) < count and (piece := next(pieces, b"")):
            buffer.extend(piece)
        content = bytes(buffer[:count])
        del buffer[:count]
        return content

    while len(head := take(LOCAL_HEADER.size)) == LOCAL_HEADER.size and head.startswith(ENTRY):
        size, name_size, more_size = LOCAL_HEADER.unpack(head)[-3:]
        name = take(name_size)
        take(more_size)
        if name == NAME.encode():
            if size > LIMIT:
                raise NianjianError("file_too_large", file=NAME, limit=LIMIT)
            return take(size)
        while size > 0 and (skipped := take(min(size, PIECE))):
            size -= len(skipped)
    raise NianjianError("dossier_manifest_unreadable", file=NAME)


# What was done to a row of pages, and which page of the manifest a scanned page is.


class Kind(StrEnum):
    """How a file or page differs."""

    SWAPPED = "swapped"
    ADDED = "added"
    REMOVED = "removed"
    REORDERED = "reordered"
    CHANGED = "changed"
    MISSING_FILE = "missing_file"
    EXTRA_FILE = "extra_file"
    MANIFEST = "manifest"
    SEAL_MISSING = "seal_missing"
    SEAL_BROKEN = "seal_broken"


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """``page``: from 1, in the file as it is; of one that is gone, in the manifest. None: the file itself."""

    file: str
    page: int | None
    kind: Kind


def compare(
    file: str, expected: Sequence[str], there: Sequence[str], alike: Callable[[int, int], bool]
) -> list[Difference]:
    """Each page that is not what it must be. ``alike``: whether a wanted page looks like one that is there."""
    if list(expected) == list(there):
        return []
    gone, new, pairs = _unmatched(expected, there)
    spare_gone, spare_new = Counter(expected[one] for one in gone), Counter(there[one] for one in new)
    moved = spare_gone & spare_new
    differences: list[Difference] = []
    left = Counter(moved)
    for place in new:
        if left[there[place]]:
            left[there[place]] -= 1
            differences.append(Difference(file, place + 1, Kind.REORDERED))
    moved_there = {one.page - 1 for one in differences if one.page}
    left, moved_wanted = Counter(moved), set[int]()
    for place in gone:
        if left[expected[place]]:
            left[expected[place]] -= 1
            moved_wanted.add(place)
    exchanged: set[tuple[int, int]] = {
        (old, now) for old, now in pairs if old not in moved_wanted and now not in moved_there
    }
    for old, now in sorted(exchanged):
        differences.append(Difference(file, now + 1, Kind.CHANGED if alike(old, now) else Kind.SWAPPED))
    olds, nows = {old for old, _now in exchanged}, {now for _old, now in exchanged}
    differences += [Difference(file, one + 1, Kind.REMOVED) for one in gone if one not in moved_wanted | olds]
    differences += [Difference(file, one + 1, Kind.ADDED) for one in new if one not in moved_there | nows]
    return sorted(differences, key=lambda one: (one.page or 0, one.kind))


def _unmatched(expected: Sequence[str], there: Sequence[str]) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    """Places without a partner on both sides, and those of them that stand at the same spot."""
    gone: list[int] = []
    new: list[int] = []
    pairs: list[tuple[int, int]] = []
    for tag, a, b, c, d in SequenceMatcher(None, expected, there, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += range(a, b)
            new += range(c, d)
            pairs += zip(range(a, b), range(c, d), strict=False)
    return gone, new, pairs


REACH: Final = 2  # tiles by which a scan may lie off
PARTS: Final = 4  # steps within a tile
EMPTY: Final = (
    200.0  # ink of an empty page, of its own direction: a line of print has as much, a page of text ten times
)


def closeness(one: str, other: str) -> float:
    """Of two fingerprints: 1 the same, 0 nothing in common."""
    return float(max(_even(decode_fingerprint(one)) @ _even(decode_fingerprint(other)), 0.0))


def scores(looks: Sequence[str], page_looks: Sequence[str]) -> Any:  # noqa: ANN401 -- an array, scans by pages
    """How close each scan is to each known page, at the shift that fits best."""
    there = np.stack([_even(decode_fingerprint(one)) for one in page_looks])
    best = np.zeros((len(looks), len(page_looks)), np.float32)
    for place, text in enumerate(looks):
        moved = np.stack([_even(tiles) for tiles in _shift(text)])
        best[place] = np.maximum((moved @ there.T).max(axis=0), 0)
    return best


ADDED: Final = 0.04  # share of a page that signature, date and a seal's grey may cover: 25 square centimetres


def score_signed(look: str, page_look: str) -> float:
    """How close a scan is to the page that was printed, at the shift that fits best; what hands added is left out.

    A page with little on it but the place to sign has more ink from a pen than from the printer.
    """
    printed = decode_fingerprint(page_look).astype(np.float32).ravel()
    left = printed.size - round(ADDED * printed.size)
    best = 0.0
    for tiles in _shift(look):
        seen = tiles.ravel()
        order = np.argsort(seen - printed, kind="stable")[:left]
        best = max(best, float(_even(seen[order]) @ _even(printed[order])))
    return best


def _shift(look: str) -> list[Tiles]:
    """A scan's tiles at each shift that is tried."""
    tiles = decode_fingerprint(look).astype(np.float32)
    ways = range(-REACH, REACH + 1)
    moves = [np.array([[1, 0, dx / PARTS], [0, 1, dy / PARTS]], np.float32) for dx in ways for dy in ways]
    return [cv2.warpAffine(tiles, by, (COLUMNS, ROWS), flags=cv2.INTER_LINEAR) for by in moves]


def blank(look: str) -> bool:
    """Whether a page of the manifest is empty; ValueError."""
    flat = decode_fingerprint(look).astype(np.float32)
    return float(np.linalg.norm(flat - flat.mean())) < EMPTY / 2


def _even(tiles: Any) -> Any:  # noqa: ANN401 -- arrays
    """As a vector of length 1 around its mean, with one direction more that every page has in equal part.

    Without it a nearly empty page would have no direction that a scan could find again.
    """
    flat = tiles.astype(np.float32).ravel()
    off = np.append(flat - flat.mean(), np.float32(EMPTY))
    return off / float(np.linalg.norm(off))


# The code that each page of the book bears, and which scanned page is which by it.

MARK: Final = "NJ1"  # an alphanumeric QR code of version 1 holds 20 signs: mark, book and page
SIGNS: Final = 10  # of a book's name
CODE: Final = re.compile(rf"{MARK}/([A-Z2-7]{{{SIGNS}}})/([1-9][0-9]{{0,3}})")
MODULE_MM: Final = 0.4  # 4.7 pixels at 300 dpi
QUIET: Final = 4  # modules around it
EDGE_MM: Final = 4.0  # that printers leave white
FOOT_MM: Final = 1.8
DPI: Final = 300
STRIP_MM: Final = 32.0  # of the foot in which a code is sought


@dataclass(frozen=True, slots=True)
class PageCode:
    """``page`` of the book ``book``, from 1."""

    book: str
    page: int


def name_book(package: Package) -> str:
    """The book's name: the same for the same papers in the same order, whatever its upload edition is made of."""
    papers = [
        [item.name, item.title, item.source_sha256, digests(item.file)[0], sorted(seal.value for seal in item.seals)]
        for item in package.items
    ]
    facts = [package.enterprise, package.season, package.snapshot, package.draft, True, papers]  # True: on both sides
    digest = hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).digest()
    return base64.b32encode(digest).decode()[:SIGNS]


def draw_code(book: str, page: int, *, back: bool) -> str:
    """Operators that draw a page's code in the outer corner of its foot, on white."""
    qr_code = qrcode.QRCode(version=1, error_correction=qrcode.ERROR_CORRECT_M, border=QUIET)
    qr_code.add_data(f"{MARK}/{book}/{page}")
    qr_code.make(fit=False)
    rows, side = qr_code.get_matrix(), MODULE_MM * POINT
    wide = len(rows) * side
    left = EDGE_MM * POINT if back else A4[0] * POINT - EDGE_MM * POINT - wide
    low = FOOT_MM * POINT
    dark = [
        f"{left + column * side:.3f} {low + (len(rows) - 1 - line) * side:.3f} {side:.3f} {side:.3f} re"
        for line, row in enumerate(rows)
        for column, filled in enumerate(row)
        if filled
    ]
    return f"q 1 g {left:.3f} {low:.3f} {wide:.3f} {wide:.3f} re f 0 g {' '.join(dark)} f Q\n"


def parse_code(text: str) -> PageCode | None:
    """The page that a code names; None: it is no code of a book."""
    match = CODE.fullmatch(text)
    return None if match is None else PageCode(match[1], int(match[2]))


def read_page_code(page: pypdfium2.PdfPage) -> str:
    """The text of the code at the foot of an upright scanned page, "" where none is read."""
    _width, height = page.get_size()
    above = max(0.0, height - STRIP_MM * POINT)
    strip = page.render(scale=DPI / 72, crop=(0, 0, 0, above), grayscale=True).to_numpy()
    reader, half = cv2.QRCodeDetector(), strip.shape[1] // 2
    for part in (strip[:, half:], strip[:, :half]):
        for zoom in (1, 2):
            pixels = part if zoom == 1 else cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
            text = str(reader.detectAndDecode(pixels)[0])
            if parse_code(text) is not None:
                return text
    return ""


def find_book(codes: Sequence[str]) -> str | None:
    """The book that the codes of a scan name; None: they name none. ``dossier_sealed_mixed``: more than one."""
    books = {code.book for text in codes if (code := parse_code(text)) is not None}
    if len(books) > 1:
        raise NianjianError("dossier_sealed_mixed", books=", ".join(sorted(books)))
    return next(iter(books), None)


def match_pages(codes: Sequence[str], pages: Sequence[Mapping[str, Any]]) -> dict[str, list[int]]:
    """Item -> places (from 0) of the scan that are its pages in their order; blank backs and the front are left out.

    ``pages``: of the book, as its manifest lists them. A page whose code was not read and that lies where the pages
    around it leave but one place is that page. ``dossier_sealed_pages`` names pages of the book that are not there
    once each.
    """
    numbers = _fill_gaps([code.page if (code := parse_code(text)) else None for text in codes])
    places: dict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(numbers):
        if number is not None:
            places[number].append(place)
    by_number = {number: page for number, page in enumerate(pages, 1) if page["item"]}
    faults = [str(number) for number in by_number if len(places[number]) != 1]
    if faults:
        raise NianjianError("dossier_sealed_pages", pages=", ".join(faults))
    matched: dict[str, list[int]] = defaultdict(list)
    for number, page in by_number.items():
        matched[str(page["item"])].append(places[number][0])
    return dict(matched)


def _fill_gaps(numbers: Sequence[int | None]) -> list[int | None]:
    filled = list(numbers)
    for place in range(1, len(filled) - 1):
        before, after = filled[place - 1], filled[place + 1]
        if filled[place] is None and before is not None and after == before + 2:
            filled[place] = before + 1
    return filled
