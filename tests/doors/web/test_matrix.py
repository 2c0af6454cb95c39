"""Role × address × tenant × method: what the marks and the table of roles say is what is answered, nothing else."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver, reverse
from tests.support.addresses import addresses
from tests.support.tables import state
from tests.support.two_tenants import EVERYWHERE, OPERATOR, OTHER, OWN, RULE, Persona, does, people, tenant

from nianjian.doors.api.application import API, PREFIX
from nianjian.engines.kernel import clock
from nianjian.platform.accounts import service
from nianjian.platform.accounts.roles import Permission, Role
from nianjian.platform.api.problems import nowhere
from nianjian.platform.web.access import MARK

pytestmark = pytest.mark.django_db

METHODS: Final = ("GET", "POST", "PUT", "DELETE")
# What stands for a parameter that names nothing of a tenant; with the address' name where one is not enough.
SAMPLES: Final[Mapping[tuple[str, str], Any]] = {
    ("", "digest"): "0" * 12,
    ("", "split"): "line", ("", "slug"): "complaint_rate", ("", "form"): "xlsx", ("", "kind"): "lines",
    ("", "number"): 1, ("", "item"): "articles", ("", "source"): "tinet", ("", "secret"): "nonsense",
    ("screens-kiosk", "part"): "office", ("", "provider_id"): "oidc", ("", "pk"): 1, ("", "token"): "nonsense",
    ("", "rule"): "S2",
    ("", "receipt"): "nonsense", ("complain", "token"): "nonsense", ("one-click-done", "token"): "nonsense",
    ("one-click-code", "form"): "svg", ("complaints-act", "act"): "respond", ("dossier-act", "act"): "confirm",
    ("dossier-seals-act", "act"): "use", ("dossier-seals-upload", "what"): "paper", ("rounds-act", "act"): "answer",
    ("", "report"): "licence", ("season-archive", "year"): 2023, ("season-archive-file", "year"): 2023,
    ("season-archive-file", "part"): "log", ("season-entry-picture", "picture"): 1,
    ("rectify-report", "form"): "docx", ("rules-one", "key"): RULE, ("rules-one-here", "key"): RULE,
    ("rules-reading", "key"): RULE, ("rules-reading-here", "key"): RULE, ("rules-overlay", "key"): RULE,
    ("rules-overlay-here", "key"): RULE, ("rules-effect", "key"): RULE,
    ("rules-effect-here", "key"): RULE, ("rules-effect-stop", "key"): RULE, ("rules-effect-stop-here", "key"): RULE,
}  # fmt: skip
# What names something of one tenant: beside the code of another it must lead nowhere.
NAMING: Final = frozenset(
    {
        "batch", "job", "draft", "paper", "signed", "approval", "webhook", "name", "key", "case", "ticket", "door",
        "evidence", "arrival", "reconciliation", "dispatch", "trial", "drill", "screen_source",
    }
)  # fmt: skip
_ASKED: Final = {
    "value": "0.2",
    "reading": "0.2",
    "valid_from": "2026-01-01",
    "valid_to": "",
    "reason": "因为",
    "step": "send",
}
_PERSON: Final = {"name": "王芳", "role": "auditor", "email": "", "team": ""}
# Forms that would do something, where an empty one is nothing; queries where an address alone is nothing.
FORMS: Final[Mapping[str, Mapping[str, str]]] = {
    "data-import": {"kind": "calls"}, "overview-start": {"number": "B2-20080101"}, "overview-lead": {"on": "no"},
    "portrait-run": {"as_of": "", "province": ""},
    "portrait-basis": {"basis": "filing", "reason": "省局通知"},
    "portrait-reveal": {"kind": "tickets", "complaint_id": "T1"},
    "registers-new": {"line_id": "L-new", "team": "T1"},
    "registers-end": {"row": "{version}", "start": "2026-01-01", "reason": "合同到期"},
    "registers-edit": {"how": "correct", "seen": "{version}", "line_id": "L-x", "team": "T1"},
    "gate-change": {"act": "cap", "key": "display", "name": "95013009", "cap": "100", "reason": "试"},
    "rules-overlay": {**_ASKED, "province": "北京"}, "rules-overlay-here": _ASKED,
    "approvals-decide": {"decision": "yes"}, "approvals-decide-here": {"decision": "yes"}, "people-add": _PERSON,
    "people-add-here": _PERSON, "people-one": {"act": "close"}, "people-one-here": {"act": "close"},
    "webhooks": {"url": "https://192.0.2.1/x", "events": "portrait.run"},
    "webhooks-one": {"act": "close"}, "complaints-match": {"decision": "dismiss"},
    "complaints-new": {"source": "12321"}, "one-click": {"number": "95013009"}, "dossier-act": {"version": "1"},
    "dossier-seals-act": {"item": "articles", "kind": "official_seal", "page": "1", "reason": "样稿"},
    "dossier-seals-upload": {"item": "articles"},
    "rounds-act": {"request": "{asked}", "note": "已装订"},
    "reconcile-new": {"what": "people"},
    "reconcile-difference": {"state": "explained", "owner": "王五", "cause": "晚报"},
    "reconcile-decide": {"decision": "dismiss"},
    "season-report": {"act": "file", "year": "2024", "track": "licence", "day": "2025-03-03"},
    "portfolio-several": {"act": "assign", "task": "items", "text": "王五", "enterprise": "demo"},
    "season-end": {"act": "roll-over", "year": "2027"},
    "season-reminders": {"dispatch": "{dispatch}"},
    "inbox-choices": {"act": "choose", "scope": "all", "quiet_from": "22:00", "quiet_until": "07:00"},
    "season-task": {"act": "assign", "year": "2024", "task": "items", "text": "王五"},
    "inspection-look": {"part": "retention"},
    "inspection-declare": {"predictive": "no"},
    "inspection-day-keep": {"day": "2026-11-03", "agenda": "09:30 | 大屏 | 运维"},
    "inspection-day-remove": {"day": "2026-11-03"},
    "inspection-day-room-keep": {"day": "{ahead}", "item": "check:S2"},
    "inspection-day-room-shown": {"entry": "{entry}"},
    "room-ask": {"subject": "T00S001"},
    "inspection-day-scan": {"day": "{day}"},
    "inspection-day-scan-fetch": {"day": "{day}", "scan": "{scan}"},
    "inspection-day-scan-remove": {"day": "{day}", "scan": "{scan}"},
    "inspection-day-screens": {"seen_on": str(clock.today()), "stand": "yes"},
    "inspection-day-admit": {"user": "inspector-9", "until": str(clock.today() + timedelta(days=1))},
    "inspection-drill-run": {"calls": "0"},
    "inspection-drill-inject": {"what": "media", "act": "given"},
    "callback-begin": {"number": "95013"},
    "callback-one": {"outcome": "busy"},
    "callback-ways": {"what": "gateway", "name": "GW", "hosts": "192.0.2.1"},
    "screens": {"name": "大厅", "days": "1"},
    "screens-sources": {"act": "keep", "name": "fs2", "kind": "freeswitch", "user": "u", "secret": "post-to-demo-7"},
    "screens-source": {"act": "remove"},
    "rectify-open": {"received": "2026-04-28", "causes": ""},
    "rectify-watch": {"licence": "B2-20080101", "since": "2026-01-01", "source": "来函"},
    "enterprises": {"code": "third", "name": "第三家", "province": "北京"},
}  # fmt: skip
QUERIES: Final[Mapping[str, str]] = {
    "portrait-rows": "class=complaints&look=1",
    "portrait-rows-export": "class=complaints",
    "portrait-compare": "a={earlier}&b={run}",
    "rounds-differences": "before=1&after=1",
}
# Acts that a view asks for beyond its mark.
DEEPER: Final[Mapping[tuple[str, str], Permission]] = {
    ("data-job-stop", "POST"): Permission.MANAGE_DATA, ("season-archive-file", "POST"): Permission.AUDIT,
    ("reconcile-difference", "POST"): Permission.MANAGE_DATA, ("callback-one", "POST"): Permission.MANAGE_DATA,
    ("callback-ways", "POST"): Permission.ADMINISTER, ("screens", "POST"): Permission.ADMINISTER,
    ("portrait-marketing", "POST"): Permission.REPORT,
    ("rectify-tickets", "POST"): Permission.REPORT, ("rectify-watch", "POST"): Permission.MANAGE_DATA,
    ("approvals-decide", "POST"): Permission.APPROVE, ("approvals-decide-here", "POST"): Permission.APPROVE,
}  # fmt: skip
# Who sees the rows of one team finds no work but what this one person has asked for.
OWN_WORK: Final = frozenset({"data-job", "data-job-progress", "data-job-stop"})
# Under the API's address, but no operation of it: nobody is led anywhere, whoever asks.
NOWHERE: Final = (
    "/api/", "/api/v2/enterprises", "/api/v1/", "/api/v1/nothing", f"/api/v1/enterprises/{OWN}/nothing/",
    f"/api/v1/e/{OWN}/",
)  # fmt: skip
DOCUMENT: Final = "openapi-json"  # public, the API's own tests read it
# Where who may still finds nothing by the samples, and why.
NOTHING: Final[Mapping[str, str]] = {
    "asset": "a sample of a digest is none of a file's",
    "data-import-mapping-load": "no mapping is kept under a name",
    "data-import-errors": "calls have no workbook of errors",
    "season-entry-picture": "no test has a picture",
    "rules-effect": "the tenant's work is no look at a value",
    "rules-effect-here": "the tenant's work is no look at a value",
    "rules-effect-stop": "the tenant's work is no look at a value",
    "rules-effect-stop-here": "the tenant's work is no look at a value",
    "audit-verified": "the tenant's work is no check of the chain",
    "audit-verify-progress": "the tenant's work is no check of the chain",
    "audit-verify-stop": "the tenant's work is no check of the chain",
    "data-batch-rejects-file": "the tenant's work has made no file of rejected rows",
    "registers-export-file": "the tenant's work has made no list",
    "rectify-report-file": "the tenant's work has set no report",
    "dossier-package-sign": "the tenant's work has built no package",
    "dossier-package-file": "the tenant's work has built no package",
    "dossier-sealed-scan": "no sealed book of the tenant was scanned",
    "complaints-forwards-marked": "the tenant's work has left no marked list",
}


@dataclass(frozen=True)
class Case:
    """One address with its arguments put in: of which tenant, and whether what it names is another's."""

    pattern: URLPattern
    code: str  # "": the address belongs to no tenant
    address: str
    form: Mapping[str, str]
    crossed: bool = False

    @property
    def name(self) -> str:
        return str(self.pattern.name)

    @property
    def mark(self) -> object:
        return getattr(self.pattern.callback, MARK, None)


