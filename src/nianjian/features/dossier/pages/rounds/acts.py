"""What is recorded of a round: a package handed in, a notice, an answer, evidence, that it passed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.operations.rounds import acts, package
from nianjian.features.dossier.pages.acts import SANDBOX
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.features.dossier.pages.rounds.forms import FORMS, Notice, Submitted, form
from nianjian.features.dossier.rounds.service import File, Handed
from nianjian.features.rectification.pages.cases import read_upload
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment, takes_files
from nianjian.platform.web.access import Request, page


@require_POST
@page(Act.LOAD)
@takes_files
def submit(request: Request, code: str, year: int) -> HttpResponse:
    """Note that a package was handed in."""
    in_reach(year)
    given = Submitted(request.POST, request.FILES)
    if not given.is_valid():
        messages.error(request, _faults(given))
        return redirect("rounds", code=code, year=year)
    told = given.cleaned_data
    file: UploadedFile[Any] = told["manifest"]
    if (file.size or 0) > package.LIMIT:
        raise NianjianError("file_too_large", file=file.name or "", limit=package.LIMIT)
    made = package.package(file.read(), enterprise=code, year=year)
    handed = Handed(told["on"], told["place"], told["reference"])
    row = acts.submit(enterprise=code, year=year, package=made, handed=handed, actor=request.actor)
    messages.success(request, gettext("The package is noted. Keep its receipt here."))
    return redirect("rounds-one", code=code, year=year, number=row["number"])


@require_POST
@page(Act.LOAD)
@takes_files
def act(request: Request, code: str, year: int, number: int, act: str) -> HttpResponse:
    """Note a return, an answer, evidence, or that it passed."""
    in_reach(year)
    if act not in FORMS:
        raise Http404
    given = form(act, request)
    if given.is_valid():
        place = {"enterprise": code, "year": year, "number": number, "actor": request.actor}
        messages.success(request, _done(act, given, place))
    else:
        messages.error(request, _faults(given))
    return redirect("rounds-one", code=code, year=year, number=number)


def _done(act: str, given: forms.Form, place: dict[str, Any]) -> str:
    """Do it; what to say of it."""
    told = given.cleaned_data
    if isinstance(given, Notice):
        acts.give_back(
            **place, received=told["received"], due=told["due"], reference=told["reference"],
            requests=given.asked(), paper=_file(told["file"]),
        )  # fmt: skip
        return gettext("The return is noted.")
    if act == "answer":
        acts.answer(**place, **told)
        return gettext("The answer is noted.")
    if act == "accept":
        acts.passed(**place, **told)
        return gettext("Noted: it passed.")
    file = _file(told["file"])
    if file is not None:
        acts.add_evidence(**place, kind=told["kind"], file=file)
    return gettext("The file is kept.")


def _file(given: UploadedFile[Any] | None) -> File | None:
    read = read_upload(given)
    return None if read is None else File(read.name, read.media_type, read.body)


def _faults(given: forms.Form) -> str:
    return " ".join(f"{given.fields[name].label}: {texts[0]}" for name, texts in given.errors.items())


@require_POST
@page(Act.REVEAL)
def fetch(request: Request, code: str, year: int, number: int, evidence: int) -> HttpResponse:
    """Give a file of evidence out as it came; the chain has an entry."""
    kept, content = acts.fetch(
        enterprise=code, year=in_reach(year), number=number, evidence=evidence, actor=request.actor
    )
    answer = HttpResponse(content, content_type=kept.media_type)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return as_attachment(answer, kept.name or str(kept.pk))
