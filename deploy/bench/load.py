"""The load, bounded in count and time: h2load as fast as answers come, our own client at an even pace."""
import contextlib
import os
import re
import statistics
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from process import LOAD, pinned

LIMIT = 60  # seconds that one run may take
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Shape:
    """Connections, streams of each, requests a second (0: as fast as answers come)."""
    connections: int
    streams: int
    rate: int = 0
    http1: bool = False
    # Whether h2load writes down how long each request took.
    timed: bool = False


@dataclass
class Run:
    requests: int
    why: str = ""  # what was wrong; nothing when every answer was right
    rate: float = 0.0
    p50: float = 0.0  # milliseconds, of a paced or a timed run
    p99: float = 0.0

    @property
    def right(self):
        return not self.why


class Load:
    def __init__(self, folder, h2load, paced):
        self.folder, self.h2load, self.paced = Path(folder), h2load, paced

    def run(self, question, shape, requests, right, look=lambda when: None):
        """Asks `requests` times; `right` is the body that must come each time (or one of its size, where answers may differ).
        `look` is called when the connections of a paced run are open, and when all is answered and they still are."""
        requests = max(requests // shape.connections, 1) * shape.connections
        if shape.rate:
            return self.paced_run(self.evenly(question, shape, requests, right), requests, look)
        words = self.quickly(question, shape, requests)
        try:
            done = subprocess.run(pinned(LOAD, *words), capture_output=True, text=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return Run(requests, f"not done within {LIMIT} s")
        run = self.heard(done.stdout, requests, len(right), question.slack)
        if shape.timed and run.right:
            run.p50 = statistics.median(int(line.split("\t")[2]) for line in self.times.read_text().splitlines()) / 1000
        return run

    @property
    def times(self):
        return self.folder / "times"

    def paced_run(self, words, requests, look):
        pipe = subprocess.PIPE
        with subprocess.Popen(pinned(LOAD, *words), stdin=pipe, stdout=pipe, stderr=pipe, text=True) as paced:
            watch = threading.Timer(LIMIT, paced.kill)
            watch.start()
            said = ""
            for when in ("open", "answered"):
                said = paced.stdout.readline()
                if not said:
                    break  # It has gone; what it said on its way out is read below.
                look(when)
                with contextlib.suppress(BrokenPipeError):
                    os.write(paced.stdin.fileno(), b"\n")
            complaint = paced.stderr.read()
            watch.cancel()
        return self.heard_paced(said, complaint, requests)

    def evenly(self, question, shape, requests, right):
        path = self.folder / "right"
        path.write_bytes(right)
        place = urlsplit(question.url)
        words = [self.paced, place.port, place.path, shape.rate, requests, shape.connections, path, question.slack]
        return words + [word for pair in question.headers.items() for word in pair]

    def quickly(self, question, shape, requests):
        words = [self.h2load, "-n", requests, "-c", shape.connections, "-t", 1, "-T", 10, "-N", 10]
        words += ["--h1"] if shape.http1 else ["-m", shape.streams, "-w", 20, "-W", 24]
        if shape.timed:
            self.times.unlink(missing_ok=True)  # h2load appends.
            words += [f"--log-file={self.times}"]
        for name, value in question.headers.items():
            words += ["-H", f"{name}: {value}"]
        if question.body is not None:
            path = self.folder / "body.json"
            path.write_text(question.body)
            words += ["-d", path]
        if question.others:
            path = self.folder / "urls"
            path.write_text("\n".join([question.url, *question.others]) + "\n")
            return [*words, "-i", path]
        return [*words, question.url]

    @staticmethod
    def heard_paced(said, complaint, requests):
        found = re.fullmatch(r"(\d+) (\d+) ([\d.]+) ([\d.]+) ([\d.]+)\n", said)
        if not found:
            return Run(requests, "the paced client fails: " + complaint[-200:])
        wrong = requests - int(found[1])
        return Run(requests, f"{wrong} of {requests} not right" if wrong else "", float(found[3]),
                   float(found[4]) / 1000, float(found[5]) / 1000)

    @staticmethod
    def heard(said, requests, size, slack):
        """h2load compares no bodies; that all have the right size together is what it can tell."""
        finished = re.search(r"finished in ([\d.]+)(us|ms|s|m|h), ([\d.]+) req/s", said)
        done = re.search(r"requests: .* (\d+) succeeded", said)
        good = re.search(r"status codes: (\d+) 2xx", said)
        data = re.search(r"\((\d+)\) data", said)
        if not (finished and done and good and data):
            return Run(requests, "h2load says nothing: " + said[-300:])
        run = Run(requests, rate=requests / max(float(finished[1]) * UNITS[finished[2]], 1e-9))
        failed = requests - min(int(done[1]), int(good[1]))
        if failed:
            run.why = f"{failed} of {requests} failed"
        elif abs(int(data[1]) - size * requests) > slack * requests:
            run.why = f"answers of another size: {int(data[1]) / requests:.1f} B, not {size}"
        return run
