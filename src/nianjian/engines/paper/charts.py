"""Charts as SVG: one geometry for pages and paper, positions from whole numbers.

A page's picture is as wide as its place: across in per cent, down in pixels, so that its text keeps its size. Its
looks are classes of ``pages.css``, since the policy of the pages allows no style inside; a point shows its figures
under the pointer, the finger and the focus. On paper the width is fixed, the looks are attributes and no point is
pointed at. Not proved is a gap with its word, never a line at nought.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from html import escape
from itertools import groupby
from typing import Final

from nianjian.engines.paper.words import Words, mark, pair_text

LINES: Final = "lines"
BARS: Final = "bars"
FULL: Final = 1000  # across: the whole width
TOP: Final = 26  # px: the highest value, the lowest, the words below, the whole
BOTTOM: Final = 188
WORDS: Final = 206
HEIGHT: Final = 214
LINE: Final = 14  # px: a line of text
ROW: Final = 36  # px: a name with its bar
ZONES: Final = 14  # points that can be pointed at
STRETCHES: Final = 10  # of more steps than that: so many stretches of them are pointed at
NARROW: Final = 7  # labels that fit beside each other on a phone
PHONE: Final = 300  # px: the least width, for words that must not meet
COLOURS: Final = 3
TICKS: Final = 5
STEPS: Final = (1, 2, 5)
FONT: Final = "Noto Sans CJK SC"
MONTHS: Final = (
    mark("Jan"), mark("Feb"), mark("Mar"), mark("Apr"), mark("May"), mark("Jun"), mark("Jul"), mark("Aug"),
    mark("Sep"), mark("Oct"), mark("Nov"), mark("Dec"),
)  # fmt: skip


#: "M" to go to, "L" to draw a line to; a place of `FULL` across, and tenths of a pixel down.
Move = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Point:
    """``value`` None: not proved or to come; ``text``: the figure, ``detail``: what it is made of, as people read."""

    value: Decimal | int | None
    text: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A point for each step."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """Where the line of the limit lies, and what stands at it."""

    value: Decimal | int
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Values over steps; ``name`` names its file, ``head`` says what the steps are.

    ``ahead``: so many of the last steps are still to come. ``links``: the address of each step's rows, "" for none.
    """

    name: str
    caption: str
    head: str
    steps: tuple[str, ...]
    series: tuple[Series, ...]
    kind: str = LINES
    limit: Limit | None = None
    ahead: int = 0
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """A name with its bar; ``hot``: it stands out, which ``text`` says as well."""

    name: str
    value: int
    text: str
    hot: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class ShareChart:
    """Bars by name, the longest as wide as the place."""

    name: str
    caption: str
    head: str
    rows: tuple[Share, ...]


Picture = Chart | ShareChart


@dataclass(frozen=True, slots=True)
class Headroom:
    """``used`` of ``limit`` things; ``least``: so many there must be, not so many there may be."""

    used: int
    limit: int
    least: bool = False


class _Page:
    """Paths lie in a box of `FULL` by tenths of a pixel, which the page stretches across."""

    def across(self, share: int) -> str:
        return f"{_tenths(share)}%"

    def place(self, share: int) -> int:
        return share

    def number(self, tenths: int) -> str:
        return str(tenths)

    def look(self, *names: str) -> str:
        return f' class="{" ".join(names)}"'


