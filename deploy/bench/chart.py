"""The cost of a request as bars: an SVG without script or font of its own, readable on light and dark pages."""
import statistics
from html import escape

COLOURS = {"dragoman": "#2f6fd6", "nghttpx": "#8a8f98", "envoy": "#b48ead", "nginx+lua": "#7fa650"}
WIDTH, LEFT, ROW, GAP = 860, 250, 15, 12


def scale(most):
    """A step of 1, 2 or 5 times a power of ten that gives four to ten lines."""
    step = 1.0
    while most / step > 10:
        step *= 2 if str(step)[0] in "15" else 2.5
    return step


def svg(costs):
    """Median µs of CPU a request, a group of bars for each cell; a thin line from the least to the most."""
    groups = [(cell, [cost for cost in found if cost.micros and not cost.wrong]) for cell, found in costs.items()]
    groups = [(cell, found) for cell, found in groups if found]
    most = max((max(cost.micros) for _, found in groups for cost in found), default=1)
    wide = (WIDTH - LEFT - 70) / most
    parts, y = [], 34
    for cell, found in groups:
        parts.append(f'<text x="{LEFT - 8}" y="{y + ROW * len(found) / 2 + 4}" text-anchor="end">{escape(cell.name)}</text>')
        for cost in found:
            least, middle, high = cost.spread()
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{middle * wide:.1f}" height="{ROW - 3}" fill="{COLOURS[cost.server]}"/>')
            parts.append(f'<path d="M{LEFT + least * wide:.1f} {y + 6}H{LEFT + high * wide:.1f}" stroke="#d9534f" stroke-width="1"/>')
            parts.append(f'<text x="{LEFT + max(middle, high) * wide + 5:.1f}" y="{y + ROW - 5}">{middle:.1f}</text>')
            y += ROW
        y += GAP
    step, at, lines = scale(most), 0.0, []
    while at <= most:
        x = LEFT + at * wide
        lines.append(f'<path d="M{x:.1f} 26V{y}" stroke="#8884" stroke-width="1"/><text x="{x:.1f}" y="{y + 14}" text-anchor="middle">{at:g}</text>')
        at += step
    legend = "".join(
        f'<rect x="{LEFT + 120 * i}" y="8" width="11" height="11" fill="{colour}"/><text x="{LEFT + 16 + 120 * i}" y="18">{escape(name)}</text>'
        for i, (name, colour) in enumerate(COLOURS.items()))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 36}" font-family="sans-serif" font-size="11" fill="#777">'
            f'<title>Microseconds of CPU a request, median</title>{legend}{"".join(lines)}{"".join(parts)}'
            f'<text x="{LEFT}" y="{y + 30}">µs of CPU (user and system) of the server for each request; red: least to most</text></svg>\n')
