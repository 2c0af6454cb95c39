"""A tenant, two people and a writer of sheets, on a database that each test finds empty."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import django
import pytest

django.setup()  # this file is read before pytest-django does it

from nianjian.platform.accounts import query, service  # noqa: E402 -- models load after the line above
from nianjian.platform.accounts.query import Actor  # noqa: E402
from nianjian.platform.registers.storage import ImportReceipt, import_sheet  # noqa: E402
from nianjian.platform.vault import keyring  # noqa: E402

Sheet = Callable[..., Path]
Import = Callable[..., ImportReceipt]


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path) -> Iterator[None]:
    """Each test has its own keys and its own folder of sealed files."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    keyring.place(tmp_path / "keys.json", home)
    yield
    keyring.place(Path(os.environ["NIANJIAN_KEYS"]), Path(os.environ["NIANJIAN_HOME"]))


@pytest.fixture
def operator() -> Actor:
    return Actor("root")


@pytest.fixture
def demo(db: None, operator: Actor) -> str:
    service.add_enterprise(code="demo", name="示例", province="浙江", actor=operator)
    return "demo"


def lead(name: str, operator: Actor) -> str:
    """Make a compliance lead of ``demo``; the token."""
    return service.add_user(name=name, role="compliance_lead", enterprises=["demo"], actor=operator)


@pytest.fixture
def anna(demo: str, operator: Actor) -> Actor:
    return query.actor("anna", lead("anna", operator))


@pytest.fixture
def bo(demo: str, operator: Actor) -> Actor:
    return query.actor("bo", lead("bo", operator))


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """Write a CSV: header as one string with commas, rows as sequences; the path."""

    def write(header: str, *rows: Sequence[object], name: str = "sheet.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            writer.writerows(rows)
        return path

    return write


@pytest.fixture
def load(demo: str, operator: Actor, sheet: Sheet) -> Import:
    """Import a sheet given as header and rows."""

    def run(kind: str, header: str, *rows: Sequence[object], **how: str) -> ImportReceipt:
        return import_sheet(kind=kind, path=sheet(header, *rows, **how), enterprise=demo, actor=operator)

    return run
