"""Every page answers in both languages, with the policy headers, without inline script or style, and masked."""

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from nianjian.engines.paper.sections import list_splits
from nianjian.platform.web.policy import HEADERS

CHINESE = re.compile(r"[\u4e00-\u9fff]")
METRIC = "/e/demo/2026/metric/"
#: Split -> the page to which its old address leads.
SPLITS = {
    **{split: f"{METRIC}complaint_rate/?split={split}" for split in ("line", "team", "display", "kind")},
    "source": f"{METRIC}closing_rate/?split=source",
}
PAGES = (
    "/e/demo/", "/?all", "/e/demo/2026/", f"{METRIC}seat_vacancy/", f"{METRIC}number_consistency/", *SPLITS.values(),
    f"{METRIC}number_consistency/causes/?split=display",
)  # fmt: skip
MISSING = (
    "/e/nobody/", "/e/demo/1999/", "/e/demo/2026/by/nothing/", "/e/demo/2026/by/", "/admin/",
    *(f"/e/{code}/2026/" for code in ("..", "%2e%2e", "demo%2f..", "DEMO%00")),
)  # fmt: skip


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.quoted = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "html" and dict(attrs).get("lang") == "zh-Hans":
            self.quoted = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.quoted:
            self.quoted = ""

    def handle_data(self, data: str) -> None:
        if not self.quoted:
            self.words.append(data)


def test_policy_holds_on_every_answer(site: Client) -> None:
    for address in (*PAGES, *MISSING):
        answer = site.get(address)
        assert answer.status_code == (404 if address in MISSING else 200), address
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS, address
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        page = Page(answer.content.decode())
        assert not [tag for tag, _ in page.tags if tag in {"style", "iframe", "object"}], address
        assert all(one.get("src") for tag, one in page.tags if tag == "script"), address
        assert not [one for _, one in page.tags if "style" in one or any(name.startswith("on") for name in one)]
        sources = [one for tag, one in page.tags if tag == "a" and one.get("rel") == "noreferrer"]  # what a rule cites
        assert all(re.match("https?://", str(one["href"])) for one in sources), address
        ours = [one for _, one in page.tags if one not in sources]
        leading = [str(value) for one in ours for name, value in one.items() if name in {"href", "src", "action"}]
        assert [value for value in leading if not re.match(r"/(?!/)|[#?]", value)] == [], "this site alone"


def test_the_sample_has_every_split(site: Client, sample: dict[str, Any]) -> None:
    assert {*SPLITS, "month"} == set(list_splits(sample))
    for split, address in SPLITS.items():
        assert site.get(f"/e/demo/2026/by/{split}/").headers["Location"] == address
        text = site.get(address).content.decode()
        current = re.search(r'<nav class="seg".*?<a\s+href="([^"]*)"\s+aria-current="\w+"', text, re.DOTALL)
        assert current, split
        assert current[1] == address
    assert site.get("/e/demo/2026/by/month/").headers["Location"] == "/e/demo/2026/"


def test_english_pages_hold_no_chinese_of_ours(site: Client) -> None:
    exceptions = ("示范", "《", "年检", "中文", "北京", "工业和信息化部", "工信")  # names and sources stay as they are
    for address in PAGES:
        page = Page(site.get(address, headers={"accept-language": "en"}).content.decode())
        texts = [text.strip() for text in page.words if CHINESE.search(text)]
        assert [text for text in texts if not any(word in text for word in exceptions)] == [], address
        assert next(one["lang"] for tag, one in page.tags if tag == "html") == "en", address


def test_the_portrait_page_tells_everything(site: Client, sample: dict[str, Any]) -> None:
    text = site.get("/e/demo/2026/").content.decode()
    for words in ("坐席空置率", "多空置 10 席", "数据质量", sample["rulebook"]["sha256"]):
        assert words in text
    assert re.search(r">40\.00\s*<small>%</small>", text)
    for entry in sample["metrics"]:
        address = f"{METRIC}{entry['slug']}/"
        assert f'href="{address}"' in text
        metric = site.get(address).content.decode()
        assert metric.count("<figure") == 1, "month by month"
        assert ('id="remedies"' in metric) == (entry["light"] in {"yellow", "insufficient"}), entry["slug"]
    assert "示范&lt;b&gt;" in text
    assert "<b>" not in text


def test_mobile_numbers_are_masked(site: Client) -> None:
    for page in ("", "causes/"):
        text = site.get(f"{METRIC}number_consistency/{page}?split=display").content.decode()
        assert ("13800138000" in text, "138****8000" in text) == (False, True)
