"""Schemathesis against the OpenAPI document: no fault of the server and no answer that is not described."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

Ask = Callable[..., Client]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
# Drawn requests for each operation; those that the document's own examples make come in the long suite.
FEW, MANY = 2, 60 if os.environ.get("SOAK") == "1" else 4
STRANGE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


def _settings(drawn: int, *, examples: bool) -> Any:
    return settings(
        max_examples=drawn,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate] if examples else [Phase.generate],
        suppress_health_check=STRANGE,
    )


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The test's transaction is on its connection, which the application would close after a request."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def there(api: Ask, monkeypatch: pytest.MonkeyPatch, _one_connection: None) -> tuple[str, dict[str, Any]]:
    """A token for everything, and what addresses may name that is there."""
    from nianjian.engines.kernel import clock  # noqa: PLC0415
    from nianjian.engines.rules.rulebook import Rulebook  # noqa: PLC0415
    from nianjian.features.portrait import portraits  # noqa: PLC0415
    from nianjian.features.rulebook.operations import request_overlay  # noqa: PLC0415
    from nianjian.platform.accounts.query import Actor  # noqa: PLC0415 -- after Django
    from nianjian.platform.jobs import flow  # noqa: PLC0415
    from nianjian.platform.registers.batches import Batch  # noqa: PLC0415

    monkeypatch.setattr("nianjian.platform.notifications.sending.place", lambda *_given: None)  # no names are looked up
    operator, day = Actor("tester"), date(2026, 1, 1)
    key = next(rule.key for rule in Rulebook.on(day).rules() if rule.settable and type(rule.value) is int)
    asked = request_overlay(
        key=key, value="31", province=None, enterprise="demo", valid_from=day, valid_to=None, reason="x",
        actor=operator,
    )  # fmt: skip
    job = flow.enqueue(kind=flow.RUN_PORTRAIT, enterprise="demo", payload={"year": 2026}, actor=operator)
    token = str(api(enterprise="").defaults["HTTP_AUTHORIZATION"])
    known = {"code": "demo", "year": 2026, "kind": "lines", "job": job, "form": "xlsx", "key": key}
    batch = Batch.objects.create(id="B1", enterprise_id="demo", created_at=clock.now(), created_by="os:tester")
    more = {"batch": batch.id, "approval": asked.id, "run": portraits.list_runs("demo", 2026)[0]}
    return token, {**known, **more, **_row(operator), **_person(operator)}


def _row(operator: Any) -> dict[str, Any]:
    """A row with a file beside it."""
    from nianjian.platform.registers import storage  # noqa: PLC0415
    from nianjian.platform.registers.attachments import attach_to_row  # noqa: PLC0415 -- after Django
    from nianjian.platform.registers.models import Line  # noqa: PLC0415

    texts = {"line_id": "L1"}
    key = storage.create_row(kind="lines", enterprise="demo", texts=texts, since=None, reason="", actor=operator)
    row = Line.objects.get(enterprise_id="demo", key=key)
    content = b"\x89PNG\r\n\x1a\n picture"
    paper = attach_to_row(register="lines", row=row, name="scan.png", content=content, actor=operator)
    return {"row": key, "paper": paper}


def _person(operator: Any) -> dict[str, Any]:
    """Somebody with a role and a link."""
    from nianjian.platform.accounts import service  # noqa: PLC0415 -- after Django
    from nianjian.platform.accounts.links import create_first_link  # noqa: PLC0415

    service.add_user(name="ines", role="inspector", enterprises=["demo"], actor=operator)
    return {"name": "ines", "role": "inspector", "link": create_first_link(user="ines", actor=operator).id}


def _walk(case: Any, there: tuple[str, dict[str, Any]]) -> None:
    token, known = there
    if "/rows/" in case.operation.path and known:
        known = {**known, "key": known["row"]}
    for name in case.path_parameters or {}:
        if name in known:
            case.path_parameters[name] = known[name]
    case.call_and_validate(headers={"Authorization": token}, checks=CHECKS)


# A parameter of our own puts the operation into the id of a test: without one all would bear the function's name alone,
# and a report, a repetition or another process could not tell them apart.
@pytest.mark.parametrize("named", [pytest.param(True, id="there")])
@SCHEMA.parametrize()
@_settings(FEW, examples=False)
def test_nothing_breaks_and_everything_is_described(
    case: Any, there: tuple[str, dict[str, Any]], *, named: bool
) -> None:
    _walk(case, there)


@pytest.mark.soak
@pytest.mark.parametrize("named", [pytest.param(True, id="there")])
@SCHEMA.parametrize()
@_settings(MANY, examples=True)
def test_the_same_with_many_requests(case: Any, there: tuple[str, dict[str, Any]], *, named: bool) -> None:
    _walk(case, there)


@pytest.mark.long
@pytest.mark.parametrize("named", [pytest.param(False, id="nowhere")])
@SCHEMA.parametrize()
@_settings(MANY, examples=False)
def test_the_same_where_nothing_is(case: Any, there: tuple[str, dict[str, Any]], *, named: bool) -> None:
    """Addresses name nothing that is there."""
    _walk(case, (there[0], {}))