def _patterns() -> list[URLPattern]:
    patterns = [one for route, one in addresses(get_resolver().url_patterns) if not route.startswith("api/")]
    last = ("drop", "logout")  # neither the files of a draft nor a browser's cookie come back
    return sorted(patterns, key=lambda one: next((at for at, word in enumerate(last, 1) if word in str(one.name)), 0))


def _parameters(pattern: URLPattern) -> set[str]:
    routes = get_resolver().reverse_dict.getlist(pattern.name)
    return {parameter for possible in routes for parameter in possible[0][0][1]}


def _filled(pattern: URLPattern, things: Mapping[str, Any], one: Persona, code: str) -> dict[str, Any]:
    """Arguments of an address; KeyError for a parameter that has no sample."""
    name = str(pattern.name)
    params = {}
    for parameter in _parameters(pattern):
        if (name, parameter) in SAMPLES:
            params[parameter] = SAMPLES[name, parameter]
        elif (value := one.own.get((code, parameter), one.own.get(("", parameter)))) is not None:
            params[parameter] = value
        elif parameter in things:
            params[parameter] = things[parameter]
        else:
            params[parameter] = SAMPLES["", parameter]
    return params


def _cases(pattern: URLPattern, one: Persona, world: Mapping[str, Mapping[str, Any]]) -> Iterator[Case]:
    parameters = _parameters(pattern)
    query, form = QUERIES.get(str(pattern.name), ""), FORMS.get(str(pattern.name), {})
    for code in (OWN, OTHER):
        things = world[code]
        params = _filled(pattern, things, one, code)
        yield _case(pattern, code if "code" in parameters else "", params, query, form, things)
        if "code" not in parameters:
            if not parameters & NAMING:
                return
            continue
        names = {name for name in parameters & NAMING if (str(pattern.name), name) not in SAMPLES}
        if names:
            across = {**params, **{name: world[OWN if code == OTHER else OTHER][name] for name in names}}
            yield _case(pattern, code, across, query, form, world[OWN if code == OTHER else OTHER], crossed=True)


