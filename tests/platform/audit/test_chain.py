from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from nianjian.platform.audit.chain import GENESIS, Link, canonical

LINK = Link(1, "2026-01-01T00:00:00.000000+00:00", "os:root", "demo", "test.act", '{"a":1}', GENESIS)


def test_the_hash_is_the_sha256_of_the_canonical_json() -> None:
    text = (
        '{"actor":"os:root","at":"2026-01-01T00:00:00.000000+00:00","data":"{\\"a\\":1}","enterprise":"demo",'
        f'"prev":"{"0" * 64}","seq":1,"verb":"test.act"}}'
    )
    assert hashlib.sha256(text.encode()).hexdigest() == LINK.hash


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seq", 2),
        ("at", "x"),
        ("actor", "x"),
        ("enterprise", "x"),
        ("verb", "x"),
        ("data", "{}"),
        ("prev", "1" * 64),
    ],
)
def test_every_field_is_in_the_hash(field: str, value: object) -> None:
    assert replace(LINK, **{field: value}).hash != LINK.hash


def test_canonical_json_knows_one_spelling() -> None:
    assert canonical({"b": "名", "a": [1, None]}) == '{"a":[1,null],"b":"名"}'
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"a": float("nan")})
    with pytest.raises(TypeError):
        canonical({"a": object()})
