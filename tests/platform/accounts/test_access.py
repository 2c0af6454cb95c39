"""Role × command × place: every command of the program, asked by whoever could hold a token.

At the enterprise everybody who may not asks in vain, and of those who may the one who may least gets through: what a
command asks beyond its act shows there. Elsewhere not even an administrator does. Soaked, everybody asks everywhere.
"""

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from django.db import transaction
from tests.support.operations import commands as derived_commands

from nianjian.doors.cli.main import VERBS, Parser, load_verb, main
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations import import_calls
from nianjian.features.reconciliation.models import Run
from nianjian.features.reconciliation.storage import store_run
from nianjian.features.rectification.operations import Notice, open_case
from nianjian.features.test_calls.storage import CallFrame, store_begin
from nianjian.platform.accounts import models, service
from nianjian.platform.accounts.links import invite
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import ALLOWED, Permission, Role
from nianjian.platform.home import wiring
from nianjian.platform.registers.overlays import OverlayProposal, propose_overlay

pytestmark = pytest.mark.django_db

HERE, OTHER, EVERYWHERE = "demo", "other", ""
HEADER = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果"
AT = ("--enterprise", HERE)
YEAR = ("--year", "2016")  # before the rulebook begins: who may ask gets no further than that
DAY = ("--from", "2026-01-01", "--reason", "x")
# Command -> (its act, where it must be allowed, what is typed). BATCH, APPROVAL and TOKEN stand for real ids.
COMMANDS: dict[str, tuple[Permission, str, tuple[str, ...]]] = {
    "init": (Permission.PEOPLE, EVERYWHERE, ("--name", "chief")),
    "enterprise add": (Permission.ADMINISTER, EVERYWHERE, ("new", "--name", "x", "--province", "北京")),
    "user add": (Permission.PEOPLE, HERE, ("carl", *AT)),
    "user grant": (Permission.PEOPLE, HERE, ("anna", "--role", "auditor", *AT)),
    "user revoke": (Permission.PEOPLE, HERE, ("anna", "--role", "compliance_lead", *AT)),
    "user invite": (Permission.PEOPLE, HERE, ("--role", "auditor", *AT)),
    "user uninvite": (Permission.PEOPLE, HERE, ("INVITATION", *AT)), "user link": (Permission.PEOPLE, HERE, ("anna",)),
    "user display-name": (Permission.PEOPLE, HERE, ("anna", "李敏")),
    "user close": (Permission.PEOPLE, HERE, ("anna",)), "user reopen": (Permission.PEOPLE, HERE, ("anna",)),
    "user confirm": (Permission.PEOPLE, HERE, ("anna",)), "user token list": (Permission.PEOPLE, HERE, ("anna",)),
    "user token revoke": (Permission.PEOPLE, HERE, ("TOKEN",)),
    "calls import": (Permission.MANAGE_DATA, HERE, ("nothing.csv", *AT)),
    "calls rejects": (Permission.VIEW_UNMASKED, HERE, ("BATCH", "-o", "OUT")),
    "calls undo": (Permission.MANAGE_DATA, HERE, ("BATCH",)),
    "calls list": (Permission.READ, HERE, AT),
    "registers import": (Permission.MANAGE_DATA, HERE, ("seats", "nothing.csv", *AT)),
    "registers list": (Permission.READ, HERE, ("seats", *AT)),
    "portrait run": (Permission.REPORT, HERE, (*AT, *YEAR)),
    "portrait runs": (Permission.READ, HERE, (*AT, *YEAR)),
    "portrait compare": (Permission.READ, HERE, ("20160101-000000-000000", "20160102-000000-000000", *AT, *YEAR)),
    "portrait bases": (Permission.READ, HERE, (*AT, "--year", "2024")),
    "portrait basis": (Permission.REPORT, HERE, ("filing", "--reason", "省局通知", *AT, "--year", "2024")),
    "portrait simulate": (Permission.READ, HERE, (*AT, *YEAR)),
    "portrait attach": (Permission.MANAGE_DATA, HERE,
                        ("seat_vacancy", "nothing.pdf", "--kind", "扩容计划", *AT, "--year", "2026")),
    "portrait declare": (Permission.REPORT, HERE, ("seat_vacancy", "--reason", "x", *AT, *YEAR)),
    "portrait decide-marketing": (Permission.REPORT, HERE, ("--kind", "stopped", "--text", "x", *AT, *YEAR)),
    "portrait withdraw": (Permission.REPORT, HERE, ("seat_vacancy", *AT, *YEAR)),
    "rules show": (Permission.READ, HERE, ("portrait.seat_vacancy.limit", *AT)),
    "rules overlay": (Permission.REQUEST, HERE, ("portrait.seat_vacancy.limit", "0.2", *AT, *DAY)),
    "approve": (Permission.APPROVE, HERE, ("APPROVAL",)),
    "keys list": (Permission.ADMINISTER, EVERYWHERE, ()),
    "keys rotate": (Permission.ADMINISTER, EVERYWHERE, ()),
    "holidays import": (Permission.ADMINISTER, EVERYWHERE, ("nothing.json",)),
    "backup": (Permission.ADMINISTER, EVERYWHERE, ("OUT",)),
    "retention show": (Permission.READ, EVERYWHERE, ()),
    "retention run": (Permission.ADMINISTER, EVERYWHERE, ("--dry-run",)),
    "audit verify": (Permission.AUDIT, EVERYWHERE, ()),
}  # fmt: skip
CHANNEL = ("--channel", "L1", "--reason", "x")
CASE = {  # of rectification: CASE stands for the id of a real one
    "show": (Permission.READ, ()),
    "check": (Permission.REPORT, ()),
    "task": (Permission.MANAGE_DATA, ("--text", "x", "--owner", "x")),
    "assessment": (Permission.MANAGE_DATA, ("--read", "1")),
    "attach": (Permission.MANAGE_DATA, ("--kind", "annex", "PAPER")),
    "submit": (Permission.MANAGE_DATA, ()),
    "locate": (Permission.REPORT, ()),
    "measure": (Permission.REPORT, ()),
    "report": (Permission.REPORT, ("--out", "REPORT")),
    "close": (Permission.REPORT, ("--check", "x")),
    "isolate": (Permission.REQUEST, CHANNEL),
    "lift": (Permission.REQUEST, (*CHANNEL, *AT)),
}
RECONCILED = {  # RECONCILIATION stands for the id of a real one; whoever may ask learns what it lacks
    "show": (Permission.READ, ()),
    "settle": (Permission.MANAGE_DATA, ("1",)),
    "pairs": (Permission.READ, ()),
    "decide": (Permission.MANAGE_DATA, ("1",)),
    "sheet": (Permission.REPORT, ("--out", "REPORT")),
}
ROUND = ("--number", "1", *AT, *YEAR)
ITEM = ("--item", "articles", *AT, *YEAR)
SEAL = ("--kind", "official_seal")
ASK = ("--display", "95013", "--callee", "13900000000", "--channel", "L1")
COMMANDS |= {
    # whoever may ask learns that there is no such thing
    **{command: (may, HERE, (*words, *AT)) for command, (may, words) in derived_commands().items()},
    "complaints show": (Permission.READ_OWN, HERE, ("I0", *AT)),
    "complaints add": (Permission.MANAGE_DATA, HERE, ("--source", "12321", "--number", "95013", *AT)),
    "complaints attach": (Permission.MANAGE_DATA, HERE, ("I0", "PAPER", *AT)),
    "complaints import": (Permission.MANAGE_DATA, HERE, ("PAPER", "--mapping", "PAPER", *AT)),
    "complaints match": (Permission.MANAGE_DATA, HERE, AT),
    "complaints list": (Permission.READ_OWN, HERE, AT),
    **{f"rectify {act}": (may, HERE, ("--case", "CASE", *words)) for act, (may, words) in CASE.items()},
    **{f"reconcile {kind}": (Permission.REPORT, HERE, ("PAPER", *AT)) for kind in ("numbers", "lines", "seats")},
    "reconcile people": (Permission.REPORT, HERE, AT),
    "reconcile sources": (Permission.REPORT, HERE, AT),
    "reconcile list": (Permission.READ, HERE, AT),
    **{f"reconcile {act}": (may, HERE, ("RECONCILIATION", *words)) for act, (may, words) in RECONCILED.items()},
    **{f"inspect {act}": (Permission.READ, HERE, AT) for act in ("readiness", "answers", "retention", "dialling-mode")},
    "inspect day": (Permission.READ, HERE, ("--last", *AT)),
    "inspect plan": (Permission.MANAGE_DATA, HERE, ("--day", "2026-09-03", *AT)),
    "inspect notice": (Permission.MANAGE_DATA, HERE, ("PAPER", "--day", "2026-09-03", *AT)),
    "inspect declare": (Permission.MANAGE_DATA, HERE, ("--predictive", "no", *AT)),
    "inspect screens": (Permission.MANAGE_DATA, HERE, AT),
    "screens list": (Permission.MANAGE_DATA, HERE, AT),
    "inspect copy": (Permission.READ, HERE, ("--out", "OUT", *AT)),
    "drill run": (Permission.REPORT, HERE, AT),  # there is no one-click address
    "drill timeline": (Permission.READ, HERE, AT),
    "drill inject": (Permission.REPORT, HERE, ("media", "--drill", "x", *AT)),
    "drill history": (Permission.READ, HERE, AT),
    "drill report": (Permission.READ, HERE, AT),
    "callback test": (Permission.REPORT, HERE, ("--number", "x", "--via", "sip:192.0.2.1", *AT)),  # it calls nobody
    "callback witness": (Permission.REPORT, HERE, ("--all", *AT)),
    "callback numbers": (Permission.READ, HERE, AT),
    "callback list": (Permission.READ, HERE, AT),
    "callback show": (Permission.READ, HERE, ("TRIAL",)),
    "callback begin": (Permission.MANAGE_DATA, HERE, ("--number", "95013", *AT)),
    "callback end": (Permission.MANAGE_DATA, HERE, ("TRIAL", "--outcome", "busy")),
    "callback routes": (Permission.READ, HERE, AT),
    "callback route": (Permission.ADMINISTER, HERE, ("x", "--via", "sip:192.0.2.1", *AT)),
    "callback gateway": (Permission.ADMINISTER, HERE, ("x", "192.0.2.1", *AT)),
    "rectify open": (Permission.MANAGE_DATA, HERE, ("--received", "2026-03-02", *AT)),
    "rectify list": (Permission.READ, HERE, AT),
    "rectify tickets": (Permission.REPORT, HERE, ("line", "L1", *AT)),
    "rectify watch": (Permission.READ, HERE, AT),
    "rectify routine": (Permission.READ, HERE, AT),
    "dossier list": (Permission.READ, HERE, (*AT, *YEAR)),
    "dossier add": (Permission.MANAGE_DATA, HERE, ("PAPER", *ITEM)),
    "dossier confirm": (Permission.MANAGE_DATA, HERE, ("--version", "1", *ITEM)),
    "dossier return": (Permission.MANAGE_DATA, HERE, ("--version", "1", "--reason", "x", *ITEM)),
    "dossier overrule": (
        Permission.REQUEST,
        HERE,
        ("--version", "1", "--finding", "scan_turned", "--reason", "x", *ITEM),
    ),
    "dossier state": (
        Permission.MANAGE_DATA,
        HERE,
        ("--item", "responsibility_report", "--claim", "security_rules", *AT, *YEAR),
    ),
    "dossier not-applicable": (Permission.MANAGE_DATA, HERE, ("--reason", "x", *AT, *YEAR)),
    "dossier assign": (Permission.MANAGE_DATA, HERE, ("--owner", "x", *ITEM)),
    "dossier comment": (Permission.MANAGE_DATA, HERE, ("--text", "x", *ITEM)),
    "dossier reuse": (Permission.MANAGE_DATA, HERE, (*AT, *YEAR)),
    "dossier generate": (Permission.VIEW_UNMASKED, HERE, ("all", *AT, *YEAR)),
    "dossier rounds": (Permission.READ, HERE, (*AT, *YEAR)),
    "dossier diff": (Permission.READ, HERE, ("1", "2", *AT, *YEAR)),
    "dossier submit": (Permission.MANAGE_DATA, HERE, ("PAPER", "--place", "x", *AT, *YEAR)),
    "dossier correction": (Permission.MANAGE_DATA, HERE, ("--received", "2026-03-02", "--request", "=x", *ROUND)),
    "dossier answer": (Permission.MANAGE_DATA, HERE, ("--request", "1", "--note", "x", *ROUND)),
    "dossier passed": (Permission.MANAGE_DATA, HERE, ROUND),
    "dossier evidence": (Permission.MANAGE_DATA, HERE, ("PAPER", *ROUND)),
    "dossier fill-in": (Permission.REPORT, HERE, (*AT, *YEAR)),
    "dossier build": (Permission.VIEW_UNMASKED, HERE, ("--output", "PACKAGE", *AT, *YEAR)),
    "dossier seal-picture add": (Permission.REQUEST, HERE, ("PAPER", "--width-mm", "40", *SEAL, *AT)),
    "dossier seal-picture withdraw": (Permission.REQUEST, HERE, (*SEAL, *AT)),
    "dossier seal-picture list": (Permission.READ, HERE, (*AT, *YEAR)),
    "dossier seal-picture use": (Permission.REQUEST, HERE, ("--reason", "x", *SEAL, *ITEM)),
    "dossier signature add": (Permission.MANAGE_DATA, HERE, ("PAPER", *ITEM)),
    "dossier signature list": (Permission.READ, HERE, (*AT, *YEAR)),
    "dossier signature fetch": (Permission.VIEW_UNMASKED, HERE, ("--paper", "1", "--output", "REPORT", *AT, *YEAR)),
    "dossier sign": (Permission.VIEW_UNMASKED, HERE, ("PACKAGE", *AT)),
    "season show": (Permission.READ, HERE, AT),
    "season file": (Permission.REPORT, HERE, ("--track", "licence", *AT, *YEAR)),
    "season notice": (Permission.REPORT, HERE, ("--track", "licence", "--on", "2027-03-01", "--name", "x", *AT, *YEAR)),
    "season task": (Permission.MANAGE_DATA, HERE, ("portrait", "--owner", "x", *AT, *YEAR)),
    "season entry-test": (
        Permission.MANAGE_DATA,
        HERE,
        ("--result", "failed", "--picture", "PAPER", "--note", "x", *AT, *YEAR),
    ),
    "season roll-over": (Permission.MANAGE_DATA, HERE, (*AT, *YEAR)),
    "season close": (Permission.REPORT, HERE, (*AT, *YEAR)),
    "season reopen": (Permission.REQUEST, HERE, ("--reason", "x", *AT, *YEAR)),
    "season archive": (Permission.READ, HERE, (*AT, *YEAR)),
    "season reminders": (Permission.REPORT, HERE, AT),
    "season feed": (Permission.READ, HERE, AT),
    "gate check": (Permission.READ, HERE, (*ASK, *AT)),
    "gate policy list": (Permission.READ, HERE, AT),
    "gate policy propose": (Permission.READ, HERE, AT),
    "gate policy set": (Permission.REQUEST, HERE, ("L1", "--cap", "5", *AT)),
    "gate policy choose": (Permission.REQUEST, HERE, ("frequency.aliyun_bot", *AT)),
    "gate policy fail-open": (Permission.REQUEST, HERE, ("marketing", *AT)),
    "gate policy mode": (Permission.REQUEST, HERE, ("observe", *AT)),
    "gate list build": (Permission.MANAGE_DATA, HERE, ("do-not-call", "PAPER", *AT)),
    "gate list show": (Permission.READ, HERE, AT),
    "gate decisions": (Permission.READ, HERE, AT),
    "gate feed": (Permission.REQUEST, EVERYWHERE, ()),
}
WIDER = {  # the same commands where they reach over one enterprise
    "user add": (Permission.PEOPLE, EVERYWHERE, ("carl",)),
    "user grant": (Permission.PEOPLE, EVERYWHERE, ("anna", "--role", "auditor")),
    "rules overlay": (
        Permission.REQUEST,
        EVERYWHERE,
        ("portrait.seat_vacancy.limit", "0.2", "--province", "北京", *DAY),
    ),
}
# These show nothing of an enterprise, or only what concerns the person.
OPEN = {
    "enterprise list", "user list", "user token add", "approvals list", "calls sources", "registers template",
    "holidays list", "holidays due", "serve", "worker", "check", "gate serve", "dossier verify", "dossier seal-plan",
    "dossier sort", "dossier check", "dossier signature show",  # of files of the person's own
    "gate replay",  # of what the person may read
    "doctor", "restore", "upgrade", "gate store",  # the local operator's, when nobody can sign in: they take no `--as`
}  # fmt: skip
REFUSED = {
    "role_missing", "role_missing_everywhere", "batch_unknown", "approval_unknown", "token_unknown", "rectify_unknown",
    "reconcile_run_unknown", "callback_trial_unknown",
}  # fmt: skip


