"""One JSON for both editions: what each file and page must be (hash, ink, places of seals), and a hash over it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pikepdf
import pypdfium2
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
        told = {
            key: self._of(value, jumps=False) for key, value in parts.items() if key not in {"/Contents", "/Annots"}
        }
        for key in INHERITED:
            told[key] = self._of(inherited_attribute(node, key), jumps=False)
        told["/Contents"] = _hash(b"content", _content(node.get("/Contents")))
        told["/Annots"] = _hash(b"notes", *(self._of(one, jumps=False) for one in _notes(node)))
        return _mapped(told).hex()

    def document(self) -> str:
        """What belongs to no page: bookmarks, labels, actions, attachments, and where jumps lead."""
        root: Any = self._pdf.Root
        told = {str(key): self._of(root[key], jumps=True) for key in root if key not in LATER}
        form = root.get("/AcroForm")
        if form is not None:
            beyond = {str(key): self._of(form[key], jumps=True) for key in form if key not in FORMS_KEPT}
            others = [one for one in form.get("/Fields", []) if not _signature(one)]
            if beyond or others:
                told["/AcroForm"] = _hash(_mapped(beyond), *(self._of(one, jumps=True) for one in others))
        for place, page in enumerate(self._pdf.pages):
            if notes := _notes(page.obj):
                told[f"{place}"] = _hash(*(self._of(one, jumps=True) for one in notes))
        return _mapped(told).hex()

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
            told = {str(key): self._of(one, jumps=jumps) for key, one in value.items() if key not in left_out}
            return _hash(b"stream", _mapped(told), coded, hashlib.sha256(data).digest())
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
    named = [] if filters is None else [filters] if isinstance(filters, pikepdf.Name) else list(filters)
    if LOSSLESS.issuperset(map(str, named)):
        try:
            return stream.read_bytes(), b""
        except pikepdf.PdfError:
            return stream.read_raw_bytes(), b"broken"
    return stream.read_raw_bytes(), " ".join(map(str, named)).encode()


def _content(contents: Any) -> bytes:  # noqa: ANN401 -- a stream or several
    """A page's operators, however many streams they are cut into."""
    if contents is None:
        return b""
    pieces = [contents] if isinstance(contents, pikepdf.Stream) else list(contents)
    data = [_data(one)[0] for one in pieces if isinstance(one, pikepdf.Stream)]
    return b"".join(one if one.endswith(b"\n") else one + b"\n" for one in data)


def _notes(page: Any) -> list[Any]:  # noqa: ANN401 -- a page of a PDF
    """The page's notes, without a signature's field that shows nothing."""
    found = page.get("/Annots")
    return [] if found is None else [one for one in found if not (_signature(one) and _unseen(one))]


def _signature(field: Any) -> bool:  # noqa: ANN401 -- a field of a PDF
    return isinstance(field, pikepdf.Dictionary) and str(field.get("/FT", "")) == "/Sig"


def _unseen(field: Any) -> bool:  # noqa: ANN401 -- a field of a PDF
    box = [float(one) for one in field.get("/Rect", [0, 0, 1, 1])]
    return box[0] == box[2] and box[1] == box[3]


def _mapped(told: dict[str, bytes]) -> bytes:
    return _hash(
        b"map", *(part for key in sorted(told) for part in (key.encode("utf-8", "surrogateescape"), told[key]))
    )


def _hash(*parts: bytes) -> bytes:
    """Of the parts, each with its length before it: no two lists of parts read the same."""
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8))
        made.update(part)
    return made.digest()


SCALE: Final = 1.4  # pixels a mm: an eighth of a scan of 300 dpi
WIDE, HIGH = round(A4[0] * SCALE), round(A4[1] * SCALE)
COLUMNS, ROWS = 30, 42  # tiles of 7 mm
PAPER: Final = 0.93  # of the paper's own lightness: what is lighter is no ink
EDGE: Final = 4  # pixels: at the edges scanners see shadows
FOOT_ROWS: Final = round(FOOT * SCALE)  # the page number, which the source does not have
FULL: Final = 4.0  # ink is faint: a tile a quarter full counts as full

Pixels = Any
Tiles = Any


def render_page(page: pypdfium2.PdfPage, scale: float = SCALE / POINT) -> Pixels:
    """The page as it is read, in grey, at ``scale`` pixels a point; red as light as paper."""
    return lightness(page.render(scale=scale, may_draw_forms=True).to_numpy())


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
    found = np.clip((PAPER - whole.astype(np.float32) / paper) / PAPER, 0, 1)
    found[:EDGE], found[-FOOT_ROWS:], found[:, :EDGE], found[:, -EDGE:] = 0, 0, 0, 0
    return found


def ink_by_tile(found: Any) -> Tiles:  # noqa: ANN401 -- an array of ink
    """Mean ink of each tile, 0 to 255."""
    mean = cv2.resize(found, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
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
    """Each item: its file's hash, its pages, where it starts in the book, and what two people overruled on it."""
    return [
        {"item": item.name, "title": item.title, "board": item.board.value, "start_page": start, "pages": count,
         "copy_sha256": (copy := digests(item.file)[0]), "source_sha256": item.source_sha256 or copy,
         "seals": sorted(one.value for one in item.seals), **_prints(item), **_overruled(item), **_sealed(item)}
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


def _overruled(item: Item) -> dict[str, Any]:
    """Findings that two people have overruled; nothing where there are none."""
    return {"overruled": [asdict(one) for one in item.overruled]} if item.overruled else {}


def _sealed(item: Item) -> dict[str, Any]:
    """The scan of its sealed pages, which the upload edition holds; nothing where there is none."""
    return {} if item.sealed is None else {"sealed_sha256": digests(item.sealed)[0]}


def add_hashes(told: Json) -> dict[str, Any]:
    """The manifest with its own hashes."""
    return {**told, **dict(zip(BOUND, _digests_of(told), strict=True))}


def _digests_of(told: Json) -> tuple[str, str]:
    plain = {key: value for key, value in told.items() if key not in BOUND}
    data = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(data)
    return hashlib.sha256(data).hexdigest(), sm3.finalize().hex()


def hashes_hold(told: Json) -> bool:
    """Whether the hashes inside fit the rest."""
    return tuple(told.get(key) for key in BOUND) == _digests_of(told)


def write_manifest(told: Json, folder: Path) -> Path:
    """Put it beside the editions."""
    path = folder / NAME
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def read_manifest(path: Path) -> dict[str, Any]:
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
