"""What has no bar but a price: a signed front, a submit that is on disk before it is answered, a list of a thousand jobs."""
from cells import SHAPES
from costs import measure
from documents import LISTED, table
from lab import Lab
from load import Shape

SIGNED, UNSIGNED = "GET by a Chef client that signs (RSA 2,048, version 1.3), 10×10", "the same, unsigned"
SUBMIT, SUBMIT_TASK = "submit by pushy, durable, 10×10", "submit by orchestrator, durable, 10×10"
LIST = f"list of {LISTED:,} running jobs, 4×1"
NEWS = "GET by pushy of a job of which there is news each time, durable, 10×10"
ABOUT = {
    SIGNED: "the signature is verified for each request", UNSIGNED: "the difference is the price of the signature",
    SUBMIT: "intent, sent, platform's id and answer are in the ledger and the audit log, synced, before the caller hears; "
            "peers pass one POST on",
    SUBMIT_TASK: "the same the other way, with a token",
    NEWS: "what the platform says is read, learnt and synced before the caller hears it; answers to the same moment share a sync",
    LIST: "Dragoman reads the platform's list in pages of 500 and writes the caller's; peers pass the platform's own list on"}


def prices(options):
    """By name: the costs of each server."""
    found = {}
    with Lab(options, ["nghttpx"]) as lab:
        # Signed and unsigned are pairs of the same server.
        pair = [Guarded(lab.dragoman), lab.dragoman]
        signed, plain = measure(pair, lambda server: server.pushy(), SHAPES["10×10"], lab.load, options.runs, options.seconds)
        found[SIGNED], found[UNSIGNED] = [signed], [plain]
    with Lab(options, ["nghttpx"]) as lab:
        made = lab.load.run(lab.dragoman.submit(), SHAPES["10×10"], LISTED, b'{"id":"' + b"0" * 32 + b'"}')
        assert made.right, f"{LISTED} submits: {made.why}"
        found[LIST] = measure(
            lab.proxies, lambda server: server.list(), Shape(4, 1), lab.load, options.runs, options.seconds, least=8)
    with Lab(options, ["nghttpx"]) as lab:
        found[SUBMIT] = measure(
            lab.proxies, lambda server: server.submit(), SHAPES["10×10"], lab.load, options.runs, options.seconds)
        found[SUBMIT_TASK] = measure(
            [lab.dragoman], lambda server: server.submit_task(), SHAPES["10×10"], lab.load, options.runs, options.seconds)
    with Restless(options, []) as lab:
        found[NEWS] = measure(
            [lab.dragoman], lambda server: server.pushy(), SHAPES["10×10"], lab.load, options.runs, options.seconds)
    return found


class Restless(Lab):
    """A platform that says something new each time."""

    def answers(self, folder):
        return table(folder, news=True)


class Guarded:
    """Dragoman by the door where callers sign."""

    def __init__(self, dragoman):
        self.dragoman, self.name, self.cpu = dragoman, "dragoman", dragoman.cpu

    def pushy(self):
        return self.dragoman.pushy("guarded")
