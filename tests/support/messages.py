"""The catalogue's workshop: find every message id, bring the .po up to date, compile the .mo.

``python -m tests.support.messages`` updates both files; the house test calls the same functions.
"""

import ast
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from tests.support import tree

SOURCE = tree.SOURCE
FOLDER = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES"
PO = FOLDER / "django.po"
MO = FOLDER / "django.mo"
STAMP = datetime(2026, 1, 1, tzinfo=UTC)  # fixed: the files change only when a text does
CALLS = {"_", "mark", "gettext", "gettext_lazy"}
TEMPLATE_TAG = re.compile(r"""(?:\{%\s*translate\s+|_\()(?:"([^"]*)"|'([^']*)')""")
TEMPLATE_BLOCK = re.compile(r"\{%\s*blocktranslate\b([^%]*)%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
TEMPLATE_VALUE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# argparse speaks through the process-wide gettext domain; these are its sentences that people meet.
ARGPARSE = (
    "usage: ", "positional arguments", "options", "show this help message and exit",
    "the following arguments are required: %s", "unrecognized arguments: %s", "not allowed with argument %s",
    "ambiguous option: %(option)s could match %(matches)s", "expected one argument", "expected at most one argument",
    "expected at least one argument", "one of the arguments %s is required", "invalid %(type)s value: %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)", "argument %(argument_name)s: %(message)s",
    "ignored explicit argument %r",
)  # fmt: skip


def _in_python() -> Iterator[tuple[str, str]]:
    """Path and message id of each call that names one."""
    for path, node in tree.nodes(ast.Call):
        first = node.args[0] if node.args else None
        text = first.value if isinstance(first, ast.Constant) else None
        if tree.dotted(node.func).rpartition(".")[2] in CALLS and isinstance(text, str):
            yield path.as_posix(), text


def in_template(text: str) -> Iterator[str]:
    """Message ids of a template: `translate` and `_("…")`, and `blocktranslate` without plural.

    A block's values stand in the id as Django makes it: ``{{ name }}`` is ``%(name)s``.
    """
    for match in TEMPLATE_TAG.finditer(text):
        yield match[1] or match[2]
    for match in TEMPLATE_BLOCK.finditer(text):
        inside = match[2].replace("%", "%%")
        if "trimmed" in match[1].split():
            inside = " ".join(line.strip() for line in inside.strip().splitlines())
        yield TEMPLATE_VALUE.sub(r"%(\1)s", inside)


def message_ids() -> dict[str, list[str]]:
    """Every message id and the files it stands in, in a stable order."""
    by_text: dict[str, list[str]] = {text: ["argparse"] for text in ARGPARSE}
    for place, text in _in_python():
        by_text.setdefault(text, []).append(place)
    for path in sorted(SOURCE.rglob("*.html")):
        for text in in_template(path.read_text(encoding="utf-8")):
            by_text.setdefault(text, []).append(path.relative_to(SOURCE).as_posix())
    return by_text


@cache
def catalogue() -> Catalog:
    """The Chinese catalogue as it stands in the repository."""
    with PO.open("rb") as stream:
        return read_po(stream, locale="zh_Hans")


def compiled(source: Catalog) -> bytes:
    """The .mo bytes of a catalogue."""
    stream = io.BytesIO()
    write_mo(stream, source)
    return stream.getvalue()


def updated(translations: dict[str, str]) -> Catalog:
    """A catalogue of exactly the ids in use, with the given translations."""
    catalog = Catalog(
        locale="zh_Hans",
        project="nianjian",
        header_comment="# Chinese texts of nianjian; kept by tests/support/messages.py.",
        copyright_holder="",
        creation_date=STAMP,
        revision_date=STAMP,
        fuzzy=False,
    )
    for text, places in sorted(message_ids().items()):
        catalog.add(text, translations.get(text, ""), locations=[(place, 0) for place in sorted(set(places))])
    return catalog


def main() -> None:
    """Bring .po and .mo up to date and name what is still untranslated."""
    translations: dict[str, str] = {}
    if PO.exists():
        translations = {str(entry.id): str(entry.string) for entry in catalogue() if entry.id}
    catalog = updated(translations)
    with PO.open("wb") as stream:
        write_po(stream, catalog, omit_header=False, include_lineno=False, width=0, sort_output=True)
    MO.write_bytes(compiled(catalogue()))
    for entry in catalog:
        if entry.id and not entry.string:
            print(entry.id)  # noqa: T201 -- a workshop tool


if __name__ == "__main__":
    main()
