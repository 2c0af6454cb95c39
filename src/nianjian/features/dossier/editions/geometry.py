"""Where a page lies: from its own coordinates to the page as a reader sees it, upright, and onto A4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from nianjian.features.dossier.editions.package import A4, POINT

GUTTER: Final = 12.0  # mm that the glue takes from the binding edge
OUTER: Final = 2.0
TOP: Final = 4.0
FOOT: Final = 13.0  # for the page number

Matrix = tuple[float, float, float, float, float, float]

IDENTITY: Final[Matrix] = (1, 0, 0, 1, 0, 0)


def inherited(node: Any, key: str) -> Any:  # noqa: ANN401 -- objects of a PDF
    """An attribute of a page, its own or its parents'; None."""
    seen = 0
    while node is not None and seen < 100:  # noqa: PLR2004 -- deeper than any honest tree
        if key in node:
            return node[key]
        node, seen = node.get("/Parent"), seen + 1
    return None


def crop(page: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 -- a page of a PDF
    """The visible box, lower left and upper right, within the media box."""
    media = [float(one) for one in inherited(page.obj, "/MediaBox") or (0, 0, A4[0] * POINT, A4[1] * POINT)]
    shown = [float(one) for one in inherited(page.obj, "/CropBox") or media]
    low, high = (min(media[0], media[2]), min(media[1], media[3])), (max(media[0], media[2]), max(media[1], media[3]))
    x0, y0 = max(min(shown[0], shown[2]), low[0]), max(min(shown[1], shown[3]), low[1])
    x1, y1 = min(max(shown[0], shown[2]), high[0]), min(max(shown[1], shown[3]), high[1])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else (*low, *high)


def turn(page: Any) -> int:  # noqa: ANN401 -- a page of a PDF
    """How far the reader turns it, clockwise: 0, 90, 180 or 270."""
    return int(inherited(page.obj, "/Rotate") or 0) % 360 // 90 * 90


def then(first: Matrix, second: Matrix) -> Matrix:
    """Both, one after the other."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where it takes a point."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def inverse(matrix: Matrix) -> Matrix:
    """The way back."""
    a, b, c, d, e, f = matrix
    k = a * d - b * c
    return (d / k, -b / k, -c / k, a / k, (c * f - d * e) / k, (b * e - a * f) / k)


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it is read: ``width`` and ``height`` in points, ``matrix`` from its own coordinates to those."""

    width: float
    height: float
    matrix: Matrix

    @property
    def landscape(self) -> bool:
        """Wider than high."""
        return self.width > self.height

    def upright(self) -> Seen:
        """A landscape page turned left, as it lies in the book; any other as it is."""
        if not self.landscape:
            return self
        return Seen(self.height, self.width, then(self.matrix, (0, 1, -1, 0, self.height, 0)))

    def on_a4(self, *, back: bool) -> Matrix:
        """From the page's own coordinates onto A4: clear of glue and number, smaller where need be, never larger.

        ``back``: the glue is on the right.
        """
        book = self.upright()
        left, right = (OUTER, GUTTER) if back else (GUTTER, OUTER)
        x0, y0, x1, y1 = left * POINT, FOOT * POINT, (A4[0] - right) * POINT, (A4[1] - TOP) * POINT
        scale = min((x1 - x0) / book.width, (y1 - y0) / book.height, 1.0)
        x = x0 + ((x1 - x0) - scale * book.width) / 2
        y = y0 + ((y1 - y0) - scale * book.height) / 2
        return then(book.matrix, (scale, 0, 0, scale, x, y))


def build_page_view(page: Any) -> Seen:  # noqa: ANN401 -- a page of a PDF
    """How the page is read."""
    x0, y0, x1, y1 = crop(page)
    wide, high = x1 - x0, y1 - y0
    match turn(page):
        case 90:
            return Seen(high, wide, (0, -1, 1, 0, -y0, x1))
        case 180:
            return Seen(wide, high, (-1, 0, 0, -1, x1, y1))
        case 270:
            return Seen(high, wide, (0, 1, -1, 0, y1, -x0))
        case _:
            return Seen(wide, high, (1, 0, 0, 1, -x0, -y0))


def cm(matrix: Matrix) -> str:
    """As an operator of a content stream."""
    return " ".join(f"{one:.5f}".rstrip("0").rstrip(".") for one in matrix) + " cm"
