"""The menu of the site: its seven lines, and what every feature has declared, in the order in which it is shown."""

from typing import Final

from django.http import Http404, HttpRequest
from django.utils.functional import SimpleLazyObject

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.platform import ROLES
from nianjian.engines.paper.words import mark, words
from nianjian.features.approvals import pages as approvals
from nianjian.features.calls import urls as calls
from nianjian.features.complaints import pages as complaints
from nianjian.features.dial_policy import urls as dial_policy
from nianjian.features.dossier.pages import urls as dossier
from nianjian.features.inbox import pages as inbox
from nianjian.features.inspection import urls as inspection
from nianjian.features.maintenance import pages as maintenance
from nianjian.features.overview import pages as overview
from nianjian.features.people import pages as people
from nianjian.features.portrait.pages import urls as portrait
from nianjian.features.reconciliation import pages as reconciliation
from nianjian.features.rectification.pages import urls as rectification
from nianjian.features.registers import urls as registers
from nianjian.features.rulebook import pages as rulebook
from nianjian.features.screens import urls as screens
from nianjian.features.season import urls as season
from nianjian.features.test_calls import urls as test_calls
from nianjian.features.webhooks import pages as webhooks
from nianjian.platform.accounts.access import enter_enterprise, list_accessible_enterprises
from nianjian.platform.accounts.query import Actor, Enterprise
from nianjian.platform.accounts.roles import Permission, Role
from nianjian.platform.web import comfort
from nianjian.platform.web.access import LAST_OPEN
from nianjian.platform.web.language import current
from nianjian.platform.web.menu import Below, Entry, Frame, Line, Menu, Place, Reader, Scope

DAILY: Final = mark("Every day")
YEARLY: Final = mark("Yearly inspection")
BASE: Final = mark("Foundation")

LINES: Final = (
    Line(
        Place.TODAY, DAILY, mark("Today"), "home", mark("Today"), overview.find_open_items, counted="overview-count"
    ),
    Line(
        Place.COMPLAINTS, DAILY, mark("Complaints"), "complaints", mark("Complaints"),
        complaints.count_overdue, urgent=True,
    ),
    Line(Place.PORTRAIT, YEARLY, mark("Compliance portrait"), "portrait", mark("Portrait")),
    Line(Place.DOSSIER, YEARLY, mark("Report and materials"), "page", mark("Papers")),
    Line(Place.INSPECTION, YEARLY, mark("On-site check"), "approvals"),
    Line(Place.RECTIFICATION, YEARLY, mark("Rectification and isolation"), "repair", count=rectification.count_open),
    Line(Place.DATA, BASE, mark("Data and registers"), "base"),
)  # fmt: skip
_INBOX, _REMINDERS, _MAIL = inbox.ENTRIES
_SEASON, _PAST, *_REMINDER_LOG = season.ENTRIES
_TEST_CALLS, _ROUTES = test_calls.ENTRIES
_GATE, _GATE_POLICY = dial_policy.ENTRIES
_DECLARED: Final[tuple[Entry | Below, ...]] = (
    *overview.ENTRIES, _INBOX, *complaints.ENTRIES, *portrait.ENTRIES,
    _SEASON, *dossier.ENTRIES, *reconciliation.ENTRIES, _PAST,
    *inspection.CHECKS, _TEST_CALLS, *inspection.DRILL, *screens.ENTRIES, *inspection.DAYS,
    *rectification.ENTRIES, _GATE, *calls.ENTRIES[:1], *registers.ENTRIES, *calls.ENTRIES[1:],
    people.PEOPLE, *approvals.ENTRIES, *rulebook.ENTRIES, _REMINDERS, *_REMINDER_LOG,
    _MAIL, *webhooks.ENTRIES, people.TOKENS, _GATE_POLICY, _ROUTES, *maintenance.ENTRIES[:2], people.ENTERPRISES,
    *maintenance.ENTRIES[2:],
    *people.ACCOUNT,
)  # fmt: skip
MENU: Final = Menu(LINES, _DECLARED)
SWITCHED: Final = 12  # enterprises in the switch; the portfolio has all of them


def shell(request: HttpRequest) -> dict[str, object]:
    """Give templates ``frame``, ``enterprise``, ``actor`` as far as the page's mark has set them, and ``theme``."""
    actor: Actor | None = getattr(request, "actor", None)
    context: dict[str, object] = {"actor": actor, "theme": comfort.theme_of(request)}
    if actor is None:
        return context
    match, query = request.resolver_match, {name: str(value) for name, value in request.GET.items()}
    enterprise, team = _find_place(request, actor)
    reader = Reader(actor, enterprise, team, match, query, getattr(request, "counts", {}))
    many = SimpleLazyObject(lambda: list_accessible_enterprises(actor, limit=SWITCHED))
    role = next((role for role in Role if role in reader.roles), None)
    return context | {
        "enterprise": reader.enterprise,
        "frame": Frame(MENU, reader),
        "switch": many,
        "own_role": words(current())(ROLES[role]) if role else "",
    }


def _find_place(request: HttpRequest, actor: Actor) -> tuple[Enterprise | None, str | None]:
    """The page's enterprise, and the team whose rows alone are seen there.

    On a page of the person the enterprise that was last open, if it is still the person's.
    """
    here: Enterprise | None = getattr(request, "enterprise", None)
    entry = MENU.find_entry(request.resolver_match, {})
    if here or entry is None or entry.scope is not Scope.PERSON or entry.route == "portfolio":
        return here, getattr(request, "team", None)
    code = str(request.session.get(LAST_OPEN, ""))
    try:
        return enter_enterprise(actor, code, Permission.READ_OWN) if code else (None, None)
    except (Http404, NianjianError):  # it was closed in between, or is the person's no more
        return None, None
