"""Role × operation × tenant: what the operation's act and the table of roles say is what is answered, nothing else."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from string import Formatter
from typing import Any, Final

import pytest
from django.db import transaction
from django.test import Client
from tests.support.operations import bodies
from tests.support.tables import state
from tests.support.two_tenants import EVERYWHERE, OPERATOR, OTHER, OWN, PNG, RULE, Persona, does, people, tenant

from nianjian.doors.api.application import API, PREFIX
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.features.dossier.operations import package
from nianjian.features.rectification import reports
from nianjian.features.rulebook import operations
from nianjian.platform.accounts import links, service, tokens
from nianjian.platform.accounts.links import invite
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.roles import Permission, Role
from nianjian.platform.api.operations import MARK
from nianjian.platform.jobs.models import Job
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.django_db

TOMORROW: Final = clock.today() + timedelta(days=1)  # still to come when midnight passes while the tests run
SAMPLES: Final[Mapping[tuple[str, str], Any]] = {
    ("", "kind"): "lines",
    ("", "form"): "xlsx",
    ("", "source"): "tinet",
    ("", "item"): "articles",
    **{(f"dossier_{act}", "version"): 1 for act in ("confirm", "return", "fetch", "pages", "page_picture", "draw")},
    ("dossier_page_picture", "page"): 1,
    ("dossier_arrival_picture", "page"): 1,
    ("dossier_not_applicable", "item"): "algorithm_filing",
    ("", "number"): 1,
    ("", "report"): "licence",
    ("one_click_code", "form"): "svg",
    ("", "role"): "compliance_lead",
    ("", "token"): "T0",
    ("rectification_report", "form"): "docx",
    ("season_feed_close", "feed_id"): "F0",
    ("season_archive_file", "year"): 2023,
    ("portraits_bases", "year"): 2025,
    ("season_archive_file", "part"): "log",
    ("season_entry_picture", "picture"): 99,
    ("screen_link_end", "link_id"): "K0",
    ("", "channel"): "N0",
    ("rules_get", "key"): RULE,
    ("rules_get_everywhere", "key"): RULE,
    ("effects_look", "key"): RULE,
    ("effects_look_everywhere", "key"): RULE,
    ("overlays_request", "key"): RULE,
    ("overlays_request_everywhere", "key"): RULE,
    ("roles_give", "name"): "both",  # who belongs to the enterprise may be given a role
}
NAMING: Final = frozenset({
    "signed", "arrival", "batch", "job", "approval", "webhook", "key", "name", "case", "ticket", "door", "task",
    "dispatch", "evidence", "reconciliation", "trial", "scan", "invitation", "asked",
    "screen_source",
})  # fmt: skip
QUERIES: Final[Mapping[str, str]] = {
    "room_get": "day={ahead}",
    "calls_import": "name=calls.csv",
    "season_entry_test": "year=2024&result=failed&note=x&name=a.png&day=2025-03-20",
    "registers_import": "name=lines.csv",
    "registers_preview": "name=lines.csv",
    "calls_preview": "name=calls.csv",
    "calls_preview_rejects": "name=calls.csv",
    "complaints_forward_preview": "name=list.csv&source=12321",
    "registers_mark": "name=lines.csv",
    "season_archive": "year=2023",
    "runs_compare": "before={earlier}&after={run}",
    "roles_take_everywhere": "enterprise={code}",
    "papers_add": "name=scan.png",
    "portrait_attach": "name=scan.png&metric=seat_vacancy&kind=expansion_plan",
    "visit_scan_add": "name=scan.png",
    "dossier_add": "name=scan.png",
    "seals_add": "name=seal.png&kind=official_seal&width_mm=40",
    "signed_add": "name=signed.pdf&item=articles",
    "dossier_arrive": "name=scan.png",
    "dossier_verify": "name=package.zip",
    "rounds_submit": "place=x",
    "rounds_compare": "before=1&after=1",
    "rounds_paper_add": "name=scan.png",
    "reconcile_export": "name=export.csv&kind=numbers",
    "reconcile_bill": "name=bill.csv",
    "rectification_paper_add": "name=scan.png&kind=annex",
    "complaints_forward": "name=list.csv&source=12321",
    "rows_list": "metric=complaint_rate&component=complaints",
}
_SHEET: Final = "线路编号,名称\nL-x,甲\n".encode()
_ASKED: Final = {"value": "0.2", "valid_from": "2026-01-01", "reason": "因为"}
BODIES: Final[Mapping[str, Any]] = {
    "enterprises_add": {"code": "third", "name": "第三家"},
    "calls_import": b"a file",
    "registers_import": _SHEET,
    "registers_preview": _SHEET,
    "calls_preview": b"a file",
    "calls_preview_rejects": b"a file",
    "complaints_forward_preview": "上级单号\nA-1\n".encode(),
    "watch_add": {"licence": "B2-20080101", "since": "2026-01-01", "source": "来函"},
    "watch_end": {"licence": "B2-20080101", "until": "2026-03-01"},
    "inspection_declare": {"predictive": False},
    "complaints_promise": {"response": 2, "close": 24, "purpose": True},
    "one_click_open": {"number": "95013009"},
    "registers_mark": _SHEET,
    "rows_create": {"values": {"line_id": "L-new", "team": "T1"}},
    "rows_change": {"version": "{version}", "values": {"name": "甲"}},
    "rows_end": {"version": "{version}", "start": "2026-01-01", "reason": "合同到期"},
    "rows_end_several": {"versions": ["{version}"], "start": "2026-01-01", "reason": "合同到期"},
    "papers_add": PNG,
    "portrait_attach": PNG,
    "visit_scan_add": PNG,
    "dossier_add": PNG,
    "seals_add": PNG,
    "seals_use": {"item": "articles", "kind": "official_seal", "reason": "样稿"},
    "seals_withdraw": {"kind": "official_seal"},
    "signed_add": b"a file",
    "dossier_arrive": PNG,
    "dossier_sort": {"item": "articles"},
    "dossier_cut": {"papers": [{"item": "articles", "first": 1, "last": 1}]},
    "dossier_verify": b"PK\x03\x04",
    "package_generate": {"items": ["seat_table"]},
    "dossier_comment": {"text": "已催"},
    "dossier_return": {"reason": "看不清"},
    "dossier_overrule": {
        "year": 2025,
        "item": "articles",
        "version": 1,
        "finding": "scan_turned",
        "reason": "页面是正的",
    },
    "fill_in_enter": {"year": 2025, "report": "licence", "field": "nature", "text": "有限责任公司"},
    "portrait_choose_basis": {"year": 2025, "basis": "filing", "reason": "省局通知"},
    "claims_state": {"year": 2025, "claim": "security_rules", "text": "信息安全管理制度"},
    "rounds_submit": b"{}",
    "rounds_return": {"received": "2026-01-06", "requests": [{"text": "补章"}]},
    "rounds_answer": {"note": "已装订"},
    "rounds_paper_add": PNG,
    "people_add": {"name": "third", "role": "auditor"},
    "invitations_make": {"role": "auditor"},
    "people_add_everywhere": {"name": "third", "role": "auditor"},
    "roles_give": {"role": "auditor"},
    "roles_give_everywhere": {"role": "auditor"},
    "inspections_make": {"until": str(TOMORROW)},
    "inspections_make_everywhere": {"until": str(TOMORROW)},
    "email_set": {"email": "a@example.org"},
    "email_set_everywhere": {"email": "a@example.org"},
    "display_name_set": {"display_name": "李敏"},
    "display_name_set_everywhere": {"display_name": "李敏"},
    "mappings_keep": {"name": "本月", "mapping": {"columns": {"callee": "被叫"}}},
    "rows_behind_reveal": {"row": {"kind": "tickets", "complaint_id": "T1"}},
    "overlays_request": _ASKED,
    "overlays_request_everywhere": {**_ASKED, "province": "北京"},
    "approvals_decide": {"decision": "yes"},
    "approvals_decide_everywhere": {"decision": "yes"},
    "complaints_add": {"source": "12321"},
    "effects_look": {"value": "0.2", "valid_from": "2026-01-01"},
    "effects_look_everywhere": {"value": "0.2", "valid_from": "2026-01-01"},
    "reconcile_export": "码号,批准总位长\n95013,8\n".encode(),
    "reconcile_bill": "账期,通话数\n2026-11,8\n".encode(),
    "reconcile_settle": {"state": "explained", "owner": "王五", "cause": "晚报"},
    "reconcile_decide": {"confirmed": False},
    "visit_set": {"day": "2026-11-03", "agenda": "09:30 | 大屏 | 运维"},
    "visit_admit": {"user": "inspector-9", "until": str(TOMORROW)},
    "room_set": {"day": str(TOMORROW), "items": ["check:S2"]},
    "drill_run": {"calls": 0},
    "drill_inject": {"drill": "{drill}", "inject": "media", "act": "given"},
    "screen_link_make": {"name": "大厅", "days": 1},
    "callback_begin": {"number": "95013"},
    "callback_end": {"outcome": "busy"},
    "callback_way_set": {"name": "x", "via": "sip:192.0.2.1"},
    "callback_way_remove": {"name": "移动线"},
    "callback_gateway_set": {"name": "GW", "hosts": ["192.0.2.1"]},
    "rectification_open": {"received": "2026-04-28"},
    "season_report": {"year": 2024, "track": "licence", "day": "2025-03-03"},
    "season_notice": {"year": 2024, "track": "licence", "day": "2025-03-03", "text": "通知"},
    "season_roll_over": {"year": 2027},
    "season_close": {"year": 2024},
    "season_entry_test": PNG,
    "season_reopen": {"year": 2023, "reason": "退回补正"},
    "inbox_read": {},
    "inbox_choose": {"scope": "all", "quiet_from": "22:00", "quiet_until": "07:00"},
    "channels_add": {"address": "x"},
    "channels_confirm": {"code": "000000"},
    "portfolio_several": {"enterprises": [], "act": "remind"},  # of nobody: who may not at one is refused elsewhere
    "season_task": {"year": 2024, "task": "items", "act": "assign", "text": "王五"},
    "rectification_measure_add": {"text": "抽查", "owner": "王五", "due": "2026-05-01"},
    "rectification_paper_add": PNG,
    "rectification_assessment_read": {"paper": 1},
    "complaints_forward": "上级单号\nA-1\n".encode(),
    "rectification_tickets": {"dimension": "line", "key": "L1"},
    "rectification_isolate": {"channel": "L-none", "reason": "投诉集中", "end": "投诉下降"},
    "rectification_lift": {"channel": "L-none", "reason": "已整改"},
    "gate_cap": {"key": "display", "name": "95013009", "cap": 100, "reason": "试"},
    "gate_fail_open": {"purpose": "service", "on": True, "reason": "试"},
    "gate_mode": {"enforce": False, "reason": "试"},
    "gate_choice": {"rule": "frequency.tencent_tccc", "on": True, "reason": "试"},
    "webhooks_add": {"url": "https://192.0.2.1/x", "events": ["portrait.run"]},
}
DEEPER: Final[Mapping[str, Permission]] = {
    "jobs_stop": Permission.MANAGE_DATA,
    "season_archive_file": Permission.AUDIT,
    "jobs_stop_everywhere": Permission.REQUEST,
    "approvals_decide": Permission.APPROVE,
    "approvals_decide_everywhere": Permission.APPROVE,
}
NOBODYS: Final = frozenset({
    "tokens_revoke", "complaints_forward_file", "registers_marked", "registers_export_fetch", "season_feed_close",
    "screen_link_end", "channels_confirm", "channels_close", "season_entry_picture",
})  # fmt: skip # the address names what is another's own
DERIVED: Final = bodies()
# Who sees the rows of one team finds no work but what this one person has asked for.
# What they name is not there: nothing was declared, no version was brought.
ABSENT: Final = frozenset({
    "dossier_sealed_scan", "rectification_assessment_read", "portrait_withdraw", "dossier_overrule",
    "dossier_overrule_scan",
})  # fmt: skip
OWN_WORK: Final = frozenset({"jobs_get", "jobs_stop"})
OPERATIONS: Final = [
    (path, operation)
    for _prefix, router in API._routers
    for path, view in router.path_operations.items()
    for operation in view.operations
]


@dataclass(frozen=True)
class Case:
    """One operation with its arguments put in."""

    name: str
    method: str
    act: object
    code: str
    address: str
    body: bytes
    media: str
    crossed: bool = False


def _cases(path: str, operation: Any, world: Mapping[str, Mapping[str, Any]]) -> Iterator[Case]:
    name = operation.operation_id
    parameters = {field for _text, field, _format, _how in Formatter().parse(path) if field}
    names = {one for one in parameters & NAMING if (name, one) not in SAMPLES}
    for code in (OWN, OTHER) if parameters & ({"code"} | NAMING) else (OWN,):
        for things in (world[code], world[OWN if code == OTHER else OTHER]) if "code" in parameters else (world[code],):
            if things is not world[code] and not names:
                continue
            params = {
                one: SAMPLES.get((name, one)) or things.get(f"{name} {one}") or things.get(one) or SAMPLES["", one]
                for one in parameters - {"code"}
            }
            address = f"/{PREFIX}{path.format(code=code, **params)}"
            if query := QUERIES.get(name):
                address += f"?{query.format(**things)}"
            content = BODIES.get(name) or DERIVED.get(name, {})
            raw = isinstance(content, bytes)
            text = "" if raw else json.dumps(content).replace('"{version}"', str(things["version"]))
            body = (
                content
                if raw
                else text.replace("{ticket}", things["ticket"]).replace("{drill}", things["drill"]).encode()
            )
            for method in operation.methods:
                yield Case(
                    name, method, getattr(operation.view_func, MARK), code if "code" in parameters else EVERYWHERE,
                    address, body, "application/octet-stream" if raw else "application/json",
                    crossed=things is not world[code],
                )  # fmt: skip


def _expected(one: Persona, case: Case) -> set[int]:
    """The statuses that are right; an empty set: whatever is no refusal."""
    if not one.token:
        return {401}
    if not isinstance(case.act, Permission):
        return {404} if case.name in NOBODYS else set()
    if case.code and not one.may(Permission.READ_OWN, case.code):
        return {404}
    if not one.may(case.act, case.code):
        return {403}
    if case.crossed or case.name in NOBODYS or (case.name in OWN_WORK and not one.may(Permission.READ, case.code)):
        return {404}
    return set() if one.may(DEEPER.get(case.name, case.act), case.code) else {403}


def _good(status: int, expected: set[int], case: Case) -> bool:
    if expected:
        return status in expected
    return status < 300 or (status in {409, 422} and case.method == "POST") or (status == 404 and case.name in ABSENT)


def _walk(world: Mapping[str, Mapping[str, Any]], everybody: list[Persona]) -> list[str]:
    """Every fault of the matrix."""
    faults = []
    for path, operation in OPERATIONS:
        before = state({"accounts_token"})  # its hour of use
        for one in everybody:
            client = Client(headers={"authorization": f"Bearer {one.token}"} if one.token else {})
            for case in _cases(path, operation, world):
                expected = _expected(one, case)
                act = DEEPER.get(case.name, case.act)
                if not expected and isinstance(act, Permission) and not does(one, act):
                    continue
                with transaction.atomic():
                    answer = client.generic(case.method, case.address, case.body, case.media)
                    transaction.set_rollback(not expected)
                if not _good(answer.status_code, expected, case):
                    faults.append(
                        f"{one.name or 'nobody signed in'}: {case.method} {case.address}: {answer.status_code},"
                        f" expected: {expected or 'done'} {answer.content[:200]!r}"
                    )
        after = state({"accounts_token"})
        faults += [
            f"{operation.operation_id}: {table} has changed" for table in before if before[table] != after[table]
        ]
    return faults


@pytest.fixture
def world(db: None, api_home: Path, sample: dict[str, Any]) -> dict[str, dict[str, Any]]:
    tenants = {code: tenant(code, sample) for code in (OWN, OTHER)}
    service.add_user(name="both", role=Role.TESTER, enterprises=[OWN, OTHER], actor=OPERATOR)
    request = operations.request_overlay(
        key=RULE, value="0.25", province="上海", enterprise=None, valid_from=date(2026, 1, 1), valid_to=None,
        reason="口头要求", actor=OPERATOR,
    )  # fmt: skip
    job = operations.enqueue_effects(
        key=RULE, value="0.25", province="上海", enterprise=None, valid_from=date(2026, 1, 1), reason="", actor=OPERATOR
    )
    own = {  # an enterprise's is decided, shown and stopped at the enterprise
        "approvals_decide_everywhere approval": request.id,
        "jobs_get_everywhere job": job,
        "jobs_stop_everywhere job": job,
    }
    return {
        code: {
            **things,
            **own,
            **_inspected(code),
            **_linked(code, things),
            **_reported(things),
            **_built(code, things),
        }
        for code, things in tenants.items()
    }


def _reported(things: Mapping[str, Any]) -> dict[str, str]:
    """A report of the tenant's case, set as the worker sets it."""
    job = reports.enqueue_report(case=things["case"], form="docx", language="zh", actor=OPERATOR)
    report = reports.store_report(case=things["case"], form="docx", language="zh", actor=OPERATOR)
    Job.objects.filter(pk=job).update(state=Job.DONE, result=to_builtins(report))
    return {"rectification_report_file job": job}


