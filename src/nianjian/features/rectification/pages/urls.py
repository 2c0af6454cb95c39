"""Addresses of rectification, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.features.rectification.pages import cases, channel

urlpatterns = [
    path("", cases.cases, name="rectify"),
    path("open/", cases.create_case, name="rectify-open"),
    path("watch/", cases.watched, name="rectify-watch"),
    path("watch/routine/", cases.routine, name="rectify-routine"),
    path("<str:case>/", cases.case_detail, name="rectify-one"),
    path("<str:case>/tasks/", cases.task, name="rectify-work"),
    path("<str:case>/paper/", cases.paper, name="rectify-paper"),
    path("<str:case>/end/", cases.end, name="rectify-end"),
    path("<str:case>/report/<str:form>/", cases.report, name="rectify-report"),
    path("<str:case>/reports/<str:job>/", cases.fetch, name="rectify-report-file"),
    path("<str:case>/locate/", channel.located, name="rectify-locate"),
    path("<str:case>/locate/run/", channel.locate, name="rectify-locate-run"),
    path("<str:case>/complaints/", channel.tickets, name="rectify-tickets"),
    path("<str:case>/isolate/", channel.isolate, name="rectify-isolate"),
    path("<str:case>/lift/", channel.lift, name="rectify-lift"),
]
