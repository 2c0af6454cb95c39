"""People over the API: added, given roles and links, closed; no secret is told twice, and a token needs the scope."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.support.asking import DEMO, Ask, post

pytestmark = pytest.mark.postgres

PEOPLE = f"{DEMO}/people"
EVERYBODY = "/api/v1/people"


def _request(client: Client, method: str, address: str, body: Any = None) -> Any:
    return client.generic(method, address, "" if body is None else json.dumps(body), "application/json")


def test_a_person_is_added_and_the_link_is_told_once(api: Ask) -> None:
    client = api()
    new = {"name": "carl", "role": "auditor", "email": "carl@example.org", "display_name": "李敏"}
    response = post(client, PEOPLE, new, key="k")
    assert response.status_code == 201
    url = response.json()["url"]
    assert post(client, PEOPLE, new, key="k").json() == {**response.json(), "url": None}
    assert Client().get(url.removeprefix("http://testserver")).status_code == 200
    person = client.get(f"{PEOPLE}/carl").json()
    assert ([one["role"] for one in person["roles"]], person["display_name"]) == (["auditor"], "李敏")
    assert (person["governed"], person["has_password"], person["second_factor"]) == (True, False, False)
    assert [one["purpose"] for one in person["links"]] == ["first"]
    assert url.split("/")[-2] not in json.dumps(person)
    assert post(client, PEOPLE, new).json()["code"] == "user_exists"
    verbs = [one["verb"] for one in api("auditor", name="otto").get(f"{DEMO}/audit?verb=user").json()["items"]]
    assert verbs[0] == "user.grant"


def test_roles_are_given_and_taken(api: Ask) -> None:
    client = api()
    api("data_officer", name="dora")
    address = f"{PEOPLE}/dora/roles"
    assert post(client, address, {"role": "auditor"}).json() == {"name": "dora", "changed": True}
    assert post(client, address, {"role": "auditor"}).json() == {"name": "dora", "changed": False}
    assert post(client, address, {"role": "king"}).json()["code"] == "role_unknown"
    assert client.delete(f"{address}/auditor").status_code == 200
    assert client.delete(f"{address}/auditor").json()["code"] == "role_not_held"
    assert client.delete(f"{address}/data_officer").status_code == 200
    assert client.get(f"{PEOPLE}/dora").status_code == 404


def test_links_are_made_ended_and_end_what_they_opened(api: Ask) -> None:
    from nianjian.engines.kernel import clock  # noqa: PLC0415 -- after Django

    client = api()
    api("inspector", name="ines")
    address = f"{PEOPLE}/ines"
    until = clock.today() + timedelta(days=3)
    link = post(client, f"{address}/inspections", {"until": str(until)}).json()
    assert link["expires_at"].startswith(str(until))
    visitor = Client()
    visitor.post(link["url"].removeprefix("http://testserver"))
    assert visitor.get("/room/demo/").status_code == 200
    assert client.delete(f"{address}/links/{link['id']}").status_code == 200
    assert visitor.get("/room/demo/").status_code == 302
    assert client.delete(f"{address}/links/{link['id']}").json()["code"] == "link_invalid"
    late = post(client, f"{address}/inspections", {"until": str(until + timedelta(days=400))})
    assert late.json()["code"] == "link_expiry"
    first = post(client, f"{address}/links").json()
    assert post(client, f"{address}/links").json()["id"] != first["id"]
    assert [one["purpose"] for one in client.get(address).json()["links"]] == ["first"]
    assert client.delete(f"{PEOPLE}/anna/links/{first['id']}").json()["code"] == "link_invalid"


def test_an_account_is_closed_and_opened_again(api: Ask) -> None:
    client, dora = api(), api("data_officer", name="dora")
    assert dora.get("/api/v1/me").status_code == 200
    assert post(client, f"{PEOPLE}/dora/close").status_code == 200
    assert dora.get("/api/v1/me").status_code == 401
    assert post(client, f"{PEOPLE}/dora/links").json()["code"] == "user_closed"
    assert post(client, f"{PEOPLE}/dora/reopen").status_code == 200
    assert dora.get("/api/v1/me").status_code == 401  # tokens ended with the account
    assert api("data_officer", name="dora").get("/api/v1/me").status_code == 200
    assert post(client, f"{PEOPLE}/anna/close").json()["code"] == "own_account"


def test_the_names_the_address_of_single_sign_on_and_the_second_factor(api: Ask) -> None:
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 -- after Django

    client = api()
    api("data_officer", name="dora")
    address = f"{PEOPLE}/dora"
    for name in ("王强", "x" * 61):
        response = _request(client, "PUT", f"{address}/display-name", {"display_name": name})
    assert response.json()["code"] == "display_name_malformed"
    (entry,) = client.get(f"{PEOPLE}?q=王").json()["items"]
    assert (entry["name"], entry["display_name"]) == ("dora", "王强")
    assert _request(client, "PUT", f"{address}/email", {"email": "dora@example.org"}).status_code == 200
    assert (
        _request(client, "PUT", f"{PEOPLE}/anna/email", {"email": "DORA@example.org"}).json()["code"] == "email_taken"
    )
    Authenticator.objects.create(user_id="dora", type=Authenticator.Type.TOTP, data={})
    person = client.get(address).json()
    assert (person["email"], person["second_factor"]) == ("dora@example.org", True)
    assert client.delete(f"{address}/second-factor").status_code == 200
    assert client.get(address).json()["second_factor"] is False


def test_who_has_roles_elsewhere_is_in_the_hands_of_the_installation(api: Ask) -> None:
    client, chief = api(), api(name="chief", enterprise="")
    api("data_officer", name="dora")
    assert post(client, f"{PEOPLE}/dora/roles", {"role": "auditor"}).status_code == 200
    assert post(chief, "/api/v1/enterprises/other/people/dora/roles", {"role": "auditor"}).status_code == 200
    person = client.get(f"{PEOPLE}/dora").json()
    assert {one["enterprise"] for one in person["roles"]} == {"demo"}
    assert (person["governed"], person["links"], person["has_password"]) == (False, None, None)
    for act in ("links", "close"):
        assert post(client, f"{PEOPLE}/dora/{act}").json()["code"] == "role_missing_everywhere"
    assert client.get(f"{PEOPLE}/chief").json()["governed"] is False
    assert post(client, f"{PEOPLE}/chief/links").json()["code"] == "role_missing_everywhere"
    assert post(chief, f"{EVERYBODY}/dora/close").status_code == 200
    assert chief.delete(f"{EVERYBODY}/dora/roles/auditor?enterprise=other").status_code == 200


def test_the_installations_people(api: Ask) -> None:
    chief = api(name="chief", enterprise="")
    api("data_officer", name="dora")
    assert [one["name"] for one in chief.get(EVERYBODY).json()["items"]] == ["chief", "dora"]
    person = post(chief, EVERYBODY, {"name": "sue", "role": "inspector"}).json()
    assert (person["url"], person["expires_at"]) == (None, None)
    assert chief.get(f"{EVERYBODY}/sue").json()["roles"] == [{"role": "inspector", "enterprise": None, "team": ""}]
    outside = post(chief, f"{EVERYBODY}/dora/roles", {"role": "outsourcer", "team": "T1"})
    assert outside.json()["code"] == "outsourcer_everywhere"
    assert post(api(name="local"), EVERYBODY, {"name": "x", "role": "auditor"}).status_code == 403


def test_a_token_without_the_scope_manages_nobody(api: Ask) -> None:
    client = api(scopes=["administer", "read", "load", "approve"])
    answers = [client.get(PEOPLE), post(client, PEOPLE, {"name": "carl", "role": "auditor"})]
    answers += [post(client, f"{PEOPLE}/anna/links"), post(client, f"{PEOPLE}/anna/roles", {"role": "auditor"})]
    assert {one.status_code for one in answers} == {403}


def test_ones_own_tokens_are_listed_and_ended(api: Ask) -> None:
    client, narrow = api(), api(scopes=["read"])
    tokens = client.get("/api/v1/me/tokens").json()["items"]
    assert [one["scopes"] for one in tokens] == [None, None, ["read"]]
    assert not any("sha256" in one or "secret" in one for one in tokens)
    mine = tokens[-1]["id"]
    assert narrow.delete(f"/api/v1/me/tokens/{mine}").json()["code"] == "token_unknown"
    assert narrow.get("/api/v1/me").status_code == 200
    assert api("auditor", name="otto").delete(f"/api/v1/me/tokens/{mine}").status_code == 404
    assert client.delete(f"/api/v1/me/tokens/{mine}").json()["scopes"] == ["read"]
    assert narrow.get("/api/v1/me").status_code == 401


def test_an_account_is_confirmed_by_an_administrator_who_did_not_make_it(api: Ask) -> None:
    client, chief = api(), api(name="chief", enterprise="")
    post(client, PEOPLE, {"name": "carl", "role": "compliance_lead"})
    assert client.get(f"{PEOPLE}/carl").json()["behind"] == ["anna"]
    assert post(client, f"{PEOPLE}/carl/confirm").json()["code"] == "confirm_not_apart"
    nothing = {"links": 0, "sessions": 0, "tokens": 0, "passkeys": 0, "connections": 0}
    expected = {"name": "carl", "behind": ["anna"], "ended": {**nothing, "links": 1}, "email": ""}
    assert post(chief, f"{EVERYBODY}/carl/confirm").json() == expected
    assert client.get(f"{PEOPLE}/carl").json()["behind"] == []
    assert post(client, f"{PEOPLE}/carl/confirm").json() == {**expected, "behind": [], "ended": nothing}


def test_an_administrator_learns_nothing_of_another_enterprises_people(api: Ask) -> None:
    client = api()
    api("data_officer", name="farr", enterprise="other")
    requests: list[tuple[str, str, Any]] = [
        ("POST", "/roles", {"role": "auditor"}),
        ("DELETE", "/roles/auditor", None),
        ("GET", "", None),
        ("POST", "/links", None),
        ("POST", "/inspections", {"until": "2026-12-31"}),
        ("POST", "/confirm", None),
        ("POST", "/close", None),
        ("POST", "/reopen", None),
        ("DELETE", "/second-factor", None),
        ("PUT", "/email", {"email": "x@example.org"}),
    ]
    for method, path, body in requests:
        answers = [_request(client, method, f"{PEOPLE}/{name}{path}", body) for name in ("farr", "none")]
        outcomes = [(one.status_code, one.content.decode().replace("farr", "none")) for one in answers]
        assert outcomes[0] == outcomes[1], path
        assert outcomes[0][0] in {404, 422}, path
    for address in (PEOPLE, f"{PEOPLE}?q=f", f"{DEMO}/audit", f"{DEMO}/approvals", "/api/v1/me"):
        assert "farr" not in client.get(address).content.decode()


def test_an_invitation_brings_a_person_of_another_enterprise(api: Ask) -> None:
    client, far = api(), api("data_officer", name="farr", enterprise="other")
    invitations = f"{DEMO}/invitations"
    response = post(client, invitations, {"role": "auditor"}, key="i")
    assert response.status_code == 201
    assert post(client, invitations, {"role": "auditor"}, key="i").json() == {**response.json(), "url": None}
    assert post(client, invitations, {"role": "king"}).json()["code"] == "role_unknown"
    assert post(client, invitations, {"role": "outsourcer"}).json()["code"] == "team_missing"
    (invitation,) = client.get(invitations).json()["items"]
    assert (invitation["id"], invitation["role"], invitation["made_by"]) == (response.json()["id"], "auditor", "anna")
    assert far.get(invitations).status_code == 404
    assert far.get(DEMO).status_code == 404
    visitor = Client()
    visitor.force_login(_user("farr"))
    visitor.post(response.json()["url"].removeprefix("http://testserver"))
    assert client.get(f"{PEOPLE}/farr").json()["roles"] == [{"role": "auditor", "enterprise": "demo", "team": ""}]
    assert client.get(invitations).json()["items"] == []
    assert client.delete(f"{invitations}/{invitation['id']}").json()["code"] == "invitation_unknown"
    other = post(client, invitations, {"role": "tester"}).json()
    assert client.delete(f"{invitations}/{other['id']}").status_code == 200
    visitor.post(other["url"].removeprefix("http://testserver"))
    assert [one["role"] for one in client.get(f"{PEOPLE}/farr").json()["roles"]] == ["auditor"]
    assert client.delete(f"{PEOPLE}/farr/roles/auditor").status_code == 200
    assert client.get(f"{PEOPLE}/farr").status_code == 404


def _user(name: str) -> Any:
    from nianjian.platform.accounts.models import User  # noqa: PLC0415 -- after Django

    return User.objects.get(pk=name)


def test_a_mail_address_is_only_for_who_governs_the_account(api: Ask) -> None:
    """Of a person who also belongs to another enterprise, and of the installation's administrator, none."""
    client, root = api(), api("administrator", name="root", enterprise="")
    for name in ("here", "both"):
        api("auditor", name=name)
    assert post(root, "/api/v1/enterprises/other/people/both/roles", {"role": "auditor"}).json()["changed"]
    for name in ("here", "both", "root"):
        assert _request(root, "PUT", f"{EVERYBODY}/{name}/email", {"email": f"{name}@example.org"}).status_code == 200

    def addresses(asker: Client) -> dict[str, str]:
        listed = {person["name"]: person["email"] for person in asker.get(PEOPLE).json()["items"]}
        names = ("here", "both", "root")
        assert {name: asker.get(f"{PEOPLE}/{name}").json()["email"] for name in names} == {n: listed[n] for n in names}
        return {name: listed[name] for name in names}

    assert addresses(client) == {"here": "here@example.org", "both": "", "root": ""}
    assert addresses(root) == {name: f"{name}@example.org" for name in ("here", "both", "root")}
