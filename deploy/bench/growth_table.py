"""What grew, as Markdown: a table for each series, a row for each point."""
import statistics


def shown(value):
    """Three figures, or all before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def cell(values):
    if not values:
        return "–"
    return f"{shown(statistics.median(values))} ({shown(min(values))}–{shown(max(values))})"


def growth_tables(findings):
    for series, found in findings:
        yield f"\n### {series.name.capitalize()}\n\n{series.about}\n\n"
        yield f"| {series.axis} | " + " | ".join(series.figures) + " |\n|---" + "|---" * len(series.figures) + "|\n"
        for point, figures in found.items():
            cells = [figures.replace("|", "\\|")] if isinstance(figures, str) else map(cell, figures.values())
            yield f"| {series.label(point)} | " + " | ".join(cells) + " |\n"
