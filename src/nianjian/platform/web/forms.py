"""Forms of operations, derived from their declarations, and the fields that every mapping form shares."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar, Final, cast

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import actor_texts
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.words import Words, mark
from nianjian.engines.paper.words import words as get_words
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.people import Candidate
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.operations.fields import LINE, TEXT, VERSION, Field, Kind
from nianjian.platform.operations.operation import Operation
from nianjian.platform.web.access import at
from nianjian.platform.web.days import read_moment
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current

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
        by_field: dict[str, dict[str, str]] = {}
        for line in filter(str.strip, str(super().clean(value)).splitlines()):
            read = WORDS.fullmatch(line)
            if read is None:
                text = gettext("“{line}”: write field: their word = our word")
                raise forms.ValidationError(text.format(line=line))
            by_field.setdefault(self._field_of(read[1]), {})[read[2]] = read[3]
        return by_field


class ZoneField(forms.CharField):
    """The zone of stamps that carry none; pages offer `ZONES` in a list called “zones”."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Time zone of timestamps without one"),
            required=False,
            max_length=60,
            help_text=gettext_lazy("For example Asia/Shanghai or UTC."),
            widget=forms.TextInput(attrs={"list": "zones"}),
        )


class DayInput(forms.DateInput):
    """A day or a moment, typed as people write it and read back at once; the browser's calendar stands in it."""

    def __init__(self, attrs: Mapping[str, Any] | None = None, *, moment: bool = False) -> None:
        self.moment = moment
        example = gettext_lazy("such as 2026-11-25 15:20") if moment else gettext_lazy("such as 2026-11-25")
        super().__init__(
            {"placeholder": example, "autocomplete": "off", **(attrs or {})},
            format="%Y-%m-%d %H:%M:%S" if moment else "%Y-%m-%d",
        )

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ANN401 -- Django's signature
        """What `read_moment` understands in the form of files; anything else as it came."""
        value = super().value_from_datadict(data, files, name)
        read = read_moment(value, clock.today()) if isinstance(value, str) else None
        return read.strftime(str(self.format)) if read else value

    def render(self, *args: Any, **kwargs: Any) -> SafeString:  # noqa: ANN401 -- Django's signature
        """Put the calendar into the box, and behind it a place for what is understood."""
        kwargs["attrs"] = {
            **(kwargs.get("attrs") or {}),
            "hx-get": reverse("day-reading"), "hx-trigger": "input changed delay:250ms", "hx-target": "next .reading",
        }  # fmt: skip
        return format_html(
            '<span class="day-box">{}<input type="date" tabindex="-1" aria-hidden="true"></span>'
            '<output class="reading"></output>',
            super().render(*args, **kwargs),
        )


class DayField(forms.DateField):
    """A day."""

    widget = DayInput


class MomentField(forms.DateTimeField):
    """A moment on the wall clock of Shanghai."""

    def __init__(self, **words: Any) -> None:  # noqa: ANN401 -- the words of a field
        super().__init__(widget=DayInput(moment=True), **words)


class PersonField(forms.ChoiceField):
    """Somebody by name and role: the reader first, then the other ``candidates``; cleaned to the login.

    ``act``: the right that they all have; where nobody has it, ``nobody`` says so and ``people`` leads to whom it can
    be given.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        *,
        act: Permission,
        reader: Actor,
        enterprise: str,
        empty: str = "",
        **words: Any,  # noqa: ANN401 -- the words of a field
    ) -> None:
        _ = get_words(current())
        ordered = sorted(candidates, key=lambda person: person.name != reader.name)
        texts = actor_texts([f"{USER}:{person.name}" for person in ordered], _)
        offered = [
            (person.name, self._label(person, text, reader, _)) for person, text in zip(ordered, texts, strict=True)
        ]
        first = ("", empty or gettext("Choose a person"))
        super().__init__(choices=[first, *offered] if offered else [], **words)
        nobody = gettext("Nobody has the right “{act}” yet.").format(act=translate_value("act", act.value, _))
        self.nobody = "" if offered else nobody
        self.people = at("people-list", enterprise) if has_permission(reader, enterprise, Permission.PEOPLE) else ""
        self.candidates = ordered
        self.names = [text for _name, text in offered]

    @staticmethod
    def _label(person: Candidate, text: str, reader: Actor, _: Words) -> str:
        roles = " / ".join(str(translate_value("role", role, _)) for role in person.roles)
        name = gettext("me ({name})").format(name=text) if person.name == reader.name else text
        return f"{name} · {roles}"


def run_form(form: forms.BaseForm, act: Callable[[Mapping[str, Any]], object]) -> bool:
    """Do an act with what was typed; False where the form, or the act in the form's words, refuses it."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except NianjianError as error:
        if error.code == "role_missing":
            raise
        form.add_error(None, " ".join(describe_error(error)))
        return False
    return True


