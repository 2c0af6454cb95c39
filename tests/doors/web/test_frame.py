"""The frame of every page: languages, themes, the menu, refusals in words, pages of rows."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import override
from tests.support.people import signed_in

from nianjian.engines.kernel.errors import (
    CONFLICT,
    INPUT_UNKNOWN,
    PERMISSION,
    ConflictError,
    InvalidInputError,
    NianjianError,
    NotFoundError,
    PermissionDeniedError,
    kind_of,
)
from nianjian.engines.paper.pictures import page_style
from nianjian.engines.paper.texts.errors import ERRORS
from nianjian.platform.accounts.models import User
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.audit.query import acts
from nianjian.platform.web import assets, errors, style_guide
from nianjian.platform.web.paging import FARTHEST, ordered, paged

ASSETS = Path(errors.__file__).parents[2] / "engines" / "paper" / "assets"


def test_the_language_is_kept_for_the_person_and_leads_nowhere_else(site: Client) -> None:
    answer = site.post("/language", {"language": "en", "back": "/e/demo/2026/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/e/demo/2026/")
    cookie = answer.cookies["LANG"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Strict")
    assert User.objects.get(pk="anna").language == "en"
    elsewhere = signed_in("anna")  # another browser, which asks for Chinese
    assert "Seat vacancy rate" in elsewhere.get("/e/demo/2026/").content.decode()
    for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert site.post("/language", {"language": "en", "back": evil}).headers["Location"] == "/"
    assert "LANG" not in Client().post("/language", {"language": "xx"}).cookies
    assert site.get("/language").status_code == 405


def test_before_signing_in_a_cookie_holds_language_and_theme(db: None) -> None:
    stranger = Client(headers={"accept-language": "zh-CN"})
    stranger.post("/language", {"language": "en"})
    stranger.post("/theme", {"theme": "dark"})
    text = stranger.get("/account/login/").content.decode()
    assert re.search(r'<html lang="en"\s+data-theme="dark">', text)
    stranger.post("/theme", {"theme": ""})
    assert "data-theme=" not in stranger.get("/account/login/").content.decode().split(">", 2)[1]


def test_the_theme_is_kept_for_the_person(site: Client) -> None:
    assert "data-theme=" not in site.get("/e/demo/").content.decode()[:200]
    site.post("/theme", {"theme": "dark", "back": "/e/demo/"})
    assert '<html lang="zh-hans" data-theme="dark">' in signed_in("anna").get("/e/demo/").content.decode()
    before = sum(1 for _ in acts(verb="user.comfort"))
    site.post("/theme", {"theme": "dark"})
    assert sum(1 for _ in acts(verb="user.comfort")) == before, "nothing changed, nothing is written"
    site.post("/theme", {"theme": "nonsense"})
    assert User.objects.get(pk="anna").theme == ""


def test_the_dark_colours_stand_twice_and_are_the_same() -> None:
    text = (ASSETS / "tokens.css").read_text(encoding="utf-8")
    chosen, system = re.findall(r"color-scheme: dark;(.*?)\}", text, re.DOTALL)
    assert [line.strip() for line in chosen.splitlines()] == [line.strip() for line in system.splitlines()]
    light = text[: text.index("@media")]
    assert set(re.findall(r"(--[\w-]+):", chosen)) <= set(re.findall(r"(--[\w-]+):", light))


def test_every_colour_that_is_used_is_defined() -> None:
    tokens = set(re.findall(r"(--[\w-]+):", (ASSETS / "tokens.css").read_text(encoding="utf-8")))
    for sheet in ASSETS.glob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert text.count("\n") < 400
        assert set(re.findall(r"var\((--[\w-]+)", text)) <= tokens, sheet.name


def test_a_saved_page_has_its_style_inside() -> None:
    assert page_style() == page_style()
    assert "--paper" in page_style()
    assert ".skip" not in page_style(), "the frame of the web is not saved"


def test_every_icon_of_a_template_is_drawn() -> None:
    symbols = set(re.findall(r'<symbol id="([\w-]+)"', (ASSETS / "icons.svg").read_text(encoding="utf-8")))
    web = Path(errors.__file__).parents[2]
    for path in web.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        references = set(re.findall(r"icons\.svg#([\w-]+)\"", text)) | set(re.findall(r'with icon="([\w-]+)"', text))
        assert references <= symbols, path


def _lines(text: str) -> list[str]:
    """Addresses of the side's lines."""
    side = text[text.index("<aside") : text.index("</aside>")]
    return re.findall(r'<a\s+href="([^"]+)"', side[side.index("<nav aria-label") :])


