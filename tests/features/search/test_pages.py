"""The page, the part of it for the palette, and the same for programs."""

import re

import pytest
from tests.features.search.conftest import sign_in
from tests.support.asking import Ask

from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers import storage

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("demo")
def test_the_page_works_without_script_and_its_part_alone_is_the_palettes() -> None:
    client = sign_in("anna", "administrator")
    whole = client.get("/e/demo/search/?q=L23")
    text = whole.content.decode()
    assert (whole.status_code, text.count("<h1>")) == (200, 1)
    assert '<a href="/e/demo/registers/lines/L23/">' in text
    part = client.get("/e/demo/search/?q=L23", headers={"hx-request": "true"}).content.decode()
    assert part.lstrip().startswith('<div class="hits" data-search="L23">')
    assert (
        re.findall(r'href="(/e[^"]+)"', part) == re.findall(r'href="(/e[^"]+)"', text[text.index('class="hits"') :])[:2]
    )
    assert "HX-Request" in whole.headers["Vary"]


@pytest.mark.usefixtures("demo")
def test_what_was_typed_is_shown_as_text() -> None:
    client = sign_in("anna", "administrator")
    text = client.get("/e/demo/search/", {"q": "<b>\"'&"}).content.decode()
    assert "<b>" not in text[text.index("<main") :]
    assert "个人号码只按后四位查找" in client.get("/e/demo/search/", {"q": "13800138000"}).content.decode()


def test_a_program_finds_what_its_person_finds(api: Ask) -> None:
    client = api("auditor", name="bo")
    for code, line in (("demo", "L23"), ("other", "L24")):
        storage.create_row(
            kind="lines", enterprise=code, texts={"line_id": line}, since=None, reason="", actor=Actor("tester")
        )
    groups = client.get("/api/v1/enterprises/demo/search?q=l2").json()["groups"]
    assert [(group["kind"], [hit["code"] for hit in group["hits"]]) for group in groups] == [("lines", ["L23"])]
    assert groups[0]["hits"][0]["address"] == "/e/demo/registers/lines/L23/"
    assert client.get("/api/v1/enterprises/other/search?q=L24").status_code == 404
