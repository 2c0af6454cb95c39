"""What import-linter is told must be the whole house."""

from __future__ import annotations

import ast

from tests.support import tree

NOT_ROOMS = {"locale"}


def test_a_bracketed_room_does_not_exist() -> None:
    bracketed = {name for _, absent in tree.layers() for name in absent}
    assert not bracketed & tree.rooms(), "the room exists: take the brackets off and add it to the other contracts"


def test_every_room_has_its_place() -> None:
    placed = {name for present, _ in tree.layers() for name in present}
    assert placed == tree.rooms() - NOT_ROOMS


def test_only_the_lake_is_free_of_the_engine_contract() -> None:
    listed = {name.removeprefix("nianjian.") for name in tree.contract("one-engine-room")["source_modules"]}
    assert listed == tree.rooms() - NOT_ROOMS - {"lake"}


def test_all_registers_and_metrics_are_listed() -> None:
    registers = {
        f"nianjian.platform.registers.{path.name}"
        for path in (tree.SOURCE / "registers").iterdir()
        if (path / "model.py").exists()
    }
    assert set(tree.contract("registers-apart")["modules"]) == registers
    metrics = {
        f"nianjian.engines.metrics.definitions.{path.stem}"
        for path in (tree.SOURCE / "portrait" / "definitions").glob("*.py")
        if path.stem != "__init__"
    }
    assert set(tree.contract("metrics-apart")["modules"]) == metrics


def _level() -> dict[str, int]:
    return {name: depth for depth, (present, _) in enumerate(tree.layers()) for name in present}


def test_string_foreign_keys_point_down() -> None:
    """`ForeignKey("room.Model")` is an arrow that import-linter cannot see."""
    level = _level()
    up = []
    for path, module in tree.modules():
        room = path.parts[0]
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if tree.dotted(node.func).rpartition(".")[2] not in {"ForeignKey", "OneToOneField", "ManyToManyField"}:
                continue
            target = node.args[0]
            if isinstance(target, ast.Constant) and isinstance(target.value, str) and "." in target.value:
                other = target.value.partition(".")[0]
                if other != room and level.get(other, -1) <= level[room]:
                    up.append(f"{path}:{node.lineno} {room} -> {other}")
    assert not up, "a foreign key goes up or sideways"
