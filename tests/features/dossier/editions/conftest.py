from pathlib import Path

import pytest
from tests.support import packages

from nianjian.features.dossier.editions.build import BuiltEditions, build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltEditions:
    """A small package with printed seals, both editions."""
    folder = tmp_path_factory.mktemp("package")
    package = packages.package(folder, (2, 3, 4), pictures=packages.stamped(), approved=True)
    return build(package, folder / "out")


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for sources."""
    return tmp_path_factory.mktemp("papers")
