"""Pairs that may be one person, for a person to decide: homonyms, names that are nearly equal, numbers miswritten.

Likeness is exact: whole percent of the longer name that need not be changed; two neighbours that changed places are one
change. Only what found no partner is compared,
and only with those that share a first or a last sign, so that a hundred thousand persons stay a matter of seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from nianjian.features.reconciliation.people.values import Pair, Terms

MOST: Final = 20_000  # of each side; more without a partner is no slip of the pen but a missing table
BEST: Final = 5  # candidates of one payee
BLOCK: Final = 2_000  # names compared at once: the table of distances stays small
WHOLE: Final = 100

Named = tuple[str, str]  # (identity or account, name), or (payee, account)
Doubt = tuple[str, str, str, list[Named]]  # payee, account, kind, candidates


def proposals(
    *,
    payees: Sequence[Named],
    doubtful: Sequence[Doubt],
    unpaid: Sequence[Named],
    uninsured: Sequence[Named],
    unseated: Sequence[Named],
    terms: Terms,
) -> tuple[list[Pair], int]:
    """All pairs of a month, and how many of either side were not looked at."""
    found = [
        Pair("homonym", payee, account, "", identity, name, WHOLE)
        for payee, account, _kind, people in doubtful[:MOST]
        for identity, name in people[: BEST * BEST]
    ]
    found += _by_name(payees[:MOST], unpaid[:MOST], terms.similar)
    found += _by_number(unseated[:MOST], uninsured[:MOST], terms.slips)
    sides = (payees, doubtful, unpaid if payees else (), unseated, uninsured if unseated else ())
    return found, sum(max(0, len(side) - MOST) for side in sides)


def _by_name(payees: Sequence[Named], people: Sequence[Named], least: int) -> list[Pair]:
    names = [name for _identity, name in people]
    candidates: dict[int, dict[int, int]] = defaultdict(dict)
    for mine, others in _blocks([payee for payee, _account in payees], names):
        for start in range(0, len(mine), BLOCK):
            some = mine[start : start + BLOCK]
            for at, other, percent in _alike([payees[one][0] for one in some], [names[one] for one in others], least):
                candidates[some[at]][others[other]] = percent
    found = []
    for at in sorted(candidates):
        payee, account = payees[at]
        best = sorted(candidates[at].items(), key=lambda pair: (-pair[1], pair[0]))[:BEST]
        found += [Pair("name", payee, account, "", people[one][0], people[one][1], percent) for one, percent in best]
    return found


def _blocks(left: Sequence[str], right: Sequence[str]) -> Iterable[tuple[list[int], list[int]]]:
    """Places of names that share their first sign, then of those that share their last."""
    for place in (0, -1):
        mine, others = _by_sign(left, place), _by_sign(right, place)
        for sign, places in mine.items():
            if sign in others:
                yield places, others[sign]


def _by_sign(names: Sequence[str], place: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(names):
        if name:
            found[name[place]].append(at)
    return found


def _alike(left: Sequence[str], right: Sequence[str], least: int) -> Iterable[tuple[int, int, int]]:
    """(place, place, percent) of all that are alike enough, compared in whole numbers; equal names are no proposal."""
    away = process.cdist(left, right, scorer=OSA.distance, dtype=np.int32)
    longest = np.maximum.outer([len(one) for one in left], [len(one) for one in right])
    kept = (longest - away) * WHOLE
    for one, other in np.argwhere((kept >= least * longest) & (away > 0)):
        yield int(one), int(other), int(kept[one, other] // longest[one, other])


def _by_number(written: Sequence[Named], people: Sequence[Named], slips: int) -> list[Pair]:
    """Numbers of one name that differ in a few digits, or in two that changed places."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for identity, name in people:
        if name:
            by_name[name].append(identity)
    found = []
    for number, name in written:
        for identity in by_name.get(name, ()):
            away = OSA.distance(number, identity, score_cutoff=slips)
            if 0 < away <= slips:
                percent = (len(identity) - away) * WHOLE // len(identity)
                found.append(Pair("identity", name, "", number, identity, name, percent))
    return found
