"""A lead signed in at an enterprise with nothing but a human seat, and papers in a checklist."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.support.people import signed_in
from tests.support.seats import enter_human_seat

from nianjian.features.dossier import materials
from nianjian.features.dossier.materials import File, Place
from nianjian.features.dossier.operations import checklist
from nianjian.features.dossier.states import Verdict
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise


@pytest.fixture
def lead(db: None, home: Path, keys: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-02-10")
    add_enterprise(code="demo", name="示范", province="北京", actor=Actor("tester"))
    enter_human_seat("demo", home)
    return signed_in("anna", "compliance_lead", "demo")


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIANJIAN_KEYS", str(tmp_path / "keys.json"))


def keep_paper(
    item: str,
    body: bytes = b"%PDF-1",
    *,
    code: str = "demo",
    year: int = 2025,
    actor: Actor = Actor("anna"),  # noqa: B008 -- frozen
    confirmed: bool = True,
    **file: Any,
) -> int:
    """Put a file into the checklist as if it had been checked (``file``: values of a `File`); its version."""
    usual = {"name": "章程.pdf", "media_type": "application/pdf", "pages": 1, "verdict": Verdict.NEEDS_PERSON,
             "report": {"fields": {}}}  # fmt: skip
    values: dict[str, Any] = usual | file
    place = Place(code, year, item)
    number = materials.store_version(place=place, file=File(body=body, **values), actor=actor).number
    if confirmed:
        checklist.confirm(enterprise=code, year=year, item=item, number=number, actor=actor)
    return int(number)
