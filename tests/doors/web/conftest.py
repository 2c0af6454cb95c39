"""Pages over a home with one or two enterprises and a kept portrait."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.test import Client
from tests.support.people import signed_in
from tests.support.sample_portrait import portrait
from tests.support.site import browsing

django.setup()  # test modules here import models as they are collected


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return portrait(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The portraits' home; the database is the test's own."""
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def keys(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys of the test's own, for personal data that is written."""
    from nianjian.platform.vault import keyring  # noqa: PLC0415 -- the same

    keyring.place(tmp_path_factory.mktemp("keys") / "keys.json", home)
    yield
    keyring.place(Path(os.environ["NIANJIAN_KEYS"]), Path(os.environ["NIANJIAN_HOME"]))


@pytest.fixture
def site(db: None, home: Path, sample: dict[str, Any]) -> Client:
    """A client over one enterprise with a portrait of 2026, speaking Chinese."""
    # This file is loaded before Django is set up.
    from nianjian.features.portrait import portraits  # noqa: PLC0415
    from nianjian.platform.accounts.query import Actor  # noqa: PLC0415
    from nianjian.platform.accounts.service import add_enterprise  # noqa: PLC0415

    add_enterprise(code="demo", name="示范<b>", province="北京", actor=Actor("tester"))
    with portraits.stage_portrait("demo", 2026, sample) as put:
        put()
    return signed_in("anna")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, started once a module: while it runs the thread has an event loop, and no other can be run."""
    with browsing() as started:
        yield started
