"""The source tree as the house tests see it: tracked and new files, parsed modules, rooms."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "nianjian"


@cache
def files() -> tuple[Path, ...]:
    """Every file of the repository that git would take, relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 -- git is a stated need
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return tuple(sorted(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()))


@cache
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    """The program's own modules, parsed, migrations left out; paths relative to src/nianjian."""
    return tuple(
        (path.relative_to(SOURCE), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
    )


@cache
def nodes(*kinds: type[ast.AST]) -> tuple[tuple[Path, Any], ...]:
    """Every node of these kinds in the program's modules, with the module's path."""
    return tuple((path, node) for path, module in modules() for node in ast.walk(module) if isinstance(node, kinds))


@cache
def pyproject() -> dict[str, Any]:
    """pyproject.toml, parsed."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def contract(name: str) -> dict[str, Any]:
    """The import contract with this id."""
    return next(one for one in pyproject()["tool"]["importlinter"]["contracts"] if one["id"] == name)


def ordered(layer: str) -> list[str]:
    """The names that the contract of a layer lists, top first; beside each other with ``|`` between them."""
    return [re.sub(r"\s", "", names).replace("|", f"|{layer}/") for names in contract(layer)["layers"]]


def folders(under: str) -> list[Path]:
    """The packages in a folder of the program."""
    return [path for path in sorted((SOURCE / under).iterdir()) if (path / "__init__.py").exists()]


@cache
def tables() -> dict[str, Path]:
    """Every model of the program with the module that defines it: a class whose body has fields of `models`."""
    return {
        node.name: path
        for path, module in modules()
        for node in module.body
        if isinstance(node, ast.ClassDef) and (path.name in {"model.py", "models.py"} or any(map(_is_field, node.body)))
    }


def _is_field(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    name = dotted(value.func) if isinstance(value, ast.Call) else ""
    return name.startswith("models.") and name.endswith(("Field", "ForeignKey"))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute chain; calls and subscripts inside it are passed through."""
    match node:
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr}"
        case ast.Name(id=name):
            return name
        case ast.Call(func=func):
            return dotted(func)
        case ast.Subscript(value=value):
            return dotted(value)
    return ""


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
