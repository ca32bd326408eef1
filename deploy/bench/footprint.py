"""Memory: idle, under load, after it. Allocations: those of many requests, counted from outside."""
import contextlib
import http.client
import threading
import time
from urllib.parse import urlsplit

from cells import CELLS, PUSHY, SHAPES
from costs import WARM, verify
from lab import Lab

REST = 12  # seconds in which nobody asks anything, before memory counts as idle
SETTLE = 4  # seconds after a submit, in which the server's errands look at what it has written
OWN_ALLOCATOR = {"envoy"}


def highest(server, end):
    found = 0
    while not end.wait(0.05):
        found = max(found, server.memory())
    return found


def memory(options, requests):
    """By server: MiB idle, at most under the load, after it. Fresh processes; 64 connections and 100 streams on one."""
    found = {}
    with Lab(options) as lab:
        time.sleep(REST)
        for server in lab.proxies:
            idle = server.memory()
            end, peak = threading.Event(), []
            watcher = threading.Thread(target=lambda: peak.append(highest(server, end)))
            watcher.start()
            try:
                for ask in (server.pushy, server.orchestrator):
                    right = verify(ask())
                    for shape in ("64×1", "1×100"):
                        lab.load.run(ask(), SHAPES[shape], requests, right)
            except AssertionError as wrong:
                print(f"  {server.name}: {wrong}")
            end.set()
            watcher.join()
            time.sleep(REST)
            found[server.name] = (idle, peak[0], server.memory())
    return found


@contextlib.contextmanager
def guest(question):
    """A client that stays: a server that nobody is connected to gives back what it would take anew for the next run."""
    place = urlsplit(question.url)
    client = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
    try:
        client.request("GET", place.path, headers=question.headers)
        client.getresponse().read()
        yield
    finally:
        client.close()


def count(path):
    return int.from_bytes(path.read_bytes()[:8], "little")


def allocations(options, requests):
    """By server and cell's way and protocol: calls of malloc and its kin a request, once all is warm. Opening connections takes
    some: what half as many requests over as many connections take is left out, and what the server does all the time, asked or
    not."""
    found = {}
    counter = options.peers / "allocations.so"
    path = options.peers / "allocations.count"
    for name in ("dragoman", "nghttpx", "nginx+lua"):
        path.unlink(missing_ok=True)
        # One server at a time is preloaded and counted; the library is told by the environment, which the others never see.
        with Lab(options, [name], {"LD_PRELOAD": str(counter), "ALLOCATION_COUNT": str(path)}) as lab:
            server = next((one for one in lab.proxies if one.name == name), None)
            if server is None:
                continue
            if name != "dragoman":
                lab.dragoman.stop()
            for cell in [cell for cell in CELLS if cell.shape in ("10×10", "HTTP/1.1") and cell.measures(server)]:
                try:
                    question = cell.question(server)
                    right = verify(question)
                    lab.load.run(question, SHAPES[cell.shape], max(WARM, requests // 2), right)
                    time.sleep(SETTLE)
                    calls, times = [], []
                    ask = server.pushy if cell.way == PUSHY else server.orchestrator
                    with guest(ask(http1=True)) if name == "dragoman" else contextlib.nullcontext():
                        for many in (0, requests, 2 * requests):
                            before, begun = count(path), time.monotonic()
                            if many:
                                run = lab.load.run(question, SHAPES[cell.shape], many, right)
                                assert run.right, run.why
                            else:
                                time.sleep(SETTLE)
                            calls.append(count(path) - before)
                            times.append(time.monotonic() - begun)
                    beside = calls[0] / times[0] * (times[2] - times[1])
                    found[name, cell] = max(calls[2] - calls[1] - beside, 0) / requests
                except AssertionError as wrong:
                    found[name, cell] = str(wrong)
    return found
