import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.vault import keyring


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    keyring.place(tmp_path / "keys" / "keys.json", tmp_path / "home")
    yield tmp_path / "home"
    keyring.place(Path(os.environ["NIANJIAN_KEYS"]), Path(os.environ["NIANJIAN_HOME"]))


def _forget() -> None:
    """As a new process would begin."""
    keyring._place.ring = None


def test_the_key_file_is_made_on_first_use_for_its_owner_alone(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "keys.json"
    assert not path.exists()
    first = keyring.current()
    assert path.stat().st_mode & 0o777 == 0o600
    _forget()
    assert keyring.current().active == first.active
    assert keyring.current().blind("x", "c") == first.blind("x", "c")


def test_what_is_sealed_opens_only_in_its_context(home: Path) -> None:
    ring = keyring.current()
    sealed = ring.encrypt("张三".encode(), b"seat.person")
    assert ring.decrypt(sealed, b"seat.person").decode() == "张三"
    assert sealed != ring.encrypt("张三".encode(), b"seat.person")
    for broken in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:10]):
        with pytest.raises(NianjianError, match="sealed_damaged"):
            ring.decrypt(broken, b"seat.person")
    with pytest.raises(NianjianError, match="sealed_damaged"):
        ring.decrypt(sealed, b"seat.identity")
    with pytest.raises(NianjianError, match="key_unknown"):
        ring.decrypt(b"ffffffff" + sealed[8:], b"seat.person")


def test_an_old_key_still_opens_after_rotation(home: Path) -> None:
    old = keyring.current()
    sealed, index = old.encrypt(b"x", b"c"), old.blind("x", "c")
    key = keyring.rotate()
    new = keyring.current()
    assert new.active == key != old.active
    assert new.decrypt(sealed, b"c") == b"x"
    assert new.encrypt(b"x", b"c")[:8].decode() == key
    assert new.blind("x", "c") == index


def test_a_blind_index_depends_on_its_context(home: Path) -> None:
    ring = keyring.current()
    assert ring.blind("x", "a") != ring.blind("x", "b")
    assert len(ring.blind("x", "a")) == 64


def test_keys_inside_the_home_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NianjianError, match="keys_inside_home"):
        keyring.place(tmp_path / "home" / "sub" / ".." / "keys.json", tmp_path / "home")


def test_a_key_file_that_others_may_read_is_refused(home: Path, tmp_path: Path) -> None:
    keyring.current()
    (tmp_path / "keys" / "keys.json").chmod(0o640)
    _forget()
    with pytest.raises(NianjianError, match="keys_exposed"):
        keyring.current()


def test_a_lost_key_file_is_not_replaced_in_silence(home: Path, tmp_path: Path) -> None:
    keyring.current()
    path = tmp_path / "keys" / "keys.json"
    path.unlink()
    _forget()
    with pytest.raises(NianjianError, match="keys_lost"):
        keyring.current()
    assert not path.exists()


def test_another_key_file_is_seen(home: Path, tmp_path: Path) -> None:
    keyring.current()
    path = tmp_path / "keys" / "keys.json"
    content = json.loads(path.read_text())
    content["index"] = next(iter(content["keys"].values()))
    path.write_text(json.dumps(content))
    _forget()
    with pytest.raises(NianjianError, match="keys_lost"):
        keyring.current()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"active":"a","index":"","keys":{}}', '{"active":1,"index":2,"keys":3}']
)
def test_a_key_file_of_another_kind_is_refused(home: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys" / "keys.json"
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(NianjianError, match="keys_unreadable"):
        keyring.current()
