"""Templates are indented for people; pages travel without what a browser ignores, and packed.

White space with a line break goes where it means nothing (at the edges of elements that are blocks, inside a tag) and
is one space elsewhere, as a browser shows it. What is preformatted stays, and so do texts of the catalogue.
"""

import re
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template import Origin
from django.template.loaders import filesystem

_BLOCK: Final = (
    r"(?:address|article|aside|blockquote|body|caption|circle|col|colgroup|dd|details|dialog|div|dl|dt|fieldset|figcaption"
    r"|figure|footer|form|g|h[1-6]|head|header|hr|html|legend|li|line|link|main|meta|nav|ol|optgroup|option|p|path|polyline"
    r"|rect|script|section|style|summary|table|tbody|td|tfoot|th|thead|title|tr|ul)"
)
_TAG_END: Final = r"\b(?:\{[%{].*?[%}]\}|[^<>])*>"
_KEPT: Final = re.compile(
    r"(\{% blocktranslate .*?endblocktranslate %\}|<(?:pre|textarea)\b.*?</(?:pre|textarea)>)",
    re.DOTALL,
)
_BREAK: Final = r"\s*\n\s*"
_RULES: Final = (
    (re.compile(r"\s*(\{% colon %\})\s*"), r"\1"),  # a colon joins what it stands between
    (re.compile(rf"{_BREAK}(?=/?>|</?{_BLOCK}\b|</(?:button|svg)>)"), ""),
    (re.compile(rf"(</?{_BLOCK}{_TAG_END}|<(?:button|svg){_TAG_END}){_BREAK}"), r"\1"),
    (re.compile(_BREAK), " "),
)


def compact(text: str) -> str:
    """A template's source without the white space that a browser ignores."""
    parts = _KEPT.split(text.lstrip())
    for at in range(0, len(parts), 2):
        for pattern, instead in _RULES:
            parts[at] = pattern.sub(instead, parts[at])
    return "".join(parts)


class Loader(filesystem.Loader):
    """Reads templates from ``DIRS``; those of pages are compacted once, as Django's cached loader keeps them."""

    def get_contents(self, origin: Origin) -> str:
        """The compacted source; ``TemplateDoesNotExist`` as Django's loader raises it."""
        text = super().get_contents(origin)
        return compact(text) if str(origin.name).endswith(".html") else text


class PackedPages(GZipMiddleware):
    """Middleware: compresses pages, with Django's guard against BREACH; a file travels as it is."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress HTML for a browser that takes it."""
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response
