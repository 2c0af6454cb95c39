"""The public addresses, short enough for a message."""

from __future__ import annotations

from django.urls import path

from nianjian.features.complaints.one_click_pages import public

urlpatterns = [
    path("<str:token>", public.complain, name="complain"),
    path("<str:token>/done/<str:receipt>", public.show_receipt, name="one-click-done"),
]
