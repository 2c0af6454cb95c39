"""Two enterprises that have one of everything an address can name, and people of every role."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import django
import pytest

django.setup()

from django.test import Client  # noqa: E402 -- models load after the line above
from tests.support.import_pages import calls, work  # noqa: E402
from tests.support.sample_portrait import fill  # noqa: E402

from nianjian.engines.kernel import clock  # noqa: E402
from nianjian.engines.kernel.encode import to_builtins  # noqa: E402
from nianjian.engines.sip.message import CallTrace  # noqa: E402
from nianjian.engines.sip.message import Line as SipLine  # noqa: E402
from nianjian.features.archives import closed_seasons as archives  # noqa: E402
from nianjian.features.calls import drafts  # noqa: E402
from nianjian.features.complaints import one_click  # noqa: E402
from nianjian.features.complaints import operations as complaints  # noqa: E402
from nianjian.features.dossier import materials  # noqa: E402
from nianjian.features.dossier.documents import FileProposal  # noqa: E402
from nianjian.features.dossier.editions import manifest  # noqa: E402
from nianjian.features.dossier.fill_in import Report, list_fields  # noqa: E402
from nianjian.features.dossier.fill_in import build_line as filled  # noqa: E402
from nianjian.features.dossier.ingest.receive import SmallPicture  # noqa: E402
from nianjian.features.dossier.materials import File, Place  # noqa: E402
from nianjian.features.dossier.models import Evidence, Request  # noqa: E402
from nianjian.features.dossier.operations import arrivals, fill_in, rounds, signatures  # noqa: E402
from nianjian.features.dossier.operations.rounds import Handover, RequestInput  # noqa: E402
from nianjian.features.dossier.signatures import to_signature  # noqa: E402
from nianjian.features.dossier.states import Verdict  # noqa: E402
from nianjian.features.inspection.operations import day as inspection  # noqa: E402
from nianjian.features.inspection.operations import drill, room  # noqa: E402
from nianjian.features.portrait import portraits  # noqa: E402
from nianjian.features.reconciliation.models import Difference, Proposal, Run  # noqa: E402
from nianjian.features.reconciliation.storage import store_run  # noqa: E402
from nianjian.features.rectification import operations as rectification  # noqa: E402
from nianjian.features.rectification import storage as rectification_storage  # noqa: E402
from nianjian.features.rectification.models import Case  # noqa: E402
from nianjian.features.rectification.storage import Notice  # noqa: E402
from nianjian.features.rulebook import operations  # noqa: E402
from nianjian.features.screens import operations as screens  # noqa: E402
from nianjian.features.season.queries import summarize_season  # noqa: E402
from nianjian.features.test_calls import storage  # noqa: E402
from nianjian.features.test_calls.states import Verdict as Judged  # noqa: E402
from nianjian.platform.accounts import (  # noqa: E402
    links,
    models,
    service,
    tokens,
)
from nianjian.platform.accounts.query import USER, Actor  # noqa: E402
from nianjian.platform.accounts.roles import ALLOWED, Permission, Role  # noqa: E402
from nianjian.platform.home import wiring  # noqa: E402
from nianjian.platform.jobs import query as queue  # noqa: E402
from nianjian.platform.notifications import outbox, webhooks  # noqa: E402
from nianjian.platform.notifications.delivery import Outcome  # noqa: E402
from nianjian.platform.notifications.outbox import Notification  # noqa: E402
from nianjian.platform.registers import attachments as papers  # noqa: E402
from nianjian.platform.registers import batches, uploads  # noqa: E402
from nianjian.platform.registers import storage as rows  # noqa: E402
from nianjian.platform.registers.models import Line  # noqa: E402
from nianjian.platform.rulebook.rulebooks import rulebook  # noqa: E402
from nianjian.platform.vault import blobs  # noqa: E402

OWN, OTHER, EVERYWHERE, NOWHERE = "demo", "other", "", None
RULE = "portrait.seat_vacancy.limit"
OPERATOR = Actor("tester")
PNG = b"\x89PNG\r\n\x1a\n picture"
JPEG = b"\xff\xd8 a page"


@dataclass
class Persona:
    """Somebody who asks: what the role is and where (`EVERYWHERE`, a code, or `NOWHERE`); "" has not signed in."""

    name: str
    role: Role | None
    place: str | None
    client: Client
    token: str = ""
    by_link: bool = False
    own: dict[tuple[str, str], Any] = field(default_factory=dict)  # (enterprise, parameter) -> what is this person's

    def may(self, act: Permission, code: str) -> bool:
        """What the roles' table says."""
        if self.role is None or self.place not in {EVERYWHERE, code}:
            return False
        return act in ALLOWED[self.role] and (not self.by_link or act in {Permission.READ, Permission.READ_OWN})


