"""What import-linter is told must be the whole house."""

import ast

from tests.support import tree


def test_only_the_lake_is_free_of_the_engine_contract() -> None:
    listed = set(tree.contract("one-engine-room")["source_modules"])
    engines = {f"nianjian.engines.{path.name}" for path in tree.folders("engines")}
    assert listed == {"nianjian.doors", "nianjian.features", "nianjian.platform", *engines} - {"nianjian.engines.lake"}


def test_all_registers_and_metrics_are_listed() -> None:
    registers = {
        f"nianjian.platform.registers.{path.stem}"
        for path in tree.tables().values()
        if path.parent.as_posix() == "platform/registers" and path.stem not in {"models", "versions"}
    }
    assert set(tree.contract("registers-apart")["modules"]) == registers
    metrics = {
        f"nianjian.engines.metrics.definitions.{path.stem}"
        for path in (tree.SOURCE / "engines/metrics/definitions").glob("*.py")
        if path.stem != "__init__"
    }
    assert set(tree.contract("metrics-apart")["modules"]) == metrics


def _level() -> dict[str, int]:
    """Folder of a feature or a part of the platform -> how deep it lies, 0 on top."""
    order = ["features/" + name for name in tree.ordered("features")] + [
        "platform/" + name for name in tree.ordered("platform")
    ]
    return {folder: depth for depth, folders in enumerate(order) for folder in folders.split("|")}


# A licence is watched for every later season; the case that put it there is a remark beside it.
REMARKS = {"features/portrait/models.py"}


def test_string_foreign_keys_point_down() -> None:
    """`ForeignKey("app.Model")` is an arrow that import-linter cannot see."""
    level = _level()
    homes = {name: "/".join(path.parts[:2]) for name, path in tree.tables().items()}
    up = []
    for path, module in tree.modules():
        room = "/".join(path.parts[:2])
        if room not in level or path.as_posix() in REMARKS:
            continue
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if tree.dotted(node.func).rpartition(".")[2] not in {"ForeignKey", "OneToOneField", "ManyToManyField"}:
                continue
            target = node.args[0]
            if isinstance(target, ast.Constant) and isinstance(target.value, str) and "." in target.value:
                other = homes[target.value.rpartition(".")[2]]
                if other != room and level[other] <= level[room]:
                    up.append(f"{path}:{node.lineno} {room} -> {other}")
    assert not up, "a foreign key goes up or sideways"
