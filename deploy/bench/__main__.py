"""The measurement as a whole: what `deploy/bench/run` runs once the peers are there."""
import argparse
import json
import os
import platform
import re
import signal
import sys
import time
from pathlib import Path

from cells import CELLS, ORCHESTRATOR, PUSHY, SHAPES
from chart import svg
from costs import QUIET, measure
from footprint import allocations, memory
from growth import every_run, growth
from growth_chart import growth_svg
from lab import Lab
from lateness import added, climbs
from others import prices
from process import CORES, LOAD, SERVER, share, stolen
from soak import soak
from table import markdown

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("costs", "prices", "lateness", "footprint")
LONG = ("soak", "growth")


def arguments():
    words = argparse.ArgumentParser(prog="deploy/bench/run", description="Measures Dragoman beside other proxies on this machine.")
    words.add_argument("--quick", action="store_true", help="two short runs of each: whether it works, not how fast")
    words.add_argument("--runs", type=int, help="runs of each server in each cell (7)")
    words.add_argument("--seconds", type=float, help="how long a run takes, about (1)")
    words.add_argument("--only", type=re.compile, default="", help="cells, or series of growth, whose name this regular expression finds")
    words.add_argument("--parts", nargs="+", choices=PARTS + LONG, default=PARTS, help="what is measured (all but soak and growth)")
    words.add_argument("--minutes", type=int, default=15, help="how long the soak takes (15)")
    words.add_argument("--most-jobs", type=int, default=10_000_000, help="the largest ledger of growth (10,000,000: 13 GB under TMPDIR)")
    words.add_argument("--dragoman", type=Path, default=os.environ.get("DRAGOMAN", ROOT / ".build/static/release/dragoman"), help="the program (the one deploy/package packs)")
    words.add_argument("--out", type=Path, help="a folder for table.md, charts and figures")
    options = words.parse_args()
    options.runs = options.runs or (2 if options.quick else 7)
    options.seconds = options.seconds or (0.4 if options.quick else 1.0)
    options.peers = Path(os.environ.get("BENCH_FOLDER", ROOT / ".build/bench")).resolve()
    options.dragoman = Path(options.dragoman).resolve()
    if not os.access(options.dragoman, os.X_OK):
        words.error(f"there is no {options.dragoman}: deploy/package, or --dragoman FILE")
    return options


def costs(options):
    found = {}
    with Lab(options) as lab:
        for cell in CELLS:
            if options.only and not options.only.search(cell.name):
                continue
            print(f"  {cell.name}", file=sys.stderr, flush=True)
            servers = [server for server in lab.proxies if cell.measures(server)]
            found[cell] = measure(servers, cell.question, SHAPES[cell.shape], lab.load, options.runs, options.seconds)
    return found


def lateness(options):
    asks = {PUSHY: lambda server: server.pushy(), ORCHESTRATOR: lambda server: server.orchestrator()}
    late, high = {}, {}
    with Lab(options) as lab:
        for way, ask in asks.items():
            late[way] = added(lab.proxies, lab.alone, ask, lab.load, options.runs, options.seconds)
            high[way] = climbs([lab.alone, *lab.proxies], ask, lab.load, min(options.runs, 3), options.seconds / 2)
    return late, high


def about(options, idle, taken):
    cores = f"server on core {SERVER}, load and backend on {LOAD}" if len(CORES) > 1 else "one core for all: the load is in the way"
    return (f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores ({platform.machine()}), {cores}; one event loop or worker each; medians "
            f"(least–most) of {options.runs} runs of about {options.seconds:g} s, the servers in turn. Load average before: {idle:.1f}; the host took {taken:.0%} of the "
            f"processors meanwhile, and rounds of which it took over {QUIET:.0%} were made again, as often as there are runs. Read the ratios, which are made pair by pair, before the microseconds. Every question's answer is compared with "
            "the JSON that must come, before and after the runs; those of a paced run each with that body, those of the others all with its "
            "size. Dragoman routes, checks credentials, accounts "
            "for losses, counts, keeps limits and its ledger, and writes an access log; the peers do none of it.\n")


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    findings = {}
    begin, idle = stolen(), os.getloadavg()[0]
    for part in options.parts:
        print(part, file=sys.stderr, flush=True)
        if part == "costs":
            findings["costs"] = costs(options)
        elif part == "prices":
            findings["prices"] = prices(options)
        elif part == "soak":
            findings["soak"] = soak(options)
        elif part == "growth":
            findings["growth"] = growth(options)
        elif part == "lateness":
            findings["added"], findings["climbs"] = lateness(options)
        else:
            requests = 2000 if options.quick else 20000
            findings["memory"], findings["allocations"] = memory(options, requests), allocations(options, requests)
    findings["about"] = about(options, idle, share(begin, stolen()))
    text = markdown(findings)
    print(text)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "table.md").write_text(text)
        if findings.get("growth"):
            (options.out / "growth.svg").write_text(growth_svg(findings["growth"]))
            (options.out / "growth.json").write_text(every_run(findings["growth"]))
        if findings.get("costs"):
            (options.out / "chart.svg").write_text(svg(findings["costs"]))
            figures = {cell.name: {cost.server: cost.micros for cost in found} for cell, found in findings["costs"].items()}
            (options.out / "figures.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
