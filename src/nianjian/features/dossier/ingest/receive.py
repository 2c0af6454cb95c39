"""Files of others into the house: each is hostile until a limited child process has read it."""

import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from nianjian.engines.kernel import limited
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import limits

_INSIDE: Final = "nianjian.features.dossier.ingest.inside"
_MODULES: Final = {
    "clean": "pdf", "cut": "pdf", "draw": "draw", "rebuild": "draw", "picture": "picture", "ofd": "ofd",
    "seal_picture": "picture", "signatures": "signatures",
}  # fmt: skip


class ChildEnded(Exception):  # noqa: N818 - the child's end, told apart by `reason`
    """The child did not come to an answer. ``answers``: whole lines that it printed before, as JSON."""

    def __init__(self, reason: str, answers: tuple[Any, ...]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.answers = answers


def run_program(program: str, *words: str, wall: float = limits.WALL_SECONDS) -> tuple[Any, ...]:
    """Each line that a program of ``inside`` printed, as JSON. The NianjianError that it tells; else `ChildEnded`."""
    with tempfile.TemporaryFile() as out:
        bounds = limited.Bounds(limits.MEMORY_BYTES, limits.CPU_SECONDS, wall, limits.WRITTEN_BYTES)
        reason = limited.run(out.fileno(), (f"{_INSIDE}.{_MODULES[program]}", program, *words), bounds)
        out.seek(0)
        answers = _lines(out.read(limits.TOLD_BYTES))
    if reason:
        raise ChildEnded(reason, answers)
    if answers and isinstance(answers[-1], Mapping) and "refused" in answers[-1]:
        raise NianjianError(str(answers[-1]["refused"]), **answers[-1]["values"])
    return answers


def _lines(text: bytes) -> tuple[Any, ...]:
    """Whole lines; the last one may be torn."""
    answers = []
    with suppress(ValueError):
        for line in text.split(b"\n")[:-1]:
            answers.append(json.loads(line))  # noqa: PERF401 -- those before a line that is none count
    return tuple(answers)


class Type(StrEnum):
    """What is taken in."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    OFD = "ofd"


PICTURES: Final = frozenset({Type.JPEG, Type.PNG, Type.TIFF})
_HEADS: Final = (
    (b"%PDF-", Type.PDF),
    (b"\xff\xd8\xff", Type.JPEG),
    (b"\x89PNG\r\n\x1a\n", Type.PNG),
    (b"II*\x00", Type.TIFF),
    (b"MM\x00*", Type.TIFF),
    (b"PK\x03\x04", Type.OFD),
)
_ENDINGS: Final = {f".{kind.value}": kind for kind in Type} | {".jpg": Type.JPEG, ".tif": Type.TIFF}
_NEAR: Final = 1024
_TAIL: Final = 4096
_SECOND: Final = (b"PK\x03\x04", b"PK\x05\x06", b"MZ", b"<html", b"<script")


def type_of(path: Path, name: str) -> Type:
    """The type of the file.

    NianjianError dossier_file_empty, dossier_file_large, dossier_bytes_before, dossier_bytes_behind,
    dossier_type_unknown, dossier_name_other.
    """
    size = path.stat().st_size
    if size == 0:
        raise NianjianError("dossier_file_empty", file=name)
    if size > limits.FILE_BYTES:
        most = limits.FILE_BYTES // limits.MEGABYTE
        raise NianjianError("dossier_file_large", file=name, megabytes=-(-size // limits.MEGABYTE), most=most)
    with path.open("rb") as file:
        head = file.read(_NEAR)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
    content_type = next((kind for magic, kind in _HEADS if head.startswith(magic)), None)
    if content_type is None and b"%PDF-" in head:
        raise NianjianError("dossier_bytes_before", file=name)
    name_type = _ENDINGS.get(Path(name).suffix.lower())
    if content_type is None or (content_type is Type.OFD and name_type is not Type.OFD):
        raise NianjianError("dossier_type_unknown", file=name)
    if name_type is not None and name_type is not content_type:
        raise NianjianError("dossier_name_other", file=name, found=content_type.value, named=name_type.value)
    if content_type is Type.PDF:
        _refuse_second_file(tail, name, whole=size <= _TAIL)
    return content_type


def _refuse_second_file(tail: bytes, name: str, *, whole: bool) -> None:
    """A second file behind the PDF is refused; a PDF that was cut off has no end at all and is repaired later."""
    end = tail.rfind(b"%%EOF")
    if end < 0:
        if not whole and any(mark in tail for mark in _SECOND):
            raise NianjianError("dossier_bytes_behind", file=name)
        return
    rest = tail[end + 5 :]
    if len(rest) > limits.BEHIND_BYTES or any(mark in rest for mark in _SECOND):
        raise NianjianError("dossier_bytes_behind", file=name)


MEMBERS: Final = 2000
BYTES: Final = 1 << 30  # unpacked: four times what a browser may send
RATIO: Final = 100
UTF8: Final = 0x800  # the flag of a name that is not of the packer's own code page


def unpack(path: Path, folder: Path, *, marker: str, name: str = "") -> Path:
    """Write the members below ``folder``; the folder in which ``marker`` (a file name) lies, else ``folder``.

    NianjianError dossier_zip_broken, dossier_zip_large, dossier_zip_path.
    """
    called = name or path.name
    try:
        with zipfile.ZipFile(path) as pack:
            members = [one for one in pack.infolist() if not one.is_dir()]
            total, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
            if len(members) > MEMBERS or total > BYTES or total > RATIO * max(packed, 1):
                raise NianjianError("dossier_zip_large", file=called, members=MEMBERS, mib=BYTES >> 20)
            for one in members:
                _write(pack, one, folder, called)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise NianjianError("dossier_zip_broken", file=called) from error
    matches = sorted(folder.rglob(marker), key=lambda one: len(one.parts))
    return matches[0].parent if matches else folder


def _write(pack: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, called: str) -> None:
    """One member, no longer than it said that it was."""
    place = PurePosixPath(_decode_name(member).replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or not place.name or "\x00" in str(place):
        raise NianjianError("dossier_zip_path", file=called, member=str(place)[:200])
    target = folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    left = member.file_size
    with pack.open(member) as source, target.open("wb") as out:
        while piece := source.read(1 << 20):
            left -= len(piece)
            if left < 0:
                raise NianjianError("dossier_zip_broken", file=called)
            out.write(piece)


def _decode_name(member: zipfile.ZipInfo) -> str:
    """The name; packers of Windows write it in GBK and do not say so."""
    if member.flag_bits & UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return member.filename


_READ_ONLY: Final = 0o400
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """``original`` is evidence and opened by nobody again. ``clean`` None: an OFD, kept and not read.

    ``active``: kinds of active content that the clean copy is free of; ``locked``: an owner's password that was
    dropped; ``signed``: the original carries an electronic signature; ``repaired``: it was damaged; ``rebuilt``: it
    could not be cleaned otherwise, so the clean copy has pictures of its pages alone.
    """

    name: str
    type: Type
    sha256: str
    size: int
    original: Path
    clean: Path | None
    pages: int
    active: tuple[str, ...] = ()
    locked: bool = False
    signed: bool = False
    repaired: bool = False
    rebuilt: bool = False
    ofd: dict[str, object] = field(default_factory=dict)


def receive(file: Path, folder: Path, *, name: str = "") -> ReceivedFile:
    """Take ``file`` into ``folder``; ``name`` is what people call it. Refused with one NianjianError that names it."""
    called = name or file.name
    kind = type_of(file, called)
    original = _store_original(file, folder)
    size, sha256 = original.stat().st_size, original.stem
    if kind is Type.OFD:
        answer = _run_child("ofd", called, original)
        return ReceivedFile(called, kind, sha256, size, original, None, 0, ofd=answer["facts"])
    clean = folder / f"{sha256}.clean.pdf"
    if kind in PICTURES:
        answer = _run_child("picture", called, kind.value, original, clean)
    else:
        answer = _cleaned(called, original, clean)
    return ReceivedFile(
        called, kind, sha256, size, original, clean, answer["pages"], tuple(answer["active"]),
        locked=answer["locked"], signed=answer["signed"], repaired=answer["repaired"],
        rebuilt=bool(answer.get("left")),
    )  # fmt: skip


def _cleaned(name: str, original: Path, clean: Path) -> Any:  # noqa: ANN401 - JSON of the child
    """The clean copy; where active content is left in it, a copy made of pictures alone."""
    answer = _run_child("clean", name, original, clean)
    if not answer["left"]:
        return answer
    rebuilt = clean.with_suffix(".rebuilt")
    redraw = _run_child("rebuild", name, clean, rebuilt)
    rebuilt.replace(clean)
    return {**answer, "pages": redraw["pages"], "active": sorted({*answer["active"], *answer["left"]})}


def read_answers(program: str, name: str, *words: object) -> tuple[Any, ...]:
    """What `run_program` gives; that the child ended otherwise is a refusal of the file ``name``."""
    try:
        return run_program(program, *map(str, words))
    except ChildEnded as end:
        if end.reason in {"time", "memory", "output"}:
            raise NianjianError("dossier_file_costly", file=name, reason=end.reason) from end
        raise NianjianError("dossier_file_broken", file=name) from end


def _run_child(program: str, name: str, *words: object) -> Any:  # noqa: ANN401 - JSON of the child
    """The child's answer; whatever else it comes to is a refusal."""
    answers = read_answers(program, name, name, *words)
    if not answers:
        raise NianjianError("dossier_file_broken", file=name)
    return answers[-1]


def _store_original(file: Path, folder: Path) -> Path:
    """Copy once, hash what was copied: nobody changes it between the look and the keeping."""
    draft = folder / "incoming"
    shutil.copyfile(file, draft)
    with draft.open("rb") as copied:
        sha256 = hashlib.file_digest(copied, "sha256").hexdigest()
    draft.chmod(_READ_ONLY)
    return draft.rename(folder / f"{sha256}.original")


BATCH: Final = 12
"""Pages a child draws: 30 CPU-seconds are enough for them, and their pictures for the disk."""
BATCH_SMALL: Final = 48
"""The same where pages come small. A child that ends early goes on from the page at which it ended."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on the page: its pixels, its resolution on paper, the share of the page that it covers."""

    pixels: tuple[int, int]
    dpi: tuple[float, float]
    share: float


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the PDF says of a page, as displayed. ``letters``: characters of real text."""

    page: int
    wide_mm: float
    high_mm: float
    pictures: tuple[Picture, ...]
    letters: int


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPage:
    """A page drawn: BGR at ``dpi``.

    Where asked for: ``tiles``, its inked parts in grey, and ``strip``, its right edge (BGR), both at ``fine_dpi``.
    """

    facts: PageFacts
    dpi: float
    bgr: NDArray[np.uint8]
    fine_dpi: float
    tiles: tuple[NDArray[np.uint8], ...] = ()
    strip: NDArray[np.uint8] | None = None


def render_pages(
    clean: Path, pages: int, *, name: str, dpi: int, small: int = 1, first: int = 1, strip: float = 0.0
) -> Iterator[DrawnPage]:
    """Pages ``first`` to ``pages`` of a clean copy, one by one; NianjianError dossier_page_costly names file and page.

    ``small`` above 1: ``bgr`` comes so many times smaller than ``dpi``, and its inked parts at ``dpi``. ``strip``: so
    many mm of the right edge at ``dpi``.
    """
    start, batch = first, BATCH if small == 1 else BATCH_SMALL
    while start <= pages:
        with tempfile.TemporaryDirectory(prefix="nianjian-pages-") as folder:
            params = {"first": start, "last": min(start + batch - 1, pages), "dpi": dpi, "small": small, "strip": strip}
            try:
                answers, reason = run_program("draw", str(clean), folder, json.dumps(params)), ""
            except ChildEnded as end:
                answers, reason = end.answers, end.reason
            done = [one for one in answers if "page" in one]
            if reason and not done:
                page = max((int(one["begun"]) for one in answers if "begun" in one), default=start)
                raise NianjianError("dossier_page_costly", file=name, page=page, reason=reason)
            for one in done:
                yield _loaded(Path(folder), one, small)
        start = done[-1]["page"] + 1 if reason else start + batch


def _loaded(folder: Path, entry: Any, small: int) -> DrawnPage:  # noqa: ANN401 - JSON of the child
    pictures = tuple(Picture(tuple(one["pixels"]), tuple(one["dpi"]), one["share"]) for one in entry["pictures"])
    facts = PageFacts(entry["page"], entry["wide_mm"], entry["high_mm"], pictures, entry["letters"])

    def plane(what: str) -> NDArray[np.uint8] | None:
        file = folder / f"{facts.page}{what}.npy"
        return np.load(file, allow_pickle=False) if file.exists() else None

    bgr, tiles = plane(""), plane("-tiles")
    if bgr is None:
        raise FileNotFoundError(facts.page)
    return DrawnPage(
        facts, entry["dpi"] / small, bgr, entry["dpi"], () if tiles is None else tuple(tiles), plane("-strip")
    )


def require_cuttable(got: ReceivedFile) -> Path:
    """The clean copy that may be cut; dossier_cut_unfit where parts of it would hide what the check says of the whole.

    That is: an OFD, an electronic signature (which no part keeps), a damaged file, one that is pictures of itself.
    """
    if got.clean is None or got.signed or got.repaired or got.rebuilt:
        raise NianjianError("dossier_cut_unfit", file=got.name)
    return got.clean


def cut_ranges(clean: Path, ranges: Sequence[tuple[int, int]], folder: Path, *, name: str) -> list[Path]:
    """A PDF for each (first, last), in their order; dossier_file_costly, dossier_file_broken, dossier_pdf_broken."""
    _run_child("cut", name, clean, folder, json.dumps(list(ranges)))
    return [folder / f"{place}.pdf" for place in range(len(ranges))]


WIDE: Final = 760  # pixels: an A4 page at 92 dpi, text of 10 points can be read
QUALITY: Final = 60
DPI: Final = 100  # at which a page is drawn that was not checked just now


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """A page's picture; sides of the page in mm."""

    page: int
    wide_mm: float
    high_mm: float
    jpeg: bytes


def shrink_page(one: DrawnPage) -> SmallPicture:
    """A page that was drawn, as its picture; a longer side than thrice the width is squeezed into that."""
    high, wide = one.bgr.shape[:2]
    share = min(1.0, WIDE / wide, 3 * WIDE / high)
    size = (max(1, round(wide * share)), max(1, round(high * share)))
    small = one.bgr if share == 1.0 else cv2.resize(one.bgr, size, interpolation=cv2.INTER_AREA)
    done, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:  # a page has pixels, so there is always a JPEG of it
        raise ValueError(one.facts.page)
    return SmallPicture(one.facts.page, one.facts.wide_mm, one.facts.high_mm, np.asarray(jpeg).tobytes())
