"""Look at files without importing them: what wrote them, what their beginning gives, what the whole would."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

from nianjian.engines.intake import load, mapping, preview, read
from nianjian.engines.intake import preview as trial
from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.ledger import FileReceipt
from nianjian.engines.intake.preview import FilePreview, Trial
from nianjian.engines.intake.sql import require_zone
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls import drafts, register_sheets
from nianjian.features.calls.documents import ImportReceipt
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
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


def preview_files(paths: Sequence[Path], source: str, chosen: FileMapping) -> list[FilePreview]:
    """What each file is."""
    return preview.preview_files(paths, source, chosen)


def list_sources() -> list[tuple[str, str, str]]:
    """Name, title and evidence of each source that can be read."""
    return preview.list_sources()


def get_example_path(source: str) -> Path:
    """A small file of a source; ``source_unknown``."""
    return preview.example_file(source)


def try_calls(paths: Sequence[Path], source: str, chosen: FileMapping, timezone: str | None) -> Sequence[TrialResult]:
    """Try the beginning of the first files; the lake is not asked, so what is in it already counts as new.

    The same files asked in the same way are answered from memory: what a trial shows is masked.
    """
    if chosen.cdr_custom_conf is not None or not all(path.is_file() for path in paths):
        # a file of the switch, which may change by itself; or one is gone, and reading says so
        return _tried(paths, source, chosen, timezone)
    return _known(tuple(map(_state, paths)), _Question(repr(chosen), paths, chosen), source, timezone)


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
def _known(
    _states: tuple[tuple[Path, int, int, int], ...], asked: _Question, source: str, timezone: str | None
) -> Sequence[TrialResult]:
    return _tried(asked.paths, source, asked.chosen, timezone)


def _tried(paths: Sequence[Path], source: str, chosen: FileMapping, timezone: str | None) -> Sequence[TrialResult]:
    found: list[TrialResult] = []
    for item in read.list_items(list(paths)):
        if len(found) == TRIED:
            break
        try:
            if item.fault is not None:
                raise item.fault
            found.append(TrialResult(item.name, trial.try_file(item, source, chosen, timezone), None))
        except NianjianError as fault:
            found.append(TrialResult(item.name, None, fault.with_traceback(None)))  # it holds on to nothing
    return tuple(found)


def write_trial_rejects(  # noqa: PLR0917 -- what a trial takes, and where the rows go
    paths: Sequence[Path],
    source: str,
    chosen: FileMapping,
    timezone: str | None,
    folder: Path,
    words: Callable[[str], str],
) -> list[Path]:
    """Write the rows that the beginnings of the first files would lose, a file each; one that cannot be read has none.

    They hold what the importing person has sent, no more, so numbers stand in full.
    """
    found: list[Path] = []
    for number, item in enumerate(read.list_items(list(paths))):
        if number == TRIED:
            break
        if item.fault is None:
            target = folder / f"{number + 1}-{Path(item.name).stem}-rejects.csv"
            with suppress(NianjianError):
                found += trial.write_trial_rejects(item, source, chosen, timezone, target, words)
    return found


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
    require(actor, enterprise, Act.LOAD)
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


@dataclass(frozen=True, slots=True)
class PreviewResult:
    """What the files under a name are, and what the beginnings of the first would become."""

    looks: Sequence[FilePreview]
    trials: Sequence[TrialResult]


def preview_calls(*, enterprise: str, incoming: uploads.Incoming, how: ReadingChoices, actor: Actor) -> PreviewResult:
    """Look at a file of calls; ``role_missing``, ``file_empty``, ``timezone_unknown``, and as `drafts.checked`.

    What cannot be read or recognised is told of its file and refuses nothing.
    """
    _may(enterprise, how, actor)
    with uploads.temporary_upload(incoming) as (place, path):
        chosen = drafts.check_mapping(place, how.mapping)
        looks = preview_files([path], how.source, chosen)
        return PreviewResult(looks, try_calls([path], how.source, chosen, how.timezone or None))


def read_trial_rejects(
    *, enterprise: str, incoming: uploads.Incoming, how: ReadingChoices, words: Callable[[str], str], actor: Actor
) -> list[tuple[str, bytes]]:
    """Name and content of each file of rows that the beginnings would lose, in full: what was sent, and no more.

    ``rejects_none`` where none would be lost; else as `calls`.
    """
    _may(enterprise, how, actor)
    with (
        uploads.temporary_upload(incoming) as (place, path),
        tempfile.TemporaryDirectory(prefix="nianjian-rejects-") as name,
    ):
        chosen = drafts.check_mapping(place, how.mapping)
        found = write_trial_rejects([path], how.source, chosen, how.timezone or None, Path(name), words)
        if not found:
            raise NianjianError("rejects_none", file=incoming.name)
        return [(one.name, one.read_bytes()) for one in found]


def preview_register(
    *, kind: str, enterprise: str, incoming: uploads.Incoming, actor: Actor
) -> register_sheets.CheckedSheet:
    """Check a register's sheet; ``role_missing``, ``file_empty``, ``sheet_too_large``, what `check_register` raises.

    A large one is left to the worker: its check takes too long for an answer.
    """
    require(actor, enterprise, Act.LOAD)
    with uploads.temporary_upload(incoming) as (_place, path):
        register_sheets.require_small(path)
        return register_sheets.check_register(kind, path, enterprise)


def _may(enterprise: str, how: ReadingChoices, actor: Actor) -> None:
    require(actor, enterprise, Act.LOAD)
    if how.timezone:
        require_zone(how.timezone)
