"""How late answers are: what a server adds to the backend alone, and how many a second it gives within a millisecond, five, ten."""
import statistics

from costs import measure, verify
from load import Shape

RATES = [250, 500, 1000, 1500, 2000, 3000, 4000, 6000, 8000, 12000, 16000, 24000, 32000, 48000]
BOUNDS = (1.0, 5.0, 10.0)
PACED = (1000, 4000)
LEAST = 400  # requests of a step: fewer have no 99th percentile


def connections(rate):
    return Shape(10, 100, rate)


def added(servers, alone, ask, load, runs, seconds):
    """By server and rate: the median and the 99th percentile above the backend's own, milliseconds, medians of pairs of runs."""
    found = {}
    for rate in PACED:
        costs = measure([alone, *servers], ask, connections(rate), load, runs, seconds)
        base = costs[0]
        for cost in costs[1:]:
            if cost.wrong or not cost.p50:
                found[cost.server, rate] = cost.wrong or "nothing"
            elif statistics.median(cost.rates) < rate * 0.9:
                found[cost.server, rate] = f"only {statistics.median(cost.rates):,.0f}/s"
            else:
                found[cost.server, rate] = tuple(
                    statistics.median(a - b for a, b in zip(mine, theirs))
                    for mine, theirs in ((cost.p50, base.p50), (cost.p99, base.p99)))
    return found


def one_climb(question, load, right, seconds):
    """The highest rate, step by step, whose 99th percentile is within each bound; 0 for none. Each step has two tries, and one step may
    be bad luck: a noisy neighbour is not the server's fault."""
    best, misses = dict.fromkeys(BOUNDS, 0), 0
    for rate in RATES:
        for _ in range(2):
            run = load.run(question, connections(rate), max(int(rate * seconds), LEAST), right)
            met = run.right and run.rate >= rate * 0.9 and run.p99 <= BOUNDS[-1]
            if met:
                break
        misses = 0 if met else misses + 1
        if misses == 2:
            break
        for bound in BOUNDS:
            if met and run.p99 <= bound:
                best[bound] = rate
    return best


def climbs(servers, ask, load, runs, seconds):
    """By server: for each bound the median over the climbs, which are made in turn."""
    found = {server.name: [] for server in servers}
    for _ in range(runs):
        for server in servers:
            try:
                question = ask(server)
                found[server.name].append(one_climb(question, load, verify(question), seconds))
            except AssertionError as wrong:
                print(f"  {server.name}: {wrong}")
    return {name: {bound: statistics.median_low([climb[bound] for climb in all]) for bound in BOUNDS}
            for name, all in found.items() if all}
