"""Asking the API in tests: JSON with a key, a file as the content."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.test import Client

Ask = Callable[..., Client]
DEMO = "/api/v1/enterprises/demo"


def post(client: Client, address: str, body: Any = None, key: str = "") -> Any:
    """Send JSON (nothing where ``body`` is None), under an ``Idempotency-Key`` if one is given."""
    headers = {"idempotency-key": key} if key else {}
    content = "" if body is None else json.dumps(body)
    return client.post(address, content, content_type="application/json", headers=headers)


def upload(client: Client, address: str, content: bytes, **query: str) -> Any:
    """Send a file."""
    return client.post(f"{address}?{urlencode(query)}", content, content_type="application/octet-stream")
