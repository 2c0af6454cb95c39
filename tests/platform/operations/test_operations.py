"""One declaration in every interface, on a resource of the tests: notes, which lie in memory."""

import argparse
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
from django.test import Client, override_settings
from ninja import NinjaAPI, Router
from rich.console import Console

from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import query, service, tokens
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api import problems
from nianjian.platform.api.access import Token
from nianjian.platform.api.routes import mount
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as jobs
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.operations.fields import (
    Choice,
    Flag,
    Key,
    Keys,
    Kind,
    Line,
    Moment,
    OptionalDay,
    OptionalKeys,
    Param,
    Secret,
    Text,
    Version,
    Versions,
    YesNo,
    read_fields,
)
from nianjian.platform.operations.operation import Answer, Body, Job, Registry, Resource, operation
from nianjian.platform.terminal.arguments import Actions
from nianjian.platform.terminal.commands import configure
from nianjian.platform.web.forms import form

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
COLOURS = ("red", "blue")


@dataclass(frozen=True)
class Note:
    """A note."""

    key: str
    text: str


NOTED: dict[str, Any] = {}
REGISTRY = Registry()


def _read(_enterprise: str, _actor: Actor, keys: Sequence[str]) -> list[Note]:
    return [Note(key, str(NOTED[key])) for key in keys if key in NOTED]


NOTES = Resource(
    name="note",
    plural="notes",
    path="/enterprises/{code}/notes",
    read=_read,
    missing=lambda key: NianjianError("complaint_unknown", complaint=key),
    document=lambda one: one,
    schema=Note,
    row=lambda one: {"id": one.key, "text": one.text},
    key_of=lambda part: part,
    key_help="the note's number",
)


@operation(
    "notes.write", on=NOTES, permission=Permission.MANAGE_DATA, path="/{note}/write",
    body=Body("Written", "What it says."),
    command="write", help="write a note", registry=REGISTRY,
)  # fmt: skip
def write(
    *,
    enterprise: str,
    actor: Actor,
    note: Key,
    text: Annotated[Text, Param(label="Words", hint="In words.", rows=2, metavar="TEXT", optional_option=True)],
    colour: Annotated[str, Choice(COLOURS), Param(label="Colour", option="ink", metavar="C")] = "red",
    urgent: Annotated[Flag, Param(label="Urgent")] = False,
    right: Annotated[YesNo, Param(label="Right")] = None,
    version: Version = None,
) -> None:
    """Write a note.

    ``usage`` for an empty text.
    """
    if not text:
        raise NianjianError("usage", program=enterprise, message="empty")
    NOTED[note] = (text, colour, urgent, right, version, str(actor))


@operation(
    "notes.stamp", on=NOTES, permission=Permission.MANAGE_DATA, path="/stamps", body=Body("Stamped", "Which."),
    command="stamp", help="stamp notes", registry=REGISTRY,
)  # fmt: skip
def stamp(
    *,
    enterprise: str,
    actor: Actor,
    notes: Keys,
    by: Annotated[Line, Param(label="By", metavar="NAME")] = "",
    at: Annotated[Moment, Param(label="When", metavar="T", error="complaint_moment_unreadable")] = None,
    versions: Versions = None,
) -> None:
    """Stamp notes."""
    del enterprise, actor
    NOTED.update(dict.fromkeys(notes, (by, at, versions)))


def _exist(*, enterprise: str, notes: Sequence[str] | None, again: bool) -> None:
    del enterprise, again
    if missing := set(notes or ()) - NOTED.keys():
        raise NOTES.missing(min(missing))


@operation(
    "notes.count", on=NOTES, permission=Permission.AUDIT, path="/counts", body=Body("Counted", "Which."),
    job=Job(kind=flow.COUNT_OVER, repeatable=True, check=_exist), registry=REGISTRY,
)  # fmt: skip
def count(
    *, enterprise: str, actor: Actor, notes: OptionalKeys = None, again: Flag = False, progress: Progress = silent
) -> dict[str, int]:
    """Count notes."""
    del enterprise, actor, again
    progress("", 1, 1)
    return {"count": len(NOTED if notes is None else notes)}


def _settle_day(*, enterprise: str, note: str, day: date | None) -> dict[str, date]:
    del enterprise, note
    return {"day": day or date(2026, 3, 1)}