_SERIES: Final = ("#2563b8", "#b3541e", "#2e7d4f")
_DASHES: Final = ("", ' stroke-dasharray="7 3"', ' stroke-dasharray="2 3"')
_HALO: Final = ' font-weight="700" paint-order="stroke" stroke="#fff" stroke-width="3" stroke-linejoin="round"'
_LOOKS: Final = {
    "grid": ' stroke="#e3e8ee"',
    "base": ' stroke="#868f9c"',
    "wait": ' fill="#eceff4"',
    "lim": ' fill="none" stroke="#b42318" stroke-width="1.5" stroke-dasharray="5 4"',
    "limt": f' fill="#b42318"{_HALO}',
    "last": f' fill="#18202b"{_HALO}',
    "gap": f' fill="#673b9b" text-anchor="middle"{_HALO}',
    "mid": ' text-anchor="middle"',
    "name": ' fill="#18202b"',
    "bed": ' fill="#eceff4"',
    "hot": ' fill="#c27c00"',
    "cold": ' fill="#56616d"',
    **{f"ln s{n + 1}": f' fill="none" stroke="{_SERIES[n]}" stroke-width="2"{_DASHES[n]}' for n in range(COLOURS)},
    **{f"dot s{n + 1}": f' fill="none" stroke="{_SERIES[n]}" stroke-width="6" stroke-linecap="round"'
       for n in range(COLOURS)},
    **{f"fill s{n + 1}": f' fill="{_SERIES[n]}"' for n in range(COLOURS)},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Paper:
    """``left``: px for the words of the axis; ``right``: for half a word at the end."""

    width: int
    left: int = 0
    right: int = 0

    def across(self, share: int) -> str:
        return _tenths(self.place(share))

    def place(self, share: int) -> int:
        return self.left * 10 + share * (self.width - self.left - self.right) * 10 // FULL

    def number(self, tenths: int) -> str:
        return _tenths(tenths)

    def look(self, *names: str) -> str:
        return _LOOKS[" ".join(names)]


#: Where a picture goes: how a place across is written, the same in whole numbers of a path, and how looks are.
_Medium = _Page | _Paper


def _tenths(number: int) -> str:
    whole, rest = divmod(abs(number), 10)
    return f"{'-' * (number < 0)}{whole}{f'.{rest}' if rest else ''}"


def _path(moves: Iterable[Move], medium: _Medium) -> str:
    """The moves as short as they can be written."""
    parts, at = [], (0, 0)
    for sign, share, y in moves:
        x = medium.place(share)
        wide, high = medium.number(x - at[0]), medium.number(y - at[1])
        if sign == "M":
            parts.append(f"M{medium.number(x)} {medium.number(y)}")
        elif x == at[0] or y == at[1]:
            parts.append(f"v{high}" if x == at[0] else f"h{wide}")
        else:
            parts.append(f"l{wide} {high}")
        at = (x, y)
    return "".join(parts)


def ticks(highest: Decimal | int) -> list[Decimal]:
    """Round values from nought to one that is not below the highest."""
    size = Decimal(1)
    while size * STEPS[-1] * TICKS < highest:
        size *= 10
    while highest > 0 and size * TICKS / 10 >= highest:
        size /= 10
    step = next((size * one for one in STEPS if size * one * TICKS >= highest), size)
    count = max(1, int((highest / step).to_integral_value(ROUND_CEILING)))
    return [step * number for number in range(count + 1)]


def down(value: Decimal | int, top: Decimal) -> int:
    """A value's place in tenths of a pixel: nought at `BOTTOM`, ``top`` at `TOP`, what lies beyond at the edge."""
    inside = min(max(Decimal(value), Decimal(0)), top)
    return BOTTOM * 10 - int((inside * (BOTTOM - TOP) * 10 / top).to_integral_value())


def middle(step: int, steps: int) -> int:
    """The middle of a step, of `FULL` across."""
    return FULL * (2 * step + 1) // (2 * steps)


def text_width(text: str) -> int:
    """How wide a text of 12 px is at most."""
    return sum(13 if ord(sign) > 0x2E7F else 7 for sign in text)  # noqa: PLR2004 -- where CJK begins


def list_months(_: Words) -> tuple[str, ...]:
    """The months as they stand below a chart of one year."""
    return tuple(_(month) for month in MONTHS)


def figure_text(value: Decimal, limit: Decimal | None = None) -> str:
    """Two decimals; more where rounding would put the figure on the limit or on its other side."""
    for places in range(2, 12):
        figure = value.quantize(Decimal(1).scaleb(-places))
        if limit is None or (figure > limit, figure < limit) == (value > limit, value < limit):
            return f"{figure:,f}"
    return f"{value:,f}"


# ---- pictures


def page_svg(picture: Picture, _: Words) -> str:
    """The picture for a page: as wide as its place."""
    if isinstance(picture, ShareChart):
        return _shares(picture, _Page(), _)
    height = f'width="100%" height="{HEIGHT}"'
    inside = "".join(_lanes(picture, _Page()))
    still = f'<svg {height} viewBox="0 0 {FULL} {HEIGHT * 10}" preserveAspectRatio="none">{inside}</svg>'
    words = "".join((*_axis(picture, _Page(), -7), *_words(picture, _Page(), _)))
    return (
        f'<svg {height} role="group" aria-label="{escape(describe(picture, _))}">'
        f'<g aria-hidden="true">{still}{words}</g>{"".join(_zones(picture, _))}</svg>'
    )


def paper_svg(picture: Picture, _: Words, width: int) -> str:
    """The picture for paper, ``width`` px of 12 px text; the sign ‱ is in no font of ours and stands in the caption."""
    if isinstance(picture, ShareChart):
        high, inside = ROW * len(picture.rows), _shares(picture, _Paper(width), _)
    else:
        paper = _Paper(width, 12 + max(text_width(one) for one in _tick_texts(picture)), LINE)
        legend, lines = _paper_legend(picture, width)
        parts = (*_lanes(picture, paper), *_axis(picture, paper, paper.left - 7), *_words(picture, paper, _))
        high, inside = HEIGHT + lines, f'{legend}<g transform="translate(0 {lines})">{"".join(parts)}</g>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{high}" viewBox="0 0 {width} {high}" '
        f'font-family="{FONT}" font-size="12" font-weight="500" fill="#545f6e">{inside.replace(" ‱", "")}</svg>'
    )


