"""Templates without their indentation: what a browser ignores goes, what it shows stays."""

import pytest

from nianjian.platform.web.compact import compact


@pytest.mark.parametrize(
    ("source", "compacted"),
    [
        ("\n<p>\n  one\n  two\n</p>\n", "<p>one two</p>"),
        ("<p>one\n  <b>two</b>\n  <i>three</i>\n</p>", "<p>one <b>two</b> <i>three</i></p>"),
        (
            "<button\n  class='quiet'\n>\n  Close\n</button>\n<a\n  href='/'\n>x</a>",
            "<button class='quiet'>Close</button> <a href='/'>x</a>",
        ),
        (
            '<td\n  {% if a > b %}class="{% url "x" %}"{% endif %}\n>\n  1\n</td>',
            '<td {% if a > b %}class="{% url "x" %}"{% endif %}>1</td>',
        ),
        ("<p>a  b</p>", "<p>a  b</p>"),
        ("<div>\n  <pre>\n a\n  b</pre>\n</div>", "<div><pre>\n a\n  b</pre></div>"),
        ("{% blocktranslate %}a\n b{% endblocktranslate %}", "{% blocktranslate %}a\n b{% endblocktranslate %}"),
        ("{{ a }}\n  {{ b }}", "{{ a }} {{ b }}"),
        (
            "{% blocktranslate %}a{% endblocktranslate %} b\n<a>c</a>",
            "{% blocktranslate %}a{% endblocktranslate %} b <a>c</a>",
        ),
    ],
)
def test_only_what_a_browser_ignores_goes(source: str, compacted: str) -> None:
    assert compact(source) == compacted
