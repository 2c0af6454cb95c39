import hashlib

import pytest

from nianjian.platform.audit.chain import GENESIS, canonical, hash_entry
from nianjian.platform.audit.models import Entry

VALUES = {"seq": 1, "at": "2026-01-01T00:00:00.000000+00:00", "actor": "os:root", "enterprise": "demo"}
VALUES |= {"verb": "test.act", "data": '{"a":1}', "prev": GENESIS}


def test_the_hash_is_the_sha256_of_the_canonical_json() -> None:
    text = (
        '{"actor":"os:root","at":"2026-01-01T00:00:00.000000+00:00","data":"{\\"a\\":1}","enterprise":"demo",'
        f'"prev":"{"0" * 64}","seq":1,"verb":"test.act"}}'
    )
    assert hashlib.sha256(text.encode()).hexdigest() == hash_entry(Entry(**VALUES))


@pytest.mark.parametrize("field", VALUES)
def test_every_field_is_in_the_hash(field: str) -> None:
    assert hash_entry(Entry(**VALUES | {field: "x"})) != hash_entry(Entry(**VALUES))


def test_canonical_json_knows_one_spelling() -> None:
    assert canonical({"b": "名", "a": [1, None]}) == '{"a":[1,null],"b":"名"}'
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"a": float("nan")})
    with pytest.raises(TypeError):
        canonical({"a": object()})
