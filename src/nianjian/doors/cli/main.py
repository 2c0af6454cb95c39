"""The program ``nianjian``: picks the verb, prints its answer, turns errors into words and exit codes."""

import argparse
import gc
import importlib
import importlib.metadata
import io
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Final, NoReturn, Protocol, cast

from nianjian.engines.kernel.encode import to_json, to_message_values
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import read_names_once
from nianjian.engines.paper.words import mark
from nianjian.platform.terminal.answer import WRONG, Answer
from nianjian.platform.terminal.language import _, sentence, speak

# Nothing here multiplies matrices: without this, threads that wait for such work burn a tenth of a second a start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# What is imported stays: looking through all of it again and again for cycles takes a fifth of the start.
gc.set_threshold(50_000, 10, 10)

INTERRUPTED: Final = 130
JSON: Final = "--json"

# The verb's module is loaded only when it is asked for: `--help` must not wait for Django and DuckDB.
VERBS: Final = {
    "init": mark("create the first administrator, with a one-time link"),
    "enterprise": mark("enterprises (tenants): add, list"),
    "user": mark("people, their roles, links and tokens"),
    "calls": mark("call records: import, rejects, undo, list"),
    "registers": mark("registers: template, import, list"),
    "complaints": mark("complaint tickets: add, respond, callback, close, list, match, import"),
    "portrait": mark("compliance portrait: run, runs, compare, simulate, attach"),
    "reconcile": mark(
        "reconciliation: numbers, lines, seats, people, sources; list, show, settle, pairs, decide, sheet"
    ),
    "inspect": mark("the on-site check: readiness, answers, retention, dialling-mode, day, plan, copy"),
    "screens": mark("sources of the live screens: list, add, change, remove, test"),
    "drill": mark("the drill of the on-site check: run, timeline, inject, report, history"),
    "callback": mark("test calls: test, witness, numbers, list, show, begin, end, routes, route, gateway"),
    "rectify": mark("rectification: open, locate, isolate, lift, measure, check, report, submit, close, watch"),
    "dossier": mark("the package of materials: check, build, verify, seal-plan"),
    "season": mark(
        "the season: what is due and still to be done; file, notice, task, feed, reminders, roll-over, close, archive"
    ),
    "gate": mark("the gate before dialling: check, feed, policy, list, decisions, replay"),
    "rules": mark("rulebook: show, overlay"),
    "holidays": mark("holidays and working days: import, list, due"),
    "approve": mark("approve a pending request as a second person"),
    "approvals": mark("pending and decided requests: list"),
    "audit": mark("the audit chain: verify"),
    "keys": mark("keys of personal data: list, rotate"),
    "serve": mark("serve the web pages, together with a worker"),
    "worker": mark("run the background jobs requested on the pages"),
    "check": mark("check this installation"),
    "doctor": mark("check this installation, with a remedy for each problem"),
    "backup": mark("back up database, lake and files into one archive"),
    "restore": mark("restore a backup"),
    "upgrade": mark("back up, migrate the tables to this version, check"),
    "retention": mark("retention periods of records: show, run"),
}

#: Where the verbs lie that are not `nianjian.features.VERB.commands`; behind a colon one of several verbs of a module.
MODULES: Final = {
    "init": "features.people.commands:init",
    "enterprise": "features.people.commands:enterprise",
    "user": "features.people.commands:user",
    "reconcile": "features.reconciliation.commands",
    "inspect": "features.inspection.commands:inspect",
    "drill": "features.inspection.commands:drill",
    "callback": "features.test_calls.commands",
    "rectify": "features.rectification.commands",
    "gate": "features.dial_policy.commands",
    "rules": "features.rulebook.commands:rules",
    "holidays": "features.rulebook.commands:holidays",
    "approve": "features.approvals.commands:approve",
    "approvals": "features.approvals.commands:approvals",
    "audit": "features.maintenance.commands:audit",
    "keys": "features.maintenance.commands:keys",
    "serve": "doors.site.commands:serve",
    "worker": "doors.site.commands:worker",
    "check": "doors.site.commands:check",
    "doctor": "features.maintenance.commands:doctor",
    "backup": "features.maintenance.commands:backup",
    "restore": "features.maintenance.commands:restore",
    "upgrade": "features.maintenance.commands:upgrade",
    "retention": "features.maintenance.commands:retention",
}


class Verb(Protocol):
    """What the module of a verb offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Name the options, and with each action the function ``act`` that answers it."""