@operation(
    "notes.check", on=NOTES, permission=Permission.MANAGE_DATA, path="/{note}/checks", about="Work.",
    job=Job(kind=flow.MATCH_TICKETS, repeatable=True, check=_settle_day), registry=REGISTRY,
)  # fmt: skip
def check(
    *, enterprise: str, actor: Actor, note: Key, day: OptionalDay = None, progress: Progress = silent
) -> dict[str, Any]:
    """Check a note."""
    del enterprise, actor, progress
    return {"note": note, "day": day}


@dataclass(frozen=True)
class Torn:
    """What was torn out; ``place`` is told once."""

    key: str
    place: str | None


@dataclass(frozen=True)
class Locked:
    """The note that is locked."""

    key: str


@operation(
    "notes.lock", on=NOTES, permission=Permission.MANAGE_DATA, path="/{note}/lock", body=Body("Lock", "With what."),
    answer=Answer(schema=Locked, document=lambda _request, key, _result: Locked(key)),
    command="lock", help="lock a note", registry=REGISTRY,
)  # fmt: skip
def lock(*, enterprise: str, actor: Actor, note: Key, word: Annotated[Secret, Param(label="Word")] = "") -> None:
    """Lock a note."""
    del enterprise, actor
    NOTED[note] = word


WIDE = replace(NOTES, installation_path="/notes")


@operation(
    "notes.tear", on=WIDE, permission=Permission.MANAGE_DATA, path="/{note}/pages/{page}", method="DELETE",
    answer=Answer(schema=Torn, document=lambda _request, key, place: Torn(key, place), status=202, hidden=("place",)),
    installation="Tear a page out of any note.", registry=REGISTRY,
)  # fmt: skip
def tear(*, enterprise: str, actor: Actor, note: Key, page: Line) -> str:
    """Tear a page out of a note."""
    del actor, note
    return f"{enterprise or 'everywhere'}:{page}"


@pytest.fixture(autouse=True)
def _notes() -> Iterator[None]:
    NOTED["N1"] = ()
    yield
    NOTED.clear()


def _api() -> NinjaAPI:
    api, router = NinjaAPI(auth=Token(), urls_namespace="notes"), Router(tags=["notes"])
    problems.attach(api)
    mount(router, (*REGISTRY.of(NOTES), *REGISTRY.of(WIDE)))
    api.add_router("", router)
    return api


API = _api()


@pytest.fixture
def ask(demo: str, operator: Actor) -> Iterator[Any]:
    """Send a document to an address below the notes as the data officer of ``demo``, or as who reads there."""
    secrets = {}
    for name, role in (("olga", "data_officer"), ("ines", "tester"), ("carl", "compliance_lead")):
        service.add_user(name=name, role=role, enterprises=[demo], actor=operator)
        secrets[name] = tokens.create_token(
            user=name, name="t", scopes=None, days=None, actor=Actor(name, "user")
        ).secret

    def asked(address: str, body: object, *, who: str = "olga", code: str = "demo", key: str = "") -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {secrets[who]}"} | ({"idempotency-key": key} if key else {})
        answer = Client(headers=headers).generic(
            "POST", f"/enterprises/{code}/notes{address}", json.dumps(body), "application/json"
        )
        return answer.status_code, json.loads(answer.content)

    with override_settings(ROOT_URLCONF=tuple(API.urls[0])):
        yield asked


def test_a_signature_becomes_fields() -> None:
    fields = {one.name: one for one in write.fields}
    assert list(fields) == ["note", "text", "colour", "urgent", "right", "version"]
    assert [one.kind for one in fields.values()] == [
        Kind.KEY, Kind.TEXT, Kind.CHOICE, Kind.FLAG, Kind.YES_NO, Kind.VERSION,
    ]  # fmt: skip
    assert [one.name for one in fields.values() if one.required] == ["note", "text"]
    assert [one.name for one in fields.values() if one.nullable] == ["right", "version"]
    assert fields["colour"].choices == COLOURS
    assert fields["text"].param.hint == "In words."


