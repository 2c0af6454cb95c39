"""Routes of operations: address, body, answer and status follow from the declaration."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final, Literal

from ninja import Field as Limits
from ninja import Router, Schema
from pydantic import AfterValidator, create_model

from nianjian.engines.kernel.clock import aware
from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.api import parameter_types
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import write
from nianjian.platform.operations.fields import MOST, TEXT, VERSION, Field, Kind
from nianjian.platform.operations.operation import Answer, Body, Operation, Resource

BODY: Final = "given"  # the name of the body in a view: findings about a value name their place by it
Version = Annotated[int, Limits(ge=1, le=VERSION)]
KINDS: Final[dict[Kind, Any]] = {
    Kind.LINE: parameter_types.Text,
    Kind.HIDDEN: parameter_types.Text,
    Kind.TEXT: Annotated[str, Limits(max_length=TEXT)],
    Kind.LINES: list[parameter_types.Text],
    Kind.DAY: parameter_types.Day,
    Kind.MOMENT: Annotated[datetime, AfterValidator(aware)],
    Kind.FLAG: bool,
    Kind.YES_NO: bool,
    Kind.KEY: parameter_types.Text,
    Kind.VERSION: Version,
    Kind.VERSIONS: Annotated[list[Version], Limits(max_length=MOST)],
}


def mount(router: Router, operations: Iterable[Operation[..., Any]]) -> None:
    """Add the route of each operation that has a path."""
    schemas: dict[str, type[Schema]] = {}  # by name: several operations may answer or take the same document
    for one in operations:
        if one.path or one.body or one.answer:
            _mount(router, one, schemas)


def _mount(router: Router, operation: Operation[..., Any], schemas: dict[str, type[Schema]]) -> None:
    """Add the route for an enterprise, and the one for the whole installation where there is one."""
    area, names = operation.area, re.findall(r"{(\w+)}", operation.path)
    single = isinstance(area, Resource) and area.name in names
    fields = [one for one in operation.fields if one.name not in names and not (single and one is operation.key_field)]
    arguments: dict[str, Any] = dict.fromkeys(names, str)
    if operation.body:
        arguments[BODY] = _schema(operation, operation.body, fields, schemas)
    answer = operation.answer
    more: dict[str, Any] = {"act": operation.permission, "method": operation.method}
    build: Callable[[Operation[..., Any]], Callable[..., object]]
    if operation.job:
        more, build = more | {"answer": Job, "status": 202}, _enqueuing
    elif answer:
        more |= {"answer": answer.schema, "status": answer.status, "hidden": answer.hidden}
        build = partial(_with_answer, answer)
    elif single:
        more, build = more | {"answer": operation.resource.schema}, _on_one
    else:
        more, build = more | {"answer": _list_schema(operation.resource, schemas)}, _on_several
    name = operation.name.replace(".", "_")
    about = f"{operation.summary}\n\n{operation.about}".strip()
    view = _name_view(build(operation), name, about, {"code": str, **arguments})
    write(router, area.path + operation.path, **more)(view)
    if operation.installation:
        view = _name_view(build(operation), f"{name}_everywhere", operation.installation, arguments)
        write(router, area.installation_path + operation.path, **more)(view)


def _name_view(
    view: Callable[..., object], name: str, summary: str, arguments: Mapping[str, Any]
) -> Callable[..., object]:
    """The view under a name and with the parameters that the framework reads."""
    parameters = [
        inspect.Parameter(one, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=kind)
        for one, kind in {"request": Request, **arguments}.items()
    ]
    view.__name__, view.__doc__ = name, summary
    setattr(view, "__signature__", inspect.Signature(parameters))  # noqa: B010 -- of a function that is built here
    return view


def _with_answer(answer: Answer, operation: Operation[..., Any]) -> Callable[..., object]:
    field = operation.key_field

    def view(request: Request, code: str = EVERYWHERE, **more: Any) -> object:  # noqa: ANN401 -- as the signature says
        values, key = _values(operation, more[BODY]) if BODY in more else {}, ""
        if field and operation.resource.name in more:
            key = values[field.name] = operation.resource.key_of(more[operation.resource.name])
            operation.resource.get(code, request.actor, key)
        values |= {one.name: more[one.name] for one in operation.fields if one.name in more}
        return answer.document(request, key, operation(enterprise=code, actor=request.actor, **values))

    return view


def _on_one(operation: Operation[..., Any]) -> Callable[..., object]:
    resource, field = operation.resource, operation.key_field
    if field is None:
        raise TypeError(operation.name, "no parameter takes the key in its path")

    def view(request: Request, code: str, **more: Any) -> object:  # noqa: ANN401 -- as the signature says
        key = resource.key_of(more[resource.name])
        resource.get(code, request.actor, key)
        keys = {field.name: [key] if field.kind is Kind.KEYS else key}
        operation(enterprise=code, actor=request.actor, **keys, **_values(operation, more[BODY]))
        return resource.document(resource.get(code, request.actor, key))

    return view


def _on_several(operation: Operation[..., Any]) -> Callable[..., object]:
    resource, field = operation.resource, operation.key_field
    if field is None:
        raise TypeError(operation.name, "it names nothing that it acts on")

    def view(request: Request, code: str, **more: Any) -> object:  # noqa: ANN401 -- as the signature says
        values = _values(operation, more[BODY])
        operation(enterprise=code, actor=request.actor, **values)
        return {"items": [resource.document(one) for one in resource.read(code, request.actor, values[field.name])]}

    return view


def _enqueuing(operation: Operation[..., Any]) -> Callable[..., object]:
    field = operation.key_field

    def view(request: Request, code: str, **more: Any) -> object:  # noqa: ANN401 -- as the signature says
        values = _values(operation, more[BODY]) if BODY in more else {}
        if field and operation.resource.name in more:
            values[field.name] = operation.resource.key_of(more[operation.resource.name])
            operation.resource.get(code, request.actor, values[field.name])
        job = operation.enqueue(enterprise=code, actor=request.actor, **values)
        return enqueued_job_document(request, job)

    return view


def _values(operation: Operation[..., Any], body: Schema) -> dict[str, Any]:
    """What the body holds, by parameter."""
    names = {_name(one, operation): one.name for one in operation.fields}
    return {names[name]: getattr(body, name) for name in type(body).model_fields}


def _name(field: Field, operation: Operation[..., Any]) -> str:
    """How a parameter is called in a body: what is acted on by the resource's own name."""
    match field.kind:
        case Kind.KEY:
            return operation.resource.name
        case Kind.KEYS:
            return operation.resource.plural
        case _:
            return field.name


