"""A page that no walk looks at, and that has no reason written down, is a fault."""

from typing import Any

import pytest
from tests.doors.web.test_matrix import _asked, _cases, _patterns
from tests.doors.web.walks.looked_at import NO_PAGE, OWN, OWN_STEPS, ROOM, WORK, WORK_STEPS
from tests.support.dresses import name_of
from tests.support.two_tenants import EVERYWHERE, OTHER, Persona, people, tenant
from tests.support.two_tenants import OWN as MINE

from nianjian.platform.accounts.roles import Role

pytestmark = pytest.mark.django_db
LOOKED_AT = {
    *(name_of(f"/{address}") for address in (*WORK, *OWN)),
    *WORK_STEPS,
    *OWN_STEPS,
    *ROOM,
    "inspection-day-room-preview-row",
}


@pytest.fixture
def answers(db: None, home: Any, keys: None, sample: dict[str, Any]) -> dict[str, tuple[int, str]]:
    """Of every address, the status and the type of what an administrator of the installation is given."""
    del db, home, keys
    world = {code: tenant(code, sample) for code in (MINE, OTHER)}
    boss: Persona = next(people([(Role.ADMINISTRATOR, EVERYWHERE)]))
    by_pattern = {}
    for pattern in _patterns():
        answer = _asked(boss, next(iter(_cases(pattern, boss, world))), "GET", undone=True)
        by_pattern[str(pattern.name)] = (answer.status_code, answer.headers.get("Content-Type", "").partition(";")[0])
    return by_pattern


@pytest.mark.long
def test_every_page_is_looked_at_in_every_dress(answers: dict[str, tuple[int, str]]) -> None:
    """What is neither refused to GET (405) nor a file is a page until somebody writes why not."""
    pages = {
        name for name, (status, kind) in answers.items() if status != 405 and (status != 200 or kind == "text/html")
    }
    assert sorted(pages - LOOKED_AT - set(NO_PAGE)) == []
    assert sorted((LOOKED_AT | set(NO_PAGE)) - pages) == [], "a name that is no page any more"
    assert sorted(LOOKED_AT & set(NO_PAGE)) == []
