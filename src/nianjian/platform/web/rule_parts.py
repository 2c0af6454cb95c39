"""The form of a rule's value of several parts: rows of fields, sent and shown as one text."""

import json
from collections.abc import Mapping
from decimal import InvalidOperation
from typing import Any, Final

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from nianjian.engines.metrics.result import plain
from nianjian.engines.paper.explanations import value_text
from nianjian.engines.paper.texts.portrait import PART_NAMES
from nianjian.engines.paper.words import words
from nianjian.engines.rules.parts import KEPT, Part, PartKind, PartTable, join_rows, list_tables, split_value
from nianjian.engines.rules.rule import Rule
from nianjian.platform.web.language import current

SPARE: Final = 2  # empty rows below those that there are
UNREAD: Final = "-"  # before rows that make no value, which are shown again as they were filled in
INPUTS: Final[Mapping[PartKind, str]] = {PartKind.COUNT: "number", PartKind.DAY: "date"}


class PartRows(forms.Widget):
    """Rows of fields, two empty ones below those that may grow; an empty row is none."""

    use_fieldset = True

    def __init__(self, rule: Rule, titles: Mapping[str, str]) -> None:
        super().__init__()
        self._rule, self._titles, self._tables = rule, titles, list_tables(rule)

    def id_for_label(self, id_: str) -> str:
        """No single field has the label."""
        del id_
        return ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:  # noqa: ANN401 -- Django's signature
        """What the rows make as JSON, or what was sent as that already."""
        del files
        if name in data:
            return str(data[name])
        tables = [self._read_rows(data, f"{name}.{place}", table) for place, table in enumerate(self._tables)]
        try:
            return json.dumps(join_rows(self._rule, plain(self._rule.value), tables), ensure_ascii=False)
        except (ValueError, KeyError, InvalidOperation):
            return UNREAD + json.dumps(tables, ensure_ascii=False)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ANN401 -- Django's signature
        """The fields of every row."""
        del renderer
        try:
            data = json.loads(value.removeprefix(UNREAD))
            groups = data if value.startswith(UNREAD) else split_value(self._rule, data)
        except (ValueError, KeyError, TypeError, AttributeError):
            groups = split_value(self._rule, plain(self._rule.value))
        tables = [
            self._draw_rows(f"{name}.{place}", table, rows)
            for place, (table, rows) in enumerate(zip(self._tables, groups, strict=True))
        ]
        return SafeString(
            render_to_string("layout/parts/rule_parts.html", {"tables": tables, "id": (attrs or {}).get("id")})
        )

    def _draw_rows(self, name: str, table: PartTable, rows: list[Any]) -> dict[str, Any]:
        slots = [*rows, *({} for _spare in range(SPARE))] if not table.rows else rows
        return {
            "name": name,
            "count": len(slots),
            "rows": [
                {
                    "title": self._say(table.rows[place]) if table.rows and table.rows[place] else "",
                    "kept": (f"{name}.{place}.{KEPT}", row[KEPT]) if row.get(KEPT) else (),
                    "fields": [
                        self._draw(f"{name}.{place}.{part.name}", part, row.get(part.name)) for part in table.parts
                    ],
                }
                for place, row in enumerate(slots)
            ],
        }

    def _draw(self, name: str, part: Part, value: Any) -> dict[str, Any]:  # noqa: ANN401 -- what JSON holds
        chosen = value if isinstance(value, list) else [value]
        return {
            "name": name,
            "kind": str(part.kind),
            "type": INPUTS.get(part.kind, "text"),
            "label": self._label(part),
            "value": ", ".join(map(str, chosen)) if value is not None else "",
            "choices": [(code, self._say(code), code in chosen) for code in part.choices],
            "optional": part.optional or value is None,
        }

    def _read_rows(self, data: Any, name: str, table: PartTable) -> list[dict[str, Any]]:  # noqa: ANN401 -- a form's
        count = int(data.get(name) or 0) if str(data.get(name) or "0").isdecimal() else 0
        rows = []
        for place in range(min(count, 500)):
            row = {part.name: self._read(data, f"{name}.{place}.{part.name}", part) for part in table.parts}
            if table.rows or any(
                inside for part, inside in zip(table.parts, row.values(), strict=True) if not part.choices
            ):
                rest = data.get(f"{name}.{place}.{KEPT}", "")
                rows.append(row | ({KEPT: rest} if rest else {}))
        return rows

    @staticmethod
    def _read(data: Any, name: str, part: Part) -> Any:  # noqa: ANN401 -- a form's
        if part.kind is PartKind.TICKS:
            return list(data.getlist(name)) if hasattr(data, "getlist") else []
        text = str(data.get(name, "")).strip()
        if part.kind is PartKind.WORDS:
            return [word.strip() for word in text.replace("、", ",").replace("，", ",").split(",") if word.strip()]
        return text.rstrip("%％ ") if part.kind is PartKind.PERCENT else text

    def _label(self, part: Part) -> str:
        unit = " (%)" if part.kind is PartKind.PERCENT else ""
        return f"{self._say(part.name)}{unit}" if part.name else ""

    def _say(self, code: str) -> str:
        _ = words(current())
        if code in PART_NAMES:
            return _(PART_NAMES[code])
        return value_text({"value": code, "unit": ""}, _, self._titles)