def _schema(
    operation: Operation[..., Any], body: Body, fields: Iterable[Field], schemas: dict[str, type[Schema]]
) -> type[Schema]:
    shape: dict[str, Any] = {
        _name(one, operation): (_type(one), ... if one.required else one.default) for one in fields
    }
    return schemas.setdefault(
        body.name, create_model(body.name, __base__=Schema, __doc__=body.about, __module__=__name__, **shape)
    )


def _type(field: Field) -> Any:  # noqa: ANN401 -- a type for pydantic
    if field.kind is Kind.CHOICE:
        kind: Any = Literal[field.choices]
    elif field.param.filled:
        kind = Annotated[str, Limits(min_length=1, max_length=TEXT)]
    elif field.kind is Kind.KEYS:
        kind = Annotated[list[parameter_types.Text], Limits(min_length=None if field.nullable else 1, max_length=MOST)]
    elif field.kind is Kind.NUMBER:
        least, most = (field.limits.least, field.limits.most) if field.limits else (None, None)
        kind = Annotated[int, Limits(ge=least, le=most)]
    else:
        kind = KINDS[field.kind]
        if field.limits:
            kind = Annotated[kind, Limits(min_length=field.limits.least or None, max_length=field.limits.most)]
    return kind | None if field.nullable else kind


def _list_schema(resource: Resource[Any], schemas: dict[str, type[Schema]]) -> type[Schema]:
    schema: Any = resource.schema
    shape: dict[str, Any] = {"items": (list[schema], ...)}
    about = f"The {resource.plural} as they stand now."
    name = resource.plural.title()
    return schemas.setdefault(name, create_model(name, __base__=Schema, __doc__=about, __module__=__name__, **shape))
