"""What a page says, as a hash that survives a lossless re-save: numbers of objects, compression and order do not count.

Of a page: its boxes, turn, content, everything it draws with, and its notes. Where jumps lead counts for the document
alone, so that a page taken out does not change the contents page.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any, Final

import pikepdf

from nianjian.features.dossier.editions.geometry import inherited

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
            told[key] = self._of(inherited(node, key), jumps=False)
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
