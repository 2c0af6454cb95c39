"""The guided start: every step's state comes out of the data, and who has put it away is not led on."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.overview.first_steps import PROVINCE, SHAPE, check_licence
from nianjian.features.portrait import portraits
from nianjian.features.rectification.operations import open_case
from nianjian.features.rectification.storage import Notice
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.audit.query import acts
from nianjian.platform.registers import batches
from nianjian.platform.registers import storage as rows
from nianjian.platform.registers.numbers import Number

OPERATOR = Actor("tester")
START = "/e/demo/start/"
RECEIPT = {
    "source": "asterisk",
    "rows": {"read": 1, "loaded": 1, "duplicate": 0, "rejected": 0},
    "days": ["2025-11-20"],
}


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-25")


@pytest.fixture
def officer(db: None, home: Path, keys: None) -> Client:
    add_enterprise(code="demo", name="示范", province="浙江", actor=OPERATOR)
    return signed_in("otto", role="data_officer", enterprise="demo", language="en")


def _text(client: Client, address: str = "/e/demo/") -> str:
    return " ".join(client.get(address).content.decode().split())


def _row(register: str, **texts: str) -> None:
    rows.create_row(kind=register, enterprise="demo", texts=texts, since=None, reason="", actor=OPERATOR)


def _batch() -> None:
    batches.add_batch_file(
        batch="B1", enterprise="demo", name="a.csv", sha256="B1", generation=1, receipt=RECEIPT, actor=OPERATOR
    )


def _run(sample: dict[str, Any]) -> None:
    with portraits.stage_portrait("demo", 2026, sample, actor="user:otto") as put:
        put()


def _here(text: str) -> str:
    """Heading of the step that is next."""
    if 'aria-current="step"' not in text:
        return ""
    return text.split('aria-current="step"')[1].split("<b>")[1].split("</b>", maxsplit=1)[0]


def test_an_enterprise_without_a_light_is_led_from_step_to_step(officer: Client, sample: dict[str, Any]) -> None:
    text = _text(officer)
    assert _here(text) == "Enterprise and licence"
    assert "Step 1 of 5" in text
    assert text.count("light insufficient") == 4, "what cannot be said yet is told"
    assert "light green" not in text
    _row("licences", number="浙B2-20240001", valid_until="2027-01-31")
    text = _text(officer)
    assert _here(text) == "Call records"
    assert "/registers/licences/%E6" in text.split('id="deadlines"')[1].split("</section>")[0], (
        "its dates stand among the deadlines at once"
    )
    _batch()
    text = _text(officer)
    assert _here(text) == "Own numbers and seats"
    assert 'action="/e/demo/2025/run/"' in text, "of the year of the calls, and at any time"
    _row("numbers", root="95013")
    assert _here(_text(officer)) == "Own numbers and seats", "seats are missing"
    _row("seats", seat_id="S1", kind="人工")
    assert _here(_text(officer)) == "A colleague"
    for name in ("lena", "lea"):
        add_user(name=name, role="compliance_lead", enterprises=["demo"], actor=OPERATOR)
    assert _here(_text(officer)) == "The first light"
    _run(sample)
    text = _text(officer)
    assert 'class="verdict' in text
    assert _here(text) == ""
    assert "No complaint is in the register" in text.split('id="unknown"')[1].split("</section>")[0]
    _run(sample)
    assert 'id="unknown"' not in _text(officer), "who has computed twice knows the way"


def test_a_row_that_holds_no_longer_is_none(officer: Client) -> None:
    _row("licences", number="浙B2-20240001")
    _batch()
    assert "Sheet of numbers" in _text(officer)
    _row("numbers", root="95013")
    assert "Sheet of numbers" not in _text(officer)
    version = Number.objects.get().pk
    yesterday = clock.today() - timedelta(days=1)
    rows.end_rows(kind="numbers", enterprise="demo", versions=[version], start=yesterday, reason="收回", actor=OPERATOR)
    assert "Sheet of numbers" in _text(officer)


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("浙B2-20240001", []), ("B2-20240001", []), ("沪B2-20240001", [PROVINCE]), ("浙江-1", [SHAPE]),
        ("沪-1", [SHAPE, PROVINCE]),
    ],
)  # fmt: skip
def test_what_is_unusual_about_a_licence_number(number: str, found: list[str]) -> None:
    assert list(check_licence(number, "浙江")) == found
    assert PROVINCE not in check_licence(number, ""), "of an enterprise without a province nothing is said"


def test_an_unusual_number_is_asked_about_once(officer: Client) -> None:
    answer = officer.post(START, {"number": " 沪b2-20240001"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "stands for another province than the enterprise&#x27;s: 上海" in text
    assert 'name="sure" value="沪B2-20240001"' in text
    assert officer.post(START, {"number": "沪-1", "sure": "沪B2-20240001"}).status_code == 422, "another doubt"
    answer = officer.post(START, {"number": "沪B2-20240001", "sure": "沪B2-20240001"})
    assert answer.headers["Location"] == "/e/demo/"
    assert "沪B2-20240001" in _text(officer, "/e/demo/registers/licences/")


def test_a_licence_that_is_refused_says_why(officer: Client) -> None:
    assert "required" in officer.post(START, {"number": ""}).content.decode()
    data = {"number": "浙B2-20240001", "issued_on": "2025-01-01", "valid_until": "2024-01-01"}
    answer = officer.post(START, data)
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)
    assert sum(1 for _ in acts(verb="registers.create")) == 0


def test_it_is_put_away_by_one_person_and_comes_back(officer: Client) -> None:
    other = signed_in("lena", role="compliance_lead", enterprise="demo", language="en")
    assert officer.post(f"{START}lead/", {"on": "no"}).headers["Location"] == "/e/demo/"
    officer.post(f"{START}lead/", {"on": "no"})
    assert sum(1 for _ in acts(verb="user.comfort")) == 1, "nothing changed, nothing is written"
    text = _text(officer)
    assert 'class="stages"' not in text
    assert f'href="{START}"' in text
    assert 'class="stages"' in _text(other)
    assert 'value="yes"' in _text(officer, START)
    officer.post(f"{START}lead/", {"on": "yes"})
    assert 'class="stages"' in _text(officer)


def test_a_row_from_the_steps_leads_back_to_them(officer: Client) -> None:
    _row("licences", number="浙B2-20240001")
    _batch()
    address = _text(officer).split("Send and check")[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert 'value="已备案" selected' in officer.get(address).content.decode(), (
        "what makes a number an own one is filled in"
    )
    sent = officer.post(address, {"root": "95013"})
    assert sent.headers["Location"] == "/e/demo/"
    assert officer.post("/e/demo/registers/numbers/new/", {"root": "95014"}).headers["Location"] != "/e/demo/"


def test_files_from_the_steps_go_straight_to_their_check(officer: Client) -> None:
    seats = "坐席编号,类型\nS1,人工\n".encode()
    sent = officer.post("/e/demo/data/import/", {"kind": "seats", "files": SimpleUploadedFile("a.csv", seats)})
    assert sent.headers["Location"].endswith("/check/")
    assert "/commit/" in _text(officer, sent.headers["Location"])
    sent = officer.post("/e/demo/data/import/", {"kind": "calls", "files": SimpleUploadedFile("b.csv", b"a,b\n1,2\n")})
    assert sent.headers["Location"].endswith("/mapping/"), "a source that is not known asks for its columns"


def test_a_date_that_is_over_is_said_to_be_over(officer: Client) -> None:
    open_case(enterprise="demo", notice=Notice(date(2026, 11, 1), date(2026, 11, 20)), paper=None, actor=OPERATOR)
    page = _text(officer)
    assert "overdue for 5 days" in page.split('id="deadlines"')[1]
    assert "-5" not in re.sub("<[^>]*>", " ", page), "no negative days"
