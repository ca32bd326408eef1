"""Growth of the ledger: servers that start on one with many jobs, take a few more, and are asked for some."""
import os
import random
import sys
import time

import documents
from cells import SHAPES
from doors import Question, ask
from dragoman import Site
from filled import filled
from growth_series import RSS, START, START_CPU, Series, at_start, cost, warm_cost
from load import Shape

SUBMITS, LOOKS = 300, 1000
SUBMITTED, LATE = "µs of CPU a submit", "submit alone, p50, ms"
FIRST, FIRST_P50 = "µs of CPU, first look at a job", "first look, p50, ms"
AGAIN = "µs of CPU, later looks"
MS, MICROS = "{}, ms", "µs of CPU, {}"
# By title: the path of a list, and what stands once in each of its jobs.
PAGES = {
    "orchestrator's list": (f"{documents.ORCHESTRATOR}?limit=20", b'"node_count"'),
    "xplenty's list": (f"/{documents.ORGANIZATION}/api/jobs?limit=20&direction=asc", b'"package_id"')}


class Ledgers(Series):
    name, axis = "ledger", "jobs in the ledger when the server starts"
    about = ("The jobs are copies of one that the program made and saw finish, with numbers, ids and times of their own; `dragoman ledger "
             "check` finds the smallest ledger clean. A submit by pushy (10×10; alone: one after the other); looks at finished jobs by "
             "orchestrator, chosen at random, each once, one after the other, the file having been thrown out of the page cache before the "
             "start; then the same jobs again; the oldest 20 jobs, from the lists of two dialects. RSS is what it "
             "is before the lists. Each run leaves some 500 jobs behind.")
    figures = (START_CPU, START, RSS, SUBMITTED, LATE, FIRST, FIRST_P50, AGAIN,
               *(text.format(page) for page in PAGES for text in (MS, MICROS)))
    drawn = (SUBMITTED, FIRST, *(MICROS.format(page) for page in PAGES))

    @property
    def points(self):
        return [10**power for power in range(3, 8) if 10**power <= self.options.most_jobs]

    def looks(self, lab, point):
        """Questions for distinct jobs, all of which are over."""
        numbers = random.sample(range(1, point + 1), min(int(LOOKS * self.options.seconds), point))
        url = f"http://127.0.0.1:{lab.dragoman.open}{documents.ORCHESTRATOR}"
        first, *others = [f"{url}/{number}" for number in numbers]
        return Question(first, None, slack=64, others=others), len(numbers)

    @staticmethod
    def pages(lab):
        found = {}
        for title, (path, mark) in PAGES.items():
            used, begin = lab.dragoman.cpu(), time.monotonic()
            status, body = ask(Question(f"http://127.0.0.1:{lab.dragoman.open}{path}", None), seconds=150)
            if status == 200 and body.count(mark) == 20:
                found[MS.format(title)] = (time.monotonic() - begin) * 1000
                found[MICROS.format(title)] = lab.dragoman.cpu() - used
            else:
                print(f"  no {title}: {status} {body[:200]!r}", file=sys.stderr)
        return found

    def measure(self, point):
        data = filled(self.options, self.folder, point)
        with open(data / "ledger.sqlite", "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        with self.lab(Site(data=data, dialects="all")) as lab:
            found = at_start(lab.dragoman)
            submits = int(SUBMITS * self.options.seconds)
            looks, count = self.looks(lab, point)
            status, right = ask(looks)
            assert status == 200 and b'"finished"' in right, f"a job of the ledger: {status} {right[:200]!r}"
            first, run = cost(lab, looks, Shape(1, 1, timed=True), count, right)
            again, _ = cost(lab, looks, Shape(1, 1), count, right)
            made, _ = warm_cost(lab, lab.dragoman.submit(), SHAPES["10×10"], submits, 100)
            _, alone = cost(lab, lab.dragoman.submit(), Shape(1, 1, timed=True), submits // 3)
            found |= {SUBMITTED: made, LATE: alone.p50, FIRST: first, FIRST_P50: run.p50, AGAIN: again}
            return {**found, RSS: lab.dragoman.memory(), **self.pages(lab)}
