"""Rounds: packages that were really built are handed in, come back, are answered, handed in again and compared."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from django.db import transaction
from tests.features.dossier.conftest import code_of, keep_paper
from tests.support import packages
from tests.support.seats import enter_human_seat

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier import materials
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.kinds import ITEMS
from nianjian.features.dossier.materials import Place
from nianjian.features.dossier.models import Submission
from nianjian.features.dossier.operations import checklist, rounds
from nianjian.features.dossier.operations.package import build
from nianjian.features.dossier.operations.rounds import Handover, RequestInput
from nianjian.features.dossier.package_documents import RoundFull, RoundTold
from nianjian.features.rectification.storage import PaperContent as Paper
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
YEAR = 2026
HANDED = date(2027, 1, 20)
Json = dict[str, Any]
RECEIPT = Paper("回执.pdf", "application/pdf", b"%PDF-1.4 receipt")


@pytest.fixture(autouse=True)
def _today(own_home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2027-03-01")


@pytest.fixture
def keep(demo: str, anna: Actor, tmp_path: Path) -> Callable[..., int]:
    """Put a scan of so many pages into the checklist; its version."""

    def keep(item: str, *seeds: int, confirmed: bool = True) -> int:
        body = packages.scans(tmp_path / "scan.pdf", list(seeds), dpi=60).read_bytes()
        place = {"code": demo, "year": YEAR, "actor": anna}
        return keep_paper(item, body, **place, pages=len(seeds), confirmed=confirmed)

    return keep


@pytest.fixture
def complete(keep: Callable[..., int], demo: str, tmp_path: Path) -> None:
    """Every item that is due, of one page each, the audit report of three."""
    enter_human_seat(demo, tmp_path)
    for seed, item in enumerate(one for one in ITEMS if one != "algorithm_filing"):
        keep(item, *((100, 101, 102) if item == "audit_report" else (seed,)))


def _built(demo: str, anna: Actor, folder: Path) -> Path:
    return build(enterprise=demo, year=YEAR, folder=folder, actor=anna, on=HANDED).folder


def _submit(demo: str, anna: Actor, folder: Path, on: date = HANDED) -> RoundTold:
    package = rounds.read_package_path(folder, enterprise=demo, year=YEAR)
    return rounds.record_submission(
        enterprise=demo, year=YEAR, package=package, handed=Handover(on, "政务大厅", "受理1号"), actor=anna
    )


def _listed(demo: str, anna: Actor, *items: str, on: date = HANDED, **more: object) -> RoundTold:
    """Hand in the manifest of a package that holds the newest versions of these items."""
    package = rounds.read_package(_manifest(demo, *items, **more), enterprise=demo, year=YEAR)
    return rounds.record_submission(
        enterprise=demo, year=YEAR, package=package, handed=Handover(on, "政务大厅"), actor=anna
    )


def _manifest(demo: str, *items: str, **more: object) -> bytes:
    sources = []
    for place, item in enumerate(items):
        newest = materials.list_versions(demo, YEAR, item)[0].sha256
        sources.append({"item": item, "title": item, "board": "general", "start_page": place + 1, "pages": 1,
                        "copy_sha256": newest, "source_sha256": newest, "seals": []})  # fmt: skip
    document = {"format": manifest.FORMAT, "version": manifest.VERSION, "enterprise": "示例", "season": YEAR,
            "draft": False, "items": sources, "files": []}  # fmt: skip
    return json.dumps(manifest.add_hashes({**document, **more})).encode()


def _record_notice(
    demo: str, anna: Actor, *requests: RequestInput, due: date | None = None, number: int = 1
) -> list[int]:
    rounds.record_notice(
        enterprise=demo, year=YEAR, number=number, received=date(2027, 2, 1), due=due, reference="补正1号",
        requests=requests, paper=RECEIPT, actor=anna,
    )  # fmt: skip
    (*_earlier, notice) = _one(demo, anna, number).notices
    return [one.id for one in notice.requests]


def _one(demo: str, anna: Actor, number: int = 1) -> RoundFull:
    return rounds.get_package(enterprise=demo, year=YEAR, number=number, actor=anna)


def _states(demo: str, anna: Actor, number: int = 1) -> list[str]:
    return [one.state for notice in _one(demo, anna, number).notices for one in notice.requests]


@pytest.mark.long
def test_a_round_from_handing_in_to_handing_in_again(
    complete: None, keep: Callable[..., int], demo: str, anna: Actor, tmp_path: Path
) -> None:
    first = _built(demo, anna, tmp_path / "first")
    submission = _submit(demo, anna, first)
    assert (submission.number, submission.state, submission.built_here, submission.due) == (
        1,
        "submitted",
        True,
        None,
    )
    assert submission.manifest == json.loads((first / "manifest.json").read_text())["sha256"]
    assert {one.item: one.version for one in _one(demo, anna).items}["audit_report"] == 1

    audit, ledger, whole = _record_notice(
        demo,
        anna,
        RequestInput("audit_report", "缺少第2页"),
        RequestInput("number_ledger", "补盖公章"),
        RequestInput("", "请重新装订"),
    )
    submission = _one(demo, anna)
    (notice,) = submission.notices
    # ten working days after 2027-02-01, over a spring festival whose notice is not out
    assert (submission.state, notice.provisional, notice.printed, notice.late) == (
        "returned",
        True,
        False,
        True,
    )
    assert (notice.due, submission.due) == (date(2027, 2, 15), date(2027, 2, 15))
    give: Json = {"enterprise": demo, "year": YEAR, "number": 1, "actor": anna}
    assert (
        code_of(lambda: rounds.record_answer(**give, request=audit, version=1, note="")) == "dossier_version_submitted"
    )
    assert code_of(lambda: rounds.record_answer(**give, request=whole, version=1, note="")) == "dossier_answer_whole"
    assert (
        code_of(lambda: rounds.record_answer(**give, request=whole, version=None, note=" ")) == "dossier_reason_missing"
    )
    assert (
        code_of(lambda: rounds.record_answer(**give, request=whole + 99, version=None, note="好"))
        == "dossier_request_unknown"
    )

    fresh = keep("audit_report", 100, 111, 102, 103, confirmed=False)
    rounds.record_answer(**give, request=audit, version=fresh, note="已换")
    rounds.record_answer(**give, request=ledger, version=None, note="电话确认无需补盖")
    rounds.record_answer(**give, request=whole, version=None, note="已胶装")
    assert _states(demo, anna) == ["to_confirm", "answered", "answered"]
    place = Place(demo, YEAR, "audit_report")
    checklist.confirm(**asdict(place), number=fresh, actor=anna)
    assert _one(demo, anna).state == "answered"

    again = _submit(demo, anna, _built(demo, anna, tmp_path / "second"), date(2027, 2, 15))
    assert (again.number, again.state) == (2, "submitted")
    before = _one(demo, anna)
    assert (before.state, before.late) == ("resubmitted", False), "the last day is in time"
    assert _states(demo, anna) == ["sent", "sent", "sent"]
    assert (
        code_of(lambda: rounds.record_answer(**give, request=audit, version=None, note="晚了"))
        == "dossier_round_refused"
    )
    assert rounds.record_passed(**{**give, "number": 2}, on=date(2027, 3, 1)).state == "passed"
    assert [one.number for one in rounds.list_packages(enterprise=demo, year=YEAR, actor=anna)] == [2, 1]

    comparison = rounds.compare_packages(enterprise=demo, year=YEAR, before=1, after=2, actor=anna)
    changed = [one for one in comparison.items if one.kind != "same"]
    assert [(one.item, one.kind, one.before, one.after) for one in changed] == [("audit_report", "changed", 3, 4)]
    with pikepdf.open(tmp_path / "second" / "paper" / "材料包.pdf") as book:
        pages = len(book.pages)
    kinds = [(page.kind, page.page) for page in changed[0].pages]
    assert kinds == [("swapped", 2), ("added", 4)]
    first_page = (changed[0].pages[0].book or 0) - 1
    assert [page.book for page in changed[0].pages] == [first_page + 1, first_page + 3]
    assert 0 < first_page < pages
    assert rounds.compare_packages(enterprise=demo, year=YEAR, before=2, after=2, actor=anna).same


def test_an_answer_that_does_not_go_out_is_left_out(keep: Callable[..., int], demo: str, anna: Actor) -> None:
    keep("articles", 1)
    assert not _listed(demo, anna, "articles").built_here
    (request,) = _record_notice(demo, anna, RequestInput("articles", "不清楚"), due=date(2027, 2, 3))
    notice = _one(demo, anna).notices[0]
    assert (notice.due, notice.printed, notice.provisional) == (date(2027, 2, 3), True, False)
    fresh = keep("articles", 55)
    rounds.record_answer(enterprise=demo, year=YEAR, number=1, request=request, version=fresh, note="", actor=anna)
    assert _states(demo, anna) == ["answered"]
    place = Place(demo, YEAR, "articles")
    checklist.send_back(**asdict(place), number=fresh, reason="仍不清楚", actor=anna)
    assert _states(demo, anna) == ["to_confirm"], "a file that was sent back is no answer"
    keep("articles", 56)
    _listed(demo, anna, "articles", on=date(2027, 2, 4))
    submission = _one(demo, anna)
    assert (_states(demo, anna), submission.left_out, submission.late) == (["left_out"], 1, True)


@pytest.mark.parametrize(("more", "code"), [(0, "dossier_manifest_unreadable"), (1, "file_too_large")])
def test_a_manifest_has_an_end(demo: str, more: int, code: str) -> None:
    with pytest.raises(NianjianError, match=code):
        rounds.read_package(bytes(manifest.LIMIT + more), enterprise=demo, year=YEAR)


def test_of_a_notices_number_the_first_hundred_and_twenty_signs_are_kept(
    keep: Callable[..., int], demo: str, anna: Actor
) -> None:
    keep("articles", 1)
    _listed(demo, anna, "articles")
    rounds.record_notice(
        enterprise=demo, year=YEAR, number=1, received=date(2027, 2, 1), due=None, reference=" " + "补" * 121,
        requests=[RequestInput("", "x")], paper=RECEIPT, actor=anna,
    )  # fmt: skip
    assert _one(demo, anna).notices[-1].reference == "补" * 120


def test_what_cannot_be_is_refused(keep: Callable[..., int], demo: str, anna: Actor, tmp_path: Path) -> None:
    keep("articles", 1)
    assert code_of(lambda: _listed(demo, anna, "articles", on=date(2027, 3, 2))) == "dossier_day_ahead"
    _listed(demo, anna, "articles")
    assert code_of(lambda: _listed(demo, anna, "articles")) == "dossier_submitted_already"
    body = _manifest(demo, "articles")
    (tmp_path / "manifest.json").write_bytes(body)
    (tmp_path / "extra.pdf").write_bytes(b"x")
    assert code_of(lambda: _submit(demo, anna, tmp_path)) == "dossier_package_differs"
    assert code_of(lambda: _submit(demo, anna, tmp_path / "nothing")) == "dossier_path_unknown"
    read: Callable[..., object] = rounds.read_package
    altered = body.replace(b'"start_page": 1', b'"start_page": 2')
    assert code_of(lambda: read(altered, enterprise=demo, year=YEAR)) == "dossier_manifest_altered"
    for broken in (b"{}", b"[]", b"\xff", _manifest(demo, items=[{"item": "nothing"}]), _manifest(demo, items=7)):
        assert code_of(partial(read, broken, enterprise=demo, year=YEAR)) == "dossier_manifest_unreadable"
    assert code_of(lambda: read(body, enterprise=demo, year=YEAR - 1)) == "dossier_manifest_other"
    assert code_of(lambda: _listed(demo, anna, "articles", enterprise="别家")) == "dossier_manifest_other"
    assert code_of(lambda: _listed(demo, anna, "articles", draft=True)) == "dossier_manifest_draft"
    ask: Json = {"enterprise": demo, "year": YEAR, "number": 1, "reference": "", "paper": None, "actor": anna,
                 "due": None}  # fmt: skip
    for received, requests, code in (
        (date(2027, 1, 1), [RequestInput("", "x")], "dossier_day_before"),
        (HANDED, [], "dossier_requests_missing"),
        (HANDED, [RequestInput("nothing", "x")], "dossier_item_unknown"),
    ):
        assert code_of(partial(rounds.record_notice, **ask, received=received, requests=requests)) == code
    assert Submission.objects.count() == 1


def test_a_package_is_not_handed_in_before_it_was_built(
    keep: Callable[..., int], demo: str, anna: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day of the chain's entry in Beijing counts; a package from elsewhere has none."""
    keep("articles", 1)
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 2, 9, 16, 30, tzinfo=UTC))
    sha256 = json.loads(_manifest(demo, "articles"))["sha256"]
    with transaction.atomic():
        record(verb="dossier.built", enterprise=demo, actor=anna, data={"manifest": sha256})
    with pytest.raises(NianjianError) as refused:
        _listed(demo, anna, "articles", on=date(2027, 2, 9))
    assert (refused.value.code, refused.value.values["day"], refused.value.values["built"]) == (
        "dossier_day_before_build", "2027-02-09", "2027-02-10"
    )  # fmt: skip
    assert _listed(demo, anna, "articles", on=date(2027, 2, 10)).built_here
    row = Submission.objects.get()
    assert code_of(lambda: rounds.correct_handover_day(row, date(2027, 2, 9), anna)) == "dossier_day_before_build"