def _built(code: str, things: Mapping[str, Any]) -> dict[str, str]:
    """A draft of the tenant's package, as the worker leaves it."""
    job = package.enqueue_build(enterprise=code, year=things["year"], pictures=False, actor=OPERATOR)
    result = {"draft": True, "name": "package.zip", "sha256": "0" * 64, "size": 2, package.BLOB: blobs.put(b"PK").id}
    Job.objects.filter(pk=job).update(state=Job.DONE, result=result)
    return dict.fromkeys(("package_sign job", "package_fetch job"), job)


def _linked(code: str, things: Mapping[str, Any]) -> dict[str, str]:
    invitation = invite(role=Role.AUDITOR, enterprise=code, actor=OPERATOR).id
    return {"link": links.create_first_link(user=things["name"], actor=OPERATOR).id, "invitation": invitation}


def _inspected(code: str) -> dict[str, str]:
    name = f"inspects-{code}"
    service.add_user(name=name, role=Role.INSPECTOR, enterprises=[code], actor=OPERATOR)
    return {"inspections_make name": name, "inspections_make_everywhere name": name}


def _everybody(roles: list[tuple[Role, str]]) -> list[Persona]:
    """As the pages', and a lead whose token may only read."""
    personas = [one for one in people([*roles, (Role.COMPLIANCE_LEAD, OWN)]) if one.token or not one.name]
    (lead,) = (one for one in personas if one.role == Role.COMPLIANCE_LEAD and one.place == OWN)
    token = tokens.create_token(user=lead.name, name="reads", scopes=["read"], days=None, actor=Actor(lead.name, USER))
    return [*personas, Persona("reads", lead.role, OWN, lead.client, token.secret, by_link=True)]


@pytest.mark.long
def test_the_matrix_of_every_role(world: dict[str, dict[str, Any]]) -> None:
    wide = Role if os.environ.get("SOAK") else ()
    chosen = [(Role.ADMINISTRATOR, OTHER), *((role, OWN) for role in Role if role != Role.COMPLIANCE_LEAD)]
    chosen += [(role, EVERYWHERE) for role in wide if role != Role.OUTSOURCER]
    faults = _walk(world, _everybody(chosen))
    assert not faults, "\n".join(faults)
