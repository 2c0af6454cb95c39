"""Broken rows as they really come: a handful in the middle of every generic file, and rows sent twice."""

from pathlib import Path
from typing import Final

REPEATED: Final = 20


def lines(month: str, number: int) -> list[bytes]:
    """Lines for one file, without line ends. Each is wrong in its own way; the text is UTF-8."""
    day = f"{month}-12"
    head = f"dirt-{month}-"
    good = f"{day} 10:00:00,{day} 10:00:02,{day} 10:00:09,{day} 10:01:00,已接通,T00S001,人工,L05,T00,回访"
    texts = [
        f"{head}01,呼出,,95078001,13800138001,,,,{day} 10:01:00,已接通,T00S001,人工,L05,T00,回访",
        f"{head}02,呼出,,95078001,13800138002,昨天上午,,,{day} 10:01:00,已接通,T00S001,人工,L05,T00,回访",
        f"{head}03,呼出,,95078001,13800138003,{day} 10:00:00,,{day} 10:00:09,{day} 09:59:00,已接通,T00S001,人工,L05,T00,回访",
        f"{head}04,呼出,,95078001,1.38E+10,{good}",
        f"{head}05,呼出,,95078001,,{good}",
        f"{head}06,转接,,95078001,13800138006,{good}",
        f",呼出,,95078001,13800138007,{good}",
        f"{head}08,呼出,,95078001,13800138008,{day} 10:00:00",
        f"{head}09,呼出,,95078001,13800138009,{good},多余,两列",
        f"{head}10,呼出,,95078001,13800138010,{day} 10:00:00,,,{month}-16 10:00:00,未接通,T00S001,人工,L05,T00,回访",
        f"{head}11,呼出,,95078001,王经理,{good}",
        f"{head}12,呼出,,95078001,13800138012,{day} 10:00:00,,{day} 10:00:09,,已接通,T00S001,人工,L05,T00,回访",
    ]
    spoilt = [line.encode() for line in texts]
    if number % 2:
        spoilt.append(f'{head}13,呼出,,95078001,13800138013,{good}"'.encode())
    return spoilt


def spoil(path: Path, *, month: str, number: int, encoding: str, bom: bool) -> None:
    """Put the broken rows into the middle, repeat the last rows at the end, and write in the wanted encoding."""
    header, *rows = path.read_bytes().splitlines()
    middle = len(rows) // 2
    body = [header, *rows[:middle], *lines(month, number), *rows[middle:], *rows[-REPEATED:]]
    data = b"\r\n".join(body) + b"\r\n"
    if encoding != "utf-8":
        data = data.decode().encode(encoding)
    path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + data)
