"""What answers of pages and API share."""

from __future__ import annotations

from typing import Final, TypeVar

from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

UNPROCESSABLE: Final = 422  # a form that must be corrected

Answer = TypeVar("Answer", bound=HttpResponseBase)


def as_attachment(answer: Answer, name: str, *, shown: bool = False) -> Answer:
    """Give the file a name, under which a browser keeps it; ``shown``: looks at it first. Any sign may stand in it."""
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=not shown, filename=name) or ""
    return answer
