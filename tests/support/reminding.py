"""A portfolio whose workers are killed while they remind: ``python -m tests.support.reminding PORT KILLS SEED``.

Works on the home that the environment names. Two workers at a time are forked and killed at random instants; the last
two may end their work. What the database then holds is printed as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- after the set-up
from django.db import connection, transaction  # noqa: E402

from nianjian.engines.kernel import clock  # noqa: E402
from nianjian.features.inbox import operations  # noqa: E402
from nianjian.features.season.reminders import enqueue_due_reminders  # noqa: E402
from nianjian.platform.accounts.models import Enterprise  # noqa: E402
from nianjian.platform.accounts.query import Actor  # noqa: E402
from nianjian.platform.accounts.service import add_enterprise, add_user  # noqa: E402
from nianjian.platform.notifications import outbox as service  # noqa: E402
from nianjian.platform.notifications.models import Channel, Choice, Dispatch, Looked, Message  # noqa: E402
from nianjian.platform.registers.licences import Licence  # noqa: E402
from nianjian.platform.vault import keyring  # noqa: E402

ENTERPRISES, LICENCES, PEOPLE, WORKERS = 40, 25, 4, 2
TODAY = date(2027, 8, 2)  # both reports are late, and the plan is over: two reminders an enterprise and person


def fill(port: int) -> None:
    """1,000 licences; each person has a channel of its own to the receiver, and no quiet hours."""
    keyring.place(Path(os.environ["NIANJIAN_KEYS"]), Path(os.environ["NIANJIAN_HOME"]))
    call_command("migrate", verbosity=0)
    root, now = Actor("root"), clock.now()
    with transaction.atomic():
        for at in range(ENTERPRISES):
            add_enterprise(code=f"e{at}", name=f"企业{at}", province="浙江", actor=root)
        Enterprise.objects.update(created_at=now - timedelta(days=9))
        Licence.objects.bulk_create(
            Licence(enterprise_id=f"e{at % ENTERPRISES}", key=f"B2-{at}", number=f"B2-{at}", recorded_at=now,
                    issued_on=date(2020, 1, 1), valid_from=date(2020, 1, 1), recorded_by="os:root")
            for at in range(ENTERPRISES * LICENCES)
        )  # fmt: skip
        for at in range(PEOPLE):
            name = f"p{at}"
            add_user(name=name, role="compliance_lead", enterprises=[], actor=root)
            Channel(id=f"N{at}", user=name, kind="json", address=f"json://127.0.0.1:{port}/{name}", mask="x", code="x",
                    made_at=now, confirmed_at=now).save()  # fmt: skip
            Choice(user=name, scope="all", quiet_from="00:00", quiet_until="00:00", digest=None, changed_at=now).save()


def work() -> None:
    """What the worker's clock does, until there is nothing left to do."""
    while Looked.objects.filter(day=TODAY).count() < ENTERPRISES or _open():
        enqueue_due_reminders()
        operations.deliver_messages()


def _open() -> bool:
    return Dispatch.objects.filter(state__in=(Dispatch.QUEUED, Dispatch.SENDING)).exists()


def forked() -> int:
    """A worker in a process of its own; its number."""
    connection.close()
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    return child


def main(port: int, kills: int, seed: int) -> None:
    """Fill, kill, let end, tell."""
    vars(service).update(TOGETHER=1, LEASE=timedelta(seconds=1))  # many texts, and a short wait
    draw = random.Random(seed)
    fill(port)
    workers = [forked() for _each in range(WORKERS)]
    for _kill in range(kills):
        time.sleep(draw.uniform(0.02, 0.3))
        dead = workers.pop(draw.randrange(WORKERS))
        os.kill(dead, signal.SIGKILL)
        os.waitpid(dead, 0)
        workers.append(forked())
    codes = [os.waitpid(one, 0)[1] for one in workers]
    rows = [
        (one.message.user, f"{one.message.enterprise}/{one.message.about}", one.state)
        for one in Dispatch.objects.select_related("message")
    ]
    summary = {
        "codes": codes,
        "messages": Message.objects.count(),
        "rows": rows,
        "again": enqueue_due_reminders(),
        "sent": operations.deliver_messages(),
    }
    sys.stdout.write(json.dumps(summary))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
