"""What a person typed stays: drafts on the server, and forms that a lost session or an old page could not send."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.platform.accounts.models import User
from nianjian.platform.web import drafts, resend
from nianjian.platform.web.drafts import FormDraft

pytestmark = pytest.mark.django_db
HERE = {"sec-fetch-site": "same-origin"}
NAME = "/account/name/"


@pytest.fixture
def lead(home: Any, keys: None) -> Client:
    del home, keys
    return signed_in("li")


def _form(name: str, **fields: str) -> dict[str, str]:
    return {"display_name": "李敏敏敏敏敏敏敏敏", "writer": resend.sign_writer(name), **fields}


def _displayed(name: str) -> str:
    return str(User.objects.get(pk=name).display_name)


def _waiting(client: Client) -> str:
    return client.get("/account/resend/").content.decode()


def test_a_draft_comes_back_to_its_person_alone(lead: Client) -> None:
    assert lead.post("/account/draft/", {"form": "/x|", "fields": '{"a#0": ["", "王五"]}'}).status_code == 204
    assert lead.get("/account/draft/", {"form": "/x|"}).json()["fields"] == {"a#0": ["", "王五"]}
    assert signed_in("wang").get("/account/draft/", {"form": "/x|"}).status_code == 204
    assert lead.post("/account/draft/", {"form": "/x|", "fields": ""}).status_code == 204
    assert lead.get("/account/draft/", {"form": "/x|"}).status_code == 204
    assert Client().get("/account/draft/", {"form": "/x|"}).status_code == 302


def test_drafts_are_sealed_and_bounded_in_size_number_and_age(lead: Client) -> None:
    too_much = {"form": "/x|", "fields": "字" * drafts.LONGEST}
    assert lead.post("/account/draft/", too_much).status_code == 413
    for number in range(drafts.MOST + 3):
        drafts.save_draft(user="li", form=f"/{number}|", fields='{"a#0": ["", "王五"]}')
    assert FormDraft.objects.count() == drafts.MOST
    assert drafts.find_draft("li", "/0|") is None
    last = f"/{drafts.MOST + 2}|"
    FormDraft.objects.filter(pk=drafts.find_draft("li", last).pk).update(saved_at=clock.now() - timedelta(days=8))
    assert drafts.find_draft("li", last) is None
    drafts.delete_expired_drafts()
    assert FormDraft.objects.count() == drafts.MOST - 1
    User.objects.filter(pk="li").update(is_active=False)
    drafts.delete_expired_drafts()
    assert not FormDraft.objects.exists()


def test_a_form_of_a_lost_session_is_sent_once_by_its_writer(lead: Client) -> None:
    """After the sign-in in the same browser, by a click with a fresh token."""
    lead.session.flush()
    browser = Client(enforce_csrf_checks=False, headers={"accept-language": "zh-CN"})
    answer = browser.post(NAME, _form("li"), headers=HERE)
    assert answer.headers["Location"] == "/account/login/?next=/account/resend/"
    assert "您写的内容已存为草稿" in browser.get("/account/login/").content.decode()
    browser.force_login(User.objects.get(pk="li"))
    page = _waiting(browser)
    assert "李敏敏敏敏敏敏敏敏" in page
    assert _displayed("li") == "", "nothing is sent without a click"
    sent = browser.post("/account/resend/", _form("li"))
    assert (sent.status_code, sent.headers["Location"]) == (307, NAME)
    assert browser.post("/account/resend/", _form("li")).headers["Location"] == "/", "a second click sends nothing"
    browser.post(sent.headers["Location"], _form("li"))
    assert _displayed("li") == "李敏敏敏敏敏敏敏敏"


def test_what_waits_is_never_sent_by_another_person(lead: Client) -> None:
    del lead
    browser = Client()
    browser.post(NAME, _form("li"), headers=HERE)
    signed_in("wang")
    browser.force_login(User.objects.get(pk="wang"))
    assert browser.get("/account/resend/").headers["Location"] == "/"
    browser.force_login(User.objects.get(pk="li"))
    assert browser.get("/account/resend/").headers["Location"] == "/", "it is dropped, not kept for later"


def test_what_waits_may_be_dropped_and_ends_within_the_hour(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    del lead
    browser = Client()
    browser.post(NAME, _form("li"), headers={**HERE, "referer": "http://testserver/account/"})
    browser.force_login(User.objects.get(pk="li"))
    assert browser.post("/account/resend/", {"resend-drop": ""}).headers["Location"] == "/account/"
    assert browser.get("/account/resend/").headers["Location"] == "/"
    later = clock.now() + timedelta(hours=2)
    stranger = Client()
    stranger.post(NAME, _form("li"), headers=HERE)
    stranger.force_login(User.objects.get(pk="li"))
    monkeypatch.setattr(clock, "now", lambda: later)
    assert stranger.get("/account/resend/").headers["Location"] == "/"


def test_files_secrets_and_forms_of_other_sites_do_not_wait(lead: Client) -> None:
    del lead
    cases: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"upload": SimpleUploadedFile("a.txt", b"x")}, HERE),
        ({"password": "geheim"}, HERE),
        ({"key": "-----BEGIN PRIVATE KEY-----"}, HERE),
        ({"writer": "0123456789abcdef:forged"}, HERE),
        ({"display_name": "字" * resend.LONGEST}, HERE),
        ({}, {"sec-fetch-site": "cross-site"}),
        ({}, {"origin": "https://elsewhere.example"}),
        ({}, {}),
    ]
    for fields, headers in cases:
        browser = Client()
        answer = browser.post(NAME, _form("li") | fields, headers=headers)
        assert answer.headers["Location"] == f"/account/login/?next={NAME}", (fields, headers)
        assert resend.WAITING not in browser.session


def test_an_old_page_says_so_and_offers_what_was_written(lead: Client) -> None:
    del lead
    browser = Client(enforce_csrf_checks=True, headers={"accept-language": "zh-CN"})
    browser.force_login(User.objects.get(pk="li"))
    answer = browser.post(f"{NAME}?a=1", _form("li", csrfmiddlewaretoken="x" * 64), headers=HERE)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "页面已过期，内容已保留；请再提交一次" in page
    assert '<input type="hidden" name="display_name" value="李敏敏敏敏敏敏敏敏">' in page
    assert f'action="{NAME}?a=1"' in page
    assert "x" * 64 not in page, "with a fresh token"
    for mark, headers in (("wang", HERE), ("li", {"origin": "https://elsewhere.example"})):
        refused = browser.post(NAME, _form(mark, csrfmiddlewaretoken="x" * 64), headers=headers)
        assert refused.status_code == 403
        assert "李敏敏敏敏敏敏敏敏" not in refused.content.decode()


def test_an_old_page_gets_a_fresh_token_for_its_script(lead: Client) -> None:
    del lead
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(pk="li"))
    answer = browser.post(NAME, _form("li"), headers={**HERE, "hx-request": "true"})
    assert answer.status_code == 403
    assert "nianjian:token" in answer.headers["HX-Trigger"]
    stranger = browser.post(NAME, _form("wang"), headers={**HERE, "hx-request": "true"})
    assert "HX-Trigger" not in stranger.headers
