"""The running program over a filled home."""

import json
import sys
from collections.abc import Iterator

import pytest
from tests.support.site import Site, environment, serving, told


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict[str, str]]]:
    """The program with its worker over a filled home, and the link of each role's person."""
    folder = tmp_path_factory.mktemp("walks")
    output = told(environment(folder), sys.executable, "-m", "tests.support.walk_home")
    with serving(folder, NIANJIAN_TODAY="2026-11-25") as site:
        yield site, json.loads(output.splitlines()[-1])
