"""How the cost grows: series of points, each measured by a fresh server, the points in turn and that several times."""
import json
import resource
import sys
import tempfile
from pathlib import Path

from growth_configuration import Mappings, Phrases
from growth_ledger import Ledgers
from growth_load import Bodies, Connections, Streams

SERIES = (Connections, Streams, Bodies, Ledgers, Mappings, Phrases)


def open_files():
    """Lets this program and all that it starts open as many files as the system allows."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def rounds(series, options):
    """By point: by figure what came out, run by run. A point that cannot be measured has a text instead."""
    found = {point: {figure: [] for figure in series.figures} for point in series.points}
    for number in range(options.runs):
        for point in series.points:
            if isinstance(found[point], str):
                continue
            try:
                once = series.measure(point)
            except (AssertionError, RuntimeError, OSError) as wrong:
                found[point] = str(wrong)[:300]
                print(f"  {series.name}, {series.label(point)}: {wrong}", file=sys.stderr, flush=True)
                continue
            for figure, value in once.items():
                found[point][figure].append(value)
            shown = ", ".join(f"{figure} {value:.4g}" for figure, value in once.items())
            print(f"  {series.name}, {series.label(point)}, run {number + 1}: {shown}", file=sys.stderr, flush=True)
    return found


def growth(options):
    """Each series with what it found; `--only` chooses by name."""
    open_files()
    findings = []
    for kind in SERIES:
        if options.only and not options.only.search(kind.name):
            continue
        with tempfile.TemporaryDirectory(prefix="growth-") as folder:
            series = kind(options, Path(folder))
            findings.append((series, rounds(series, options)))
    return findings


def every_run(findings):
    """All that came out, run by run, as JSON."""
    return json.dumps({series.name: found for series, found in findings}, ensure_ascii=False, indent=1) + "\n"