def does(one: Persona, act: Permission) -> bool:
    """Whether this one does to the end what its role allows: an administrator, and of the others who may least."""
    may = [role for role in Role if act in ALLOWED[role]]
    least = min(may, key=lambda role: len(ALLOWED[role]))
    return bool(os.environ.get("SOAK")) or one.by_link or one.role in {None, Role.ADMINISTRATOR, least}


def people(roles: list[tuple[Role, str]]) -> Iterator[Persona]:
    """People with those roles at those places, one who has none, one by an inspector's link, one not signed in."""
    for role, place in roles:
        yield _person(f"{role}-{place or 'everywhere'}", role, place)
    yield _person("nobody", None, NOWHERE)
    yield _by_link()
    yield Persona("", None, NOWHERE, Client(raise_request_exception=False))


def _person(name: str, role: Role | None, place: str | None) -> Persona:
    if role is None:
        models.User.objects.create(name=name, created_at=clock.now())
    else:
        service.add_user(name=name, role=role, enterprises=[place] if place else [], actor=OPERATOR)
    if role == Role.OUTSOURCER:
        models.Membership.objects.filter(user_id=name).update(team="T1")
    client = Client(raise_request_exception=False)
    client.force_login(models.User.objects.get(pk=name))
    one = Persona(name, role, place, client)
    actor = Actor(name, USER)
    token = tokens.create_token(user=name, name="matrix", scopes=None, days=None, actor=actor)
    one.token = token.secret
    one.own = {("", "token"): token.token.id}
    for code in (OWN, OTHER):
        if one.may(Permission.MANAGE_DATA, code):
            one.own[code, "draft"] = _draft(code, actor, first=len(name) * 1000)
    return one


def _by_link() -> Persona:
    service.add_user(name="insp", role=Role.INSPECTOR, enterprises=[OWN], actor=OPERATOR)
    link = links.create_inspection(user="insp", expires_at=clock.now() + timedelta(days=1), actor=OPERATOR)
    client = Client(raise_request_exception=False)
    client.post(f"/account/inspect/{link.secret}/")
    return Persona("insp", Role.INSPECTOR, OWN, client, by_link=True)


def _draft(code: str, actor: Actor, *, first: int = 0) -> str:
    draft = drafts.create_draft(kind=drafts.CALLS, enterprise=code, actor=actor)
    with uploads.Incoming("calls.csv") as file:
        file.write(calls(first=first))
        drafts.add_file(draft=drafts.draft_for(draft, code, actor), incoming=file)
    return draft


def _paper(code: str, actor: Actor) -> None:
    """A version of an item of 2026."""
    report: dict[str, Any] = {"findings": [], "fields": {"name": f"企业 {code}"}}
    seen = [SmallPicture(1, 210.0, 297.0, JPEG)]
    file = File("章程.pdf", "application/pdf", f"%PDF {code}".encode(), 1, Verdict.NEEDS_PERSON, report, seen)
    materials.store_version(place=Place(code, 2026, "articles"), file=file, actor=actor)


def _round(code: str, actor: Actor) -> dict[str, int]:
    """A package of 2026 that was handed in and came back; its manifest and the request."""
    document = {"format": manifest.FORMAT, "version": manifest.VERSION, "enterprise": f"企业 {code}", "season": 2026,
            "draft": False, "items": [], "files": []}  # fmt: skip
    package = rounds.read_package(json.dumps(manifest.add_hashes(document)).encode(), enterprise=code, year=2026)
    place: dict[str, Any] = {"enterprise": code, "year": 2026, "actor": actor}
    day = date(2027, 1, 5)
    with pytest.MonkeyPatch.context() as later:  # a package is handed in after its data year
        later.setenv(clock.OVERRIDE, day.isoformat())
        rounds.record_submission(**place, package=package, handed=Handover(day, "政务大厅"))
        rounds.record_notice(
            **place, number=1, received=day, due=None, reference="", requests=[RequestInput("", "请装订")], paper=None
        )  # fmt: skip
    evidence = Evidence.objects.get(submission__enterprise_id=code).pk
    return {"evidence": evidence, "asked": Request.objects.get(notice__submission__enterprise_id=code).pk}


