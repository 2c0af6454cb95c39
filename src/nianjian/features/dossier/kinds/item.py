"""What an item of the package must be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook


class Form(StrEnum):
    """原件扫描件 or 复印件加盖公章: not the same thing."""

    ORIGINAL = "original_scan"
    COPY = "copy_with_seal"


FORMS: Final = {"原件扫描件": Form.ORIGINAL, "复印件加盖公章": Form.COPY}


@dataclass(frozen=True, slots=True)
class Item:
    """``name`` as commands and files call it; ``rule`` is its row of the rulebook.

    ``fields``: what must have been read before the item can be ready. ``coloured``: the original shows colour of its
    own (emblem, frame), so that original and black-and-white copy can be told apart. ``titles`` and ``words``: what
    such papers are headed and what stands in them, by which a file without a name is told; evidence, no proof.
    ``asked``: the form, where no rule names one.
    """

    name: str
    rule: str
    fields: tuple[str, ...]
    coloured: bool = False
    titles: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    asked: Form | None = None

    def form(self, book: Rulebook) -> Form:
        """The form that the rulebook asks for; NianjianError dossier_form_unknown."""
        if self.asked is not None:
            return self.asked
        forms = cast("dict[str, str]", book.value("materials.copy_kind_by_item"))
        form = FORMS.get(str(forms.get(self.rule)))
        if form is None:
            raise NianjianError("dossier_form_unknown", item=self.name, rule="materials.copy_kind_by_item")
        return form

    def seals(self, book: Rulebook) -> tuple[str, ...]:
        """Codes of the seals that the rulebook asks for."""
        required = cast("dict[str, tuple[str, ...]]", book.value("materials.seals.required"))
        copies = required.get("copies", ()) if self.form(book) is Form.COPY else ()
        return (*required["every_document"], *copies)
