"""What the series have in common: a server for one point, what it used at its start, and loads that must be answered right."""
from doors import verify
from lab import Lab

ASKED, P50 = "µs of CPU a request", "p50, ms"
START_CPU, START, RSS = "start-up, ms of CPU", "start-up, ms", "RSS, MiB"


class Series:
    """Points of growth: its name, what grows (`axis`), what is told of each point (`figures`), and which of that is drawn."""
    name, axis, about = "", "", ""
    points, figures, drawn = (), (), ()

    def __init__(self, options, folder):
        self.options, self.folder = options, folder

    def label(self, point):
        return f"{point:,}"

    def lab(self, site):
        return Lab(self.options, wanted=(), site=site)


def at_start(server):
    """Of a server that was started just now."""
    return {START_CPU: server.cpu() / 1000, START: server.start_up * 1000, RSS: server.memory()}


def cost(lab, question, shape, requests, right=None):
    """µs of CPU a request, and the run itself."""
    right = right or verify(question)
    before = lab.dragoman.cpu()
    run = lab.load.run(question, shape, requests, right)
    used = lab.dragoman.cpu() - before
    assert run.right, run.why
    return used / run.requests, run


def warm_cost(lab, question, shape, requests, warm):
    """The same, after so many requests that do not count."""
    right = verify(question)
    cost(lab, question, shape, warm, right)
    return cost(lab, question, shape, requests, right)
