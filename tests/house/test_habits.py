"""Rules that no linter has: who writes models, who reads the clock, and how a test is skipped."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import services, tree

MANAGER_WRITES = {
    "create", "acreate", "bulk_create", "bulk_update", "update", "get_or_create", "update_or_create", "delete",
}  # fmt: skip
MANAGERS = {"objects", "_default_manager", "_base_manager"}
INSTANCE_WRITES = {"save", "asave", "delete", "adelete"}
CLOCK = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "timezone.localtime",
    "timezone.localdate", "time.time", "time.localtime", "time.gmtime", "time.strftime", "time.time_ns",
}  # fmt: skip
# Beside the module of the table, or in a folder of that name; audit/record.py is the one writer of the chain.
WRITERS = {"service.py", "storage.py", "operations.py", "record.py"}
#: Modules that hold the reads and writes of a subject together, beside the room's models.
SUBJECTS = {
    Path(name)
    for name in (
        "platform/accounts/holds.py", "platform/accounts/links.py", "platform/accounts/people.py",
        "platform/accounts/tokens.py", "platform/notifications/channels.py", "platform/notifications/outbox.py",
        "platform/notifications/webhooks.py", "platform/vault/columns.py", "features/dossier/materials.py",
    )
} | {Path("features/complaints", name) for name in ("matching.py", "one_click.py", "sla_warnings.py")}  # fmt: skip

UNTYPED = re.compile(r"\b(Json|Any)\b|\b(dict|Mapping)\[str, object\]")
RESULTS = {"operations", "queries", "documents", "states"}  # modules, or folders of them
#: Results of operations and queries that are no dataclass, by the reason.
OPEN_RESULTS = {
    "stored JSON, or a part of it, that older programs wrote too": {
        "dial_policy/operations.py:find_values", "dossier/operations/generate.py:build_head",
        "dossier/states.py:list_unanswered", "dossier/states.py:list_unexplained",
        "inspection/operations/readiness.py:newest_check", "inspection/states.py:to_document",
        "portrait/operations.py:get_portrait", "rectification/queries.py:find_gate_values",
        "reconciliation/operations.py:get_mapping",
    },
    "what an approval shows and carries out, open by its kind": {
        "dial_policy/operations.py:approve_change", "dial_policy/operations.py:summarize_proposals",
        "dossier/operations/overrulings.py:approve_overruling", "dossier/operations/overrulings.py:describe_requests",
        "dossier/operations/overrulings.py:approve_scan_overruling",
        "dossier/operations/overrulings.py:describe_scan_requests", "dossier/operations/seals.py:describe_requests",
        "dossier/operations/seals.py:run_approved", "rectification/operations.py:approve_isolation",
        "rectification/operations.py:describe_requests",
    },
    "flat JSON whose keys are a register's columns, absent at times, or no names of fields": {
        "calls/documents.py:as_dict", "complaints/queries.py:ticket_as_dict",
        "reconciliation/documents.py:list_values", "reconciliation/documents.py:run_to_row",
    },
    "values by name: for an entry of the log, for a message, for the fields of several results": {
        "inbox/operations.py:refresh_values", "rectification/queries.py:row_document", "screens/queries.py:around",
        "screens/queries.py:source", "test_calls/queries.py:describe_clocks",
    },
    "rows that are cut into pages": {"inbox/operations.py:list_log", "inbox/operations.py:list_messages"},
}  # fmt: skip


def _model_names(scope: ast.AST, models: set[str]) -> set[str]:
    """Names that this module annotates or builds as a model."""
    names: set[str] = set()
    for node in ast.walk(scope):
        match node:
            case ast.arg(arg=name, annotation=ast.AST() as kind) if tree.dotted(kind).rpartition(".")[2] in models:
                names.add(name)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind) if (
                tree.dotted(kind).rpartition(".")[2] in models
            ):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if _builds(call, models):
                names.add(name)
    return names


def _builds(call: ast.Call, models: set[str]) -> bool:
    path = tree.dotted(call.func).split(".")
    return path[-1] in models or bool(MANAGERS.intersection(path))


def _manager_names(scope: ast.AST) -> set[str]:
    """Names that this module binds to a manager or to what one gave."""
    names: set[str] = set()
    for node in ast.walk(scope):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ) if MANAGERS.intersection(tree.dotted(value.func if isinstance(value, ast.Call) else value).split(".")):
                names.add(name)
    return names


def model_writes(module: ast.Module, models: set[str]) -> Iterator[int]:
    """Lines that write a table: `X.objects….create()`, whichever manager it is, or `.save()` on a model's name."""
    names, managers = _model_names(module, models), _manager_names(module)
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        path = tree.dotted(node.func).split(".")
        through_manager = path[-1] in MANAGER_WRITES and (bool(MANAGERS.intersection(path[:-1])) or path[0] in managers)
        on_instance = path[-1] in INSTANCE_WRITES and path[0] in (names | models)
        if through_manager or on_instance:
            yield node.lineno


