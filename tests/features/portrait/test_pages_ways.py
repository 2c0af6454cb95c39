"""From every figure of a portrait to the rows behind it: the link says the figure, the page behind it the same one."""

import re
from html import unescape
from random import Random
from typing import Any

from django.test import Client
from tests.support.people import signed_in
from tests.support.sample_portrait import fill

from nianjian.features.portrait import causes
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_user
from nianjian.platform.home import wiring

HOME = "/e/demo/2026/"
SLUGS = ("seat_vacancy", "complaint_rate", "number_consistency", "closing_rate")
LINK = re.compile(
    r'<a\s+href="([^"]*/rows/\?[^"]*)"\s+hx-get="[^"]*"\s+hx-target="#panel-content"[^>]*?\s+aria-label="([^"]*)"\s*>([^<]*)</a>'
)
BARE = re.compile(r'<td class="n">\s*([\d,]+)(?: \w+)?\s*</td>')  # an integer that leads nowhere
COUNT = re.compile(r"[\d,]+")
TOTAL = re.compile(r"the figure is ([\d,]+)")


def _text(client: Client, address: str) -> str:
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def _find_links(page: str) -> list[tuple[str, str, str]]:
    return [(unescape(a), unescape(said), unescape(text)) for a, said, text in LINK.findall(page)]


def _links(client: Client, address: str) -> list[tuple[str, str, str]]:
    return _find_links(_text(client, address))


def _pages(sample: dict[str, Any]) -> list[str]:
    metrics = [f"{HOME}metric/{one['slug']}/" for one in sample["metrics"]]
    splits = [(one["slug"], split) for one in sample["metrics"] for split in causes.list_splits(one)]
    return [HOME, *metrics, *(f"{HOME}metric/{slug}/causes/?split={split}" for slug, split in splits)]


def test_every_link_says_its_figure_and_the_rows_say_the_same(site: Client, sample: dict[str, Any]) -> None:
    seen: dict[str, str] = {}
    for page in _pages(sample):
        shown = _text(site, page)
        if "/causes/" in page:
            assert set(BARE.findall(shown.split("<tbody>")[1])) <= {"0"}, page
        for href, said, text in _find_links(shown):
            assert said.startswith("rows behind "), (page, said)
            assert said.endswith(f": {text}"), (page, said, text)
            if count := COUNT.match(text):
                assert seen.setdefault(href, count[0]) == count[0], (page, href, said)
    assert len(seen) > 60
    for href, text in seen.items():
        told = TOTAL.search(_text(site, href))
        assert told is not None, href
        assert told[1] == text, href


def test_inputs_of_a_metric_lead_to_as_many_rows(site: Client) -> None:
    """One of each metric, drawn; `test_rows_behind` counts the rows of every one."""
    fill(wiring.lake("demo"))
    for slug in SLUGS:
        whole = {
            (href, text)
            for href, _said, text in _links(site, f"{HOME}metric/{slug}/")
            if "&" not in href and re.fullmatch(r"[\d,]+", text)
        }
        href, text = Random(slug).choice(sorted(whole))
        body = _text(site, f"{href}&look=1").split("<tbody>")[1].split("</tbody>")[0]
        assert body.count("<tr>") == min(int(text.replace(",", "")), 20), href


def test_two_numbers_that_look_alike_when_masked_keep_a_row_each(site: Client, sample: dict[str, Any]) -> None:
    rows = next(one for one in sample["metrics"] if one["slug"] == "number_consistency")["splits"]["display"]
    keys = {row["key"] for row in rows}
    text = _text(site, f"{HOME}metric/number_consistency/causes/?split=display")
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    assert body.count("<tr>") == len(keys)
    assert not any(str(key) in text for key in keys if key and str(key).startswith("1")), "masked"


def test_an_outsourcers_figures_lead_to_the_own_rows(site: Client) -> None:
    fill(wiring.lake("demo"))
    add_user(name="olga", role="outsourcer", enterprises=["demo"], actor=Actor("tester"), team="T1")
    del site
    olga = signed_in("olga", language="en")
    found = _links(olga, HOME)
    assert found
    for href, said, text in found:
        assert said == f"{said.rpartition(':')[0]}: {text}"
        told = TOTAL.search(_text(olga, href))
        assert told[1] == text, href