@cache
def _parser(verb: str) -> Parser:
    parser = Parser(prog=verb)
    load_verb(verb).configure(parser)
    return parser


def _commands() -> Iterator[str]:
    for verb in VERBS:
        yield from _leaves(verb, _parser(verb))


def _leaves(words: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in nested:
        for name, inside in action.choices.items():
            yield from _leaves(f"{words} {name}", inside)
    if not nested:
        yield words


def test_every_command_is_in_the_matrix() -> None:
    assert set(_commands()) == set(COMMANDS) | OPEN


@pytest.fixture
def ids(demo: str, anna: Actor, operator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A batch and a request that really stand at ``demo``, and a place for files."""
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "access"))
    service.add_enterprise(code=OTHER, name="别家", province="北京", actor=operator)
    calls = tmp_path / "calls.csv"
    calls.write_text(f"{HEADER}\nc1,呼出,02110000,95013,13900000000,2026-03-02 10:00:00,,2026-03-02 10:01:00,未接\n")
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.4 an empty one")
    how = {"source": "auto", "mapping_file": None, "timezone": None, "replace": None}
    loaded = import_calls(
        enterprise=demo, patterns=[str(calls)], actor=operator, progress=lambda *_figures: None, **how
    )
    limit = OverlayProposal("portrait.seat_vacancy.limit", "0.2", "", demo, date(2026, 1, 1), None, "x")
    return {
        "BATCH": loaded.batch,
        "APPROVAL": propose_overlay(overlay=limit, actor=operator).id,
        "OUT": str(tmp_path / "out.csv"),
        "CASE": open_case(enterprise=demo, notice=Notice(date(2026, 3, 2)), paper=None, actor=operator).id,
        "RECONCILIATION": store_run(
            run=Run(enterprise_id=demo, kind="lines", as_of=date(2026, 12, 31), counts={}, told={}),
            differences=(),
            actor=operator,
        ).pk,
        "TRIAL": store_begin(enterprise=demo, frame=CallFrame("95013", 30_000), actor=operator).pk,
        "PAPER": str(paper),
        "REPORT": str(tmp_path / "report.docx"),
        "PACKAGE": str(tmp_path / "package"),
        "INVITATION": invite(role="auditor", enterprise=demo, actor=operator).id,
        "TOKEN": models.Token.objects.get(user="anna").id,
    }


def _is_refused(words: list[str], ids: Mapping[str, str]) -> bool:
    typed = [ids.get(word, word) for word in words]
    if "REPORT" in ids:  # a command refuses to write over a file
        Path(ids["REPORT"]).unlink(missing_ok=True)
    with transaction.atomic():
        try:
            args = _parser(typed[0]).parse_args(typed[1:])
            args.json = True
            args.act(args)
            code = ""
        except NianjianError as error:
            code = error.code
        transaction.set_rollback(True)
    return code in REFUSED


def _askers(act: Permission, where: str) -> Iterator[tuple[Role, str, bool]]:
    """Who tries a command: a role, its place, and whether it may."""
    may = [role for role in Role if act in ALLOWED[role] and (role, act) != (Role.OUTSOURCER, Permission.READ_OWN)]
    least = min(may, key=lambda role: len(ALLOWED[role]))
    for role, place in product(Role, (HERE, OTHER, EVERYWHERE)):
        allowed = role in may and place in {EVERYWHERE, where}
        at = place == where and (not allowed or role == least)
        if at or (role, place) == (Role.ADMINISTRATOR, OTHER) or os.environ.get("SOAK"):
            yield role, place, allowed


def test_nobody_does_what_no_role_allows(ids: dict[str, str], operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = {
        (role, place): service.add_user(
            name=f"{role}-{place}", role=role, enterprises=[place] if place else [], actor=operator
        )
        for role, place in product(Role, (HERE, OTHER, EVERYWHERE))
    }
    wiring.prepare()  # once: each command would find that nothing is left to do
    monkeypatch.setattr(wiring, "prepare", lambda: None)
    wrong = []
    for command, (act, where, words) in [*COMMANDS.items(), *WIDER.items()]:
        for role, place, allowed in _askers(act, where):
            monkeypatch.setenv("NIANJIAN_TOKEN", tokens[role, place])
            if _is_refused([*command.split(), *words, "--as", f"{role}-{place}"], ids) is allowed:
                wrong.append((command, where, role, place))
    assert wrong == []


def test_the_local_operator_may_do_all_of_it(ids: dict[str, str]) -> None:
    for command, (_act, _where, words) in {act: one for one in COMMANDS.items() if (act := one[1][0])}.values():
        assert not _is_refused([*command.split(), *words], ids), command


def test_lists_show_what_concerns_the_person(
    ids: dict[str, str], operator: Actor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def seen(words: str, place: str) -> list[dict[str, object]]:
        enterprises = [place] if place else []
        name = f"u{place}{words[0]}"
        monkeypatch.setenv(
            "NIANJIAN_TOKEN", service.add_user(name=name, role="tester", enterprises=enterprises, actor=operator)
        )
        assert main([*words.split(), "--as", name, "--json"]) == 0
        (rows,) = json.loads(capsys.readouterr().out).values()
        return rows

    assert [len(seen("approvals list", place)) for place in (HERE, OTHER, EVERYWHERE)] == [1, 0, 1]
    assert {one["name"] for one in seen("user list", OTHER)} == {"uothera", "uotheru"}
    assert {"anna", "ua"} <= {one["name"] for one in seen("user list", EVERYWHERE)}
    assert [one["code"] for one in seen("enterprise list", OTHER)] == [OTHER]
    assert [one["code"] for one in seen("enterprise list", EVERYWHERE)] == [HERE, OTHER]


def test_an_administrator_of_one_enterprise_gives_no_role_elsewhere(
    anna: Actor, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.add_enterprise(code=OTHER, name="别家", province="北京", actor=operator)
    token = service.add_user(name="boss", role="administrator", enterprises=[HERE], actor=operator)
    monkeypatch.setenv("NIANJIAN_TOKEN", token)
    grant = ["user", "grant", "anna", "--role", "administrator", "--as", "boss"]
    assert _is_refused(grant, {})
    assert _is_refused([*grant, "--enterprise", OTHER], {})
    assert not _is_refused([*grant, "--enterprise", HERE], {})
    assert _is_refused(["user", "add", "dan", *AT, "--enterprise", OTHER, "--as", "boss"], {})
