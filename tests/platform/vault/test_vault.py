import fcntl
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.registers.models import Seat
from nianjian.platform.registers.storage import ImportReceipt
from nianjian.platform.vault import blobs, columns, keyring

pytestmark = pytest.mark.postgres

SEATS = "坐席编号,姓名,证件号,备注"
ROW = ("S1", "张三", "11010519491231002X", "私人备注")


def _stored() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, identity, extra FROM registers_seat ORDER BY id")
        return tuple(value for row in cursor.fetchall() for value in row)


def test_personal_fields_and_unknown_columns_are_sealed_in_the_table(load: Callable[..., ImportReceipt]) -> None:
    load("seats", SEATS, ROW)
    stored = "".join(map(str, _stored()))
    assert all(text not in stored for text in ROW[1:])
    seat = Seat.objects.get()
    assert (seat.person, seat.identity, json.loads(seat.extra or "")) == (*ROW[1:3], {"备注": ROW[3]})


def test_a_sealed_value_moved_to_another_column_does_not_open(load: Callable[..., ImportReceipt]) -> None:
    load("seats", SEATS, ROW)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registers_seat SET person = identity")
    with pytest.raises(NianjianError, match="sealed_damaged"):
        Seat.objects.get()


def test_a_sealed_field_can_not_be_searched(db: None) -> None:
    with pytest.raises(FieldError):
        Seat.objects.filter(person="张三")
    assert not Seat.objects.filter(person__isnull=False).exists()


def test_rotation_seals_rows_and_files_with_the_new_key(load: Callable[..., ImportReceipt], operator: Actor) -> None:
    load("seats", SEATS, ROW, ("S2", "李四", "", ""))
    blob = blobs.put(b"agreement")
    before = _stored()
    told: list[tuple[int, int]] = []
    done = columns.rotate(actor=operator, progress=lambda *figures: told.append(figures))
    assert (done.rows, done.files) == (2, 1)
    assert told == [(2, 3), (3, 3)]
    assert not set(before) & set(_stored()) - {None}
    assert [seat.person for seat in Seat.objects.order_by("key")] == ["张三", "李四"]
    assert blobs.get(blob.id) == b"agreement"
    assert next(acts(verb="vault.rotate")).data["key"] == done.key
    # nothing needs the old key any more
    place = keyring._place
    assert place.path is not None
    content = json.loads(place.path.read_text())
    content["keys"] = {done.key: content["keys"][done.key]}
    place.path.write_text(json.dumps(content))
    place.ring = None
    assert Seat.objects.get(key="S1").identity == ROW[2]
    assert blobs.get(blob.id) == b"agreement"


@pytest.mark.parametrize("content", [b"", b"x" * 7, b"abcd", b"abcde" * 3])
def test_a_file_of_any_size_is_sealed_in_pieces(
    demo: str, operator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    del demo
    monkeypatch.setattr(blobs, "PIECE", 4)
    plain = tmp_path / "plain"
    plain.write_bytes(content)
    blob = blobs.put_file(plain)
    (sealed,) = (keyring.home() / "vault").glob("??/*")
    assert (blob.sha256, blob.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (blobs.get(blob.id), content[:4] in sealed.read_bytes()[8:]) == (content, not content)
    done = columns.rotate(actor=operator)
    assert (done.files, blobs.key_of(blob.id), blobs.get(blob.id)) == (1, done.key, content)
    whole = sealed.read_bytes()
    piece = 4 + int.from_bytes(whole[20:24], "big")
    for damaged in (whole[:-1], whole[: 20 + piece], whole[:20] + whole[20 + piece :], whole[:20], whole[:-1] + b"?"):
        if damaged != whole:
            sealed.write_bytes(damaged)
            with pytest.raises(NianjianError, match="sealed_damaged"):
                blobs.get(blob.id)


def test_a_process_that_runs_on_reads_what_another_sealed_with_a_newer_key(
    load: Callable[..., ImportReceipt], operator: Actor
) -> None:
    load("seats", SEATS, ROW)
    before = keyring.current()
    columns.rotate(actor=operator)
    keyring._place.ring = before
    assert Seat.objects.get().person == "张三"


def test_keys_are_listed_with_what_they_seal(load: Callable[..., ImportReceipt], operator: Actor) -> None:
    load("seats", SEATS, ROW)
    old = keyring.current().active
    columns.rotate(actor=operator)
    blob = blobs.put(b"agreement")
    keys = [(one.id, one.active, one.rotating, one.values, one.files) for one in columns.all_keys()]
    assert keys == [(old, False, False, 0, 0), (blobs.key_of(blob.id), True, False, 3, 1)]


def test_two_rotations_do_not_meet(db: None, operator: Actor) -> None:
    with (keyring.home() / columns.LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(NianjianError, match="rotation_running"):
            columns.rotate(actor=operator)
    assert len(columns.all_keys()) == 1


def test_killed_after_its_entry_a_rotation_leaves_no_second_one(db: None, operator: Actor) -> None:
    done = columns.rotate(actor=operator)
    keyring._change(lambda content: content.update(rotating=done.key))
    assert columns.rotate(actor=operator) == columns.Rotation(done.key, 0, 0, resumed=True)
    assert len(list(acts(verb="vault.rotate"))) == 1
    assert keyring.rotating() is None


def test_the_same_person_is_found_again_after_rotation(load: Callable[..., ImportReceipt], operator: Actor) -> None:
    load("consents", "号码,用途", ("13800138000", "回访"))
    columns.rotate(actor=operator)
    assert load("consents", "号码,用途", ("13800138000", "回访")).rows["unchanged"] == 1


def test_a_file_is_sealed_on_disk_and_bound_to_its_name(tmp_path: Path, db: None) -> None:
    one, other = blobs.put(b"content of the agreement"), blobs.put(b"other")
    paths = {path.name: path for path in (tmp_path / "home" / "vault").rglob("*") if path.is_file()}
    assert b"agreement" not in paths[one.id].read_bytes()
    assert paths[one.id].stat().st_mode & 0o077 == 0
    paths[other.id].write_bytes(paths[one.id].read_bytes())
    with pytest.raises(NianjianError, match="sealed_damaged"):
        blobs.get(other.id)
    blobs.remove(one.id)
    with pytest.raises(NianjianError, match="blob_missing"):
        blobs.get(one.id)
    with pytest.raises(NianjianError, match="blob_missing"):
        blobs.get("../../etc/passwd")
