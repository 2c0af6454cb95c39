"""Pages behind forms: what the walk does to come to them."""

import re
from concurrent.futures import ThreadPoolExecutor

from tests.doors.web.walks.looked_at import HOME, RULE
from tests.support import certificates
from tests.support.dresses import Looker
from tests.support.import_pages import calls
from tests.support.paper_scans import a4
from tests.support.site import follow, open_result

DEMO = "示范呼叫中心有限公司"  # name of the enterprise
PATIENCE = 90_000  # milliseconds for the worker


def portrait(one: Looker) -> None:
    """Two runs beside each other."""
    one.open(f"{HOME}2026/runs/")
    follow(one.page.locator("main form[action$='/compare/'] button, main form button.primary").first)
    one.look()


def registers(one: Looker) -> None:
    """A form that is refused, a row in full, the end of some rows."""
    page = one.page
    one.open(f"{HOME}registers/lines/new/")
    follow(page.locator("main form button.primary"))
    one.look()
    one.open(f"{HOME}registers/seats/S0001/")
    follow(page.locator("main form[action$='/reveal/'] button"))
    one.look()
    one.open(f"{HOME}registers/lines/")
    page.locator("tbody input[type=checkbox]").first.check()
    follow(page.locator("main form[action$='/end/'] button, main button[formaction$='/end/']").first)
    one.look()


def case(one: Looker) -> None:
    """A case from its notice: its page with forms, a location, the complaints behind it, the form of an isolation."""
    page = one.page
    one.open(f"{HOME}rectification/open/")
    page.locator("#id_received").fill("2026-04-28")
    page.locator("#id_number").fill("京通管改1号")
    follow(page.locator("main form[novalidate] button.primary"))
    one.look()
    address = page.url
    page.locator("#measure_text").fill("每周抽查白名单")
    page.locator("#measure_owner").fill("王五")
    page.locator("#measure_due").fill("2026-05-08")
    follow(page.locator("main form:has(#measure_text) button"))
    one.look()
    one.open(f"{address.removeprefix(one.site.address)}locate/")
    follow(page.locator("main form[novalidate] button.primary"))
    one.look()
    open_result(page)
    one.look()
    one.go(f"{address.removeprefix(one.site.address)}locate/")
    one.go(f"{address}complaints/?group=line&key=L1")
    one.go(f"{address}isolate/")


def reconciliation(one: Looker) -> None:
    """An export of the number-resource system: its form refused, compared, the run, and one of its differences."""
    page = one.page
    one.open(f"{HOME}reconcile/new/")
    follow(page.locator("button[value=filing]"))
    one.look()
    strange = b"billday,trunkno,rowcount\n2026-03-02,L1,3\n"  # headings that nobody knows: they are offered
    page.locator("#bill_file").set_input_files({"name": "bill.csv", "mimeType": "text/csv", "buffer": strange})
    follow(page.locator("button[value=bill]"))
    one.look()
    page.locator("#filing_kind").select_option("lines")
    export = "线路编号,名称,运营商\nL-abroad,境外,中国电信\n".encode()
    page.locator("#filing_file").set_input_files({"name": "export.csv", "mimeType": "text/csv", "buffer": export})
    follow(page.locator("button[value=filing]"))
    open_result(page)
    one.look()
    difference = page.locator("tbody a[href*='/differences/']").first
    address = difference.get_attribute("href")
    difference.click()
    page.locator("#panel[open] h1").wait_for(timeout=PATIENCE)
    one.look()
    one.go(address.lstrip("/"))


def test_call(one: Looker) -> None:
    """A call that is dialled by hand: while its timer runs, and over."""
    page = one.page
    one.open(f"{HOME}inspection/callback/")
    page.locator("#hand_number").fill("95013")
    follow(page.locator("main form[action$='/begin/'] button"))
    one.look()
    page.locator("#id_outcome").select_option("busy")
    follow(page.locator("main form[novalidate] button.primary"))
    one.look()


