"""What must stand nowhere: unfinished marks, a tracker's numbers, somebody's machine."""

import ast
import re

from tests.support import tree

BINARY = {".docx", ".png", ".tar", ".xlsx", ".gz", ".zip", ".woff2", ".mo", ".parquet", ".pdf", ".ttf", ".ico"}
FORBIDDEN = {
    "an unfinished mark": re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK|WI" + r"P)\b"),
    "an issue number": re.compile(r"(?i)\bissue\s+#?\d+|(?<![\w&/#.'\"])#\d{1,4}\b(?![0-9a-f\"'])"),
    "a path of one machine": re.compile(r"(?<!platform)/(work|home/[a-z]+|Users/[A-Za-z]+)/|/root/"),
    "a paper outside this repository": re.compile(
        r"\b(domain|contract|data-engine|house|style)\.md\b|[(\s](contract|domain) \d(\.\d+)?\b"
    ),
    # The figures are an estimate by the guide's definitions; what an authority's own system shows nobody knows.
    "what an authority sees": re.compile(
        r"(监管|管局|主管部门)[^，。；\s]{0,6}(会看到|将看到|看到的)"
        r"|(?i:(regulator|authorit\w+|administration)s? (would|will|can) see\b)"
        r"|(?i:what|light)[^.]{0,12}(?i:the (regulator|authority)) sees?\b"
    ),
    "a package registry": re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org"),
}
# samples are records of real switches as they were written; the lock names where packages come from
EXEMPT_FILES = {"uv.lock", "tests/house/test_words.py", "LICENSE"}
EXEMPT_FOLDERS = ("tests/samples/",)


def _texts() -> list[tuple[str, str]]:
    return [
        (str(path), (tree.ROOT / path).read_text(encoding="utf-8", errors="replace"))
        for path in tree.files()
        if path.suffix not in BINARY
        and str(path) not in EXEMPT_FILES
        and not str(path).startswith(EXEMPT_FOLDERS)
        and (tree.ROOT / path).stat().st_size < 2_000_000
    ]


def test_forbidden_words() -> None:
    hits = [
        f"{name}:{text.count(chr(10), 0, hit.start()) + 1} {what}: {hit.group()!r}"
        for name, text in _texts()
        for what, pattern in FORBIDDEN.items()
        for hit in pattern.finditer(text)
    ]
    assert not hits


OLD = frozenset({
    "asked", "found", "given", "held", "kept", "known", "looked", "made", "named", "one", "seen", "shown", "spelt",
    "stands", "taken", "told", "worked", "written",
})  # fmt: skip


def test_functions_and_modules_are_called_by_what_they_do_or_hold() -> None:
    old = [
        f"{path} {node.name}"
        for path, module in tree.modules()
        for node in module.body
        if isinstance(node, ast.FunctionDef) and node.name in OLD
        if path.parts[:2] != ("engines", "gate")
    ]
    old += [str(path) for path, _module in tree.modules() if path.stem in OLD and path.parts[:2] != ("engines", "gate")]
    assert not old, "a function is a verb with an object, a module a noun"


#: Of variables; what is left of the others are answers to yes or no (`found`, `known`, `kept`), or fields of others.
EMPTY = frozenset({"asked", "drawn", "given", "looked", "made", "shown", "spelt", "told", "wanted"})


def test_variables_say_what_they_hold() -> None:
    """A parameter of what is decorated may be a name that others see, such as a field of the API."""
    empty = set()
    for path, module in tree.modules():
        for function in tree.functions(module):
            names = {
                node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
            if not function.decorator_list:
                names |= {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
            empty |= {f"{path} {function.name} {name}" for name in names & EMPTY}
    assert not empty, "nobody finds by a search what it holds: a noun"


def test_every_exception_to_a_rule_has_its_reason() -> None:
    """`# noqa: X - why` is asked of the program's own code."""
    bare = [
        f"{path}:{number}"
        for path in tree.files()
        if path.parts[0] in {"src", "bench"} and path.suffix == ".py"
        for number, line in enumerate((tree.ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"# noqa(?!: [A-Z0-9, ]+ --? \S)", line)
    ]
    assert not bare


def test_the_number_of_ruff_ignores_does_not_grow() -> None:
    lint = tree.pyproject()["tool"]["ruff"]["lint"]
    assert len(lint["ignore"]) <= 14
    assert sum(map(len, lint["per-file-ignores"].values())) <= 28
