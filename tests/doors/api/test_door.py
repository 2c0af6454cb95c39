"""What all operations share: tokens, strangers, scopes, problem documents, parts of lists, repeated writes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from nianjian.engines.kernel.errors import NianjianError

Ask = Callable[..., Client]
V1 = "/api/v1"
NEW = {"code": "new", "name": "新的", "province": "北京"}


def _post(client: Client, address: str, body: Any, key: str = "") -> Any:
    headers = {"idempotency-key": key} if key else {}
    return client.post(V1 + address, json.dumps(body), content_type="application/json", headers=headers)


def _problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["code"] == code
    assert set(body) == {"type", "title", "status", "detail", "code", "remedy", "findings"}
    return body


def test_without_a_token_nothing_is_told(api: Ask) -> None:
    answer = Client().get(f"{V1}/me")
    _problem(answer, 401, "api_unauthorised")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    _problem(Client(headers={"authorization": "Bearer wrong"}).get(f"{V1}/enterprises/demo"), 401, "api_unauthorised")


def test_a_session_is_no_token(api: Ask) -> None:
    from nianjian.platform.accounts.models import User  # noqa: PLC0415 -- after Django

    api()
    client = Client()
    client.force_login(User.objects.get(pk="anna"))
    _problem(client.get(f"{V1}/me"), 401, "api_unauthorised")


def test_the_document_is_open(api: Ask) -> None:
    answer = Client().get(f"{V1}/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["paths"][f"{V1}/me"]["get"]["operationId"] == "me"


def test_me(api: Ask) -> None:
    body = api("data_officer", scopes=["read"]).get(f"{V1}/me").json()
    roles = [{"role": "data_officer", "enterprise": "demo", "team": ""}]
    assert body == {"name": "anna", "scopes": ["read"], "roles": roles}


def test_strangers_cannot_tell_whether_an_enterprise_exists(api: Ask) -> None:
    client = api()
    for code in ("other", "nothing", "%00"):
        for rest in ("", "/jobs", "/batches", "/registers", "/portraits/2026", "/audit", "/people"):
            _problem(client.get(f"{V1}/enterprises/{code}{rest}"), 404, "api_not_found")


def test_a_missing_role_is_named(api: Ask) -> None:
    problem = _problem(api("tester").get(f"{V1}/enterprises/demo/audit"), 403, "role_missing")
    assert "auditor" in problem["detail"]


def test_a_token_does_not_more_than_its_scopes(api: Ask) -> None:
    client = api(scopes=["read"])
    assert client.get(f"{V1}/enterprises/demo/jobs").status_code == 200
    _problem(_post(client, "/enterprises/demo/portraits/2026/runs", {}), 403, "role_missing")
    _problem(client.get(f"{V1}/enterprises/demo/audit"), 403, "role_missing")


def test_problems_speak_the_askers_language(api: Ask) -> None:
    english = _problem(api().get(f"{V1}/nothing"), 404, "api_not_found")
    chinese = _problem(api(language="zh-CN,en;q=0.5").get(f"{V1}/nothing"), 404, "api_not_found")
    assert english["title"] == "Not found"
    assert chinese["title"] == "没有找到"
    assert chinese["detail"] != english["detail"]


def test_another_method_is_refused_with_those_there_are(api: Ask) -> None:
    answer = api().delete(f"{V1}/me")
    _problem(answer, 405, "api_method_not_allowed")
    assert answer.headers["Allow"] == "GET"


def test_values_that_cannot_be_used_are_named(api: Ask) -> None:
    problem = _problem(api().get(f"{V1}/enterprises/demo/jobs?limit=201"), 422, "api_invalid")
    assert [one["code"] for one in problem["findings"]] == ["api_value_invalid"]
    assert "limit" in problem["findings"][0]["detail"]


def test_what_is_no_json_cannot_be_read(api: Ask) -> None:
    answer = api(enterprise="").post(f"{V1}/enterprises", "{", content_type="application/json")
    _problem(answer, 400, "api_unreadable")


def test_too_much_content_is_refused(api: Ask, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    _problem(_post(api(enterprise=""), "/enterprises", NEW), 413, "api_too_large")


def test_an_unexpected_fault_tells_no_details(api: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_user: str) -> None:
        raise RuntimeError("13912345678")

    client = api()
    monkeypatch.setattr("nianjian.platform.accounts.query.roles_of", broken)
    answer = client.get(f"{V1}/me")
    _problem(answer, 500, "api_fault")
    assert b"13912345678" not in answer.content


def test_a_list_is_walked_part_by_part(api: Ask) -> None:
    client = api(enterprise="")
    first = client.get(f"{V1}/enterprises?limit=1").json()
    assert [one["code"] for one in first["items"]] == ["demo"]
    second = client.get(first["next"]).json()
    assert [one["code"] for one in second["items"]] == ["other"]
    assert second["next"] is None


def test_the_same_write_is_done_once(api: Ask) -> None:
    client = api(enterprise="")
    first = _post(client, "/enterprises", NEW, key="k1")
    again = _post(client, "/enterprises", NEW, key="k1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json() == NEW
    _problem(_post(client, "/enterprises", NEW, key="k2"), 409, "enterprise_exists")


def test_a_key_is_for_one_request(api: Ask) -> None:
    client = api(enterprise="")
    _post(client, "/enterprises", NEW, key="k1")
    _problem(_post(client, "/enterprises", {**NEW, "name": "x"}, key="k1"), 422, "idempotency_key_reused")
    _problem(_post(client, "/enterprises", NEW, key="k y"), 422, "idempotency_key_malformed")


def test_a_key_is_its_persons_own(api: Ask) -> None:
    _post(api(enterprise=""), "/enterprises", NEW, key="k1")
    other = api(enterprise="", name="berta")
    _problem(_post(other, "/enterprises", NEW, key="k1"), 409, "enterprise_exists")


def test_what_was_refused_may_be_tried_again(api: Ask) -> None:
    client = api(enterprise="")
    _problem(_post(client, "/enterprises", {**NEW, "code": "demo"}, key="k1"), 409, "enterprise_exists")
    assert _post(client, "/enterprises", NEW, key="k1").status_code == 201


def test_a_key_holds_for_a_day(api: Ask) -> None:
    from datetime import timedelta  # noqa: PLC0415 -- beside what it is for

    from nianjian.platform.jobs.models import Answer  # noqa: PLC0415 -- after Django

    client = api(enterprise="")
    _post(client, "/enterprises", NEW, key="k1")
    row = Answer.objects.get()
    Answer.objects.update(created_at=row.created_at - timedelta(hours=25))
    _problem(_post(client, "/enterprises", NEW, key="k1"), 409, "enterprise_exists")


def test_a_write_that_broke_off_is_not_begun_again(api: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_given: object) -> None:
        raise RuntimeError

    client = api(enterprise="")
    with monkeypatch.context() as patch:
        patch.setattr("nianjian.platform.accounts.service.add_enterprise", broken)
        _problem(_post(client, "/enterprises", NEW, key="k1"), 500, "api_fault")
    _problem(_post(client, "/enterprises", NEW, key="k1"), 409, "idempotency_running")


def test_a_write_whose_answer_cannot_be_read_is_not_done_again(
    committed: None, api: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nianjian.platform.accounts.query import users  # noqa: PLC0415 -- after Django

    def gone(*_given: object) -> None:
        raise NianjianError("link_invalid")

    client = api()
    new = {"name": "carl", "role": "auditor"}
    with monkeypatch.context() as patch:
        patch.setattr("nianjian.features.people.api.added", gone)
        _problem(_post(client, "/enterprises/demo/people", new, key="k1"), 422, "link_invalid")
    assert "carl" in users()
    _problem(_post(client, "/enterprises/demo/people", new, key="k1"), 409, "idempotency_running")
    _problem(_post(client, "/enterprises/demo/people", {"name": "dora", "role": "king"}, key="k2"), 422, "role_unknown")
    assert _post(client, "/enterprises/demo/people", {**new, "name": "dora"}, key="k2").status_code == 201


def test_answers_that_are_kept_no_longer_go_without_another_write(api: Ask) -> None:
    from datetime import timedelta  # noqa: PLC0415 -- beside what it is for

    from nianjian.doors.site.worker import tidy_up  # noqa: PLC0415 -- after Django
    from nianjian.platform.jobs.models import Answer  # noqa: PLC0415

    _post(api(enterprise=""), "/enterprises", NEW, key="k1")
    tidy_up()
    assert Answer.objects.count() == 1
    Answer.objects.update(created_at=Answer.objects.get().created_at - timedelta(hours=25))
    tidy_up()
    assert Answer.objects.count() == 0
