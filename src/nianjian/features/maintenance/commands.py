"""The verbs of running an installation: audit, backup, doctor, keys, restore, retention, upgrade."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from nianjian.engines.paper.texts.maintenance import RECORD_CLASSES, REMEDIES, UNITS
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, common, enterprise
from nianjian.platform.terminal.console import stderr, steps
from nianjian.platform.terminal.language import _, sentence
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.features.maintenance.health import Diagnosis
    from nianjian.features.maintenance.retention import ClassStatus


def configure_audit(parser: argparse.ArgumentParser) -> None:
    """Verify."""
    Actions(parser).add("verify", _verify_chain, _("check every link of the audit chain"))


def _verify_chain(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts.access import EVERYWHERE, require_permission
    from nianjian.platform.accounts.roles import Permission
    from nianjian.platform.audit.chain import verify_chain

    require_permission(actor, EVERYWHERE, Permission.AUDIT)
    report = verify_chain()

    def show(console: Console) -> None:
        if report.valid:
            console.print(_("The chain is intact: {entries} entries.").format(entries=report.entries), style="green")
            console.print(report.last, style="dim")
        else:
            text = _("The chain is broken at entry {entry} ({reason}).")
            console.print(text.format(entry=report.broken_at, reason=report.reason), style="bold red")

    return Answer(report, show, DONE if report.valid else NO)


def configure_backup(parser: argparse.ArgumentParser) -> None:
    """The archive, and ``--keys``."""
    common(parser, run_backup)
    parser.add_argument("out", type=Path, metavar="OUT", help=_("the archive to write, or a folder for it"))
    parser.add_argument(
        "--keys", type=Path, metavar="FILE", help=_("copy the key file too; keep it apart from the archive")
    )


def _report_wait(code: str) -> None:
    """Say on stderr what the command waits for."""
    text = _("{enterprise}: its data is being written; waiting until that is finished.")
    stderr().print(text.format(enterprise=code), markup=False, highlight=False)


def run_backup(args: argparse.Namespace) -> Answer:
    """Write it."""
    actor = begin(args)
    from nianjian.features.maintenance.backup import create_backup

    receipt = create_backup(out=args.out, keys=args.keys, actor=actor, waiting=_report_wait)
    data = asdict(receipt) | {"keys_inside": False}

    def show(console: Console) -> None:
        text = _("{archive} written: {files} files, {enterprises} enterprises, {size} MiB.")
        console.print(text.format(**{**data, "size": f"{receipt.size / (1 << 20):.1f}"}), highlight=False)
        if receipt.keys is None:
            console.print(_("The archive contains no keys: without a copy of the key file it cannot be read."))
        else:
            console.print(_("Keys copied to {keys}; keep them apart from the archive.").format(keys=receipt.keys))

    return Answer(data, show)


STATE_MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "bold red")}


def configure_doctor(parser: argparse.ArgumentParser) -> None:
    """No further options; it answers even where nobody can sign in, so there is no ``--as``."""
    parser.add_argument("--json", action="store_true", help=_("print one JSON object and nothing else on stdout"))
    parser.set_defaults(act=run_doctor)


def describe_findings(findings: Sequence[Diagnosis]) -> list[dict[str, str]]:
    """Findings in words; ``remedy`` is empty for what is well."""
    return [
        {
            "check": one.check,
            "state": one.state.value,
            "code": one.code,
            "message": sentence(one.code, one.values),
            "remedy": "" if one.state.value == "ok" or one.code not in REMEDIES else _(REMEDIES[one.code]),
        }
        for one in findings
    ]


def print_findings(console: Console, checks: Sequence[dict[str, str]]) -> None:
    """One line a check, the remedy below it."""
    for line in checks:
        mark, style = STATE_MARKS[line["state"]]
        console.print(f"{mark} {line['check']}: {line['message']}", style=style, highlight=False, markup=False)
        if line["remedy"]:
            console.print(f"    → {line['remedy']}", highlight=False, markup=False)


def run_doctor(args: argparse.Namespace) -> Answer:
    """Examine; exit code 1 when a check fails."""
    del args
    from nianjian.platform.home import wiring

    wiring.start()
    from nianjian.features.maintenance import health

    findings = health.examine_installation()
    checks, well = describe_findings(findings), health.is_healthy(findings)
    return Answer({"ok": well, "checks": checks}, lambda console: print_findings(console, checks), DONE if well else NO)


def configure_keys(parser: argparse.ArgumentParser) -> None:
    """List and rotate."""
    actions = Actions(parser)
    actions.add("list", _list_keys, _("list the keys and how much each of them encrypts"))
    rotate = actions.add("rotate", _rotate_keys, _("create a new key and encrypt everything again with it"))
    rotate.epilog = _(
        "If interrupted, the next run finishes it. Old keys stay in the key file: older backups need them. "
        "Back up the key file again afterwards."
    )


def _list_keys(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people.keys import list_keys

    keys = list_keys(actor=actor)
    states = {(True, True): _("active, rotation unfinished"), (True, False): _("active")}
    header = (_("key id"), _("state"), _("values"), _("files"))
    body = [(one.id, states.get((one.active, one.rotating), ""), one.values, one.files) for one in keys]
    return Answer({"keys": keys}, lambda console: table.rows(console, header, body))


def _rotate_keys(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people.keys import rotate_keys

    with steps(_("encrypting again"), quiet=args.json) as report:
        done = rotate_keys(actor=actor, progress=report)
    text = _("Key {key} is active; {rows} rows and {files} files are sealed with it. Back up the key file again.")
    said = text.format(key=done.key, rows=done.rows, files=done.files)
    return Answer(done, lambda console: console.print(said))


def configure_restore(parser: argparse.ArgumentParser) -> None:
    """The archive, ``--replace`` and ``--keys``; the local operator's act, so there is no ``--as``."""
    parser.add_argument("--json", action="store_true", help=_("print one JSON object and nothing else on stdout"))
    parser.add_argument("file", type=Path, metavar="FILE", help=_("the archive"))
    parser.add_argument(
        "--replace", action="store_true", help=_("restore over a home in use; its content is moved aside and kept")
    )
    parser.add_argument("--keys", type=Path, metavar="FILE", help=_("the copied key file, if NIANJIAN_KEYS is missing"))
    parser.set_defaults(act=run_restore)


