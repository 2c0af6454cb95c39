"""Fixtures of every suite: people and registers on a database, pages, the API, and the program at the shell."""

import csv
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from tests.support import databases
from tests.support.people import signed_in
from tests.support.site import browsing
from tests.support.starter import started

django.setup()  # this file is read before pytest-django does it

from nianjian.features.portrait import portraits  # noqa: E402 -- models load after the line above
from nianjian.platform.accounts import query, service  # noqa: E402
from nianjian.platform.accounts.models import User  # noqa: E402
from nianjian.platform.accounts.query import Actor  # noqa: E402
from nianjian.platform.accounts.tokens import create_token  # noqa: E402
from nianjian.platform.audit.chain import GENESIS  # noqa: E402
from nianjian.platform.audit.models import Head  # noqa: E402
from nianjian.platform.registers.storage import ImportReceipt, import_sheet  # noqa: E402
from nianjian.platform.vault import keyring  # noqa: E402

Ask = Callable[..., Client]
Import = Callable[..., ImportReceipt]
Sheet = Callable[..., Path]
DATABASE = {"db", "transactional_db"}
OWN_KEYS = {"api_home", "home", "keys", "shell_home", "there"}
# What makes a home, or shows how one is made, finds none.
MAKES_A_HOME = frozenset({"doctor", "init", "restore", "upgrade"})


def _restore_keys() -> None:
    keyring.place(Path(os.environ["NIANJIAN_KEYS"]), Path(os.environ["NIANJIAN_HOME"]))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """The database has its tables from the beginning: it is a copy of one that was migrated."""
    if databases.SERVER:
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.template()
        yield
        return
    memory_name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    with closing(sqlite3.connect(memory_name, uri=True)) as memory:
        with closing(sqlite3.connect(databases.migrated())) as source:
            source.backup(memory)
        yield  # it lives as long as somebody is connected


@pytest.fixture(autouse=True)
def _database_keys(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test writes into its database is sealed with keys of its own, in a home of its own."""
    names = set(request.fixturenames)
    if not (names & DATABASE or request.node.get_closest_marker("django_db")) or names & OWN_KEYS:
        yield
        return
    folder: Path = request.getfixturevalue("tmp_path")
    (folder / "home").mkdir(mode=0o700)
    keyring.place(folder / "keys.json", folder / "home")
    yield
    _restore_keys()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What pages keep in the memory of the process begins empty: it decides how much a page asks the database."""
    caches["memory"].clear()


# Operations on a database


def _put_chain_head() -> None:
    """The chain's first row came from a migration; a test with real transactions leaves empty tables."""
    Head.objects.get_or_create(pk=1, defaults={"seq": 0, "hash": GENESIS})


@pytest.fixture(scope="module")
def _chain_head_stays(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        _put_chain_head()


@pytest.fixture
def committed(_chain_head_stays: None, transactional_db: None) -> None:
    """What a test writes is committed, so that threads see it."""
    _put_chain_head()


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


# Pages


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    from tests.support.sample_portrait import portrait  # noqa: PLC0415 -- the lake's libraries load only then

    return portrait(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The portraits' home; the database is the test's own."""
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def keys(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys of the test's own, for personal data that is written."""
    keyring.place(tmp_path_factory.mktemp("keys") / "keys.json", home)
    yield
    _restore_keys()


@pytest.fixture
def site(db: None, home: Path, sample: dict[str, Any]) -> Client:
    """A client over one enterprise with a portrait of 2026, speaking Chinese."""
    service.add_enterprise(code="demo", name="示范<b>", province="北京", actor=Actor("tester"))
    with portraits.stage_portrait("demo", 2026, sample) as put:
        put()
    return signed_in("anna")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, started once a module: while it runs the thread has an event loop, and no other can be run."""
    with browsing() as running:
        yield running


# The API


@pytest.fixture
def api_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path))
    keyring.place(tmp_path_factory.mktemp("keys") / "keys.json", tmp_path)
    yield tmp_path
    monkeypatch.undo()
    _restore_keys()


@pytest.fixture
def api(db: None, api_home: Path, sample: dict[str, Any]) -> Ask:
    """Make a client that shows a token of a person with that role at ``demo``, for these acts."""
    operator = Actor("tester")
    service.add_enterprise(code="demo", name="示范", province="北京", actor=operator)
    service.add_enterprise(code="other", name="别家", province="上海", actor=operator)
    with portraits.stage_portrait("demo", 2026, sample) as put:
        put()

    def client(
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

    return client


# The program as a person starts it: a process of its own on a home of its own, forked where that is the same


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Stdout as one JSON object, and nothing else."""
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document


Shell = Callable[..., Said]


def shell_of(home: Path) -> Shell:
    """The program on this home, its keys beside it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("NIANJIAN_", "DJANGO_"))}
    environ |= {"NIANJIAN_HOME": str(home), "NIANJIAN_KEYS": str(home.parent / "keys.json"), "LANG": "zh_CN.UTF-8"}
    environ.pop("FORCE_COLOR", None)

    def run(*words: str, **environment: str) -> Said:
        place = Path(environment.get("NIANJIAN_HOME", home))
        if words and words[0] not in MAKES_A_HOME:
            databases.furnish(place)
        there = databases.environment(place)
        done = started(words, env={**environ, **there, **environment}, cwd=home.parent)
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def shell_home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def shell(shell_home: Path) -> Shell:
    """``shell("calls", "list", …, LANG="en_US.UTF-8")`` → what it said."""
    return shell_of(shell_home)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home that has an enterprise ``demo``, and its keys: made once, for making it takes seconds."""
    folder = tmp_path_factory.mktemp("prepared")
    words = ("enterprise", "add", "demo", "--name", "示范", "--province", "北京")
    assert shell_of(folder / "home")(*words).code == 0
    return folder


@pytest.fixture
def cli(shell_home: Path, prepared: Path) -> Shell:
    """The shell with an enterprise ``demo``."""
    shutil.copytree(prepared, shell_home.parent, dirs_exist_ok=True)
    databases.copy(prepared / "home", shell_home)
    return shell_of(shell_home)
