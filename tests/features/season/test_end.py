"""From one season to the next: what is taken over; a closed season is read-only and stands as it stood."""

import hashlib
import io
import json
import os
import zipfile
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.people import signed_in
from tests.support.written import licences

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.approvals import operations as approving
from nianjian.features.archives.closed_seasons import Archive, Kept, list_sealed_blobs
from nianjian.features.dossier import materials
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.fill_in import Report
from nianjian.features.dossier.materials import File, Place
from nianjian.features.dossier.models import Evidence, Submission
from nianjian.features.dossier.operations import arrivals, checklist, fill_in, package, rounds, seals, signatures
from nianjian.features.dossier.operations.fill_in import state_claim
from nianjian.features.dossier.operations.rounds import Handover, RequestInput
from nianjian.features.dossier.operations.seals import PrintRequest
from nianjian.features.dossier.states import Verdict
from nianjian.features.inspection.operations.day import build_sheet
from nianjian.features.maintenance import retention
from nianjian.features.rectification.models import Case
from nianjian.features.rectification.operations import Notice, open_case
from nianjian.features.season import closing, operations
from nianjian.features.season.documents import NotTaken
from nianjian.features.season.operations import roll_over
from nianjian.features.season.queries import summarize_season
from nianjian.features.season.reminders import enqueue_due_reminders
from nianjian.platform.accounts.models import Enterprise
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.query import enterprise as get_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.accounts.service import add_user
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.models import Entry
from nianjian.platform.audit.record import record
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import filings
from nianjian.platform.vault import blobs, keyring

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(clock.OVERRIDE, "2028-01-10")


def _paper(item: str, until: date | None, actor: Actor, *, confirmed: bool = True) -> None:
    place = Place("demo", 2026, item)
    file = File("a.pdf", "application/pdf", item.encode(), 1, Verdict.NEEDS_PERSON, {"fields": {}})
    number = materials.store_version(place=place, file=file, actor=actor).number
    if confirmed:
        checklist.confirm(**asdict(place), number=number, valid_until=until, actor=actor)


def test_what_a_season_takes_over(demo: str, anna: Actor) -> None:
    _paper("articles", None, anna)
    _paper("business_licence", date(2027, 12, 31), anna)
    _paper("seat_table", None, anna)
    operations.assign_task(enterprise=demo, year=2026, task="items", owner="王工", actor=anna)
    result = roll_over(enterprise=demo, year=2027, actor=anna)
    assert (sorted(result.taken), result.owners) == (["articles", "business_licence"], ["items"])
    assert result.left == [
        NotTaken("business_licence", "expired", date(2027, 12, 31)),
        NotTaken("seat_table", "yearly", None),
    ]
    before = Entry.objects.count()
    assert roll_over(enterprise=demo, year=2027, actor=anna).taken == []
    assert Entry.objects.count() == before, "doing it twice changes nothing"


def _filed(demo: str, actor: Actor) -> None:
    for track in ("licence", "code_number"):
        params: dict[str, Any] = {"licence": None, "day": date(2027, 3, 1), "actor": actor}
        operations.note_report(enterprise=demo, year=2026, track=track, **params)


def test_a_closed_season_is_read_only(demo: str, operator: Actor) -> None:
    with pytest.raises(NianjianError, match="season_reports_open"):
        closing.close_season(enterprise=demo, year=2026, actor=operator)
    _filed(demo, operator)
    operations.assign_task(enterprise=demo, year=2026, task="items", owner="王工", actor=operator)
    for year, claim in ((2026, "office"), (2026, "security_training"), (2025, "security_training")):  # the first stands
        state_claim(enterprise=demo, actor=operator, year=year, claim=claim, text="一号")
    with pytest.raises(NianjianError, match="season_package_missing"):
        closing.close_season(enterprise=demo, year=2026, actor=operator)
    archive = closing.close_season(enterprise=demo, year=2026, actor=operator, without_package=True)
    assert [one["state"] for one in archive["season"]["tracks"]] == ["filed", "filed"]
    assert (archive["package"], archive["left_out"], archive["without_package"]) == (None, ["package"], True)
    assert [one["verb"] for one in archive["log"]["acts"]] == [
        "claims.state", "claims.state", "season.task_assigned", "season.filed", "season.filed",
    ]  # fmt: skip
    assert [one["part"] for one in archive["files"]] == ["log"]
    (entry,) = Entry.objects.filter(verb="season.archived")
    assert archive["sha256"] in entry.data
    assert '"without_package":true' in entry.data
    for act in (
        lambda: _filed(demo, operator),
        lambda: operations.assign_task(enterprise=demo, year=2026, task="items", owner="x", actor=operator),
        lambda: closing.close_season(enterprise=demo, year=2026, actor=operator),
        lambda: roll_over(enterprise=demo, year=2026, actor=operator),
    ):
        with pytest.raises(NianjianError, match="season_archived"):
            act()
    add_user(name="insp", role="tester", enterprises=[demo], actor=operator)
    seen = closing.get_archive(enterprise=demo, year=2026, actor=Actor("insp", USER))
    assert (seen["log"]["acts"], seen["log"]["count"]) == ([], 5), "whose acts they are is the chain's readers' matter"


