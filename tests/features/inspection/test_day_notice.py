"""Scans of the notice beside a day, and what stands for the two screens: sources, and a person's signed note."""

import io
import json
import zipfile
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.support.people import signed_in

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection import states
from nianjian.features.inspection.models import NoticeScan
from nianjian.features.inspection.operations import day as visits
from nianjian.features.inspection.operations.day import VisitInput, build_sheet
from nianjian.features.screens import queries
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.vault import blobs, keyring

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("august")]
TODAY, VISIT = date(2026, 8, 31), date(2026, 9, 3)
PLACE = "/e/demo/inspection/day/"


def picture(shade: int = 200) -> bytes:
    """A page of 210 x 297 mm at 100 dpi."""
    out = io.BytesIO()
    Image.new("L", (827, 1169), shade).save(out, "PNG", dpi=(100, 100))
    return out.getvalue()


def pdf(program: str = "") -> bytes:
    """A page, with a program in it where one is given."""
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    if program:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=program)
    document.save(out, static_id=True)
    return out.getvalue()


@pytest.fixture
def day(demo: str, operator: Actor) -> str:
    visits.save_visit(enterprise=demo, visit=VisitInput(VISIT, notice="浙通管检7号", received_on=TODAY), actor=operator)
    return demo


def test_a_scan_is_looked_at_kept_sealed_and_named_with_its_digest(day: str, operator: Actor) -> None:
    content = picture()
    scan = visits.attach_scan(enterprise=day, day=VISIT, name="C:\\扫描\\通知书.png", content=content, actor=operator)
    again = visits.attach_scan(enterprise=day, day=VISIT, name="通知书.png", content=content, actor=operator)
    assert again == scan
    assert (scan.name, scan.media_type, scan.pages, scan.size) == ("通知书.png", "image/png", 1, len(content))
    row = NoticeScan.objects.get()
    (lies,) = (keyring.home() / "vault").glob(f"??/{row.blob}")
    assert content not in lies.read_bytes()
    visit = build_sheet(enterprise=day, actor=operator).visit
    assert visit is not None
    assert visit.scans == [scan]
    _name, packed = visits.build_bundle(enterprise=day, actor=operator, language="zh-hans")
    with zipfile.ZipFile(io.BytesIO(packed)) as pack:
        assert scan.sha256 in pack.read("index.html").decode()
        assert not any(content in pack.read(name) for name in pack.namelist()), "nothing in a scan is masked"
    name, media, out = visits.fetch_scan(enterprise=day, day=VISIT, number=scan.scan, actor=operator)
    assert (name, media, out) == ("通知书.png", "image/png", content)
    verbs = [one.verb for one in acts(enterprise=day, newest=2)]
    assert verbs == ["inspection.notice_fetched", "inspection.notice_kept"]
    assert "通知书" not in json.dumps([dict(one.data) for one in acts(enterprise=day)], ensure_ascii=False)


