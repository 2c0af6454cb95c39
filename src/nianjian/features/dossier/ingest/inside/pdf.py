"""A process of its own: a PDF of others into a clean copy, and page ranges of one as PDFs of their own."""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, sanitize

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.inside import print_json, run_named

_POINT_MM: Final = Decimal("25.4") / 72
_REMOVERS: Final[tuple[Callable[[Pdf], Any], ...]] = (
    sanitize.remove_javascript,
    sanitize.remove_attachments,
    sanitize.remove_external_access,
    sanitize.remove_multimedia,
    sanitize.remove_private_app_data,
    sanitize.remove_collection,
    sanitize.remove_web_capture,
)
_ACTIVE: Final = {
    "javascript": ("JS", "JavaScript"),
    "launch": ("Launch",),
    "attachments": ("EmbeddedFile", "EmbeddedFiles"),
    "links": ("URI", "GoToR", "GoToE", "SubmitForm", "ImportData"),
    "media": ("RichMedia", "Movie", "Sound", "Rendition"),
}
_NAME: Final = re.compile(rb"/([A-Za-z]+)(?![A-Za-z])")


def clean(name: str, source: str, target: str) -> None:
    """Write the clean copy of ``source`` and tell what was seen; refusals name the file and the page."""
    _limit_library()
    with _opened(name, source) as pdf:
        count = len(pdf.pages)
        if count == 0:
            raise NianjianError("dossier_pages_none", file=name)
        if count > limits.PAGES:
            raise NianjianError("dossier_pages_many", file=name, pages=count, most=limits.PAGES)
        for number, page in enumerate(pdf.pages, 1):
            _look(name, number, page)
        active = sorted(_active(pdf))
        form = pdf.Root.get("/AcroForm")
        signed = isinstance(form, Dictionary) and bool(int(form.get("/SigFlags", 0)) & 1)  # the clean copy loses it
        locked = bool(pdf.is_encrypted)
        for remove in _REMOVERS:
            remove(pdf)
        _cut(pdf)
        repaired = bool(pdf.get_warnings())
        pdf.save(target, deterministic_id=True, encryption=False, fix_metadata_version=False)
    with pikepdf.open(target) as saved:  # hidden where no remover looks, it is there still
        left = sorted(_active(saved))
    summary = {"pages": count, "active": active, "locked": locked, "signed": signed, "repaired": repaired}
    print_json(summary | {"left": left})


def _limit_library() -> None:
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=limits.FLATE_MEMORY,
        max_stream_filters=limits.FILTERS,
        parser_max_container_size=limits.CONTAINER,
        doc_max_warnings=limits.WARNINGS,
        dct_max_memory=limits.DCT_MEMORY,
    )


def _opened(name: str, source: str) -> Pdf:
    try:
        return pikepdf.open(source)
    except pikepdf.PasswordError as error:
        raise NianjianError("dossier_password", file=name) from error
    except pikepdf.PdfError as error:
        raise NianjianError("dossier_pdf_broken", file=name) from error


def _look(name: str, number: int, page: pikepdf.Page) -> None:
    """Sides, content and pictures of one page within the limits."""
    box = [Decimal(str(one)) for one in page.cropbox]
    unit = Decimal(str(page.obj.get("/UserUnit", 1))) * _POINT_MM
    sides = [round(abs(box[2] - box[0]) * unit), round(abs(box[3] - box[1]) * unit)]
    least, most = limits.SIDE_MM
    if not all(least <= side <= most for side in sides):
        wide, high = sides
        raise NianjianError("dossier_page_side", file=name, page=number, wide=wide, high=high, least=least, most=most)
    contents = page.obj.get("/Contents")
    streams = list(contents) if isinstance(contents, Array) else [contents]
    if sum(len(one.read_bytes()) for one in streams if isinstance(one, Stream)) > limits.STREAM_BYTES:
        raise NianjianError("dossier_page_heavy", file=name, page=number)
    for picture in _pictures(page.obj.get("/Resources"), limits.DEPTH):
        pixels = int(picture.get("/Width", 0)) * int(picture.get("/Height", 0))
        if pixels > limits.PIXELS:
            most = limits.PIXELS // 1_000_000
            raise NianjianError(
                "dossier_pixels_many", file=name, page=number, megapixels=pixels // 1_000_000, most=most
            )


def _pictures(resources: object, depth: int) -> Iterator[Stream]:
    objects = resources.get("/XObject") if isinstance(resources, Dictionary) else None
    if not isinstance(objects, Dictionary) or depth == 0:
        return
    for one in objects.values():
        if not isinstance(one, Stream):
            continue
        if one.get("/Subtype") == Name.Image:
            yield one
        elif one.get("/Subtype") == Name.Form:
            yield from _pictures(one.get("/Resources"), depth - 1)


def _active(pdf: Pdf) -> set[str]:
    """Kinds of active content that anything in the file names, wherever it hangs."""
    names: set[bytes] = set()
    for one in pdf.objects:
        plain = one if not isinstance(one, Stream) else Dictionary(dict(one.items()))
        if isinstance(plain, Dictionary | Array):
            names.update(_NAME.findall(plain.unparse(resolved=True)))
    words = {name.decode() for name in names}
    return {kind for kind, marks in _ACTIVE.items() if words.intersection(marks)}


def _cut(pdf: Pdf) -> None:
    """What no page needs: actions at opening, forms that draw themselves, unnamed leftovers."""
    for key in ("/OpenAction", "/AA"):
        if key in pdf.Root:
            del pdf.Root[key]
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary) and "/XFA" in form:
        del form["/XFA"]
    pdf.remove_unreferenced_resources()


def cut(name: str, source: str, folder: str, ranges: str) -> None:
    """Write ``folder``/0.pdf, 1.pdf, …, one for each (first, last) of the JSON ``ranges``.

    NianjianError dossier_pdf_broken; dossier_cut_unfit where a form's field lies in several papers.
    """
    _limit_library()
    try:
        with pikepdf.open(source) as pdf:
            for place, (first, last) in enumerate(json.loads(ranges)):
                _part(name, pdf, range(first - 1, last), Path(folder) / f"{place}.pdf")
    except pikepdf.PdfError as error:
        raise NianjianError("dossier_pdf_broken", file=name) from error
    print_json({"done": True})


def _part(name: str, pdf: Pdf, pages: range, target: Path) -> None:
    """With the form's fields and the layers that the pages have; a field that other papers share would tell theirs."""
    with Pdf.new() as part:
        if part.add_pages_from(pdf, pages, outlines="ignore").partial_fields:
            raise NianjianError("dossier_cut_unfit", file=name)
        for page in part.pages:
            if "/B" in page.obj:  # an article's thread leads on to other pages
                del page.obj["/B"]
        part.remove_unreferenced_resources()  # pictures of other papers, where pages share one list of them
        part.save(target, deterministic_id=True)


if __name__ == "__main__":
    run_named(clean, cut)
