"""Whatever opens or works in a person's name ends with the account, and at one enterprise with the role there."""

from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.people import operations
from nianjian.features.screens import operations as screens
from nianjian.features.screens import queries
from nianjian.features.season import feeds
from nianjian.features.season.operations import create_feed
from nianjian.platform.accounts import links, models, query, service
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.links import create_first_link, create_inspection, invite
from nianjian.platform.accounts.models import Link
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.approvals.storage import approve_request, get_approval
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.notifications import webhooks
from nianjian.platform.registers.overlays import OverlayProposal, propose_overlay

pytestmark = pytest.mark.django_db
ANNA = Actor("anna", USER)
OTHER = "other"


def _session(user: str) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = user
    store.save()
    return str(store.session_key)


@pytest.fixture
def anna(demo: str, operator: Actor) -> Actor:
    """An administrator of two enterprises, at the first a third-party tester and inspector, too."""
    service.add_enterprise(code=OTHER, name="别家", province="浙江", actor=operator)
    service.add_user(name="anna", role="administrator", enterprises=[demo, OTHER], actor=operator)
    for role in ("tester", "inspector"):
        service.grant(user="anna", role=role, enterprise=demo, actor=operator)
    return ANNA


def _carried(place: str) -> dict[str, Callable[[], bool]]:
    """Make one of everything that anna's role at the enterprise carries: its name, and whether it holds."""
    secret = create_feed(enterprise=place, actor=ANNA).secret
    screen = screens.create_link(enterprise=place, name="门厅", days=3, actor=ANNA).path.split("/")[2]
    invitation = invite(role="auditor", enterprise=place, actor=ANNA).secret
    hook, _secret = webhooks.create_webhook(
        enterprise=place, url="https://192.0.2.1/", events=["approval.request"], actor=ANNA
    )
    job = flow.enqueue(kind=flow.RUN_PORTRAIT, enterprise=place, payload={"year": 2026}, actor=ANNA)
    limit = OverlayProposal("portrait.seat_vacancy.limit", "0.2", "", place, date(2026, 1, 1), None, "x")
    request = propose_overlay(overlay=limit, actor=ANNA).id

    def listening() -> bool:
        hook.refresh_from_db()
        return hook.closed_at is None

    return {
        "feed": lambda: feeds.render_calendar(secret, "en") is not None,
        "screen": lambda: queries.find_enterprise_by_secret(screen) is not None,
        "invitation": lambda: links.find_invitation(invitation) is not None,
        "webhook": listening,
        "job": lambda: queue.job(job).state == "waiting",
        "request": lambda: get_approval(request).state == "pending",
    }


def _ways_in(operator: Actor) -> dict[str, Callable[[], bool]]:
    first, session = create_first_link(user="anna", actor=operator).secret, _session("anna")
    inspect = create_inspection(user="anna", expires_at=clock.now() + timedelta(days=1), actor=operator).secret
    passkey = Authenticator.objects.create(user_id="anna", type=Authenticator.Type.WEBAUTHN, data={})
    return {
        "token": lambda: models.Token.objects.filter(user="anna").exists(),
        "session": lambda: Session.objects.filter(pk=session).exists(),
        "one-time link": lambda: links.find_link(Link.FIRST, first) is not None,
        "inspector's link": lambda: links.find_link(Link.INSPECT, inspect) is not None,
        "passkey": lambda: Authenticator.objects.filter(pk=passkey.pk).exists(),
    }


def _holding(checks: dict[str, Callable[[], bool]]) -> set[str]:
    return {name for name, holds in checks.items() if holds()}


def test_closing_ends_everything_at_once_and_reopening_brings_nothing_back(
    demo: str, anna: Actor, operator: Actor
) -> None:
    checks = _carried(demo) | _ways_in(operator)
    assert _holding(checks) == set(checks)
    operations.close(user="anna", actor=operator)
    assert _holding(checks) == set()
    service.reopen(user="anna", actor=operator)
    assert _holding(checks) == set()
    ended = {(act.verb, act.actor) for act in acts(newest=6)}
    assert {("webhook.close", "os:root"), ("approval.refused", "os:root"), ("user.close", "os:root")} <= ended


def test_a_close_that_fails_ends_nothing(
    demo: str, anna: Actor, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_given: object) -> None:
        raise NianjianError("job_lost", job="J0")

    checks = _carried(demo) | _ways_in(operator)
    monkeypatch.setattr(webhooks, "close_webhooks_of", broken)
    with pytest.raises(NianjianError, match="job_lost"):
        operations.close(user="anna", actor=operator)
    assert _holding(checks) == set(checks)
    assert query.exists("anna")


def test_an_account_that_is_closed_by_whatever_way_opens_nothing(
    demo: str, anna: Actor, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each checks at use, so what `close` forgot would stay shut."""
    checks = _carried(demo)
    request = next(act.data["approval"] for act in acts(verb="approval.request"))
    service.add_user(name="bo", role="administrator", enterprises=[demo], actor=operator)
    models.User.objects.filter(pk="anna").update(is_active=False)
    assert _holding(checks) == {"webhook", "job", "request"}  # they stand, and do nothing:
    assert webhooks.enqueue_deliveries() == 0
    with pytest.raises(NianjianError, match="account_closed"):
        approve_request(approval=str(request), digest="", actor=Actor("bo", USER))
    with pytest.raises(NianjianError, match="role_missing"):
        flow.enqueue(kind=flow.RUN_PORTRAIT, enterprise=demo, payload={}, actor=ANNA)
    assert list_accessible_enterprises(ANNA) == []


def test_a_role_that_is_taken_ends_what_it_carried_at_that_enterprise_alone(
    demo: str, anna: Actor, operator: Actor
) -> None:
    here, there, ways = _carried(demo), _carried(OTHER), _ways_in(operator)
    operations.revoke(user="anna", role="administrator", enterprise=demo, actor=operator)
    assert _holding(here) == {"feed"}  # a tester may still read
    operations.revoke(user="anna", role="tester", enterprise=demo, actor=operator)
    assert _holding(here) == set(), "an inspector reads nothing"
    operations.revoke(user="anna", role="inspector", enterprise=demo, actor=operator)
    assert _holding(there) == set(there)
    assert _holding(ways) == set(ways) - {"inspector's link"}
    service.grant(user="anna", role="administrator", enterprise=demo, actor=operator)
    assert _holding(here) == set()


def test_every_secret_of_a_person_is_ended_by_closing() -> None:
    """A table with digests of secrets belongs to the kinds that `service.end_bearers` walks."""

    def is_secret(model: Any) -> bool:
        return any(field.name == "sha256" and field.unique for field in model._meta.get_fields())

    secret = {model for model in apps.get_models() if is_secret(model)}
    assert {model.__name__ for model in secret} == {"Token", "Link", "Invitation", "Feed", "ScreenLink"}
    assert {model for model in secret if not issubclass(model, models.Bearer)} == set()
