"""The one place where parts are put together: home, keys, database, lake and engine."""

from __future__ import annotations

import os
import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nianjian.engines.kernel.files import hold_lock
from nianjian.platform.home import env, folders, switch
from nianjian.platform.home.folders import make_private
from nianjian.platform.vault import keyring

if TYPE_CHECKING:
    from nianjian.engines.lake.engine import Engine
    from nianjian.engines.lake.tables import Lake

SETTINGS: Final = "nianjian.doors.site.settings"
MIGRATION_LOCK: Final = 0x6E69616E  # number of the advisory lock that several machines on one PostgreSQL share


def start() -> None:
    """Make the home's folder, say where the keys are and set Django up; no table is looked at.

    ``home_being_restored`` while another process restores the home.
    """
    environment = env.read()
    make_private(environment.home)
    switch.enter(environment.home, environment.database_url)
    folders.empty(environment.home)
    keyring.place(environment.keys, environment.home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django  # noqa: PLC0415 -- the home must stand before settings are read

    django.setup()


def prepare() -> None:
    """Make an empty home usable, and a used one current: folder, keys, tables.

    May be called again and by many processes at once; with nothing to do it costs one query.
    """
    start()
    if waiting_migrations():
        with hold_lock(env.read().home / ".migrate.lock"):
            _migrate()


def lake(enterprise: str) -> Lake:
    """The lake of one enterprise."""
    from nianjian.engines.lake.tables import Lake  # noqa: PLC0415 -- light commands do without Delta

    return Lake(env.read().lake_url, enterprise)


def lakes() -> Path:
    """The folder in which the enterprises' lakes lie."""
    return lake("any").folder.parent


def engine() -> Engine:
    """The engine that NIANJIAN_ENGINE names; the caller closes it."""
    from nianjian.engines.lake.engines import open_engine  # noqa: PLC0415 -- light commands do without an engine

    environment = env.read()
    return open_engine(environment.engine, temp=str(folders.folder(environment.home)))


def keys() -> keyring.Keyring:
    """The keys of fields, files and indexes."""
    return keyring.current()


def waiting_migrations() -> set[tuple[str, str]]:
    """(app, name) of each migration that lies in the code and is not applied: one query instead of the whole graph.

    A squashed one waits with the parts that it stands for, as long as they lie there; their last one ends its name.
    """
    from django.db import connection  # noqa: PLC0415 -- after the wiring
    from django.db.migrations.recorder import MigrationRecorder  # noqa: PLC0415 -- after the wiring

    migrations = known_migrations()
    steps = {(app, name) for app, name in migrations if (app, name.partition("_squashed_")[2]) not in migrations}
    return steps - set(MigrationRecorder(connection).applied_migrations())


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """(app, name) of each migration that lies in the code."""
    from django.apps import apps  # noqa: PLC0415 -- after the wiring

    migrations = set()
    for app in apps.get_app_configs():
        folder = Path(app.path) / "migrations"
        if folder.is_dir():
            package = import_module(f"{app.name}.migrations")
            migrations |= {(app.label, module.name) for module in pkgutil.iter_modules(package.__path__)}
    return frozenset(migrations)


def _migrate() -> None:
    from django.core.management import call_command  # noqa: PLC0415 -- after the wiring
    from django.db import connection  # noqa: PLC0415 -- after the wiring

    shared = connection.vendor == "postgresql"
    if shared:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    try:
        if waiting_migrations():
            call_command("migrate", verbosity=0, interactive=False)
    finally:
        if shared:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
