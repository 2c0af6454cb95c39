"""Writes docs/reference and the map of the code out of the program itself; `--check` fails when a page is stale."""

import argparse
import ast
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
ROOT = DOCS.parent
LAYERS = ("doors", "features", "platform", "engines")
MADE = "<!-- Made by `python -m docs.write`; changes here are lost. -->\n"


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ").replace("%%", "%").replace("<", "&lt;")


def _table(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(_cell(one) for one in line) + " |" for line in lines) + "\n"


def settings() -> str:
    """Every environment variable."""
    from nianjian.platform.home.env import SETTINGS  # noqa: PLC0415 - one page must not need the imports of all

    rows = [(f"`{one.name}`", f"`{one.default}`" if one.default else "", one.about) for one in SETTINGS]
    return (
        "# Settings\n\nEnvironment variables, read once at the start. Of each but `NIANJIAN_TODAY`, `NAME_FILE` may name a file that holds the"
        " value. A value that makes no sense ends the program with a message, exit code 2.\n\n"
        + _table(("name", "default", "meaning"), rows)
    )


def _leaves(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """(words, what it does, parser) of a verb's actions; the verb itself when it has none."""
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001
    if not nested:
        yield parser.prog, parser.description or "", parser
    for action in nested:
        for leaf in action.choices.values():
            yield from _leaves(leaf)


def _options(parser: argparse.ArgumentParser) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, argparse._HelpAction):  # noqa: SLF001
            continue
        shown = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
        name = f"`{', '.join(action.option_strings)}`" if action.option_strings else f"`{shown}`"
        value = f" `{shown}`" if action.option_strings and action.nargs != 0 else ""
        needed = "yes" if action.required else ""
        silent = action.required or not action.default or action.default == argparse.SUPPRESS
        default = "" if silent else f"`{action.default}`"
        rows.append((name + value, needed, default, action.help or ""))
    return rows


def commands() -> str:
    """Every verb and action with its options."""
    from nianjian.doors.cli.main import VERBS, Parser, load_verb  # noqa: PLC0415 - see above

    head = (
        "# Commands\n\nOne program, `nianjian`. `--json` prints one JSON object and nothing else on stdout. Exit code 0:"
        ' done; 1: the answer is "no", or rows were rejected; 2: wrong use or bad input. `LANG` picks the language of'
        " messages: `en…` is English, everything else Chinese.\n"
    )
    parts = [head]
    for verb, about in VERBS.items():
        parser = Parser(prog=f"nianjian {verb}", description=about)
        load_verb(verb).configure(parser)
        parts.append(f"\n## {verb}\n\n{about}\n")
        for words, what, leaf in _leaves(parser):
            rows = _options(leaf)
            parts.append(f"\n### {words}\n\n{what}\n\n" + _table(("argument", "needed", "default", "meaning"), rows))
            if leaf.epilog:
                parts.append(f"\n{leaf.epilog}\n")
    return "".join(parts)


def _sheets() -> list[Any]:
    from nianjian.platform.registers import kinds  # noqa: PLC0415 - see above

    return [kinds.register(kind).sheet for kind in sorted(kinds.kinds())]


def registers() -> str:
    """Every register's sheet."""
    head = (
        "# Register sheets\n\nCSV or xlsx with a header row, UTF-8 with or without BOM or GB18030. Columns may stand in any"
        " order, further columns are kept. A blank cell means not known. A sheet is taken whole or not at all; with faults"
        " a workbook that marks each bad cell is written. Rows are found again by their key and changed with dates. A flag"
        " is read in Chinese and in English (是 or yes, 否 or no); choices are read as they stand here.\n"
    )
    parts = [head]
    for sheet in _sheets():
        keys = " or ".join("+".join(key) for key in sheet.keys)
        rows: list[tuple[object, ...]] = [
            (
                f"**{column.header}**" if any(column.field in key for key in sheet.keys) else column.header,
                f"`{column.field}`",
                column.kind.value,
                ", ".join(column.aliases),
                ", ".join(dict.fromkeys(column.choices)) if column.choices else "",
                "encrypted" if column.personal else "",
            )
            for column in sheet.columns
        ]
        parts.append(f"\n## {sheet.kind} ({sheet.title})\n\nKey: `{keys}`.\n\n")
        parts.append(_table(("header", "field", "kind", "also read", "choices", ""), rows))
    return "".join(parts)