def load_verb(name: str) -> Verb:
    """Import the module of one of `VERBS`."""
    place, _colon, verb = MODULES.get(name, f"features.{name}.commands").partition(":")
    module = importlib.import_module(f"nianjian.{place}")
    if verb:
        return cast("Verb", SimpleNamespace(configure=vars(module)[f"configure_{verb}"]))
    return cast("Verb", module)


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of ending the process, so that ``--json`` holds for misuse too."""

    def error(self, message: str) -> NoReturn:
        """Raise ``usage`` with argparse's sentence, already in the reader's language."""
        raise NianjianError("usage", program=self.prog, message=message)


class _Version(argparse.Action):
    """Print the installed version; the metadata is read only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: object) -> NoReturn:
        sys.stdout.write(f"nianjian {importlib.metadata.version('nianjian')}\n")
        parser.exit()


def _front() -> Parser:
    width = max(map(len, VERBS))
    listing = "\n".join(f"  {verb:<{width}}  {_(text)}" for verb, text in VERBS.items())
    parser = Parser(
        prog="nianjian",
        description=_(
            "Annual inspection of the call-centre licence: import call records and registers, compute the portrait."
        ),
        epilog=_("verbs:") + "\n" + listing + "\n\n" + _("`nianjian VERB --help` lists the options of a verb."),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help=_("print the version and exit"))
    parser.add_argument("verb", choices=tuple(VERBS), metavar="VERB", help=_("what to do"))
    return parser


def _answer(argv: Sequence[str], *, as_json: bool) -> Answer:
    """Parse the arguments and run the verb."""
    front = _front()
    if not argv:
        front.print_help(sys.stderr)
        raise NianjianError("usage", program="nianjian", message=_("a verb is missing"))
    front_args = front.parse_args(argv[:1])
    parser = Parser(prog=f"nianjian {front_args.verb}", description=_(VERBS[front_args.verb]))
    load_verb(front_args.verb).configure(parser)
    args = parser.parse_args(argv[1:])
    args.json = as_json
    answer: Answer = args.act(args)
    return answer


def _print_json(data: object) -> None:
    sys.stdout.write(to_json(data, indent=2) + "\n")
    sys.stdout.flush()


def _finding(finding: Mapping[str, object]) -> dict[str, object]:
    """A further fault, with its sentence where it has a code."""
    details = {name: value for name, value in finding.items() if name != "code"}
    return {**finding, "message": sentence(str(finding["code"]), details)} if "code" in finding else dict(finding)


def _tolerant() -> None:
    """A terminal that cannot show a sign shows its number; a missing tick must not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _fail(error: NianjianError, *, as_json: bool) -> int:
    message = sentence(error.code, error.values)
    if as_json:
        body: dict[str, object] = {"code": error.code, "message": message, "values": to_message_values(error.values)}
        if error.findings:
            body["findings"] = [_finding(finding) for finding in to_message_values(error.findings)]
        _print_json({"error": body})
        return WRONG
    sys.stderr.write(f"nianjian: {message}\n")
    for finding in error.findings:
        sys.stderr.write(f"  {_placed(finding)}\n")
    return WRONG


def _placed(finding: Mapping[str, object]) -> str:
    """The sentence of a further fault, behind the cell where it stands."""
    detail = {key: value for key, value in finding.items() if key != "code"}
    fault = sentence(str(finding.get("code", "")), detail)
    if not finding.get("line") or not finding.get("column"):
        return fault
    return _("line {line}, {column}: {fault}").format(line=finding["line"], column=finding["column"], fault=fault)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 0 done, 1 "no" or rows rejected, 2 wrong use or bad input."""
    speak()
    _tolerant()
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = JSON in arguments  # wherever it stands, before the verb too
    try:
        answer = _answer([word for word in arguments if word != JSON], as_json=as_json)
        if as_json:
            _print_json(answer.data)
        else:
            from nianjian.platform.terminal.console import stdout

            with read_names_once():
                answer.show(stdout())
    except NianjianError as error:
        return _fail(error, as_json=as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as error:
        problem = NianjianError("file_problem", file=str(error.filename or ""), reason=str(error.strerror or error))
        return _fail(problem, as_json=as_json)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        _fail(NianjianError("interrupted"), as_json=as_json)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 -- the last line of defence: a traceback must not look like a "no"
        traceback.print_exc()
        return _fail(NianjianError("internal", kind=type(error).__name__, detail=str(error)), as_json=as_json)
    return answer.code