def test_evidence_is_sealed_and_each_taking_out_is_noted(
    keep: Callable[..., int], demo: str, anna: Actor, tmp_path: Path
) -> None:
    keep("articles", 1)
    _listed(demo, anna, "articles")
    give: Json = {"enterprise": demo, "year": YEAR, "number": 1, "actor": anna}
    evidence = rounds.add_evidence(**give, kind="receipt", file=RECEIPT)
    assert rounds.add_evidence(**give, kind="receipt", file=RECEIPT).pk == evidence.pk
    assert code_of(lambda: rounds.add_evidence(**give, kind="picture", file=RECEIPT)) == "dossier_evidence_kind"
    sealed = (tmp_path / "home" / "vault" / evidence.blob[:2] / evidence.blob).read_bytes()
    assert b"receipt" not in sealed
    assert evidence.blob in set(blobs.blobs())
    row, content = rounds.download_evidence(**give, evidence=evidence.pk)
    assert (row.name, content) == ("回执.pdf", RECEIPT.body)
    verbs = [one.verb for one in acts(enterprise=demo) if one.verb.startswith(("dossier.round", "dossier.submitted"))]
    assert verbs == ["dossier.round_fetched", "dossier.round_paper", "dossier.submitted"]


def test_a_manifest_whose_files_are_nowhere_is_no_package(keep: Callable[..., int], demo: str, tmp_path: Path) -> None:
    keep("articles", 1)
    alone = tmp_path / "manifest.json"
    blank = np.full((manifest.HIGH, manifest.WIDE), 255, np.uint8)
    page = {"item": "", "source_page": 1, "content": "c" * 64, "look": manifest.encode_fingerprint(blank)}
    file = {"path": "upload/1.pdf", "edition": "upload", "bytes": 1, "pages": [page], "sha256": "a" * 64,
            "sm3": "b" * 64, "document": "d" * 64}  # fmt: skip
    alone.write_bytes(_manifest(demo, "articles", files=[file]))
    with pytest.raises(NianjianError, match=r"dossier_package_alone.*file='?manifest.json"):
        rounds.read_package_path(alone, enterprise=demo, year=YEAR)


