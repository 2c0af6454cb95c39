"""Each item of the list of what is to be done as a row: when, what and why, whose, its button and its page."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, Protocol

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from nianjian.engines.kernel import clock
from nianjian.engines.paper.days import day_text, moment_text
from nianjian.engines.paper.figures import count_text, find_headroom
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.complaints import CLOCKS
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.inspection_day import ROWS
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.texts.reconciliation import KINDS as KINDS_COMPARED
from nianjian.engines.paper.texts.season import TASKS, TRACKS
from nianjian.engines.paper.words import ENGLISH, Words
from nianjian.features.complaints.presenters import span
from nianjian.features.inbox import obstacles
from nianjian.features.inbox.pages import obstacle_address
from nianjian.features.overview import attention, queue, worklist
from nianjian.features.overview import texts as said
from nianjian.features.overview.board import Board
from nianjian.features.overview.queue import NOBODY
from nianjian.features.overview.worklist import Item
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.rulebook.deadlines import Deadline
from nianjian.platform.web import work
from nianjian.platform.web.errors import page_message
from nianjian.platform.web.language import current

#: Item -> its page, and what its address says besides the enterprise: argument -> value of the item.
ITEM_PAGES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    attention.NOT_RUN: ("overview-start", {}),
    attention.INSUFFICIENT: ("portrait-metric", {"year": "year", "slug": "metric"}),
    attention.ATTACHMENT: ("portrait-metric", {"year": "year", "slug": "metric"}),
    attention.DAYS: ("data", {}),
    attention.MARKETING: ("portrait-marketing", {"year": "year"}),
    attention.APPROVAL: ("approvals-decide-here", {"approval": "approval"}),
    attention.FAILED: ("data-job", {"job": "job"}),
    attention.ROOM: ("inspection-day-room", {}),
    attention.LATE: ("season", {}),
    attention.CASE: ("rectify-one", {"case": "case"}),
    attention.MATERIALS: ("dossier-season", {"year": "year"}),
    attention.COMPLAINT: ("complaints-one", {"ticket": "complaint"}),
    queue.TASK: ("season", {}),
    worklist.SILENT: ("overview-lines", {}),
}


def item_address(item: Item, owner: str | None, code: str, year: int | None) -> str:
    """Return the address of the page on which an item can be dealt with, of an owner's part where one is asked for."""
    values = {"year": year, **item.values}
    match item.code:
        case attention.EXPIRED:
            return expiry_address(code, values["kind"], values["keys"])
        case attention.REJECTS:
            single = len(values["batches"]) == 1
            return reverse("data-batch", args=[code, values["batches"][0]]) if single else reverse("data", args=[code])
        case obstacles.OVERDUE | obstacles.DIFFERENCES:
            address = obstacle_address(code, item.code, values)
            if owner is None:
                return address
            name = "owner" if item.code == obstacles.DIFFERENCES else "assignee"
            return f"{address}&{urlencode({'unassigned': 'on'} if owner == NOBODY else {name: owner})}"
    name, arguments = ITEM_PAGES.get(item.code, ("portrait-newest", {}))
    return reverse(name, kwargs={"code": code, **{name: values[of] for name, of in arguments.items()}})


def present_item(item: Item, owner: str | None, board: Board) -> dict[str, object]:
    """A row; of an owner's part alone where one is asked for."""
    count = item.count if owner is None else item.owners.get(owner, 0)
    row = present_row(item, count, VALUES.get(item.code, describe_nothing)(item, board), board)
    gain = _describe_gain(board) if item.code == obstacles.OVERDUE else ""
    return row | {
        "why": f"{row['why']}{gain}",
        "button": board._(_choose_button(said.ITEMS[item.code][2], item, board)),
        "address": item_address(item, owner, board.code, board.told.year),
        "owner": (owners := _owner_text(item, board)),
        "initial": owners[:1] if len(item.owners) == 1 and NOBODY not in item.owners else "",
        "mine": bool(item.owners.get(board.actor.name)),
        "nobody": set(item.owners) == {NOBODY},
    }


def _choose_button(button: str, item: Item, board: Board) -> str:
    """The word of an item's button: who may change nothing looks at it."""
    if Permission.MANAGE_DATA not in board.acts and item.code != attention.APPROVAL:
        return said.VIEW
    return said.ASSIGN if item.code == obstacles.OVERDUE and item.owners.get(NOBODY) else button


