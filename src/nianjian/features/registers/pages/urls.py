"""Addresses of the registers' pages."""

from __future__ import annotations

from django.urls import path, register_converter

from nianjian.features.registers.pages import disclosures, pages, writing
from nianjian.features.registers.pages.addresses import KeyPart, KindPart

register_converter(KeyPart, "rowkey")
register_converter(KindPart, "register")

urlpatterns = [
    path("", pages.overview, name="registers"),
    path("<register:kind>/", pages.rows, name="registers-list"),
    path("<register:kind>/new/", writing.new, name="registers-new"),
    path("<register:kind>/end/", writing.end, name="registers-end"),
    path("<register:kind>/export/", disclosures.export, name="registers-export"),
    path("<register:kind>/<rowkey:key>/", pages.row, name="registers-row"),
    path("<register:kind>/<rowkey:key>/edit/", writing.edit, name="registers-edit"),
    path("<register:kind>/<rowkey:key>/reveal/", disclosures.reveal, name="registers-reveal"),
    path("<register:kind>/<rowkey:key>/papers/", disclosures.attach, name="registers-attach"),
    path("<register:kind>/<rowkey:key>/papers/<int:paper>/", disclosures.fetch, name="registers-fetch"),
    path("<register:kind>/<rowkey:key>/papers/<int:paper>/off/", disclosures.detach, name="registers-detach"),
    path("<register:kind>/export/<str:job>/", disclosures.export_file, name="registers-export-file"),
]
