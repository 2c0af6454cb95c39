"""Addresses of tickets, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.features.complaints.pages import acts, detail, forwards, listing

urlpatterns = [
    path("", listing.tickets, name="complaints"),
    path("new/", acts.new, name="complaints-new"),
    path("forwards/", forwards.forwards, name="complaints-forwards"),
    path("forwards/look/", forwards.preview_list, name="complaints-forwards-look"),
    path("forwards/<str:job>/marked/", forwards.download_marked, name="complaints-forwards-marked"),
    path("match/", acts.match_all, name="complaints-match-all"),
    path("several/", listing.several, name="complaints-several"),
    path("t/<rowkey:ticket>/", detail.ticket_detail, name="complaints-one"),
    path("t/<rowkey:ticket>/reveal/", detail.reveal, name="complaints-reveal"),
    path("t/<rowkey:ticket>/act/<str:act>/", acts.act, name="complaints-act"),
    path("t/<rowkey:ticket>/call/", acts.match, name="complaints-match"),
    path("t/<rowkey:ticket>/papers/", acts.attach, name="complaints-attach"),
]