def clock_reads(module: ast.Module) -> Iterator[int]:
    """Lines that ask the machine for the time of day."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ".".join(tree.dotted(node.func).split(".")[-2:]) in CLOCK:
            yield node.lineno


def _offences(rule: str) -> list[str]:
    models, homes = set(tree.tables()), set(tree.tables().values())
    offences = []
    for path, module in tree.modules():
        if rule == "writes" and not {path.name, f"{path.parent.name}.py"} & WRITERS and path not in homes | SUBJECTS:
            offences += [f"{path}:{line}" for line in model_writes(module, models)]
        if rule == "clock" and path != Path("engines/kernel/clock.py"):
            offences += [f"{path}:{line}" for line in clock_reads(module)]
    return offences


def test_tables_are_written_in_few_places() -> None:
    assert not _offences("writes"), "move the write beside the table, or into operations.py or storage.py"


def test_the_clock_is_read_in_one_place() -> None:
    assert not _offences("clock"), "take the time from kernel.clock"


def test_names_of_files_and_the_status_of_a_wrong_form_are_given_in_one_place() -> None:
    doors = [
        path
        for room in ("features", "doors", "platform/web", "platform/api")
        for path in (tree.SOURCE / room).rglob("*.py")
    ]
    paths = [
        path.relative_to(tree.SOURCE) for path in doors if re.search(r'"Content-Disposition"|= 422\b', path.read_text())
    ]
    assert not paths, "take `named` and `UNPROCESSABLE` of the answers of platform.home.http"


def test_the_rules_see_an_offence() -> None:
    sample = ast.parse(
        "def f(seat: Seat):\n    seat.save()\n"
        "    Seat.objects.filter(a=1).update(b=2)\n    x = Seat(a=1)\n    x.delete()\n"
        "    return datetime.now(tz=UTC), date.today()\n"
    )
    assert sorted(model_writes(sample, {"Seat"})) == [2, 3, 5]
    by_manager = ast.parse(
        "model._base_manager.filter(pk=1).update(a=1)\nmodel._default_manager.bulk_create([])\n"
        "manager: Manager = model._default_manager\nmanager.bulk_update([], ['a'])\n"
        "found = model._base_manager.all()\nfound.filter(a=1).delete()\n"
    )
    assert sorted(model_writes(by_manager, set())) == [1, 2, 4, 6]
    assert len(list(clock_reads(sample))) == 2
    harmless = ast.parse(
        "workbook.save(path)\nSeat.objects.filter(a=1).count()\nmodel._base_manager.count()\n"
        "told = {}\ntold.update(a=1)\ntime.monotonic()\n"
    )
    assert not list(model_writes(harmless, {"Seat"}))
    assert not list(clock_reads(harmless))


def test_a_missing_library_fails_where_every_service_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest's own skip would not know that a library is required: `tests.support.services.missing` does."""
    own_skip = "import" + "orskip"
    tests = [path for path in tree.files() if path.parts[0] == "tests" and path.suffix == ".py"]
    assert [str(path) for path in tests if own_skip in (tree.ROOT / path).read_text(encoding="utf-8")] == []
    monkeypatch.setenv("NIANJIAN_REQUIRE_SERVICES", "1")
    with pytest.raises(pytest.fail.Exception):
        services.missing("pyspark")
    monkeypatch.delenv("NIANJIAN_REQUIRE_SERVICES")
    with pytest.raises(pytest.skip.Exception):
        services.missing("pyspark")


def test_operations_and_queries_return_typed_results() -> None:
    functions = (
        (path.relative_to("features"), node)
        for path, node in tree.nodes(ast.FunctionDef)
        if path.parts[0] == "features" and RESULTS.intersection((*path.parts[:-1], path.stem))
    )
    untyped = {
        f"{path}:{node.name}"
        for path, node in functions
        if not node.name.startswith("_") and node.returns is not None and UNTYPED.search(ast.unparse(node.returns))
    }
    assert untyped == set().union(*OPEN_RESULTS.values())
