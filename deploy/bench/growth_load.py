"""Growth of what clients do: connections that are open, streams of one, bytes of a submit."""
import time

import documents
from costs import WARM
from doors import Question, made, verify
from dragoman import JSON, Site
from growth_series import ASKED, P50, RSS, Series, cost, warm_cost
from load import Shape

PACE = 4000  # requests a second
REST, GONE = 4, 15  # seconds; within the second one the server gives memory back
EACH, AT_REST, AFTER = "RSS a connection, KiB", "at rest, µs of CPU a second", "RSS 15 s after all have gone, MiB"


class Connections(Series):
    name, axis = "connections", "HTTP/2 connections that are open and take turns"
    about = (f"GET of a running job by pushy, platform orchestrator: {PACE:,} a second at an even pace whatever the number of connections, one "
             "after the other asks, each twice at least. Opening and closing do not count. At rest all are open and none asks.")
    points = (1, 10, 100, 1000, 10_000)
    figures = (ASKED, P50, EACH, AT_REST, RSS, AFTER)
    drawn = (ASKED,)

    def measure(self, point):
        with self.lab(Site()) as lab:
            question, server = lab.dragoman.pushy(), lab.dragoman
            right = verify(question)
            cost(lab, question, Shape(10, 10), WARM, right)
            idle, seen = server.memory(), {}

            def look(when):
                if when == "open":
                    time.sleep(1)  # until the server has taken them all
                    before = server.cpu()
                    time.sleep(REST)
                    seen[AT_REST] = (server.cpu() - before) / REST
                seen[when] = server.cpu(), server.memory()

            run = lab.load.run(question, Shape(point, 1, PACE), max(2 * point, int(PACE * self.options.seconds)), right, look)
            assert run.right, run.why
            micros = (seen["answered"][0] - seen["open"][0]) / run.requests
            most = seen["answered"][1]
            time.sleep(GONE)
            return {ASKED: micros, P50: run.p50, EACH: (most - idle) * 1024 / point, AT_REST: seen[AT_REST], RSS: most,
                    AFTER: server.memory()}


class Streams(Series):
    name, axis = "streams", "requests under way at a time, on one HTTP/2 connection"
    about = "The same GET on one connection, as fast as answers come; 128 streams are what the server says it takes at a time."
    points = (1, 10, 100, 128)
    figures = (ASKED, P50, RSS)
    drawn = (ASKED,)

    def measure(self, point):
        with self.lab(Site()) as lab:
            shape = Shape(1, point, timed=True)
            micros, run = warm_cost(lab, lab.dragoman.pushy(), shape, int(10_000 * self.options.seconds), WARM)
            return {ASKED: micros, P50: run.p50, RSS: lab.dragoman.memory()}


class Bodies(Series):
    name, axis = "bodies", "bytes of a submit"
    about = ("A submit by pushy, platform orchestrator, one after the other on one connection, synced before it is answered. What grows is "
             "`env`, one more variable of 64 bytes at a time: the platform cannot take it, but the job keeps it and the ledger with it. "
             "1,000,000 bytes is the most that is taken.")
    points = (512, 4096, 32_768, 262_144, 1_000_000)
    figures = (ASKED, P50, "µs of CPU a KiB", RSS)
    drawn = (ASKED,)

    @staticmethod
    def body(size):
        job = {"command": "chef-client", "nodes": documents.NODES[:1], "env": {}}
        room = size - len(documents.compact(job))
        # "V00000":"…", is 64 bytes; the last one takes what is left.
        job["env"] = {f"V{n:05}": "x" * 52 for n in range((room - 80) // 64)}
        job["env"]["REST"] = ""
        job["env"]["REST"] = "x" * (size - len(documents.compact(job)))
        return documents.compact(job)

    def measure(self, point):
        with self.lab(Site()) as lab:
            question = Question(f"http://127.0.0.1:{lab.dragoman.open}{documents.JOBS}", made("[0-9a-f]{32}"), JSON, self.body(point), 201)
            requests = max(min(int(300 * self.options.seconds), 32_000_000 // point), 10)
            micros, run = warm_cost(lab, question, Shape(1, 1, timed=True), requests, 10)
            return {ASKED: micros, P50: run.p50, "µs of CPU a KiB": micros * 1024 / point, RSS: lab.dragoman.memory()}
