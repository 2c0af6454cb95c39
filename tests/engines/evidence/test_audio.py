"""How long a recording is: by what lies there, whatever its header says, and bounded whatever it asks for."""

import io
import struct
import time
import wave
from datetime import date

import pytest

from nianjian.engines.evidence import audio, recordings
from nianjian.engines.evidence.audio import Length
from nianjian.engines.evidence.recordings import Reach, Stretch

DAY = date(2026, 8, 3)


def wav(seconds: float, rate: int = 8000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * int(rate * seconds)))
    return out.getvalue()


def chunks(*pairs: tuple[bytes, bytes], kind: bytes = b"RIFF") -> bytes:
    body = b"".join(name + struct.pack("<I", len(text)) + text + bytes(len(text) % 2) for name, text in pairs)
    return kind + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def fmt(tag: int, rate: int, average: int, block: int) -> tuple[bytes, bytes]:
    return b"fmt ", struct.pack("<HHIIHH", tag, 1, rate, average, block, 0)


PCM, GSM = fmt(1, 8000, 16000, 2), fmt(0x31, 8000, 1625, 65)


def page(granule: int, serial: int, content: bytes, flags: int = 0) -> bytes:
    """An Ogg page of one packet below 255 bytes."""
    return b"OggS\0" + struct.pack("<BqIIIBB", flags, granule, serial, 0, 0, 1, len(content)) + content


def opus(seconds: int) -> bytes:
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 312, 8000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 1) + b"x" + struct.pack("<I", 0)
    sound = [page(312 + 48000 * (one + 1), 7, bytes(80), 4 * (one + 1 == seconds)) for one in range(seconds)]
    return page(0, 7, head, 2) + page(0, 7, tags) + b"".join(sound)


def mp3(frames: int, xing: int | None = None) -> bytes:
    """Frames of 32 kbit/s at 8 kHz (MPEG 2.5): 288 bytes and 72 ms each; ``xing``: how many the first one tells."""
    frame = bytes([0xFF, 0xE3, 0x48, 0xC0])
    size = 72 * 32000 // 8000
    first = b""
    if xing is not None:
        first = (frame + bytes(9) + b"Info" + struct.pack(">III", 3, xing, xing * size + size)).ljust(size, b"\0")
    return first + (frame + bytes(size - 4)) * frames


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def m4a(seconds: int, media: int = 4000) -> bytes:
    mvhd = bytes(12) + struct.pack(">II", 1000, seconds * 1000) + bytes(80)
    return box(b"ftyp", b"M4A \0\0\0\0") + box(b"moov", box(b"mvhd", mvhd)) + box(b"mdat", bytes(media))


def _crc8(text: bytes) -> int:
    crc = 0
    for one in text:
        crc ^= one
        for _bit in range(8):
            crc = (crc << 1) ^ (0x107 if crc & 0x80 else 0)
    return crc


def flac(frames: int, total: int | None = None) -> bytes:
    """Frames of 4096 samples of silence at 8 kHz; ``told``: the samples of which the header speaks."""
    samples = frames * 4096 if total is None else total
    packed = (8000 << 44 | 15 << 36 | samples).to_bytes(8, "big")
    info = struct.pack(">HH", 4096, 4096) + bytes(6) + packed + bytes(16)
    out = b"fLaC" + b"\0" + len(info).to_bytes(3, "big") + info + b"\x81\0\0\x04" + bytes(4)
    for number in range(frames):
        coded = bytes([number]) if number < 0x80 else bytes([0xC0 | number >> 6, 0x80 | number & 0x3F])
        head = b"\xff\xf8" + bytes([12 << 4 | 4, 0 << 4 | 4 << 1]) + coded
        out += head + bytes([_crc8(head)]) + bytes([0, 0, 0]) + bytes(2)
    return out


def told(content: bytes, name: str) -> Length | str:
    return audio.measure_length(io.BytesIO(content), len(content), name)