def test_the_commands_say_the_same(
    keep: Callable[..., int], demo: str, anna: Actor, tmp_path: Path, command: Callable[..., Any]
) -> None:
    keep("articles", 1)
    folder = tmp_path / "first"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(_manifest(demo, "articles"))
    receipt = tmp_path / "回执.pdf"
    receipt.write_bytes(RECEIPT.body)

    def told(*words: object, code: int = 0) -> Json:
        document: Json = command(*words, "--enterprise", demo, "--season", YEAR, code=code)
        return document

    result = told("submit", str(folder), "--on", "2027-01-20", "--place", "系统", "--receipt", str(receipt))
    assert (result["number"], result["state"]) == (1, "submitted")
    back = told(
        "correction", "--number", "1", "--received", "2027-02-01", "--request", "articles=第3页缺失",
        "--request", "=请重新装订", code=1,
    )  # fmt: skip
    assert (back["state"], back["requests"]) == ("returned", 2)
    shown_ = told("rounds", "--number", "1", code=1)
    articles, whole = (one["id"] for one in shown_["notices"][0]["requests"])
    fresh = keep("articles", 77)
    told("answer", "--number", "1", "--request", str(articles), "--version", str(fresh), code=1)
    assert told("answer", "--number", "1", "--request", str(whole), "--note", "已装订")["state"] == "answered"
    assert {one["kind"] for one in shown_["papers"]} == {"manifest", "receipt"}
    second = tmp_path / "second.json"
    second.write_bytes(_manifest(demo, "articles"))
    told("submit", str(second), "--on", "2027-02-10", "--place", "系统")
    diff = told("diff", "1", "2", code=1)
    assert [one["item"] for one in diff["items"] if one["kind"] != "same"] == ["articles"]
    out = tmp_path / "out.pdf"
    paper = next(one["id"] for one in shown_["papers"] if one["kind"] == "receipt")
    told("evidence", "--number", "1", "--get", str(paper), "--output", str(out))
    assert out.read_bytes() == RECEIPT.body
    assert told("passed", "--number", "2", "--on", "2027-03-01")["state"] == "passed"
    assert [one["state"] for one in told("rounds")["rounds"]] == ["passed", "resubmitted"]