def call_files() -> str:
    """Every source of call records, the generic header, and every reason for a rejected row."""
    from nianjian.engines.intake.formats import catalogue  # noqa: PLC0415
    from nianjian.engines.intake.formats.generic import TALK, WHOLE, list_headers  # noqa: PLC0415
    from nianjian.engines.intake.mapping import FIELDS, FORMATS, KEYS, SPANS  # noqa: PLC0415
    from nianjian.engines.intake.sql import UNITS  # noqa: PLC0415
    from nianjian.engines.paper.texts.calls import REASONS  # noqa: PLC0415 - see above

    sources = [
        (f"`{name}`", form.title, "yes" if form.zone_in_file else "no, ask `--timezone`", form.evidence)
        for name, form in catalogue().items()
    ]
    reasons = [(f"`{code}`", text) for code, text in sorted(REASONS.items())]
    fields = [(f"`{ours}`", theirs, ", ".join(list_headers(ours)[1:])) for ours, theirs in FIELDS.items()]
    spans = [
        (f"`{ours}`", theirs, ", ".join(also))
        for (ours, theirs), also in zip(SPANS.items(), (WHOLE, TALK), strict=True)
    ]
    keys = [(f"`{key}`", f"`{example}`") for key, example in KEYS.items()]
    return (
        "# Files of call records\n\nText (UTF-8 with or without BOM, GB18030, UTF-16), gz, zip (with gz, xlsx"
        " and one further zip in it), xlsx, xls and folders of these; source and encoding are recognised, `--source` names the source where they are not.\n\n## Sources\n\n"
        + _table(("name", "source", "time zone in the file", "known from"), sources)
        + "\n## The generic header\n\nThe keys of `columns` in a mapping file, and the headers that need no mapping.\n\n"
        + _table(("field", "header", "also read as"), fields)
        + "\nWithout a column for the end it is the answer, else the start, plus `talk`, or the start plus `duration`;"
        " without one for the start it is the end less one of them. They hold seconds, `00:01:05` or 1分5秒;"
        f" `formats` names another unit of a bare number: {', '.join(f'`{one}`' for one in UNITS)}.\n\n"
        + _table(("field", "header", "also read as"), spans)
        + "\n## The mapping file\n\n"
        + _table(("key", "for example"), keys)
        + "\n`columns` takes a header or a position from 1, for `call_id` a list of them too. In `values` the word `*`"
        f" stands for everything else, an empty cell too. `formats` takes {', '.join(f'`{one}`' for one in FORMATS)}.\n"
        + "\n## Reasons\n\nWhy a row is in quarantine. `nianjian calls rejects BATCH -o x.csv` writes these rows as they came,"
        " with 行号, 列, 原因代码 and 原因 behind; corrected, the file is imported like any other."
        " A cell that a spreadsheet program would run as a formula stands behind an apostrophe there, which goes again with"
        " the import.\n\n" + _table(("code", "meaning"), reasons)
    )


def codes() -> str:
    """Every error code with its sentence in both languages."""
    from nianjian.engines.paper.texts.errors import ERRORS  # noqa: PLC0415 - see above
    from nianjian.engines.paper.words import words  # noqa: PLC0415

    chinese = words("zh_Hans")
    rows: list[tuple[object, ...]] = [(f"`{code}`", text, chinese(text)) for code, text in sorted(ERRORS.items())]
    return (
        '# Error codes\n\nWith `--json` an error is `{"error": {"code", "message", "values", "findings"?}}`; the code is'
        " stable, the sentence is not.\n\n" + _table(("code", "English", "中文"), rows)
    )


def _said(told: dict[str, Any]) -> str:
    """What an operation answers when it worked: status and form."""
    done = [(status, one) for status, one in told["responses"].items() if str(status).startswith("2")]
    return ", ".join(f"{status} {_form(one)}".strip() for status, one in done)


def _form(answer: dict[str, Any]) -> str:
    """The answer's shape by name, or its media types."""
    found = []
    for media, one in answer.get("content", {}).items():
        name = one["schema"].get("$ref", "").rpartition("/")[2]
        found.append(f"`{name}`" if name else "JSON" if media == "application/json" else f"`{media}`")
    return ", ".join(found)