@pytest.mark.parametrize(
    ("name", "content", "length"),
    [
        ("a.wav", wav(2.5), Length(2500, "header")),
        ("a.wav", wav(3, 16000), Length(3000, "header")),
        ("a.WAV", chunks(GSM, (b"fact", bytes(4)), (b"data", bytes(3250))), Length(2000, "header")),
        ("mu.wav", chunks(fmt(7, 8000, 8000, 1), (b"data", bytes(8001))), Length(1000, "header")),
        ("note.wav", chunks((b"LIST", b"INFOx"), PCM, (b"data", bytes(32000))), Length(2000, "header")),
        ("a.opus", opus(7), Length(7000, "header")),
        ("a.ogg", opus(3), Length(3000, "header")),
        ("a.mp3", mp3(100), Length(7200, "header")),
        ("a.mp3", mp3(100, 100), Length(7200, "header")),
        ("a.m4a", m4a(9), Length(9000, "header")),
        ("a.flac", flac(20), Length(20 * 512, "header")),
        ("a.flac", flac(300), Length(300 * 512, "header")),
        ("a.gsm", (b"\xd0" + bytes(32)) * 50, Length(1000, "size")),
        ("a.ulaw", b"\xff" * 12000, Length(1500, "size")),
        ("a.al", bytes(8000), Length(1000, "size")),
        ("a.sln", bytes(16000), Length(1000, "size")),
        ("a.sln16", bytes(16000), Length(500, "size")),
        ("a.g729", bytes(1500), Length(1500, "size")),
        ("named.gsm", wav(1), Length(1000, "header")),
        ("any", wav(1), Length(1000, "header")),
    ],
)  # fmt: skip
def test_every_format_tells_its_length(name: str, content: bytes, length: Length) -> None:
    assert told(content, name) == length


def test_a_header_is_believed_only_as_far_as_its_bytes_reach() -> None:
    whole = wav(10)
    assert told(whole[: 44 + 16000], "cut.wav") == Length(1000, "header")
    assert told(whole[:44], "cut.wav") == Length(0, "header")
    for unfinished in (0, 0xFFFFFFFF):  # the recorder was killed
        assert told(whole[:40] + struct.pack("<I", unfinished) + whole[44:], "a.wav") == Length(10_000, "header")
    for content, name, least, most in (
        (opus(60)[:1000], "a.opus", 0, 9_999),
        (mp3(100, 1000), "a.mp3", 7000, 7400),  # the first frame speaks of ten times as many
    ):
        length = told(content, name)
        assert isinstance(length, Length)
        assert least <= length.ms <= most
    assert told(m4a(60)[:-100], "a.m4a") == audio.UNREADABLE
    assert told(flac(3, 10_000_000), "a.flac") == Length(3 * 512, "header")
    assert told(flac(0, 10_000_000), "a.flac") == Length(0, "header")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.wav", b"this is a text and no audio\n" * 99, audio.UNREADABLE),
        ("a.mp3", b"text " * 999, audio.UNREADABLE),
        ("a.flac", b"fLaC", audio.UNREADABLE),
        ("a.wav", chunks((b"data", bytes(99))), audio.UNREADABLE),
        ("a.wav", b"RIFF\0\0\0\0WAVE", audio.UNREADABLE),
        ("a.ogg", b"OggS" + bytes(99), audio.UNREADABLE),
        ("a.m4a", b"\0\0\0\x10ftypM4A " + bytes(4) + b"\xff\xff\xff\xffmoov", audio.UNREADABLE),
        ("a.gsm", b"text and no frame of GSM" * 99, audio.UNREADABLE),
        ("a.amr", b"#!AMR\n" + bytes(99), audio.UNKNOWN_FORMAT),
        ("a", b"text", audio.UNKNOWN_FORMAT),
    ],
)  # fmt: skip
def test_what_is_no_audio_is_not_told(name: str, content: bytes, code: str) -> None:
    assert told(content, name) == code


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mp3", b"ID3\4\0\0\0\0\0\0" + b"\0\xfe" * 3_000_000),  # no frame anywhere
        ("a.ogg", opus(1) + b"OggS\0" + bytes(21) + b"\0" + (b"OggS\0" + bytes(22)) * 300_000),
        ("a.mp3", b"ID3\4\0\0\x7f\x7f\x7f\x7f" + bytes(20_000_000)),
        ("a.wav", b"RIFF\0\0\0\0WAVE" + (b"junk\0\0\0\0") * 1_000_000),
        ("a.m4a", box(b"ftyp", b"M4A ") + box(b"free", b"") * 1_000_000),
    ],
)  # fmt: skip
def test_hostile_files_end_soon(name: str, content: bytes) -> None:
    begun = time.monotonic()
    assert told(content, name) == audio.UNREADABLE
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("size", "length", "talk", "verdict"),
    [
        (0, audio.UNREADABLE, 60_000, recordings.EMPTY),
        (44, Length(0, "header"), 60_000, recordings.EMPTY),
        (99, Length(55_000, "header"), 60_000, recordings.KEPT),
        (99, Length(54_999, "header"), 60_000, recordings.TOO_SHORT),
        (99, Length(900_000, "header"), 60_000, recordings.KEPT),
        (99, Length(1, "size"), 5_000, recordings.KEPT),
        (99, Length(1, "size"), 5_002, recordings.TOO_SHORT),
        (99, Length(60_000, "header"), None, recordings.UNTIMED),
        (99, audio.UNREADABLE, 1, audio.UNREADABLE),
        (99, audio.UNKNOWN_FORMAT, 1, audio.UNKNOWN_FORMAT),
    ],
)  # fmt: skip
def test_a_verdict_on_both_sides_of_the_tolerance(
    size: int, length: Length | str, talk: int | None, verdict: str
) -> None:
    assert recordings.judge_file(size, length, talk, 5) == verdict


