"""Schemathesis against the OpenAPI document: no fault of the server and no answer that is not described."""

import json
import os
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy, one_of
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from nianjian.engines.kernel import clock
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.portrait import portraits
from nianjian.features.rulebook.operations import request_overlay
from nianjian.platform.accounts import service
from nianjian.platform.accounts.links import create_first_link
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.tokens import create_token
from nianjian.platform.jobs import flow
from nianjian.platform.registers import storage
from nianjian.platform.registers.attachments import attach_to_row
from nianjian.platform.registers.batches import Batch
from nianjian.platform.registers.models import Line
from nianjian.platform.vault import keyring

pytestmark = pytest.mark.django_db
CHECKS: list[Any] = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
PATHS = json.loads((Path(__file__).parents[1] / "openapi.json").read_text(encoding="utf-8"))["paths"]
SOAK = bool(os.environ.get("SOAK"))
# Drawn requests for each operation.
FEW, MANY = 2, 60 if SOAK else 4


@cache
def _schema() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def _settings(examples: int, *phases: Phase) -> Any:
    strange = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
    return settings(
        max_examples=examples, database=None, derandomize=True, phases=phases, suppress_health_check=strange
    )  # fmt: skip


@pytest.fixture(scope="module")
def there(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory, sample: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """A token for everything, and what addresses may name that is there: made once, each test takes its own back."""
    home, signals = tmp_path_factory.mktemp("document") / "home", (request_started, request_finished)
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        home.mkdir()
        patch.setenv("NIANJIAN_HOME", str(home))
        keyring.place(home.parent / "keys.json", home)
        patch.setattr("nianjian.platform.notifications.webhooks.place", lambda *_given: None)  # no names are looked up
        for signal in signals:  # the application would close the connection, and with it the transaction
            signal.disconnect(close_old_connections)
        yield _make(sample)
        for signal in signals:
            signal.connect(close_old_connections)
        transaction.set_rollback(True)
    keyring.place(Path(os.environ["NIANJIAN_KEYS"]), Path(os.environ["NIANJIAN_HOME"]))


def _make(sample: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    operator, day = Actor("tester"), date(2026, 1, 1)
    for code, name, province in (("demo", "示范", "北京"), ("other", "别家", "上海")):
        service.add_enterprise(code=code, name=name, province=province, actor=operator)
    with portraits.stage_portrait("demo", 2026, sample) as put:
        put()
    service.add_user(name="anna", role="administrator", enterprises=[], actor=operator)
    token = create_token(user="anna", name="test", scopes=None, days=None, actor=operator).secret
    key = next(rule.key for rule in Rulebook.on(day).rules() if rule.settable and type(rule.value) is int)
    request = request_overlay(
        key=key, value="31", province=None, enterprise="demo", valid_from=day, valid_to=None, reason="x",
        actor=operator,
    )  # fmt: skip
    job = flow.enqueue(kind=flow.RUN_PORTRAIT, enterprise="demo", payload={"year": 2026}, actor=operator)
    batch = Batch.objects.create(id="B1", enterprise_id="demo", created_at=clock.now(), created_by="os:tester")
    line = {"line_id": "L1"}
    row = storage.create_row(kind="lines", enterprise="demo", texts=line, since=None, reason="", actor=operator)
    content = b"\x89PNG\r\n\x1a\n picture"
    own = Line.objects.get(enterprise_id="demo", key=row)
    paper = attach_to_row(register="lines", row=own, name="scan.png", content=content, actor=operator)
    service.add_user(name="ines", role="inspector", enterprises=["demo"], actor=operator)
    link = create_first_link(user="ines", actor=operator).id
    return f"Bearer {token}", {
        "code": "demo", "year": 2026, "kind": "lines", "job": job, "form": "xlsx", "key": key, "batch": batch.id,
        "approval": request.id, "run": portraits.list_runs("demo", 2026)[0], "row": row, "paper": paper, "name": "ines",
        "role": "inspector", "link": link,
    }  # fmt: skip


def _pick_values(path: str, existing: dict[str, Any]) -> dict[str, Any]:
    """What stands for the parameters of the address."""
    given = {**existing, "key": existing["row"]} if "/rows/" in path else existing
    return {name: given[name] for name in re.findall(r"{(\w+)}", path) if name in given}


def _requests(method: str, path: str, path_values: dict[str, Any]) -> SearchStrategy[Any]:
    """What fits the document, and what does not where more than the address could be wrong."""
    operation = _schema()[path][method]
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    if not (operation.query or operation.headers or operation.body) and len(path_values) == len(
        operation.path_parameters
    ):
        modes = modes[:1]
    return one_of(
        [operation.as_strategy(mode, path_parameters=path_values, feedback=FeedbackSources()) for mode in modes]
    )


def _check(case: Any, token: str) -> None:
    case.call_and_validate(headers={"Authorization": token}, checks=CHECKS)


@pytest.mark.parametrize("where", ["there", pytest.param("nowhere", marks=pytest.mark.long)])
@pytest.mark.parametrize(("method", "path"), [(method, path) for path in PATHS for method in PATHS[path]])
def test_nothing_breaks_and_everything_is_described(
    there: tuple[str, dict[str, Any]], method: str, path: str, where: str
) -> None:
    """``nowhere``: addresses name nothing that is there."""
    token, existing = there
    path_values, examples = (_pick_values(path, existing), FEW) if where == "there" else ({}, MANY)

    @_settings(examples, Phase.generate)
    @given(case=_requests(method, path, path_values))
    def walk(case: Any) -> None:
        _check(case, token)

    walk()


if SOAK:  # every process that collects would otherwise make the examples of each operation: nine seconds
    # A parameter of our own puts the operation into the id of a test: without one all would bear the function's name
    # alone, and a report, a repetition or another process could not tell them apart.
    @pytest.mark.soak
    @pytest.mark.parametrize("named", [pytest.param(True, id="there")])
    @_schema().parametrize()
    @_settings(MANY, Phase.explicit, Phase.generate)
    def test_the_same_with_many_requests(case: Any, there: tuple[str, dict[str, Any]], *, named: bool) -> None:
        token, existing = there
        case.path_parameters |= _pick_values(case.operation.path, existing)
        _check(case, token)
