"""The page's language: what the person chose, else a cookie, else the browser's list; Chinese when in doubt."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from nianjian.engines.paper.words import language_of, pair_text, words
from nianjian.platform.accounts.people import LANGUAGES
from nianjian.platform.home.http import Middleware


def current() -> str:
    """Language of this request in the catalogue's names: ``en`` or ``zh_Hans``."""
    return language_of(translation.get_language() or "")


class OwnLanguage(Middleware):
    """Middleware, after sign-in and `LocaleMiddleware`: what a person chose holds in every browser."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Speak the person's language."""
        chosen = getattr(request.user, "language", "")
        if chosen in LANGUAGES:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return self.get_response(request)


def say_pair(name: object, value: object) -> str:
    """A name and what it is, with the colon of the reader's language."""
    return pair_text(name, value, words(current()))
