"""Readers meet people by their names: who has none by the login, the program as the system, namesakes with logins."""

from __future__ import annotations

import pytest
from django.test.utils import CaptureQueriesContext

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import actor_text, actor_texts, read_names_once
from nianjian.engines.paper.words import CHINESE, words
from nianjian.platform.accounts import service
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts

pytestmark = pytest.mark.django_db
_ = words(CHINESE)


@pytest.fixture(autouse=True)
def _people(demo: str, operator: Actor) -> None:
    for login, name in (("limin", "李敏"), ("limin2", "李敏"), ("bo", "")):
        service.add_user(name=login, role="auditor", enterprises=[demo], actor=operator, display_name=name)


@pytest.mark.parametrize(
    ("actor", "text"),
    [
        ("user:limin", "李敏"), ("limin", "李敏"), ("user:bo", "bo"), ("system:clock", "系统"),
        ("public:one-click", "公开页面"),
        ("os:root", "平台操作员"), ("user:limin + user:limin2", "李敏（limin） + 李敏（limin2）"), ("", ""), (None, ""),
        ("运营部：张三", "运营部：张三"), ("user:limin + os:root", "李敏 + 平台操作员"), ("nobody", "nobody"),
    ],
)  # fmt: skip
def test_an_actor_is_a_name(actor: str | None, text: str) -> None:
    assert actor_text(actor, _) == text


def test_a_closed_account_keeps_its_name_and_one_person_twice_needs_no_login(operator: Actor) -> None:
    service.close(user="limin", actor=operator)
    assert actor_texts(["user:limin", "user:limin", None], _) == ["李敏", "李敏", ""]


def test_a_batch_reads_the_names_once_and_again_after_a_change(
    django_assert_num_queries: type[CaptureQueriesContext], operator: Actor
) -> None:
    with read_names_once():
        with django_assert_num_queries(1):
            assert [actor_text("user:limin", _) for _row in range(50)] == ["李敏"] * 50
        assert service.set_display_name(user="limin", display_name=" 李 \t敏 ", actor=operator)
        assert actor_text("user:limin", _) == "李 敏"


@pytest.mark.parametrize("text", ["x" * 61, "李敏 + 王强", "李\u202e敏", "李\u200b敏"])
def test_a_name_is_short_and_visible(text: str, operator: Actor) -> None:
    with pytest.raises(NianjianError, match="display_name_malformed"):
        service.set_display_name(user="bo", display_name=text, actor=operator)


def test_the_chain_holds_no_name(operator: Actor) -> None:
    assert service.set_display_name(user="bo", display_name="王强", actor=operator)
    assert not service.set_display_name(user="bo", display_name="王强", actor=operator)
    (act,) = acts(verb="user.display_name")
    assert act.data == {"user": "bo", "given": True}


def test_others_are_named_by_who_administers_them() -> None:
    with pytest.raises(NianjianError, match=r"user_unknown|role_missing"):
        service.set_display_name(user="limin", display_name="x", actor=Actor("bo", "user"))
    assert service.set_own_display_name(display_name="王强", actor=Actor("bo", "user"))
