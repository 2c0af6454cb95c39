"""The Chinese catalogue is complete, holds nothing that is no longer said, and is compiled."""

import re

from tests.support import messages

#: A mark of English punctuation after a Chinese word; not where a format is spelt out (`主机:端口`, `字段: 词`).
ENGLISH_MARK = re.compile(r"[\u4e00-\u9fff”），][,;?!(](?!用)|[\u4e00-\u9fff”）]:(?![端分秒名 ])")
PLACE = re.compile(r"\{[^{}]*\}|%\([a-z_]+\)[sr]|%[sr]")


def test_every_sentence_has_a_translation() -> None:
    catalogue = {str(entry.id): entry for entry in messages.catalogue() if entry.id}
    said = set(messages.message_ids())
    assert said - set(catalogue) == set(), "run `python -m tests.support.messages` and translate"
    assert set(catalogue) - said == set(), "no longer said: run `python -m tests.support.messages`"
    assert [text for text, entry in catalogue.items() if not entry.string or entry.fuzzy] == []


def test_translations_name_the_same_values() -> None:
    wrong = [
        entry.id
        for entry in messages.catalogue()
        if entry.id and sorted(PLACE.findall(str(entry.id))) != sorted(PLACE.findall(str(entry.string)))
    ]
    assert wrong == []


def test_chinese_has_chinese_punctuation() -> None:
    said = [str(entry.string) for entry in messages.catalogue() if entry.id]
    assert [text for text in said if ENGLISH_MARK.search(text)] == []


def test_the_compiled_catalogue_is_fresh() -> None:
    assert messages.MO.read_bytes() == messages.compiled(messages.catalogue())
