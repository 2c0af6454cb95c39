"""Sentences about webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "webhook_unknown": mark("there is no webhook {webhook}"),
    "delivery_unknown": mark("there is no message {delivery}"),
    "webhook_address_wrong": mark(
        "“{url}” cannot be used: it takes an https address without name and password (http only for hosts in"
        " NIANJIAN_WEBHOOK_HOSTS); letters beyond ASCII are written as %E9%80%9A, in the host as xn--"
    ),
    "webhook_host_unknown": mark("the host {host} cannot be found"),
    "webhook_host_refused": mark(
        "the host {host} lies inside the own network; name it in NIANJIAN_WEBHOOK_HOSTS if that is meant"
    ),
    "webhook_unanswered": mark("no answer ({reason})"),
    "webhook_event_unknown": mark("choose at least one of {known}"),
}
