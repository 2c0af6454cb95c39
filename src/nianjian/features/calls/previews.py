"""Look at files without importing them: what wrote them, what their beginning gives, what the whole would."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from nianjian.engines.intake import load, mapping, preview, read
from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.ledger import FileReceipt
from nianjian.engines.intake.preview import FilePreview, Trial
from nianjian.engines.intake.sql import require_zone
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls import drafts, register_sheets
from nianjian.features.calls.documents import ImportReceipt
from nianjian.features.calls.rejects import CSV, ZIP, RejectsFile
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import wiring
from nianjian.platform.registers import uploads

Progress = Callable[[str, int, int, int], None]
KEPT = 8  # answers; a person goes back and forth between the steps
TRIED = 3  # files of which the beginning is tried on a page; a job checks them all


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The trial of one file, or why there is none."""

    name: str
    trial: Trial | None
    fault: NianjianError | None


def try_calls(paths: Sequence[Path], source: str, chosen: FileMapping, timezone: str | None) -> Sequence[TrialResult]:
    """Try the beginning of the first files; the lake is not asked, so what is in it already counts as new.

    The same files asked in the same way are answered from memory: what a trial shows is masked.
    """
    if chosen.cdr_custom_conf is not None or not all(path.is_file() for path in paths):
        # a file of the switch, which may change by itself; or one is gone, and reading says so
        return _tried(paths, source, chosen, timezone)
    return _try_cached(tuple(map(_state, paths)), _Question(repr(chosen), paths, chosen), source, timezone)


@dataclass(frozen=True, slots=True)
class _Question:
    """``paths`` and ``chosen`` go by their states and by ``text``: a mapping holds dictionaries."""

    text: str
    paths: Sequence[Path] = field(compare=False)
    chosen: FileMapping = field(compare=False)


def _state(path: Path) -> tuple[Path, int, int, int]:
    """A file as it stands: another content has another state."""
    stat = path.stat()
    return path, stat.st_ino, stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=KEPT)
def _try_cached(
    _states: tuple[tuple[Path, int, int, int], ...], question: _Question, source: str, timezone: str | None
) -> Sequence[TrialResult]:
    return _tried(question.paths, source, question.chosen, timezone)


def _tried(paths: Sequence[Path], source: str, chosen: FileMapping, timezone: str | None) -> Sequence[TrialResult]:
    trials: list[TrialResult] = []
    for item in islice(read.list_items(list(paths)), TRIED):
        try:
            if item.fault is not None:
                raise item.fault
            trials.append(TrialResult(item.name, preview.try_file(item, source, chosen, timezone), None))
        except NianjianError as fault:
            trials.append(TrialResult(item.name, None, fault.with_traceback(None)))  # it holds on to nothing
    return tuple(trials)


def pack_trial_rejects(
    paths: Sequence[Path], source: str, chosen: FileMapping, timezone: str | None, words: Callable[[str], str]
) -> RejectsFile | None:
    """The rows that the beginnings of the first files would lose; of several files a zip, None where there are none.

    They hold what the importing person has sent, no more, so numbers stand in full.
    """
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="nianjian-rejects-") as folder:
        files: list[Path] = []
        for number, item in enumerate(islice(read.list_items(list(paths)), TRIED), 1):
            if item.fault is None:
                target = Path(folder) / f"{number}-{Path(item.name).stem}-rejects.csv"
                with suppress(NianjianError):  # one that cannot be read has none
                    files += preview.write_trial_rejects(item, source, chosen, timezone, target, words)
        if len(files) <= 1:
            return RejectsFile("rejects.csv", CSV, iter((files[0].read_bytes(),))) if files else None
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
            for path in files:
                pack.write(path, path.name)
    return RejectsFile("rejects.zip", ZIP, iter((packed.getvalue(),)))


def check_calls(
    *,
    enterprise: str,
    files: Sequence[str],
    source: str,
    mapping_file: Path | None,
    timezone: str | None,
    replace: str | None,
    actor: Actor,
    progress: Progress,
) -> ImportReceipt:
    """What an import of these files would say now, each file against the lake as it is; nothing is kept.

    Rows that two of the files share count as new in both. Raises what `import_calls` raises.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    lake = wiring.lake(accounts.enterprise(enterprise).code)
    chosen = mapping.read_mapping(mapping_file) if mapping_file else FileMapping()
    receipts: list[FileReceipt] = []
    failed: list[tuple[str, NianjianError]] = []
    for item in read.list_items(list(files)):
        try:
            receipts.append(
                load.import_file(
                    lake=lake, item=item, batch="B0", source=source, mapping=chosen, timezone=timezone,
                    replace=replace, progress=partial(progress, item.name), check=True,
                )
            )  # fmt: skip
        except NianjianError as fault:
            failed.append((item.name, fault))
    return ImportReceipt("", tuple(receipts), tuple(failed))


@dataclass(frozen=True, slots=True)
class ReadingChoices:
    """How call files are read: the source (``auto``: as recognised), the zone of plain stamps, a mapping's content."""

    source: str
    timezone: str
    mapping: Mapping[str, object]


def preview_calls(
    *, enterprise: str, incoming: uploads.Incoming, how: ReadingChoices, actor: Actor
) -> tuple[Sequence[FilePreview], Sequence[TrialResult]]:
    """What the files under a name are, and what the beginnings of the first would become.

    ``role_missing``, ``file_empty``, ``timezone_unknown``, and as `drafts.check_mapping`. What cannot be read or
    recognised is told of its file and refuses nothing.
    """
    _may(enterprise, how, actor)
    with uploads.temporary_upload(incoming) as (place, path):
        chosen = drafts.check_mapping(place, how.mapping)
        looks = preview.preview_files([path], how.source, chosen)
        return looks, try_calls([path], how.source, chosen, how.timezone or None)


def preview_rejects(
    *, enterprise: str, incoming: uploads.Incoming, how: ReadingChoices, words: Callable[[str], str], actor: Actor
) -> RejectsFile:
    """As `pack_trial_rejects`; ``rejects_none`` where no row would be lost, else as `preview_calls`."""
    _may(enterprise, how, actor)
    with uploads.temporary_upload(incoming) as (place, path):
        chosen = drafts.check_mapping(place, how.mapping)
        file = pack_trial_rejects([path], how.source, chosen, how.timezone or None, words)
    if file is None:
        raise NianjianError("rejects_none", file=incoming.name)
    return file


def preview_register(
    *, kind: str, enterprise: str, incoming: uploads.Incoming, actor: Actor
) -> register_sheets.CheckedSheet:
    """Check a register's sheet; ``role_missing``, ``file_empty``, ``sheet_too_large``, what `check_register` raises.

    A large one is left to the worker: its check takes too long for an answer.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    with uploads.temporary_upload(incoming) as (_place, path):
        register_sheets.require_small(path)
        return register_sheets.check_register(kind, path, enterprise)


def _may(enterprise: str, how: ReadingChoices, actor: Actor) -> None:
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    if how.timezone:
        require_zone(how.timezone)
