"""Jobs that live by themselves: what a job is at a moment follows from its plan and the clock; no thread moves it."""
import heapq
import itertools
import threading
import time

NEVER = float("inf")


class Line:
    """The words one thing goes through, each with the moment it is entered."""

    def __init__(self, steps=()):
        self.steps = list(steps)

    def add(self, at, word):
        if at != NEVER:
            self.steps.append((at, word))

    def cut(self, now):
        """Forgets what has not happened yet."""
        self.steps = self.past(now)

    def past(self, now):
        return [step for step in self.steps if step[0] <= now]

    def word(self, now):
        return self.past(now)[-1][1]

    def since(self, now):
        return self.past(now)[-1][0]

    def entered(self, now, *words):
        """When one of the words was first entered, or None."""
        return next((at for at, word in self.past(now) if word in words), None)


class Node:
    def __init__(self, name, fate):
        self.name, self.line = name, Line()
        self.exit = fate.get("exit", 0)
        self.stdout, self.stderr = fate.get("stdout"), fate.get("stderr", "")
        self.message, self.result = fate.get("message"), fate.get("result")


class Job:
    def __init__(self, id, request, owner, fate, now):
        self.id, self.request, self.owner, self.fate, self.created = id, request, owner, fate, now
        self.line, self.nodes, self.events = Line(), {}, []
        self.extra = {}

    def node(self, name):
        """Makes the node's record with the end the fate has for it (by name, else `*`)."""
        nodes = self.fate.get("nodes", {})
        fate = nodes.get(name, nodes.get("*", {}))
        fate = {"end": fate} if isinstance(fate, str) else fate
        self.nodes[name] = Node(name, fate)
        return self.nodes[name], fate

    def time(self, key, default):
        return self.fate.get("times", {}).get(key, default)

    def spoken(self):
        """Job words dictated by the fate: [[word, seconds it lasts], ...]."""
        if "words" in self.fate:
            at, self.line = self.created, Line()
            for word, lasts in self.fate["words"]:
                self.line.add(at, word)
                at += lasts

    def dressed(self, document):
        """The document with the members the fate adds or takes away."""
        document.update(self.fate.get("members", {}))
        for key in self.fate.get("without", []):
            document.pop(key, None)
        return document


class Engine:
    """The jobs of one platform, their fates, and one ascending number for everything that happens to them."""

    def __init__(self, clock=time.time):
        self.clock, self.lock = clock, threading.RLock()
        self.jobs, self.forgotten = {}, set()
        self.fates, self.standing = [], {}
        self.submits = self.stops = 0
        self.settings = {"latency": 0, "headers": []}
        self.pending, self.order, self.numbers = [], itertools.count(), itertools.count(1)

    def fate(self, fate, count):
        """The fate of the next `count` jobs; None: of every job from now on."""
        if count is None:
            self.standing = fate
        else:
            self.fates += [fate] * count

    def next_fate(self):
        return self.fates.pop(0) if self.fates else self.standing

    def keep(self, job):
        self.jobs[job.id] = job
        for event in job.events:
            self.expect(job, event)

    def expect(self, job, event):
        """An event is a list [moment, kind, details, number]; its number comes when its moment does."""
        if event[0] != NEVER:
            heapq.heappush(self.pending, (event[0], next(self.order), job, event))

    def settle(self, now):
        """Numbers what has happened by now, in the order of time over all jobs; hands it back."""
        happened = []
        while self.pending and self.pending[0][0] <= now:
            _, _, job, event = heapq.heappop(self.pending)
            if event[3] is None and any(event is known for known in job.events):
                event[3] = next(self.numbers)
                happened.append((job, event))
        return happened

    def forget(self, id):
        self.jobs.pop(id, None)
        self.forgotten.add(id)

    def counts(self):
        return {"submits": self.submits, "stops": self.stops, "jobs": len(self.jobs)}
