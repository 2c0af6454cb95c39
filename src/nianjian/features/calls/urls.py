"""Addresses of the data pages, and their place in the menu."""

from typing import Final

from django.urls import path

from nianjian.engines.paper.words import mark
from nianjian.features.calls import job_pages, pages, wizard
from nianjian.platform.web.menu import Entry, Place

AT = "e/<str:code>/data/"
NEW = f"{AT}import/"
DRAFT = f"{NEW}<str:draft>/"

urlpatterns = [
    path(AT, pages.data, name="data"),
    path(f"{AT}rejected/", pages.rejected_rows, name="data-rejected"),
    path(f"{AT}quality/", pages.quality, name="data-quality"),
    path(f"{AT}batches/", pages.imports, name="data-imports"),
    path(f"{AT}batches/<str:batch>/", pages.batch, name="data-batch"),
    path(f"{AT}batches/<str:batch>/reveal/", pages.reveal, name="data-batch-reveal"),
    path(f"{AT}batches/<str:batch>/rejects/", pages.rejected_file, name="data-batch-rejects"),
    path(f"{AT}batches/<str:batch>/rejects/<str:job>/", pages.fetch_rejected, name="data-batch-rejects-file"),
    path(f"{AT}batches/<str:batch>/undo/", pages.undo, name="data-batch-undo"),
    path(f"{AT}jobs/<str:job>/", job_pages.job, name="data-job"),
    path(f"{AT}jobs/<str:job>/progress/", job_pages.progress, name="data-job-progress"),
    path(f"{AT}jobs/<str:job>/stop/", job_pages.stop, name="data-job-stop"),
    path("jobs/", job_pages.show_beside, name="work-beside"),
    path("jobs/<str:job>/", job_pages.open_result, name="work-result"),
    path(NEW, wizard.kinds, name="data-import"),
    path(f"{NEW}template/<str:kind>/", wizard.template, name="data-import-template"),
    path(f"{NEW}example/<str:source>/", wizard.example, name="data-import-example"),
    path(f"{DRAFT}files/", wizard.files, name="data-import-files"),
    path(f"{DRAFT}files/<int:number>/drop/", wizard.remove_file, name="data-import-file-drop"),
    path(f"{DRAFT}mapping/", wizard.mapping, name="data-import-mapping"),
    path(f"{DRAFT}mapping/load/", wizard.load_mapping, name="data-import-mapping-load"),
    path(f"{DRAFT}check/", wizard.check, name="data-import-check"),
    path(f"{DRAFT}check/whole/", wizard.check_whole, name="data-import-check-whole"),
    path(f"{DRAFT}errors/", wizard.errors, name="data-import-errors"),
    path(f"{DRAFT}commit/", wizard.commit, name="data-import-commit"),
    path(f"{DRAFT}drop/", wizard.drop, name="data-import-drop"),
]


ENTRIES: Final = (
    Entry(Place.DATA, mark("Call records"), "data"),
    Entry(Place.DATA, mark("Rows not accepted"), "data-rejected"),
    Entry(Place.DATA, mark("Imports"), "data-imports", pages=("data-batch",)),
    Entry(Place.DATA, mark("Data quality"), "data-quality"),
)