def run_restore(args: argparse.Namespace) -> Answer:
    """Restore it."""
    from nianjian.features.maintenance.restore import restore_backup

    with steps(_("checking"), quiet=args.json) as report:
        done = restore_backup(file=args.file, replace=args.replace, keys=args.keys, progress=report)

    def show(console: Console) -> None:
        text = _(
            "Restored as of {made_at}: {enterprises} enterprises, {audit_entries} audit entries, the chain is intact."
        )
        values = {"made_at": done.made_at, "enterprises": done.enterprises, "audit_entries": done.audit_entries}
        console.print(text.format(**values), highlight=False)
        if done.migrated:
            console.print(_("The tables have been migrated to this version."))
        if done.tokens:
            notice = _(
                "{tokens} API tokens hold as they did then, as do links to calendars, screens and inspections: revoke "
                "once more what was revoked since."
            )
            console.print(notice.format(tokens=done.tokens), style="yellow", highlight=False)
        lost = _("The gate's list {kind} of {enterprise} was not in the backup; build it again from {file}.")
        for one in done.gate.lists_missing:
            said = lost.format(kind=one.kind, enterprise=one.enterprise, file=one.file)
            console.print(said, style="yellow", highlight=False)
        for path in done.aside:
            console.print(_("The previous content is kept in {folder}.").format(folder=path), highlight=False)

    return Answer(done, show)


def configure_retention(parser: argparse.ArgumentParser) -> None:
    """Show and run."""
    actions = Actions(parser)
    show = actions.add("show", _show_retention, _("retention period of each class of records, and what is past it"))
    enterprise(show, required=False)
    done = actions.add(
        "run", _erase_expired, _("erase what is past its retention period; results computed from it stay sealed")
    )
    enterprise(done, required=False)
    done.add_argument("--dry-run", action="store_true", help=_("only show what would be erased"))


