from datetime import date

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts import service as people
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import storage
from nianjian.platform.audit.query import acts
from nianjian.platform.registers import overlays
from nianjian.platform.registers.overlays import Overlay, OverlayProposal

pytestmark = pytest.mark.postgres

LIMIT = OverlayProposal("portrait.seat_vacancy.limit", "0.25", "浙江", "demo", date(2026, 1, 1), None, "省局要求")


def _ask(actor: Actor) -> storage.Approval:
    return storage.create_request(kind="isolate", subject="L01", digest="a" * 64, enterprise="demo", actor=actor)


def test_a_second_person_approves_once_what_was_asked(anna: Actor, bo: Actor, operator: Actor) -> None:
    approval = _ask(anna)
    for actor, digest, code in (
        (anna, "a" * 64, "approval_same_person"),
        (operator, "a" * 64, "approval_needs_user"),
        (bo, "b" * 64, "approval_subject_changed"),
    ):
        with pytest.raises(NianjianError, match=code):
            storage.approve_request(approval=approval.id, digest=digest, actor=actor)
    with pytest.raises(NianjianError, match="approval_pending"):
        _ask(bo)  # one subject waits once
    assert storage.get_approval(approval.id).state == "pending"
    done = storage.approve_request(approval=approval.id, digest="a" * 64, actor=bo)
    assert (done.state, done.requested_by, done.decided_by) == ("approved", "user:anna", "user:bo")
    assert [act.verb for act in acts(enterprise="demo", newest=2)] == ["approval.approved", "approval.request"]


def test_who_asked_may_refuse_and_ask_again(anna: Actor, bo: Actor) -> None:
    approval = _ask(anna)
    assert storage.refuse_request(approval=approval.id, actor=anna).state == "refused"
    with pytest.raises(NianjianError, match="approval_decided"):
        storage.approve_request(approval=approval.id, digest="a" * 64, actor=bo)
    with pytest.raises(NianjianError, match="approval_unknown"):
        storage.refuse_request(approval="nothing", actor=bo)
    assert _ask(bo).state == "pending"


def test_the_operator_can_not_approve_under_a_user_of_the_same_name(demo: str, operator: Actor) -> None:
    approval = _ask(operator)
    double = accounts.actor("Root", people.add_user(name="Root", role="administrator", enterprises=[], actor=operator))
    with pytest.raises(NianjianError, match="approval_same_person"):
        storage.approve_request(approval=approval.id, digest="a" * 64, actor=double)


def test_an_overlay_counts_only_after_the_second_person(anna: Actor, bo: Actor) -> None:
    approval = overlays.propose_overlay(overlay=LIMIT, actor=anna)
    Overlay.objects.update(value="0.99")
    with pytest.raises(NianjianError, match="approval_subject_changed"):
        overlays.approve_overlay(approval=approval.id, actor=bo)  # altered while it waits
    Overlay.objects.update(value=LIMIT.value)
    assert overlays.list_overlays() == []
    overlays.approve_overlay(approval=approval.id, actor=bo)
    [overlay] = overlays.list_overlays(enterprise="demo", province="浙江")
    assert (overlay["key"], overlay["value"], overlay["enterprise"]) == (LIMIT.key, "0.25", "demo")
    assert overlay["who"] == "user:anna + user:bo"
    assert overlays.list_overlays(enterprise="other") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": " "}, "overlay_reason_missing"),
        ({"province": "", "enterprise": ""}, "overlay_everywhere"),
        ({"valid_to": date(2025, 12, 31)}, "overlay_days_reversed"),
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused(anna: Actor, change: dict[str, object], code: str) -> None:
    fields = {name: getattr(LIMIT, name) for name in LIMIT.__slots__} | change
    with pytest.raises(NianjianError, match=code):
        overlays.propose_overlay(overlay=OverlayProposal(**fields), actor=anna)
    assert not Overlay.objects.exists()