def test_a_declaration_that_does_not_fit_fails_when_it_is_loaded() -> None:
    def untyped(*, enterprise: str, actor: Actor, note: str) -> None:
        """Have no kind."""

    def placeless(*, actor: Actor) -> None:
        """Have no enterprise."""

    with pytest.raises(TypeError, match="note has no kind"):
        read_fields(untyped)
    for function, more, words in (
        (placeless, {}, "enterprise.*is missing"),
        (write.function, {"path": "/x"}, "a path needs a body"),
        (write.function, {"command": "x"}, "a command needs its help"),
        (write.function, {"job": Job(kind=flow.COUNT_OVER, repeatable=True)}, "another permission"),
    ):
        with pytest.raises(TypeError, match=words):
            operation("x.y", on=NOTES, permission=Permission.MANAGE_DATA, registry=Registry(), **more)(function)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="declared twice"):
        operation("notes.write", on=NOTES, permission=Permission.MANAGE_DATA, registry=REGISTRY)(write.function)


def test_the_permission_is_asked_for_and_whether_the_enterprise_exists(demo: str, operator: Actor) -> None:
    token = service.add_user(name="ines", role="tester", enterprises=[demo], actor=operator)
    ines = query.actor("ines", token)
    for actor, code, error in ((ines, demo, "role_missing"), (operator, "nowhere", "enterprise_unknown")):
        with pytest.raises(NianjianError) as refused:
            write(enterprise=code, actor=actor, note="N1", text="x")
        assert refused.value.code == error
        with pytest.raises(NianjianError) as refused:
            count.enqueue(enterprise=code, actor=actor)
        assert refused.value.code == error
    assert NOTED == {"N1": ()}


def test_a_route_on_one_resource(ask: Any) -> None:
    status, body = ask("/N1/write", {"text": "x", "colour": "blue", "right": True, "version": 3})
    assert (status, body["key"]) == (200, "N1")
    assert NOTED["N1"] == ("x", "blue", False, True, 3, "user:olga")
    assert ask("/N2/write", {"text": "x"})[0] == 404
    for wrong in ({}, {"text": "x" * 2001}, {"text": "x", "colour": "green"}, {"text": "x", "version": 0}):
        status, body = ask("/N1/write", wrong)
        assert (status, body["code"]) == (422, "api_invalid")
    assert ask("/N1/write", {"text": "x"}, who="ines")[0] == 403
    assert ask("/N1/write", {"text": "x"}, code="other")[0] == 404


def test_a_route_on_several_resources_is_done_once_under_a_key(ask: Any) -> None:
    body = {"notes": ["N1"], "at": "2026-03-01T12:00:00", "by": "olga", "versions": [1]}
    first = ask("/stamps", body, key="k")
    assert (first[0], [one["key"] for one in first[1]["items"]]) == (200, ["N1"])
    assert NOTED["N1"] == ("olga", NOON, [1])
    NOTED["N1"] = "since"
    assert ask("/stamps", body, key="k") == first
    assert NOTED["N1"] == "since"
    for wrong in ({"notes": []}, {"notes": ["N1"] * 201}, {"notes": ["N1"], "by": "a\nb"}):
        assert ask("/stamps", wrong)[0] == 422


def test_long_work_on_one_resource_settles_what_was_left_open(ask: Any, operator: Actor) -> None:
    assert ask("/N2/checks", None)[0] == 404
    status, job = ask("/N1/checks", None)
    assert (status, jobs.job(job["id"]).payload) == (202, {"note": "N1", "day": "2026-03-01"})
    result = REGISTRY.job_kinds(NOTES)[flow.MATCH_TICKETS].run(jobs.job(job["id"]), operator, silent)
    assert result == {"note": "N1", "day": date(2026, 3, 1)}


def test_a_route_of_long_work_answers_with_its_job(ask: Any, operator: Actor) -> None:
    status, job = ask("/counts", {"notes": ["N1"]}, who="carl")
    assert (status, job["kind"], job["state"]) == (202, flow.COUNT_OVER, "waiting")
    assert ask("/counts", {"notes": ["N1"]}, who="carl")[1]["id"] == job["id"], "a double click works once"
    assert ask("/counts", {"notes": ["N9"]}, who="carl")[0] == 404
    assert ask("/counts", {}, who="olga")[0] == 403
    kind = REGISTRY.job_kinds(NOTES)[flow.COUNT_OVER]
    assert kind.run(jobs.job(job["id"]), operator, silent) == {"count": 1}
    assert kind.again