def _owner_text(item: Item, board: Board) -> str:
    """Who sees to it: one by name, nobody, or how many people do."""
    owners = [owner for owner, count in item.owners.items() if count]
    if owners == [NOBODY]:
        written = item.values.get("written")  # a name that nobody signs in by
        return gettext("{name} (no account)").format(name=written) if written else gettext("Unassigned")
    if len(owners) == 1:
        return actor_text(owners[0], board._)
    nobody = item.owners.get(NOBODY, 0)
    people = gettext("{n} owners").format(n=len(owners) - bool(nobody))
    return f"{people} · {gettext('{n} unassigned').format(n=nobody)}" if nobody else people


def overdue_text(item: Item, left: int | None) -> str:
    """For how long it is overdue, of tickets as their own pages count it; "" for what is not."""
    if item.code == obstacles.OVERDUE:
        return gettext("{time} overdue").format(time=span(clock.now() - item.values["since"]))
    return gettext("{n} days overdue").format(n=-left) if left is not None and left < 0 else ""


def _describe_gain(board: Board) -> str:
    """How many closed tickets more bring the closing rate to its limit; "" where it is there or stays as it is."""
    metric = next((metric for metric in board.metrics if metric["slug"] == "closing_rate"), None)
    room = find_headroom(metric) if metric and metric.get("limit") and not board.team else None
    if metric is None or room is None or room.used >= room.limit:
        return ""
    last_day = board.last_days.get("close_tickets")
    if last_day is not None and last_day < board.today:
        return ""
    limit = f"{float(metric['limit']):g}"
    return board._(said.UNTIL_LIMIT).format(n=count_text(room.limit - room.used), limit=limit)


Values = dict[str, object]


class Teller(Protocol):
    """In which words, and on which day, something is said."""

    @property
    def _(self) -> Words:
        """The words of the reader's language."""

    @property
    def today(self) -> date:
        """The day."""


def present_row(item: Item, count: int, further: Values, teller: Teller) -> dict[str, object]:
    """What every list says of an item; ``further``: its values as people read them."""
    _, left = teller._, item.days_left(teller.today)
    title, why, button = said.ITEMS[item.code]
    values = {**item.values, "n": count_text(count), **further}
    return {
        "title": _(title).format(**values),
        "why": _(why).format(**values),
        "button": _(button),
        "day": "" if item.due is None else day_text(item.due, teller.today, _),
        "left": "" if left is None or left <= 1 else gettext("{n} days left").format(n=left),
        "overdue": overdue_text(item, left),
        "waits": item.code == attention.APPROVAL,
    }


def describe_nothing(item: Item, board: Teller) -> Values:
    """Nothing besides the item's own values."""
    del item, board
    return {}


def _describe_tickets(item: Item, board: Teller) -> Values:
    del board
    return {"time": span(clock.now() - item.values["since"])}


def _describe_differences(item: Item, board: Board) -> Values:
    as_of = day_text(date.fromisoformat(str(item.values["as_of"])), board.today, board._)
    return {"register": board._(KINDS_COMPARED[str(item.values["kind"])]), "as_of": as_of}


def _describe_request(item: Item, board: Teller) -> Values:
    """What is asked, by whom and when."""
    _, values = board._, item.values
    at = moment_text(values["at"], board.today, _)
    return {"what": translate_value("kind", values["kind"], _), "by": actor_text(str(values["by"]), _), "at": at}


def _describe_approval(item: Item, board: Board) -> Values:
    """The same, with the channel where it is about one."""
    values, order = _describe_request(item, board), board.orders.get(str(item.values["approval"]))
    channel = "" if order is None else f" {board.channel(order.key, order.channel)}"
    return {**values, "what": f"{values['what']}{channel}"}


def _describe_failure(item: Item, board: Board) -> Values:
    _, kind, error = board._, item.values["kind"], item.values["error"]
    why = page_message(str(error.get("code", "")), error.get("values", {}), _)
    return {"kind": _(work.KINDS.get(kind, kind)), "why": why}


def _describe_room(item: Item, board: Board) -> Values:
    return {"row": board._(ROWS[item.values["row"]]), "n": count_text(item.values["count"])}


def _describe_ticket(item: Item, board: Board) -> Values:
    due = moment_text(item.values["due"], board.today, board._)
    return {"clock": board._(CLOCKS[str(item.values["clock"])]), "due": due}


