"""The API document as it was agreed: clients are generated from it, so it may only change on purpose."""

from __future__ import annotations

import json
import os
from pathlib import Path

import django
import pytest

django.setup()

from nianjian.doors.api.application import API  # noqa: E402 -- Django is set up here

SNAPSHOT = Path(__file__).parents[1] / "openapi.json"
RENEW = "RENEW_OPENAPI=1 .venv/bin/python -m pytest -n 0 tests/doors/api/test_openapi.py"


def _document() -> str:
    """The document in an order of its own: where a route is declared does not matter to a client."""
    return json.dumps(API.get_openapi_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def test_the_document_is_the_one_that_clients_know() -> None:
    if os.environ.get("RENEW_OPENAPI") == "1":
        SNAPSHOT.write_text(_document(), encoding="utf-8")
    agreed, current = json.loads(SNAPSHOT.read_text(encoding="utf-8")), json.loads(_document())
    for part in ("paths", "components"):
        assert current[part].keys() == agreed[part].keys()
    if current != agreed:
        changed = [
            name
            for before, after in (
                (agreed["paths"], current["paths"]),
                (agreed["components"]["schemas"], current["components"]["schemas"]),
            )
            for name in before.keys() | after.keys()
            if before.get(name) != after.get(name)
        ]
        pytest.fail(f"the document has changed: {sorted(changed)}; if that is wanted: {RENEW}")
