"""What the pages of a case share: the case of this enterprise, a file that was sent, the ways between the pages."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.rectification.cases.papers import LIMIT, Content, content
from nianjian.features.rectification.operations import cases
from nianjian.platform.web.access import Request

Json = dict[str, Any]


def get_case_or_404(request: Request, code: str, case: str) -> Json:
    """The case, if it is of this enterprise; else 404."""
    try:
        told = cases.get_case_detail(case=case, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error
    if told["enterprise"] != code:
        raise Http404
    return told


def read_upload(file: UploadedFile[Any] | None) -> Content | None:
    """A file of a form; None where none was sent. Errors as `papers.content`."""
    if file is None:
        return None
    if (file.size or 0) > LIMIT:
        raise NianjianError("file_too_large", file=file.name or "", limit=LIMIT)
    return content(file.name or "", file.read())


def ways(code: str, case: str) -> list[tuple[str, str]]:
    """The pages of a case: (address, label)."""
    names = (
        ("rectify-one", gettext("Case")),
        ("rectify-locate", gettext("Location")),
        ("rectify-isolate", gettext("Isolation")),
    )
    return [(reverse(route, kwargs={"code": code, "case": case}), label) for route, label in names]
