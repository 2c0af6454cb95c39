"""Sentences about accounts, links and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "administrator_exists": mark("there is an administrator already ({user}); `nianjian init --again` makes another"),
    "user_closed": mark("the account of {user} is closed; `nianjian user reopen {user}` opens it again"),
    "link_invalid": mark("this link has been used, has expired or was taken back"),
    "link_expiry": mark("a link holds from now on and at most {days} days"),
    "inspector_missing": mark("{user} is no inspector; give that role first"),
    "setting_not_one_of": mark("{setting} is one of {choices}, not “{value}”"),
    "sign_on_incomplete": mark("single sign-on needs {setting}"),
}
