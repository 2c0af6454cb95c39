"""Every address of the house: the API's, then the pages'."""

from django.conf import settings
from django.urls import include, path

from nianjian.features.inbox import pages as inbox
from nianjian.features.inspection import urls as inspection
from nianjian.features.screens import urls as screens
from nianjian.features.season import urls as season
from nianjian.platform.web import assets, comfort, draft_pages, style_guide

urlpatterns = [
    path("api/v1/", include("nianjian.doors.api.application")),
    path("", include("nianjian.features.overview.pages")),
    path("", include("nianjian.features.search.pages")),
    path("", include("nianjian.features.portrait.pages.urls")),
    path("", include("nianjian.features.calls.urls")),
    path("", include("nianjian.features.maintenance.pages")),
    path("e/<str:code>/registers/", include("nianjian.features.registers.urls")),
    path("", include("nianjian.features.complaints.urls")),
    path("e/<str:code>/reconcile/", include("nianjian.features.reconciliation.pages")),
    path("e/<str:code>/inspection/", include("nianjian.features.inspection.urls")),
    path("e/<str:code>/inspection/screens/", include("nianjian.features.screens.urls")),
    path("room/", include(inspection.room_patterns)),
    path("screens/", include(screens.kiosk_patterns)),
    path("live/", include(screens.post_patterns)),
    path("e/<str:code>/inspection/callback/", include("nianjian.features.test_calls.urls")),
    path("e/<str:code>/rectification/", include("nianjian.features.rectification.pages.urls")),
    path("e/<str:code>/dossier/", include("nianjian.features.dossier.pages.urls")),
    path("e/<str:code>/season/", include("nianjian.features.season.urls")),
    path("inbox/", include("nianjian.features.inbox.pages")),
    path("mail/", include(inbox.mail_patterns)),
    path("calendar/", include(season.calendar_patterns)),
    path("e/<str:code>/gate/", include("nianjian.features.dial_policy.urls")),
    path("", include("nianjian.features.rulebook.pages")),
    path("", include("nianjian.features.approvals.pages")),
    path("", include("nianjian.features.maintenance.audit_pages")),
    path("e/<str:code>/webhooks/", include("nianjian.features.webhooks.pages")),
    path("language", comfort.set_language, name="language"),
    path("", include("nianjian.features.people.pages")),
    path("account/", include(draft_pages.urlpatterns)),
    path("account/", include("nianjian.features.people.account_pages")),
    path("theme", comfort.set_theme, name="theme"),
    path("columns", comfort.set_columns, name="columns"),
    path("day", comfort.show_day, name="day-reading"),
    path("static/<str:digest>/<str:name>", assets.serve_asset, name="asset"),
]

if settings.DEBUG:
    urlpatterns += style_guide.urlpatterns

handler400 = "nianjian.platform.web.errors.bad"
handler403 = "nianjian.platform.web.errors.forbidden"
handler404 = "nianjian.platform.web.errors.missing"
handler500 = "nianjian.platform.web.errors.broken"
