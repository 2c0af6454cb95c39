"""Rules, requests that two persons decide, the chain, webhooks."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests.support.asking import DEMO, Ask, post
from tests.support.import_pages import work

from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers.overlays import OverlayProposal, approve_overlay, propose_overlay

RULE = "portrait.seat_vacancy.limit"


def _overlay(client: Client) -> str:
    """Ask for another value; the request."""
    response = post(
        client, f"{DEMO}/rules/{RULE}/overlays", {"value": "0.9", "valid_from": "2026-01-01", "reason": "trial"}
    )
    assert response.status_code == 202, response.content
    return str(response.json()["approval"])


def test_rules_and_an_overlay_that_a_second_person_approves(api: Ask) -> None:
    anna, berta = api(), api("compliance_lead", name="berta")
    rules = anna.get(f"{DEMO}/rules?limit=200").json()["items"]
    one = anna.get(f"{DEMO}/rules/{rules[0]['key']}").json()
    assert one == rules[0]
    assert [one["key"] for one in anna.get(f"{DEMO}/rules?q=SEAT_VACANCY.LIMIT").json()["items"]] == [RULE]
    levels = {one["level"] for one in anna.get(f"{DEMO}/rules?level=law&limit=200").json()["items"]}
    assert levels == {"law"}
    assert anna.get(f"{DEMO}/rules/nothing").status_code == 404
    refused = post(anna, f"{DEMO}/rules/nothing/overlays", {"value": "1", "valid_from": "2026-01-01", "reason": "x"})
    assert refused.json()["code"] == "overlay_rule_unknown"
    approval = _overlay(anna)
    listed = anna.get(f"{DEMO}/approvals").json()["items"]
    assert [(row["approval"], row["state"]) for row in listed] == [(approval, "pending")]
    address = f"{DEMO}/approvals/{approval}/decision"
    own = post(anna, address, {"decision": "yes"}).json()
    assert own["code"] == "approval_same_person"
    assert own["remedy"] == "Another person with the right to approve must decide it."
    done = post(berta, address, {"decision": "yes"})
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    assert post(berta, address, {"decision": "no"}).json()["code"] == "approval_decided"
    assert anna.get(f"/api/v1/enterprises/other/approvals/{approval}").status_code == 404
    rule = anna.get(f"{DEMO}/rules/{RULE}").json()
    assert (rule["value"], rule["settable"], rule["changed"]["reason"]) == ("0.9", True, "trial")
    chief = api("auditor", name="chief", enterprise="")
    assert chief.get(f"/api/v1/rules/{RULE}").json()["changed"] is None
    assert chief.get(f"/api/v1/approvals/{approval}").json()["state"] == "approved"


def looked(client: Client, place: str, rule: str = RULE, **trial: str) -> Any:
    """Ask what another value would do and let the worker look; what came of it."""
    answer = post(client, f"{place}/rules/{rule}/effects", {"valid_from": "2026-01-01", **trial})
    assert answer.status_code == 202, answer.content
    work()
    return client.get(f"{place}/jobs/{answer.json()['id']}").json()["result"]["items"]


def test_what_another_value_would_do_is_told_and_nothing_is_kept(api: Ask) -> None:
    client = api()
    (effect,) = looked(client, DEMO, value="0.9")
    assert (effect["enterprise"], effect["year"]) == ("demo", 2026)
    limits = {one["slug"]: (one["before"]["limit"], one["after"]["limit"]) for one in effect["metrics"]}
    before, after = limits.pop("seat_vacancy")
    assert (before != after, after) == (True, "90.0000")
    assert all(one == two for one, two in limits.values())
    assert client.get(f"{DEMO}/approvals").json()["items"] == []
    assert client.get(f"{DEMO}/rules/{RULE}").json()["changed"] is None
    trial = {"value": "many", "valid_from": "2026-01-01"}
    wrong = post(client, f"{DEMO}/rules/{RULE}/effects", trial)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "overlay_value_wrong")
    unknown = post(client, f"{DEMO}/rules/nothing/effects", trial)
    assert unknown.json()["code"] == "overlay_rule_unknown"
    chief = api("compliance_lead", name="chief", enterprise="")
    assert [one["enterprise"] for one in looked(chief, "/api/v1", value="0.9")] == ["demo"]
    assert looked(chief, "/api/v1", value="0.9", province="上海") == []
    assert len(chief.get("/api/v1/jobs").json()["items"]) == 2


def test_a_reference_takes_no_other_value(api: Ask) -> None:
    client, address = api(), f"{DEMO}/rules/inspection.logs.keep_days"
    rule = client.get(address).json()
    assert (rule["kind"], rule["settable"], rule["without_effect"]) == ("reference", False, [])
    body = {"value": "200", "valid_from": "2026-01-01"}
    for refused in (
        post(client, f"{address}/overlays", body | {"reason": "x"}),
        post(client, f"{address}/effects", body),
    ):
        assert (refused.status_code, refused.json()["code"]) == (422, "overlay_rule_reference")
        assert "项目建议：保存190日以覆盖6个自然月" in refused.json()["detail"]
    assert client.get(f"{DEMO}/approvals").json()["items"] == []


def test_what_was_asked_of_a_rule_that_became_a_reference_is_not_approved(api: Ask) -> None:
    client, berta = api(), api("compliance_lead", name="berta")
    days = (date(2026, 1, 1), None)
    proposal = OverlayProposal("inspection.logs.keep_days", "200", "", "demo", *days, "省局要求")
    approval = propose_overlay(overlay=proposal, actor=Actor("anna", "user")).id
    refused = post(berta, f"{DEMO}/approvals/{approval}/decision", {"decision": "yes"})
    assert refused.json()["code"] == "overlay_rule_reference"
    assert client.get(f"{DEMO}/approvals/{approval}").json()["state"] == "pending"
    approve_overlay(approval=approval, actor=Actor("berta", "user"))  # as it stands in older databases
    rule = client.get(f"{DEMO}/rules/inspection.logs.keep_days").json()
    assert (rule["value"], rule["changed"]) == (190, None)
    assert [(one["value"], one["reason"]) for one in rule["without_effect"]] == [("200", "省局要求")]


def test_whoever_leads_the_installation_decides_there_too_and_who_may_only_read_does_not(api: Ask) -> None:
    client = api()
    approval = _overlay(client)
    address = f"/api/v1/approvals/{approval}/decision"
    assert post(api("compliance_lead", name="local"), address, {"decision": "yes"}).status_code == 403
    chief = api("compliance_lead", name="chief", enterprise="")
    assert post(chief, address, {"decision": "yes"}).json()["state"] == "approved"
    address = f"{DEMO}/approvals/{_overlay(client)}/decision"
    assert post(api(scopes=["read"]), address, {"decision": "no"}).status_code == 403
    assert post(client, address, {"decision": "no"}).json()["state"] == "refused"


def test_the_chain_is_read_and_checked(api: Ask) -> None:
    client = api(enterprise="")
    first = client.get("/api/v1/audit?limit=2").json()
    second = client.get(first["next"]).json()
    numbers = [one["seq"] for one in (*first["items"], *second["items"])]
    assert numbers == sorted(numbers, reverse=True)
    assert first["items"][0]["hash"] == first["head"]
    response = post(client, "/api/v1/audit/verifications", {})
    assert (response.status_code, response.json()["state"]) == (202, "waiting")
    work()
    job = client.get(f"/api/v1/jobs/{response.json()['id']}").json()
    assert (job["state"], job["result"]["valid"]) == ("done", True)
    assert job["result"]["last"] == client.get("/api/v1/audit?limit=1").json()["head"]
    own = api("auditor", name="otto")
    assert {one["enterprise"] for one in own.get(f"{DEMO}/audit").json()["items"]} == {"demo"}


def test_a_webhooks_secret_is_told_once(api: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianjian.platform.notifications.webhooks.place", lambda *_given: None)
    client = api()
    body = {"url": "https://example.org/hook", "events": ["portrait.run"]}
    webhook = post(client, f"{DEMO}/webhooks", body, key="k").json()
    assert webhook["secret"]
    again = post(client, f"{DEMO}/webhooks", body, key="k").json()
    assert again == {**webhook, "secret": None}
    listed = client.get(f"{DEMO}/webhooks").json()["items"]
    assert [one["id"] for one in listed] == [webhook["id"]]
    assert "secret" not in listed[0]
    address = f"{DEMO}/webhooks/{webhook['id']}"
    assert post(client, f"{address}/test").status_code == 202
    sent = client.get(f"{address}/deliveries").json()["items"]
    assert [(one["event"], json.loads(one["body"])["type"]) for one in sent] == [("webhook.test", "webhook.test")]
    assert post(client, f"{address}/deliveries/{sent[0]['id']}/again").status_code == 202
    assert client.delete(address).status_code == 200
    assert client.get(address).json()["code"] == "webhook_unknown"
