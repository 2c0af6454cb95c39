"""The API document as it was agreed: clients are generated from it, so it may only change on purpose."""

import json
import os
import re
from pathlib import Path

import django
from django.urls import resolve

django.setup()

from nianjian.doors.api.application import API  # noqa: E402 -- Django is set up here

SNAPSHOT = Path(__file__).parents[1] / "openapi.json"
RENEW = "RENEW_OPENAPI=1 .venv/bin/python -m pytest -n 0 tests/doors/api/test_openapi.py"


def _document() -> str:
    """The document, a line for each address and schema: the order in which routes are declared is no matter."""
    document = json.loads(json.dumps(API.get_openapi_schema()))
    parts = {"paths": document.pop("paths"), "schemas": document["components"].pop("schemas")}
    lines = [
        ",\n".join(f"{json.dumps(name)}: {_line(entries[name])}" for name in sorted(entries))
        for entries in parts.values()
    ]
    blocks = [f'"{name}": {{\n{block}\n}}' for name, block in zip(parts, lines, strict=True)]
    return f'{{"document": {_line(document)},\n{",".join(blocks)}}}\n'


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def test_the_document_is_the_one_that_clients_know() -> None:
    if os.environ.get("RENEW_OPENAPI") == "1":
        SNAPSHOT.write_text(_document(), encoding="utf-8")
    agreed, current = json.loads(SNAPSHOT.read_text(encoding="utf-8")), json.loads(_document())
    assert current["document"] == agreed["document"]
    changed = [
        name
        for part in ("paths", "schemas")
        for name in sorted(agreed[part].keys() | current[part].keys())
        if agreed[part].get(name) != current[part].get(name)
    ]
    assert not changed, f"the document has changed; if that is wanted: {RENEW}"


def test_no_address_is_hidden_by_one_with_a_parameter_in_its_place() -> None:
    """Django takes the first that fits: ``reconciliations/people`` behind ``reconciliations/{run}`` would be a 405."""
    hidden = {}
    for path in API.get_openapi_schema()["paths"]:
        route = resolve(re.sub(r"{\w+}", "1", path)).route
        if re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{route}") != path:
            hidden[path] = route
    assert not hidden