def _describe_report(item: Item, board: Teller) -> Values:
    report = board._(TRACKS[str(item.values["track"])])
    return {"report": report, "due": day_text(item.values["due"], board.today, board._)}


def _describe_case(item: Item, board: Teller) -> Values:
    _ = board._
    causes = _(", ").join(item.values["causes"])
    cause = _(": {text}").format(text=causes) if causes else ""
    return {"cause": cause, "due": day_text(item.values["due"], board.today, _)}


def _describe_expiry(item: Item, board: Teller) -> Values:
    _, values = board._, item.values
    keys = said.join_keys(values["keys"], values["count"], _)
    until = day_text(values["until"], board.today, _)
    return {"what": translate_value("kind", values["kind"], _), "keys": keys, "until": until}


def _describe_metric(item: Item, board: Board) -> Values:
    _, slug = board._, str(item.values["metric"])
    metric = next((metric for metric in board.metrics if metric["slug"] == slug), {"slug": slug})
    papers = said.papers_text(item.values.get("kinds", ()), _)
    return {"metric": code_name("metric", slug, _), "papers": papers, "why": board.missing_text(metric)}


def _describe_count(item: Item, board: Board) -> Values:
    as_of = item.values.get("as_of")
    return {"n": count_text(item.values["count"]), "as_of": day_text(as_of, board.today, board._) if as_of else ""}


def _describe_marketing(item: Item, board: Board) -> Values:
    del board
    return {name: count_text(item.values[name]) for name in ("calls", "numbers")}


def _describe_rejects(item: Item, board: Board) -> Values:
    del item
    return {"why": said.rejects_text(board.told.portrait, board._)}


def _describe_task(item: Item, board: Board) -> Values:
    return {"task": board._(TASKS[str(item.values["task"])])}


def _describe_lines(item: Item, board: Board) -> Values:
    names = [board.channel("line", line) for line in item.values["lines"]]
    return {"names": said.join_keys(names, item.count, board._)}


#: Code -> the values of an item as people read them: of what is told across enterprises, too.
ACROSS: Final[Mapping[str, Callable[[Item, Teller], Values]]] = {
    obstacles.OVERDUE: _describe_tickets,
    attention.LATE: _describe_report,
    attention.CASE: _describe_case,
    attention.EXPIRED: _describe_expiry,
    attention.NOT_RUN: describe_nothing,
    attention.APPROVAL: _describe_request,
}
VALUES: Final[Mapping[str, Callable[[Item, Board], Values]]] = {
    **ACROSS,
    obstacles.DIFFERENCES: _describe_differences,
    attention.APPROVAL: _describe_approval,
    attention.FAILED: _describe_failure,
    attention.ROOM: _describe_room,
    attention.COMPLAINT: _describe_ticket,
    attention.INSUFFICIENT: _describe_metric,
    attention.ATTACHMENT: _describe_metric,
    attention.DAYS: _describe_count,
    attention.OUTDATED: _describe_count,
    attention.MATERIALS: _describe_count,
    attention.MARKETING: _describe_marketing,
    attention.REJECTS: _describe_rejects,
    queue.TASK: _describe_task,
    worklist.SILENT: _describe_lines,
}


def present_deadline(one: Deadline, code: str, _: Words) -> dict[str, object]:
    """A deadline with its title, where it leads, its last day and where it comes from."""
    rule, expiry, today = one.rule, one.expiry, clock.today()
    title = rule.title_en if current() == ENGLISH else rule.title_zh
    return {
        "title": said.expiry_text(expiry, asking=one.day == expiry.ask_by, _=_) if expiry else title,
        "href": expiry_address(code, expiry.kind, expiry.keys) if expiry else "",
        "day": one.last,
        "day_text": day_text(one.last, today, _),
        "moved": day_text(one.day, today, _) if one.moved else "",
        "over": one.days < 0,
        "left": said.describe_days_left(one.days, _),
        "source": rule.citation,
        "level": code_name("level", rule.level.value, _),
    }


def expiry_address(code: str, kind: str, keys: Sequence[str]) -> str:
    """Return the address of what runs out: its row, or the register where there are several."""
    if len(keys) > 1:
        return reverse("registers-list", kwargs={"code": code, "kind": kind})
    return reverse("registers-row", kwargs={"code": code, "kind": kind, "key": keys[0]})