def _show_retention(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.kernel import clock
    from nianjian.features.maintenance import retention

    at = clock.now().astimezone(clock.ZONE)
    statuses = retention.list_class_statuses(actor=actor, enterprise=args.enterprise)

    def draw(console: Console) -> None:
        _print_classes(console, statuses, _("past retention"))
        console.print(_("Counted at {moment}.").format(moment=f"{at:%Y-%m-%d %H:%M}"))

    return Answer({"counted_at": at.isoformat(timespec="seconds"), "classes": _class_rows(statuses)}, draw)


def _erase_expired(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.maintenance import retention

    statuses = retention.run_retention(actor=actor, enterprise=args.enterprise, dry_run=args.dry_run)
    header = _("would be erased") if args.dry_run else _("erased")
    data = {"dry_run": args.dry_run, "erased": sum(one.over for one in statuses), "classes": _class_rows(statuses)}
    return Answer(data, lambda console: _print_classes(console, statuses, header))


def _class_rows(statuses: Sequence[ClassStatus]) -> list[dict[str, object]]:
    return [
        {
            "enterprise": one.enterprise,
            "class": one.period.record_class,
            "keep": one.period.value,
            **{name: getattr(one.period, name) for name in ("unit", "rule", "level", "citation")},
            "since": None if one.period.since is None else one.period.since.isoformat(),
            "oldest": one.oldest,
            "rows": one.over,
        }
        for one in statuses
    ]


def _print_classes(console: Console, statuses: Sequence[ClassStatus], over: str) -> None:
    header = (_("enterprise"), _("records"), _("kept for"), _("from"), _("oldest"), over)
    body = []
    for one in statuses:
        name, duration = one.period.record_class, _(UNITS[str(one.period.unit)]).format(count=one.period.value)
        if not one.period.since:
            duration = _("for ever; at least {period}").format(period=duration)
        record_class = _(RECORD_CLASSES.get(name, name))
        body.append((one.enterprise, record_class, duration, one.period.since or "", one.oldest or "", one.over))
    table.rows(console, header, body)


def configure_upgrade(parser: argparse.ArgumentParser) -> None:
    """``--backup``; the local operator's act, so there is no ``--as``."""
    parser.add_argument("--json", action="store_true", help=_("print one JSON object and nothing else on stdout"))
    about = _("where the backup before it goes; default: the folder HOME-backups next to the home")
    parser.add_argument("--backup", type=Path, metavar="OUT", help=about)
    parser.set_defaults(act=run_upgrade)


def run_upgrade(args: argparse.Namespace) -> Answer:
    """Back up, migrate, examine; exit code 1 when a check fails."""
    from nianjian.platform.home import env, folders, wiring

    wiring.start()
    folders.shelter(env.read().home)
    from nianjian.features.maintenance import health
    from nianjian.features.maintenance.upgrade import upgrade_home
    from nianjian.platform.accounts import query

    out = args.backup
    if out is None:
        home = env.read().home
        out = home.with_name(f"{home.name}-backups")
        out.mkdir(mode=0o700, exist_ok=True)
    done = upgrade_home(out=out, actor=query.actor(None), waiting=_report_wait)
    checks, well = describe_findings(done.findings), health.is_healthy(done.findings)
    archive = None if done.archive is None else str(done.archive)
    data = {"ok": well, "archive": archive, "migrated": list(done.migrated), "checks": checks}

    def draw(console: Console) -> None:
        if not done.migrated:
            console.print(_("The tables already match this version; nothing to do."))
        elif done.archive is not None:
            text = _("Backed up to {archive}; {count} migrations applied.")
            console.print(text.format(archive=done.archive, count=len(done.migrated)), highlight=False)
        print_findings(console, checks)

    return Answer(data, draw, DONE if well else NO)
