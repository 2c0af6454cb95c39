"""A kept portrait taken along as workbook, PDF or picture: the same figures, masked, and each time an audit entry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.page import page
from nianjian.engines.paper.printing.pdf import Stamp, pdf, picture
from nianjian.engines.paper.workbook import workbook
from nianjian.features.portrait.operations import portraits
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.record import record

Draw = Callable[[Mapping[str, Any], str, Stamp], bytes]


@dataclass(frozen=True, slots=True)
class Form:
    """A file form: its media type, and what draws it."""

    media: str
    draw: Draw


def _workbook(portrait: Mapping[str, Any], language: str, stamp: Stamp) -> bytes:
    del stamp  # the workbook's bytes depend on the portrait alone
    return workbook(portrait, language)


def _page(portrait: Mapping[str, Any], language: str, stamp: Stamp) -> bytes:
    del stamp  # the same
    return page(portrait, language)


FORMS: Final[Mapping[str, Form]] = {
    "xlsx": Form("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _workbook),
    "pdf": Form("application/pdf", pdf),
    "png": Form("image/png", picture),
    "html": Form("text/html; charset=utf-8", _page),
}


@dataclass(frozen=True, slots=True)
class Export:
    """A file to give away."""

    name: str
    media: str
    content: bytes


def export(*, enterprise: str, year: int, run: str | None, form: str, language: str, actor: Actor) -> Export:
    """Draw a kept portrait; ``role_missing``, ``portrait_missing``, ``export_form_unknown``, ``drawing_failed``."""
    require(actor, enterprise, Act.READ)
    if form not in FORMS:
        raise NianjianError("export_form_unknown", form=form, forms=", ".join(FORMS))
    portrait = portraits.shown(enterprise, year, run)
    if portrait is None:
        raise NianjianError("portrait_missing", enterprise=enterprise, year=year)
    known = portraits.newest(enterprise, year) if run is None else portraits.run(enterprise, year, run)
    return drawn(
        portrait,
        enterprise=enterprise,
        year=year,
        run="" if known is None else known.id,
        form=form,
        language=language,
        actor=actor,
    )


def drawn(
    portrait: Mapping[str, Any], *, enterprise: str, year: int, run: str, form: str, language: str, actor: Actor
) -> Export:
    """Draw a portrait that is at hand and write the entry; the caller has asked whether the actor may."""
    content = FORMS[form].draw(portrait, language, stamp(enterprise, run))
    data = {
        "year": year,
        "run": run,
        "form": form,
        "language": language,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    with transaction.atomic():
        record(verb="portrait.export", enterprise=enterprise, actor=actor, data=data)
    return Export(f"{enterprise}-{year}.{form}", FORMS[form].media, content)


def stamp(enterprise: str, run: str) -> Stamp:
    """What a page says of itself: whose it is, which run, and where the audit chain stood."""
    seq, digest = audit.head()
    return Stamp(accounts.enterprise(enterprise).name, run, seq, digest)
