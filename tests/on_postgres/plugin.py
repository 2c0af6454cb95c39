"""A pytest plugin: the same tests, but the settings name the database of NIANJIAN_TEST_DATABASE.

Programs that a test starts have databases of their own beside it, one for each home (`tests/support/databases.py`).
"""

import os
from collections.abc import Mapping
from dataclasses import replace

import pytest
from tests.support import databases

from nianjian.platform.home import env

_URL = os.environ["NIANJIAN_TEST_DATABASE"]
_read = env.read


def _on_postgres(environ: Mapping[str, str] | None = None) -> env.Environment:
    environment = _read(environ)
    return replace(environment, database_url=_URL) if environ is None else environment


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Leave nothing on the server."""
    databases.drop()


env.read = _on_postgres
databases.SERVER = _URL
