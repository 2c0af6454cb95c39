"""Templates: nothing that the policy would block, no text that is not translated, one frame around every page."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import django
import pytest
from tests.support import messages

WEB = messages.SOURCE
TEXTS = {path: path.read_text(encoding="utf-8") for path in sorted(WEB.glob("*/**/templates/**/*.html"))}
assert TEXTS
WORDS = re.compile(r"[^\W\d_]{2,}")
SPOKEN = {"title", "aria-label", "placeholder", "alt", "aria-description", "aria-roledescription", "aria-valuetext"}
# the same in every language
NAMES = {"年检", "nianjian", "中文", "English", "PDF", "Excel", "CSV", "JSON", "PNG", "UTC", "Ctrl", "Esc", "Enter"}
SILENT = {"code", "script", "style"}  # what stands in them is no sentence
FRAME = "layout/base.html"
ALONE = {
    "socialaccount/onward.html": "stands for a moment on the way to a provider, where no form may lead",
    "screens/screen.html": "fills a screen on a wall: no menu, no person, dark whatever the theme",
}
TRANSLATED = re.compile(
    r"\{%\s*blocktranslate\b.*?\{%\s*endblocktranslate\s*%\}|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}|\{#.*?#\}"
    r"|\{%.*?%\}|\{\{.*?\}\}",
    re.DOTALL,
)
TEXT = re.compile(
    r"\{% blocktranslate.*?endblocktranslate %\}|\{% translate \".*?\"|\{% comment %\}.*?\{% endcomment %\}"
)
#: A colon of English between two things that templates put together; ``colon`` is in the reader's language.
FOREIGN_COLON = re.compile(r"(?:\}\}|%\}|</\w+>): (?=\{[{%]|<)")
BLOCK_OPTIONS = re.compile(r"\{%\s*blocktranslate\b([^%]*)%\}(.*?)\{%\s*endblocktranslate", re.DOTALL)


class Markup(HTMLParser):
    """Reads a template whose tags are taken out: texts, attributes, what a policy would block."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []
        self.feed(TRANSLATED.sub(" ", text))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        values = {name: value or "" for name, value in attrs}
        if tag == "style" or (tag == "script" and "src" not in values):
            self.faults.append(f"inline {tag}")
        for name, value in values.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                self.faults.append(f"attribute {name} of {tag}")
            if name in SPOKEN and self._literal(value):
                self.faults.append(f"untranslated {name}: {value.strip()!r}")
            if name in {"href", "src", "action"} and value.strip().lower().startswith(("http", "//", "javascript:")):
                self.faults.append(f"{name} leads elsewhere: {value.strip()!r}")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not SILENT.intersection(self.open) and self._literal(data):
            self.faults.append(f"untranslated text: {data.strip()!r}")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment that travels: {data.strip()!r}")

    @staticmethod
    def _literal(text: str) -> bool:
        return any(word not in NAMES for word in WORDS.findall(text))


def faults(text: str) -> list[str]:
    """What is wrong with a template's text."""
    options = [part for match in BLOCK_OPTIONS.finditer(text) for part in (*match[1].split(), match[2])]
    refused = [
        f"blocktranslate with {word}"
        for word in ("plural", "context", "count", "asvar")
        if any(word == one or re.search(rf"\{{%\s*{word}\b", one) for one in options)
    ]
    if re.search(r"\{%\s*(trans|blocktrans)\b", text):
        refused.append("trans instead of translate")
    if re.search(r'\{%\s*translate\s+[^%"\']', text):
        refused.append("translate of a value: mark and translate it where it is known")
    if re.search(r"\|\s*safe\b|autoescape\s+off", text):
        refused.append("text that is not escaped")
    if FOREIGN_COLON.search(re.sub(r"\{% blocktranslate.*?endblocktranslate %\}", "{% %}", text, flags=re.DOTALL)):
        refused.append("a colon that is English in Chinese: {% colon %}")
    return refused + Markup(text).faults


def _check_all(check: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """Template to what a check finds in its text."""
    return {path.relative_to(WEB).as_posix(): results for path, text in TEXTS.items() if (results := check(text))}


def test_a_template_blocks_nothing_and_says_nothing_untranslated() -> None:
    assert not _check_all(faults)


def test_a_line_is_short_but_for_its_text() -> None:
    """120 characters; a text is one literal for the catalogue and cannot be broken."""
    assert not _check_all(lambda text: [line for line in text.splitlines() if len(TEXT.sub("", line)) > 120])


def test_an_address_holds_no_white_space() -> None:
    """A line break in it travels as a space, and leads nowhere."""
    address = re.compile(r"""\b(?:href|src|action|formaction|hx-get|hx-post)=(?:"[^"]*\s[^"]*"|'[^']*\s[^']*')""")
    assert not _check_all(lambda text: address.findall(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text)))


def test_a_template_is_a_page_in_the_frame_or_a_part() -> None:
    for path, text in TEXTS.items():
        _check_frame(path, text)


def _check_frame(path: Path, text: str) -> None:
    """A page extends the frame, maybe through another page; a part is included somewhere or answered to htmx."""
    name = path.relative_to(path.parents[1 if path.parent.parent.name == "templates" else 2]).as_posix()
    whole = re.search(r"<(!doctype|html|body)\b", text, re.IGNORECASE)
    assert not whole or name == FRAME or name in ALONE, f"{name}: a page extends the frame"
    extended = re.match(r'\s*\{%\s*extends\s+"([^"]+)"', text)
    if extended is None:
        assert not re.search(r"\{%\s*block\s+(title|main)\b", text) or name == FRAME, (
            f"{name}: blocks without the frame"
        )
    elif extended[1] != FRAME:
        parents = [TEXTS[one] for one in TEXTS if one.as_posix().endswith(f"templates/{extended[1]}")]
        assert parents, f"{name}: no such parent"
        assert re.match(r"\s*\{%\s*extends\s", parents[0]), f"{name}: the parent is in no frame"


@pytest.mark.parametrize(
    "bad",
    [
        "<p>Hello there</p>", '<p title="Hello">{% translate "x" %}</p>', '<input placeholder="name">',
        '<p style="color:red"></p>', "<script>run()</script>", '<button onclick="x()"></button>',
        '<button hx-on:click="x()"></button>', '<a href="https://example.org/"></a>', "<!-- note -->",
        "{{ value|safe }}", "{% translate value %}", "<a>{{ a }}</a>: {{ b }}",
        "{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}",
    ],
)  # fmt: skip
def test_the_reader_of_templates_sees(bad: str) -> None:
    assert faults(bad)


def test_blocks_are_read_as_django_reads_them() -> None:
    django.setup()
    from django.template import Context, Engine  # noqa: PLC0415 -- Django is set up here

    text = "{% blocktranslate trimmed with n=rows %}\n  {{ n }} of 100 % rows\n  shown{% endblocktranslate %}"
    assert list(messages.in_template(text)) == ["%(n)s of 100 %% rows shown"]
    engine = Engine(builtins=["django.templatetags.i18n"])
    assert engine.from_string(text).render(Context({"rows": 3})) == "3 of 100 % rows shown"
