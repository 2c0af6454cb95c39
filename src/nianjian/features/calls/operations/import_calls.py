"""Import call records: for each file an intent in the database, one commit in the lake, then rows and audit entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from nianjian.engines.intake import ledger, load, mapping, read
from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.ledger import FileReceipt
from nianjian.engines.intake.load import open_workbench
from nianjian.engines.kernel.crash import crash_point
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.tables import Lake
from nianjian.engines.lake.workbench import Workbench
from nianjian.features.calls.operations.finish import ACTIVE, IMPORT, finish_import, settle
from nianjian.features.calls.operations.receipts import ImportReceipt
from nianjian.features.test_calls.operations import landings
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import wiring
from nianjian.platform.jobs import service as queue
from nianjian.platform.registers import batches

Progress = Callable[[str, int, int, int], None]
"""(name, rows done, bytes done, bytes in all)."""

WILD: Final = frozenset("*?[")


def import_calls(
    *,
    enterprise: str,
    patterns: Sequence[str],
    source: str,
    mapping_file: Path | None,
    timezone: str | None,
    replace: str | None,
    actor: Actor,
    progress: Progress,
    batch: str | None = None,
) -> ImportReceipt:
    """Import every file under ``patterns`` as one batch; each file is in whole or not at all.

    ``batch``: the id of the new batch, chosen before, so that an import that broke off goes on in its own batch.

    A file that cannot be imported does not hold up the others: it stands in ``failed``. When none could be
    imported the first error is raised, the others are its findings. ``replace`` goes with the first file.
    Raises NianjianError: ``enterprise_unknown``, ``batch_unknown``, ``batch_not_active``,
    ``role_missing``, what `read.items` raises.
    """
    require(actor, enterprise, Act.LOAD)
    tenant = accounts.enterprise(enterprise)
    if replace and not _replaced_by(replace, batch):
        _replaceable(replace, tenant.code)
    elif replace:
        replace = None
    batch = batch or batches.new_batch_id()
    run = _Run(wiring.lake(tenant.code), batch, source, _mapping(mapping_file), timezone, actor, progress)
    files: list[FileReceipt] = []
    failed: list[tuple[str, NianjianError]] = []
    with run:
        for item in read.list_items(_expanded(patterns)):
            replaces = replace if replace and not files else ""
            try:
                files.append(run.take(item, replaces))
            except NianjianError as error:
                failed.append((item.name, error))
    if not files:
        raise _all_failed(failed)
    landings.after_import(tenant.code, {day for file in files for day in file.days})
    told = _batch(run.batch, files, tenant.code)
    affected = ledger.list_repeating(run.lake, replace) if replace else ()
    return ImportReceipt(told, tuple(files), tuple(failed), tuple(one for one in affected if one.batch != told))


class _Run(ExitStack):
    """What all files of one import share; as a context it closes the engine that the first one opens."""

    def __init__(  # noqa: PLR0917 -- the same values as the act's
        self,
        lake: Lake,
        batch: str,
        source: str,
        chosen: FileMapping,
        timezone: str | None,
        actor: Actor,
        progress: Progress,
    ) -> None:
        super().__init__()
        self.lake, self.batch, self.source, self.mapping = lake, batch, source, chosen
        self.timezone, self.actor, self.progress = timezone, actor, progress
        self._bench: Workbench | None = None

    def take(self, item: read.Item, replaces: str) -> FileReceipt:
        """Intent, commit, close. The lake's lock is held all along: recovery tells a living import by it."""
        payload = {"batch": self.batch, "file": item.name, "replaces": replaces, "actor": str(self.actor)}
        enterprise = self.lake.enterprise
        with self.lake.lock():
            intent = queue.open(kind=IMPORT, enterprise=enterprise, txn=self.batch, payload=payload)
            crash_point("after_intent")
            self._bench = self._bench or self.enter_context(open_workbench(self.lake))
            try:
                receipt = load.import_file(
                    lake=self.lake,
                    item=item,
                    batch=self.batch,
                    source=self.source,
                    mapping=self.mapping,
                    timezone=self.timezone,
                    replace=replaces or None,
                    intent=intent,
                    progress=lambda rows, done, total: self.progress(item.name, rows, done, total),
                    bench=self._bench,
                )
            except BaseException:  # an interrupt may come when the commit is made already
                settle(intent=intent, kind=IMPORT, enterprise=enterprise, payload=payload, lake=self.lake)
                raise
            crash_point("before_close")
            if receipt.known:
                queue.drop(intent=intent)
            else:
                finish_import(intent=intent, enterprise=enterprise, payload=payload, files=[receipt])
        return receipt


def _mapping(path: Path | None) -> FileMapping:
    return mapping.read_mapping(path) if path else FileMapping()


def _expanded(patterns: Sequence[str]) -> list[str]:
    """Patterns that the shell did not expand, in sorted order; a path that exists is taken as it is."""
    found: list[str] = []
    for pattern in patterns:
        path = Path(pattern)
        wild = not path.exists() and WILD & set(pattern)
        hits = sorted(str(hit) for hit in Path(path.anchor).glob(str(path.relative_to(path.anchor)))) if wild else []
        found += hits or [pattern]
    return found


def _replaced_by(replace: str, batch: str | None) -> bool:
    """Whether this very import has taken the old rows out already, before it broke off."""
    return batch is not None and batches.find_successor(replace) == batch


def _replaceable(batch: str, enterprise: str) -> None:
    known = batches.get_batch(batch)
    if known.enterprise != enterprise:
        raise NianjianError("batch_unknown", batch=batch)
    if known.state != ACTIVE:
        raise NianjianError("batch_not_active", batch=batch, state=known.state)


def _all_failed(failed: Sequence[tuple[str, NianjianError]]) -> NianjianError:
    (_name, first), *others = failed
    findings = [*first.findings, *({"code": error.code, **error.values} for _other, error in others)]
    return NianjianError(first.code, findings=tuple(findings), **first.values)


def _batch(fresh: str, files: Sequence[FileReceipt], enterprise: str) -> str:
    """The new batch; where every file was known already, the batch that holds the first of them."""
    if not all(file.known for file in files):
        return fresh
    there = batches.list_batches(enterprise)
    if any(known.id == fresh for known in there):  # an import that broke off and went on
        return fresh
    for known in there:
        if known.state == ACTIVE and any(file.sha256 == files[0].sha256 for file in known.files):
            return known.id
    return fresh