def reach(state: str, why: str) -> Reach:
    return Reach(state, why, date(2026, 8, 1), date(2026, 8, 5), date(2026, 8, 1), date(2026, 8, 1), 5)


def test_the_log_is_green_only_where_every_sampled_day_is_kept() -> None:
    whole, next_day = reach(recordings.OK, "reaches"), date(2026, 8, 4)

    def judged(*days: list[str]) -> Reach:
        return recordings.judge_recordings(whole, dict(zip((DAY, next_day), days, strict=False)))

    none = recordings.judge_recordings(whole, None)
    assert (none.state, none.why) == (recordings.UNKNOWN, "references_only")
    assert judged().state == recordings.UNKNOWN
    result = judged([recordings.KEPT], [recordings.KEPT])
    assert (result.state, result.why) == (recordings.OK, "files_kept")
    for one in recordings.VERDICTS:
        bad = recordings.GAP if one in recordings.WRONG else recordings.UNKNOWN
        state = judged([recordings.KEPT, one], [recordings.KEPT]).state
        assert state == (recordings.OK if one == recordings.KEPT else bad), one
    gap = judged(["missing"], [recordings.EMPTY])
    assert (gap.why, list(gap.gaps), gap.since) == ("files_missing", [Stretch(DAY, next_day)], date(2026, 8, 5))
    late = judged(["missing"], ["unreadable"])
    assert (late.state, list(late.gaps), late.since) == (recordings.GAP, [Stretch(DAY, DAY)], date(2026, 8, 5))
    assert recordings.judge_recordings(whole, {next_day: ["unreadable"]}).since == date(2026, 8, 5)


@pytest.mark.parametrize(
    ("state", "why", "missing"),
    [
        (recordings.GAP, "calls_without", "calls_without"),
        (recordings.TOO_SHORT, "begins_late", "files_missing"),
        (recordings.UNKNOWN, "no_reference", None),
    ],
)
def test_what_references_alone_show_to_be_wrong_stays_so(state: str, why: str, missing: str | None) -> None:
    for days in (None, {DAY: [recordings.KEPT]}):
        assert recordings.judge_recordings(reach(state, why), days) == reach(state, why)
    assert missing in {None, recordings.judge_recordings(reach(state, why), {DAY: ["missing"]}).why}