def _case(  # noqa: PLR0917 -- all that an address is made of
    pattern: URLPattern,
    code: str,
    params: Mapping[str, Any],
    query: str,
    form: Mapping[str, str],
    things: Mapping[str, Any],
    *,
    crossed: bool = False,
) -> Case:
    address = reverse(str(pattern.name), kwargs=dict(params))
    full_address = f"{address}?{query.format(**things)}" if query else address
    return Case(pattern, code, full_address, {name: text.format(**things) for name, text in form.items()}, crossed)


def _expected(one: Persona, case: Case, method: str) -> str:
    """What the mark says: ``ok``, ``sign in``, ``missing``, ``forbidden``, or ``open``."""
    act = case.mark
    if not one.name and act != "public":
        return "sign in"
    if act == "public" or _is_inspectors(one, case):
        return "open"
    if one.by_link or act == "inspector":  # the room is theirs, and there is nothing else for them
        return "missing"
    return _expected_by_role(one, case, method)


def _expected_by_role(one: Persona, case: Case, method: str) -> str:
    act = case.mark
    if not isinstance(act, Permission):  # `person`
        return "open"
    if case.code and not one.may(Permission.READ_OWN, case.code):
        return "missing"
    if not one.may(act, case.code):
        return "forbidden"
    if case.crossed or (case.name in OWN_WORK and not one.may(Permission.READ, case.code)):
        return "missing"
    return "ok" if one.may(DEEPER.get((case.name, method), act), case.code) else "forbidden"


