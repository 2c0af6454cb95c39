"""Finds the sentences of claims in a text, whatever figures they carry."""

import re
from functools import cache

from nianjian.engines.paper.texts.claims import CLAIMS
from nianjian.engines.paper.words import CHINESE, ENGLISH, words

FIELD = re.compile(r"\\{\w+\\}")
ANY = "[^＿]+?"


@cache
def sentence_pattern(claim: str, language: str) -> re.Pattern[str]:
    """The sentence that a claim releases, without spaces, figures replaced by anything but a blank.

    A figure at its beginning is left out: a search would try every place of the text for it.
    """
    text = re.sub(r"\s", "", words(language)(CLAIMS[claim].released))
    return re.compile(FIELD.sub(ANY, re.escape(text)).removeprefix(ANY))


def list_sentences(text: str) -> list[str]:
    """The claims whose sentence stands in a text, in any language."""
    plain = re.sub(r"\s", "", text)
    return [
        claim
        for claim, texts in CLAIMS.items()
        if texts.released and any(sentence_pattern(claim, one).search(plain) for one in (CHINESE, ENGLISH))
    ]


def is_sentence_of(claim: str, text: str) -> bool:
    """Whether a text is what a claim releases."""
    return claim in list_sentences(text)
