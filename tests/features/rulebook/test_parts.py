"""Rules of several parts have rows to fill in, and nobody types how a program writes them."""

import re
from datetime import date
from html import unescape
from html.parser import HTMLParser

from django.test import Client
from tests.support.people import signed_in

from nianjian.engines.rules.inputs import InputKind, classify_input
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.platform.approvals.models import Request

STRUCTURES = [
    rule.key
    for rule in Rulebook.on(date(2026, 11, 25)).rules()
    if rule.settable and classify_input(rule) is InputKind.STRUCTURE
]
LEFT = {"valid_from": "2026-01-01", "valid_to": "", "reason": "省局口头要求", "step": "send"}


class Fields(HTMLParser):
    """What a browser would send of a form's value."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._choice = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        name = attributes.get("name") or ""
        if tag == "select":
            self._choice = name
        elif tag == "option" and self._choice.startswith("value.") and "selected" in attributes:
            self.sent[self._choice] = [attributes.get("value") or ""]
        elif (
            tag == "input"
            and name.startswith("value.")
            and (attributes.get("type") != "checkbox" or "checked" in attributes)
        ):
            self.sent.setdefault(name, []).append(attributes.get("value") or "")


def test_their_forms_have_rows_and_send_the_value_that_they_show(site: Client) -> None:
    signed_in("bob", "compliance_lead", "demo")
    for number, key in enumerate(STRUCTURES, start=1):
        address = f"/e/demo/rules/{key}/overlay/"
        text = site.get(address).content.decode()
        form = text.partition('class="form change"')[2].partition("</form>")[0]
        assert '":' not in unescape(form).replace('hx-vals=\'{"step":', ""), f"no JSON: {key}"
        assert 'name="value"' not in form, key
        fields = Fields(form).sent
        if key == "portrait.quiet_days":
            fields |= {"value.0.0.weekday": ["7"], "value.0.0.reason": ["周日休息"]}
        assert fields, key
        if key in {"frequency.tencent_tccc", "frequency.huawei_complaints"}:
            refused = site.post(address, {**fields, "value.1.0.calls": "viele", **LEFT})
            assert refused.status_code == 422, key
            assert "有一行未填完整" in refused.content.decode(), key
            assert 'value="viele"' in refused.content.decode(), key
        answer = site.post(address, {**fields, **LEFT})
        assert answer.status_code == 302, re.findall(r"errorlist.*?</ul>", answer.content.decode(), re.DOTALL)
        assert Request.objects.count() == number
