"""Addresses of the registers' pages, with a row's key as a part of an address, and their place in the menu."""

from typing import Final

from django.urls import path, register_converter

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.words import mark
from nianjian.features.registers import pages
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers import kinds, row_keys
from nianjian.platform.web.menu import Entry, Place

TAKEN: Final = frozenset({"new", "end", "export"})


class KeyPart:
    """Signs that an address cannot hold stand as ``~2F``; the rest is left to the browser's own encoding."""

    regex = r"[^/\x00-\x1f\x7f]{1,400}"

    def to_python(self, value: str) -> str:
        """Read the key."""
        return row_keys.decode_key(value)

    def to_url(self, value: str) -> str:
        """Write the key."""
        if value in TAKEN:
            return f"{row_keys.MARK}{ord(value[0]):02X}{value[1:]}"
        return row_keys.encode_key(value)


class KindPart:
    """The name of a register that exists."""

    regex = "[a-z-]{1,40}"

    def to_python(self, value: str) -> str:
        """Refuse a name of nothing: the address leads nowhere."""
        try:
            kinds.register(value)
        except NianjianError as error:
            raise ValueError(value) from error
        return value

    def to_url(self, value: str) -> str:
        """Write the name."""
        return value


register_converter(KeyPart, "rowkey")
register_converter(KindPart, "register")

urlpatterns = [
    path("", pages.overview, name="registers"),
    path("<register:kind>/", pages.rows, name="registers-list"),
    path("<register:kind>/new/", pages.new, name="registers-new"),
    path("<register:kind>/end/", pages.end, name="registers-end"),
    path("<register:kind>/export/", pages.export, name="registers-export"),
    path("<register:kind>/<rowkey:key>/", pages.row, name="registers-row"),
    path("<register:kind>/<rowkey:key>/edit/", pages.edit, name="registers-edit"),
    path("<register:kind>/<rowkey:key>/reveal/", pages.reveal, name="registers-reveal"),
    path("<register:kind>/<rowkey:key>/papers/", pages.attach, name="registers-attach"),
    path("<register:kind>/<rowkey:key>/papers/<int:paper>/", pages.fetch, name="registers-fetch"),
    path("<register:kind>/<rowkey:key>/papers/<int:paper>/off/", pages.detach, name="registers-detach"),
    path("<register:kind>/export/<str:job>/", pages.export_file, name="registers-export-file"),
]


ENTRIES: Final = (Entry(Place.DATA, mark("Registers"), "registers", Permission.READ_OWN),)