def _is_inspectors(one: Persona, case: Case) -> bool:
    """Whether an address is the room of the person's own enterprise, or the first page, which leads there."""
    return one.by_link and (case.name == "portfolio" or (case.mark == "inspector" and case.code != OTHER))


def _fault(answer: Any, expected: str, case: Case) -> str:
    """What is wrong with an answer, "" if nothing."""
    status = answer.status_code
    match expected:
        case "sign in":
            good = status == 302 and answer.headers["Location"].startswith("/account/login/")
        case "missing":
            good = status == 404
        case "forbidden":
            good = status == 403
        case "open":
            good = status < 500
        case _:
            good = (status < 500 and status not in {401, 403, 404, 410}) or (status == 404 and case.name in NOTHING)
    return "" if good or status == 405 else f"{status}, expected: {expected}"


def _asked(one: Persona, case: Case, method: str, *, undone: bool) -> Any:
    """Ask; what is done by whom may is taken back."""
    body: dict[str, Any] = {"data": case.form} if method == "POST" else {}
    ask = getattr(one.client, method.lower())
    with transaction.atomic():
        answer = ask(case.address, **body)
        if answer.streaming:
            b"".join(answer)
        transaction.set_rollback(undone)
    return answer


def _walk(world: Mapping[str, Mapping[str, Any]], everybody: list[Persona]) -> list[str]:
    """Every fault of the matrix."""
    faults = []
    for pattern in _patterns():
        before = state()
        for one in everybody:
            for case in _cases(pattern, one, world):
                # no page takes the other methods, whoever asks: one person is enough
                for method in METHODS if one is everybody[0] else METHODS[:2]:
                    expected = _expected(one, case, method)
                    act = DEEPER.get((case.name, method), case.mark)
                    if expected == "ok" and isinstance(act, Permission) and not does(one, act):
                        continue
                    answer = _asked(one, case, method, undone=expected in {"ok", "open"} and bool(one.name))
                    if fault := _fault(answer, expected, case):
                        faults.append(f"{one.name or 'not signed in'}: {method} {case.address}: {fault}")
        after = state()
        faults += [f"{pattern.name}: {table} has changed" for table in before if before[table] != after.get(table)]
    return faults


