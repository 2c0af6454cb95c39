"""A finding on a scan falls only by two named persons, with a reason; it then stands beside the finding everywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from tests.features.dossier.conftest import keep_paper
from tests.features.dossier.sealing.conftest import YEAR
from tests.support import packages
from tests.support.people import signed_in

from nianjian.doors.cli.main import main
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.approvals import operations
from nianjian.features.dossier import materials
from nianjian.features.dossier.editions.verify import verify
from nianjian.features.dossier.operations import checklist, package
from nianjian.features.dossier.operations.overrulings import OverrulingRequest, request_overruling
from nianjian.features.dossier.states import Verdict
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts

pytestmark = pytest.mark.django_db
TURNED = {"code": "scan_turned", "weight": "stop", "page": 1, "values": {"degrees": 180}}
BLANK = {"code": "scan_blank", "weight": "stop", "page": 2, "values": {}}
UNSURE = {"code": "fields_unread", "weight": "ask", "page": None, "values": {"fields": "dated"}}
SUMS = {"code": "sums_differ", "weight": "stop", "page": None, "values": {"figure": "filed"}}
REASON = "签章页是正的，只有落款"


@pytest.fixture
def body(tmp_path: Path) -> bytes:
    return packages.scans(tmp_path / "scan.pdf", range(1, 3), dpi=60).read_bytes()


def _keep(demo: str, actor: Actor, body: bytes, *findings: dict[str, Any], year: int = YEAR) -> int:
    report = {"fields": {}, "findings": list(findings), "verdict": "not_ready"}
    more: Any = {"verdict": Verdict.NOT_READY, "report": report, "pages": 2}
    return keep_paper("articles", body, code=demo, year=year, actor=actor, confirmed=False, **more)


def _ask(demo: str, actor: Actor, finding: str, page: int | None, reason: str = REASON) -> OverrulingRequest:
    return request_overruling(
        enterprise=demo, actor=actor, year=YEAR, item="articles", version=1, finding=finding, page=page, reason=reason
    )


def _confirm(demo: str, actor: Actor) -> None:
    checklist.confirm(enterprise=demo, year=YEAR, item="articles", number=1, actor=actor)


def _refused(code: str, call: Any, *given: object, **more: object) -> None:
    with pytest.raises(NianjianError) as caught:
        call(*given, **more)
    assert caught.value.code == code


def test_only_findings_that_nobody_answered_block_the_confirmation(
    demo: str, anna: Actor, bo: Actor, body: bytes, tmp_path: Path
) -> None:
    _keep(demo, anna, body, TURNED, BLANK, UNSURE)
    first = _ask(demo, anna, "scan_turned", 1)
    _refused("approval_pending", _ask, demo, anna, "scan_turned", 1)
    _refused("approval_same_person", operations.approve, approval=first.approval, actor=anna)
    _refused("dossier_not_ready", _confirm, demo, anna)
    asked: Any = operations.get_request(approval=first.approval, actor=bo)["asked"]
    assert (asked["reason"], asked["page"], asked["findings"][0]["code"]) == (REASON, 1, "scan_turned")
    operations.approve(approval=first.approval, actor=bo)
    _refused("dossier_not_ready", _confirm, demo, anna)  # the blank page
    operations.approve(approval=_ask(demo, anna, "scan_blank", 2).approval, actor=bo)
    _confirm(demo, anna)
    _refused("dossier_finding_unknown", _ask, demo, anna, "scan_turned", 1)
    (act, other) = acts(enterprise=demo, verb="dossier.overruled")
    assert {one.data["finding"] for one in (act, other)} == {"scan_turned", "scan_blank"}
    assert REASON not in str([one.data for one in acts(enterprise=demo)]), "free text is kept where it can be erased"

    made = package.build(enterprise=demo, year=YEAR, folder=tmp_path / "package", actor=anna)
    (entry,) = json.loads((made.folder / "manifest.json").read_text())["items"]
    told = entry["overruled"][0]
    assert (told["finding"], told["page"], told["reason"]) == ("scan_turned", 1, REASON)
    assert (told["asked_by"], told["approved_by"]) == ("user:anna", "user:bo")
    assert verify(made.folder, digest=made.digest).intact


def test_a_second_check_keeps_answers_to_what_it_finds_again(demo: str, anna: Actor, bo: Actor, body: bytes) -> None:
    _keep(demo, anna, body, TURNED)
    operations.approve(approval=_ask(demo, anna, "scan_turned", 1).approval, actor=bo)
    _keep(demo, anna, body, TURNED, UNSURE)
    assert materials.get_version(demo, YEAR, "articles", 1).verdict == Verdict.NEEDS_PERSON
    _keep(demo, anna, body, {**TURNED, "values": {"degrees": 90}})
    assert materials.get_version(demo, YEAR, "articles", 1).verdict == Verdict.NOT_READY


def test_what_changed_after_the_question_is_not_agreed_to(demo: str, anna: Actor, bo: Actor, body: bytes) -> None:
    _keep(demo, anna, body, TURNED)
    asked = _ask(demo, anna, "scan_turned", 1)
    _keep(demo, anna, body, {**TURNED, "values": {"degrees": 90}})
    _refused("approval_subject_changed", operations.approve, approval=asked.approval, actor=bo)


@pytest.mark.parametrize(
    ("finding", "page", "reason", "code"),
    [
        ("sums_differ", None, REASON, "dossier_finding_unknown"),  # figures are put right where they come from
        ("scan_turned", 2, REASON, "dossier_finding_unknown"),
        ("scan_turned", 1, " ", "dossier_reason_missing"),
    ],
)
def test_what_cannot_be_overruled(  # noqa: PLR0917 -- a table of cases
    demo: str, anna: Actor, body: bytes, finding: str, page: int | None, reason: str, code: str
) -> None:
    _keep(demo, anna, body, TURNED, SUMS)
    _refused(code, _ask, demo, anna, finding, page, reason)


def test_what_was_overruled_stops_again_in_the_next_season(demo: str, anna: Actor, bo: Actor, body: bytes) -> None:
    _keep(demo, anna, body, TURNED)
    operations.approve(approval=_ask(demo, anna, "scan_turned", 1).approval, actor=bo)
    _confirm(demo, anna)
    assert checklist.reuse(enterprise=demo, year=YEAR + 1, actor=anna) == ["articles"]
    assert materials.get_version(demo, YEAR + 1, "articles", 1).verdict == Verdict.NOT_READY


def test_the_page_asks_and_shows_both_names(demo: str, anna: Actor, bo: Actor, body: bytes) -> None:
    _keep(demo, anna, body, TURNED)
    client = signed_in("anna", "compliance_lead", demo)
    page = reverse("dossier-item", args=[demo, YEAR, "articles"])
    shown = client.get(page).content.decode()
    assert 'value="scan_turned:1"' in shown
    given = {"version": "1", "finding": "scan_turned:1", "reason": REASON}
    client.post(reverse("dossier-act", args=[demo, YEAR, "articles", "overrule"]), given)
    (waits,) = operations.list_requests(actor=bo)
    assert "180" in client.get(reverse("approvals-decide-here", args=[demo, waits["approval"]])).content.decode()
    operations.approve(approval=str(waits["approval"]), actor=bo)
    for place in (page, reverse("dossier-pages", args=[demo, YEAR, "articles", 1])):
        shown = client.get(place).content.decode()
        assert all(word in shown for word in ("anna", "bo", REASON)), place


def test_the_command_asks(demo: str, anna: Actor, bo: Actor, body: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    _keep(demo, anna, body, TURNED)
    words = ["--item", "articles", "--version", "1", "--finding", "scan_turned", "--page", "1", "--reason", REASON]
    assert main(["dossier", "overrule", "--enterprise", demo, "--year", str(YEAR), *words, "--json"]) == 0
    asked = json.loads(capsys.readouterr().out)
    assert (asked["state"], asked["page"], asked["count"]) == ("pending", 1, 1)
    assert operations.approve(approval=asked["approval"], actor=bo)["finding"] == "scan_turned"
