"""Reminders: put once a day, sent once by each channel to real receivers, never doubled, never lost without a trace."""

import json
import re
import socket
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from threading import Event, Lock
from typing import Any

import pytest
import requests
from apprise.plugins import dingtalk
from tests.support.receivers import Mail, Program, served

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.inbox import operations
from nianjian.features.season import operations as season_operations
from nianjian.features.season import reminders as remind
from nianjian.features.season.queries import SeasonFacts, get_season_facts
from nianjian.features.season.reminders import deliver_due_messages, enqueue_due_reminders
from nianjian.platform.accounts.models import Enterprise, Membership
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.audit.models import Entry
from nianjian.platform.notifications import channels as people
from nianjian.platform.notifications import delivery as speaking
from nianjian.platform.notifications import outbox, smtp
from nianjian.platform.notifications.models import Channel, Dispatch, Message

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TODAY = date(2027, 3, 30)  # a day before the earliest deadline: urgent, no digest is waited for
NOON = datetime(2026, 12, 1, 4, tzinfo=clock.now().tzinfo)  # 12:00 there, no quiet hour
LEE = Actor("lee", USER)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    monkeypatch.setenv("NIANJIAN_WEBHOOK_HOSTS", "127.0.0.1")
    monkeypatch.setenv(clock.OVERRIDE, TODAY.isoformat())
    monkeypatch.setattr(clock, "now", lambda: NOON)
    server = Program()
    with served(server):
        yield server


@pytest.fixture
def lee(demo: str, operator: Actor) -> Actor:
    Enterprise.objects.filter(pk=demo).update(created_at=NOON)
    add_user(name="lee", role="compliance_lead", enterprises=[demo], actor=operator)
    return LEE


def _confirmed(program: Program) -> str:
    """A channel to the program, confirmed by the code that arrived there."""
    channel = operations.add_channel(address=program.url, actor=LEE)
    match = re.search(r"\d{6}", str(program.heard.pop()["message"]))
    assert match
    operations.confirm_channel(channel=channel.channel, code=match[0], actor=LEE)
    return channel.channel


