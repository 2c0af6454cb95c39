"""Every operation of the API says which act it needs, and the document tells the same of each."""

import re
from collections.abc import Iterator

import django

django.setup()

from ninja import Schema  # noqa: E402 -- Django is set up here

from nianjian.doors.api.application import API  # noqa: E402
from nianjian.platform.accounts.roles import Permission  # noqa: E402 -- Django is set up here
from nianjian.platform.api import operations, problems  # noqa: E402
from nianjian.platform.api.operations import MARK, PERSON, REFUSALS  # noqa: E402

DOCUMENT = API.get_openapi_schema()
OPERATIONS = [
    (path, operation)
    for router in API._get_bound_routers()
    for path, view in router.path_operations.items()
    for operation in view.operations
]
TOLD = [(path, method, told) for path, methods in DOCUMENT["paths"].items() for method, told in methods.items()]
NAMES = [told["operationId"] for _path, _method, told in TOLD]


def test_every_operation_declares_its_permission() -> None:
    for path, operation in OPERATIONS:
        mark = getattr(operation.view_func, MARK, None)
        name = operation.operation_id
        assert isinstance(mark, Permission) or mark == PERSON, f"{name}: declare it by platform/api/operations.py"
        assert "{code}" not in path or isinstance(mark, Permission), f"{name}: an enterprise's asks for a permission"
        assert operation.auth_callbacks, f"{name}: no operation is open to all"


def test_every_operation_is_described_whole() -> None:
    for _path, method, operation in TOLD:
        name = operation["operationId"]
        assert operation["summary"], name
        assert operation["security"], name
        for status in REFUSALS:
            schema = operation["responses"][status]["content"][problems.MEDIA]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}, name
        keyed = any(one["name"] == operations.HEADER for one in operation["parameters"])
        assert keyed == (method != "get" and "x-taken" not in operation), f"{name}: a write takes an Idempotency-Key"


def _shapes(above: type[Schema]) -> Iterator[type[Schema]]:
    for one in above.__subclasses__():
        if re.match(r"nianjian\.features\.\w+\.api\b", one.__module__) and "[" not in one.__name__:
            yield one
        yield from _shapes(one)


def test_no_two_shapes_bear_one_name() -> None:
    shapes = list(set(_shapes(Schema)))
    assert shapes
    twice = [one.__qualname__ for one in shapes if [two.__name__ for two in shapes].count(one.__name__) > 1]
    assert not twice, "the document would show one of them for both"


def test_names_of_operations_are_unique() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_no_shape_of_another_kind_takes_a_name_that_is_taken() -> None:
    """Enumerations and dataclasses of rooms stand in the document, too."""
    shapes: dict[str, object] = {}
    for _path, operation in OPERATIONS:
        for model in (*operation.models, *filter(None, operation.response_models.values())):
            if not hasattr(model, "model_json_schema"):
                continue
            for name, shape in model.model_json_schema().get("$defs", {}).items():
                assert shapes.setdefault(name, shape) == shape, f"{name}: the document would show one of them for both"
    assert len(shapes) > 300
