"""Tables of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext

from nianjian.engines.paper.texts.dossier.sealing import CHANGED, PLACES, SEALS, STANDINGS, TRUST
from nianjian.engines.paper.words import words
from nianjian.features.dossier.impressions.model import Impression, SealPicture
from nianjian.features.dossier.operations.sealing import papers
from nianjian.features.dossier.pages.presenters import title
from nianjian.features.dossier.signatures.model import SignedPaper
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import moment, person

BADGES: Final = {
    "none": "plain", "unreadable": "bad", "broken": "bad", "changed": "bad", "untrusted": "warn", "unknown": "warn",
    "trusted": "good",
}  # fmt: skip


def seal(code: str) -> str:
    """What a seal is called."""
    return words(current())(SEALS[code])


def build_standing_cell(code: str) -> Cell:
    """What signatures are worth, as a badge; only what is trusted is green."""
    return Cell(words(current())(STANDINGS[code]), badge=BADGES[code])


def pictures(found: Sequence[SealPicture]) -> Table:
    """The pictures that may be used."""
    heads = (gettext("Seal"), gettext("Width on paper in mm"), gettext("Checksum"), gettext("Put in"))
    rows = [
        [
            Cell(seal(one.kind)),
            Cell(f"{one.width_mm.normalize():f}"),
            Cell(one.sha256[:12]),
            Cell(f"{moment(one.recorded_at)} · {person(one.recorded_by)}"),
        ]
        for one in found
    ]
    return Table(gettext("Pictures of seals"), [Column(head) for head in heads], rows, cards=True)


def uses(code: str, found: Sequence[Impression]) -> Table:
    """What was asked for, and by whom it was agreed to."""
    _ = words(current())
    heads = (
        gettext("Item"), gettext("Seal"), gettext("Mark"), gettext("Page"), gettext("Asked by"),
        gettext("Approved by"), gettext("Placed"),
    )  # fmt: skip
    rows = [
        [
            Cell(f"{title(one.item)} · {one.version} · {one.document_sha256[:8]}"),
            Cell(seal(one.picture.kind)),
            Cell(_(PLACES[one.mark])),
            Cell(f"{one.page} ({one.x_mm.normalize():f} × {one.y_mm.normalize():f} mm)"),
            Cell(f"{moment(one.asked_at)} · {person(one.asked_by)}"),
            _agreed(code, one),
            Cell(gettext("{count} times").format(count=one.placed) if one.placed else "–"),
        ]
        for one in found
    ]
    return Table(gettext("Uses of a seal's picture"), [Column(head) for head in heads], rows, wrap=True, cards=True)


def _agreed(code: str, one: Impression) -> Cell:
    if one.picture.withdrawn_at is not None:
        return Cell(gettext("picture withdrawn"), badge="plain")
    if one.approved_at is None:
        return Cell(one.approval, href=reverse("approvals-decide-here", args=[code, one.approval]))
    return Cell(f"{moment(one.approved_at)} · {person(one.approved_by)}")


def build_papers_table(code: str, year: int, found: Sequence[SignedPaper]) -> Table:
    """Signed papers."""
    heads = (gettext("Name"), gettext("Item"), gettext("Signatures"), gettext("State"), gettext("Put in"))
    rows = [
        [
            Cell(one.name or one.sha256[:12], href=reverse("dossier-signed", args=[code, year, one.pk])),
            Cell(title(one.item)),
            Cell(one.signatures),
            build_standing_cell(one.standing),
            Cell(f"{moment(one.recorded_at)} · {person(one.recorded_by)}"),
        ]
        for one in found
    ]
    return Table(gettext("Signed papers"), [Column(head) for head in heads], rows, wrap=True, cards=True)


def signatures(row: SignedPaper) -> list[tuple[str, Cell, list[tuple[str, str]]]]:
    """Field, standing and facts of each signature of a paper."""
    told = papers.to_document(row)
    return [(one["field"], build_standing_cell(one["standing"]), _facts(one)) for one in told["signatures"]]


def _facts(one: Mapping[str, Any]) -> list[tuple[str, str]]:
    _ = words(current())
    stamp = one["timestamp"]
    stamped = gettext("none") if stamp is None else f"{stamp['at']} · {stamp['authority']}"
    if stamp is not None and not stamp["intact"]:
        stamped = f"{stamped} · {_(STANDINGS['broken'])}"
    facts = [
        (gettext("Signed by"), one["subject"] or "–"),
        (gettext("Issued by"), one["issuer"] or "–"),
        (gettext("The certificate holds"), f"{one['valid_from'][:10]} – {one['valid_to'][:10]}"),
        (gettext("Trust"), _(TRUST[one["trust"]])),
        (gettext("Changed after signing"), _(CHANGED[one["changed_after"]])),
        (gettext("Covers the whole file"), gettext("yes") if one["whole_file"] else gettext("no")),
        (gettext("Time as the signer says"), one["signed_at"] or "–"),
        (gettext("Time stamp"), stamped),
    ]
    return [*facts, (gettext("Not checked, because"), one["fault"])] if one["fault"] else facts
