"""Holds the rulebook to its version: a rule that changes needs a new one.

``data/lock.json`` keeps the digest of every version so far. ``python -m nianjian.engines.rules.gate`` checks (as
`make check` does); ``--update`` raises ``data/VERSION`` where rules changed under it and writes the new digest. A
version that has been used or is not the highest never gets another content.
"""

import json
import sys
from pathlib import Path
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.load import DATA, VERSION, load, version
from nianjian.engines.rules.rule import canonical, digest, record

LOCK: Final = "lock.json"


def content(folder: Path = DATA) -> str:
    """The sha256 of all rules of all dates; comments and the order in the files do not count."""
    return digest(canonical(record(rule)) for rule in load(folder).rules)


def check(folder: Path = DATA) -> None:
    """NianjianError rules_changed_without_version or rules_lock_stale unless data, version and lock agree."""
    lock, now, sha256 = _lock(folder), version(folder), content(folder)
    if now not in lock:
        raise NianjianError("rules_lock_stale", version=now)
    if lock[now] != sha256:
        raise NianjianError("rules_changed_without_version", version=now)


def update(folder: Path = DATA) -> None:
    """Enter the digest of rules that changed under a version higher than all: the one in VERSION, or the next."""
    lock, now, sha256 = _lock(folder), version(folder), content(folder)
    if lock.get(now) == sha256:
        return
    highest = max(map(_parts, lock), default=(0,))
    if _parts(now) <= highest:
        today = clock.today()
        now = ".".join(map(str, max((today.year, today.month, 1), (*highest[:-1], highest[-1] + 1))))
        (folder / VERSION).write_text(now + "\n", "utf-8")
    lines = json.dumps({**lock, now: sha256}, indent=2)
    (folder / LOCK).write_text(lines + "\n", "utf-8")


def _lock(folder: Path) -> dict[str, str]:
    path = folder / LOCK
    if not path.is_file():
        return {}
    try:
        lock = json.loads(path.read_text("utf-8"))
        return {str(name): str(value) for name, value in lock.items() if _parts(name)}
    except (ValueError, AttributeError) as error:
        raise NianjianError("rules_lock_unreadable", file=path.name) from error


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def main(arguments: list[str], folder: Path = DATA) -> int:
    """Check or, with --update, write the lock; 0 when they agree."""
    try:
        if arguments == ["--update"]:
            update(folder)
        check(folder)
    except NianjianError as error:
        sys.stderr.write(f"{error}\nrun python -m nianjian.engines.rules.gate --update\n")
        return 1
    sys.stdout.write(f"rules {version(folder)}: {len(load(folder).rules)} rules agree with {LOCK}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
