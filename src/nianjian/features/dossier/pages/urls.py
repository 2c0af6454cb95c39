"""Addresses of the package, below an enterprise, and their place in the menu."""

from collections.abc import Mapping
from typing import Final

from django.urls import path

from nianjian.engines.kernel import clock
from nianjian.engines.paper.words import mark
from nianjian.features.dossier.operations.checklist import due_season
from nianjian.features.dossier.pages import arrivals, materials, package, rounds, seals, stages
from nianjian.platform.web.menu import Entry, Place

ITEM = "<int:year>/<str:item>/"

urlpatterns = [
    path("", stages.show_due_season, name="dossier"),
    path("<int:year>/", stages.show_season, name="dossier-season"),
    path("<int:year>/reuse/", materials.reuse, name="dossier-reuse"),
    path("<int:year>/check/", stages.show_check, name="dossier-check"),
    path("<int:year>/rounds/", rounds.show_packages, name="rounds"),
    path("<int:year>/rounds/submit/", rounds.submit_package, name="rounds-submit"),
    path("<int:year>/rounds/differences/", rounds.differences, name="rounds-differences"),
    path("<int:year>/rounds/<int:number>/", rounds.show_package, name="rounds-one"),
    path("<int:year>/rounds/<int:number>/act/<str:act>/", rounds.act, name="rounds-act"),
    path("<int:year>/rounds/<int:number>/papers/<int:evidence>/", rounds.download, name="rounds-paper"),
    path("<int:year>/fill-in/", package.show_first_sheet, name="fill-in-first"),
    path("<int:year>/fill-in/<str:report>/", package.show_sheet, name="fill-in"),
    path("<int:year>/fill-in/<str:report>/make/", package.make_sheet, name="fill-in-make"),
    path("<int:year>/fill-in/<str:report>/enter/", package.enter, name="fill-in-enter"),
    path("<int:year>/fill-in/<str:report>/reveal/", package.reveal, name="fill-in-reveal"),
    path("<int:year>/fill-in/<str:report>/take/<str:form>/", package.download_sheet, name="fill-in-take"),
    path("<int:year>/sort/", arrivals.index, name="dossier-sort"),
    path("<int:year>/sort/files/", arrivals.upload, name="dossier-sort-upload"),
    path("<int:year>/sort/decide/", arrivals.decide, name="dossier-sort-decide"),
    path("<int:year>/sort/<int:arrival>/", arrivals.show_ranges, name="dossier-cut"),
    path("<int:year>/sort/<int:arrival>/overrule/", arrivals.overrule_scan, name="dossier-scan-overrule"),
    path("<int:year>/sort/<int:arrival>/cut/", arrivals.cut_file, name="dossier-cut-papers"),
    path("<int:year>/sort/<int:arrival>/pages/", arrivals.pictures, name="dossier-cut-pages"),
    path("<int:year>/verify/", package.show_form, name="dossier-verify"),
    path("<int:year>/verify/files/", package.upload, name="dossier-verify-upload"),
    path("<int:year>/package/", stages.show_status, name="dossier-package"),
    path("<int:year>/package/generate/", package.generate, name="dossier-package-generate"),
    path("<int:year>/package/build/", package.build, name="dossier-package-build"),
    path("<int:year>/package/<str:job>/sign/", package.sign, name="dossier-package-sign"),
    path("<int:year>/package/<str:job>/file/", package.download, name="dossier-package-file"),
    path("<int:year>/seals/", seals.show_seals, name="dossier-seals"),
    path("<int:year>/seals/files/<str:what>/", seals.upload, name="dossier-seals-upload"),
    path("<int:year>/seals/act/<str:act>/", seals.act, name="dossier-seals-act"),
    path("<int:year>/seals/papers/<int:signed>/", seals.show_paper, name="dossier-signed"),
    path("<int:year>/seals/papers/<int:signed>/file/", seals.download, name="dossier-signed-fetch"),
    path("complaint_sop/", materials.show_due_procedure, name="dossier-procedure-due"),
    path("<int:year>/complaint_sop/", materials.show_procedure, name="dossier-procedure"),
    path(ITEM, materials.show_item, name="dossier-item"),
    path(f"{ITEM}statements/", materials.state, name="dossier-state"),
    path(f"{ITEM}files/", materials.upload_file, name="dossier-upload"),
    path(f"{ITEM}act/<str:act>/", materials.act, name="dossier-act"),
    path(f"{ITEM}files/<int:number>/", materials.download, name="dossier-fetch"),
    path(f"{ITEM}files/<int:number>/sealed/", materials.download_sealed, name="dossier-sealed-scan"),
    path(f"{ITEM}files/<int:number>/pages/", arrivals.show_outlines, name="dossier-pages"),
    path(f"{ITEM}files/<int:number>/pages/show/", arrivals.reveal_pages, name="dossier-pages-show"),
    path(f"{ITEM}files/<int:number>/pages/draw/", arrivals.request_drawing, name="dossier-pages-draw"),
]


def _find_due(enterprise: str) -> Mapping[str, int]:
    return {"year": due_season(enterprise, clock.today())}


def _entry(label: str, route: str, *pages: str, front: str = "") -> Entry:
    return Entry(Place.DOSSIER, label, route, pages=pages, needs=("year",), find=_find_due, front=front)


ENTRIES: Final = (
    _entry(mark("Package"), "dossier-season", "dossier", front="dossier"),
    _entry(mark("Sheets to fill in"), "fill-in-first", "fill-in"),
    _entry(mark("Submission and corrections"), "rounds"),
)
