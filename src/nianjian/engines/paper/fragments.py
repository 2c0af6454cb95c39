"""Pieces of HTML that a page on paper and a page of the web share: cards, tables, charts. Everything is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Final

from nianjian.engines.paper.figures import Card, Flag, Light, Line
from nianjian.engines.paper.words import Words, mark

BEHIND: Final = mark("rows behind %(label)s")
FLAG: Final = "flag."
NO_WAYS: Final[Mapping[str, str]] = MappingProxyType({})


def light(code: str, word: str, *, big: bool = False) -> str:
    """A pill with dot and word; shape and word carry the meaning too, not the colour alone."""
    size = " big" if big else ""
    return f'<span class="light {escape(code)}{size}">{escape(word)}</span>'


def _pairs(lines: Iterable[Line], ways: Mapping[str, str], _: Words) -> str:
    return "".join(f"<dt>{escape(line.label)}</dt><dd>{_text(line, ways.get(line.code, ''), _)}</dd>" for line in lines)


def _text(line: Line, way: str, _: Words) -> str:
    if not way:
        return escape(line.text)
    said = f"{_(BEHIND) % {'label': line.label}}: {line.text}"
    return f'<a href="{escape(way)}" aria-label="{escape(said)}">{escape(line.text)}</a>'


def card(one: Card, _: Words, ways: Mapping[str, str] = NO_WAYS) -> str:
    """One metric: light, figure, limit, head-room, bounds, counts, flags, papers to attach, source of the rule.

    ``ways``: code of a part, or of a flag behind `FLAG`, -> address of the rows behind its count.
    """
    facts = [Line(_("head-room"), one.headroom)]
    if one.bounds:
        facts.append(Line(_("bounds"), one.bounds))
    found = "".join(f"<li>{light(flag.light, flag.title)} {_detail(flag, ways, _)}</li>" for flag in one.flags)
    papers = "".join(f"<li>{escape(line)}</li>" for line in one.attachments)
    return (
        f'<article class="card" id="{escape(one.slug)}"><header><h2>{escape(one.title)}</h2>'
        f"{light(one.light, one.light_word)}</header>"
        f'<p class="figure"{_titled(one.value_other)}>{escape(one.value)}</p>'
        f"<dl>{_limit(one, _)}{_pairs(facts, NO_WAYS, _)}</dl>"
        f'<ul class="found">{found}{papers}</ul><dl>{_pairs(one.parts, ways, _)}</dl>'
        f'<p class="source">{escape(_("rule"))} {escape(one.source)}<br>{escape(one.citation)}</p></article>'
    )


def _limit(one: Card, _: Words) -> str:
    return f"<dt>{escape(_('flagged when'))}</dt><dd{_titled(one.limit_other)}>{escape(one.limit)}</dd>"


def _titled(text: str) -> str:
    """What a pointer that rests on it is told."""
    return f' title="{escape(text)}"' if text else ""


def _detail(flag: Flag, ways: Mapping[str, str], _: Words) -> str:
    way = ways.get(f"{FLAG}{flag.code}", "")
    if not way:
        return f'<span class="soft">{escape(flag.detail)}</span>'
    said = f"{_(BEHIND) % {'label': flag.title}}: {flag.detail}"
    return f'<a href="{escape(way)}" aria-label="{escape(said)}">{escape(flag.detail)}</a>'


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str | Light]], *, form: str = "") -> str:
    """A table whose first column is text and whose others are figures or lights.

    ``form``: ``wrap`` lets long cells break, ``wide`` sets many columns close together.
    """
    head = "".join(f'<th scope="col"{_figure(place)}>{escape(cell)}</th>' for place, cell in enumerate(header))
    body = "".join(f"<tr>{''.join(_cell(cell, place) for place, cell in enumerate(row))}</tr>" for row in rows)
    return (
        f'<div class="{f"scroll {form}".strip()}" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(cell: str | Light, place: int) -> str:
    if isinstance(cell, Light):
        return f"<td>{light(cell.code, cell.word)}</td>"
    return f"<td{_figure(place)}>{escape(cell)}</td>"


def _figure(place: int) -> str:
    return ' class="n"' if place else ""


def chart(caption: str, svg: str, address: str = "") -> str:
    """A chart with its caption; ``address`` gives its definition to a page that draws it anew, to be pointed at."""
    data = f' data-chart="{escape(address)}"' if address else ""
    return (
        f'<figure class="card"{data}><figcaption>{escape(caption)}</figcaption><div class="plot">{svg}</div></figure>'
    )