def _no_operations() -> dict[str, URLPattern]:
    """Routes of the API that its own matrix does not walk."""
    walked = {_bare(path) for _prefix, router in API._routers for path in router.path_operations}
    routes = {route: one for route, one in addresses(get_resolver().url_patterns) if route.startswith("api/")}
    return {route: one for route, one in routes.items() if _bare(route.removeprefix(f"{PREFIX}")) not in walked}


def _bare(route: str) -> str:
    """A route with the names of its parameters alone, as Django or as the API's library writes them."""
    return re.sub(r"[<{](?:\w+:)?(\w+)[>}]", r"<\1>", route).strip("/")


@pytest.fixture
def world(db: None, home: Path, keys: None, sample: dict[str, Any]) -> dict[str, dict[str, Any]]:
    del db, home, keys
    return {code: tenant(code, sample) for code in (OWN, OTHER)}


def test_every_address_has_samples(db: None, home: Path, keys: None, sample: dict[str, Any]) -> None:
    """A new address is put into the matrix by a sample of each parameter that it adds."""
    world = dict.fromkeys((OWN, OTHER), tenant(OWN, sample))
    (stranger,) = (one for one in people([]) if not one.name)
    for pattern in _patterns():
        assert list(_cases(pattern, stranger, world)), pattern.name


def test_every_address_of_the_api_is_in_a_matrix() -> None:
    """What is no operation is the document or leads nowhere."""
    rest = _no_operations()
    assert {route for route, one in rest.items() if one.callback is not nowhere} == {f"{PREFIX}/openapi.json"}
    assert {str(one.name) for one in rest.values() if one.callback is not nowhere} == {DOCUMENT}


def test_under_the_api_nobody_is_led_where_there_is_no_operation(db: None, home: Path, keys: None) -> None:
    del db, home, keys
    for code in (OWN, OTHER):
        service.add_enterprise(code=code, name=code, province="北京", actor=OPERATOR)
    everybody = list(people([(Role.ADMINISTRATOR, EVERYWHERE), (Role.OUTSOURCER, OWN), (Role.AUDITOR, OTHER)]))
    before = state()
    answers = {
        (one.name, method, address): getattr(one.client, method.lower())(address).status_code
        for one in everybody
        for address in NOWHERE
        for method in METHODS
    }
    assert {request: status for request, status in answers.items() if status != 404} == {}
    assert state() == before


@pytest.mark.long
def test_the_matrix_of_every_role(world: dict[str, dict[str, Any]]) -> None:
    wide = Role if os.environ.get("SOAK") else ()
    chosen = [(Role.ADMINISTRATOR, OTHER), *((role, OWN) for role in Role)]
    chosen += [(role, EVERYWHERE) for role in wide if role != Role.OUTSOURCER]
    faults = _walk(world, list(people(chosen)))
    assert not faults, "\n".join(faults)