def test_the_document_of_the_api_follows_from_the_declaration() -> None:
    document = API.get_openapi_schema(path_prefix="")
    post_doc = document["paths"]["/enterprises/{code}/notes/{note}/write"]["post"]
    assert (post_doc["operationId"], post_doc["summary"], post_doc["x-act"]) == ("notes_write", "Write a note.", "load")
    assert post_doc["description"] == "Write a note.", "codes of errors are the programmer's"
    shape = document["components"]["schemas"]["Written"]
    assert (shape["required"], shape["description"]) == (["text"], "What it says.")
    assert shape["properties"]["colour"] == {
        "default": "red", "enum": ["red", "blue"], "title": "Colour", "type": "string",
    }  # fmt: skip


def _typed(*words: str) -> Any:
    parser = argparse.ArgumentParser(exit_on_error=False)
    output: list[Any] = []
    configure(Actions(parser), REGISTRY.of(NOTES), lambda _console, rows: output.extend(rows))
    args = parser.parse_args([*words, "--enterprise", "demo"])
    answer = args.act(args)
    answer.show(Console(file=io.StringIO()))
    assert output
    return to_builtins(answer.data)


def test_a_command(demo: str) -> None:
    assert _typed("write", "N1", "--text", "x", "--ink", "blue", "--right", "no", "--urgent")["id"] == "N1"
    assert NOTED["N1"][:5] == ("x", "blue", True, False, None)
    with pytest.raises(NianjianError, match="usage"):
        _typed("write", "N1")
    NOTED["N2"] = ()
    assert [one["id"] for one in _typed("stamp", "N1", "N2", "--at", "2026-03-01 12:00:00")["rows"]] == ["N1", "N2"]
    assert NOTED["N2"] == ("", NOON, None)
    with pytest.raises(NianjianError, match="complaint_moment_unreadable"):
        _typed("stamp", "N1", "--at", "noon")


def test_a_secret_is_read_from_a_file_and_never_shown(demo: str, operator: Actor, tmp_path: Path) -> None:
    file = tmp_path / "word"
    file.write_text("geheim 7 \nmore\n")
    output = _typed("lock", "N1", "--word-file", str(file))
    assert output == {"key": "N1"}, "what the API answers"
    assert NOTED["N1"] == "geheim 7 "
    filled = form(lock)({"word": " 73 "})
    assert "73" not in str(filled["word"])
    assert filled.is_valid()
    filled.run(enterprise=demo, actor=operator, key="N1")
    assert NOTED["N1"] == " 73 "


def test_a_form(demo: str, operator: Actor) -> None:
    kind = form(write, omit=("urgent",), choices={"colour": lambda: [("red", "Red"), ("blue", "Blue")]})
    empty = kind({"colour": "green"})
    assert set(empty.errors) == {"text", "colour", "version"}
    assert [(one.label, one.help_text) for one in empty.visible_fields()] == [
        ("Words", "In words."), ("Colour", ""), ("Right", ""),
    ]  # fmt: skip
    filled = kind({"text": "x", "colour": "blue", "right": "", "version": "7"})
    assert filled.is_valid()
    filled.run(enterprise=demo, actor=operator, key="N1")
    assert NOTED["N1"] == ("x", "blue", False, None, 7, "os:root")
    several = form(stamp)({"by": "", "at": "2026-03-01T12:00", "version": "7"})
    assert several.is_valid()
    several.run(enterprise=demo, actor=operator, key="N1")
    assert NOTED["N1"] == ("", NOON, [7])


def test_an_operation_has_its_own_answer_and_its_twin_for_the_installation(ask: Any, operator: Actor) -> None:
    del ask
    heads = {}
    for name, enterprises in (("otto", []), ("otis", ["demo"])):
        service.add_user(name=name, role="data_officer", enterprises=enterprises, actor=operator)
        token = tokens.create_token(user=name, name="t", scopes=None, days=None, actor=Actor(name, "user"))
        heads[name] = {"authorization": f"Bearer {token.secret}", "idempotency-key": "k"}

    def torn(who: str, address: str) -> tuple[int, Any]:
        answer = Client(headers=heads[who]).delete(address)
        return answer.status_code, json.loads(answer.content)

    own, wide = "/enterprises/demo/notes/N1/pages/3", "/notes/N1/pages/3"
    assert torn("otis", own) == (202, {"key": "N1", "place": "demo:3"})
    assert torn("otis", own) == (202, {"key": "N1", "place": None})  # told once
    assert torn("otis", wide)[0] == 403
    assert torn("otto", wide) == (202, {"key": "N1", "place": "everywhere:3"})
    assert torn("otis", own.replace("N1", "N2"))[0] == 422
