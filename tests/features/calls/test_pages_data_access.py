"""Drafts and work are their owners'; what is another enterprise's does not exist. Roles: see the matrix of pages."""

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


@pytest.fixture
def owner(db: None, home: Path, keys: None) -> Client:
    for code in ("demo", "other"):
        add_enterprise(code=code, name="示范", province="北京", actor=Actor("tester"))
    return signed_in("anna", "data_officer", "demo")


def test_what_is_anothers_does_not_exist_under_ones_own_enterprise(owner: Client) -> None:
    sent(owner, done := begun(owner), ("a.csv", calls()))
    job = committed(owner, done)
    sent(owner, draft := begun(owner), ("b.csv", calls(first=100)))
    batch = f"{ROOT}batches/{batches.list_batches('demo')[0].id}/"
    both = signed_in("bo", "data_officer", "demo")
    models.Membership.objects.create(user_id="bo", enterprise_id="other", role="data_officer")
    for address in (batch, job, f"{job}progress/"):
        assert both.get(address).status_code == 200
        assert both.get(address.replace("/e/demo/", "/e/other/")).status_code == 404
    for act in (f"{batch}reveal/", f"{batch}rejects/", f"{batch}rejects/Jnone/", f"{batch}undo/", f"{job}stop/"):
        assert both.post(act.replace("/e/demo/", "/e/other/")).status_code == 404
    # a colleague does not see into a draft
    assert both.get(f"{draft}files/").status_code == 404
    assert both.post(f"{draft}commit/").status_code == 404
    assert draft not in both.get(ROOT).content.decode()
    inspector = signed_in("ines", "tester", "demo")
    assert f"{ROOT}import/" not in inspector.get(ROOT).content.decode()


def test_work_that_another_has_asked_for_does_not_exist_for_who_sees_one_team(owner: Client) -> None:
    sent(owner, draft := begun(owner), ("a.csv", calls()))
    job = committed(owner, draft)
    outsourcer = signed_in("otto", "outsourcer", "demo")
    models.Membership.objects.filter(user_id="otto").update(team="T1")
    for address in (job, f"{job}progress/"):
        assert outsourcer.get(address).status_code == 404
    assert outsourcer.post(f"{job}stop/").status_code == 404
