"""A process of its own that looks at a PDF nobody vouches for; whatever the file does, the asker goes on.

``python -m nianjian.features.dossier.editions.look prints FILE`` tells the pages' hashes; ``ink FILE`` their looks;
``text FILE`` the text that a program drew on them, null where a picture covers the page; ``seal FILE`` what is found of
the riding seal's slivers, whose places come as JSON on the input; ``codes FILE`` the codes at the pages' feet.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

MEMORY: Final = 3 << 30  # bytes of address space
SECONDS: Final = 900  # of CPU: a thousand scanned pages take a minute
PAGES: Final = 5000


def inspect_file(what: str, path: Path, payload: object = None) -> dict[str, Any] | None:
    """What was seen; None where the file cannot be read to its end."""
    words = [sys.executable, "-m", __name__, what, str(path)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            words, input=json.dumps(payload).encode(), capture_output=True, timeout=2 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return dict(json.loads(done.stdout)) if done.returncode == 0 else None


def _each_page(path: Path, most: int = PAGES) -> Iterator[Any]:
    """The pages of a file, each closed after it was looked at."""
    import pypdfium2  # noqa: PLC0415 - each child loads what it needs

    with pypdfium2.PdfDocument(path) as document:
        if len(document) > most:
            raise SystemExit(2)
        for page in document:
            yield page
            page.close()


def _prints(path: Path) -> dict[str, Any]:
    import pikepdf  # noqa: PLC0415 - each child loads what it needs

    from nianjian.features.dossier.editions.manifest import Fingerprints  # noqa: PLC0415 - the same

    pikepdf.settings.set_qpdf_limits(parser_max_container_size=200_000, doc_max_warnings=200)
    with pikepdf.open(path) as pdf:
        count = len(pdf.pages)
        if count > PAGES:
            raise SystemExit(2)
        prints = Fingerprints(pdf)
        return {"pages": [prints.page(place) for place in range(count)], "document": prints.document()}


def _ink(path: Path) -> dict[str, Any]:
    from nianjian.features.dossier.editions import build, manifest  # noqa: PLC0415 - each child loads what it needs

    looks, dpi = [], []
    for page in _each_page(path):
        looks.append(manifest.encode_fingerprint(build.look_at_page(page)))
        picture = build.find_page_jpeg(page)
        dpi.append(None if picture is None else round(picture[1]))
    return {"looks": looks, "dpi": dpi}


def _text(path: Path) -> dict[str, Any]:
    from nianjian.features.dossier.reading.layer import is_text_visible  # noqa: PLC0415 - each child loads what it needs

    pages = _each_page(path, most=sys.maxsize)  # of a paper that the manifest vouches for
    return {"texts": [page.get_textpage().get_text_range() if is_text_visible(page) else None for page in pages]}


def _seal(path: Path) -> dict[str, Any]:
    """On the input: diameter_mm, and of each stamp its slices as [sheet, place of the scanned page or null, height]."""
    import pypdfium2  # noqa: PLC0415 - each child loads what it needs

    from nianjian.features.dossier.seals import seam  # noqa: PLC0415 - the same

    payload = json.load(sys.stdin)
    stamps: dict[int, list[Any]] = {}
    unseen: list[int] = []
    with pypdfium2.PdfDocument(path) as document:
        for number, row in enumerate(payload["stamps"]):
            stamps[number] = []
            for sheet, place, height in row:
                if place is None:
                    unseen.append(sheet)
                    stamps[number].append((sheet, None))
                    continue
                page = document[place]
                pixels = page.render(scale=297 * seam.MM / page.get_size()[1], may_draw_forms=True).to_numpy()
                grey = pixels.ndim == 2  # noqa: PLR2004 -- has no colours
                sliver = None if grey else seam.find_sliver(seam.cut_strip(pixels), height, payload["diameter_mm"])
                stamps[number].append((sheet, sliver))
                page.close()
    some = any(part is not None for row in stamps.values() for _sheet, part in row)
    return {"any": some, "sheets": [[sheet, state] for sheet, state in sorted(seam.evaluate_slivers(stamps).items())],
            "unseen": unseen}  # fmt: skip


def _codes(path: Path) -> dict[str, Any]:
    from nianjian.features.dossier.editions.manifest import read_page_code  # noqa: PLC0415 - each child loads what it needs

    return {"codes": [read_page_code(page) for page in _each_page(path)]}


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    what, path = sys.argv[1:]
    programs = {"prints": _prints, "text": _text, "ink": _ink, "seal": _seal, "codes": _codes}
    result = programs[what](Path(path))
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    _main()