def test_the_sheet_of_a_closed_season_is_still_read(demo: str, operator: Actor) -> None:
    where = {"enterprise": demo, "year": 2026, "report": Report.LICENCE, "actor": operator}
    sheet = fill_in.make_or_read_sheet(**where)
    _filed(demo, operator)
    closing.close_season(enterprise=demo, year=2026, actor=operator, without_package=True)
    assert fill_in.make_or_read_sheet(**where).pk == sheet.pk
    with pytest.raises(NianjianError, match="season_archived"):
        fill_in.make_sheet(**where)


def test_two_people_open_a_closed_season_again(demo: str, operator: Actor, anna: Actor, bo: Actor) -> None:
    of: dict[str, Any] = {"enterprise": demo, "year": 2026}
    with pytest.raises(NianjianError, match="season_archive_unknown"):
        closing.reopen_season(**of, reason="退回补正", actor=anna)
    _filed(demo, operator)
    first = closing.close_season(**of, actor=operator, without_package=True)
    with pytest.raises(NianjianError, match="season_reason_missing"):
        closing.reopen_season(**of, reason=" ", actor=anna)
    add_user(name="insp", role="tester", enterprises=[demo], actor=operator)
    with pytest.raises(NianjianError, match="role_missing"):
        closing.reopen_season(**of, reason="x", actor=Actor("insp", USER))
    approval = closing.reopen_season(**of, reason="退回补正", actor=anna)
    with pytest.raises(NianjianError, match="approval_pending"):
        closing.reopen_season(**of, reason="另一个理由", actor=bo)
    (request,) = [one for one in approving.list_requests(actor=bo) if one.approval == approval.id]
    assert request.asked == {"season": 2026, "document": first["sha256"], "reason": "退回补正"}
    with pytest.raises(NianjianError, match="approval_same_person"):
        approving.approve(approval=approval.id, actor=anna)
    with pytest.raises(NianjianError, match="season_archived"):
        _filed(demo, operator)
    approving.approve(approval=approval.id, actor=bo)
    (entry,) = Entry.objects.filter(verb="season.reopened")
    assert first["sha256"] in entry.data
    with pytest.raises(NianjianError, match="season_archive_unknown"):
        closing.get_archive(**of, actor=operator)
    operations.assign_task(**of, task="items", owner="王工", actor=anna)
    second = closing.close_season(**of, actor=operator, without_package=True)
    assert second["sha256"] != first["sha256"]
    assert [one["verb"] for one in second["log"]["acts"]][:2] == ["season.task_assigned", "season.reopened"]
    rows = Archive.objects.order_by("closed_at")
    assert [one.sha256 for one in rows] == [first["sha256"], second["sha256"]], "the first one stays"
    assert [one.opened_at is None for one in rows] == [False, True]
    assert list_sealed_blobs() == set(Kept.objects.values_list("blob", flat=True)), "and its files"
    assert len(list_sealed_blobs()) == 2
    assert [one["opened_at"] is None for one in second["closings"]] == [False, True]
    assert (second["closings"][0]["opening_asked_by"], second["closings"][0]["opened_by"]) == (str(anna), str(bo))
    earlier = closing.get_archive(**of, actor=operator, closing=1)
    assert (earlier["sha256"], len(earlier["closings"])) == (first["sha256"], 2)
    log = closing.download_file(**of, part="log", actor=operator, closing=1)
    (file,) = first["files"]
    assert hashlib.sha256(b"".join(log.content)).hexdigest() == file["sha256"]