def describe(chart: Chart, _: Words) -> str:
    """The chart in one sentence, for those who do not see it."""
    parts = [f"{one.name} {chart.steps[last]} {one.points[last].text}" for one in chart.series
             if (last := _last(one)) is not None] or [_("not proved")]  # fmt: skip
    if chart.limit is not None:
        parts.append(chart.limit.text)
    return pair_text(chart.caption, _("; ").join(parts), _)


def is_empty(chart: Chart) -> bool:
    """No step has a value."""
    return all(_last(one) is None for one in chart.series)


def _last(series: Series) -> int | None:
    return max((place for place, one in enumerate(series.points) if one.value is not None), default=None)


def _scale(chart: Chart) -> list[Decimal]:
    values = [one.value for series in chart.series for one in series.points if one.value is not None]
    if chart.limit is not None:
        values.append(chart.limit.value)
    return ticks(max(values, default=0))


def _tick_texts(chart: Chart) -> list[str]:
    return [f"{tick:,f}" for tick in _scale(chart)]


def table_id(chart: Chart) -> str:
    """Where the same figures stand as a table: there a point leads that has no rows of its own."""
    return f"figures-{chart.name}"


def left_class(chart: Chart) -> str:
    """The class that leaves room for the words of the axis."""
    return f"y{max(map(len, _tick_texts(chart)))}"


def _lanes(chart: Chart, medium: _Medium) -> Iterator[str]:
    """What may be stretched: grid, days to come, lines or bars, the limit."""
    scale, top = _scale(chart), _scale(chart)[-1]
    if chart.ahead:
        first = FULL * (len(chart.steps) - chart.ahead) // len(chart.steps)
        yield f'<path{medium.look("wait")} d="{_path(_box(first, FULL, TOP * 10), medium)}z"/>'
    grid = [move for tick in scale[1:] for move in (("M", 0, down(tick, top)), ("L", FULL, down(tick, top)))]
    yield f'<path{medium.look("grid")} d="{_path(grid, medium)}"/>'
    yield f'<path{medium.look("base")} d="{_path([("M", 0, BOTTOM * 10), ("L", FULL, BOTTOM * 10)], medium)}"/>'
    for place, series in enumerate(chart.series):
        colour = f"s{place % COLOURS + 1}"
        if chart.kind == BARS:
            bars = "".join(f"{_path(box, medium)}z" for box in _bars(chart, place, top))
            yield f'<path{medium.look("fill", colour)} d="{bars}"/>' if bars else ""
            continue
        line, dots = _line(series, top), _dots(series, top)
        yield f'<path{medium.look("ln", colour)} d="{_path(line, medium)}"/>' if line else ""
        if len(chart.steps) > ZONES:
            dots = _lone_dots(series, dots)
        if dots:
            yield f'<path{medium.look("dot", colour)} d="{"".join(f"{_path([one], medium)}h.1" for one in dots)}"/>'
    if chart.limit is not None:
        at = down(chart.limit.value, top)
        yield f'<path{medium.look("lim")} d="{_path([("M", 0, at), ("L", FULL, at)], medium)}"/>'


