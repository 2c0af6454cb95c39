"""A generation is whole or not taken; the older one stays; lists are asked rightly."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import gate

from nianjian.engines.gate import question
from nianjian.engines.gate.snapshot import files as form
from nianjian.engines.gate.snapshot import list_builder, lists, write
from nianjian.engines.gate.snapshot.lists import BLOCK, OPEN, NumberList
from nianjian.engines.gate.snapshot.read import ALARM, FRESH, STALE, CurrentSnapshot, open_snapshot
from nianjian.engines.kernel.errors import NianjianError

KEYS = st.one_of(
    st.integers(13_000_000_000, 13_000_000_050),
    st.integers(1, question.KIND - 1),
    st.integers(0, 5).flatmap(lambda kind: st.integers(1, 10**12).map(lambda value: kind * question.KIND + value)),
)
ENTRY = st.tuples(KEYS, st.integers(0, 5), st.sampled_from([3, 6, OPEN]), st.integers(0, 2))


@pytest.mark.parametrize("few", [lists.FEW, 0], ids=["a set knows who is absent", "the fences do"])
@given(rows=st.lists(ENTRY, max_size=80), asked=KEYS, held=st.sampled_from([3, list_builder.HELD]))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_answers_as_a_dictionary_does(
    rows: list[tuple[int, int, int, int]],
    asked: int,
    *,
    held: int,
    few: int,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lists, "FEW", few)
    path = tmp_path_factory.mktemp("list") / "a.list"
    with list_builder.ListBuilder(path, spans=True, purposes=True, most=held) as builder:
        for row in rows:
            builder.add_rows([row])
        count = builder.finish()
    numbers, expected = NumberList(path, ("", "a", "b")), set(rows)
    assert count == numbers.entries == len(expected)
    for key in {asked, *(row[0] for row in rows)}:
        mine = {row[1:] for row in expected if row[0] == key}
        assert set(numbers.spans(key)) == mine
        assert (key in numbers) == bool(mine)
        names = {("", "a", "b")[purpose] for start, end, purpose in mine if start <= 4 and (end == OPEN or end > 4)}
        assert set(numbers.holding(key, 4)) == names


def test_numbers_alone_take_four_bytes(tmp_path: Path) -> None:
    with list_builder.ListBuilder(tmp_path / "a.list", spans=False, purposes=False) as builder:
        builder.add_rows((13_000_000_000 + one * 7, 5, 6, 1) for one in range(10_000))
        assert builder.finish() == 10_000
    assert [path.name for path in tmp_path.iterdir()] == ["a.list"]
    assert (tmp_path / "a.list").stat().st_size < 40_200
    numbers = NumberList(tmp_path / "a.list")
    assert list(numbers.spans(13_000_000_007)) == [(0, OPEN, 0)]
    assert 13_000_000_008 not in numbers


@pytest.mark.parametrize("few", [lists.FEW, 0], ids=["a set knows who is absent", "the fences do"])
def test_every_number_of_a_list_of_many_blocks_is_found(
    few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "FEW", few)
    keys = [13_000_000_000 + one * 3 for one in range(5 * BLOCK)] + [question.KIND + one for one in range(BLOCK)]
    repeated = [(key, start, OPEN, 0) for key in keys[BLOCK - 3 : BLOCK + 3] for start in range(3)]
    with list_builder.ListBuilder(tmp_path / "a.list", spans=True, purposes=False) as builder:
        builder.add_rows([(key, 0, OPEN, 0) for key in keys] + repeated)
        builder.finish()
    numbers = NumberList(tmp_path / "a.list")
    assert all(key in numbers for key in keys)
    assert (numbers.few is None) == (few == 0)
    assert not any(key + 1 in numbers for key in keys[: 5 * BLOCK])
    assert not any(key in numbers for key in (1, keys[0] - 1, question.KIND - 1, keys[-1] + 1, 2 * question.KIND))
    assert [len(list(numbers.spans(key))) for key in keys[BLOCK - 4 : BLOCK + 4]] == [1, *[3] * 6, 1]


def test_a_new_generation_is_taken_by_the_next_look(tmp_path: Path) -> None:
    current = CurrentSnapshot(tmp_path)
    assert not current.refresh()
    gate.snapshot(tmp_path)
    assert current.refresh()
    assert not current.refresh()
    first = current.snapshot
    assert first is not None
    gate.snapshot(tmp_path, gate.tenant(version=2))
    assert current.refresh()
    second = current.snapshot
    assert second is not None
    assert (first.generation, second.generation) == (1, 2)
    assert second.tenants["acme"].policy.version == 2
    assert first.lists.keys() == second.lists.keys()
    assert all(first.lists[sha256] is second.lists[sha256] for sha256 in first.lists)  # not read a second time


@pytest.mark.parametrize("name", ["manifest.json", "acme.json", "acme.consents.list", "acme.do-not-call.list"])
@pytest.mark.parametrize("how", ["changed", "cut", "gone"])
def test_a_damaged_generation_is_refused_and_the_older_one_stays(name: str, how: str, tmp_path: Path) -> None:
    gate.snapshot(tmp_path)
    current = CurrentSnapshot(tmp_path)
    current.refresh()
    # other lists, so that the second generation shares no file with the first
    with write.snapshot_lock(tmp_path):
        entries = [gate.listed(tmp_path, kind, [("13100131000", 0, OPEN, 0)], ("",)) for kind in form.LIST_KINDS]
        entries[1] = gate.listed(tmp_path, form.CONSENTS, [("13200132000", 0, OPEN, 0)], ("",))
        write.write_snapshot(
            tmp_path,
            form.Manifest(0, gate.NOON // 1000, 900, 86_400),
            {"acme": write.TenantFiles(gate.tenant(version=2), entries)},
        )
    path = tmp_path / form.CURRENT / name
    content = path.read_bytes()
    path.unlink()
    if how != "gone":
        middle = len(content) // 2
        path.write_bytes(
            content[:middle] + (bytes([content[middle] ^ 1]) + content[middle + 1 :] if how == "changed" else b"")
        )
    assert not current.refresh()
    assert current.problem is not None
    assert current.problem.code in {"gate_snapshot_damaged", "gate_snapshot_missing"}
    assert current.snapshot is not None
    assert current.snapshot.generation == 1
    assert not current.moved()  # not tried again every half second
    gate.snapshot(tmp_path, gate.tenant(version=3))
    assert current.refresh()
    assert current.problem is None


def test_a_feed_that_was_killed_leaves_nothing_in_force(tmp_path: Path) -> None:
    gate.snapshot(tmp_path)
    half = tmp_path / form.GENERATIONS / f".{form.folder_name(2)}"
    half.mkdir()
    (half / "acme.json").write_text("{")
    assert open_snapshot(tmp_path).generation == 1
    assert gate.snapshot(tmp_path).generation == 2
    assert not half.exists()


def test_a_list_that_is_not_there_makes_no_generation(tmp_path: Path) -> None:
    gate.snapshot(tmp_path)
    gone = form.ListEntry(form.DO_NOT_CALL, True, "0" * 64, 24, 0)  # noqa: FBT003 -- a built one
    with write.snapshot_lock(tmp_path), pytest.raises(NianjianError, match="gate_list_missing"):
        write.write_snapshot(tmp_path, form.Manifest(0, 1, 1, 1), {"acme": write.TenantFiles(gate.tenant(), [gone])})
    assert open_snapshot(tmp_path).generation == 1


def test_age_is_counted_from_the_last_look_of_the_feed(tmp_path: Path) -> None:
    gate.snapshot(tmp_path)
    current = CurrentSnapshot(tmp_path)
    current.refresh()
    snapshot = current.snapshot
    assert snapshot is not None
    assert [snapshot.state(gate.NOON + age * 1000) for age in (900, 901, 86_400, 86_401)] == [
        FRESH,
        ALARM,
        ALARM,
        STALE,
    ]
    write.write_checked_at(tmp_path, 1, gate.NOON // 1000 + 86_401)
    current.moved()
    assert snapshot.state(gate.NOON + 86_401_000) == FRESH
    write.write_checked_at(tmp_path, 7, gate.NOON // 1000 + 900_000)  # of another generation
    current.moved()
    assert snapshot.age(gate.NOON) == 0
    (tmp_path / form.CHECKED).write_text("{")
    current.moved()
    assert snapshot.age(gate.NOON) == 0


def test_old_generations_go_and_lists_with_them(tmp_path: Path) -> None:
    gate.snapshot(tmp_path)
    with write.snapshot_lock(tmp_path):
        for one in range(3):
            entry = gate.listed(tmp_path, form.DO_NOT_CALL, [(f"1310013100{one}", 0, OPEN, 0)], ("",))
            write.write_snapshot(
                tmp_path, form.Manifest(0, gate.NOON // 1000, 9, 9), {"acme": write.TenantFiles(gate.tenant(), [entry])}
            )
    assert write.prune_generations(tmp_path, before=2**40) == 3
    write.remove_lists(tmp_path, set())
    assert len(list((tmp_path / form.LISTS).iterdir())) == 1
    assert open_snapshot(tmp_path).generation == 4


def test_of_restored_generations_the_newest_whole_one_is_in_force(tmp_path: Path) -> None:
    entries = [gate.listed(tmp_path, form.DO_NOT_CALL, [(f"1310013100{one}", 0, OPEN, 0)], ("",)) for one in range(2)]
    for entry in entries:
        made = {"acme": write.TenantFiles(gate.tenant(), [entry])}
        with write.snapshot_lock(tmp_path):
            write.write_snapshot(tmp_path, form.Manifest(0, gate.NOON // 1000, 9, 9), made)
    for link in (tmp_path / form.GENERATIONS).glob("*/*.list"):
        link.unlink()
    (tmp_path / form.CURRENT).unlink()
    (tmp_path / form.LISTS / f"{entries[1].sha256}.list").unlink()
    assert write.relink_snapshot(tmp_path) == 1
    assert open_snapshot(tmp_path).generation == 1


def test_nothing_heavy_is_loaded_to_decide() -> None:
    code = (
        "import sys; import nianjian.engines.gate.decision, nianjian.engines.gate.snapshot.read; "
        "print([m for m in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert not {"django", "duckdb", "numpy", "pyarrow", "nianjian.engines.lake"} & set(
        json.loads(loaded.replace("'", '"'))
    )


def test_a_manifest_tells_of_any_change(tmp_path: Path) -> None:
    manifest = gate.snapshot(tmp_path)
    text = manifest.text()
    assert form.parse_manifest(text) == manifest
    places = random.Random(1).sample(range(len(text)), 60)
    for place in places:
        other = "7" if text[place] != "7" else "8"
        changed = text[:place] + other + text[place + 1 :]
        try:
            assert form.parse_manifest(changed) == manifest
        except (ValueError, KeyError, TypeError):
            continue
        assert text[place].isspace() or json.loads(changed) == json.loads(text)
