"""The field that chooses a person, and what it says where nobody can be chosen."""

import pytest
from django.utils import translation

from nianjian.platform.accounts import service
from nianjian.platform.accounts.people import list_candidates
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.forms import PersonField


@pytest.mark.django_db
def test_a_person_is_chosen_by_name_and_role_and_the_reader_stands_first(demo: str, operator: Actor) -> None:
    for name, display_name, role in (("a1", "陈杰", "administrator"), ("z9", "李敏", "compliance_lead")):
        service.add_user(name=name, role=role, enterprises=[demo], actor=operator)
        service.set_display_name(user=name, display_name=display_name, actor=operator)
    service.add_user(name="d1", role="data_officer", enterprises=[demo], actor=operator)
    reader = Actor("z9", USER)
    with translation.override("zh-hans"):
        able = list_candidates(demo, Permission.APPROVE)
        field = PersonField(able, act=Permission.APPROVE, reader=reader, enterprise=demo)
        assert [name for name, _text in field.choices] == ["", "z9", "a1"]
        assert field.names == ["我（李敏） · 合规负责人", "陈杰 · 管理员"]
        empty = PersonField([], act=Permission.APPROVE, reader=Actor("a1", USER), enterprise=demo)
    assert "审批" in empty.nobody
    assert empty.people == f"/e/{demo}/people/"
    assert not PersonField([], act=Permission.APPROVE, reader=reader, enterprise=demo).people
