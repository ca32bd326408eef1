"""Microseconds of processor a request, of several servers in turn: A B B A."""
import statistics
from dataclasses import dataclass, field

from cells import SHAPES
from doors import verify
from process import share, stolen

WARM = 400
QUIET = 0.05  # of the processors: a round of which the host took more is made again, and the quietest ones count


@dataclass
class Cost:
    """What one server needed for one cell, run by run."""
    server: str
    micros: list = field(default_factory=list)
    rates: list = field(default_factory=list)
    p50: list = field(default_factory=list)
    p99: list = field(default_factory=list)
    wrong: str = ""

    def take(self, other):
        self.micros += other.micros
        self.rates += other.rates
        self.p50 += other.p50
        self.p99 += other.p99

    def spread(self):
        return min(self.micros), statistics.median(self.micros), max(self.micros)


def ratios(ours, theirs):
    """Ours divided by theirs, pair by pair of runs that stood beside each other."""
    found = [a / b for a, b in zip(ours.micros, theirs.micros) if b > 0]
    return (min(found), statistics.median(found), max(found)) if found else None


def one_run(server, question, shape, requests, load, cost, right):
    before = server.cpu()
    run = load.run(question, shape, requests, right)
    used = server.cpu() - before
    if not run.right:
        cost.wrong = run.why
        return
    cost.micros.append(used / run.requests)
    cost.rates.append(run.rate)
    if shape.rate:
        cost.p50.append(run.p50)
        cost.p99.append(run.p99)


def measure(servers, ask, shape, load, runs, seconds, least=WARM):
    """A cell: each server in turn, `runs` times; `ask` makes the question of each. Every body is held against the JSON that
    must come, before and after; those of a run against that body (paced) or its size. A run has `least` requests."""
    plans = []
    for server in servers:
        cost = Cost(server.name)
        try:
            question = ask(server)
            right = verify(question)
            warm = load.run(question, shape, least, right)
        except AssertionError as wrong:
            cost.wrong = str(wrong)
            plans.append((server, None, cost, 0, None))
            continue
        cost.wrong = warm.why
        # So many that a run takes about `seconds`, whatever the server's speed.
        rate = shape.rate or load.run(question, shape, least * 3, right).rate
        plans.append((server, question, cost, max(least, min(int(rate * seconds), 400_000)), right))
    rounds, quiet = [], 0
    while quiet < runs and len(rounds) < 2 * runs:
        before = stolen()
        round = [Cost(plan[2].server) for plan in plans]
        # There and back: nobody always comes behind the same neighbour.
        for (server, question, cost, requests, right), once in list(zip(plans, round))[:: 1 if len(rounds) % 2 else -1]:
            if not cost.wrong:
                one_run(server, question, shape, requests, load, once, right)
                cost.wrong = once.wrong
        rounds.append((share(before, stolen()), round))
        quiet += rounds[-1][0] <= QUIET
    for _, round in sorted(rounds, key=lambda pair: pair[0])[:runs]:
        for plan, once in zip(plans, round):
            plan[2].take(once)
    for server, question, cost, _, size in plans:
        if question and not cost.wrong:
            try:
                verify(question)
            except AssertionError as wrong:
                cost.wrong = str(wrong)
    return [plan[2] for plan in plans]
