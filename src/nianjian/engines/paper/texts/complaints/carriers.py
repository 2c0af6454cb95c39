"""What carries the address of one-click complaints (一键投诉) to people, ready to be copied."""

from __future__ import annotations

from html import escape
from typing import Final

LABEL: Final = "一键投诉"  # as the guide names it, whatever the page's language


def carriers(address: str, enterprise: str) -> dict[str, str]:
    """A link and a form for the firm's own pages, a text message, and the setting of the switch for the key."""
    return {
        "button": f'<a href="{escape(address)}" rel="noopener">{LABEL}</a>',
        "form": f'<form action="{escape(address)}" method="get"><button>{LABEL}</button></form>',
        "message": f"如来电打扰了您，请点此{LABEL}：{address}",
        "dtmf": f"COMPLAINT_ENTERPRISE={enterprise}",
    }
