import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import models, people, query, service
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def _add(name: str, operator: Actor) -> str:
    return service.add_user(name=name, role="data_officer", enterprises=[], actor=operator)


def test_an_enterprise_is_made_once_whatever_the_case(demo: str, operator: Actor) -> None:
    assert query.enterprise(demo).province == "浙江"
    for code in ("demo", "DEMO"):
        with pytest.raises(NianjianError, match="enterprise_exists"):
            service.add_enterprise(code=code, name="x", province="", actor=operator)
    assert [one.code for one in query.enterprises()] == ["demo"]
    assert next(acts(verb="enterprise.add")).actor == "os:root"


@pytest.mark.parametrize("code", ["", "..", "a/b", "名", "-x", "a b", "x" * 41])
def test_a_code_that_is_no_folder_name_is_refused(operator: Actor, code: str) -> None:
    with pytest.raises(NianjianError, match="enterprise_code_malformed"):
        service.add_enterprise(code=code, name="x", province="", actor=operator)


def test_a_token_proves_its_user_and_is_not_kept(operator: Actor) -> None:
    token = _add("anna", operator)
    assert query.actor("anna", token) == Actor("anna", "user")
    assert str(query.actor("anna", token)) == "user:anna"
    assert token not in models.Token.objects.get(user="anna").sha256
    assert all(token not in str(act.data) for act in acts())


@pytest.mark.parametrize(
    ("name", "token", "code"),
    [("anna", None, "token_missing"), ("anna", "wrong", "token_refused"), ("nobody", "wrong", "token_refused")],
)
def test_without_the_right_token_nobody_acts(operator: Actor, name: str, token: str | None, code: str) -> None:
    _add("anna", operator)
    with pytest.raises(NianjianError, match=code):
        query.actor(name, token)


def test_a_look_is_changed_by_each_part_of_it(anna: Actor) -> None:
    looks = [("en", "dark"), ("en", "light"), ("zh-hans", "light"), ("zh-hans", "light")]
    changed = [people.set_look(actor=anna, language=language, theme=theme) for language, theme in looks]
    assert changed == [True, True, True, False]


def test_people_are_read_one_by_one_as_they_are_together(demo: str, anna: Actor, operator: Actor) -> None:
    _add("berta", operator)
    found = people.PersonList(demo)
    assert [one.name for one in found] == [one.name for one in found[:]] == ["anna", "berta"]


def test_without_a_name_the_operator_acts(db: None) -> None:
    actor = query.actor(None)
    assert (actor.kind, actor.proved) == ("os", False)
    assert actor.name


def test_a_role_is_given_once_and_taken_once(demo: str, anna: Actor, operator: Actor) -> None:
    params = {"user": "anna", "role": "auditor", "actor": operator}
    assert [service.grant(**params, enterprise=where) for where in (demo, demo, "", "")] == [True, False, True, False]
    assert [(one.role, one.enterprise) for one in query.list_memberships()] == [
        ("auditor", None), ("auditor", demo), ("compliance_lead", demo),
    ]  # fmt: skip
    service.revoke(**params, enterprise=demo)
    with pytest.raises(NianjianError, match="role_not_held"):
        service.revoke(**params, enterprise=demo)
    entries = [(act.verb, act.enterprise, act.data["role"]) for act in acts(newest=3)]
    assert entries == [("user.revoke", demo, "auditor"), ("user.grant", "", "auditor"), ("user.grant", demo, "auditor")]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"user": "no"}, "user_unknown"), ({"enterprise": "no"}, "enterprise_unknown"), ({"role": "no"}, "role_unknown")],
)
def test_a_role_of_nobody_or_nowhere_is_refused(
    demo: str, anna: Actor, operator: Actor, change: dict[str, str], code: str
) -> None:
    with pytest.raises(NianjianError, match=code):
        service.grant(**{"user": "anna", "role": "auditor", "enterprise": demo, **change}, actor=operator)
