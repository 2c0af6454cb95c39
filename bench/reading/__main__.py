"""`python -m bench.reading`: what the readers make of a labelled set. Kept in bench/results by hand.

Everything is drawn here and read as the program reads it. 1 if a report that is not standard passed as standard.
"""

import argparse
import json
import random
import resource
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from PIL import ImageFont

from bench import machine
from bench.reading import audit_texts, misread, papers, scanner
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading import readers
from nianjian.features.dossier.reading.engine import page_text
from nianjian.features.dossier.states import Weight, decide_verdict

DAY: Final = date(2027, 4, 1)
DPIS: Final = (300, 200, 150)
WEARS: Final = (scanner.CLEAN, scanner.WORN, scanner.BAD)
MAKERS: Final = {
    "business_licence": papers.business_licence,
    "licence": papers.licence,
    "legal_person_id": papers.id_card,
    "social_insurance": papers.payments,
}
LISTED: Final = date(2027, 2, 20)
Z: Final = 1.959964
Count = dict[str, list[int]]


def main(argv: Sequence[str] | None = None) -> int:
    """Draw, read, compare; `--from` puts together what several runs wrote."""
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="another seed is another set (default 1)")
    parser.add_argument("--rounds", type=int, default=1, help="rounds of all wordings and papers (default 1)")
    parser.add_argument("--minutes", type=float, default=600, help="stop after so long (default 600)")
    parser.add_argument("--write", type=Path, help="one line of JSON for each paper")
    parser.add_argument("--from", dest="given", type=Path, nargs="*", default=[], help="read these lines, draw nothing")
    parser.add_argument("--misread", type=int, default=0, help="spoiled texts of each wording, without pixels")
    args = parser.parse_args(argv)
    if args.misread:
        return _misread(args.misread, args.seed)
    rows: list[dict[str, Any]] = [
        json.loads(line) for path in args.given for line in path.read_text("utf-8").splitlines()
    ]
    if not args.given:
        until = time.monotonic() + args.minutes * 60
        for row in _rows(args.seed, args.rounds):
            rows.append(row)
            if args.write:
                with args.write.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
            if time.monotonic() > until:
                break
    print("\n".join(f"- {line}" for line in machine.describe()))
    print(f"- Largest memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB\n")
    print("\n".join(_told(rows)))
    return (
        1
        if any(
            row["item"] == "audit_report"
            and row["truth"]["opinion"] != "standard"
            and row["fields"].get("opinion") == "standard"
            for row in rows
        )
        else 0
    )


def _misread(trials: int, seed: int) -> int:
    print(
        "| signs wrong | reports | right | unclear | another | not standard | of them passed as standard |\n|---|---|---|---|---|---|---|"
    )
    passed = 0
    for share, counts in misread.table(trials, seed):
        passed += counts["passed"]
        count = counts["standard"] + counts["other"]
        print(
            f"| {share:.1%} | {count} | {counts['right']} | {counts['unclear']} | {counts['another']} | {counts['other']} | {counts['passed']} ({_share(counts['passed'], counts['other'])}) |"
        )
    return 1 if passed else 0