def test_a_number_in_the_name_of_a_scan_is_shown_masked_and_given_out_whole(day: str, operator: Actor) -> None:
    scan = visits.attach_scan(enterprise=day, day=VISIT, name="通知 13800138000.pdf", content=pdf(), actor=operator)
    assert scan.name == "通知 138****8000.pdf"
    name, _media, _out = visits.fetch_scan(enterprise=day, day=VISIT, number=scan.scan, actor=operator)
    assert name == "通知 13800138000.pdf"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "file_empty"),
        ("a.pdf", b"MZ" * 900, "dossier_type_unknown"),
        ("a.exe", b"MZ" * 900, "dossier_type_unknown"),
        ("a.pdf", b"%PDF-1.4\n" + b"x" * 900, "dossier_pdf_broken"),
        ("a.pdf", pdf("app.alert(1)"), "visit_scan_active"),
    ],
)
def test_what_is_no_harmless_scan_is_refused_and_leaves_nothing(
    day: str, operator: Actor, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(NianjianError, match=code):
        visits.attach_scan(enterprise=day, day=VISIT, name=name, content=content, actor=operator)
    assert (NoticeScan.objects.count(), list(blobs.blobs())) == (0, [])


def test_too_large_too_many_and_days_that_are_not_kept(
    day: str, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def attach(on: date = VISIT, content: bytes = pdf()) -> None:
        visits.attach_scan(enterprise=day, day=on, name="a", content=content, actor=operator)

    monkeypatch.setattr(visits, "MOST_SCANS", 2)
    with pytest.raises(NianjianError, match="visit_unknown"):
        attach(TODAY)
    for shade in range(2):
        attach(content=picture(shade))
    with pytest.raises(NianjianError, match="visit_scans_too_many"):
        attach()
    monkeypatch.setattr(visits, "SCAN_LIMIT", 10)
    with pytest.raises(NianjianError, match="file_too_large"):
        attach()
    with pytest.raises(NianjianError, match="visit_scan_unknown"):
        visits.fetch_scan(enterprise=day, day=VISIT, number=10**6, actor=operator)


def test_with_its_day_a_scan_goes_and_its_file_with_it(
    day: str, operator: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    one = visits.attach_scan(enterprise=day, day=VISIT, name="a.pdf", content=pdf(), actor=operator)
    visits.attach_scan(enterprise=day, day=VISIT, name="b.png", content=picture(), actor=operator)
    with django_capture_on_commit_callbacks(execute=True):
        visits.remove_scan(enterprise=day, day=VISIT, number=one.scan, actor=operator)
    assert (NoticeScan.objects.count(), len(list(blobs.blobs()))) == (1, 1)
    with django_capture_on_commit_callbacks(execute=True):
        visits.remove_visit(enterprise=day, day=VISIT, actor=operator)
    assert (NoticeScan.objects.count(), list(blobs.blobs())) == (0, [])


def test_the_page_keeps_gives_and_removes_scans(day: str) -> None:
    client = signed_in("anna")
    sent = {"day": VISIT.isoformat(), "file": SimpleUploadedFile("通知书.pdf", pdf())}
    assert client.post(f"{PLACE}scan/", sent).status_code == 302
    row = NoticeScan.objects.get()
    page = client.get(f"{PLACE}?day={VISIT}").content.decode()
    assert "通知书.pdf" in page
    assert row.sha256 in page
    form = {"day": VISIT.isoformat(), "scan": str(row.pk)}
    response = client.post(f"{PLACE}scan/fetch/", form)
    assert (response.status_code, response.content, response["Content-Type"]) == (200, pdf(), "application/pdf")
    assert response["Content-Disposition"].startswith("attachment")
    for wrong in ("x", "9" * 5000, ""):
        assert client.post(f"{PLACE}scan/fetch/", form | {"scan": wrong}).status_code == 404
    refused = {"day": VISIT.isoformat(), "file": SimpleUploadedFile("a.pdf", b"MZ" * 900)}
    assert client.post(f"{PLACE}scan/", refused).status_code == 302
    assert client.post(f"{PLACE}scan/remove/", form).status_code == 302
    assert not NoticeScan.objects.exists()


def _row(day: str, operator: Actor) -> tuple[str, dict[str, tuple[str, str]]]:
    row = next(one for one in build_sheet(enterprise=day, actor=operator).rows if one.rule == "S9")
    return row.state, {one.check: (one.state, one.why) for one in row.evidence}


def test_the_screens_pass_only_by_fresh_sources_and_a_signed_note(
    day: str, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _row(day, operator) == ("not_proved", {
        "screens": ("not_proved", "screens_absent"), "screens_seen": ("not_proved", "screens_by_eye"),
    })  # fmt: skip
    for wrong in (TODAY + timedelta(days=1), date(2020, 1, 1)):
        with pytest.raises(NianjianError, match="screens_seen_wrong"):
            visits.note_screens(enterprise=day, seen_on=wrong, stand=True, actor=operator)
    signed_in("anna")
    row = visits.note_screens(enterprise=day, seen_on=TODAY - timedelta(days=6), stand=True, actor=Actor("anna", USER))
    assert row.signed == "user:anna"
    assert _row(day, operator)[0] == "not_proved", "a person's note alone proves no live data"
    fresh = SimpleNamespace(state="fresh")
    live = SimpleNamespace(now=fresh, calls=fresh, gate=fresh)
    monkeypatch.setattr(queries, "office_figures", lambda _enterprise: live)
    assert _row(day, operator) == ("passed", {
        "screens": ("passed", "screens_live"), "screens_seen": ("passed", "screens_seen"),
    })  # fmt: skip
    note = build_sheet(enterprise=day, actor=operator).screens
    assert note is not None
    assert (note.signed, note.until) == ("user:anna", TODAY.isoformat())
    monkeypatch.setenv("NIANJIAN_TODAY", (TODAY + timedelta(days=1)).isoformat())
    assert _row(day, operator)[1]["screens_seen"] == ("not_proved", "screens_note_over")
    visits.note_screens(enterprise=day, seen_on=None, stand=False, actor=operator)
    assert _row(day, operator)[0] == "failed"
    live.gate = SimpleNamespace(state="stale")
    assert _row(day, operator)[1]["screens"] == ("failed", "screens_stale")


@pytest.mark.parametrize(
    ("ago", "days", "state"), [(0, 1, "passed"), (1, 1, "not_proved"), (6, 7, "passed"), (7, 7, "not_proved")]
)
def test_a_note_counts_through_its_last_day(ago: int, days: int, state: str) -> None:
    assert states.judge_screens(TODAY - timedelta(days=ago), days, TODAY, stand=True)[0] == state


def test_the_page_signs_with_the_account_and_rows_lead_where_they_are_mended(day: str, operator: Actor) -> None:
    client = signed_in("anna")
    form = {"seen_on": TODAY.isoformat(), "stand": "yes"}
    assert client.post(f"{PLACE}screens/", form).status_code == 302
    page = client.get(PLACE).content.decode()
    assert "anna 签名" in page
    for way in ("reconcile/", "inspection/callback/", "inspection/dialling/", "inspection/retention/",
                "inspection/answers/", "complaints/", "inspection/screens/", "inspection/drill/"):  # fmt: skip
        assert f'href="/e/demo/{way}"' in page
    assert client.post(f"{PLACE}screens/", {"seen_on": "x"}).status_code == 302
    note = build_sheet(enterprise=day, actor=operator).screens
    assert note is not None
    assert note.seen_on == TODAY.isoformat()
