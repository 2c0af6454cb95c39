"""What came of work that belongs to another part of the site, and the places where one goes on from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.dossier.words import ITEMS
from nianjian.engines.paper.texts.inspection.checks import PARTS
from nianjian.engines.paper.texts.inspection.words import LANDINGS
from nianjian.engines.paper.texts.reconcile import VERDICTS
from nianjian.engines.paper.words import words
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.registers import presenters as registers
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.web.language import current
from nianjian.platform.web.work import describe_cell_error

Told = Mapping[str, Any]
Shown = dict[str, object]
SHOWN: Final = 200  # tickets of a list that are named


def outcome(code: str, job: JobValue, result: Told) -> Shown:
    """Return what the page of a job shows more; nothing for work that `web.data.work` tells itself.

    ``text``: what came of it; ``ways``: (address, label) of where to go on; ``error`` and ``more``: what was refused;
    ``listed``: a heading and (address, label) below it; ``take``: (address, label) of a file that is asked for by
    POST, since the audit chain tells of it, and ``taken``: what is said of that.
    """
    found = OUTCOMES.get(job.kind)
    if found is None or not job.over:
        return {}
    told = found(code, job, result)
    return told if job.state == "done" else {"ways": told.get("ways", [])}


def _rejects(code: str, job: JobValue, result: Told) -> Shown:
    back = reverse("data-batch", args=[code, job.payload["batch"]]), _("To the batch")
    if "blob" not in result:  # it failed, or the time for which it is kept is over
        return {"ways": [back]}
    text = _("The file is made: {rows} rows, {name}.").format(rows=figures.count(result["rows"]), name=result["name"])
    file = reverse("data-batch-rejects-file", args=[code, job.payload["batch"], job.id])
    return {"text": text, "take": (file, _("Fetch the file"))}


def _list(code: str, job: JobValue, result: Told) -> Shown:
    kind = job.payload["kind"]
    ways = [(reverse("registers-list", args=[code, kind]), _("To the register"))]
    if "blob" not in result:  # it failed, or the time for which it is kept is over
        return {"ways": ways}
    text = _("The file is made: {rows} rows, {name}.").format(rows=figures.count(result["rows"]), name=result["name"])
    return {
        "text": text,
        "ways": ways,
        "take": (reverse("registers-export-file", args=[code, kind, job.id]), _("Fetch the file")),
        "taken": _("Who asked for the file fetches it, nobody else; each time is written into the audit log."),
    }


def _case(code: str, job: JobValue, _result: Told) -> Shown:
    return {"ways": [_to_case("rectify-one", code, job, _("To the case"))]}


def _located(code: str, job: JobValue, result: Told) -> Shown:
    named = len(result.get("named", ()))
    text = _("Beyond chance: {count}.").format(count=named) if named else _("No channel stands out beyond chance.")
    return {"text": text, "ways": [_to_case("rectify-locate", code, job, _("To the location"))]}


def _checked(code: str, job: JobValue, result: Told) -> Shown:
    count = len(result.get("gaps", ()))
    text = _("Still open: {count}.").format(count=count) if count else _("Nothing is open any more.")
    return {"text": text, "ways": [_to_case("rectify-one", code, job, _("To the case"))]}


def _reported(code: str, job: JobValue, result: Told) -> Shown:
    back = _to_case("rectify-one", code, job, _("To the case"))
    if "blob" not in result:  # it failed, or the time for which it is kept is over
        return {"ways": [back]}
    text = _("The report is set; it is a draft.") if result["draft"] else _("The report is set.")
    file = reverse("rectify-report-file", args=[code, job.payload["case"], job.id])
    return {"text": text, "ways": [(file, _("Fetch the report")), back]}


def _submitted(code: str, job: JobValue, result: Told) -> Shown:
    ways = [_to_case("rectify-one", code, job, _("To the case"))]
    if job.state != "done":
        return {"ways": ways}
    text = _("Handed in on {submitted_on}. Ask after the opinion on {day}; nothing is overdue before or after it.")
    return {"text": text.format(submitted_on=result["submitted_on"], day=result["reminder"]["day"]), "ways": ways}


def _tickets(code: str, job: JobValue, _result: Told) -> Shown:
    return {"ways": [_to_case("rectify-locate", code, job, _("To the location"))]}


def _reconciled(code: str, _job: JobValue, result: Told) -> Shown:
    if "run" not in result:
        return {"ways": [(reverse("reconcile", args=[code]), _("To the reconciliations"))]}
    verdict = words(current())(VERDICTS[str(result["verdict"])])
    text = _("{verdict}: {count} open.").format(verdict=verdict, count=result["open"])
    return {"text": text, "ways": [(reverse("reconcile-one", args=[code, result["run"]]), _("To the reconciliation"))]}


def _called(code: str, _job: JobValue, result: Told) -> Shown:
    ways = [(reverse("callback", args=[code]), _("To the test calls"))]
    if "counts" not in result:
        return {"ways": ways}
    counts = result["counts"]
    text = _("{passed} passed, {failed} failed, {unproved} not proved.")
    told = text.format(passed=counts["pass"], failed=counts["fail"], unproved=counts["unproved"])
    return {"text": told, "ways": ways}


def _witnessed(code: str, job: JobValue, result: Told) -> Shown:
    """To the test call that was looked for."""
    trials = job.payload.get("trials")
    trial = trials[0] if isinstance(trials, list) and len(trials) == 1 else None
    place = reverse("callback-one", args=[code, trial]) if trial else reverse("callback", args=[code])
    told = words(current())
    found = [told(LANDINGS[name]) for name, count in result.get("counts", {}).items() if count]
    return {"text": "; ".join(found), "ways": [(place, _("To the test call") if trial else _("To the test calls"))]}


def _inspected(code: str, job: JobValue, _result: Told) -> Shown:
    part = str(job.payload["part"])
    name = words(current())(PARTS.get(part, part))
    route = "inspection" if part == "readiness" else f"inspection-{part}"
    return {"ways": [(reverse(route, kwargs={"code": code}), name)]}


def _drilled(code: str, _job: JobValue, result: Told) -> Shown:
    """To the drill of this job; one that failed or was stopped has none, and leads to where another is begun."""
    place = reverse("inspection-drill", args=[code])
    if not result.get("drill"):
        return {"ways": [(f"{place}#begin", _("Begin a drill"))]}
    return {"ways": [(f"{place}?{urlencode({'drill': result['drill']})}", _("To the drill"))]}


def _effect(code: str, job: JobValue, _result: Told) -> Shown:
    address = reverse("rules-effect-here", args=[code, job.payload["key"], job.id])
    return {"ways": [(address, _("To the lights"))]}


def _matched(code: str, job: JobValue, result: Told) -> Shown:
    keys = cast("list[str] | None", job.payload.get("complaints"))
    if keys and len(keys) == 1:
        address = f"{reverse('complaints-one', kwargs={'code': code, 'ticket': keys[0]})}#call"
        return {"text": _("The calls were looked through."), "ways": [(address, _("To the ticket"))]}
    counted = {name: result.get(name, 0) for name in ("looked_at", "asserted", "proposed", "none", "linked")}
    text = _(
        "{looked_at} tickets were looked at: the call of {asserted} is found, {proposed} wait for a decision,"
        " {none} have no call. {linked} tickets changed."
    ).format(**counted)
    tickets = reverse("complaints", args=[code])
    return {"text": text, "ways": [(tickets, _("To the tickets"))]}


def _forwarded(code: str, job: JobValue, result: Told) -> Shown:
    tickets = (reverse("complaints", args=[code]), _("To the tickets"))
    again = (reverse("complaints-forwards", args=[code]), _("Send a list"))
    if not result:
        return {"ways": [again, tickets]}
    if result["errors"]:
        file = (reverse("complaints-forwards-marked", args=[code, job.id]), _("Fetch the list with its faults marked"))
        return {
            "error": _("Nothing was taken: correct these cells and send the list again."),
            "more": [describe_cell_error(str(one["code"]), one["values"]) for one in result["errors"]],
            "ways": [*([file] if "blob" in result else []), again],
        }
    text = _("{added} tickets opened, {updated} completed, {unchanged} unchanged.").format(**result["rows"])
    return {"text": text, "ways": [tickets], "listed": _differing(code, result["differing"])}


def _differing(code: str, found: Mapping[str, list[str]]) -> tuple[str, list[tuple[str, str]]] | None:
    if not found:
        return None
    lines = [
        (
            reverse("complaints-one", kwargs={"code": code, "ticket": key}),
            f"{key}: {', '.join(registers.label(COMPLAINTS.by_field(name)) for name in fields)}",
        )
        for key, fields in list(found.items())[:SHOWN]
    ]
    return _("What the list says otherwise; what is recorded stays:"), lines


def _to_case(route: str, code: str, job: JobValue, label: str) -> tuple[str, str]:
    return reverse(route, args=[code, job.payload["case"]]), label


def _paper(code: str, job: JobValue, _result: Told) -> Shown:
    address = reverse("dossier-item", args=[code, job.payload["year"], job.payload["item"]])
    return {"text": _("The file is checked and stands with its item."), "ways": [(address, _("To the item"))]}


def _drawn(code: str, job: JobValue, _result: Told) -> Shown:
    given = job.payload
    address = reverse("dossier-pages", args=[code, given["year"], given["item"], given["version"]])
    return {"text": _("The pages are drawn."), "ways": [(address, _("To the pages"))]}


def _sorted(code: str, job: JobValue, result: Told) -> Shown:
    ways = [(reverse("dossier-sort", args=[code, job.payload["year"]]), _("To the papers"))]
    if job.state != "done":
        return {"ways": ways}
    return {"text": _("{read} papers were read, {unsure} of them are not clear.").format(**result), "ways": ways}


def _cut(code: str, job: JobValue, result: Told) -> Shown:
    given = job.payload
    if job.state != "done":
        return {"ways": [(reverse("dossier-cut", args=[code, given["year"], given["arrival"]]), _("To the file"))]}
    speak = words(current())
    items = [str(one["item"]) for one in result["papers"]]
    ways = [(reverse("dossier-item", args=[code, given["year"], item]), speak(ITEMS[item])) for item in items]
    text = _("Papers that were cut out and go to their checks: {count}.").format(count=len(items))
    return {"text": text, "ways": ways}


def _verified(code: str, job: JobValue, result: Told) -> Shown:
    ways = [(reverse("dossier-verify", args=[code, job.payload["year"]]), _("To the result"))]
    if job.state != "done":
        return {"ways": ways}
    text = _("Nothing differs.") if result["intact"] else _("Differences: {count}.").format(count=result["count"])
    return {"text": text, "ways": ways}


def _filled_in(code: str, job: JobValue, _result: Told) -> Shown:
    address = reverse("fill-in", args=[code, job.payload["year"], job.payload["report"]])
    return {"text": _("The sheet is made."), "ways": [(address, _("To the fill-in sheet"))]}


def _making(code: str, job: JobValue, result: Told) -> Shown:
    """Of generation, building and signing: back to their page, and the files while they are there."""
    year = job.payload["year"]
    ways = [(reverse("dossier-package", args=[code, year]), _("To the package"))]
    if job.state != "done":
        return {"ways": ways}
    told: Shown = {"text": _made(job, result), "ways": ways}
    if "blob" in result:
        told["take"] = (reverse("dossier-package-file", args=[code, year, job.id]), _("Fetch the files"))
        told["taken"] = _(
            "They show personal values in full; each time they are fetched is written into the audit log."
        )
    return told


def _made(job: JobValue, result: Told) -> str:
    if job.kind == flow.SIGN_PACKAGE:
        return _("Signed files: {count}.").format(count=len(result["signed"]))
    if job.kind == flow.BUILD_PACKAGE:
        return _("The package is built; it is a draft.") if result["draft"] else _("The package is built.")
    return _("Papers that were generated: {count}.").format(
        count=sum(not one["confirmed"] and not one["waits"] for one in result["items"])
    )


OUTCOMES: Final[Mapping[str, Callable[[str, JobValue, Told], Shown]]] = {
    flow.REJECTS_FILE: _rejects,
    flow.TAKE_REGISTER: _list,
    flow.RECTIFY_LOCATE: _located,
    flow.RECTIFY_TICKETS: _tickets,
    flow.RECTIFY_MEASURE: _case,
    flow.RECTIFY_CHECK: _checked,
    flow.RECTIFY_REPORT: _reported,
    flow.RECTIFY_SUBMIT: _submitted,
    flow.RECTIFY_CLOSE: _case,
    flow.OVERLAY_EFFECT: _effect,
    flow.MATCH_TICKETS: _matched,
    flow.RECONCILE_FILING: _reconciled,
    flow.RECONCILE_PEOPLE: _reconciled,
    flow.RECONCILE_SOURCES: _reconciled,
    flow.INSPECT: _inspected,
    flow.CALLBACK_TEST: _called,
    flow.CALLBACK_WITNESS: _witnessed,
    flow.DRILL: _drilled,
    flow.IMPORT_FORWARDS: _forwarded,
    flow.CHECK_PAPER: _paper,
    flow.FILL_IN: _filled_in,
    flow.DRAW_PAGES: _drawn,
    flow.SORT_PAPERS: _sorted,
    flow.CUT_PAPERS: _cut,
    flow.VERIFY_PACKAGE: _verified,
    flow.GENERATE_ITEMS: _making,
    flow.BUILD_PACKAGE: _making,
    flow.SIGN_PACKAGE: _making,
}
