"""A paper of facts and tables, as PDF and as one HTML file that needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from nianjian.engines.paper.printing.typeset import typeset
from nianjian.engines.paper.words import CHINESE, Words

SOURCE: Final = "dossier_item.typ"
STYLE: Final = (
    ":root{color-scheme:light dark}body{font:15px/1.55 system-ui,'Noto Sans CJK SC',sans-serif;max-width:64rem;"
    "margin:1.5rem auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:1.6rem}table{border-collapse:"
    "collapse;width:100%}th,td{border:1px solid silver;padding:.3rem .5rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dd{margin:0}"
    "dt,footer{color:gray}.wide{overflow-x:auto}@media print{body{max-width:none}}"
)
Row = Sequence[str]


def table(title: str, header: Row, rows: Sequence[Row], shares: Sequence[int]) -> dict[str, Any]:
    """``shares``: how wide the columns are on paper."""
    return {
        "title": title, "header": header, "rows": rows, "total": [], "shares": shares, "right": [False] * len(header)
    }  # fmt: skip


def paper(
    title: str, facts: Sequence[tuple[str, str]], tables: Sequence[Mapping[str, Any]], foot: str, _: Words
) -> dict[str, Any]:
    """What `pdf` and `html` print."""
    words = {"of": _("Page {page} of {pages}"), "none": _("none"), "summary": _("Summary")}
    return {
        "title": title, "wide": False, "facts": facts, "sections": [], "tables": tables, "signs": [], "foot": foot,
        "words": words,
    }  # fmt: skip


def pdf(content: Mapping[str, Any]) -> bytes:
    """A4; the same content gives the same bytes. ``drawing_failed``."""
    return typeset(SOURCE, content, {}, "pdf", tagged=False)


def html(content: Mapping[str, Any], language: str, ways: Sequence[tuple[str, str]] = ()) -> bytes:
    """A file that opens without a network; ``ways``: (file beside it, its title). The same content, the same bytes."""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in content["facts"])
    links = " · ".join(f'<a href="{escape(file)}">{escape(title)}</a>' for file, title in ways)
    tables = "".join(_table(one, content["words"]["none"]) for one in content["tables"])
    title, tag = escape(content["title"]), "zh-CN" if language == CHINESE else "en"
    return (
        f'<!doctype html>\n<html lang="{tag}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><title>{title}</title><style>{STYLE}</style></head><body>\n'
        f"<h1>{title}</h1>\n{f'<p>{links}</p>' if links else ''}\n<dl>{facts}</dl>\n{tables}"
        f"<footer><p>{escape(content['foot'])}</p></footer></body></html>\n"
    ).encode()


def _table(one: Mapping[str, Any], none: str) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in one["header"])
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>\n" for row in one["rows"])
    inside = (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>'
        if one["rows"]
        else f"<p>{escape(none)}</p>"
    )
    return f"<h2>{escape(one['title'])}</h2>\n{inside}\n"