def drill(one: Looker) -> None:
    """A drill by a forward of 12321: begun, the facilitator's screen before and after something is thrown in."""
    page = one.page
    one.open(f"{HOME}inspection/drill/run/")
    page.locator("#id_source").select_option("12321")
    page.locator("#id_calls").fill("0")
    page.locator("input[name=thrown][value=media]").check()
    follow(page.locator("main form[action$='/run/'] button.primary"))
    open_result(page)
    one.look()
    follow(page.locator("main a[href$='/screen/']").first)
    one.look()
    follow(page.locator("main button[value=given]").first)
    one.look()


def paper(one: Looker, turn: int) -> None:
    """A file of the package: under way, checked with its findings, confirmed or sent back, in the list."""
    page = one.page
    one.open(f"{HOME}dossier/2026/number_ledger/")
    before = page.locator("article.version").count()
    file = {"name": "ledger.pdf", "mimeType": "application/pdf", "buffer": a4(turn)}
    page.locator("#id_files").set_input_files(file)
    follow(page.locator("main form[enctype] button"))
    one.look()
    page.locator("article.version").nth(before).wait_for(timeout=PATIENCE)
    one.look()
    address = page.url
    follow(page.locator("article.version a.button[href$='/pages/']").first)
    one.look()
    follow(page.locator("main form[action$='/pages/show/'] button").first)
    one.look()
    one.open(address.removeprefix(one.site.address))
    page.locator("#return_reason").fill("300 dpi")
    follow(page.locator("main form[action$='act/return/'] button.primary"))
    one.look()
    one.go(f"{HOME}dossier/2026/")


def cut(one: Looker) -> None:
    """A scan of several papers and the form that cuts it, refused without a range; the file of the first turn stays."""
    page = one.page
    one.open(f"{HOME}dossier/2026/sort/")
    several = page.locator("article.version p a")
    if not several.count():
        file = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": a4(70, pages=2)}
        page.locator("#id_files").set_input_files(file)
        follow(page.locator("main form[enctype] button"))
    page.locator("#progress[hx-get]").wait_for(state="detached", timeout=PATIENCE)
    page.wait_for_load_state()
    follow(several.first)
    one.look()
    follow(page.locator("main form[action$='/cut/'] button.primary"))
    one.look()
    pictures = page.locator("main button[formaction$='/pages/#pages']")
    if pictures.count():
        follow(pictures.first)
        one.look()


