"""Whatever of the rulebook can be set is read: every parameter has a reader, and no reference has one."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import product
from typing import Final

import pytest
from tests.support import tree

from nianjian.engines.rules.load import load
from nianjian.engines.rules.rule import Kind
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dial_policy.rules import list_vendor_rules
from nianjian.features.dossier.fill_in import Report, list_fields

KEYS: Final = frozenset(rule.key for rule in load().rules)
PARAMETERS: Final = frozenset(rule.key for rule in load().rules if rule.kind is Kind.PARAMETER)
READS: Final = re.compile(r"rulebook|\bbook\b|\bRules\b")
SETTABLE: Final = frozenset(rule.key for rule in load().rules if rule.settable)
ANY_NAME: Final = "[a-z0-9_]+"

SHOWN: Final[Mapping[str, frozenset[str]]] = {
    # the rule behind a refusal
    "engines/gate/decision.py": frozenset(
        {"numbers.match", "law.notice81.access_numbers", "law.notice138.line_register", "law.notice138.marketing",
         "rectification.white_list"}
    ),
    "features/dial_policy/pages.py": frozenset({"rectification.white_list"}),
    # the notice behind the flag of marketing
    "engines/metrics/marketing.py": frozenset({"law.notice81.marketing_outbound"}),
    # where guide and law disagree, beside a metric and a season
    "engines/paper/explanations.py": frozenset(
        {"conflict.number_classes", "conflict.marketing", "conflict.sentence", "conflict.complaint_clock"}
    ),
    "engines/season/deadlines.py": frozenset({"deadline.guide.late_report", "law.order42.late"}),
    "features/season/queries.py": frozenset({"conflict.deadline"}),
    # what the law says beside a paper
    "features/dossier/operations/checklist.py": frozenset({"law.algorithm.duty"}),
    "features/dossier/operations/seals.py": frozenset({"materials.seal.electronic"}),
    # the steps of the emergency procedure with their sources
    "features/dossier/generated/complaint_papers.py": frozenset(
        {"rectification.evidence", "rectification.habit", "rectification.locate", "rectification.white_list"}
    ),
    # an act of the same name
    "features/rectification/reports.py": frozenset({"rectification.locate"}),
}  # fmt: skip
"""Module -> rules that it names or shows with their source, and whose value decides nothing there."""

NAMED_BY: Final[Mapping[str, frozenset[str]]] = {
    "deadline.templates": frozenset({"rules"}),
    "retention.classes": frozenset({"keep", "least"}),
    "season.plan.tasks": frozenset({"from"}),
} | {key: frozenset({"limit"}) for key in KEYS if key.startswith("fill_in.")}
"""Rule -> parts of its value that are keys, which its own reader asks for in turn."""


@cache
def find_readers() -> Mapping[str, frozenset[str]]:
    """Key -> modules that ask for it by name or by a name put together, and rules whose value names it."""
    readers: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted(tree.SOURCE.rglob("*.py")):
        module, text = path.relative_to(tree.SOURCE).as_posix(), path.read_text("utf-8")
        if not READS.search(text):
            continue
        parsed = ast.parse(text)
        patterns = set(_patterns(parsed, _constants(parsed)))
        read_keys = {key for pattern in patterns for key in KEYS if re.fullmatch(pattern, key)}
        for key in read_keys - SHOWN.get(module, frozenset()):
            readers[key].add(module)
    for reader, keys in _find_keys_by_rule().items():
        for key in keys:
            readers[key].add(reader)
    return {key: frozenset(places) for key, places in readers.items()}


@cache
def _find_keys_by_rule() -> Mapping[str, frozenset[str]]:
    """Keys that a rule's value names, by that rule, and those that a reader asked for all of a kind has given."""
    by_reader: defaultdict[str, set[str]] = defaultdict(set)
    for rule in load().rules:
        by_reader[rule.key] |= set(_iterate_keys(rule.value, NAMED_BY.get(rule.key, frozenset())))
    book = Rulebook.on(date(2026, 11, 1))
    by_reader["features/dial_policy/rules.py"] |= set(list_vendor_rules(book))
    by_reader["features/dossier/fill_in.py"] |= {one.rule.key for report in Report for one in list_fields(report, book)}
    return {reader: frozenset(keys) for reader, keys in by_reader.items()}


ASKING: Final = frozenset({"rule", "value", "decimal", "integer", "text", "items", "rules"})
"""What a `Rulebook` is asked by; a function that passes its own argument on to one of these asks as well."""

Trees = Mapping[str, ast.Module]


@cache
def find_reads() -> frozenset[str]:
    """Keys that reach a question to the rulebook: in its argument, or in the function that asks it by a variable."""
    trees = {
        path.as_posix(): ast.parse(text)
        for path in sorted(tree.SOURCE.rglob("*.py"))
        if READS.search(text := path.read_text("utf-8"))
    }
    constants: defaultdict[str, set[str]] = defaultdict(set)  # constant of a module -> keys in it
    for parsed in trees.values():
        texts = _constants(parsed)
        for node in parsed.body:
            if isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None:
                for target in [node.target] if isinstance(node, ast.AnnAssign) else node.targets:
                    constants[ast.unparse(target)] |= _keys(node.value, texts, {})
    asking = _list_askers(trees)
    keys = {key for places in _find_keys_by_rule().values() for key in places}
    for parsed in trees.values():
        texts = _constants(parsed)
        for function in [node for node in ast.walk(parsed) if isinstance(node, ast.FunctionDef)]:
            calls = [one for one in ast.walk(function) if isinstance(one, ast.Call) and _name(one.func) in asking]
            arguments = [word for call in calls for word in [*call.args, *(one.value for one in call.keywords)]]
            by_variable = any(
                isinstance(word, ast.Attribute | ast.Subscript)
                or (isinstance(word, ast.Name) and word.id not in constants)
                for word in arguments
            )
            nodes: list[ast.AST] = [function] if by_variable else [*arguments]
            keys |= {key for one in nodes for key in _keys(one, texts, constants)}
    return frozenset(keys)


