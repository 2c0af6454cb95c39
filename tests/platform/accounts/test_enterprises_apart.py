"""Enterprises of one installation apart: neither learns of the other's people, and each governs its own."""

import json

import pytest

from nianjian.doors.cli.main import main
from nianjian.platform.accounts import models, service, tokens
from nianjian.platform.accounts.links import accept_invitation, invite
from nianjian.platform.accounts.query import Actor

pytestmark = pytest.mark.django_db
HERE, OTHER = "demo", "other"


@pytest.fixture
def two(demo: str, anna: Actor, operator: Actor) -> None:
    """Two enterprises; anna is of the first."""
    service.add_enterprise(code=OTHER, name="别家", province="北京", actor=operator)


@pytest.mark.parametrize("acts", [None, ["people", "read"]], ids=["a whole token", "a token for some acts"])
def test_a_person_of_another_enterprise_is_to_its_administrator_as_nobody(
    two: None,
    operator: Actor,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    acts: list[str] | None,
) -> None:
    service.add_user(name="boss", role="administrator", enterprises=[HERE], actor=operator)
    service.add_user(name="farr", role="auditor", enterprises=[OTHER], actor=operator, email="farr@example.com")
    secret = tokens.create_token(user="boss", name="x", scopes=acts, days=None, actor=operator).secret
    monkeypatch.setenv("NIANJIAN_TOKEN", secret)
    before = list(models.Membership.objects.filter(user="farr").values_list("role", "enterprise_id"))
    for words in (
        "grant NAME --role auditor --enterprise demo", "revoke NAME --role auditor --enterprise demo", "link NAME",
        "close NAME", "reopen NAME", "confirm NAME", "token list NAME",
    ):  # fmt: skip
        outputs = []
        for name in ("farr", "none"):
            assert main(["user", *words.replace("NAME", name).split(), "--as", "boss", "--json"]) == 2, words
            outputs.append(capsys.readouterr().out.replace(name, "NAME"))
        assert outputs[0] == outputs[1]
        assert not [one for one in ("别家", '"other"', "example.com") if one in outputs[0]]
    assert list(models.Membership.objects.filter(user="farr").values_list("role", "enterprise_id")) == before
    assert main(["user", "list", "--as", "boss", "--json"]) == 0
    assert "farr" not in capsys.readouterr().out


def test_who_belongs_to_two_enterprises_is_governed_at_each_by_its_own(
    two: None, operator: Actor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Joining elsewhere takes no enterprise the power over its own roles; the account itself takes both, or more."""
    keys = {
        place: service.add_user(name=f"boss-{place}", role="administrator", enterprises=[place], actor=operator)
        for place in (HERE, OTHER)
    }
    accept_invitation(
        secret=invite(role="auditor", enterprise=OTHER, actor=operator).secret, actor=Actor("anna", "user")
    )

    def said(place: str, words: str) -> str:
        monkeypatch.setenv("NIANJIAN_TOKEN", keys[place])
        main(["user", *words.split(), "--as", f"boss-{place}", "--json"])
        return capsys.readouterr().out

    for place in (HERE, OTHER):
        for act in ("close anna", "link anna", "confirm anna"):
            assert json.loads(said(place, act))["error"]["code"] == "role_missing_everywhere"
        another = OTHER if place == HERE else HERE
        assert another not in said(place, "list")
        assert another not in said(place, f"grant anna --role tester --enterprise {place}")
    assert "error" not in said(HERE, f"revoke anna --role compliance_lead --enterprise {HERE}")
    assert "error" not in said(HERE, f"revoke anna --role tester --enterprise {HERE}")
    assert "error" not in said(OTHER, "close anna")
