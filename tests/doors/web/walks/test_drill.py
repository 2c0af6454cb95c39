"""A whole drill in two browsers: 12321 forward, call-back, closing, debrief; the portrait is the same to the byte."""

import io
import re
from typing import Any

import pypdfium2
import pytest
from tests.doors.web.walks.looked_at import HOME
from tests.support.axe import assert_clean
from tests.support.site import PROGRAM, Site, follow, open_result, told

pytestmark = pytest.mark.long
PHONE = "13800138000"
TICKET = ("--source", "12321", "--number", "95013", "--arrived", "2026-03-02T10:00:00")
#: What each page of the facilitator's screen asks for again must not be cut off by another page.
AGAIN = 60_000


class Player:
    """A person in a browser of their own; what the browser complains of is kept."""

    def __init__(self, site: Site, browser: Any, name: str, role: str) -> None:
        self.site, self.name = site, name
        self.faults: list[str] = []
        context = site.context(browser, site.session(name, role, "demo"), locale="en-GB")
        self.page = context.new_page()
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def go(self, path: str) -> None:
        assert self.page.goto(self.site.address + path).status == 200, path

    def acts(self, act: str, **fields: str) -> None:
        """Fill the form of an act on the ticket that is open, and send it."""
        form = self.page.locator(f"form[action$='/act/{act}/']")
        if not form.is_visible():
            self.page.locator("details.fold", has=form).locator("summary").click()
        for name, value in fields.items():
            choice = form.locator(f"[type=radio][name={name}][value={value}]")
            box = form.locator(f"[name={name}]").first
            if choice.count():
                choice.check()
            elif box.evaluate("one => one.tagName") == "SELECT":
                box.select_option(value)
            else:
                box.fill(value)
        follow(form.locator("button").last)

    def line(self, step: str) -> str:
        return str(self.page.locator("#timeline tbody tr", has_text=step).inner_text())


@pytest.fixture
def players(home: tuple[Site, dict[str, str]], browser: Any) -> tuple[Player, Player]:
    """Who leads the drill, and who answers the complaint."""
    roles = {"dora": "compliance_lead", "otto": "data_officer"}
    lead, agent = (Player(home[0], browser, name, role) for name, role in roles.items())
    return lead, agent


def _portrait(site: Site) -> str:
    words = ("portrait", "run", "--enterprise", "demo", "--year", "2026", "--as-of", "2026-11-24", "--json")
    return told(site.environment, *PROGRAM, *words)


def test_a_drill_of_two_people_leaves_the_portrait_as_it_was(
    home: tuple[Site, dict[str, str]], players: tuple[Player, Player]
) -> None:
    site, (lead, agent) = home[0], players
    told(site.environment, *PROGRAM, "complaints", "add", "--enterprise", "demo", *TICKET)
    before = _portrait(site)

    lead.go(f"{HOME}inspection/drill/run/")
    page = lead.page
    page.locator("main details.more summary").click()
    page.locator("#id_phone").fill(PHONE)
    page.locator("#id_calls").fill("0")
    page.locator("#id_source").select_option("12321")
    page.locator("#id_agent").select_option("otto")
    page.locator("#id_lead").select_option("dora")
    page.locator("input[name=thrown][value=second_call]").check()
    follow(page.locator("main form[action$='/run/'] button.primary"))
    open_result(page)
    follow(page.locator("main a[href$='/screen/']").first)
    ticket = re.search(r"drill/([^/]+)/screen/", page.url)[1]  # type: ignore[index]
    assert_clean(page)
    assert "upcoming" in lead.line("A person responds")
    assert "otto" in lead.line("A person responds")

    agent.go(f"{HOME}complaints/t/{ticket}/")
    agent.acts("respond", text="已致电用户，致歉")
    done = page.locator("#timeline tbody tr", has_text="A person responds").locator(".badge.good")
    done.wait_for(timeout=AGAIN)  # the screen has looked again by itself
    assert "otto" in lead.line("A person responds")
    follow(page.locator("main button[value=given]"))
    assert "given, not handled yet" in lead.line("calls again")
    agent.go(f"{HOME}inspection/drill/{ticket}/screen/")
    assert "given, not handled yet" in agent.line("calls again")
    follow(page.locator("main button[value=handled]"))
    agent.go(f"{HOME}complaints/t/{ticket}/")
    agent.acts("callback", result="满意")
    assert PHONE not in agent.page.content()

    lead.go(f"{HOME}complaints/t/{ticket}/")
    lead.acts("close", result="核实后加入免打扰名单")
    lead.go(f"{HOME}inspection/drill/{ticket}/screen/")
    assert page.locator("main [hx-trigger]").count() == 0, "over: nothing is asked for any more"
    for step in ("Complaint arrives", "A person responds", "Call-back", "Ticket closed"):
        assert "as planned" in lead.line(step), step
    assert "dora" in lead.line("Ticket closed")

    lead.go(f"{HOME}inspection/drill/?drill={ticket}")
    screen_text = page.locator("main").inner_text()
    assert "the forward of 12321 was entered" in screen_text
    assert PHONE not in screen_text
    paper = page.request.get(f"{site.address}{HOME}inspection/drill/report/?drill={ticket}").body()
    with pypdfium2.PdfDocument(io.BytesIO(paper)) as document:
        text = "".join(one.get_textpage().get_text_bounded() for one in document)
    assert "otto" in text.replace("\r\n", "")
    assert PHONE not in text

    assert _portrait(site) == before, "a drill counts nowhere"
    assert [*lead.faults, *agent.faults] == []
