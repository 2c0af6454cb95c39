"""Readers meet people by their names: who has none by the login, the program as the system, namesakes with logins."""

from collections.abc import Iterator

import pytest
from django.test.utils import CaptureQueriesContext

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import (
    actor_text,
    actor_texts,
    begin_batch,
    end_batch,
    read_names_once,
    set_enterprise,
)
from nianjian.engines.paper.words import CHINESE, words
from nianjian.platform.accounts import service
from nianjian.platform.accounts.access import enter_enterprise
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.query import acts

pytestmark = pytest.mark.django_db
_ = words(CHINESE)


@pytest.fixture(autouse=True)
def _people(demo: str, operator: Actor) -> Iterator[None]:
    for login, name in (("limin", "李敏"), ("limin2", "李敏"), ("bo", "")):
        service.add_user(name=login, role="auditor", enterprises=[demo], actor=operator, display_name=name)
    set_enterprise(demo)
    yield
    set_enterprise(None)


def test_an_actor_is_a_name() -> None:
    expected = {
        "user:limin": "李敏", "limin": "李敏", "user:bo": "bo", "system:clock": "系统", "public:one-click": "公开页面",
        "os:root": "平台操作员", "user:limin + user:limin2": "李敏（limin） + 李敏（limin2）", "": "", None: "",
        "运营部：张三": "运营部：张三", "user:limin + os:root": "李敏 + 平台操作员", "nobody": "nobody",
    }  # fmt: skip
    assert {actor: actor_text(actor, _) for actor in expected} == expected


def test_a_bare_word_names_people_of_the_enterprise_at_hand(demo: str, operator: Actor) -> None:
    service.add_enterprise(code="other", name="另一家", province="", actor=operator)
    for login, name, places in (("1001", "赵六", ["other"]), ("boss", "钱七", [])):
        service.add_user(name=login, role="administrator", enterprises=places, actor=operator, display_name=name)
    for place, texts in ((demo, "1001 钱七 李敏"), ("other", "赵六 钱七 limin"), (None, "1001 boss limin")):
        set_enterprise(place)
        assert actor_texts(["1001", "boss", "limin"], _) == texts.split()
        assert actor_text("user:1001", _) == "赵六"


def test_a_page_is_at_its_enterprise_and_the_next_request_at_none(demo: str) -> None:
    enter_enterprise(Actor("limin", "user"), demo, Permission.READ)
    assert actor_text("limin", _) == "李敏"
    begin_batch()
    assert actor_text("limin", _) == "limin"
    end_batch()


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


def test_a_name_is_short_and_visible_no_word_for_the_program_and_nobody_elses_login(operator: Actor) -> None:
    for text in ("x" * 61, "李敏 + 王强", "李\u202e敏", "李\u200b敏"):
        with pytest.raises(NianjianError, match="display_name_malformed"):
            service.set_display_name(user="bo", display_name=text, actor=operator)
    for text in ("系统", "系 统", "平台操作员", "公开页面", "The  System", "LIMIN", "ｌｉｍｉｎ"):
        with pytest.raises(NianjianError, match="display_name_taken"):
            service.set_own_display_name(display_name=text, actor=Actor("bo", "user"))
        with pytest.raises(NianjianError, match="display_name_taken"):
            service.add_person(name="carl", display_name=text, actor=operator)
    assert service.set_display_name(user="bo", display_name="Bo", actor=operator)  # one's own


def test_the_chain_holds_no_name(operator: Actor) -> None:
    assert service.set_display_name(user="bo", display_name="王强", actor=operator)
    assert not service.set_display_name(user="bo", display_name="王强", actor=operator)
    (act,) = acts(verb="user.display_name")
    assert act.data == {"user": "bo", "given": True}


def test_others_are_named_by_who_administers_them() -> None:
    with pytest.raises(NianjianError, match=r"user_unknown|role_missing"):
        service.set_display_name(user="limin", display_name="x", actor=Actor("bo", "user"))
    assert service.set_own_display_name(display_name="王强", actor=Actor("bo", "user"))
