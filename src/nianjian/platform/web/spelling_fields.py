"""Form fields of every mapping: what a file's words mean, and the zone of its stamps."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy

ZONES: Final = ("Asia/Shanghai", "UTC", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Europe/Berlin")
WORDS: Final = re.compile(r"\s*([^:：]+?)\s*[:：]\s*(.+?)\s*=\s*(\S+)\s*")


class WordsField(forms.CharField):
    """Lines as “field: their word = our word”; cleaned to field -> their word -> our word.

    ``field_of`` gives the field for a name as people write it.
    """

    def __init__(self, *, rows: int, help_text: Any, field_of: Callable[[str], str] = str) -> None:  # noqa: ANN401 -- a lazy text
        super().__init__(
            label=gettext_lazy("What the file's words mean"),
            required=False,
            widget=forms.Textarea(attrs={"rows": rows}),
            help_text=help_text,
        )
        self._field_of = field_of

    def clean(self, value: Any) -> dict[str, dict[str, str]]:  # noqa: ANN401 -- what a form was sent
        """Raises ValidationError that names the first line it cannot read."""
        found: dict[str, dict[str, str]] = {}
        for line in filter(str.strip, str(super().clean(value)).splitlines()):
            read = WORDS.fullmatch(line)
            if read is None:
                text = gettext("“{line}”: write field: their word = our word")
                raise forms.ValidationError(text.format(line=line))
            found.setdefault(self._field_of(read[1]), {})[read[2]] = read[3]
        return found


class ZoneField(forms.CharField):
    """The zone of stamps that carry none; pages offer `ZONES` in a list called “zones”."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Time zone of stamps that carry none"),
            required=False,
            max_length=60,
            help_text=gettext_lazy("For example Asia/Shanghai or UTC."),
            widget=forms.TextInput(attrs={"list": "zones"}),
        )
