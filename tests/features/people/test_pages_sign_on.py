"""Single sign-on against a local OpenID Connect provider: it lets in who is here, and nobody else."""

import html
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from tests.support.people import signed_in
from tests.support.services import free_port
from tests.support.site import PATIENCE

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import models
from nianjian.platform.audit.query import acts
from nianjian.platform.home import env

pytestmark = pytest.mark.django_db
PEOPLE = {
    "sub-anna": {"email": "Anna@example.com", "email_verified": True, "name": "Anna A"},
    "sub-liar": {"email": "anna@example.com", "email_verified": False},
    "sub-stranger": {"email": "stranger@example.com", "email_verified": True},
}
LOGIN = "/account/oidc/oidc/login/"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """A provider on loopback; its address."""
    port = free_port()
    claims = [word for sub, one in PEOPLE.items() for word in ("--user-claims", json.dumps({"sub": sub, **one}))]
    program = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *claims]
    server = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _attempt in range(200):
        try:
            urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=PATIENCE).close()  # noqa: S310 -- loopback
            break
        except OSError:
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait(timeout=PATIENCE)


@pytest.fixture(autouse=True)
def _configured(provider: str, settings: Any) -> None:
    environ = {
        "NIANJIAN_OIDC_ISSUER": provider,
        "NIANJIAN_OIDC_CLIENT_ID": "nianjian",
        "NIANJIAN_OIDC_CLIENT_SECRET": "geheim",
        "NIANJIAN_OIDC_NAME": "集团登录",
    }
    settings.SOCIALACCOUNT_PROVIDERS = env.providers(environ)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _through(client: Client, sub: str, process: str = "") -> Any:
    """Go to the provider, say there who one is, come back; the answer to that."""
    page = client.post(LOGIN + process)
    assert page.status_code == 200
    there = re.search(r'href="(http://127[^"]+)"', page.content.decode())
    assert there
    address = html.unescape(there[1])
    assert "code_challenge=" in address
    said = urllib.parse.urlencode({"sub": sub}).encode()
    opener = urllib.request.build_opener(_NoRedirect)
    with pytest.raises(urllib.error.HTTPError) as raised:
        opener.open(address, data=said, timeout=PATIENCE)
    back = urllib.parse.urlsplit(str(raised.value.headers["Location"]))
    raised.value.close()
    return client.get(f"{back.path}?{back.query}")


def _person(name: str, email: str) -> None:
    signed_in(name, role="data_officer")
    models.User.objects.filter(pk=name).update(email=email)


def test_a_verified_address_lets_its_person_in_and_is_remembered_as_an_identity() -> None:
    page = Client().get("/account/login/").content.decode()
    assert ("集团登录" in page, LOGIN in page) == (True, True), "the provider is offered under its name"
    _person("anna", "anna@example.com")
    _person("anne", "ANNA@example.com")
    assert _through(Client(), "sub-anna").status_code == 200
    assert not SocialAccount.objects.exists(), "an address that two people have lets nobody in"
    models.User.objects.get(pk="anne").delete()
    for _time in range(2):
        client = Client()
        answer = _through(client, "sub-anna")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert client.get("/account/").status_code == 200
    account = SocialAccount.objects.get(user_id="anna")
    assert (account.provider, account.uid, account.extra_data) == ("oidc", "sub-anna", {})
    assert [act.data for act in acts(verb="account.connect")] == [{"user": "anna", "provider": "oidc"}]
    assert next(acts(verb="sign_in")).data["method"] == "socialaccount"
    assert models.User.objects.get(pk="anna").email == "anna@example.com"


@pytest.mark.parametrize("sub", ["sub-liar", "sub-stranger"])
def test_nobody_else_comes_in_and_nobody_is_made(sub: str) -> None:
    _person("anna", "anna@example.com")
    client = Client()
    answer = _through(client, sub)
    assert answer.status_code == 200
    assert "这里没有人" in answer.content.decode() or "Nobody here" in answer.content.decode()
    assert client.get("/account/").status_code == 302
    assert not SocialAccount.objects.exists()
    assert models.User.objects.count() == 1


def test_a_closed_account_stays_closed() -> None:
    _person("anna", "anna@example.com")
    _through(Client(), "sub-anna")
    models.User.objects.filter(pk="anna").update(is_active=False)
    client = Client()
    assert _through(client, "sub-anna").headers["Location"] == "/account/inactive/"
    assert client.get("/account/").status_code == 302


def test_an_identity_is_connected_by_hand_and_disconnected() -> None:
    _person("bo", "")
    person = models.User.objects.get(pk="bo")
    person.set_password("eine lange Losung 47")
    person.save()
    client = Client()
    client.post("/account/login/", {"login": "bo", "password": "eine lange Losung 47"})
    client.post("/account/reauthenticate/", {"password": "eine lange Losung 47"})
    assert _through(client, "sub-stranger", "?process=connect").status_code == 302
    account = SocialAccount.objects.get(user_id="bo")
    fresh = Client()
    assert _through(fresh, "sub-stranger").headers["Location"] == "/"
    assert "集团登录" in client.get("/account/3rdparty/").content.decode()
    client.post("/account/3rdparty/", {"account": account.pk})
    assert not SocialAccount.objects.exists()
    assert {act.verb for act in acts(newest=3)} >= {"account.disconnect"}


def test_a_provider_without_a_client_is_no_configuration() -> None:
    with pytest.raises(NianjianError, match="sign_on_incomplete"):
        env.providers({"NIANJIAN_OIDC_ISSUER": "https://sso.example.com"})
    assert env.providers({}) == {}
    environ = {"NIANJIAN_FEISHU_CLIENT_ID": "a", "NIANJIAN_FEISHU_CLIENT_SECRET": "b"}
    assert set(env.providers(environ)) == {"feishu"}


def test_a_forged_answer_of_a_provider_is_refused() -> None:
    answer = Client().get("/account/oidc/oidc/login/callback/?code=x&state=y")
    assert answer.status_code == 401
    assert Client().get("/account/oidc/nothing/login/").status_code == 404
