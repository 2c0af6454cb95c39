"""Files as they come from a browser: straight to their place in the home, hashed and measured on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import AnyView, reads_form_itself, takes_files
from nianjian.platform.registers.uploads import Incoming
from nianjian.platform.web.access import page


class Receiving(FileUploadHandler):
    """Gathers ``files``; one that is too large stands in ``faults`` and nothing of it is kept."""

    chunk_size = 1 << 20

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.files: list[Incoming] = []
        self.faults: list[NianjianError] = []
        self._open: Incoming | None = None

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)  # type: ignore[arg-type] # the parent's own list of six
        self._open = Incoming(self.file_name or "")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece; nothing is handed on to another handler."""
        del start
        if self._open is not None:
            try:
                self._open.write(raw_data)
            except NianjianError as fault:
                self.faults.append(fault)
                self._open.drop()
                self._open = None
                raise SkipFile from fault
        return None

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        """End a file."""
        del file_size
        if self._open is not None:
            self.files.append(self._open)
            self._open = None
        return None

    def upload_interrupted(self) -> None:
        """Drop everything: the browser went away."""
        self.drop()

    def drop(self) -> None:
        """Delete what nobody has kept."""
        for one in (*self.files, *([self._open] if self._open else [])):
            one.drop()


def upload_page(act: Permission) -> Callable[[AnyView], AnyView]:
    """Mark a page that takes files: the view reads ``request.POST`` first, then gets them from ``handler``.

    The token is asked for inside, once the files have a place to go to; what nobody has kept is deleted at the end.
    """

    def around(view: AnyView) -> AnyView:
        protected = csrf_protect(view)

        def receive(request: HttpRequest, /, **place: Any) -> HttpResponseBase:  # noqa: ANN401 -- as the address says
            handler = Receiving(request)
            request.upload_handlers = [handler]
            try:
                return protected(request, handler=handler, **place)
            finally:
                handler.drop()

        receive.__name__, receive.__module__, receive.__doc__ = view.__name__, view.__module__, view.__doc__
        return reads_form_itself(csrf_exempt(require_POST(page(act)(takes_files(receive)))))

    return around
