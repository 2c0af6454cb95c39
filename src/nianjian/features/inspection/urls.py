"""Addresses and menu entries of the on-site check, below an enterprise, and of the inspection room by itself."""

from typing import Final

from django.urls import path

from nianjian.engines.paper.words import mark
from nianjian.features.inspection.pages import checks, day, drill, room
from nianjian.platform.web.menu import Entry, Place

urlpatterns = [
    path("", checks.front, name="inspection"),
    path("look/", checks.enqueue_check, name="inspection-look"),
    path("answers/", checks.part, {"part": "answers"}, name="inspection-answers"),
    path("day/", day.front, name="inspection-day"),
    path("day/keep/", day.save_visit, name="inspection-day-keep"),
    path("day/remove/", day.remove_visit, name="inspection-day-remove"),
    path("day/admit/", day.admit_inspector, name="inspection-day-admit"),
    path("day/look/", day.enqueue_checks, name="inspection-day-look"),
    path("day/copy/", day.send_copy, name="inspection-day-copy"),
    path("day/room/", room.choice, name="inspection-day-room"),
    path("day/room/keep/", room.keep_choice, name="inspection-day-room-keep"),
    path("day/room/shown/", room.note_shown, name="inspection-day-room-shown"),
    path("day/room/preview/", room.preview, name="inspection-day-room-preview"),
    path("day/room/preview/<str:rule>/", room.preview, name="inspection-day-room-preview-row"),
    path("day/scan/", day.add_scan, name="inspection-day-scan"),
    path("day/scan/fetch/", day.fetch_scan, name="inspection-day-scan-fetch"),
    path("day/scan/remove/", day.remove_scan, name="inspection-day-scan-remove"),
    path("day/screens/", day.note_screens, name="inspection-day-screens"),
    path("dialling/", checks.part, {"part": "dialling"}, name="inspection-dialling"),
    path("dialling/declare/", checks.declare, name="inspection-declare"),
    path("drill/", drill.front, name="inspection-drill"),
    path("drill/run/", drill.run_drill, name="inspection-drill-run"),
    path("drill/report/", drill.send_report, name="inspection-drill-paper"),
    path("drill/<str:drill>/screen/", drill.drill_screen, name="inspection-drill-screen"),
    path("drill/<str:drill>/lines/", drill.drill_lines, name="inspection-drill-lines"),
    path("drill/<str:drill>/inject/", drill.note_inject, name="inspection-drill-inject"),
    path("retention/", checks.part, {"part": "retention"}, name="inspection-retention"),
]

room_patterns = [
    path("", room.enter, name="room"),
    path("<str:code>/", room.front, name="room-front"),
    path("<str:code>/<str:rule>/", room.row, name="room-row"),
    path("<str:code>/<str:rule>/ask/", room.ask, name="room-ask"),
]


CHECKS: Final = (
    Entry(Place.INSPECTION, mark("Ten checks"), "inspection"),
    Entry(Place.INSPECTION, mark("Answer cards"), "inspection-answers"),
)
DAYS: Final = (Entry(Place.INSPECTION, mark("Inspection day"), "inspection-day"),)
DRILL: Final = (Entry(Place.INSPECTION, mark("Drill"), "inspection-drill"),)
