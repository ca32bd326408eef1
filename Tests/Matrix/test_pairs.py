"""Submit, poll to the end, list, nodes, output, stop: each front in front of each platform."""
import time

import pytest

from .columns import side_by_side
from .fronts import FRONTS

TABLE = "Pairs: front → platform"
ENDS = {"pushy documented-2": "complete", "pushy server-2": "complete", "orchestrator": "finished",
        "xplenty v1": "completed", "xplenty v2": "completed", "canonical": "succeeded"}
NODES = {"pushy documented-2": "complete", "pushy server-2": "succeeded", "orchestrator": "finished",
         "canonical": "succeeded"}
# Statuses: the answer to a stop, to a stop of a job that is over, and where the platform has no stop.
STOP = {"orchestrator": (202, 202, 400), "xplenty v1": (200, 422, 422), "xplenty v2": (200, 422, 422),
        "canonical": (202, 409, 422)}
# What NODE1 printed, by platform.
PRINTED = {"pushy": b"ran run-etl printing on NODE1\n", "orchestrator": b"ran etl on NODE1\n",
           "runner": b"ran etl on NODE1\n"}


@pytest.mark.parametrize("back", ["pushy", "orchestrator", "xplenty", "runner"])
def test_a_job_from_its_submit_to_its_end(back, column, trial):
    there = column(back)
    side_by_side(whole, [(front, back, there, trial(TABLE, f"{front.name} → {back}")) for front in FRONTS])


def whole(front, back, there, trial):
    id = None
    with trial.step("submit"):
        id = there.submit(front, "succeeds", {"outcome": "succeeds"})
    with trial.step("poll"):
        seen = there.until_over(front, id)
        assert seen[-1] == ENDS[front.name], seen
        assert front.success(there, id)
    with trial.step("list"):
        assert front.listed(there)[id] == ENDS[front.name]
    if front.name.startswith("xplenty"):
        trial.impossible("nodes", "an xplenty job has none")
    else:
        with trial.step("nodes"):
            nodes = front.nodes(there, id)
            if back == "xplenty":  # it runs on its cluster, which stands for all of them
                assert nodes and set(nodes.values()) == {NODES[front.name]}, nodes
            else:
                assert nodes == {"NODE1": NODES[front.name], "NODE2": NODES[front.name]}
    output(front, back, there, trial)
    stop(front, back, there, trial)
    if back != "runner":
        with trial.step("only its own address"):
            assert not there.leaks_to(front), there.leaks_to(front)[0]


def output(front, back, there, trial):
    if front.name.startswith("xplenty") or back == "xplenty":
        return trial.impossible("output", "xplenty shows results, not what was printed")
    with trial.step("output"):
        more = {"capture_output": True} if front.name.startswith("pushy") else (
            {"capture": True} if front.name == "canonical" else {})
        id = there.submit(front, "printing", {"outcome": "succeeds"}, **more)
        there.until_over(front, id)
        if front.name == "orchestrator":
            results = {item["name"]: item["result"] for item in front.items(there, id)}
            if back != "pushy":  # a pushy platform prints only for those who asked it to capture
                assert results["NODE1"]["_output"].encode() == PRINTED[back], results
            return
        answer = front.ask(there, "GET", f"{front.path(id)}/output/NODE1/stdout")
        assert (answer.status, answer.body) == (200, PRINTED[back])
        none = front.ask(there, "GET", f"{front.path(id)}/output/NODE5/stdout")
        assert none.status == 404, (none.status, none.body)


def stop(front, back, there, trial):
    if not front.stops:
        return trial.impossible("stop", "pushy clients have no stop")
    with trial.step("stop"):
        # An orchestrator that is told to stop lets running nodes finish.
        fate = {"outcome": "succeeds" if back == "orchestrator" else "hangs",
                "times": {"accepted": 0.05, "waiting": 0.05, "running": 1.5}}
        id = there.submit(front, "hangs", fate)
        end = time.time() + 10
        while front.word(front.job(there, id).json) != "running" and time.time() < end:
            time.sleep(0.05)
        stopped, over, impossible = STOP[front.name]
        answer = front.stop(there, id)
        if back == "pushy":
            assert answer.status == impossible, (answer.status, answer.body)
            assert front.word(front.job(there, id).json) == "running"
            return trial.impossible("stop", "pushy platforms have no stop")
        assert answer.status == stopped, (answer.status, answer.body)
        if front.name.startswith("xplenty"):
            assert answer.json["status"] == "pending_stoppage", answer.body
        seen = there.until_over(front, id)
        assert seen[-1] == "stopped", seen
        assert not front.success(there, id)
        again = front.stop(there, id)
        assert again.status == over, (again.status, again.body)
