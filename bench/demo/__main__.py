"""`make demo`: write the demo enterprise's files, import them with the program's commands, show the portrait.

Everything lies in one folder (default var/demo) that is made anew each time; nothing outside it is touched.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from bench.demo import calls, complaints, registers, sources

ENTERPRISE: Final = "DEMO"
AS_OF: Final = "2026-11-24"
TODAY: Final = "2026-11-25"  # the same picture whenever it is run
LEAST: Final = 40_000  # fewer calls do not bear the complaints
ADMINISTRATOR: Final = "demo"
PEOPLE: Final = {  # login -> (display name, role): of the enterprise, beside the administrator of the installation
    "limin": ("李敏", "compliance_lead"),
    "wangqiang": ("王强", "compliance_lead"),
    "zhaolei": ("赵磊", "data_officer"),
    "chenjing": ("陈静", "auditor"),
}
MARK: Final = ".nianjian-demo"  # says that a folder is ours to remove


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.demo", description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000, help="calls to make (default 2,000,000)")
    parser.add_argument(
        "--folder", type=Path, default=Path("var/demo"), help="where everything goes (default var/demo)"
    )
    parser.add_argument("--no-serve", action="store_true", help="stop after the portrait")
    parser.add_argument("--listen", default="127.0.0.1:8000", help="where the page is served")
    args = parser.parse_args(argv)
    if args.rows < LEAST:
        parser.error(f"--rows: at least {LEAST:,}")
    return args


def _fresh(folder: Path) -> None:
    """Make the folder anew; refuse one that this demo has not made."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            sys.exit(f"{folder} was not made by the demo: name another with --folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


class Program:
    """The command line of nianjian on the demo's home."""

    def __init__(self, home: Path, listen: str) -> None:
        """`home` becomes NIANJIAN_HOME; the keys lie beside it, never inside. `listen`: where the page will be."""
        keep = {name: value for name, value in os.environ.items() if not name.startswith("NIANJIAN_")}
        self.environment = keep | {"NIANJIAN_HOME": str(home), "NIANJIAN_KEYS": str(home.parent / "keys.json")}
        self.environment |= {"NIANJIAN_TODAY": TODAY, "NIANJIAN_URL": f"http://{listen}"}

    def run(self, *words: str, allowed: tuple[int, ...] = (0,)) -> None:
        """Run a command with its output on the terminal; end the demo on an exit code that is not allowed."""
        print(f"\n$ nianjian {' '.join(words)}", flush=True)
        code = subprocess.run([sys.executable, "-m", "nianjian", *words], env=self.environment, check=False).returncode
        if code not in allowed:
            sys.exit(f"nianjian ended with {code}")


def _write(rows: int, folder: Path) -> tuple[dict[str, list[str]], dict[str, Path]]:
    with duckdb.connect() as db:
        db.execute(f"set temp_directory = '{folder / 'tmp'}'")
        calls.make(db, rows)
        groups = sources.write(db, folder / "calls")
        sheets = registers.write(folder / "registers")
        sheets["complaints"] = complaints.write(db, folder / "registers" / "投诉工单.xlsx")
    return groups, sheets


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo; the exit code is that of the program's last command."""
    args = _arguments(argv)
    folder: Path = args.folder.resolve()
    began = time.monotonic()
    _fresh(folder)
    print(f"writing {args.rows:,} calls and the registers to {folder}", flush=True)
    groups, sheets = _write(args.rows, folder)
    program = Program(folder / "home", args.listen)
    program.run("enterprise", "add", ENTERPRISE, "--name", registers.COMPANY, "--province", "浙江")
    for kind, path in sheets.items():
        program.run("registers", "import", kind, str(path), "--enterprise", ENTERPRISE)
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, options in groups.items():
        alike.setdefault(tuple(options), []).append(str(folder / "calls" / name))
    for given, paths in alike.items():
        # exit code 1: rows were rejected, as they must be
        program.run("calls", "import", *paths, "--enterprise", ENTERPRISE, *given, allowed=(0, 1))
    program.run("complaints", "match", "--enterprise", ENTERPRISE)
    plan = folder / "registers" / "扩容计划.txt"
    plan.write_text("2027 年第一季度启用空置坐席 60 席,详见附表。\n", encoding="utf-8")
    attach = ("--kind", "expansion_plan", "--enterprise", ENTERPRISE, "--year", "2026")
    program.run("portrait", "attach", "seat_vacancy", str(plan), *attach)
    program.run("portrait", "run", "--enterprise", ENTERPRISE, "--year", "2026", "--as-of", AS_OF)
    print(f"\n{time.monotonic() - began:.0f} s from nothing to the portrait; home: {folder / 'home'}", flush=True)
    for login, (name, role) in PEOPLE.items():
        program.run("user", "add", login, "--display-name", name, "--enterprise", ENTERPRISE, "--role", role, "--link")
    program.run("init", "--name", ADMINISTRATOR)
    program.run("user", "display-name", ADMINISTRATOR, "周伟")
    if not args.no_serve:
        program.run("serve", "--listen", args.listen, allowed=(0, 130))
    return 0


if __name__ == "__main__":
    sys.exit(main())