def _box(begin: int, end: int, high: int) -> list[Move]:
    return [("M", begin, BOTTOM * 10), ("L", begin, high), ("L", end, high), ("L", end, BOTTOM * 10)]


def _bars(chart: Chart, place: int, top: Decimal) -> Iterator[list[Move]]:
    steps, many = len(chart.steps), len(chart.series)
    wide = FULL * 7 // (10 * steps * many)
    for step, point in enumerate(chart.series[place].points):
        if point.value is not None:
            begin = middle(step, steps) - wide * many // 2 + wide * place
            yield _box(begin, begin + wide, down(point.value, top))


def _dots(series: Series, top: Decimal) -> list[Move]:
    return [("M", x, y) for _sign, x, y in _line(series, top)]


def _lone_dots(series: Series, dots: list[Move]) -> list[Move]:
    """Those that no line reaches: nothing is known beside them."""
    values = (None, *(point.value for point in series.points), None)
    places = [at for at, value in enumerate(values) if value is not None]
    return [dot for at, dot in zip(places, dots, strict=True) if values[at - 1] is None and values[at + 1] is None]


def _line(series: Series, top: Decimal) -> list[Move]:
    """A gap ends the line; after it another begins."""
    moves, many, sign = [], len(series.points), "M"
    for step, point in enumerate(series.points):
        if point.value is None:
            sign = "M"
        else:
            moves.append((sign, middle(step, many), down(point.value, top)))
            sign = "L"
    return moves


