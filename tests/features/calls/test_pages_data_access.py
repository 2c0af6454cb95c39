"""Strangers find nothing of the data pages, outsourcers are refused, drafts and work are their owners'."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from tests.support.import_pages import begun, calls, committed, sent
from tests.support.people import signed_in

from nianjian.platform.accounts import models
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.registers import batches

pytestmark = pytest.mark.django_db

ROOT = "/e/demo/data/"
WRITES = ("reveal/", "rejects/", "rejects/Jnone/", "undo/")


@pytest.fixture
def owner(db: None, home: Path, keys: None) -> Client:
    for code in ("demo", "other"):
        add_enterprise(code=code, name="示范", province="北京", actor=Actor("tester"))
    return signed_in("anna", "data_officer", "demo")


@pytest.fixture
def addresses(owner: Client) -> dict[str, str]:
    """A draft, a batch and a job of demo."""
    done = begun(owner)
    sent(owner, done, ("a.csv", calls()))
    job = committed(owner, done)
    draft = begun(owner)
    sent(owner, draft, ("b.csv", calls(first=100)))
    return {"draft": draft, "job": job, "batch": f"{ROOT}batches/{batches.list_batches('demo')[0].id}/"}


def _reads(addresses: dict[str, str]) -> list[str]:
    steps = [f"{addresses['draft']}{step}/" for step in ("files", "mapping", "check", "commit", "errors")]
    return [ROOT, f"{ROOT}import/", f"{ROOT}import/template/lines/", addresses["batch"], addresses["job"],
            f"{addresses['job']}progress/", *steps]  # fmt: skip


def _writes(addresses: dict[str, str]) -> list[str]:
    draft = [f"{addresses['draft']}{act}" for act in
             ("files/", "files/1/drop/", "mapping/", "mapping/load/", "check/whole/", "commit/", "drop/")]  # fmt: skip
    return [f"{ROOT}import/", *(f"{addresses['batch']}{act}" for act in WRITES), f"{addresses['job']}stop/", *draft]


def test_a_stranger_finds_nothing(addresses: dict[str, str]) -> None:
    stranger = signed_in("eve", "data_officer", "other")
    for address in _reads(addresses):
        assert stranger.get(address).status_code == 404, address
    for address in _writes(addresses):
        assert stranger.post(address, {"kind": "calls"}).status_code == 404, address
    assert batches.list_batches("demo")[0].state == "active"


def test_nobody_signs_in_by_looking(addresses: dict[str, str]) -> None:
    for address in (*_reads(addresses), *_writes(addresses)):
        assert Client().get(address).status_code in {302, 405}, address


def test_an_outsourcer_is_refused_everywhere(addresses: dict[str, str]) -> None:
    outsourcer = signed_in("otto", "outsourcer", "demo")
    models.Membership.objects.filter(user_id="otto").update(team="T1")
    for address in _reads(addresses):
        assert outsourcer.get(address).status_code == _refusal(address), address
    for address in _writes(addresses):
        assert outsourcer.post(address, {"kind": "calls"}).status_code == _refusal(address), address


def _refusal(address: str) -> int:
    """Work that another has asked for does not exist for who sees one team's rows."""
    return 404 if "/data/jobs/" in address else 403


def test_what_is_anothers_does_not_exist_under_ones_own_enterprise(addresses: dict[str, str]) -> None:
    both = signed_in("bo", "data_officer", "demo")
    models.Membership.objects.create(user_id="bo", enterprise_id="other", role="data_officer")
    for address in (addresses["batch"], addresses["job"], f"{addresses['job']}progress/"):
        assert both.get(address).status_code == 200
        assert both.get(address.replace("/e/demo/", "/e/other/")).status_code == 404
    for act in WRITES:
        moved = addresses["batch"].replace("/e/demo/", "/e/other/")
        assert both.post(f"{moved}{act}").status_code == 404
    assert both.post(f"{addresses['job']}stop/".replace("/e/demo/", "/e/other/")).status_code == 404
    # a colleague does not see into a draft
    assert both.get(f"{addresses['draft']}files/").status_code == 404
    assert both.post(f"{addresses['draft']}commit/").status_code == 404
    assert addresses["draft"] not in both.get(ROOT).content.decode()


def test_who_only_reads_cannot_begin(addresses: dict[str, str]) -> None:
    inspector = signed_in("ines", "inspector", "demo")
    assert inspector.get(ROOT).status_code == 200
    assert f"{ROOT}import/" not in inspector.get(ROOT).content.decode()
    assert inspector.get(f"{ROOT}import/").status_code == 403
    assert inspector.post(f"{addresses['job']}stop/").status_code == 403
