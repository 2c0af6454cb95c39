"""Commands of operations: arguments, options, call and answer follow from the declaration."""

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from nianjian.engines.kernel import files
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.operations.fields import Field, Kind
from nianjian.platform.operations.operation import Operation, Resource
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, moment
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

Draw = Callable[[Console, Sequence[Mapping[str, Any]]], None]


def configure(actions: Actions, operations: Iterable[Operation[..., Any]], draw: Draw) -> None:
    """Add the command of each operation that has one; ``draw`` shows the rows that it acted on."""
    for one in operations:
        if one.command:
            parser = actions.add(one.command, partial(_run, one, draw), _(one.help))
            for field in one.fields:
                _add(parser, field, one)
            enterprise(parser)


def _add(parser: argparse.ArgumentParser, field: Field, operation: Operation[..., Any]) -> None:
    param, about = field.param, _(field.param.help)
    option = f"--{param.option or field.name.replace('_', '-')}"
    more: dict[str, Any] = {"dest": field.name, "help": about}
    match field.kind:
        case Kind.KEY | Kind.KEYS:
            nargs = "+" if field.kind is Kind.KEYS else None
            parser.add_argument(field.name, nargs=nargs, metavar="ID", help=_(operation.resource.key_help))
        case Kind.VERSION | Kind.VERSIONS:
            pass  # a terminal shows none
        case Kind.HIDDEN:
            parser.add_argument(f"{option}-file", metavar="FILE", type=Path, **more)
        case Kind.FLAG:
            parser.add_argument(option, action="store_true", **more)
        case Kind.YES_NO:
            parser.add_argument(option, choices=("yes", "no"), **more)
        case Kind.LINE | Kind.TEXT | Kind.CHOICE | Kind.MOMENT:
            needed = field.required and not param.optional_option
            default = "" if field.required else field.default
            parser.add_argument(option, metavar=param.metavar, required=needed, default=default, **more)
        case _:
            raise TypeError(operation.name, field.name, "no option takes it")


def _run(operation: Operation[..., Any], draw: Draw, args: argparse.Namespace) -> Answer:
    """Do it, and answer with what the API answers, or with what it was done to: one row, or ``rows``."""
    actor = begin(args)
    typed = [one for one in operation.fields if one.kind not in {Kind.VERSION, Kind.VERSIONS}]
    values = {one.name: _value(one, getattr(args, one.name)) for one in typed}
    result = operation(enterprise=args.enterprise, actor=actor, **values)
    key_values = [values[one.name] for one in typed if one.kind in {Kind.KEY, Kind.KEYS}]
    keys = [key for one in key_values for key in ([one] if isinstance(one, str) else one)]
    if operation.answer:
        document: Any = operation.answer.document(None, "".join(keys), result)
        return Answer(document, lambda console: draw(console, [to_builtins(document)]))
    return answer(operation.resource, args.enterprise, actor, keys, draw)


def answer(resource: Resource[Any], code: str, actor: Any, keys: Sequence[str], draw: Draw) -> Answer:  # noqa: ANN401 -- an Actor, whose module loads Django
    """The resources as they stand after an operation: of one its row, of several ``rows``."""
    rows = [resource.row(one) for one in resource.read(code, actor, keys)]
    return Answer(dict(rows[0]) if len(rows) == 1 else {"rows": rows}, lambda console: draw(console, rows))


def _value(field: Field, text: Any) -> Any:  # noqa: ANN401 -- what argparse read, then the field's kind
    if field.kind is Kind.HIDDEN:
        return "" if text is None else next(iter(files.content(text).decode(errors="replace").splitlines()), "")
    if field.kind is Kind.YES_NO and text is not None:
        return text == "yes"
    if field.kind is Kind.MOMENT and text is not None:
        try:
            return moment(text)
        except ValueError as fault:
            raise NianjianError(field.param.error, value=text) from fault
    return text