def test_a_day_is_told_once(
    lee: Actor, program: Program, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    _confirmed(program)
    with django_assert_max_num_queries(64):
        count = enqueue_due_reminders()
    assert count == Message.objects.count() > 2
    before = Entry.objects.count()
    with django_assert_num_queries(2):
        assert enqueue_due_reminders() == 0
    assert Entry.objects.count() == before, "looking twice writes nothing"
    assert (operations.deliver_messages(), operations.deliver_messages()) == (1, 0)
    (message,) = program.heard
    assert message["title"] == f"年检：{count} 条提醒"
    rows = {one.about: one for one in map(operations.to_document, operations.list_messages(lee))}
    assert (rows["track:licence"].stage, rows["track:licence"].left) == ("before-1", 1)
    assert all(one.text in message["message"] for one in rows.values())
    assert {each.state for one in rows.values() for each in one.dispatches} == {"delivered"}
    (entry,) = Entry.objects.filter(verb="season.reminded")
    assert f'"messages":{count}' in entry.data


def test_the_next_day_brings_the_next_moment_alone(
    lee: Actor, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    del program
    monkeypatch.setenv(clock.OVERRIDE, "2026-12-01")
    assert enqueue_due_reminders() == 0, "a season before the enterprise was known here is not reminded of"
    monkeypatch.setenv(clock.OVERRIDE, TODAY.isoformat())
    enqueue_due_reminders()
    count = Message.objects.count()
    monkeypatch.setenv(clock.OVERRIDE, "2027-03-31")
    enqueue_due_reminders()
    fresh = {one.about: one.stage for one in Message.objects.order_by("pk")[count:]}
    assert fresh["track:licence"] == "before-0"
    options: dict[str, Any] = {"enterprise": "demo", "year": 2026, "day": date(2027, 3, 31), "actor": Actor("root")}
    for track in ("licence", "code_number"):
        season_operations.note_report(track=track, licence=None, **options)
    monkeypatch.setenv(clock.OVERRIDE, "2027-04-01")
    enqueue_due_reminders()
    assert not Message.objects.filter(day=date(2027, 4, 1), about__startswith="track").exists(), "handed in in time"
    assert operations.mark_read(chosen_=None, actor=lee) == Message.objects.count()


def test_an_enterprise_that_cannot_be_looked_at_keeps_no_other_back(
    lee: Actor, program: Program, operator: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    del lee, program
    add_enterprise(code="a", name="甲", province="浙江", actor=operator)

    def broken(code: str, year: int, today: date) -> SeasonFacts:
        if code == "a":
            raise NianjianError("rulebook_day_too_early")
        return get_season_facts(code, year, today)

    monkeypatch.setattr(remind, "get_season_facts", broken)
    assert enqueue_due_reminders() > 2
    assert "people of a " in caplog.text
    monkeypatch.undo()
    monkeypatch.setenv(clock.OVERRIDE, TODAY.isoformat())
    enqueue_due_reminders()
    assert outbox.list_decided_enterprises(TODAY) == {"a", "demo"}, "what failed is looked at again"


def test_a_failed_try_is_queued_and_given_up_visibly(
    lee: Actor, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _confirmed(program)
    enqueue_due_reminders()
    program.status = 500
    now = NOON
    for pause in (*outbox.PAUSES, timedelta()):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        assert operations.deliver_messages() == 1
        states = set(Dispatch.objects.values_list("state", "fault"))
        now += pause
    assert states == {("failed", "HTTP 500")}
    assert len(program.heard) == len(outbox.PAUSES) + 1
    program.status = 200
    for one in Dispatch.objects.all():
        operations.retry_sending(enterprise="demo", dispatch=one.pk, actor=lee)
    assert operations.deliver_messages() == 1
    assert set(Dispatch.objects.values_list("state", "channel")) == {("delivered", number)}
    assert "可能重复" not in program.heard[-1]["message"], "it was certainly not delivered before"
    with pytest.raises(NianjianError, match="dispatch_delivered"):
        operations.retry_sending(enterprise="demo", dispatch=Dispatch.objects.all()[0].pk, actor=lee)


def test_nobody_at_home_is_no_maybe_and_a_cut_answer_is(lee: Actor, program: Program) -> None:
    _confirmed(program)
    enqueue_due_reminders()
    Channel.objects.update(address=_closed_port())
    assert operations.deliver_messages() == 1
    assert set(Dispatch.objects.values_list("state", "fault")) == {("queued", "NewConnectionError")}
    Channel.objects.update(address=program.url)
    program.status = 504
    Dispatch.objects.update(next_at=NOON)
    assert operations.deliver_messages() == 1
    states = set(Dispatch.objects.values_list("state", "fault"))
    assert states == {("unclear", "HTTP 504")}, "the receiver behind may have taken it"
    program.status = 200
    program.heard.clear()
    Dispatch.objects.update(state=Dispatch.QUEUED)
    program.cut = True
    assert (operations.deliver_messages(), operations.deliver_messages()) == (1, 0)
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"unclear"}
    assert len(program.heard) == 1, "it is not sent again unasked"
    program.cut = False
    for one in Dispatch.objects.all():
        operations.retry_sending(enterprise="demo", dispatch=one.pk, actor=lee)
    assert operations.deliver_messages() == 1
    assert program.heard[-1]["message"].startswith("可能重复")


def _closed_port() -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"json://127.0.0.1:{closed.getsockname()[1]}/"


def test_a_worker_that_died_leaves_maybe_sent(lee: Actor, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    del lee
    _confirmed(program)
    enqueue_due_reminders()
    claimed = outbox.claim_dispatches(NOON)
    assert claimed
    assert outbox.claim_dispatches(NOON) is None, "what is taken is nobody else's"
    assert operations.deliver_messages() == 0
    monkeypatch.setattr(clock, "now", lambda: NOON + outbox.LEASE + timedelta(seconds=1))
    assert operations.deliver_messages() == 0
    assert set(Dispatch.objects.values_list("state", "fault")) == {("unclear", "worker_died")}
    assert not program.heard
    outbox.settle_dispatches(claimed=claimed, outcome=speaking.Outcome.SENT, fault="", now=NOON)  # it was only slow
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"delivered"}


def test_a_slow_receiver_keeps_no_other_waiting(lee: Actor, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    del lee
    for _ in range(3):
        _confirmed(program)
    enqueue_due_reminders()
    lock, others, texts = Lock(), Event(), list[str]()

    def slow(_kind: str, _address: str, _title: str, text: str, _mail: str) -> tuple[speaking.Outcome, str]:
        with lock:
            place = len(texts)
            texts.append(text)
        if place == 2:
            others.set()
        heard = place > 0 or others.wait(20)  # the first answers when both others were told
        return (speaking.Outcome.SENT, "") if heard else (speaking.Outcome.UNCLEAR, "TimeoutError")

    monkeypatch.setattr(speaking, "send_text", slow)
    assert (operations.deliver_messages(), operations.deliver_messages()) == (3, 0)
    assert len(texts) == 3, "each channel once"
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"delivered"}
    assert not outbox.claim_dispatches(NOON), "nothing is left"


def test_quiet_hours_and_digest(lee: Actor, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    _confirmed(program)
    operations.set_choices(scope="role", quiet_from=time(11), quiet_until=time(13), digest=None, actor=lee)
    before = Entry.objects.count()
    operations.set_choices(scope="role", quiet_from=time(11), quiet_until=time(13), digest=None, actor=lee)
    assert Entry.objects.count() == before, "the same again writes nothing"
    enqueue_due_reminders()
    assert operations.deliver_messages() == 0
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=1))
    assert operations.deliver_messages() == 1
    with pytest.raises(NianjianError, match="scope_unknown"):
        operations.set_choices(scope="x", quiet_from=time(1), quiet_until=time(2), digest=None, actor=lee)


def test_who_may_not_read_any_more_is_not_told(lee: Actor, program: Program) -> None:
    _confirmed(program)
    enqueue_due_reminders()
    assert operations.has_unread(lee) == Message.objects.filter(user=lee.name).count() > 2
    Membership.objects.filter(user_id=lee.name).delete()
    assert operations.has_unread(lee) == 0, "what the inbox does not show is not counted"
    operations.deliver_messages()
    assert set(Dispatch.objects.values_list("state", "fault")) == {("dropped", "reader_gone")}
    assert not program.heard
    assert not list(operations.list_messages(lee))


def test_a_report_that_was_handed_in_meanwhile_is_not_called_late(lee: Actor, program: Program) -> None:
    _confirmed(program)
    enqueue_due_reminders()
    waiting = {(one.about, one.values["year"]) for one in Message.objects.filter(user=lee.name)}
    about, year = next(one for one in sorted(waiting) if one[0].startswith("track:"))
    track = about.partition(":")[2]
    season_operations.note_report(enterprise="demo", year=year, track=track, licence=None, day=TODAY, actor=lee)
    deliver_due_messages()
    states = dict(Dispatch.objects.values_list("message__about", "state"))
    assert states[about] == "dropped"
    assert "delivered" in states.values(), "what is still to be done is told"
    assert Dispatch.objects.get(message__about=about).fault == "matter_settled"


def test_mail_by_the_installations_server(lee: Actor, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    del program
    with pytest.raises(NianjianError, match="channel_unreachable") as refused:
        operations.add_channel(address="lee@example.com", actor=lee)
    assert "未设置邮件服务器" in error_message(refused.value.code, refused.value.values, words(CHINESE))
    server = Mail()
    monkeypatch.setenv("NIANJIAN_MAIL_URL", server.url)
    with served(server):
        channel = operations.add_channel(address="lee@example.com", actor=lee)
        assert channel.mask == "l***@example.com"
        match = re.search(r"\d{6}", _body(server))
        assert match
        operations.confirm_channel(channel=channel.channel, code=match[0], actor=lee)
        count = enqueue_due_reminders()
        assert operations.deliver_messages() == 1
        server.refusing = True
        Dispatch.objects.update(state=Dispatch.QUEUED)
        operations.deliver_messages()
        assert set(Dispatch.objects.values_list("state", "fault")) == {("queued", "SMTPRecipientsRefused")}
        with pytest.raises(NianjianError, match="channel_unreachable"):
            operations.add_channel(address="nobody@example.com", actor=lee)
    recipients, message = server.taken[-1]
    assert (recipients, message["subject"]) == (["lee@example.com"], f"年检：{count} 条提醒")
    assert "许可年报" in _body(server)


def _body(server: Mail) -> str:
    part = server.taken[-1][1].get_body(("plain",))
    assert part is not None
    return str(part.get_content())


ROBOT = "633a31f6-7f9c-4bc4-97a0-0ec1eefa5898"


@pytest.mark.parametrize(
    ("address", "kind", "scheme", "refused", "fine"),
    [
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={ROBOT}", "wecom", "wecombot",
         {"errcode": 93000, "errmsg": "invalid webhook url"}, {"errcode": 0, "errmsg": "ok"}),
        (f"https://oapi.dingtalk.com/robot/send?access_token={'ab12' * 16}", "dingtalk", "dingtalk",
         {"errcode": 310000, "errmsg": "keywords not in content"}, {"errcode": 0, "errmsg": "ok"}),
        (f"https://open.feishu.cn/open-apis/bot/v2/hook/{ROBOT}", "feishu", "feishu",
         {"code": 19001, "msg": "param invalid"}, {"StatusCode": 0, "code": 0, "msg": "success"}),
        (f"lark://{ROBOT}", "lark", "lark", {"code": 19001, "msg": "x"}, {"code": 0, "msg": "success"}),
        ("schan://SCT12345TabcdefGHIJ", "serverchan", "schan", {"code": 40001}, {"code": 0, "data": {}}),
        ("wxpusher://AT_abc123/UID_abc", "wxpusher", "wxpusher", {"code": 1001, "msg": "x"},
         {"code": 1000, "msg": "x"}),
    ],
)  # fmt: skip
def test_a_chat_that_refuses_with_200_is_not_taken_for_delivered(  # noqa: PLR0917 -- a row of the table
    lee: Actor, program: Program, monkeypatch: pytest.MonkeyPatch, address: str, kind: str, scheme: str,
    refused: object, fine: object,
) -> None:  # fmt: skip
    monkeypatch.setattr(smtp.plugins()[scheme], "notify_url", f"http://127.0.0.1:{program.server_port}/send/")
    program.answer = json.dumps(refused).encode()
    with pytest.raises(NianjianError, match="channel_unreachable") as caught:
        operations.add_channel(address=address, actor=lee)
    assert re.fullmatch("(err)?code [1-9][0-9]+", str(caught.value.values["reason"])), "its number, not ours"
    program.answer = json.dumps(fine).encode()
    channel = operations.add_channel(address=address, actor=lee)
    assert channel.kind == kind
    assert ROBOT[:8] not in channel.mask
    assert len(program.heard) == 2
    assert re.search(r"\d{6}", str(program.heard[-1]))


def test_apprises_own_plug_ins_stay_as_they_are() -> None:
    plugins = smtp.plugins()
    assert plugins["dingtalk"] is not dingtalk.NotifyDingTalk
    assert vars(dingtalk)["requests"] is requests
    with pytest.raises(RuntimeError, match="dingtalk"):
        smtp._copied("dingtalk", "httpx", requests, None)  # as in a version that posts otherwise


def test_a_text_that_is_too_long_for_a_chat_goes_in_several(
    lee: Actor, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    del lee
    _confirmed(program)
    count = enqueue_due_reminders()
    monkeypatch.setattr(speaking, "LONGEST", 600)
    assert operations.deliver_messages() > 1
    assert all(len(f"{one['title']}\r\n{one['message']}".encode()) <= 600 for one in program.heard)
    lines = [line for one in program.heard for line in one["message"].splitlines()[:-1]]
    assert len(set(lines)) == len(lines) == count, "each once"
    assert set(Dispatch.objects.values_list("state", "tries")) == {("delivered", 1)}


def test_addresses_that_are_refused(lee: Actor, program: Program) -> None:
    del program
    for address in (
        "https://example.com/hook", "json://10.0.0.1/", "json://localhost/", "mailtos://user:word@example.com",
        "wecombot://633a31f6-7f9c-4bc4-97a0-0ec1eefa5898/?verify=no", "x", "", "a@b", "file:///etc/passwd",
        "gotify://127.0.0.1/token", "a@example.com?smtp=10.0.0.1",
    ):  # fmt: skip
        with pytest.raises(NianjianError, match="channel_address_wrong") as caught:
            operations.add_channel(address=address, actor=lee)
        assert not caught.value.values, "a secret is not echoed"
    assert not Channel.objects.exists()


def test_codes_run_out_and_addresses_are_sealed(lee: Actor, program: Program) -> None:
    from django.db import connection  # noqa: PLC0415 -- after the set-up

    channel = operations.add_channel(address=program.url, actor=lee)
    for _guess in range(5):
        with pytest.raises(NianjianError, match="channel_code_wrong"):
            operations.confirm_channel(channel=channel.channel, code="x", actor=lee)
    with pytest.raises(NianjianError, match="channel_unknown"):
        operations.confirm_channel(channel=channel.channel, code="x", actor=lee)
    assert Channel.objects.get().address == "", "what is closed is forgotten"
    operations.add_channel(address=program.url, actor=lee)
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM notify_channel WHERE closed_at IS NULL")
        assert "127.0.0.1" not in cursor.fetchone()[0]
    for _more in range(people.NEW_CHANNELS_AN_HOUR - Channel.objects.count()):
        operations.close_channel(channel=operations.add_channel(address=program.url, actor=lee).channel, actor=lee)
    with pytest.raises(NianjianError, match="channels_too_often"):
        operations.add_channel(address=program.url, actor=lee)
    for actor in (Actor("root"), Actor("lee", USER, frozenset({"read"}))):
        with pytest.raises(NianjianError, match="channel_by_person"):
            operations.add_channel(address=program.url, actor=actor)
