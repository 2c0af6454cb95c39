"""Every address of the pages."""

from __future__ import annotations

from django.urls import include, path

from nianjian.web.layout import charts, comfort

urlpatterns = [
    path("", include("nianjian.web.overview.urls")),
    path("", include("nianjian.web.portrait.urls")),
    path("", include("nianjian.web.data.urls")),
    path("", include("nianjian.web.operation.urls")),
    path("e/<str:code>/registers/", include("nianjian.web.registers.urls")),
    path("e/<str:code>/complaints/one-click/", include("nianjian.web.one_click.own")),
    path("e/<str:code>/complaints/", include("nianjian.web.complaints.urls")),
    path("c/", include("nianjian.web.one_click.urls")),
    path("e/<str:code>/reconcile/", include("nianjian.web.reconcile.urls")),
    path("e/<str:code>/inspection/", include("nianjian.web.inspection.urls")),
    path("e/<str:code>/inspection/screens/", include("nianjian.web.screens.urls")),
    path("screens/", include("nianjian.web.screens.public")),
    path("live/", include("nianjian.web.screens.posted")),
    path("e/<str:code>/inspection/callback/", include("nianjian.web.callback.urls")),
    path("e/<str:code>/rectification/", include("nianjian.web.rectification.urls")),
    path("e/<str:code>/dossier/", include("nianjian.web.dossier.urls")),
    path("e/<str:code>/season/", include("nianjian.web.season.urls")),
    path("inbox/", include("nianjian.web.inbox.urls")),
    path("calendar/", include("nianjian.web.season.public")),
    path("e/<str:code>/gate/", include("nianjian.web.gate.urls")),
    path("", include("nianjian.web.rulebook.urls")),
    path("", include("nianjian.web.approvals.urls")),
    path("", include("nianjian.web.audit.urls")),
    path("e/<str:code>/webhooks/", include("nianjian.web.webhooks.urls")),
    path("language", comfort.language, name="language"),
    path("", include("nianjian.web.people.urls")),
    path("", include("nianjian.web.enterprises.urls")),
    path("account/", include("nianjian.web.account.urls")),
    path("theme", comfort.theme, name="theme"),
    path("static/charts.js", charts.script, name="charts"),
]
