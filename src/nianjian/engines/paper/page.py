"""The portrait as one self-contained HTML page: no script, nothing loaded from elsewhere, the same bytes each time."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

from nianjian.engines.paper import figures, pictures, sections
from nianjian.engines.paper.masking import mask_portrait
from nianjian.engines.paper.texts.portrait import SPLITS, code_name
from nianjian.engines.paper.words import CHINESE, Words, words

ASSETS: Final = Path(__file__).parent / "assets"
STYLES: Final = ("tokens", "parts", "pages", "print")  # in the cascade's order; a saved page has no frame
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"

Json = Mapping[str, Any]


def portrait_page(portrait: Json, language: str) -> bytes:
    """Draw the page, UTF-8. Mobile numbers are masked: a page travels."""
    _ = words(language)
    data = mask_portrait(portrait)
    title = f"{data['enterprise']} · {_('Compliance portrait')} {data['period']['from'][:4]}"
    tag = "zh-Hans" if language == CHINESE else "en"
    return (
        f'<!doctype html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{page_style()}</style>\n</head>\n"
        f"<body>\n<main>\n{_body(data, title, _)}\n</main>\n</body>\n</html>\n"
    ).encode()


def page_style() -> str:
    """The style sheets of a page that is kept as a file, one after the other."""
    return "".join((ASSETS / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)


def _body(data: Json, title: str, _: Words) -> str:
    window = figures.period_text(data["period"], _)
    cards = "".join(sections.html_card(card, _) for card in figures.metric_cards(data, _))
    parts = [
        f'<div class="head"><div><h1>{escape(title)}</h1><p class="soft">{escape(window)}</p></div>',
        f"{sections.headline_html(data, _)}</div>",
        f'<section class="cards">{cards}</section>',
    ]
    lines = sections.advice_lines(data, _)
    if lines:
        parts.append(_heading(_("What would change it")))
        parts.append('<ul class="advice">' + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>")
    charts = "".join(sections.html_chart(one, _) for one in pictures.portrait_charts(data, _))
    parts += [_heading(_("Month by month")), f'<div class="charts">{charts}</div>']
    there = sections.list_splits(data)
    for split in SPLITS:
        if split in there:
            parts += [_heading(code_name("split", split, _)), sections.split_table(data, split, _)]
    parts += [_heading(_("Data quality")), sections.quality_table(data, _)]
    source = f"{_('Rulebook')} {figures.rulebook_text(data['rulebook'])}"
    parts.append(f'<p class="soft small mono">{escape(source)}</p>')
    return "\n".join(parts)


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"