def test_the_menu_shows_what_the_person_may_open(site: Client) -> None:
    add_enterprise(code="other", name="另一家", province="上海", actor=Actor("tester"))
    text = site.get("/e/demo/").content.decode()
    assert "另一家" in text, "the switch offers it"
    lines = ["", "complaints/", "portrait/", "dossier/", "inspection/", "rectification/", "data/"]
    assert _lines(text)[:7] == [f"/e/demo/{line}" for line in lines]
    assert "/e/demo/people/" in _lines(text), "the gear leads to the first of the settings"
    outsider = signed_in("olaf", role="tester", enterprise="demo")
    assert "另一家" not in outsider.get("/e/demo/").content.decode()
    assert outsider.get("/e/other/").status_code == 404
    add_user(name="otto", role="outsourcer", enterprises=["demo"], team="T1", actor=Actor("tester"))
    own = signed_in("otto").get("/e/demo/").content.decode()
    assert _lines(own)[:4] == [f"/e/demo/{line}" for line in ("", "complaints/", "portrait/", "registers/")]


def test_a_page_says_where_it_stands(site: Client) -> None:
    ticket_list = site.get("/e/demo/complaints/?state=closed").content.decode()
    sub = ticket_list[ticket_list.index('<nav class="sub"') :]
    assert re.search(r'aria-current="page"\s*>已办结<', sub[: sub.index("</nav>")])
    rules = site.get("/e/demo/rules/portrait.seat_vacancy.limit/").content.decode()
    path = rules[rules.index('<nav class="path"') :]
    assert re.findall(r'href="([^"]+)"', path[: path.index("</nav>")]) == ["/e/demo/people/", "/e/demo/rules/"]
    assert '<nav class="settings"' in rules


def test_the_inbox_and_the_account_keep_the_enterprise(site: Client) -> None:
    add_enterprise(code="other", name="另一家", province="上海", actor=Actor("tester"))
    assert "/e/other/dossier/" not in site.get("/inbox/").content.decode()
    site.get("/e/other/")
    for address in ("/inbox/", "/account/", "/inbox/choices/"):
        assert "/e/other/dossier/" in site.get(address).content.decode(), address
    assert "/e/other/dossier/" not in site.get("/people/").content.decode(), "a page of the installation has none"
    site.get("/e/demo/")
    assert "/e/demo/dossier/" in site.get("/inbox/").content.decode()


def test_a_count_that_is_zero_is_not_shown(site: Client) -> None:
    assert 'class="count' not in site.get("/e/demo/complaints/").content.decode()
    site.get("/e/demo/")
    waiting = re.search(r'class="count">\s*(\d+)', site.get("/e/demo/complaints/").content.decode())
    assert waiting, "what the page of the day has shown stands at its line elsewhere"


def test_what_every_page_loads_is_kept_for_ever_under_a_name_of_its_content(site: Client) -> None:
    text = site.get("/e/demo/").content.decode()
    urls = re.findall(r'"(/static/[0-9a-f]{12}/[\w.]+)"', text)
    assert [one.rsplit("/", 1)[1] for one in urls] == ["desk.css", "htmx.js", "nianjian.js"]
    assert text.count('rel="stylesheet"') == 1
    for address in urls:
        answer = Client().get(address, headers={"accept-encoding": "gzip"})
        assert (answer.headers["Cache-Control"], answer.headers["Content-Encoding"]) == (assets.FOREVER, "gzip")
        assert len(answer.content) < 30_000
    assert Client().get("/static/000000000000/desk.css").status_code == 404
    assert Client().get(urls[0].replace("desk.css", "settings.py")).status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_style_guide_shows_each_component_in_both_themes_while_one_works_on_it(site: Client, language: str) -> None:
    assert site.get("/style/").status_code == 404, "no installation serves it"
    request = RequestFactory().get("/style/")
    request.user, request.session = User.objects.get(pk="anna"), site.session  # type: ignore[attr-defined]
    request.resolver_match = None
    with override(language):
        text = style_guide.show_components(request).content.decode()  # type: ignore[attr-defined]
    for component in ("SubNav", "Segments", "StaleBanner", "State", "DataTable", "Form", "Notice", "Empty"):
        assert text.count(f">{component}</h3>") >= 2, component


# ---- refusals


def _call_view(view: object, *, htmx: bool = False) -> HttpResponse:
    request = RequestFactory().get("/e/demo/x/", headers={"accept-language": "en"})
    request.user = AnonymousUser()
    request.htmx = htmx  # type: ignore[attr-defined]
    assert callable(view)
    middleware = errors.Refusals(lambda _request: HttpResponse())
    try:
        answer = view(request)
    except Exception as fault:  # noqa: BLE001 -- as Django hands it on
        answer = middleware.process_exception(request, fault)
    assert isinstance(answer, HttpResponse)
    return answer


def _raising(code: str, **values: object) -> object:
    def view(_request: HttpRequest) -> HttpResponse:
        raise NianjianError(code, findings=({"code": "file_empty", "file": "b.csv"},), **values)

    return view


@pytest.mark.parametrize(
    ("code", "status"),
    [("batch_unknown", 404), ("role_missing", 403), ("job_over", 409), ("user_exists", 409), ("file_empty", 400)],
)
def test_a_refusal_becomes_a_page_with_the_right_status(code: str, status: int) -> None:
    answer = _call_view(_raising(code, batch="B1", job="J1", user="anna", file="a.csv"))
    text = answer.content.decode()
    assert answer.status_code == status
    assert "<!DOCTYPE html>" in text
    assert "b.csv" in text, "what else was found is listed"
    assert "a.csv" in text or "B1" in text or "J1" in text or "anna" in text