def _rows(seed: int, rounds: int) -> Iterator[dict[str, Any]]:
    draw = random.Random(seed)
    font = ImageFont.truetype(str(next(papers.FONTS.glob("*.ttc"))), 40)
    for turn in range(rounds):
        texts = audit_texts.texts()
        draw.shuffle(texts)
        for place, text in enumerate(texts):
            dpi, wear = DPIS[(place + turn) % 3], WEARS[(place // 3 + turn + seed) % 3]
            firm = draw.choice(("浙江天衡信", "北京中瑞和", "上海立诚", "广东正源")) + draw.choice(
                ("会计师事务所（特殊普通合伙）", "会计师事务所（普通合伙）", "会计师事务所有限公司")
            )
            code = (
                draw.choice("浙京沪粤")
                + "26"
                + "".join(draw.choice("ABCDEFGHJKLMNPQRTUWXY0123456789") for _ in range(8))
            )
            blocks = audit_texts.filled(
                audit_texts.Text(text.name, text.opinion, text.blocks, 2026, firm, code, text.hard)
            )
            truth = {
                "opinion": text.opinion,
                "firm": firm.replace("（", "(").replace("）", ")"),
                "year": 2026,
                "verification_code": code,
                "dated": "2027-03-18",
            }
            yield _one(
                "audit_report",
                text.name,
                paper=("audit_report", {"blocks": blocks}, truth),
                dpi=dpi,
                wear=wear,
                draw=draw,
                font=font,
                hard=text.hard,
            )
            if place % 2 == 0:
                item = list(MAKERS)[(place // 2) % len(MAKERS)]
                yield _one(item, item, paper=MAKERS[item](draw), dpi=dpi, wear=WEARS[place % 3], draw=draw, font=font)


def _one(
    item: str,
    name: str,
    *,
    paper: tuple[str, Mapping[str, Any], Mapping[str, Any]],
    dpi: int,
    wear: scanner.Wear,
    draw: random.Random,
    font: Any,
    hard: bool = False,
) -> dict[str, Any]:
    source, data, truth = paper
    pages, cpu = [], 0.0
    for number, png in enumerate(papers.pictures(source, data, dpi), 1):
        drawn = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR))
        place = (draw.uniform(60, 150), draw.uniform(60, 240))
        drawn = scanner.stamped(drawn, dpi, audit_texts.COMPANY, place, font)
        scan = cv2.imdecode(np.frombuffer(scanner.scanned(drawn, wear, draw), np.uint8), cv2.IMREAD_COLOR)
        began = time.process_time()
        pages.append(page_text(np.asarray(scan), dpi, number))
        cpu += time.process_time() - began
    facts = readers.read(item, pages, Rulebook.on(DAY), LISTED if item == "social_insurance" else DAY, {})
    codes = [one.code for one in facts.findings if one.weight is not Weight.NOTE]
    return {
        "item": item,
        "name": name,
        "hard": hard,
        "dpi": dpi,
        "wear": wear.name,
        "truth": truth,
        "fields": dict(facts.fields),
        "codes": codes,
        "verdict": decide_verdict(facts.findings).value,
        "pages": len(pages),
        "cpu": round(cpu, 2),
    }


def wilson(right: int, count: int) -> tuple[float, float]:
    """95 % interval of a share."""
    if not count:
        return 0.0, 1.0
    share = right / count
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z / (1 + Z * Z / count) * (share * (1 - share) / count + Z * Z / (4 * count * count)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def _told(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Tables: opinions by kind, fields, passing, time."""
    audits = [row for row in rows if row["item"] == "audit_report"]
    yield "| opinion | reports | right | share, 95 % | unclear | another | passed as standard |\n|---|---|---|---|---|---|---|"
    for kind in sorted({row["truth"]["opinion"] for row in audits}):
        some = [row for row in audits if row["truth"]["opinion"] == kind]
        read = [row["fields"].get("opinion") for row in some]
        right = read.count(kind)
        passed = read.count("standard") if kind != "standard" else 0
        yield f"| {kind} | {len(some)} | {right} | {_share(right, len(some))} | {read.count('unclear')} | {len(some) - right - read.count('unclear')} | {passed} |"
    other = [row for row in audits if row["truth"]["opinion"] != "standard"]
    passed = sum(row["fields"].get("opinion") == "standard" for row in other)
    yield f"| **not standard** | {len(other)} | | | | | **{passed}** ({_share(passed, len(other))}) |"
    for head, name in (("resolution", "dpi"), ("wear", "wear"), ("unusual wording", "hard")):
        yield f"\n| {head} | reports | opinion right | share, 95 % |\n|---|---|---|---|"
        for value in sorted({row[name] for row in audits}, key=str):
            some = [row for row in audits if row[name] == value]
            right = sum(row["fields"].get("opinion") == row["truth"]["opinion"] for row in some)
            yield f"| {value} | {len(some)} | {right} | {_share(right, len(some))} |"
    yield "\n| paper, field | values | right | share, 95 % | not read, or with a finding | wrong without a finding |\n|---|---|---|---|---|---|"
    for (item, name), (count, right, asked, wrong) in _fields(rows).items():
        yield f"| {item}, {name} | {count} | {right} | {_share(right, count)} | {asked} | {wrong} |"
    pages = sum(row["pages"] for row in rows)
    yield f"\n{len(rows)} papers, {pages} pages, {sum(row['cpu'] for row in rows) / max(1, pages):.2f} CPU-s a page."


def _share(right: int, count: int) -> str:
    low, high = wilson(right, count)
    return f"{right / max(1, count):.3f}, {low:.3f} to {high:.3f}"


def _fields(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        for name, wanted in row["truth"].items():
            told = row["fields"].get(name)
            pairs = (
                [(one in (told or []), one) for one in wanted]
                if isinstance(wanted, list)
                else [(told == wanted, wanted)]
            )
            for right, _value in pairs:
                counts = found[row["item"], name]
                counts[0] += 1
                counts[1] += right
                counts[2] += not right and (told is None or bool(row["codes"]))
                counts[3] += not right and told is not None and not row["codes"]
    return dict(sorted(found.items()))


if __name__ == "__main__":
    raise SystemExit(main())
