"""What is measured: the cells of the table, and the bar that each is held against."""
from dataclasses import dataclass

from load import Shape

SHAPES = {
    "1×100": Shape(1, 100), "10×10": Shape(10, 10), "64×1": Shape(64, 1), "4k/s": Shape(10, 100, 4000),
    "20k/s": Shape(10, 100, 20000), "TLS": Shape(10, 10), "HTTP/1.1": Shape(32, 1, http1=True)}
DOORS = {"TLS": "tls"}
PUSHY, ORCHESTRATOR = "pushy → orchestrator", "orchestrator → pushy"
WHAT = {
    PUSHY: "GET of a running job, of which the platform says each time how long it has been running. Its answer is made of two "
           "documents, the job and its nodes; the second is asked for when the first says something new. The door is open: a pushy "
           "caller has no credential but a signature, see below.",
    ORCHESTRATOR: "GET of a running job, one call. Dragoman checks the caller's token."}

# Dragoman's microseconds divided by the peer's: at most so much.
BAR = {
    "nghttpx": {"1×100": 0.85, "10×10": 1.0, "64×1": 1.0, "4k/s": 1.05, "20k/s": 1.05, "TLS": 0.85, "HTTP/1.1": 1.0},
    "envoy": {"1×100": 0.35, "10×10": 0.35, "64×1": 0.5},
    "nginx+lua": {"1×100": 0.15, "10×10": 0.15, "64×1": 0.3}}
IDLE_MIB, ALLOCATIONS = 20, 0


@dataclass(frozen=True)
class Cell:
    way: str
    shape: str

    @property
    def name(self):
        return f"{self.way}, {self.shape}"

    def question(self, server):
        http1 = SHAPES[self.shape].http1
        if self.way == PUSHY:
            return server.pushy(DOORS.get(self.shape, "open"), http1)
        return server.orchestrator(http1)

    def measures(self, server):
        return server.name == "dragoman" or self.shape in BAR[server.name]


# TLS stands at the open door alone.
CELLS = [Cell(way, shape) for way in (PUSHY, ORCHESTRATOR) for shape in SHAPES if (way, shape) != (ORCHESTRATOR, "TLS")]
