"""Sentences for programs that ask over the API: faults of the request itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "api_unauthorised": mark("the request carries no token that holds"),
    "api_not_found": mark("there is nothing at this address"),
    "api_method_not_allowed": mark("this address does not take this method"),
    "api_unreadable": mark("the content of the request cannot be read"),
    "api_too_large": mark("the content of the request is too large"),
    "api_invalid": mark("the request has values that cannot be used"),
    "api_value_invalid": mark("{place} is missing or cannot be used ({kind})"),
    "api_fault": mark("unexpected fault; the server's log tells where. Nothing was changed by halves"),
    "idempotency_key_malformed": mark("a key for repeated requests has 1 to {most} printable ASCII signs"),
    "idempotency_key_reused": mark("this key for repeated requests was used for another request"),
    "idempotency_running": mark(
        "the first request with this key has no answer yet; look whether its work was done before you ask anew"
    ),
}
#: What helps, where that is not what helps against others of the kind.
REMEDIES: Final[Mapping[str, str]] = {
    "api_unauthorised": mark("Send `Authorization: Bearer TOKEN` with a token made on the page of your account."),
    "api_not_found": mark("Look the address up in /api/v1/openapi.json."),
    "api_method_not_allowed": mark("Look the address up in /api/v1/openapi.json."),
    "api_unreadable": mark("Send JSON in UTF-8, as /api/v1/openapi.json describes it."),
    "api_too_large": mark("Send less at once."),
    "api_fault": mark("Try again later; if it stays, tell whoever runs the server."),
}
