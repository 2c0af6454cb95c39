"""Page ranges of a clean copy as PDFs of their own: pages go over as they are, nothing is drawn or packed anew."""

from __future__ import annotations

import json
from pathlib import Path

import pikepdf
from pikepdf import Pdf

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.inside.answer import answer, print_json


def cut(name: str, source: str, folder: str, wanted: str) -> None:
    """Write ``folder``/0.pdf, 1.pdf, …, one for each (first, last) of the JSON ``wanted``.

    NianjianError dossier_pdf_broken; dossier_cut_unfit where a form's field lies in several papers.
    """
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=limits.FLATE_MEMORY,
        max_stream_filters=limits.FILTERS,
        parser_max_container_size=limits.CONTAINER,
        doc_max_warnings=limits.WARNINGS,
        dct_max_memory=limits.DCT_MEMORY,
    )
    try:
        with pikepdf.open(source) as pdf:
            for place, (first, last) in enumerate(json.loads(wanted)):
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
    answer(cut)
