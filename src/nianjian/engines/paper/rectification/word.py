"""The report as an editable Word file: the template filled with texts, charts as pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from nianjian.engines.paper.pictures import Chart
from nianjian.engines.paper.rectification.pictures import png
from nianjian.engines.paper.rectification.template import PLACE
from nianjian.engines.paper.rectification.zipped import fixed

WIDTH = Mm(165)


def word(told: Mapping[str, Any], charts: Sequence[Chart]) -> bytes:
    """The document; the same content gives the same bytes. Texts are escaped, whatever stands in them."""
    book = DocxTemplate(str(PLACE))
    drawn = [
        {"caption": one.caption, "picture": InlineImage(book, io.BytesIO(png(one.specification)), width=WIDTH)}
        for one in charts
    ]
    book.render({**told, "charts": drawn}, jinja2.Environment(autoescape=True), autoescape=True)
    out = io.BytesIO()
    book.save(out)
    return fixed(out.getvalue())