def _fill_in(code: str, actor: Actor) -> None:
    """A sheet of the licence report of 2026."""
    rules = rulebook(day=None, province=None, enterprise=code)
    lines = [filled(one, f"企业 {code}", None) for one in list_fields(Report.LICENCE, rules)]
    fill_in.store_sheet(
        enterprise=code, sheet=fill_in.NewSheet(2026, Report.LICENCE, date(2026, 12, 31), "", "1", lines), actor=actor
    )


def _signed(code: str, actor: Actor) -> int:
    """A paper of 2026 whose one signature nobody could check."""
    signature = {"field": "S1", "intact": None, "trust": "unknown", "fault": "NotImplementedError"}
    place: dict[str, Any] = {"enterprise": code, "year": 2026, "item": "articles"}
    body = f"%PDF signed {code}".encode()
    return signatures.record_paper(
        **place, name="章程.pdf", content=body, signatures=[to_signature(signature)], actor=actor
    ).pk


def _reconciliation(code: str, actor: Actor) -> dict[str, Any]:
    """A comparison of lines with a difference, and a pair."""
    difference = Difference(key=f"L-{code}", result="only_ours", label=f'{{"key": "L-{code}"}}', state="open")
    details = '{"name": "张三", "identity": "11010519491231002X"}'
    pair = Proposal(kind="name", subject="1" * 64, person="2" * 64, told=details, likeness=75)
    counts = {"same": 0, "only_ours": 1, "only_theirs": 0, "field_differs": 0}
    run = Run(enterprise_id=code, kind="lines", as_of=date(2026, 12, 31), counts=counts, told={})
    store_run(run=run, differences=[difference], proposals=[pair], actor=actor)
    return {"reconciliation": run.pk, "difference": run.differences.get().pk, "pair": run.proposals.get().pk}


def _callback(code: str, actor: Actor) -> str:
    """A way to nowhere, and a test call that was refused."""
    route = storage.RouteInput(name="移动线", via="sip:192.0.2.1:5060;transport=udp", caller="test", witness="none")
    storage.store_route(enterprise=code, route=route, actor=actor)
    seen = CallTrace("95013", code, end="final", status=403, log=[SipLine(0, True, "INVITE sip:95013@x SIP/2.0", code)])  # noqa: FBT003 -- sent
    trial = storage.store_trial(
        enterprise=code, frame=storage.CallFrame("95013", 30_000), seen=seen,
        verdict=Judged("failed", "refused", in_time=False), begun_at=clock.now(), actor=actor,
    )  # fmt: skip
    return trial.pk


def _archived(code: str, actor: Actor) -> int:
    """The season of 2023 is closed; of 2026 there is still work."""
    season = summarize_season(enterprise=code, year=2023, today=date(2024, 5, 2), actor=actor)
    blob = blobs.put(b"{}")
    file = archives.ArchiveFile("log", "log-2023.json", "application/json", blob.sha256, blob.size, blob.id)
    log: dict[str, Any] = {"seq": 0, "hash": "", "acts": []}
    document = {"season": to_builtins(season), "package": None, "portrait": None, "log": log}
    archives.store_archive(enterprise=code, year=2023, document=document, files=[file], actor=actor)
    return 2023


def _sending(code: str, user: str) -> int:
    """A sending that was given up."""
    now = clock.now()
    values = {"year": 2026, "due": "2027-03-31", "left": 1}
    notification = Notification(user, "task:items", "before-1", date(2027, 3, 30), values, {"N0": now})
    outbox.enqueue_daily_messages(enterprise=code, day=date(2027, 3, 30), news=[notification], now=now, actor=OPERATOR)
    for _try in range(len(outbox.PAUSES) + 1):
        claimed = outbox.claim_dispatches(clock.now() + timedelta(days=9)) or []
        outbox.settle_dispatches(claimed=claimed, outcome=Outcome.REFUSED, fault="x", now=now)
    return claimed[0].pk


def _drill(code: str, token: str) -> str:
    """A drill that has begun, without what is looked up first: that needs calls and registers, and time."""
    data: dict[str, Any] = {"as_of": "2026-03-02", "checks": [], "calls": {}, "why": "calls_unasked", "tests": []}
    data["rulebook"] = {"version": "1", "sha256": "0" * 64}
    return drill.begin_drill(enterprise=code, token=token, phone="", data=data, actor=OPERATOR)