def signed(one: Looker, turn: int) -> None:
    """A PDF that somebody signed: refused without a file, kept, in the list and on its own page."""
    page = one.page
    one.open(f"{HOME}dossier/2026/seals/")
    one.look()
    with ThreadPoolExecutor(1) as beside:  # signing runs a loop of its own, and the browser's runs in this thread
        content = beside.submit(certificates.signed, a4(90 + turn)).result()
    file = {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": content}
    page.locator("#paper_file").set_input_files(file)
    follow(page.locator("main form[action$='files/paper/'] button.primary"))
    one.look()
    follow(page.locator("main tbody a[href*='/papers/']").first)
    one.look()


def handed_in(one: Looker, turn: int) -> None:
    """A package that was handed in comes back with a request, answered in words; what differs from itself."""
    page, rounds = one.page, f"{HOME}dossier/{2024 + turn}/rounds/"
    one.go(rounds)
    follow(page.locator("main a[href$='/rounds/1/']").first)
    one.look()
    page.locator("#return_text1").fill("1")
    follow(page.locator("main form[action$='act/return/'] button.primary"))
    one.look()
    one.go(f"{rounds}differences/?before=1&after=1")
    one.go(f"{HOME}dossier/2026/rounds/")


def complaint(one: Looker, turn: int) -> None:
    """A number's address and the pages behind it; the ticket that comes of it, in the list and on its own page."""
    page = one.page
    one.open(f"{HOME}complaints/one-click/")
    page.locator("#id_number").fill(f"9501300{turn}")
    follow(page.locator("main form:has(#id_number) button.primary"))
    one.look()
    page.goto(page.locator("main .meta a").first.inner_text())
    one.look()
    page.locator("#id_complainant").fill(f"1380013800{turn}")
    follow(page.locator("main form button.primary"))
    one.look()
    one.go(f"{HOME}complaints/")
    follow(page.locator("tbody a").first)
    one.look()


def wizard(one: Looker, first: int) -> None:
    """Each step, the work under way and over, the batch, its rejects in full, and the list of it all."""
    page = one.page
    one.open(f"{HOME}data/import/")
    follow(page.locator("button[value=calls]"))
    one.look()
    file = {"name": "话单.csv", "mimeType": "text/csv", "buffer": calls(rows=9, bad=3, first=first)}
    page.locator("#id_files").set_input_files(file)
    follow(page.locator("main form[enctype] button"))
    one.look()
    follow(page.locator("main a.primary"))
    page.wait_for_url("**/mapping/")
    one.look()
    follow(page.locator("main form[novalidate] button.primary"))
    page.wait_for_url("**/check/")
    one.look()
    follow(page.locator("main form[action$='/commit/'] button.primary"))
    one.look()
    open_result(page)
    one.look()
    follow(page.locator("main form[action$='/reveal/'] button"))
    one.look()
    one.go(f"{HOME}data/")


def faulty_sheet(one: Looker) -> None:
    """A register's sheet whose rows cannot be taken: the check with its faults."""
    page = one.page
    one.open(f"{HOME}data/import/")
    follow(page.locator("button[value=lines]"))
    sheet = "线路编号,名称,开通日期\nL-1,甲,昨天\n,乙,\n".encode()
    page.locator("#id_files").set_input_files({"name": "线路.csv", "mimeType": "text/csv", "buffer": sheet})
    follow(page.locator("main form[enctype] button"))
    one.look()
    follow(page.locator("main a.primary"))
    page.wait_for_url("**/mapping/")
    one.look()
    follow(page.locator("main a.primary"))
    page.wait_for_url("**/check/")
    one.look()


def erasure(one: Looker) -> None:
    """Asked for where nothing is over its time, and the work that comes of it."""
    page = one.page
    one.open(f"{HOME}retention/")
    follow(page.locator("details.confirm form button"))
    one.look()
    open_result(page)
    one.look()


def chain(one: Looker) -> None:
    """The check of the audit chain."""
    page = one.page
    one.open("audit/")
    follow(page.locator("main form[action$='/verify/'] button"))
    one.look()


def webhook(one: Looker) -> None:
    """One of the webhooks."""
    page = one.page
    one.open(f"{HOME}webhooks/")
    follow(page.locator(".content a[href*='/webhooks/']").first)
    one.look()


def screen_source(one: Looker) -> None:
    """A source of the screens that a switch posts to: kept, tested, and the page that changes it."""
    page = one.page
    one.open(f"{HOME}inspection/screens/sources/")
    page.locator("#id_name").fill("fs")
    page.locator("#id_kind").select_option("freeswitch")
    page.locator("#id_user").fill("sender")
    page.locator("#id_secret").fill("post-to-demo-7")
    follow(page.locator("button[value=keep]"))
    follow(page.locator("button[value=test]").first)
    one.look()
    follow(page.locator("main td a[href*='/sources/']").first)
    one.look()


def overlay(one: Looker, place: str) -> None:
    """The form with its faults, with the effect, and the request, which is withdrawn again."""
    page = one.page
    one.open(f"{place}{RULE}overlay/")
    page.locator("button[value=try]").click()
    page.locator("[role=alert]").first.wait_for()
    one.look()
    page.locator("#id_value").fill("0.25")
    page.locator("#id_valid_from").fill("2026-01-01")
    page.locator("#id_reason").fill("省局口头要求")
    if not place:
        page.locator("#id_province").select_option(index=1)
    page.locator("#reading input").wait_for(state="attached", timeout=PATIENCE)
    with page.expect_request(
        re.compile(r"/overlay/[^/]+/$"), timeout=PATIENCE
    ) as request_info:  # for what it would change
        page.locator("button[value=try]").click()
    effect = request_info.value.url.removeprefix(one.site.address)
    page.locator("#effect > .hint").wait_for(timeout=PATIENCE)
    one.look()
    follow(page.locator("button[value=send]"))
    one.go(effect)
    one.go(f"{place}approvals/")
    follow(page.locator("main a[href*='/approvals/A']").first)
    one.look()
    follow(page.locator("button[value=no]"))
    one.look()
