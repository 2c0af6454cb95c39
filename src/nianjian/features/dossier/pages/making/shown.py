"""Tables of the page: generated items, what must agree, the files of a package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import words
from nianjian.features.dossier.operations.making.shown import Paper
from nianjian.features.dossier.operations.sealing.signing import Certificate
from nianjian.features.dossier.pages import shown as told
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import moment, person

Json = Mapping[str, Any]
KIB = 1024


def papers(code: str, year: int, found: Sequence[Paper]) -> Table:
    """The items that the records make: state, next step, the portrait behind them, whether their sums agree."""
    heads = [
        gettext("Item"),
        gettext("State"),
        gettext("Next step"),
        gettext("Made from the portrait"),
        gettext("Sums"),
    ]
    rows = [_paper(code, year, one) for one in found]
    return Table(gettext("Generated papers"), [Column(one) for one in heads], rows, cards=True)


def _paper(code: str, year: int, one: Paper) -> list[Cell]:
    line = one.line
    made = Cell("")
    if one.run:
        made = Cell(gettext("an older one: {run}").format(run=one.run), badge="warn") if one.older else Cell(one.run)
    elif line.newest is not None:
        made = Cell(gettext("brought in as a file"))
    return [
        Cell(told.title(line.item), href=reverse("dossier-item", args=[code, year, line.item])),
        told.state(line.state.value),
        Cell(told.following(line)),
        made,
        _agreement(one),
    ]


def _agreement(one: Paper) -> Cell:
    if not one.sums:
        return Cell("–")
    bad = sum(told["paper"] != told["portrait"] for told in one.sums)
    if bad:
        return Cell(gettext("{count} differ").format(count=bad), badge="bad")
    if one.older:
        return Cell(gettext("agreed with the older portrait"), badge="warn")
    return Cell(gettext("agree"), badge="good")


def sums(found: Sequence[Paper]) -> Table | None:
    """Each figure that a paper and the portrait must tell alike; None: no paper has one."""
    _ = words(current())
    heads = [
        Column(gettext("Item")), Column(gettext("Figure")), Column(gettext("In the paper"), figure=True),
        Column(gettext("In the portrait"), figure=True), Column(gettext("Agrees")),
    ]  # fmt: skip
    rows = [
        [
            Cell(told.title(one.line.item)),
            Cell(f"{name('metric', held['metric'], _)}: {name('component', held['figure'], _)}"),
            Cell(figures.count(held["paper"]), figure=True),
            Cell("–" if held["portrait"] is None else figures.count(held["portrait"]), figure=True),
            _agrees(held, older=one.older),
        ]
        for one in found
        for held in one.sums
    ]
    return Table(gettext("What must agree"), heads, rows, cards=True) if rows else None


def _agrees(held: Json, *, older: bool) -> Cell:
    """Of an older portrait nothing is told of the newest one."""
    if held["paper"] != held["portrait"]:
        return Cell(gettext("no"), badge="bad")
    return Cell(gettext("with the older portrait"), badge="warn") if older else Cell(gettext("yes"), badge="good")


def package(job: JobValue) -> dict[str, object]:
    """A package that was built: whether it is a draft, its facts and files, and what is not in it."""
    result: Json = job.result
    pairs = [
        (gettext("Built"), f"{moment(job.finished_at)} · {person(job.requested_by)}"),
        (gettext("Manifest"), str(result["digest"])),
        (gettext("Run of the portrait"), str(result["run"]) or "–"),
        (gettext("Pages of the paper edition"), figures.count(result["pages"])),
    ]
    if result["pictures"]:
        pairs.append((gettext("Pictures of seals on it"), figures.count(result["pictures"])))
    return {
        "job": job,
        "verdict": Cell(gettext("draft"), badge="warn") if result["draft"] else Cell(gettext("complete"), badge="good"),
        "draft": result["draft"],
        "pictures": result["pictures"],
        "pairs": pairs,
        "table": _files(result["contents"]),
        "missing": [(told.title(one["item"]), one["item"], _why(one, result)) for one in result["missing"]],
    }


def _why(one: Json, result: Json) -> str:
    if one["item"] in result["unbound"]:
        return gettext("an OFD file cannot be bound; add a PDF of it")
    return str(told.state(one["state"]).text)


def _files(found: Sequence[Json]) -> Table:
    heads = [
        Column(gettext("File")), Column(gettext("Pages"), figure=True), Column("KiB", figure=True), Column("SHA-256"),
    ]  # fmt: skip
    rows = [
        [
            Cell(one["path"]), Cell(figures.count(one["pages"]), figure=True),
            Cell(figures.count(-(-one["bytes"] // KIB)), figure=True), Cell(one["sha256"][:16]),
        ]
        for one in found
    ]  # fmt: skip
    return Table(gettext("Files"), heads, rows, cards=True)


def certificate(found: Certificate) -> tuple[Cell, list[tuple[str, str]], str]:
    """Whether it can sign, its facts, and why it cannot."""
    stamp = gettext("with a time stamp") if found.stamped else gettext("none: no authority is set")
    if found.fault:
        return Cell(gettext("cannot sign"), badge="plain"), [], sentence(found.fault, found.values, words(current()))
    pairs = [
        (gettext("Holder"), found.subject),
        (gettext("Names the firm"), gettext("yes") if found.named else gettext("no: look whether it is the right one")),
        (gettext("Holds until"), found.valid_to),
        (gettext("Fingerprint"), found.fingerprint),
        (gettext("Time stamp"), stamp),
    ]
    return Cell(gettext("can sign"), badge="good" if found.named else "warn"), pairs, ""


def signature(job: JobValue) -> dict[str, object]:
    """A package that was signed."""
    result: Json = job.result
    stamped = [one["stamped"] for one in result["signed"] if one["stamped"]]
    pairs = [
        (gettext("Signed"), f"{moment(job.finished_at)} · {person(job.requested_by)}"),
        (gettext("Holder"), str(result["subject"])),
        (gettext("Signed files"), figures.count(len(result["signed"]))),
        (gettext("With a time stamp"), figures.count(len(stamped))),
        (gettext("Manifest"), str(result["digest"])),
    ]
    return {"job": job, "pairs": pairs}
