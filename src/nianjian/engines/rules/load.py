"""Reads ``data/<subject>.yaml`` into rules; a fault names the file and the key."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import yaml

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rule import Kind, Level, Rule, Value

DATA: Final = Path(__file__).resolve().parent / "data"
VERSION: Final = "VERSION"
BOOK: Final = "cn-b24"
OPERATORS: Final = frozenset({">", ">=", "<", "<=", "=="})

_KEY: Final = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_VERSION: Final = re.compile(r"[0-9]+(\.[0-9]+)*")
_NEEDED: Final = ("key", "id", "value", "unit", "level", "citation", "valid_from", "title_zh", "title_en")
_ALLOWED: Final = frozenset(field.name for field in fields(Rule)) - {"subject"}
_TEXTS: Final = ("id", "unit", "citation", "url", "province", "title_zh", "title_en", "text_zh", "note_en", "note_zh")


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """All rules of all dates, sorted by key, province and first day; ``id`` and ``version`` of the data.

    Equal to itself alone, so that what is worked out of it can be kept by it.
    """

    id: str
    version: str
    rules: tuple[Rule, ...]


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


# YAML whose fractions are exact: 0.30 is Decimal("0.30"), never a float. libyaml, where the wheel has it, reads the
# rules in a tenth of the time of the Python twin.
_Loader: Final[Any] = type("_Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})
_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)


@cache
def load(folder: Path = DATA) -> RuleSet:
    """All rules of ``folder``, of one key in one province one a day; NianjianError names file and key of a fault."""
    rules = [rule for path in sorted(folder.glob("*.yaml")) for rule in _file(path)]
    rules.sort(key=lambda rule: (rule.key, rule.province or "", rule.valid_from))
    for one, two in pairwise(rules):
        same = (one.key, one.province) == (two.key, two.province)
        if same and (one.valid_to is None or two.valid_from <= one.valid_to):
            raise NianjianError(
                "rule_overlap", file=f"{two.subject}.yaml", key=two.key, date=two.valid_from.isoformat()
            )
    return RuleSet(BOOK, version(folder), tuple(rules))


def version(folder: Path = DATA) -> str:
    """The version that stands in ``folder``/VERSION: numbers with dots, 2026.11.1."""
    path = folder / VERSION
    text = path.read_text("utf-8").strip() if path.is_file() else ""
    if not _VERSION.fullmatch(text):
        raise NianjianError("rules_version_unreadable", file=path.name, value=text)
    return text


def _file(path: Path) -> Iterable[Rule]:
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, ArithmeticError) as error:
        raise NianjianError("rules_file_unreadable", file=path.name, reason=str(error)) from error
    entries = content.get("rules") if isinstance(content, Mapping) else None
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise NianjianError("rules_file_unreadable", file=path.name, reason="rules: a list of mappings")
    shared = {name: value for name, value in content.items() if name != "rules"}
    for number, entry in enumerate(entries, 1):
        yield _rule({**shared, **entry}, path, number)


def _rule(entry: Mapping[str, object], path: Path, number: int) -> Rule:
    values = {"key": f"#{number}", **entry}
    if fault := next(_faults(entry), None):
        code, field = fault
        wrong = str(values.get(field))
        raise NianjianError(code, file=path.name, key=str(values["key"]), field=field, value=wrong)
    kind = Kind(str(entry.get("kind", Kind.REFERENCE)))
    data: dict[str, Any] = {
        "operator": None,
        "url": None,
        "valid_to": None,
        "province": None,
        **entry,
        "level": Level(str(entry["level"])),
        "value": frozen(entry["value"]),
        "kind": kind,
        "settable": kind is Kind.PARAMETER and entry.get("settable", True),
        "subject": path.stem,
    }
    return Rule(**data)


def _faults(entry: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(code, field) of what is wrong with an entry, missing fields first."""
    for name in _NEEDED:
        if name not in entry or (name != "value" and entry[name] in (None, "")):
            yield "rule_field_missing", name
    for name in entry:
        if name not in _ALLOWED:
            yield "rule_field_unknown", name
    start, end = entry["valid_from"], entry.get("valid_to")
    wrong = {
        "key": not _KEY.fullmatch(str(entry["key"])),
        **{name: not isinstance(entry.get(name, ""), str | None) for name in _TEXTS},
        "value": not _is_value(entry["value"]),
        "level": entry["level"] not in list(Level),
        "operator": entry.get("operator") not in (None, *OPERATORS),
        "kind": entry.get("kind", Kind.REFERENCE) not in list(Kind),
        "settable": not isinstance(entry.get("settable", True), bool),
        "valid_from": not _is_day(start),
        "valid_to": end is not None and not (_is_day(start) and _is_day(end) and str(start) <= str(end)),
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            yield "rule_field_wrong", name


def _is_value(value: object) -> bool:
    try:
        frozen(value)
    except TypeError:
        return False
    return True


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def frozen(value: object) -> Value:
    """Lists as tuples, at any depth, so that a rule is a value."""
    if isinstance(value, list | tuple):
        return tuple(frozen(inside) for inside in value)
    if isinstance(value, Mapping):
        return {str(name): frozen(inside) for name, inside in value.items()}
    if value is None or isinstance(value, bool | int | Decimal | str | date):
        return value
    raise TypeError(value)
