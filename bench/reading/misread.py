"""Reports whose text is spoiled as a recogniser might, with full confidence: the worst case for the opinion.

Signs become others or are lost, rows are lost or change places. It needs no pixels, so that thousands can be asked.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Final

from bench.reading.audit_texts import Text, filled, texts
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading.audit_report import read_opinion
from nianjian.features.dossier.reading.text import Box, Line, PageText

LOOK_ALIKE: Final = "囗口日目曰田由甲申士土干千于工王玉主住未末木本人入八大太犬天夫无元云己已巳"
SHARES: Final = (0.0, 0.002, 0.01, 0.03, 0.1)
LOST: Final = 0.02
SIGNS, ROWS = 38, 40


def spoiled(text: Text, share: float, draw: random.Random) -> list[PageText]:
    """The report in rows, a ``share`` of its signs wrong; at shares above 0 some rows are lost too."""
    rows: list[str] = []
    for _style, words in filled(text):
        rows += [words[at : at + SIGNS] for at in range(0, len(words), SIGNS)]
    kept = [row for row in rows if not share or draw.random() > LOST]
    told = ["".join(_sign(sign, share, draw) for sign in row) for row in kept]
    return [
        PageText(
            number,
            210,
            297,
            tuple(
                Line(words, 0.99, Box(25, 25 + 6 * place, 185, 28.5 + 6 * place), number)
                for place, words in enumerate(told[at : at + ROWS])
            ),
        )
        for number, at in enumerate(range(0, len(told), ROWS), 1)
    ]


def _sign(sign: str, share: float, draw: random.Random) -> str:
    if draw.random() >= share:
        return sign
    return "" if draw.random() < 0.3 else draw.choice(LOOK_ALIKE)


def table(trials: int, seed: int) -> Iterator[tuple[float, Counter[str]]]:
    """For each share: how often right, unclear, another, and how often one that is not standard passed."""
    book, draw = Rulebook.on(date(2027, 4, 1)), random.Random(seed)
    for share in SHARES:
        counts: Counter[str] = Counter()
        for text in texts():
            for _trial in range(trials if share else 1):
                read = read_opinion(spoiled(text, share, draw), book).opinion.value
                other = text.opinion != "standard"
                counts["other" if other else "standard"] += 1
                counts["passed"] += other and read == "standard"
                counts["right" if read == text.opinion else "unclear" if read == "unclear" else "another"] += 1
        yield share, counts
