"""The inspection room: what is released is seen and recorded, everything else is not there; the firm's choice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection.models import RoomEntry
from nianjian.features.inspection.operations import day
from nianjian.features.inspection.operations.day import VisitInput
from nianjian.platform.accounts import links
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit import query as audit
from nianjian.platform.registers import storage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("august")]
VISIT = date(2026, 9, 3)
PAGE = "/e/demo/inspection/day/room/"
SEATS = ["check:S2", "register:seats"]


@pytest.fixture
def visit(demo: str, operator: Actor) -> str:
    """An inspection day of the demo and a seat."""
    day.save_visit(enterprise=demo, given=VisitInput(VISIT), actor=operator)
    texts = {"seat_id": "T00S001", "person": "赵云", "desk": "A-01", "kind": "人工", "employment": "自有"}
    storage.create_row(kind="seats", enterprise=demo, texts=texts, since=None, reason="", actor=operator)
    return demo


def enter(enterprise: str, operator: Actor) -> Client:
    """An inspector who has opened the link."""
    made = day.admit_inspector(
        enterprise=enterprise, user="insp", until=clock.now().date() + timedelta(days=2), actor=operator
    )
    client = Client(headers={"accept-language": "zh-CN"})
    assert client.post(made.path).headers["Location"] == "/room/"
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_inspector_sees_what_is_released_and_each_opening_is_recorded(visit: str, operator: Actor) -> None:
    inspector = enter(visit, operator)
    assert "企业还没有为这个检查日放行任何内容" in text_of(inspector, "/")
    day.release_items(enterprise=visit, day=VISIT, items=SEATS, actor=operator)
    seen = text_of(inspector, "/")
    assert "T00S001" in seen
    assert "赵云" not in seen, "names are masked"
    assert "/room/demo/S3/" not in seen
    for address in (
        "/room/demo/S3/",
        "/room/demo/S2/?ledger=staff",
        "/room/demo/S99/",
        "/room/other/",
        "/room/other/S2/",
    ):
        assert inspector.get(address).status_code == 404, address
    assert [(entry.rule, entry.by, entry.subject) for entry in RoomEntry.objects.all()] == [("S2", "user:insp", None)]
    (entry,) = audit.acts(enterprise=visit, verb="inspection.room_look")
    assert entry.data["row"] == "S2"


def test_a_guessed_address_is_not_there_for_an_inspector(visit: str, operator: Actor) -> None:
    inspector = enter(visit, operator)
    for address in ("/e/demo/", "/e/demo/complaints/", PAGE, f"{PAGE}preview/", "/account/", "/inbox/", "/search/"):
        assert inspector.get(address).status_code == 404, address
    assert signed_in("boss").get("/room/demo/").status_code == 404, "the room is for whom a link has let in"


def test_the_room_closes_with_the_link_and_after_the_day(
    visit: str, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    day.release_items(enterprise=visit, day=VISIT, items=SEATS, actor=operator)
    inspector = enter(visit, operator)
    (held,) = links.list_links(["insp"])["insp"]
    monkeypatch.setenv("NIANJIAN_TODAY", str(VISIT + timedelta(days=1)))
    assert day.find_room_visit(visit) is None
    with pytest.raises(NianjianError, match="room_over"):
        day.release_items(enterprise=visit, day=VISIT, items=[], actor=operator)
    monkeypatch.setenv("NIANJIAN_TODAY", str(VISIT))
    links.revoke_link(link=held.id, actor=operator)
    assert inspector.get("/room/demo/S2/").headers["Location"].startswith("/account/login/")


def test_an_original_is_asked_for_and_shown(visit: str, operator: Actor) -> None:
    day.release_items(enterprise=visit, day=VISIT, items=SEATS, actor=operator)
    inspector, boss = enter(visit, operator), signed_in("boss")
    assert inspector.post("/room/demo/S2/ask/", {"subject": "  "}).status_code == 422
    assert inspector.post("/room/demo/S3/ask/", {"subject": "T00S001"}).status_code == 404
    answer = inspector.post("/room/demo/S2/ask/", {"subject": "T00S001"}, follow=True)
    assert "T00S001" in answer.content.decode()
    page = boss.get(PAGE).content.decode()
    assert "T00S001" in page
    (entry,) = RoomEntry.objects.filter(asked=True)
    assert boss.post(f"{PAGE}shown/", {"entry": str(entry.pk)}).status_code == 302
    entry.refresh_from_db()
    assert entry.answered_by == "user:boss"
    (shown,) = audit.acts(enterprise=visit, verb="inspection.room_shown")
    assert "T00S001" not in str(shown.data), "the chain holds no value"


def test_the_firm_chooses_item_by_item_and_sees_the_same_page(visit: str, operator: Actor) -> None:
    boss = signed_in("boss")
    assert boss.post(f"{PAGE}keep/", {"day": str(VISIT), "item": SEATS}).status_code == 302
    (entry,) = audit.acts(enterprise=visit, verb="inspection.room")
    assert entry.data == {"day": str(VISIT), "added": SEATS, "removed": []}
    seen = text_of(enter(visit, operator), "/room/demo/S2/")
    preview = text_of(boss, f"{PAGE}preview/S2/")
    begin, end = '<h2 id="ledger">', "</table>"
    assert seen[seen.index(begin) :].partition(end)[0] == preview[preview.index(begin) :].partition(end)[0]
    assert boss.get(f"{PAGE}preview/S3/").status_code == 404
    assert RoomEntry.objects.count() == 1, "a preview leaves no line"
    with pytest.raises(NianjianError, match="room_item_unknown"):
        day.release_items(enterprise=visit, day=VISIT, items=["register:consents"], actor=operator)


def test_without_a_day_there_is_nothing_to_choose(demo: str) -> None:
    boss = signed_in("boss")
    assert "/e/demo/inspection/day/" in boss.get(PAGE).content.decode()
    assert clock.today() < VISIT
    assert day.find_room_visit(demo) is None