def test_a_request_that_was_refused_or_overtaken_opens_nothing(
    demo: str, operator: Actor, anna: Actor, bo: Actor
) -> None:
    of: dict[str, Any] = {"enterprise": demo, "year": 2026}
    _filed(demo, operator)
    closing.close_season(**of, actor=operator, without_package=True)
    approval = closing.reopen_season(**of, reason="x", actor=anna)
    approving.refuse(approval=approval.id, actor=bo)
    with pytest.raises(NianjianError, match="approval_decided"):
        approving.approve(approval=approval.id, actor=bo)
    again = closing.reopen_season(**of, reason="y", actor=anna)
    Archive.objects.update(opening_reason="z")
    with pytest.raises(NianjianError, match="approval_subject_changed"):
        approving.approve(approval=again.id, actor=bo)
    with pytest.raises(NianjianError, match="season_archived"):
        _filed(demo, operator)


def test_of_a_closed_season_nobody_is_reminded(demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    Enterprise.objects.update(created_at=clock.now() - timedelta(days=900))
    add_user(name="lee", role="compliance_lead", enterprises=[demo], actor=operator)
    monkeypatch.setenv(clock.OVERRIDE, "2027-04-15")
    _filed(demo, operator)
    assert enqueue_due_reminders() > 0, "tasks that are late"
    closing.close_season(enterprise=demo, year=2026, actor=operator, without_package=True)
    monkeypatch.setenv(clock.OVERRIDE, "2027-04-25")
    assert enqueue_due_reminders() == 0, "nothing can be done there any more"


def test_an_archive_that_was_changed_is_not_shown_and_a_file_that_was_exchanged_not_given(
    demo: str, operator: Actor
) -> None:
    _filed(demo, operator)
    closing.close_season(enterprise=demo, year=2026, actor=operator, without_package=True)
    row = Archive.objects.get()
    whole = str(row.told)
    row.told = whole.replace("filed", "fixed")
    row.save()
    with pytest.raises(NianjianError, match="season_archive_damaged"):
        closing.get_archive(enterprise=demo, year=2026, actor=operator)
    with pytest.raises(NianjianError, match="season_archive_unknown"):
        closing.get_archive(enterprise=demo, year=2025, actor=operator)
    row.told = whole
    row.save()
    other = blobs.put(b"{}")
    Kept.objects.update(blob=other.id, sha256=other.sha256)
    with pytest.raises(NianjianError, match="season_archive_damaged"):
        closing.download_file(enterprise=demo, year=2026, part="log", actor=operator)


REPORTS = frozenset({Permission.REPORT.value})
PAGES = [{"item": "", "source_page": 1, "content": "c" * 64,
          "look": manifest.encode_fingerprint(np.full((manifest.HIGH, manifest.WIDE), 255, np.uint8))}]  # fmt: skip


def _built(
    demo: str,
    actor: Actor,
    *,
    draft: bool = False,
    page: bytes = b"page",
    run: str = "",
    built: date = date(2026, 10, 20),
) -> str:
    """A package as the worker leaves it; its job."""
    job = package.enqueue_build(enterprise=demo, year=2026, pictures=draft, actor=actor)
    listed = manifest.add_hashes({
        "format": manifest.FORMAT, "version": manifest.VERSION, "enterprise": get_enterprise(demo).name,
        "season": 2026, "draft": draft, "snapshot": run, "items": [],
        "files": [{"path": "upload/1.pdf", "edition": "upload", "bytes": len(page), "pages": PAGES,
                   "document": "d" * 64,
                   "sha256": hashlib.sha256(page).hexdigest(), "sm3": "0" * 64}],
    })  # fmt: skip
    blob = blobs.put(_zip(listed, page))
    result = {"digest": listed["sha256"], "draft": draft, "name": "包.zip", "sha256": blob.sha256, "size": blob.size,
            package.BLOB: blob.id}  # fmt: skip
    Job.objects.filter(pk=job).update(
        state=Job.DONE, result=result, finished_at=datetime.combine(built, time(), clock.ZONE)
    )
    data = {"year": 2026, "manifest": listed["sha256"], "draft": draft, "items": {}}
    record(verb="dossier.built", enterprise=demo, actor=actor, data=data)
    return job


def _zip(listed: dict[str, Any], page: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        pack.writestr("manifest.json", json.dumps(listed))
        pack.writestr("upload/1.pdf", page)
    return packed.getvalue()


def _tracks(demo: str, actor: Actor) -> dict[str, Any]:
    season = summarize_season(enterprise=demo, year=2026, today=clock.today(), actor=actor)
    return {one.track: one.filed_on and one.filed_on.isoformat() for one in season.tracks}


def test_the_package_and_the_season_are_handed_in_at_once(demo: str, anna: Actor, operator: Actor) -> None:
    of: dict[str, Any] = {"enterprise": demo, "year": 2026}
    _built(demo, operator, draft=True, page=b"draft")
    with pytest.raises(NianjianError, match="dossier_package_unbuilt"):
        rounds.read_built_package(**of)
    _built(demo, operator)
    built = rounds.read_built_package(**of)
    rounds.record_submission(**of, package=built, handed=Handover(date(2027, 3, 1), "政务大厅", "受理1"), actor=anna)
    assert _tracks(demo, operator) == {"licence": "2027-03-01", "code_number": None}
    notice = build_sheet(enterprise=demo, actor=operator).notice
    assert (notice.submitted_on, notice.expected_by) == ("2027-03-01", "2027-03-15"), "the visit is expected, too"
    note: dict[str, Any] = {**of, "track": "licence", "licence": None, "actor": operator}
    with pytest.raises(NianjianError, match="role_missing"):
        operations.note_report(
            **{**note, "actor": replace(anna, scopes=REPORTS)},
            day=None,
        )
    operations.note_report(**note, day=date(2027, 3, 2))
    (row,) = rounds.list_packages(**of, actor=operator)
    assert (row.handed_on, row.files_kept) == (date(2027, 3, 2), True), "a corrected day is the day of both"
    assert _tracks(demo, operator)["licence"] == "2027-03-02"
    with pytest.raises(NianjianError, match="dossier_submitted_already"):
        rounds.record_submission(**of, package=built, handed=Handover(date(2027, 3, 3), "大厅"), actor=anna)
    with pytest.raises(NianjianError, match="season_day_early"):
        rounds.record_submission(**of, package=built, handed=Handover(date(2026, 12, 31), "大厅"), actor=anna)
    operations.note_report(**note, day=None)
    assert (rounds.list_packages(**of, actor=operator), _tracks(demo, operator)["licence"]) == ([], None)
    assert rounds.read_built_package(**of).files, "what was withdrawn can be handed in again"


def test_a_report_noted_alone_takes_no_package(demo: str, anna: Actor, operator: Actor) -> None:
    of: dict[str, Any] = {"enterprise": demo, "year": 2026, "track": "licence", "licence": None}
    _built(demo, operator, built=date(2027, 3, 2))
    operations.note_report(**of, day=date(2027, 3, 1), actor=operator)
    season = summarize_season(enterprise=demo, year=2026, today=clock.today(), actor=operator)
    assert (season.package, _tracks(demo, operator)["licence"]) == (None, "2027-03-01"), "built a day later"
    operations.note_report(
        **of,
        day=date(2027, 3, 2),
        actor=replace(anna, scopes=REPORTS),
    )
    assert not rounds.list_submissions(demo, 2026).exists(), "files are handed in by who may keep them"
    operations.note_report(**of, day=date(2027, 3, 3), actor=operator)
    season = summarize_season(enterprise=demo, year=2026, today=clock.today(), actor=operator)
    assert season.package is not None
    assert (season.package.number, season.package.handed_on) == (1, date(2027, 3, 3))


def test_each_licence_has_its_own_day(demo: str, operator: Actor) -> None:
    of: dict[str, Any] = {"enterprise": demo, "year": 2026, "track": "licence", "actor": operator}
    licences(demo, "B2-1", "B2-2")
    _built(demo, operator)
    operations.note_report(**of, licence="B2-1", day=date(2027, 3, 1), receipt="回执1")
    operations.note_report(**of, licence="B2-2", day=date(2027, 3, 20), receipt="回执2")
    rows = {one.licence: (str(one.submitted_on), one.receipt) for one in filings.list_filings(demo, 2026)}
    assert rows == {"B2-1": ("2027-03-01", "回执1"), "B2-2": ("2027-03-20", "回执2")}
    operations.note_report(**of, licence="B2-1", day=date(2027, 3, 2), receipt="回执1")
    assert str(rounds.list_submissions(demo, 2026).get().handed_on) == "2027-03-02", "its only licence's day"


def test_the_season_asks_where_its_package_was_handed_in(demo: str, operator: Actor) -> None:
    client = signed_in("rita", "compliance_lead", demo)
    address, place = f"/e/{demo}/season/?year=2026&task=file_licence", 'id="report-place"'
    assert place not in client.get(address).content.decode(), "there is no package yet"
    _built(demo, operator)
    assert place in client.get(address).content.decode()
    form = {"act": "file", "year": "2026", "track": "licence", "day": "2027-03-01", "place": "政务大厅"}
    client.post(f"/e/{demo}/season/reports/", form)
    (row,) = rounds.list_packages(enterprise=demo, year=2026, actor=operator)
    assert row.place == "政务大厅"
    assert place not in client.get(address).content.decode(), "it was handed in"
    operations.note_report(enterprise=demo, year=2026, track="licence", licence=None, day=None, actor=operator)
    for _twice in range(2):  # saying it again changes nothing
        _filed(demo, operator)
        (row,) = rounds.list_packages(enterprise=demo, year=2026, actor=operator)
        assert (row.handed_on, row.built_here) == (date(2027, 3, 1), True)
    page = client.get(f"/e/{demo}/dossier/2026/rounds/").content.decode()
    assert "未填" in page, "the interfaces need not say where"


def test_what_was_asked_for_is_answered_before_a_season_is_closed(demo: str, anna: Actor, operator: Actor) -> None:
    of: dict[str, Any] = {"enterprise": demo, "year": 2026}
    _built(demo, operator)
    _filed(demo, operator)
    requests = [RequestInput("", "请重新装订")]
    rounds.record_notice(
        **of, number=1, received=date(2027, 3, 9), due=None, reference="", requests=requests, paper=None, actor=anna
    )
    with pytest.raises(NianjianError, match="season_round_open"):
        closing.close_season(**of, actor=operator)
    (notice,) = rounds.get_package(**of, number=1, actor=anna).notices
    rounds.record_answer(**of, number=1, request=notice.requests[0].id, version=None, note="已重新装订", actor=anna)
    with pytest.raises(NianjianError, match="season_round_open"):
        closing.close_season(**of, actor=operator)
    _built(demo, operator, page=b"bound anew")
    again = rounds.read_built_package(**of)
    rounds.record_submission(**of, package=again, handed=Handover(date(2027, 3, 12), "政务大厅"), actor=anna)
    Submission.objects.filter(number=2).update(items={"articles": "a" * 64})
    _paper("articles", None, anna, confirmed=False)
    open_case(enterprise=demo, notice=Notice(date(2028, 1, 5)), paper=None, actor=anna)  # of the season after
    with pytest.raises(NianjianError, match="articles"):
        closing.close_season(**of, actor=operator)
    Submission.objects.filter(number=2).update(items={})
    assert _tracks(demo, operator)["licence"] == "2027-03-01", "the report was handed in with the first package"
    case = open_case(enterprise=demo, notice=Notice(date(2027, 3, 10)), paper=None, actor=anna).id
    with pytest.raises(NianjianError, match="season_findings_open"):
        closing.close_season(**of, actor=operator)
    Case.objects.filter(pk=case).update(submitted_on=date(2027, 3, 11))
    with pytest.raises(NianjianError, match="season_undecided"):
        closing.close_season(**of, actor=operator)
    rounds.record_passed(**of, number=2, on=date(2027, 4, 2), actor=anna)
    entry = closing.close_season(**of, actor=operator)["package"]
    assert (entry["manifest"], entry["number"], entry["passed_on"]) == (again.sha256, 2, "2027-04-02")


def test_a_finding_nobody_answered_stands_in_the_way_without_a_package_too(
    demo: str, anna: Actor, operator: Actor
) -> None:
    of: dict[str, Any] = {"enterprise": demo, "year": 2026}
    _filed(demo, operator)
    _paper("seat_table", None, anna, confirmed=False)
    file = File("a.pdf", "application/pdf", b"scan", 1, Verdict.NOT_READY, {"fields": {}})
    number = materials.store_version(place=Place(demo, 2026, "articles"), file=file, actor=anna).number
    with pytest.raises(NianjianError) as caught:
        closing.close_season(**of, actor=operator)
    assert (caught.value.code, caught.value.values["names"]) == ("season_findings_open", "articles")
    checklist.send_back(**of, item="articles", number=number, reason="重新扫描", actor=anna)
    archive = closing.close_season(**of, actor=operator, without_package=True)
    assert (archive["package"], archive["left_out"]) == (None, ["package"]), "what nobody handed in may stay unfinished"


def test_its_files_are_kept_whatever_is_swept(demo: str, operator: Actor, tmp_path: Path) -> None:
    del tmp_path
    job = _built(demo, operator)
    _filed(demo, operator)
    _built(demo, operator, page=b"not handed in")
    _built(demo, operator, draft=True, page=b"draft")
    record(verb="rectify.closed", enterprise=demo, actor=operator, data={"case": "R1"})
    archive = closing.close_season(enterprise=demo, year=2026, actor=operator, undecided=True)
    handed_in = Job.objects.get(pk=job).result
    assert archive["package"]["manifest"] == handed_in["digest"], "what was handed in, not what was built last"
    assert not archive["without_package"]
    assert package.delete_expired_outputs() == 3
    for blob in blobs.blobs():
        old = (clock.now() - timedelta(days=9)).timestamp()
        os.utime(keyring.home() / "vault" / blob[:2] / blob, (old, old))
    retention.delete_strays()
    digests = {one["part"]: one["sha256"] for one in archive["files"]}
    assert sorted(digests) == ["log", "manifest", "package"]
    for part, digest in digests.items():
        download = closing.download_file(enterprise=demo, year=2026, part=part, actor=operator)
        content = b"".join(download.content)
        assert hashlib.sha256(content).hexdigest() == digest
        if part == "log":
            verbs = [one["verb"] for one in json.loads(content)["acts"]]
            assert {"rectify.closed", "dossier.built", "season.filed"} <= set(verbs)
        elif part == "package":
            assert digest == handed_in["sha256"]
        else:
            assert json.loads(content)["sha256"] == handed_in["digest"]
    assert Entry.objects.filter(verb="season.archive_taken").count() == 3
    with pytest.raises(NianjianError, match="season_file_unknown"):
        closing.download_file(enterprise=demo, year=2026, part="portrait", actor=operator)
    add_user(name="rev", role="data_officer", enterprises=[demo], actor=operator)
    with pytest.raises(NianjianError, match="role_missing"):
        closing.download_file(enterprise=demo, year=2026, part="log", actor=Actor("rev", USER))


def test_a_package_whose_files_are_not_here_is_handed_in_with_them_first(
    demo: str, anna: Actor, operator: Actor, tmp_path: Path
) -> None:
    of: dict[str, Any] = {"enterprise": demo, "year": 2026}
    job = _built(demo, operator)
    listed = rounds.read_built_package(**of)
    packed = blobs.get(str(Job.objects.get(pk=job).result[package.BLOB]))
    Job.objects.all().delete()
    handed = Handover(date(2027, 3, 1), "政务大厅")
    alone = rounds.read_package(listed.manifest.body, enterprise=demo, year=2026)
    rounds.record_submission(**of, package=alone, handed=handed, actor=anna)
    _filed(demo, operator)
    before = set(blobs.blobs())
    with pytest.raises(NianjianError, match="season_package_gone"):
        closing.close_season(**of, actor=operator, undecided=True)
    assert set(blobs.blobs()) == before
    assert not Archive.objects.exists()
    folder = tmp_path / "package"
    with zipfile.ZipFile(io.BytesIO(packed)) as pack:
        pack.extractall(folder)
    rounds.record_submission(**of, package=replace(alone, folder=folder), handed=handed, actor=anna)
    with pytest.raises(NianjianError, match="dossier_submitted_already"):
        rounds.record_submission(**of, package=replace(alone, folder=folder), handed=handed, actor=anna)
    assert len(set(blobs.blobs()) - before) == 1, "what was refused is taken back"
    assert closing.close_season(**of, actor=operator, undecided=True)["package"]["manifest"] == alone.sha256


def test_what_is_not_here_any_more_is_named_in_the_archive(
    demo: str, anna: Actor, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    of: dict[str, Any] = {"enterprise": demo, "year": 2026}
    _built(demo, operator, run="f" * 64)
    listed = rounds.read_built_package(**of)
    rounds.record_submission(**of, package=listed, handed=Handover(date(2027, 3, 1), "政务大厅"), actor=anna)
    _filed(demo, operator)
    acts = audit.acts
    bare = [replace(one, data={"year": 2026, "number": 1}) for one in acts(enterprise=demo, verb="dossier.submitted")]
    Evidence.objects.filter(kind=Evidence.PACKAGE).delete()
    monkeypatch.setattr(audit, "acts", lambda **of: bare if of["verb"] == "dossier.submitted" else acts(**of))
    archive = closing.close_season(**of, actor=operator, undecided=True)
    assert (archive["portrait"], archive["left_out"]) == (None, ["package", "portrait"])
    assert [one["part"] for one in archive["files"]] == ["manifest", "log"]


def test_an_archive_holds_nothing_but_what_was_handed_in(demo: str, operator: Actor) -> None:
    job = _built(demo, operator)
    _filed(demo, operator)
    row = Evidence.objects.get(kind=Evidence.PACKAGE)
    listed = json.loads(rounds.read_built_package(enterprise=demo, year=2026, job=job).manifest.body)
    other = blobs.put(_zip(listed, b"another page"))
    Evidence.objects.filter(pk=row.pk).update(blob=other.id, sha256=other.sha256)
    with pytest.raises(NianjianError, match="season_package_differs"):
        closing.close_season(enterprise=demo, year=2026, actor=operator, undecided=True)


def test_nothing_of_its_package_changes_any_more(demo: str, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    _paper("articles", None, anna, confirmed=False)
    _filed(demo, operator)
    closing.close_season(enterprise=demo, year=2026, actor=operator, without_package=True)
    of: dict[str, Any] = {"enterprise": demo, "year": 2026, "actor": operator}
    item: dict[str, Any] = {**of, "item": "articles"}
    seal = PrintRequest(2026, "articles", "official_seal", "x")
    before = Entry.objects.count()
    for act in (
        lambda: checklist.confirm(**item, number=1),
        lambda: checklist.send_back(**item, number=1, reason="x"),
        lambda: checklist.assign(**item, owner="x", due=None),
        lambda: checklist.comment(**item, text="x"),
        lambda: checklist.not_applicable(**{**item, "item": "algorithm_filing"}, reason="x"),
        lambda: checklist.reuse(**of),
        lambda: checklist.enqueue_check(**item, name="a.pdf", content=b"x"),
        lambda: arrivals.store_file(**of, name="a.pdf", content=b"x"),
        lambda: arrivals.decide_item(**of, arrival=1, item="articles"),
        lambda: arrivals.delete_file(**of, arrival=1),
        lambda: package.enqueue_generation(**of, items=["all"], files=False),
        lambda: package.enqueue_build(**of, pictures=False),
        lambda: package.build(**of, folder=tmp_path / "package"),
        lambda: fill_in.enqueue_sheet(**of, report=Report.LICENCE),
        lambda: signatures.store_paper(**item, name="a.pdf", content=b"x"),
        lambda: seals.request_print(enterprise=demo, params=seal, actor=operator),
        lambda: rounds.record_passed(**of, number=1, on=date(2027, 5, 1)),
        lambda: rounds.record_answer(**of, number=1, request=1, version=None, note="x"),
    ):
        with pytest.raises(NianjianError, match="season_archived"):
            act()
    assert Entry.objects.count() == before
    assert checklist.list_items(demo, 2026, operator), "it is read as ever"
