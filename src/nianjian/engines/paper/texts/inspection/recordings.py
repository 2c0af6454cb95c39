"""What the sample of recordings found, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nianjian.engines.paper.words import Words, mark

FOLDERS: Final[Mapping[str, str]] = {
    "none": mark("no folder is set (NIANJIAN_RECORDINGS), so no file was looked for"),
    "unreadable": mark("the folder that is set cannot be read: look whether its disk is there"),
    "setting": mark("the folder of NIANJIAN_RECORDINGS"),
    "given": mark("a folder given at the command line"),
}
VERDICTS: Final[Mapping[str, str]] = {
    "kept": mark("recording there, long enough"),
    "missing": mark("no such file"),
    "empty": mark("file without any audio"),
    "too_short": mark("shorter than the talk"),
    "unreadable": mark("no audio that can be read; give files that are not encrypted"),
    "unknown_format": mark("a format that is not known; give wav, mp3, ogg, opus, flac or m4a"),
    "ambiguous": mark("several files of that name"),
    "outside": mark("leads out of the folder, not opened"),
    "unsearched": mark("not found in the part of the folder that could be gone through"),
    "untimed": mark("there, but the call record does not tell how long the talk was"),
    "unnamed": mark("the call record names no file"),
}
#: What nobody may read out of it.
LIMIT: Final = mark("Nobody listens: that the audio is of this call, and who speaks, is not checked.")


def facts(sample: Mapping[str, Any], _: Words) -> list[tuple[str, str]]:
    """(what, how it stands) of a sample; files are counted only where a folder was looked into."""
    found = [(_("Recordings looked for in"), _(FOLDERS[sample["folder"]]))]
    if sample["folder"] not in {"setting", "given"}:
        return found
    counts = "; ".join(f"{_(VERDICTS[one])}: {count}" for one, count in sample["verdicts"].items() if count)
    return [
        *found,
        (
            _("Sampled calls, days, days on which all are kept"),
            f"{sample['calls']} / {sample['days']} / {sample['days_kept']}",
        ),
        (_("What was found"), counts or "–"),
        (_("Of the kept ones, measured by size alone"), str(sample["by_size"])),
        (_("Calls a day, seconds tolerated"), f"{sample['a_day']}, {sample['tolerance_s']}"),
        (_("Drawn by the seed"), sample["seed"]),
        (_("What this does not prove"), _(LIMIT)),
    ]


def heads(_: Words) -> tuple[str, ...]:
    """The headings of `rows`."""
    return (_("at"), _("called"), _("file"), _("what was found"), _("talk (seconds)"), _("recording (seconds)"))


def rows(sample: Mapping[str, Any], _: Words) -> list[tuple[str, ...]]:
    """The sampled calls without their recording; numbers are masked already."""
    return [
        (
            one["at"],
            one["callee"] or "–",
            one["file"] or "–",
            _(VERDICTS[one["verdict"]]),
            seconds(one["talk_ms"]),
            seconds(one["length_ms"]),
        )
        for one in sample["failing"]
    ]


def seconds(ms: int | None) -> str:
    """To the thousandth."""
    return "–" if ms is None else f"{ms // 1000}.{ms % 1000:03}"