def _list_askers(trees: Trees) -> frozenset[str]:
    """Names of functions that ask the rulebook by a text that they are given."""
    functions = [node for one in trees.values() for node in ast.walk(one) if isinstance(node, ast.FunctionDef)]
    names = set(ASKING)
    for function in functions:
        every = [*function.args.args, *function.args.kwonlyargs]
        texts = {one.arg for one in every if one.annotation and ast.unparse(one.annotation) == "str"}
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and _name(node.func) in ASKING]
        if any(isinstance(one, ast.Name) and one.id in texts for call in calls for one in call.args):
            names.add(function.name)
    return frozenset(names)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _keys(node: ast.AST, texts: Mapping[str, list[str]], constants: Mapping[str, set[str]]) -> set[str]:
    """Keys that stand in a node, by name, by a name put together, or in a constant that it names."""
    patterns = set(_patterns(node, texts))
    constant_keys = {key for one in ast.walk(node) if isinstance(one, ast.Name) for key in constants.get(one.id, ())}
    return constant_keys | {key for pattern in patterns for key in KEYS if re.fullmatch(pattern, key)}


def _patterns(node: ast.AST, names: Mapping[str, list[str]]) -> Iterator[str]:
    """Keys that stand in a node, and those it puts together: known names are filled in, others may be any."""
    if isinstance(node, ast.Constant) and node.value in KEYS:
        yield re.escape(str(node.value))
    if isinstance(node, ast.JoinedStr):
        parts = [_part(one, names) for one in node.values]
        if any("." in text.replace(ANY_NAME, "") for text in parts[0]):
            yield from map("".join, product(*parts))
    if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp):
        loops = {one.target.id: _texts(one.iter) for one in node.generators if isinstance(one.target, ast.Name)}
        names = {**names, **loops}
    for child in ast.iter_child_nodes(node):
        yield from _patterns(child, names)


def _part(node: ast.expr, names: Mapping[str, list[str]]) -> list[str]:
    if isinstance(node, ast.Constant):
        return [re.escape(str(node.value))]
    name = node.value.id if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name) else ""
    return [re.escape(text) for text in names.get(name, ())] or [ANY_NAME]


def _constants(module: ast.Module) -> dict[str, list[str]]:
    """Texts that stand under a name in a module."""
    return {
        target.id: [node.value.value]
        for node in module.body
        if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(node.value, ast.Constant)
        for target in ([node.target] if isinstance(node, ast.AnnAssign) else node.targets)
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def _texts(node: ast.expr) -> list[str]:
    inside = node.elts if isinstance(node, ast.Tuple | ast.List) else []
    return [one.value for one in inside if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _iterate_keys(value: object, parts: frozenset[str]) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inside in value.items():
            if name in parts:
                yield from (str(key) for key in (inside if isinstance(inside, tuple) else [inside]) if key in KEYS)
    elif isinstance(value, tuple):
        for inside in value:
            yield from _iterate_keys(inside, parts)


def test_every_parameter_has_a_reader() -> None:
    """A name alone is no reader of what can be set: the key must reach a question to the rulebook."""
    assert sorted(PARAMETERS - find_readers().keys()) == [], "set, they would do nothing: let them be references"
    assert sorted(SETTABLE - find_reads()) == [], "they are named, and nobody asks for their value"


def test_no_reference_has_a_reader() -> None:
    read = {key: sorted(places) for key, places in find_readers().items() if key not in PARAMETERS}
    assert read == {}, "they are parameters, or they stand in SHOWN"


@pytest.mark.parametrize(
    ("key", "reader"),
    [
        ("reconcile.people.pay_lag", "features/reconciliation/comparisons.py"),
        ("inspection.callback.wait", "features/test_calls/queries.py"),
        ("gate.hours.survey", "features/dial_policy/rules.py"),
        ("materials.social_insurance.months", "features/dossier/reading/social_insurance.py"),
        ("deadline.guide.close", "deadline.templates"),
        ("retention.keep.calls", "retention.classes"),
        ("frequency.hollycrm", "features/dial_policy/rules.py"),
        ("portrait.year_change.outbound_share", "fill_in.licence.outbound_share"),
    ],
)
def test_the_reader_is_named(key: str, reader: str) -> None:
    assert find_readers()[key] == {reader}


def test_a_rule_is_of_one_kind_on_all_days_and_in_all_provinces() -> None:
    kinds = {(rule.key, rule.kind, rule.settable) for rule in load().rules}
    assert len(kinds) == len(KEYS)


def test_what_is_shown_only_still_is() -> None:
    for module, keys in SHOWN.items():
        text = (tree.SOURCE / module).read_text("utf-8")
        assert [key for key in keys if f'"{key}"' not in text] == [], module
        assert not keys & PARAMETERS, module
