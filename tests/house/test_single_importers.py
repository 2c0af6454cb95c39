"""A module that one neighbour alone imports belongs into it, unless it separates something: each such says what."""

import ast
from pathlib import Path

from tests.support import tree

#: Parts of every feature, by the end of their names: what a person sees is apart from what decides.
PARTS = ("pages", "forms", "terminal", "texts", "presenters")
#: Module and what it separates.
SEPARATE = {
    "doors/site": "a process, a server or a check, loaded by the command that starts it",
    "engines/gate/counters/segments": "the bytes of a journal on the disk, apart from what they count",
    "engines/gate/fastagi": "a protocol of Asterisk",
    "engines/gate/kamailio": "a protocol of Kamailio",
    "engines/gate/server/usual": "the short way, held equal to the long one by tests",
    "engines/intake/readers": "files of others, line by line",
    "engines/lake/duckdb_engine": "one engine, imported when it is chosen",
    "engines/lake/spark_engine": "one engine, imported when it is chosen",
    "engines/sip/call": "one call, without sockets",
    "features/dossier/editions/book": "the paper edition, apart from the order of work",
    "features/dossier/reading": "one kind of paper a file",
    "features/dossier/seals": "one shape of seal a file",
    "features/inspection/operations/answers": "what may be said to an inspector",
    "features/maintenance": "commands load what restores and upgrades only when it is asked for",
    "features/overview/first_steps": "how far an enterprise has come, apart from the pages that lead it on",
    "features/people/middleware": "named in the settings",
    "features/people/receivers": "signals, connected when the app is ready",
    "features/rectification/assessment": "a process of its own for files nobody vouches for",
    "features/rectification/gaps": "what is open in a case, decided without a database",
    "features/rectification/pages/stages": "what a case's steps say and its form is filled with, apart from requests",
    "platform/notifications/smtp": "a protocol",
    "platform/web/rule_parts": "the widget of values with parts, apart from how they are read",
}


def test_a_module_of_one_importer_separates_something() -> None:
    """What ``urls`` and packages put together is apart; the rest needs a reason above, and each reason its module."""
    names = {path.with_suffix("").as_posix(): path for path, _module in tree.modules() if path.name != "__init__.py"}
    importers: dict[str, set[Path]] = {}
    for path, module in tree.modules():
        for name in _imported(module):
            if name in names:
                importers.setdefault(name, set()).add(path)
    alone = {
        name
        for name, by in importers.items()
        if len(by) == 1 and _is_neighbour(next(iter(by)), names[name]) and not name.endswith(PARTS)
    }
    unexplained = sorted(name for name in alone if not {name, name.rpartition("/")[0]} & SEPARATE.keys())
    assert not unexplained
    stale = sorted(one for one in SEPARATE if not any(name == one or name.rpartition("/")[0] == one for name in alone))
    assert not stale


def _is_neighbour(importer: Path, path: Path) -> bool:
    return importer.parent == path.parent and importer.name not in {"urls.py", "__init__.py"}


def _imported(module: ast.Module) -> set[str]:
    modules = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("nianjian.").replace(".", "/") for name in modules}
