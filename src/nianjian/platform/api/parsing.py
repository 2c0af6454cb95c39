"""What programs send, parsed: no document and no form holds a NUL, which PostgreSQL stores in no text.

The pages' forms are looked at before any view (`config.http.readable`); here it is done where a document or a form is
parsed, since the content of an upload is a file of any size, which may hold whatever it likes.
"""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

NUL = "\0"


class Readable(Parser):
    """The library's, which refuses a text with a NUL: the answer is 400, before the operation is entered."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Parse a JSON document."""
        return cast("dict[str, Any]", _readable(super().parse_body(request)))

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Parse a query or the fields of a form; files among them are not opened."""
        _readable(dict(data.lists()))
        return super().parse_querydict(data, list_fields, request)


def _readable(found: object) -> object:
    """What was found, with every text in it looked at; SuspiciousOperation."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if NUL in one:
                raise SuspiciousOperation("a text holds a NUL")
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
    return found
