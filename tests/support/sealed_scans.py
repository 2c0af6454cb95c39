"""The book of a package as it comes back from the office: printed, sealed once at its outer edge, and scanned."""

from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
from tests.support import packages

from nianjian.features.dossier.editions.book import Stamper, make_shell
from nianjian.features.dossier.editions.package import Seal, plan


def scan_book(paper: Path, path: Path, *, sealed: bool = True, swap: bool = False) -> bytes:
    """Print the book, seal it and scan it, a little askew. ``swap``: its third page is another one."""
    with pikepdf.open(paper) as pdf:
        stamper, picture = Stamper(pdf), packages.stamped()[Seal.RIDING]
        planned = plan(-(-len(pdf.pages) // 2), packages.LIMITS.riding, duplex=True)
        for page in pdf.pages if sealed else ():
            make_shell(pdf, page)
        for piece in planned.slices() if sealed else ():
            stamper.slice(pdf.pages[planned.pages(piece.sheet)[0] - 1], picture, piece)
        pdf.save(path.with_suffix(".print.pdf"))
    with pypdfium2.PdfDocument(path.with_suffix(".print.pdf")) as book, pikepdf.new() as scan:
        for number, page in enumerate(book):
            pixels = page.render(scale=300 / 72).to_numpy()[:, :, :3]
            high, wide = pixels.shape[:2]
            if swap and number == 2:
                pixels = pixels.copy()
                pixels[: high - 400] = cv2.resize(packages.sheet(77, dpi=300), (wide, high))[: high - 400, :, :3]
            askew = cv2.getRotationMatrix2D((wide / 2, high / 2), 0.2, 1)
            seen = cv2.warpAffine(np.ascontiguousarray(pixels), askew, (wide, high), borderValue=(255, 255, 255))
            packages.scan_page(scan, packages.jpeg(seen))
        scan.save(path)
    return path.read_bytes()
