"""What the tests of the registers' pages share: addresses, answers as texts, what stands in the chain."""

import io
import re
from typing import Any, Final

import openpyxl
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

BASE: Final = "/e/demo/registers/"


def address(name: str, **more: Any) -> str:
    """Address of a page of the enterprise ``demo``."""
    return reverse(f"registers-{name}", kwargs={"code": "demo", **more})


def text(answer: HttpResponse, status: int = 200) -> str:
    """The page as text, if its status is the expected one."""
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def verbs() -> list[str]:
    """Acts of the registers in the chain, oldest first."""
    from nianjian.platform.audit.query import acts  # noqa: PLC0415 -- Django is set up by the suite that asks

    return [act.verb for act in acts() if act.verb.startswith("registers.")][::-1]


def sheet(answer: HttpResponse) -> list[list[Any]]:
    """Rows of the first sheet of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def sent(client: Client, kind: str, key: str, **changes: str) -> Any:
    """Open the form of a row as a browser does and send it with some fields changed."""
    place = address("edit", kind=kind, key=key)
    page = client.get(place).content.decode()
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    fields = {name: value for name, value in fields.items() if name not in {"back", "csrfmiddlewaretoken", "how"}}
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return client.post(place, {"how": "correct", **fields, **changes})