SEEN: Final = "version"  # the form's field for what its reader saw, whether one or several versions are taken
Choices = Callable[[], list[tuple[str, str]]]


class OperationForm(forms.Form):
    """A form that does an operation to one resource."""

    operation: ClassVar[Operation[..., Any]]

    def run(self, *, enterprise: str, actor: Actor, key: str) -> None:
        """Do it with what was typed; raises what the operation raises."""
        data = {name: value for name, value in self.cleaned_data.items() if value is not None}
        for one in self.operation.fields:
            match one.kind:
                case Kind.KEY:
                    data[one.name] = key
                case Kind.KEYS:
                    data[one.name] = [key]
                case Kind.VERSIONS:
                    data[one.name] = [data.pop(SEEN)]
        self.operation(enterprise=enterprise, actor=actor, **data)


def form(
    operation: Operation[..., Any], *, omit: Collection[str] = (), choices: Mapping[str, Choices] | None = None
) -> type[OperationForm]:
    """The form of an operation; ``omit``: parameters that a page does not offer, ``choices``: words of the choices."""
    fields = {
        SEEN if one.kind is Kind.VERSIONS else one.name: _form_field(one, (choices or {}).get(one.name))
        for one in operation.fields
        if one.kind not in {Kind.KEY, Kind.KEYS} and one.name not in omit
    }
    if any(one.kind is Kind.HIDDEN for one in operation.fields):  # else a browser offers its reader's name
        for field in fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")
    name = f"{operation.verb.title()}Form"
    members = {"operation": operation, "__module__": __name__, **fields}
    metaclass: Any = type(OperationForm)
    return cast("type[OperationForm]", metaclass(name, (OperationForm,), members))


def _number_field(field: Field, words: Mapping[str, Any]) -> forms.Field:
    """A whole number within its limits; a version that its reader saw is hidden."""
    if field.kind is not Kind.NUMBER:
        return forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=VERSION)
    least, most = (field.limits.least, field.limits.most) if field.limits else (None, None)
    return forms.IntegerField(min_value=least, max_value=most, **words)


def _form_field(field: Field, choices: Choices | None) -> forms.Field:
    param = field.param
    words: dict[str, Any] = {
        "label": gettext_lazy(param.label),
        "help_text": gettext_lazy(param.hint) if param.hint else "",
        "required": field.required,
    }
    match field.kind:
        case Kind.VERSION | Kind.VERSIONS | Kind.NUMBER:
            return _number_field(field, words)
        case Kind.MOMENT:
            return MomentField(**words)
        case Kind.FLAG:
            return forms.BooleanField(**words | {"required": False})
        case Kind.YES_NO:
            offered = [("", mark("not known")), ("yes", mark("yes")), ("no", mark("no"))]
            return forms.TypedChoiceField(
                coerce=lambda text: text == "yes",
                empty_value=None,
                choices=choices or [(value, gettext_lazy(text)) for value, text in offered],
                **words,
            )
        case Kind.CHOICE | Kind.LINE | Kind.TEXT if choices or field.choices:
            return forms.ChoiceField(choices=choices or [(one, one) for one in field.choices], **words)
        case Kind.LINE | Kind.TEXT | Kind.HIDDEN:
            box: dict[str, Any] = {"widget": forms.Textarea({"rows": param.rows})} if param.rows > 1 else {}
            if field.kind is Kind.HIDDEN:
                box = {"widget": forms.PasswordInput({"autocomplete": "new-password"}), "strip": False}
            return forms.CharField(max_length=TEXT if field.kind is Kind.TEXT else LINE, **box, **words)
        case _:
            raise TypeError(field.name, "no field of a form takes it")
