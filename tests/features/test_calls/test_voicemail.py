"""A voicemail that answered a test call, told by the own records where SIP saw nothing of it: the test has failed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from tests.support.answerer import Answerer
from tests.support.fixtures import Import
from tests.support.placed_calls import (
    CALLER,
    HOUR,
    LEDGER,
    import_file,
    place_call,
    stamp,
)

from nianjian.engines.kernel import clock
from nianjian.features.inspection.operations import readiness
from nianjian.features.test_calls import queries
from nianjian.features.test_calls.models import Trial
from nianjian.features.test_calls.operations import calls, landings
from nianjian.features.test_calls.queries import CallBasis
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo", "quick_calls")]
GATEWAY = "PJSIP/HZ-GW-01-00000001"


@pytest.fixture
def trial(load: Import, far: Answerer, anna: Actor, operator: Actor) -> Trial:
    """A test that passed by all that SIP shows: answered at once, at the gateway's address."""
    load("numbers", LEDGER, ("95013", 8, "已备案", "2024-02-01", "HZ-GW-01"))
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="127.0.0.1", actor=operator)
    trial = place_call(far, anna)
    assert trial.verdict == "passed"
    return trial


@dataclass(frozen=True)
class Seat:
    """A test that passed, who looks for it, and what the environment can be changed by."""

    trial: Trial
    anna: Actor
    operator: Actor
    patch: pytest.MonkeyPatch


@pytest.fixture
def seat(trial: Trial, anna: Actor, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> Seat:
    return Seat(trial, anna, operator, monkeypatch)


def _ready(who: Actor) -> str:
    found = readiness.check_readiness(enterprise="demo", as_of=None, actor=who)["checks"]
    return next(str(one["state"]) for one in found if one["check"] == "callback")


def _row(at: datetime, app: str, caller: str = CALLER, *, dst: str = "95013", context: str = "in") -> list[str]:
    unique, when = f"{int(at.timestamp())}.7", stamp(at)
    row = ["", caller, dst, context, f'"" <{caller}>', GATEWAY, "", app, "", *[when] * 3, "1", "1", "ANSWERED", "3"]
    return [*row, unique, "", "", unique, "1"]


def _master(path: Path, *rows: list[str]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def _told(trial: Trial, who: Actor) -> tuple[str, str, str, str | None]:
    """Landing, what counts, why, and by what the record tells it."""
    told = landings.check_landings(enterprise="demo", trials=[trial.pk], actor=who)
    (one,) = queries.list_trials(enterprise="demo", actor=who)
    assert one["verdict"] == "passed", "what was sealed stays"
    landing = one["landing"]
    assert told["verdict"] == ("passed" if landing["verdict"] == "filed" else "failed")
    return landing["verdict"], one["counts"], one["counts_reason"], landing["records"][0]["voicemail"]


FAILED = ("voicemail", "failed", "voicemail")


@pytest.mark.parametrize(
    "case",
    [
        ("VoiceMail", {}, (*FAILED, "VoiceMail")),
        ("MinivmRecord", {}, (*FAILED, "MinivmRecord")),
        ("Return", {"context": "macro-vm", "dst": "vmu1000"}, (*FAILED, "macro-vm")),
        ("Queue", {}, ("filed", "passed", "answered", None)),
    ],
)
@pytest.mark.parametrize("imported", [True, False], ids=["imported", "live"])
def test_an_asterisks_record(
    seat: Seat,
    tmp_path: Path,
    case: tuple[str, dict[str, str], tuple[str, ...]],
    imported: bool,  # noqa: FBT001
) -> None:
    app, more, said = case
    at = seat.trial.begun_at
    others = [_row(at + HOUR * step, "Wait", "13911112222") for step in (-1, 1)]
    path = _master(tmp_path / "Master.csv", others[0], _row(at, app, **more), others[1])
    if imported:
        import_file(path, seat.operator)
    else:
        seat.patch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{path}")
    assert _told(seat.trial, seat.anna) == said


def _leg(uuid: str, at: datetime, caller: str, last: tuple[str, str]) -> str:
    begun = int(at.timestamp() * 1_000_000)
    profile = {"caller_id_number": caller, "destination_number": "95013", "context": "public"}
    times = {"created_time": str(begun), "answered_time": str(begun), "hangup_time": str(begun + 9_000_000)}
    held = {"uuid": uuid, "direction": "inbound", "sip_gateway": "HZ-GW-01", "last_app": last[0], "last_arg": last[1]}
    return json.dumps({"variables": held, "callflow": [{"caller_profile": profile, "times": times}]}) + "\n"


@pytest.mark.parametrize(
    "case",
    [
        (("voicemail", "default 10.0.0.1 1000"), (*FAILED, "voicemail")),
        (("bridge", "loopback/app=voicemail:default 10.0.0.1 1000"), (*FAILED, "bridge")),
        (("bridge", "user/1000@10.0.0.1"), ("filed", "passed", "answered", None)),
    ],
)
@pytest.mark.parametrize("imported", [True, False], ids=["imported", "posted"])
def test_a_freeswitchs_record(
    seat: Seat,
    tmp_path: Path,
    case: tuple[tuple[str, str], tuple[str, ...]],
    imported: bool,  # noqa: FBT001
) -> None:
    last, said = case
    at, other = seat.trial.begun_at, ("answer", "")
    legs = [_leg("a", at - HOUR, "13911112222", other), _leg("b", at, CALLER, last),
            _leg("c", at + HOUR, "13911112222", other)]  # fmt: skip
    if imported:
        (tmp_path / "legs.jsonl").write_text("".join(legs))
        import_file(tmp_path / "legs.jsonl", seat.operator)
    else:
        folder = tmp_path / "run" / "live" / "posted" / "demo" / "fs"
        folder.mkdir(parents=True)
        (folder / f"{at.astimezone(clock.ZONE).date()}.jsonl").write_text("".join(legs))
        seat.patch.setenv("NIANJIAN_LIVE", "demo:fs=post://u:secret@freeswitch")
    assert _told(seat.trial, seat.anna) == said


def test_an_enterprise_names_its_own_context(
    trial: Trial, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _master(tmp_path / "Master.csv", _row(trial.begun_at, "Playback", context="our-boxes"))
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{path}")
    assert _told(trial, anna)[0] == "filed"
    items: Callable[..., tuple[object, ...]] = CallBasis.of("demo", anna, Permission.READ).book.__class__.items

    def own(book: object, key: str) -> tuple[object, ...]:
        return ("Our-Boxes",) if key == "inspection.callback.voicemail_contexts" else items(book, key)

    monkeypatch.setattr("nianjian.engines.rules.rulebook.Rulebook.items", own)
    assert _told(trial, anna) == (*FAILED, "our-boxes")


def test_readiness_does_not_count_it_as_passed(seat: Seat, tmp_path: Path) -> None:
    path = _master(tmp_path / "Master.csv", _row(seat.trial.begun_at, "VoiceMail"))
    seat.patch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{path}")
    assert _ready(seat.anna) == "passed"
    assert _told(seat.trial, seat.anna)[:3] == FAILED
    assert _ready(seat.anna) == "failed"
    (number,) = queries.list_numbers(enterprise="demo", actor=seat.anna)
    assert (number["light"], set(number["carriers"].values())) == ("red", {"failed"})
