"""A PDF that cannot be cleaned otherwise becomes one of pictures alone: what is drawn stays, everything else goes."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import pikepdf
import pypdfium2 as pdfium
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.inside.answer import answer, print_json

DPI: Final = 300
QUALITY: Final = 88
PIXELS: Final = 40_000_000  # of one page: an A3 page at 300 dpi has 17 million


def rebuild(name: str, source: str, target: str) -> None:
    """Draw every page of ``source`` into ``target``; refusals as of `clean`."""
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        raise NianjianError("dossier_pdf_broken", file=name) from error
    count = len(document)
    if not 0 < count <= limits.PAGES:
        code = "dossier_pages_many" if count else "dossier_pages_none"
        raise NianjianError(code, file=name, pages=count, most=limits.PAGES)
    with Pdf.new() as made:
        for place in range(count):
            _page(made, document[place])
        made.save(target, deterministic_id=True)
    print_json({"pages": count})


def _page(made: Pdf, page: pdfium.PdfPage) -> None:
    wide, high = page.get_size()
    scale = min(DPI / 72, (PIXELS / (wide * high)) ** 0.5)
    bitmap = page.render(scale=scale, may_draw_forms=False)
    pixels = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
    bitmap.close()
    page.close()
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:  # the page has pixels, so there is a JPEG of it
        raise ValueError(wide, high)
    stream = Stream(made, np.asarray(data).tobytes())
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = pixels.shape[1], pixels.shape[0]
    stream.ColorSpace, stream.BitsPerComponent, stream.Filter = Name.DeviceRGB, 8, Name.DCTDecode
    stuff = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, wide, high]),
        Resources=Dictionary(XObject=Dictionary(Scan=made.make_indirect(stream))),
        Contents=made.make_stream(f"q {wide:.4f} 0 0 {high:.4f} 0 0 cm /Scan Do Q".encode()),
    )
    made.pages.append(pikepdf.Page(made.make_indirect(stuff)))


if __name__ == "__main__":
    answer(rebuild)
