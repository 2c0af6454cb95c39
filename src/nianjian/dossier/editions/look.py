"""A process of its own that looks at a PDF nobody vouches for; whatever the file does, the asker goes on.

``python -m nianjian.dossier.editions.look prints FILE`` tells the pages' hashes; ``ink FILE [PLACE…]`` their looks.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

MEMORY: Final = 3 << 30  # bytes of address space
SECONDS: Final = 900  # of CPU: a thousand scanned pages take a minute
PAGES: Final = 5000


def look(what: str, path: Path, places: Sequence[int] = ()) -> dict[str, Any] | None:
    """What was seen; None where the file cannot be read to its end."""
    words = [sys.executable, "-m", __name__, what, str(path), *map(str, places)]
    try:
        done = subprocess.run(words, capture_output=True, timeout=2 * SECONDS, check=False)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired:
        return None
    return dict(json.loads(done.stdout)) if done.returncode == 0 else None


def _prints(path: Path) -> dict[str, Any]:
    import pikepdf  # noqa: PLC0415 - each child loads what it needs

    from nianjian.dossier.editions.fingerprint import Fingerprints  # noqa: PLC0415 - the same

    pikepdf.settings.set_qpdf_limits(parser_max_container_size=200_000, doc_max_warnings=200)
    with pikepdf.open(path) as pdf:
        count = len(pdf.pages)
        if count > PAGES:
            raise SystemExit(2)
        prints = Fingerprints(pdf)
        return {"pages": [prints.page(place) for place in range(count)], "document": prints.document()}


def _ink(path: Path, places: Sequence[int]) -> dict[str, Any]:
    import pypdfium2  # noqa: PLC0415 - each child loads what it needs

    from nianjian.dossier.editions import ink  # noqa: PLC0415 - the same
    from nianjian.dossier.editions.upload import flat  # noqa: PLC0415 - the same

    told: dict[str, str] = {}
    with pypdfium2.PdfDocument(path) as document:
        if len(document) > PAGES:
            raise SystemExit(2)
        for place in places or range(len(document)):
            page = document[place]
            jpeg = flat.whole(page)
            told[str(place)] = ink.written(flat.small(jpeg[0]) if jpeg else ink.drawn(page))
            page.close()
    return {"looks": told}


def _main() -> None:
    """The other process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    what, path, *places = sys.argv[1:]
    told = _prints(Path(path)) if what == "prints" else _ink(Path(path), [int(one) for one in places])
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    _main()
