"""The same work asked for twice at once is put once, and both who asked are told the one job."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

TIMES, CLICKS = 4, 4
# `before` comes once a turn, `click` is what several do together: each is told the job.
BEGUN = f"""
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from nianjian.platform.home import wiring
wiring.prepare()
from django.db import connection
from nianjian.platform.accounts import service
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs.models import Job
root = Actor("root")
service.add_enterprise(code="demo", name="x", province="浙江", actor=root)
together = Barrier({CLICKS})
"""
ENDED = f"""
def clicked(found):
    together.wait()
    try:
        return click(found)
    finally:
        connection.close()

told = []
for number in range({TIMES}):
    found = before(number)
    with ThreadPoolExecutor({CLICKS}) as pool:
        told.append(len(set(pool.map(clicked, [found] * {CLICKS}))))
print(json.dumps([told, Job.objects.count()]))
"""
CLICK = f"""
{BEGUN}
from nianjian.features.calls import drafts
from nianjian.platform.registers import uploads

def before(number):
    made = drafts.create_draft(kind="calls", enterprise="demo", actor=root)
    with uploads.Incoming("a.csv") as file:
        file.write(b"a,b\\n%d,2\\n" % number)
        drafts.add_file(draft=drafts.draft_for(made, "demo", root), incoming=file)
    return drafts.draft_for(made, "demo", root)

def click(found):
    return drafts.enqueue_import(draft=found, actor=root)
{ENDED}
"""
MATCH = f"""
{BEGUN}
from nianjian.features.complaints.matching import match_tickets

def before(number):
    Job.objects.update(state="done")

def click(_found):
    return match_tickets.enqueue(enterprise="demo", complaints=None, again=False, actor=root)
{ENDED}
"""


def _clicked(tmp_path: Path, url: str, program: str) -> None:
    own = {"NIANJIAN_HOME": str(tmp_path / "home"), "NIANJIAN_KEYS": str(tmp_path / "k" / "keys.json")}
    environment = os.environ | own | {"NIANJIAN_DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[1] * TIMES, TIMES]


@pytest.mark.parametrize("program", [CLICK, MATCH], ids=["import", "match"])
def test_a_double_click_works_once_on_sqlite(tmp_path: Path, program: str) -> None:
    _clicked(tmp_path, "", program)


@pytest.mark.long
@pytest.mark.parametrize("program", [CLICK, MATCH], ids=["import", "match"])
def test_a_double_click_works_once_on_postgresql(tmp_path: Path, database: str, program: str) -> None:
    _clicked(tmp_path, database, program)
