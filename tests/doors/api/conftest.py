"""The API over a home with two enterprises and a kept portrait, and tokens of people."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.test import Client
from tests.support.sample_portrait import portrait

django.setup()  # test modules here import models as they are collected

Ask = Callable[..., Client]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return portrait(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    from nianjian.platform.vault import keyring  # noqa: PLC0415 -- after Django

    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path))
    keyring.place(tmp_path_factory.mktemp("keys") / "keys.json", tmp_path)
    yield tmp_path
    monkeypatch.undo()
    keyring.place(Path(os.environ["NIANJIAN_KEYS"]), Path(os.environ["NIANJIAN_HOME"]))


@pytest.fixture
def site(db: None, home: Path, sample: dict[str, Any]) -> Ask:
    """Make a client that shows a token of a person with that role at ``demo``, for these acts."""
    from nianjian.features.portrait.operations import portraits  # noqa: PLC0415
    from nianjian.platform.accounts import service  # noqa: PLC0415 -- after Django
    from nianjian.platform.accounts.models import User  # noqa: PLC0415
    from nianjian.platform.accounts.query import Actor  # noqa: PLC0415
    from nianjian.platform.accounts.tokens import create_token  # noqa: PLC0415

    operator = Actor("tester")
    service.add_enterprise(code="demo", name="示范", province="北京", actor=operator)
    service.add_enterprise(code="other", name="别家", province="上海", actor=operator)
    with portraits.stage_portrait("demo", 2026, sample) as put:
        put()

    def made(
        role: str = "administrator",
        *,
        enterprise: str = "demo",
        name: str = "anna",
        scopes: list[str] | None = None,
        language: str = "en",
        team: str = "",
    ) -> Client:
        if not User.objects.filter(pk=name).exists():
            places = [enterprise] if enterprise else []
            service.add_user(name=name, role=role, enterprises=places, actor=operator, team=team)
        token = create_token(user=name, name="test", scopes=scopes, days=None, actor=operator).secret
        return Client(headers={"authorization": f"Bearer {token}", "accept-language": language})

    return made
