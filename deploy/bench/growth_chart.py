"""What grew, as small panels: an SVG without script or font of its own, readable on light and dark pages."""
import math
import statistics
from html import escape

from chart import scale

COLOURS = ("#2f6fd6", "#c2672f", "#7fa650", "#b45a9c")
WIDE, HIGH, COLUMNS = 420, 310, 2
LEFT, RIGHT, TOP, BOTTOM = 54, 16, 88, 46  # around the lines of a panel


def short(number):
    """1, 10, 1k, 1M."""
    for size, letter in ((10**6, "M"), (1000, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:g}"


class Axis:
    """Where a value stands between two places. Logarithmic ones begin and end with their values, others at 0."""

    def __init__(self, values, low, high, is_log):
        self.low, self.high, self.is_log = low, high, is_log
        self.least, self.most = (min(values), max(values)) if is_log else (0, max(values) * 1.08)

    def __call__(self, value):
        if self.is_log:
            part = math.log(value / self.least) / (math.log(self.most / self.least) or 1)
        else:
            part = value / (self.most or 1)
        return self.low + part * (self.high - self.low)

    def lines(self):
        """Values that are written beside it."""
        if not self.is_log:
            step = scale(self.most) * 2
            return [step * n for n in range(int(self.most / step) + 1)]
        parts = (1, 2, 5) if self.most < 100 * self.least else (1,)
        every = [part * 10**power for power in range(math.floor(math.log10(self.least)), 8) for part in parts]
        return [value for value in every if self.least <= value <= self.most]


def panel(series, found, left, top):
    lines = [[(point, figures[name]) for point, figures in found.items() if not isinstance(figures, str) and figures[name]]
             for name in series.drawn]
    values = [value for line in lines for _, some in line for value in some]
    if not values:
        return
    x = Axis([point for line in lines for point, _ in line], left + LEFT, left + WIDE - RIGHT, True)
    # What grows by more than ten times would hide all but its last point.
    y = Axis(values, top + HIGH - BOTTOM, top + TOP, max(values) > 10 * min(values))
    yield f'<text x="{left + LEFT}" y="{top + 16}" font-size="13" font-weight="bold">{escape(series.name)}</text>'
    for value in y.lines():
        yield f'<path d="M{x.low} {y(value):.1f}H{x.high}" stroke="#8884"/>'
        yield f'<text x="{x.low - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{short(value)}</text>'
    yield f'<path d="M{x.low} {y.low}H{x.high}" stroke="#888"/>'
    for point in sorted({point for line in lines for point, _ in line}):
        yield f'<path d="M{x(point):.1f} {y.low}v4" stroke="#888"/>'
        # 100 and 128 would stand in each other's way.
        if x.high - x(point) > 24 or point == x.most:
            yield f'<text x="{x(point):.1f}" y="{y.low + 16}" text-anchor="middle">{short(point)}</text>'
    yield f'<text x="{(x.low + x.high) / 2}" y="{y.low + 34}" text-anchor="middle">{escape(series.axis)}</text>'
    for number, (name, line) in enumerate(zip(series.drawn, lines)):
        colour, beside = COLOURS[number], top + 32 + 14 * number
        yield f'<rect x="{x.low}" y="{beside - 8}" width="9" height="9" fill="{colour}"/><text x="{x.low + 14}" y="{beside}">{escape(name)}</text>'
        middles = [(x(point), y(statistics.median(some)), y(min(some)), y(max(some))) for point, some in line]
        yield f'<polyline fill="none" stroke="{colour}" stroke-width="1.6" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b, _, _ in middles)}"/>'
        for across, middle, least, most in middles:
            yield f'<path d="M{across:.1f} {least:.1f}V{most:.1f}" stroke="{colour}" stroke-width="1"/>'
            yield f'<circle cx="{across:.1f}" cy="{middle:.1f}" r="2.6" fill="{colour}"/>'


def growth_svg(findings):
    """A panel for each series: medians joined by a line, upright lines from the least to the most."""
    parts, rows = [], math.ceil(len(findings) / COLUMNS)
    for place, (series, found) in enumerate(findings):
        parts += panel(series, found, place % COLUMNS * WIDE, place // COLUMNS * HIGH)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS * WIDE} {rows * HIGH}" font-family="sans-serif" '
            f'font-size="11" fill="#777"><title>How the cost grows</title>{"".join(parts)}</svg>\n')
