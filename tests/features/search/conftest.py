"""An enterprise with registers, tickets and a case, of which two teams own a part each, and people of several roles."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override
from tests.support.people import signed_in
from tests.support.worlds import begin

from nianjian.features.complaints import operations as complaints
from nianjian.features.rectification import operations as rectification
from nianjian.features.rectification.storage import Notice
from nianjian.features.search.queries import Hit, Reader, read_search, search
from nianjian.platform.accounts.access import team_of
from nianjian.platform.accounts.models import Membership
from nianjian.platform.accounts.query import USER, Actor, enterprise
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.registers import storage

OPERATOR = Actor("tester")
Find = Callable[..., dict[str, list[Hit]]]


def write(kind: str, /, **texts: str) -> str:
    """A row that holds since ever."""
    return storage.create_row(kind=kind, enterprise="demo", texts=texts, since=None, reason="", actor=OPERATOR)


@pytest.fixture
def demo(db: None, tmp_path: Path) -> str:
    del db
    begin("searched", tmp_path, _fill)
    return "demo"


def _fill() -> None:
    for code, name in (("demo", "示范呼叫中心"), ("other", "另一家客服")):
        add_enterprise(code=code, name=name, province="北京", actor=OPERATOR)
    write("teams", team_id="T1", name="速达外包", kind="外包")
    write("teams", team_id="T2", name="本部客服", kind="自有")
    write("numbers", root="95013", filing="已备案", carrier="中国电信", gateway="HZ-GW-01")
    write("lines", line_id="L23", name="中继23", carrier="中国联通", team="T1", gateway="HZ-GW-01")
    write("lines", line_id="L230", name="Ｓｕｄａ备用", carrier="中国电信", team="T2")
    write("seats", seat_id="S0001", kind="人工", team="T1", person="张三", display="13811112345")
    write("seats", seat_id="S0002", kind="机器人", team="T2")
    write("staff", staff_id="E1001", person="李四", identity="11010519491231002X", team="T2")
    write("consents", number="13800138000", purpose="回访")
    write("do-not-call", number="13900138000", source="客户来电要求")
    for ticket, team, complainant in (("TS00003", "T1", "13800138000"), ("TS00004", "T2", "13700008000")):
        complaints.open_ticket(
            enterprise="demo",
            texts={
                "ticket_id": ticket, "source": "12321", "reference": f"JB-{ticket}", "team_id": team,
                "complainant": complainant, "complained": "95013001", "category": "骚扰",
            },
            actor=OPERATOR,
        )  # fmt: skip
    notice = Notice(date(2026, 11, 2), None, "京通管〔2026〕7号", ("投诉率偏高",))
    rectification.open_case(enterprise="demo", notice=notice, paper=None, actor=OPERATOR)


def sign_in(name: str, role: str, team: str = "", language: str = "zh-CN") -> Client:
    """Somebody with a role at the enterprise."""
    client = signed_in(name, role, "demo", language)
    Membership.objects.filter(user_id=name).update(team=team)
    return client


@pytest.fixture
def find(demo: str) -> Find:
    """What a person of a role finds, by kind."""

    def run(text: str, role: str = "administrator", team: str = "") -> dict[str, list[Hit]]:
        sign_in(f"{role}-{team}", role, team)
        actor = Actor(f"{role}-{team}", USER)
        reader = Reader(actor, enterprise(demo), team_of(actor, demo))
        with override("en"):
            return {group.kind: list(group.hits) for group in search(reader, read_search(text))}

    return run
