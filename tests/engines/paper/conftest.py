from typing import Any

import pytest
from tests.support.sample_portrait import portrait


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A portrait with every metric and split."""
    return portrait(tmp_path_factory.mktemp("portrait"))