def api() -> str:
    """Every operation of the API by noun, and the document's own address."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nianjian.doors.site.settings")
    with tempfile.TemporaryDirectory() as home:  # settings make one where there is none
        os.environ["NIANJIAN_HOME"] = home
        import django  # noqa: PLC0415 - see above

        django.setup()
    from nianjian.doors.api.application import ABOUT, API  # noqa: PLC0415

    parts: dict[str, list[tuple[object, ...]]] = {}
    for path, methods in API.get_openapi_schema()["paths"].items():
        for method, told in methods.items():
            asked = [one["name"] for one in told["parameters"] if one["in"] == "query"]
            given = ", ".join(f"`{name}`" for name in asked)
            parts.setdefault(told["tags"][0], []).append(
                (f"`{method.upper()} {path}`", told["summary"], told.get("x-act", ""), given, _said(told))
            )
    head = ("operation", "what it does", "act", "query", "answer")
    tables = [f"\n## {tag}\n\n" + _table(head, rows) for tag, rows in parts.items()]
    return (
        f"# API\n\n{ABOUT}\n\nThe OpenAPI document, with every shape, stands at `/api/v1/openapi.json`. Tokens are made"
        " on the page of one's account; a token may be narrowed to some acts. To whom an enterprise does not concern it"
        " does not exist (404). Under a key a write is done once; what was refused may be tried again under the same"
        " key; a secret (a link, a webhook's) stands in the first answer alone. Files come as the content of the request,"
        " one at a time, named in the query.\n\nEverything that the pages do can be done here, but for what belongs to a"
        " browser: signing in and its second factor, the sessions, theme and language, the import in steps with its"
        " drafts (an import here is one request; `check` looks at every row and writes nothing), and the making of"
        " tokens: a token makes none, so who steals one cannot make it last. What is asked of the installation's operator"
        " (backup, retention, keys, holidays) is asked on the command line. Whoever manages people by a narrowed token"
        " needs the act `people` in it.\n" + "".join(tables)
    )


def _about(folder: Path) -> str:
    """The first line of a package's docstring."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]


def code_map() -> str:
    """Every package of the four layers, in the order of the import contracts."""
    house = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    levels = {contract["id"]: contract["layers"] for contract in house if contract["type"] == "layers"}
    head = (
        "# Map of the code\n\nEvery package of `src/nianjian`, from the top down. A package may import from the levels"
        " below it, never from its own level or from above. Levels are those of the import contracts in `pyproject.toml`;"
        " sentences are the first lines of the packages' docstrings. [Where does a file go](where.md) says how to"
        " choose.\n"
    )
    parts = [head]
    for layer in LAYERS:
        folder = ROOT / "src" / "nianjian" / layer
        unordered = sorted(path.parent.name for path in folder.glob("*/__init__.py"))
        rows: list[tuple[object, ...]] = [
            (level if layer in levels else "", f"`{layer}/{name.strip()}`", _about(folder / name.strip()))
            for level, names in enumerate(levels.get(layer, unordered), 1)
            for name in names.split("|")
        ]
        parts.append(f"\n## {layer}\n\n{_about(folder)}\n\n" + _table(("level", "folder", "what it holds"), rows))
    return "".join(parts)


def claims() -> str:
    """Every claim with what is said where the data prove it, refute it and cannot tell."""
    from nianjian.engines.paper.texts.claims import CLAIMS  # noqa: PLC0415 - see above

    head = (
        "# Claims\n\nEvery sentence on a generated paper, an answer card or a public page that states a fact about the"
        " enterprise. A query decides each. Proved, the sentence is printed with its figures; refuted, the true figures;"
        " unknown, a blank or what a person has stated, marked as the enterprise's own statement. A statement never takes"
        " the place of the data; one that they refute stops the paper. What people state for every year until they"
        " replace it is *standing*.\n\n"
    )
    rows: list[tuple[object, ...]] = [
        (
            f"`{name}`",
            ", ".join(texts.where),
            texts.rule,
            texts.released or "–",
            texts.refused or "–",
            texts.blank
            or ("the parts are cells" if texts.parts and not texts.released else "as refuted, unknown as “–”")
            if texts.refused or texts.parts or texts.blank
            else "nothing",
            ", ".join(f"`{part}`" for part in texts.parts) + (", standing" if texts.standing else ""),
        )
        for name, texts in CLAIMS.items()
    ]
    columns = ("claim", "stands on", "rule", "proved", "refuted", "unknown", "parts that people state")
    return head + _table(columns, rows)


PAGES = {
    "reference/settings.md": settings,
    "reference/commands.md": commands,
    "reference/registers.md": registers,
    "reference/call-files.md": call_files,
    "reference/codes.md": codes,
    "reference/api.md": api,
    "reference/claims.md": claims,
    "develop/map.md": code_map,
}


def main(argv: list[str]) -> int:
    """Write the pages, or compare them; exit code 1 when one is stale."""
    os.environ["LANG"] = "en_GB.UTF-8"
    stale = []
    for name, page in PAGES.items():
        text = MADE + page()
        path = DOCS / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in argv:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if "--check" in argv and stale:
        print(f"stale: {', '.join(stale)}; run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
