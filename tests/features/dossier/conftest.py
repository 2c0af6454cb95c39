"""A lead signed in at an enterprise with nothing but a human seat, and papers in a checklist."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.support.people import signed_in
from tests.support.seats import enter_human_seat
from tests.support.worlds import begin

from nianjian.doors.cli.main import main
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations import import_calls
from nianjian.features.dossier import materials
from nianjian.features.dossier.materials import File, Place
from nianjian.features.dossier.operations import checklist
from nianjian.features.dossier.states import Verdict
from nianjian.features.portrait.operations import run_portrait
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


@pytest.fixture
def january(own_home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The month after the data year 2026."""
    monkeypatch.setenv("NIANJIAN_TODAY", "2027-01-20")


@pytest.fixture
def blank(january: None, demo: str, anna: Actor, tmp_path: Path) -> str:
    """An enterprise that has registered nothing, with a portrait of that."""
    begin("a portrait of nothing", tmp_path, lambda: run_year(demo, anna))
    return demo


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run an action with ``--json``; what it answers, if it ends with that code."""

    def run(*words: object, code: int = 0) -> Any:
        assert main(["dossier", *map(str, words), "--json"]) == code, capsys.readouterr()
        return json.loads(capsys.readouterr().out)

    return run


def run_year(enterprise: str, actor: Actor, year: int = 2026) -> None:
    """Compute the portrait of a year."""
    run_portrait(enterprise=enterprise, year=year, as_of=None, province=None, today=None, raw=False, actor=actor)


def bring_calls(enterprise: str, actor: Actor, *paths: Path) -> None:
    """Import files of calls, each of its own columns."""
    how: dict[str, Any] = {"source": "auto", "mapping_file": None, "timezone": None, "replace": None}
    for path in paths:
        import_calls(enterprise=enterprise, patterns=[str(path)], actor=actor, progress=lambda *_figures: None, **how)


def code_of(act: Callable[[], object]) -> str:
    """The code of the error that an act ends with."""
    with pytest.raises(NianjianError) as caught:
        act()
    return caught.value.code


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