def _axis(chart: Chart, medium: _Medium, right: int) -> Iterator[str]:
    """The values beside the grid, the steps below it."""
    scale = _scale(chart)
    for tick in scale:
        y = _tenths(down(tick, scale[-1]) + 40)
        yield f'<text x="{right}" y="{y}" text-anchor="end">{tick:,f}</text>'
    many = len(chart.steps)
    each = -(-many // ZONES) * 2 if many > ZONES else 1
    for step in range(0, many, each):
        second = many > NARROW and step // each % 2 == 1
        if second and isinstance(medium, _Paper) and medium.width < PHONE * 3 // 2:
            continue
        look = medium.look("mid", "alt") if second and isinstance(medium, _Page) else medium.look("mid")
        x, text = medium.across(middle(step, many)), chart.steps[step]
        if text[4:5] == text[7:8] == "-":  # a day stands below the picture without its year
            text = text[5:10]
        yield f'<text x="{x}" y="{WORDS}"{look}>{escape(text)}</text>'


def _words(chart: Chart, medium: _Medium, _: Words) -> Iterator[str]:
    """What stands in the picture: not proved, to come, the limit, the last value."""
    many, top = len(chart.steps), _scale(chart)[-1]
    for begin, end in _gaps(chart):
        x = medium.across(FULL * (begin + end) // (2 * many))
        word = _("not proved")
        if text_width(word) * many > PHONE * (end - begin):
            word = "◇"
        yield f'<text{medium.look("gap")} x="{x}" y="{(TOP + BOTTOM) // 2}">{escape(word)}</text>'
    edge = None if chart.limit is None else down(chart.limit.value, top) // 10
    if chart.ahead:
        y = TOP + LINE if edge is None or edge > TOP + 2 * LINE else edge + LINE + 2
        yield f'<text x="{medium.across(FULL)}" y="{y}" text-anchor="end">{escape(_("not due yet"))}</text>'
    last = _last_word(chart, top)
    if chart.limit is not None and edge is not None:
        y = edge - 6 if edge > TOP else edge + 15
        side = _free_side(chart, y * 10, top) if last is None or abs(last[1] - y) > LINE else 0
        anchor = ' text-anchor="end"' if side else ""
        yield f'<text{medium.look("limt")} x="{medium.across(side)}" y="{y}"{anchor}>{escape(chart.limit.text)}</text>'
    if last is not None:
        at, y, text = last
        anchor = "end" if at > FULL * 3 // 4 else "middle"
        x = medium.across(min(at + 20, FULL) if anchor == "end" else at)
        yield f'<text{medium.look("last")} x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _last_word(chart: Chart, top: Decimal) -> tuple[int, int, str] | None:
    """Where the last value of a single line stands, on the side from which the line does not come; and the value."""
    dots = _dots(chart.series[0], top) if len(chart.series) == 1 and chart.kind == LINES else ()
    if len(dots) == 0:
        return None
    at, before = dots[-1][2] // 10, dots[-2][2] // 10 if len(dots) > 1 else BOTTOM
    below = at < TOP + LINE or (before < at < BOTTOM - 2 * LINE)
    return dots[-1][1], at + 19 if below else at - 10, chart.series[0].points[_last(chart.series[0]) or 0].text


def _free_side(chart: Chart, y: int, top: Decimal) -> int:
    """0 or `FULL`: the end of the limit's line whose points lie farther from its word."""

    def nearest(low: int, high: int) -> int:
        gaps = [abs(dot[2] - y) for series in chart.series for dot in _dots(series, top) if low <= dot[1] <= high]
        return min(gaps, default=HEIGHT * 10)

    return FULL if nearest(FULL * 2 // 3, FULL) >= nearest(0, FULL // 3) else 0


def _gaps(chart: Chart) -> Iterator[tuple[int, int]]:
    """Stretches of steps, not to come, of which no series has a value: first, and the one behind the last."""
    if is_empty(chart):
        yield 0, len(chart.steps)
        return
    place = 0
    there = range(len(chart.steps) - chart.ahead)
    for gap, group in groupby(there, key=lambda step: all(one.points[step].value is None for one in chart.series)):
        length = len(list(group))
        if gap:
            yield place, place + length
        place += length


def _zones(chart: Chart, _: Words) -> Iterator[str]:
    """Each step that is not to come, or a stretch of them, with the figures that it shows when pointed at."""
    many = len(chart.steps)
    each, top = 1 if many <= ZONES else -(-many // STRETCHES), _scale(chart)[-1]
    for begin in range(0, many - chart.ahead, each):
        end = min(begin + each, many - chart.ahead)
        left, right = FULL * begin // many, FULL * end // many
        lines = [escape(line) for line in _tip_lines(chart, begin, end, _)]
        wide, high = max(map(text_width, _tip_lines(chart, begin, end, _))) + 20, 10 + 18 * len(lines)
        dots = [dot for one in chart.series for dot in _dots(one, top) if left <= dot[1] < right]
        above = min((dot[2] for dot in dots), default=BOTTOM * 10) // 10 - high - 10
        x = f"{_tenths((left + right) // 2)}%"
        start = -wide * (left + right) // (2 * FULL)
        spans = "".join(f'<tspan x="{x}" dy="18">{line}</tspan>' for line in lines)
        tip = (
            f'<g transform="translate({start} {max(above, -12)})"><rect x="{x}" width="{wide}" height="{high}"/>'
            f"<text>{spans}</text></g>"
        )
        hit = f'<rect x="{_tenths(left)}%" width="{_tenths(right - left)}%" height="{WORDS - 14}"/>'
        link = chart.links[begin] if chart.links else ""
        yield f'<a href="{escape(link or "#" + table_id(chart))}">{hit}{tip}</a>'


def _tip_lines(chart: Chart, begin: int, end: int, _: Words) -> list[str]:
    """What a stretch says; several steps are told as their sum, since only counts have so many."""
    name = chart.steps[begin] if end - begin == 1 else f"{chart.steps[begin]} – {chart.steps[end - 1]}"
    lines = []
    for series in chart.series:
        points = [one for one in series.points[begin:end] if one.value is not None]
        if points:
            text = points[0].text if end - begin == 1 else f"{sum(int(one.value or 0) for one in points):,}"
            lines += [text] if len(chart.series) == 1 else [f"{series.name} {text}"]
            lines += [one.detail for one in points if one.detail and end - begin == 1]
    if not lines:
        return [f"{name} {_('not proved')}"]
    return [f"{name} {lines[0]}", *lines[1:]] if len(chart.series) == 1 else [name, *lines]


def legend_lines(chart: Chart) -> list[tuple[str, str]]:
    """(class, words) of each series, its last value among them; none where there is but one."""
    if len(chart.series) == 1:
        return []
    return [
        (f"s{place % COLOURS + 1}", one.name if (last := _last(one)) is None else f"{one.name} {one.points[last].text}")
        for place, one in enumerate(chart.series)
    ]


def _paper_legend(chart: Chart, width: int) -> tuple[str, int]:
    """The series above the picture, and how many px they take."""
    parts, x, y = [], 0, 14
    for colour, words in legend_lines(chart):
        wide = 40 + text_width(words)
        if x and x + wide > width:
            x, y = 0, y + 18
        kind = "fill" if chart.kind == BARS else "ln"
        swatch = "h18v-8h-18z" if chart.kind == BARS else "h18"
        parts.append(f'<path{_LOOKS[f"{kind} {colour}"]} d="M{x} {y if kind == "fill" else y - 4}{swatch}"/>')
        parts.append(f'<text x="{x + 24}" y="{y}">{escape(words)}</text>')
        x += wide
    return "".join(parts), y + 6 if parts else 0


def _shares(chart: ShareChart, medium: _Medium, _: Words) -> str:
    """A row a name: name and figure above, the bar below."""
    top = max((one.value for one in chart.rows), default=0) or 1
    rows = []
    for place, one in enumerate(chart.rows):
        y = ROW * place
        wide = max(one.value, 0) * FULL // top
        bar = medium.across(wide)
        inside = (
            f'<text{medium.look("name")} y="{y + 14}">{escape(one.name)}</text>'
            f'<text x="{medium.across(FULL)}" y="{y + 14}" text-anchor="end">{escape(one.text)}</text>'
            f'<rect{medium.look("bed")} y="{y + 20}" width="{medium.across(FULL)}" height="8" rx="2"/>'
            f'<rect{medium.look("hot" if one.hot else "cold")} y="{y + 20}" width="{bar}" height="8" rx="2"/>'
        )
        hit = f'<rect class="hit" y="{y - 2}" width="100%" height="{ROW - 2}"/>' if one.link else ""
        rows.append(f'<a href="{escape(one.link)}">{hit}{inside}</a>' if one.link and isinstance(medium, _Page)
                    else inside)  # fmt: skip
    if not isinstance(medium, _Page):
        return "".join(rows)
    return (
        f'<svg width="100%" height="{ROW * len(rows)}" role="group" aria-label="{escape(chart.caption)}">'
        f"{''.join(rows)}</svg>"
    )


def headroom_svg(headroom: Headroom | None, label: str) -> str:
    """Used of what there may be, what is beyond or missing, a tick at the limit; an empty bed where nothing is known.

    ``label`` says it in words, which stand beside the bar as well.
    """
    parts = []
    if headroom is not None:
        top = max(headroom.used, headroom.limit * 5 // 4, headroom.limit + 1, 1)
        used, limit = (max(one, 0) * FULL // top for one in (headroom.used, headroom.limit))
        parts.append(_bar("used", 0, min(used, limit)))
        if headroom.least:
            parts += [_bar("spare", limit, used)] if used > limit else [_bar("missing", used, limit)]
        elif used > limit:
            parts.append(_bar("over", limit, used))
        parts.append(f'<rect class="tick" x="{_tenths(limit)}%" width="2" y="0" height="16"/>')
    return (
        f'<svg class="headroom" width="100%" height="16" role="img" aria-label="{escape(label)}">'
        f'<rect class="bed" y="3" width="100%" height="10"/>{"".join(parts)}</svg>'
    )


def _bar(name: str, begin: int, end: int) -> str:
    if end <= begin:
        return ""
    return f'<rect class="{name}" x="{_tenths(begin)}%" y="3" width="{_tenths(end - begin)}%" height="10"/>'