def test_who_lacks_a_role_is_told_its_name_and_whom_to_ask(site: Client) -> None:
    add_user(name="vera", role="administrator", enterprises=["demo"], actor=Actor("tester"))
    User.objects.filter(pk="vera").update(display_name="王维拉")
    answer = signed_in("ines", "tester", "demo").get("/e/demo/audit/")
    text = " ".join(answer.content.decode().partition("<main")[2].split())
    assert answer.status_code == 403
    assert "需具有以下角色之一：管理员、合规负责人、审计员" in text
    assert "王维拉" in text
    assert "compliance_lead" not in text
    text = signed_in("otto", "outsourcer", "demo").get("/e/demo/audit/").content.decode()
    assert "需具有以下角色之一" in text
    assert "王维拉" not in text, "who sees a team's rows alone learns nobody's name"


def test_for_htmx_a_refusal_is_a_notice() -> None:
    answer = _call_view(_raising("job_over", job="J<1>"), htmx=True)
    text = answer.content.decode().lstrip()
    assert answer.status_code == 409
    assert text.startswith('<div class="notice error" role="alert">')
    assert "J&lt;1&gt;" in text


def test_a_fault_stays_a_fault() -> None:
    middleware = errors.Refusals(lambda _request: HttpResponse())
    request = RequestFactory().get("/")
    assert middleware.process_exception(request, ValueError("x")) is None
    assert middleware.process_exception(request, Http404()) is None


def test_every_code_has_a_kind_and_the_exceptions_are_codes() -> None:
    assert set(ERRORS) >= INPUT_UNKNOWN | PERMISSION | CONFLICT
    assert {kind_of(code) for code in ERRORS} == {
        ConflictError,
        InvalidInputError,
        NotFoundError,
        PermissionDeniedError,
    }
    with pytest.raises(InvalidInputError):
        raise NianjianError("province_unknown")
    with pytest.raises(PermissionDeniedError):
        raise NianjianError("role_missing")


def test_a_form_without_its_token_is_told_so(site: Client) -> None:
    answer = Client(enforce_csrf_checks=True, headers={"accept-language": "en"}).post("/language", {"language": "en"})
    assert answer.status_code == 403
    assert "has expired" in answer.content.decode()


def test_what_breaks_answers_without_the_frame(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from nianjian.features.overview import pages  # noqa: PLC0415 -- the room that is broken here

    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pages.facts, "build_overview", broken)
    site.raise_request_exception = False
    answer = site.get("/e/demo/")
    assert answer.status_code == 500
    assert "系统出现故障" in answer.content.decode()
    assert "ZeroDivisionError" not in answer.content.decode()


def test_a_host_that_is_not_ours_gets_400(site: Client) -> None:
    answer = site.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


# ---- pages of rows


class Counted:
    """A list that remembers how much of it was asked for."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked: list[slice] = []

    def __getitem__(self, part: slice) -> list[int]:
        self.asked.append(part)
        return list(range(self.count))[part]


def test_a_page_loads_one_row_more_than_it_shows() -> None:
    rows = Counted(120)
    second = paged(RequestFactory().get("/x/?q=a&page=2"), rows)
    assert rows.asked == [slice(50, 101)]
    assert (second.first, second.last, len(second.rows)) == (51, 100, 50)
    assert (second.back, second.on) == ("/x/?q=a", "/x/?q=a&page=3")
    last = paged(RequestFactory().get("/x/?page=3"), rows, total=120)
    assert (last.first, last.last, last.on, last.total) == (101, 120, "", 120)


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "٣", "9" * 5000])
def test_a_number_that_makes_no_sense_is_the_first_page(number: str) -> None:
    page = paged(RequestFactory().get("/x/", {"page": number}), Counted(3))
    assert (page.first, page.last, page.back, page.on) == (1, 3, "", "")


def test_nothing_is_far_away() -> None:
    rows = Counted(0)
    assert paged(RequestFactory().get("/x/?page=9999"), rows).rows == []
    assert rows.asked[0].start == (FARTHEST - 1) * 50


def test_order_is_read_from_known_columns_only() -> None:
    columns = {"name": ("name", "pk"), "day": ("-day", "pk")}
    request = RequestFactory().get("/x/?sort=-day&page=4")
    order = ordered(request, columns, "name")
    assert (order.by, order.state("day"), order.state("name")) == (("day", "-pk"), "descending", "")
    assert order.link(request, "day") == "/x/?sort=day"
    assert order.link(request, "name") == "/x/?sort=name"
    evil = ordered(RequestFactory().get("/x/?sort=password"), columns, "-name")
    assert (evil.by, evil.descending) == (("-name", "-pk"), True)
