"""Everything that one row's page shows."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.words import words
from nianjian.features.registers.pages import presenters
from nianjian.features.registers.pages.forms import COLUMN, PaperForm
from nianjian.features.registers.pages.request_scope import may, sight, told_day
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import entries, queries
from nianjian.platform.registers import queries as links
from nianjian.platform.registers import queries as query
from nianjian.platform.registers.attachments import list_row_papers
from nianjian.platform.registers.columns import Sheet, is_masked
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.registers.versions import Version
from nianjian.platform.web.access import Request
from nianjian.platform.web.language import current

Context = dict[str, Any]


def detail(request: Request, kind: str, key: str, *, full: bool = False) -> Context | None:
    """Return the page's context; None if the row does not exist for this reader. ``full``: nothing is masked."""
    seen, sheet = sight(request, kind), presenters.sheet_of(kind)
    written = query.list_row_versions(kind, seen, key)
    if not written:
        return None
    holds = query.find_row(kind, seen, key)
    told = holds or written[0]
    code = request.enterprise.code
    last = query.find_latest_version(kind, seen, key)
    goes_on = last is not None and (last.valid_to is None or last.valid_to >= clock.today())
    loads = may(request, Act.LOAD)
    return {
        "kind": kind,
        "register": presenters.title(kind),
        "name": presenters.name(told, sheet, full=full),
        "key": key,
        "day": seen.day,
        "told": told_day(seen),
        "version": told,
        "holds": holds is not None,
        "span": presenters.span(told.valid_from, told.valid_to),
        "pairs": _pairs(told, sheet, full=full),
        "full": full,
        "masked": any(is_masked(one) and getattr(told, one.field) is not None for one in sheet.columns),
        "notes": _notes(told, sheet),
        "groups": [_group(code, seen, one) for one in links.list_linked_rows(kind, seen, holds)] if holds else [],
        "history": [_event(one) for one in queries.list_history(written, sheet)],
        "cut": len(written) == query.PAGE,
        "papers": list_row_papers(code, kind, key) if request.team is None else None,
        "paper_form": PaperForm() if loads else None,
        "may_load": loads,
        "may_reveal": may(request, Act.REVEAL),
        "standing": last if goes_on else None,
        "back": reverse("registers-list", kwargs={"code": code, "kind": kind}),
    }


def _pairs(version: Version, sheet: Sheet, *, full: bool) -> list[tuple[str, str]]:
    return [
        (presenters.label(column), presenters.value(getattr(version, column.field), column, full=full))
        for column in sheet.columns
        if column.field != entries.CHANGED or getattr(version, column.field) is not None
    ]


def _notes(version: Version, sheet: Sheet) -> list[str]:
    """What the sheet warns about: it refuses nothing, but changes a light."""
    word = words(current())
    return [
        f"{presenters.label(sheet.by_field(field))}: {sentence(one.code, one.values(), word)}"
        for field, one in entries.list_warnings(version, sheet)
    ]


def _group(code: str, seen: ReadScope, group: links.LinkGroup) -> Context:
    link, sheet, day = group.link, presenters.sheet_of(group.link.kind), told_day(seen)
    there = reverse("registers-list", kwargs={"code": code, "kind": link.kind})
    asked = f"{COLUMN}{link.field}={link.text}" if link.field else f"team={link.team}" if link.team else ""
    every = "&".join(part for part in (asked, f"as_at={day}" if day else "") if part)
    return {
        "title": presenters.title(link.kind),
        "total": group.total,
        "rows": [(presenters.address(code, link.kind, one.key, day), _called(one, sheet)) for one in group.rows],
        "every": f"{there}?{every}" if asked and group.total > len(group.rows) else "",
    }


def _called(version: Version, sheet: Sheet) -> str:
    """Key and, where the row has one, its name."""
    called = getattr(version, "name", None)
    return f"{presenters.name(version, sheet)} {called}" if called else presenters.name(version, sheet)


def _event(one: queries.HistoryEntry) -> Context:
    version = one.version
    return {
        "event": presenters.event(one.event),
        "code": one.event.value,
        "at": version.recorded_at,
        "by": version.recorded_by or _("not recorded"),
        "span": presenters.span(version.valid_from, version.valid_to),
        "reason": version.reason or "",
        "believed": one.believed,
        "until": version.superseded_at,
        "imported": bool(version.file),
        "changes": [
            (
                presenters.label(change.column),
                *(presenters.value(old, change.column) for old in (change.before, change.after)),
            )
            for change in one.changes
        ],
    }
