"""The key file: made on first use with mode 0600, outside the home, so that a stolen home tells nothing.

JSON: ``{"version": 1, "active": ID, "index": KEY, "keys": {ID: KEY, …}}``, each KEY 32 random bytes in base64;
``"rotating": ID`` while a rotation to that key goes on.
``active`` encrypts, all of ``keys`` decrypt, ``index`` makes blind indexes and never rotates: they could not be
found again.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import replace_file

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 8
NONCE_BYTES: Final = 12
OTHERS: Final = 0o077
MARK: Final = "keys.mark"  # in the home: which index key its data was written with


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys in memory. Ciphertext is ``key id (8 bytes) + nonce (12) + AES-256-GCM``, bound to ``context``."""

    active: str
    index: bytes = field(repr=False)
    ciphers: dict[str, AESGCM] = field(repr=False)
    rotating: str | None = None

    def encrypt(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt with the active key; only the same ``context`` decrypts it (a field's or file's own name)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self.active.encode() + nonce + self.ciphers[self.active].encrypt(nonce, plain, context)

    def decrypt(self, sealed: bytes, context: bytes) -> bytes:
        """Decrypt; ``key_unknown`` if the key is not in the file, ``sealed_damaged`` if content or context differ."""
        key = key_id(sealed)
        cipher = self.ciphers.get(key)
        if cipher is None:
            raise NianjianError("key_unknown", key=key)
        try:
            nonce_end = KEY_ID_BYTES + NONCE_BYTES
            return cipher.decrypt(sealed[KEY_ID_BYTES:nonce_end], sealed[nonce_end:], context)
        except (InvalidTag, ValueError) as fault:
            raise NianjianError("sealed_damaged", key=key) from fault

    @property
    def mark(self) -> str:
        """Fingerprint of the index key, as it stands in the home that the keys belong to."""
        return self.blind("mark", "home")

    def blind(self, text: str, context: str) -> str:
        """Blind index of a personal value: HMAC-SHA256, hex; equal values of one context are equal, no more."""
        return hmac.new(self.index, f"{context}\0{text}".encode(), hashlib.sha256).hexdigest()


@dataclass(slots=True)
class _Place:
    path: Path | None = None
    home: Path | None = None
    ring: Keyring | None = None


_place = _Place()


def place(path: Path, home: Path) -> None:
    """Say where the key file is and which home it must stay out of; ``keys_inside_home``. Nothing is read yet."""
    if path.resolve().is_relative_to(home.resolve()):
        raise NianjianError("keys_inside_home", keys=str(path), home=str(home))
    if (_place.path, _place.home) != (path, home):
        _place.path, _place.home, _place.ring = path, home, None


def current() -> Keyring:
    """The keys, read or made at the first call.

    ``keys_not_placed`` before `place`; ``keys_exposed`` if others may read the file; ``keys_unreadable``;
    ``keys_lost`` if the home was used with a key file that is gone or another one.
    """
    if _place.ring is None:
        path, home = _where()
        if not path.exists():
            if (home / MARK).exists():
                raise NianjianError("keys_lost", keys=str(path))
            key = secrets.token_hex(KEY_ID_BYTES // 2)
            content = {"version": 1, "active": key, "index": _random(), "keys": {key: _random()}}
            _publish(path, json.dumps(content, indent=1), replace=False)
        ring = read(path)
        _check_mark(ring, home, path)
        _place.ring = ring
    return _place.ring


def decrypt(sealed: bytes, context: bytes) -> bytes:
    """Decrypt as `Keyring.decrypt`; a key made by another process since the start is looked up in the file."""
    try:
        return current().decrypt(sealed, context)
    except NianjianError as fault:
        if fault.code != "key_unknown":
            raise
    ring = _place.ring = read(_where()[0])
    return ring.decrypt(sealed, context)


def key_id(sealed: bytes) -> str:
    """Which key made a ciphertext."""
    return sealed[:KEY_ID_BYTES].decode("ascii", "replace")


def rotate() -> str:
    """Add a key, make it the active one and note that a rotation goes on; its id. What is sealed stays readable."""
    key = secrets.token_hex(KEY_ID_BYTES // 2)

    def change(content: dict[str, Any]) -> None:
        content["keys"][key] = _random()
        content["active"] = content["rotating"] = key

    _change(change)
    return key


def rotating() -> str | None:
    """Return the key of a rotation that goes on or was broken off, as the file says now."""
    current()
    _place.ring = read(_where()[0])
    return _place.ring.rotating


def rotated() -> None:
    """Note that the rotation is done."""
    _change(lambda content: content.pop("rotating", None))


def _change(change: Callable[[dict[str, Any]], object]) -> None:
    path, _home = _where()
    current()
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    _publish(path, json.dumps(content, indent=1), replace=True)
    _place.ring = read(path)


def home() -> Path:
    """The home whose files the keys seal."""
    return _where()[1]


def _where() -> tuple[Path, Path]:
    if _place.path is None or _place.home is None:
        raise NianjianError("keys_not_placed")
    return _place.path, _place.home


def _random() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _publish(path: Path, text: str, *, replace: bool) -> None:
    """Write the whole file beside and move it in at once: no reader sees half of it, the first maker wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with replace_file(path, once=not replace) as file:
        file.write(text.encode())


def read(path: Path) -> Keyring:
    """The keys of a file that need not be the one in use; ``keys_exposed``, ``keys_unreadable``."""
    try:
        if path.stat().st_mode & OTHERS:
            raise NianjianError("keys_exposed", keys=str(path))
        content = json.loads(path.read_text(encoding="utf-8"))
        ciphers = {str(key): AESGCM(base64.b64decode(raw)) for key, raw in content["keys"].items()}
        index, goes_on = base64.b64decode(content["index"]), content.get("rotating")
        ring = Keyring(str(content["active"]), index, ciphers, None if goes_on is None else str(goes_on))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NianjianError("keys_unreadable", keys=str(path)) from fault
    if ring.active not in ciphers or len(ring.index) != KEY_BYTES:
        raise NianjianError("keys_unreadable", keys=str(path))
    return ring


def _check_mark(ring: Keyring, home: Path, path: Path) -> None:
    """The home remembers a fingerprint of the index key: another key file would store everybody twice."""
    mark = home / MARK
    fingerprint = ring.mark
    if not mark.exists():
        _publish(mark, fingerprint, replace=False)
    if mark.read_text(encoding="ascii") != fingerprint:
        raise NianjianError("keys_lost", keys=str(path))
