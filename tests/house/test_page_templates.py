"""Every page is one of six: a template that fills the frame itself is bare for a reason."""

import re
from typing import Final

from tests.support import tree

FRAME: Final = "layout/base.html"
SIX: Final = frozenset(f"layout/{name}.html" for name in ("board", "explain", "queue", "record", "settings", "steps"))
EXTENDS: Final = re.compile(r'\s*(?:\{#.*?#\}\s*)*\{%\s*extends\s+"([^"]+)"')
BARE: Final = {
    "429.html": "an error",
    "account/account_inactive.html": "an error of signing in",
    "account/first.html": "sign-in by a link",
    "account/gone.html": "a link that is used up",
    "account/inspect.html": "sign-in by a link",
    "account/join.html": "an invitation",
    "account/login.html": "sign-in",
    "account/logout.html": "sign-in",
    "account/password_set.html": "sign-in",
    "account/reauthenticate.html": "sign-in",
    "account/signup_closed.html": "an error of signing in",
    "layout/refused.html": "an error",
    "layout/resend.html": "what could not be sent yet",
    "layout/style_guide.html": "only in development",
    "mfa/authenticate.html": "sign-in",
    "mfa/reauthenticate.html": "sign-in",
    "mfa/webauthn/reauthenticate.html": "sign-in",
    "screens/ended.html": "a screen on a wall",
    "socialaccount/authentication_error.html": "an error of signing in",
    "socialaccount/login_cancelled.html": "an error of signing in",
}


def _texts() -> dict[str, str]:
    return {
        path.as_posix().partition("/templates/")[2]: path.read_text(encoding="utf-8")
        for path in sorted(tree.SOURCE.rglob("*.html"))
    }


def _ancestors(name: str, parents: dict[str, str]) -> list[str]:
    ancestors = []
    while name in parents:
        name = parents[name]
        ancestors.append(name)
    return ancestors


def test_every_page_is_one_of_the_six_templates() -> None:
    texts = _texts()
    parents = {name: hit[1] for name, text in texts.items() if (hit := EXTENDS.match(text))}
    lines = {name: _ancestors(name, parents) for name in parents}
    own = {
        name
        for name, line in lines.items()
        if FRAME in line and name not in SIX
        if not SIX.intersection(line) or re.search(r"\{%\s*block main\b", texts[name])
    }
    assert sorted(own - set(BARE)) == [], "a page extends one of the six templates and fills its blocks"
    assert sorted(set(BARE) - own) == [], "no bare page any more"
