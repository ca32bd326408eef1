"""Looking again and again at a job that runs: what is asked of its platform, what is written down, what is missed."""
import time
from uuid import uuid4

import pytest

from .columns import LIVES
from .fronts import FRONTS
from .words import NODE

TABLE = "Looks: front → platform"
LOOKS = 12
STILL = {"xplenty": {"members": {"progress": 0.5}}}  # how far a job is is news


def running(there, front, id):
    """Waits until the front says so, and looks twice more: by then everything is known that there is to know."""
    end = time.time() + 10
    while front.word(front.job(there, id).json) != "running":
        assert time.time() < end
        time.sleep(0.05)
    front.job(there, id), front.job(there, id)


@pytest.mark.parametrize("front", FRONTS, ids=lambda front: front.name)
@pytest.mark.parametrize("back", ["pushy", "orchestrator", "xplenty"])
def test_a_time_that_runs_is_no_news(column, trial, front, back):
    """The platform says each time how long the job has been running. Nothing is written down for that, and nodes whose job
    says the same of them are not asked for."""
    there = column(back, "runs")
    one = trial(TABLE, f"{front.name} → {back}")
    id = there.submit(front, f"{uuid4()}", {"times": {**LIVES, "running": 60}, **STILL.get(back, {})})
    with one.step("nothing is written"):
        running(there, front, id)
        writes = there.gateway.metric("dragoman_ledger_writes_total")
        there.platform.control("clear")
        shown = []
        for _ in range(LOOKS):
            shown.append(front.job(there, id).json)
            assert front.word(shown[-1]) == "running"
            time.sleep(0.02)
        assert there.gateway.metric("dragoman_ledger_writes_total") == writes
    if front.name == back == "orchestrator":
        with one.step("the platform's own times"):
            times = [float(job["duration"]) for job in shown]
            assert times == sorted(times) and len(set(times)) == LOOKS, times
    with one.step("one call a look"):
        asked = [request["target"] for request in there.platform.control("requests") if request["method"] == "GET"]
        assert len(asked) == LOOKS, asked
        assert not [path for path in asked if path.split("?")[0].endswith("/nodes")], asked


def test_nodes_that_end_one_by_one(column, trial):
    """The job runs on while its nodes end one after the other: each end is seen, and no node goes back."""
    there = column("orchestrator", "ends")
    for front in FRONTS:
        with trial(TABLE, f"{front.name} → orchestrator").step("every node's end is seen"):
            fate = {"times": {**LIVES, "running": 60}, "nodes": {"NODE1": {"after": 1.5}}}
            id = there.submit(front, f"{uuid4()}", fate)
            if front.nodes(there, id) is None:
                continue
            running(there, front, id)
            end, over = time.time() + 10, NODE[front.name]["succeeded"]
            assert front.nodes(there, id)["NODE1"] != over
            while front.nodes(there, id)["NODE1"] != over:
                assert time.time() < end, front.nodes(there, id)
                time.sleep(0.05)
            assert front.nodes(there, id)["NODE2"] != over
            assert front.word(front.job(there, id).json) == "running"


def test_a_trace_is_passed_on_and_none_begun(column, trial):
    """A look of a caller that traces goes on under its trace, with a span of the gateway's; one of a caller that does not
    brings its platform no trace, which nobody would follow."""
    there = column("orchestrator", "traced")
    front = FRONTS[0]
    with trial(TABLE, f"{front.name} → orchestrator").step("the caller's trace"):
        id = there.submit(front, f"{uuid4()}", {"times": {**LIVES, "running": 60}})
        running(there, front, id)
        for _ in range(2):  # the second time the question is known
            there.platform.control("clear")
            trace, span = uuid4().hex, uuid4().hex[:16]
            answer = there.gateway.ask("GET", front.path(id), None, **front.headers, traceparent=f"00-{trace}-{span}-01")
            assert front.word(answer.json) == "running"
            front.job(there, id)
            traced, other = [
                [value for name, value in request["headers"] if name.lower() == "traceparent"]
                for request in there.platform.control("requests") if request["method"] == "GET"]
            assert [value.split("-")[1] for value in traced] == [trace] and span not in traced[0], traced
            assert other == [], other
