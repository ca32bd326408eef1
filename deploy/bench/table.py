"""The findings as Markdown: each cell with the bar beside it, missed ones marked."""
import statistics

from cells import ALLOCATIONS, BAR, IDLE_MIB, SHAPES, WHAT
from costs import ratios
from growth_table import growth_tables
from lateness import BOUNDS, PACED
from others import ABOUT

TITLES = {"1×100": "one connection, 100 streams", "10×10": "10 connections, 10 streams each", "64×1": "64 connections, one stream each",
          "4k/s": "paced, 4,000 a second", "20k/s": "paced, 20,000 a second", "TLS": "10×10 behind TLS",
          "HTTP/1.1": "32 connections kept alive, HTTP/1.1"}


def micros(cost):
    if cost.wrong or not cost.micros:
        return "wrong: " + (cost.wrong or "no run")[:120].replace("|", "\\|")
    least, middle, most = cost.spread()
    return f"{middle:.1f} ({least:.1f}–{most:.1f})"


def held(value, bar):
    """A figure beside its bar."""
    return f"{value:.2f} ≤ {bar:g} met" if value <= bar else f"**{value:.2f} > {bar:g} missed**"


def against(ours, theirs, bar):
    if ours.wrong or theirs.wrong:
        return "–"
    least, middle, most = ratios(ours, theirs)
    return f"{held(middle, bar)} ({least:.2f}–{most:.2f})"


def cost_tables(costs):
    for way in WHAT:
        rows = {cell: found for cell, found in costs.items() if cell.way == way}
        if not rows:
            continue
        yield f"\n### {way}\n\n{WHAT[way]}\n\n"
        yield "| load | server | µs of CPU a request | requests a second | Dragoman ÷ it, against the bar |\n|---|---|---|---|---|\n"
        for cell, found in rows.items():
            ours = found[0]
            for cost in found:
                rate = statistics.median(cost.rates) if cost.rates else 0
                slow = " (not reached)" if SHAPES[cell.shape].rate and rate < SHAPES[cell.shape].rate * 0.9 else ""
                bar = "" if cost is ours else against(ours, cost, BAR[cost.server][cell.shape])
                yield f"| {TITLES[cell.shape] if cost is ours else ''} | {cost.server} | {micros(cost)} | {rate:,.0f}{slow} | {bar} |\n"


def price_table(prices):
    yield "\n### Priced apart\n\n| what | server | µs of CPU a request | requests a second | |\n|---|---|---|---|---|\n"
    for name, costs in prices.items():
        for cost in costs:
            rate = statistics.median(cost.rates) if cost.rates else 0
            yield f"| {name} | {cost.server} | {micros(cost)} | {rate:,.0f} | {ABOUT[name]} |\n"


def late_table(added, climbs):
    yield "\n### Lateness, 10 connections\n\nAdded to the backend alone: median and 99th percentile, milliseconds, and the highest rate tried "
    yield "whose 99th percentile is within a bound.\n\n| way | server |"
    yield "".join(f" +p50 / +p99 at {rate:,}/s |" for rate in PACED) + "".join(f" p99 ≤ {bound:g} ms |" for bound in BOUNDS)
    yield "\n|---|---|" + "---|" * (len(PACED) + len(BOUNDS)) + "\n"
    for way in added:
        for server, best in climbs[way].items():
            parts = [added[way].get((server, rate), "") for rate in PACED]
            shown = [f"{part[0]:.2f} / {part[1]:.2f}" if isinstance(part, tuple) else str(part)[:80] for part in parts]
            rates = [f"{best[bound]:,}/s" if best[bound] else "none" for bound in BOUNDS]
            yield f"| {way} | {server} | " + " | ".join(shown + rates) + " |\n"


def foot_table(memory, allocations):
    yield "\n### Memory, MiB\n\n| server | idle | most under load | after it |\n|---|---|---|---|\n"
    for server, (idle, peak, after) in memory.items():
        shown = held(idle, IDLE_MIB) if server == "dragoman" else f"{idle:.1f}"
        yield f"| {server} | {shown} | {peak:.1f} | {after:.1f} |\n"
    yield "\n### Allocations a request\n\nCalls of malloc, calloc, realloc and their kin in the whole process, but for those that opening connections takes, or that are made without any request (timers). Envoy brings its own allocator.\n\n"
    yield "| way | load | server | allocations |\n|---|---|---|---|\n"
    for (server, cell), found in allocations.items():
        text = found if isinstance(found, str) else held(round(found, 2), ALLOCATIONS) if server == "dragoman" else f"{found:.2f}"
        yield f"| {cell.way} | {cell.shape} | {server} | {text} |\n"


def soak_table(rate, minutes, guests):
    yield f"\n### A soak\n\nPaced GETs by pushy at {rate:,}/s, half of the highest rate that is answered, on connections that live 10 s; beside them "
    yield f"{guests[0]:,} clients that asked once and went, of which {guests[1]} were not answered.\n\n"
    yield "| minute | RSS, MiB | p99, ms | p99 of the backend alone | the host took | wrong |\n|---|---|---|---|---|---|\n"
    for number, (memory, late, beside, host, wrong) in enumerate(minutes, 1):
        yield f"| {number} | {memory:.1f} | {late:.2f} | {beside:.2f} | {host:.0%} | {'; '.join(wrong) or '–'} |\n"


def markdown(findings):
    parts = ["## What a request costs\n\n", findings["about"], "\n"]
    if findings.get("costs"):
        parts += cost_tables(findings["costs"])
    if findings.get("prices"):
        parts += price_table(findings["prices"])
    if findings.get("added"):
        parts += late_table(findings["added"], findings["climbs"])
    if findings.get("memory"):
        parts += foot_table(findings["memory"], findings["allocations"])
    if findings.get("soak"):
        parts += soak_table(*findings["soak"])
    if findings.get("growth"):
        parts += growth_tables(findings["growth"])
    return "".join(parts)