def tenant(code: str, sample: Mapping[str, Any]) -> dict[str, Any]:
    """Make an enterprise; what stands for each parameter of an address."""
    service.add_enterprise(code=code, name=f"企业 {code}", province="北京", actor=OPERATOR)
    lead = f"lead-{code}"
    service.add_user(name=lead, role=Role.COMPLIANCE_LEAD, enterprises=[code], actor=OPERATOR)
    actor = Actor(lead, USER)
    for _run in range(2):
        with portraits.stage_portrait(code, 2026, sample) as put:
            put()
    fill(wiring.lake(code))
    params: dict[str, Any] = {"since": date(2025, 1, 1), "reason": "", "actor": actor, "enterprise": code}
    rows.create_row(kind="teams", texts={"team_id": "T1", "name": "一队"}, **params)
    key = rows.create_row(kind="lines", texts={"line_id": f"L-{code}", "team": "T1"}, **params)
    line = Line.objects.get(enterprise_id=code, key=key)
    handed = _draft(code, actor)
    drafts.enqueue_import(draft=drafts.draft_for(handed, code, actor), actor=actor)
    work()
    request = operations.request_overlay(
        key=RULE, value="0.25", province=None, enterprise=code, valid_from=date(2026, 1, 1), valid_to=None,
        reason="口头要求", actor=actor,
    )  # fmt: skip
    hook, _secret = webhooks.create_webhook(
        enterprise=code, url="https://192.0.2.1/told", events=["registers.import"], actor=OPERATOR
    )
    webhooks.enqueue_test(webhook=hook.id, enterprise=code, actor=OPERATOR)
    opened = rectification.open_case(enterprise=code, notice=Notice(date(2026, 4, 28)), paper=None, actor=actor)
    case = opened.id
    rectification.add_measure(
        enterprise=code, case=case, text="抽查录音", owner="王五", due=date(2026, 5, 8), every=7, actor=actor
    )
    (task,) = rectification_storage.create_routine(case=Case.objects.get(pk=case), start=date(2026, 5, 8), actor=actor)
    _paper(code, actor)
    _fill_in(code, actor)
    waits = arrivals.store_file(
        enterprise=code, year=2026, name="扫描件.pdf", content=f"%PDF came {code}".encode(), actor=actor
    )
    proposal = FileProposal(None, sure=False, guesses=[], pages=1)
    pictures = [SmallPicture(1, 210.0, 297.0, JPEG)]
    arrivals.record_proposal(arrival=waits.pk, proposal=proposal, pictured=pictures, actor=actor)
    inspection.save_visit(enterprise=code, visit=inspection.VisitInput(date(2026, 11, 3)), actor=actor)
    ahead = clock.today() + timedelta(days=1)
    inspection.save_visit(enterprise=code, visit=inspection.VisitInput(ahead), actor=actor)
    room.release_items(enterprise=code, day=ahead, items=["check:S2", "register:seats"], actor=actor)
    visit = room.find_room_visit(code)
    assert visit is not None
    original = room.ask_for_original(visit=visit, rule="S2", subject="T00S001", actor=actor)
    notice = inspection.ScanFile("通知书.png", "image/png", PNG, 1)
    door = one_click.open_door(enterprise=code, number="95013001", actor=OPERATOR)
    return {
        "code": code,
        "day": date(2026, 11, 3),
        "ahead": ahead,
        "entry": original.pk,
        "scan": inspection.store_scan(enterprise=code, day=date(2026, 11, 3), file=notice, actor=actor).pk,
        "drill": _drill(code, door.token), "year": 2026, **_round(code, actor),
        "run": portraits.list_runs(code, 2026)[0], "earlier": portraits.list_runs(code, 2026)[1],
        "batch": batches.list_batches(code)[0].id, "job": queue.jobs(code)[0].id,
        "draft": _draft(code, actor, first=500), "key": key, "version": line.pk, "arrival": waits.pk,
        "signed": _signed(code, actor),
        "paper": papers.attach_to_row(register="lines", row=line, name="scan.png", content=PNG, actor=actor),
        "approval": request.id, "webhook": hook.id, "case": case, **_reconciliation(code, actor),
        "trial": _callback(code, actor), "task": task.pk, "dispatch": _sending(code, lead),
        "closed": _archived(code, actor),
        "measure": rectification.add_measure(
            enterprise=code, case=case, text="抽查", owner="王五", due=date(2026, 5, 8), every=None, actor=actor
        ),
        "delivery": hook.deliveries.get().pk,
        "name": lead,
        "ticket": complaints.open_ticket(
            enterprise=code, actor=actor, texts={"ticket_id": f"TS-{code}", "source": "12321", "team_id": "T1"}
        ),
        "door": door.pk,
        "screen_source": screens.add_source(
            enterprise=code, actor=actor, name="fs", kind="freeswitch", user="sender", secret=f"post-to-{code}-7"
        ).pk,
    }  # fmt: skip
