"""The portrait as PDF, and its first page as a picture: the figures and charts of the page, numbers masked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from nianjian.engines.paper import charts, explanations, figures, pictures, sections
from nianjian.engines.paper.official import format_code
from nianjian.engines.paper.people import mask_portrait
from nianjian.engines.paper.rectification import ChannelNames, channel_text
from nianjian.engines.paper.texts.portrait import SPLITS, code_name
from nianjian.engines.paper.typeset import render_qr_code, typeset
from nianjian.engines.paper.words import CHINESE, Words, words

Json = Mapping[str, Any]

SOURCE: Final = "portrait.typ"
ROWS: Final = 15  # of a split; the workbook has all of them
CHART: Final = 312  # px of 0.75 pt: half a page, so that 12 px text is 9 pt


@dataclass(frozen=True, slots=True)
class Stamp:
    """``enterprise``: its name; ``run``: id of the kept run or ""; the audit chain's last number and hash.

    ``names``: what the registers call lines and teams.
    """

    enterprise: str
    run: str
    seq: int
    digest: str
    names: ChannelNames = field(default_factory=dict)


def portrait_pdf(portrait: Json, language: str, stamp: Stamp) -> bytes:
    """The whole document; the same portrait, language and stamp give the same bytes. ``drawing_failed``."""
    return _typeset(portrait, language, stamp, "pdf")


def first_page_png(portrait: Json, language: str, stamp: Stamp) -> bytes:
    """The first page as PNG; ``drawing_failed``."""
    return _typeset(portrait, language, stamp, "png")


def _typeset(portrait: Json, language: str, stamp: Stamp, form: str) -> bytes:
    _ = words(language)
    data = mask_portrait(portrait)
    drawings = pictures.portrait_charts(data, _)
    content = portrait_content(data, language, stamp) | {
        "charts": [{"file": f"{one.name}.svg", "caption": one.caption} for one in drawings],
        "first": form == "png",
    }
    code = format_code(  # where the figures come from, which does not stand in the text
        item="portrait", run=stamp.run, data=data["snapshot"]["sha256"][:16], rules=data["rulebook"]["version"],
        program=data["code"]["version"], audit=f"{stamp.seq}-{stamp.digest[:16]}",
    )  # fmt: skip
    svgs = {one.name: charts.paper_svg(one, _, CHART) for one in drawings}
    return typeset(SOURCE, content, {"code": render_qr_code(code, "svg").decode()} | svgs, form)


def portrait_content(data: Json, language: str, stamp: Stamp) -> dict[str, Any]:
    """Every text of the document, in the reader's language."""
    _ = words(language)
    return {
        "lang": "zh" if language == CHINESE else "en",
        "title": f"{_('Compliance portrait')} {data['period']['from'][:4]}",
        "enterprise": stamp.enterprise,
        "window": figures.period_text(data, _),
        "lead": sections.lead_text(data, _),
        "light": {"code": data["light"], "word": code_name("light", data["light"], _)},
        "notes": [*sections.missing_lines(data, _), *sections.warning_lines(data, _)],
        "cards": [
            _card(figures.metric_card(figures.shorten_values(metric), _), metric, data, language, _)
            for metric in data["metrics"]
        ],
        "advice": list(sections.advice_lines({**data, "advice": _shorten_advice(data)}, _)),
        "splits": [_split(data, split, stamp.names, _) for split in SPLITS if split in sections.list_splits(data)],
        "quality": [list(line) for line in sections.quality_lines(data, _)],
        "words": {
            "advice": _("What would change it"), "months": _("Month by month"), "quality": _("Data quality"),
            "flagged": _("flagged when"), "headroom": _("headroom"), "bounds": _("bounds"), "rule": _("rule"),
            "formula": _("Formula"), "left_out": _("Left out"), "conflict": _("Guide and law disagree"),
            "guide": _("guide"), "law": _("law"),
            "closer": _("Metric by metric"),
            "split_by": _("Split by"), "of": _("Page {page} of {pages}"),
        },
    }  # fmt: skip


def _shorten_advice(data: Json) -> list[Json]:
    """The steps with rates of two decimals."""
    metrics = {metric["slug"]: metric for metric in data["metrics"]}

    def short(step: Json, metric: Json) -> dict[str, Any]:
        entry = {**step, "value": figures.short_value(metric, step.get("value"))}
        return entry | ({"with_cut": short(step["with_cut"], metric)} if step.get("with_cut") else {})

    return [short(step, metrics[step["metric"]]) for step in data.get("advice") or ()]


def _card(card: figures.Card, metric: Json, data: Json, language: str, _: Words) -> dict[str, Any]:
    return asdict(card) | {
        "light": {"code": card.light, "word": card.light_word},
        "parts": [[line.label, line.text] for line in card.parts],
        "formulas": [asdict(formula) for formula in explanations.list_formulas(metric, _)],
        "left_out": [text for _reason, text, _number in explanations.exclusion_lines(data, metric, _)],
        "rules": [
            asdict(rule) | {"level": rule.level_word}
            for rule in explanations.rules_of_metric(data, card.slug, language, _)
        ],
        "conflicts": [asdict(conflict) for conflict in explanations.conflicts_of_metric(data, card.slug, language)],
    }


def _split(data: Json, split: str, names: ChannelNames, _: Words) -> dict[str, Any]:
    """One split: a row a key, two columns a metric; the largest rows first, months by time."""
    metrics = [metric for metric in data["metrics"] if sections.split_rows(metric, split)]
    order, columns = sections.split_by_key(metrics, split)
    return {
        "title": code_name("split", split, _),
        "head": [{"title": code_name("metric", one["slug"], _), "unit": one["unit"]} for one in metrics],
        "rows": [
            {
                "key": channel_text(split, sections.key_text(key, _), names),
                "cells": [_cell(by_key.get(key), metric) for by_key, metric in zip(columns, metrics, strict=True)],
            }
            for key in order[:ROWS]
        ],
        "more": _("{n} more rows in the workbook").format(n=len(order) - ROWS) if len(order) > ROWS else "",
    }


def _cell(row: Json | None, metric: Json) -> dict[str, str]:
    if row is None:
        return {"counts": figures.DASH, "value": figures.DASH, "code": "na"}
    counts = f"{figures.count_text(row['numerator'])} / {figures.count_text(row['denominator'])}"
    return {"counts": counts, "value": figures.short_value(metric, figures.proven(row)), "code": str(row["light"])}
