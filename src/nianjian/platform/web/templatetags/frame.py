"""What the frame's templates need beyond Django's own tags."""

import json
import re
from typing import Final

from django import template
from django.contrib.messages.storage.base import Message
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from nianjian.platform.web.assets import address
from nianjian.platform.web.forms import DayInput

register = template.Library()
_MARKUP: Final = re.compile(r"<(?!svg|img|input|button|form)[^>]*>")


class Filled(template.Node):
    """An element around its content; nothing at all where that has no text."""

    def __init__(self, nodelist: NodeList, *words: FilterExpression) -> None:
        self.nodelist, self._words = nodelist, words

    def render(self, context: Context) -> str:
        """The element, or ""."""
        inside = self.nodelist.render(context)
        if not _MARKUP.sub("", inside).strip():
            return SafeString("")
        kind, name, *label = (word.resolve(context) for word in self._words)
        said = format_html(' aria-label="{}"', label[0]) if label else ""
        return SafeString(f'<{kind} class="{name}"{said}>{inside}</{kind}>')


@register.tag
def filled(parser: Parser, token: Token) -> Filled:
    """``{% filled "div" "meta" "label" %}…{% endfilled %}``: a ``div`` of that class, left out where it is empty."""
    words = token.split_contents()[1:]
    nodelist = parser.parse(("endfilled",))
    parser.delete_first_token()
    return Filled(nodelist, *map(parser.compile_filter, words))


@register.filter
def undo(message: Message) -> tuple[str, list[tuple[str, str]]] | None:
    """Address and values of the form that takes back what a message says, as `say_done` gave them; None: none."""
    tags = message.extra_tags or ""
    return json.loads(tags) if tags.startswith("[") else None


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a file that every page loads; it changes with the file's content."""
    return address(name)


@register.simple_tag
def colon() -> str:
    """What stands between a name and its value, in the reader's language."""
    return gettext(": ")


@register.simple_tag
def day_input(name: str, value: object, **attributes: object) -> SafeString:
    """``{% day_input "day" today id="done-day" %}``: the box for a day where no form stands behind it."""
    attrs = {key.replace("_", "-"): one for key, one in attributes.items()}
    return DayInput().render(name, value or None, attrs=attrs)


@register.simple_tag
def drawer(address: str) -> SafeString:
    """Attributes of a link whose page opens in the drawer, with its title; without script it is an ordinary link."""
    return format_html(
        'href="{0}" hx-get="{0}" hx-target="#panel-content"'
        ' hx-select="#main h1, #main .head .meta, #main .content, .in-drawer"'
        ' hx-swap="innerHTML ignoreTitle:true"',
        address,
    )
