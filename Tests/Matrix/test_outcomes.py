"""How a job ends: in each front's words, and by each front's own test of success."""
import pytest

from .columns import LIVES, side_by_side
from .fronts import FRONTS
from .words import HUB, JOB, NODE

TABLE = "Outcomes: front → platform, by what became of the job there"


@pytest.mark.parametrize("back", list(HUB))
def test_every_outcome(back, column, trial):
    there = column(back)
    side_by_side(outcomes, [(front, back, there, trial(TABLE, f"{front.name} → {back}")) for front in FRONTS])


def outcomes(front, back, there, trial):
    made = {}
    for outcome in HUB[back]:
        if back == "runner" and outcome == "expires" and front.name.startswith("xplenty"):
            trial.impossible(outcome, "an xplenty client sets no limit of time")
            continue
        with trial.step(outcome):
            made[outcome] = begin(front, there, outcome)
    for outcome, id in made.items():
        phase, node = HUB[back][outcome]
        with trial.step(outcome):
            seen = there.until_over(front, id)
            wanted = {JOB[front.name][phase]}
            if back == "pushy" and front.name.startswith("pushy") and outcome == "crashes":
                wanted.add("complete")  # the same dialect's own document, with its nodes in `crashed`
            assert seen[-1] in wanted, f"{seen[-1]} instead of {wanted}"
            assert front.success(there, id) == (phase == "succeeded"), "the client's own test of success"
            nodes = front.nodes(there, id)
            if nodes is not None and node is not None:
                assert set(nodes.values()) == {NODE[front.name][node]}, f"nodes {nodes}, hub {node}"
            detail(front, there, id, phase)


def begin(front, there, outcome):
    """Submits a job that will end so."""
    if there.platform:
        times = {**LIVES, "running": 0.05} if outcome == "server crashes" else LIVES  # its nodes come first
        return there.submit(front, outcome.replace(" ", "-"), {"outcome": outcome, "times": times})
    if outcome == "expires":
        key = {"orchestrator": "timeout", "canonical": "timeout"}.get(front.name, "run_timeout")
        return there.submit(front, "hangs", **{key: 1})
    if outcome == "rejected":
        return there.submit(front, outcome, nodes=["DONKEY"], work="etl-nowhere")
    return there.submit(front, outcome)


def detail(front, there, id, phase):
    """What else the tables say of the documents."""
    job = front.job(there, id).json
    if front.name.startswith("xplenty"):
        if phase == "succeeded":
            assert (job["progress"], job["failed_at"], job["errors"] or None) == (1.0, None, None), job
        else:
            assert job["failed_at"] == job["completed_at"] is not None, job
        if phase == "rejected":
            assert (job["started_at"], job["progress"], job["runtime_in_seconds"]) == (None, 0.0, 0), job
        if phase == "expired":
            assert job["started_at"], job
        assert ("attempts" in job) <= (front.name == "xplenty v2"), "a member of version 2"
    if front.name == "orchestrator":
        items = front.items(there, id)
        if phase == "rejected":
            assert all(item["start_timestamp"] is None for item in items), items
        if phase == "crashed":
            assert all(item["start_timestamp"] for item in items if item["state"] == "errored"), items
        if phase == "expired":
            assert all(item["details"]["message"] == "timeout" for item in items), items


MIXED = {  # NODE1 succeeded, NODE2 failed: each front's whole answer
    "pushy documented-2": ("complete", {"NODE1": "complete", "NODE2": "crashed"}),
    "pushy server-2": ("complete", {"NODE1": "succeeded", "NODE2": "failed"}),
    "orchestrator": ("failed", {"NODE1": "finished", "NODE2": "failed"}),
    "xplenty v1": ("failed", None), "xplenty v2": ("failed", None),
    "canonical": ("failed", {"NODE1": "succeeded", "NODE2": "failed"}),
}


@pytest.mark.parametrize("back", ["pushy", "orchestrator", "runner"])
def test_one_node_of_two_fails(back, column, trial):
    there = column(back)
    side_by_side(mixed, [(front, back, there, trial(TABLE, f"{front.name} → {back}")) for front in FRONTS])


def mixed(front, back, there, trial):
    with trial.step("one node fails"):
        failed = "failed" if back == "pushy" else {"exit": 1, "stderr": "it went wrong\n"}
        id = there.submit(front, "partial", {"nodes": {"NODE2": failed}})
        seen = there.until_over(front, id)
        word, nodes = MIXED[front.name]
        assert seen[-1] == word, seen
        assert front.nodes(there, id) == nodes
        assert not front.success(there, id)
        if front.name == "orchestrator" and back == "pushy":
            result = {item["name"]: item["result"] for item in front.items(there, id)}["NODE2"]
            assert result["_error"]["msg"] == "exit status not reported", result
        if front.name.startswith("xplenty"):
            job = front.job(there, id).json
            assert (job["progress"], job["errors"]) == (1.0, "failed on NODE2"), (job["progress"], job["errors"])


def test_a_quorum_is_enough(column, trial):
    """One node of two does not take the job, and one is enough: partial success, read by every front."""
    there = column("pushy")
    for front in FRONTS:
        one = trial(TABLE, f"{front.name} → pushy")
        if front.name == "orchestrator" or front.name.startswith("xplenty"):
            one.impossible("a quorum", "only pushy clients ask for one")
            continue
        with one.step("a quorum"):
            id = there.submit(front, "quorum", {"nodes": {"NODE2": "nacked"}}, quorum=1)
            seen = there.until_over(front, id)
            assert seen[-1] == JOB[front.name]["succeeded"], seen
            assert front.success(there, id)
            assert front.nodes(there, id)["NODE2"] == NODE[front.name]["refused"]
    with trial(TABLE, "orchestrator → pushy").step("a quorum of another's"):
        tasks = FRONTS[2]
        number = max(tasks.listed(there), key=int)
        assert tasks.nodes(there, number) == {"NODE1": "finished", "NODE2": "skipped"}
        assert tasks.success(there, number)
