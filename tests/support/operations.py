"""What is sent and typed to do each operation once: the rows of the matrices follow from the registry."""

from typing import Any, Final

import django

django.setup()

from nianjian.doors.api.application import API  # noqa: E402 -- after Django; it loads every declaration
from nianjian.platform.operations.fields import Field, Kind  # noqa: E402 -- the same
from nianjian.platform.operations.operation import REGISTRY, Operation, Resource  # noqa: E402 -- the same

assert API.urls, "the operations are declared"
SAMPLES: Final[dict[Kind, Any]] = {
    Kind.LINE: "x", Kind.TEXT: "x", Kind.NUMBER: 1, Kind.FLAG: True, Kind.LINES: ["x"], Kind.DAY: "2026-01-01",
}  # fmt: skip


def _needed(operation: Operation[..., Any]) -> list[Field]:
    """What is given: what must be, and of what may be None what a person would choose."""
    keys = {Kind.KEY, Kind.KEYS}
    chosen = [one for one in operation.fields if one.required or (one.nullable and one.kind is Kind.LINE)]
    return [one for one in chosen if one.kind not in keys]


def _sample(field: Field) -> Any:
    return field.choices[-1] if field.choices else SAMPLES[field.kind]


def bodies() -> dict[str, dict[str, Any]]:
    """Operation id of the API -> a document; the name of a resource in braces stands for the key of a real one."""
    return {one.name.replace(".", "_"): _body(one) for one in REGISTRY if one.body}


def _body(operation: Operation[..., Any]) -> dict[str, Any]:
    body = {one.name: _sample(one) for one in _needed(operation)}
    if not isinstance(operation.area, Resource):
        return body
    resource = operation.resource
    key = f"{{{resource.name}}}"
    return body if key in operation.path else body | {resource.plural: [key]}


def commands() -> dict[str, tuple[Any, tuple[str, ...]]]:
    """Command -> (the permission that it needs, what is typed; the key is of nothing that is there)."""
    return {
        f"{one.name.partition('.')[0]} {one.command}": (
            one.permission,
            (*(["I0"] if one.key_field else []), *_typed(one)),
        )
        for one in REGISTRY
        if one.command
    }


def _typed(operation: Operation[..., Any]) -> list[str]:
    return [
        word
        for one in _needed(operation)
        for word in (f"--{one.param.option or one.name.replace('_', '-')}", _sample(one))
    ]
