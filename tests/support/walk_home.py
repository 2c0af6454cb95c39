"""Fill the home that the environment names for walks of every role; prints the people's links as JSON.

One enterprise with registers, calls, two runs of a portrait and a person of each role, who comes by a link.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from typing import Any

from nianjian.config import env, wiring

wiring.prepare()
wiring.keys()

from tests.support.sample_portrait import portrait  # noqa: E402 -- models load after the lines above

from nianjian.accounts import models, service  # noqa: E402
from nianjian.accounts.links import service as links  # noqa: E402
from nianjian.accounts.query import Actor  # noqa: E402
from nianjian.accounts.roles import Role  # noqa: E402
from nianjian.flows import portraits  # noqa: E402
from nianjian.kernel import clock  # noqa: E402
from nianjian.registers.rows import service as rows  # noqa: E402

OPERATOR = Actor("tester")
REGISTERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("teams", {"team_id": "T1", "name": "一队"}),
    ("teams", {"team_id": "T2", "name": "二队"}),
    ("lines", {"line_id": "L1", "name": "一号中继", "team": "T1"}),
    ("lines", {"line_id": "L2", "name": "二号中继", "team": "T2"}),
)


def main() -> None:
    """Fill and print."""
    service.add_enterprise(code="demo", name="示范呼叫中心有限公司", province="北京", actor=OPERATOR)
    for kind, texts in REGISTERS:
        rows.create(kind=kind, texts=texts, since=date(2025, 1, 1), reason="", actor=OPERATOR, enterprise="demo")
    sample = portrait(env.read().home)
    for run in (sample, _later(sample)):
        with portraits.staged("demo", 2026, run, actor="user:data_officer") as put:
            put()
    sys.stdout.write(json.dumps({role.value: _link(role) for role in Role}))


def _later(sample: dict[str, Any]) -> dict[str, Any]:
    later: dict[str, Any] = json.loads(json.dumps(sample))
    next(rule for rule in later["rules"] if rule["key"] == "portrait.seat_vacancy.limit")["value"] = "0.25"
    return later


def _link(role: Role) -> str:
    service.add_user(name=role.value, role=role.value, enterprises=["demo"], actor=OPERATOR)
    if role == Role.OUTSOURCER:
        models.Membership.objects.filter(user_id=role.value).update(team="T1")
    if role == Role.INSPECTOR:
        until = clock.now() + timedelta(days=1)
        return f"account/inspect/{links.make_inspection(user=role.value, expires_at=until, actor=OPERATOR).secret}/"
    return f"account/first/{links.make_first(user=role.value, actor=OPERATOR).secret}/"


if __name__ == "__main__":
    main()
