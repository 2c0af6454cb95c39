"""Fill the home that the environment names for walks of every role; prints the people's links as JSON.

One enterprise with registers, calls, two runs of a portrait, a webhook and a person of each role, who comes by a link;
another one that has nothing.
"""

import json
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from nianjian.platform.home import env, wiring

wiring.prepare()
wiring.keys()

from tests.support.sample_portrait import portrait  # noqa: E402 -- models load after the lines above

from nianjian.engines.kernel import clock  # noqa: E402
from nianjian.features.dossier.editions import manifest  # noqa: E402
from nianjian.features.dossier.operations import rounds  # noqa: E402
from nianjian.features.portrait import portraits  # noqa: E402
from nianjian.platform.accounts import links, models, service  # noqa: E402
from nianjian.platform.accounts.query import Actor  # noqa: E402
from nianjian.platform.accounts.roles import Role  # noqa: E402
from nianjian.platform.notifications import webhooks  # noqa: E402
from nianjian.platform.registers import storage as rows  # noqa: E402
from nianjian.platform.registers.storage import import_sheet  # noqa: E402

OPERATOR = Actor("tester")
REGISTERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("teams", {"team_id": "T1", "name": "一队"}),
    ("teams", {"team_id": "T2", "name": "二队"}),
    ("lines", {"line_id": "L1", "name": "一号中继", "team": "T1"}),
    ("lines", {"line_id": "L2", "name": "二号中继", "team": "T2"}),
)
SHEETS = {
    "numbers": "码号,批准总位长,备案状态,呼出权限,指定落地网关,联系人\n95013,8,已备案,是,G1,张三丰\n",
    "seats": "坐席编号,类型,姓名,证件号,团队,默认外显号\nS0001,人工,张三丰,11010519491231002X,T1,95013001\n",
}


def main() -> None:
    """Fill and print."""
    service.add_enterprise(code="other", name="另一家客服有限公司", province="浙江", actor=OPERATOR)
    service.add_enterprise(code="demo", name="示范呼叫中心有限公司", province="北京", actor=OPERATOR)
    for kind, texts in REGISTERS:
        rows.create_row(kind=kind, texts=texts, since=date(2025, 1, 1), reason="", actor=OPERATOR, enterprise="demo")
    with tempfile.TemporaryDirectory() as folder:
        for kind, text in SHEETS.items():
            (path := Path(folder, f"{kind}.csv")).write_text(text, encoding="utf-8")
            import_sheet(kind=kind, path=path, enterprise="demo", actor=OPERATOR)
    webhooks.create_webhook(
        enterprise="demo", url="https://192.0.2.1/told", events=["registers.import"], actor=OPERATOR
    )
    for year in (2024, 2025):
        _hand_in(year)
    sample = portrait(env.read().home)
    for run in (sample, _later(sample)):
        with portraits.stage_portrait("demo", 2026, run, actor="user:data_officer") as put:
            put()
    sys.stdout.write(json.dumps({role.value: _link(role) for role in Role}))


def _hand_in(year: int) -> None:
    """A package that was built elsewhere, by its manifest, in the spring after its data year."""
    item = {"item": "articles", "title": "章程", "board": "general", "start_page": 1, "pages": 1, "seals": [],
            "copy_sha256": "0" * 64, "source_sha256": "0" * 64}  # fmt: skip
    listed = {"format": manifest.FORMAT, "version": manifest.VERSION, "enterprise": "示范呼叫中心有限公司",
              "season": year, "draft": False, "items": [item], "files": []}  # fmt: skip
    body = json.dumps(manifest.add_hashes(listed)).encode()
    package = rounds.read_package(body, enterprise="demo", year=year)
    handed = rounds.Handover(date(year + 1, 3, 2), "窗口")
    rounds.record_submission(enterprise="demo", year=year, package=package, handed=handed, actor=OPERATOR)


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
        return f"account/inspect/{links.create_inspection(user=role.value, expires_at=until, actor=OPERATOR).secret}/"
    return f"account/first/{links.create_first_link(user=role.value, actor=OPERATOR).secret}/"


if __name__ == "__main__":
    main()
