"""What a platform cannot do: refused by name when it changes what runs, done by the gateway where it can, else reported."""
import time

import pytest

from .columns import Column
from .fronts import Canonical, Documented, Orchestrator, Server, Xplenty

TABLE = "Losses"
PUSHY, ETL, TASKS, HUB = Server(), Xplenty(), Orchestrator(), Canonical()
# Front, platform, more members, the field the refusal names.
BINDING = [
    (PUSHY, "orchestrator", {"user": "root"}, "user"), (PUSHY, "orchestrator", {"dir": "/tmp"}, "dir"),
    (PUSHY, "orchestrator", {"env": {"A": "1"}}, "env"), (PUSHY, "orchestrator", {"file": "raw:x"}, "file"),
    (PUSHY, "xplenty", {"user": "root"}, "user"), (PUSHY, "xplenty", {"file": "raw:x"}, "file"),
    (PUSHY, "xplenty", {"env": {"A": "1"}}, "env"), (TASKS, "pushy", {"noop": True}, "noop"),
    (TASKS, "xplenty", {"noop": True}, "noop"), (ETL, "pushy", {"dynamic_variables": {"T": "Now()"}}, "dynamic"),
    (HUB, "xplenty", {"user": "root"}, "user"), (HUB, "pushy", {"noop": True}, "noop"),
]
NEUTRAL = [
    (PUSHY, "xplenty", {"env": {}, "capture_output": False, "quorum": 2}),
    (PUSHY, "orchestrator", {"env": {}, "capture_output": False}),
    (TASKS, "pushy", {"noop": False}), (TASKS, "xplenty", {"noop": False, "description": ""}),
    (ETL, "pushy", {"dynamic_variables": {}}),
]


def refusals(front):
    return {"orchestrator": 400}.get(front.name, 422)


@pytest.mark.parametrize("front, back, more, field", BINDING, ids=lambda v: getattr(v, "name", None) or str(v)[:20])
def test_what_binds_is_refused_by_name(front, back, more, field, column, trial):
    there = column(back)
    one = trial(TABLE, f"{front.name} → {back}")
    with one.step(f"{field} refused"):
        before = there.platform.submits
        answer = front.submit(there, "binding", **more)
        assert answer.status == refusals(front) and field in answer.body.decode(), (answer.status, answer.body)
        assert there.platform.submits == before


@pytest.mark.parametrize("front, back, more", NEUTRAL, ids=lambda v: getattr(v, "name", None) or str(v)[:20])
def test_what_would_happen_anyway_is_no_loss(front, back, more, column, trial):
    there = column(back)
    one = trial(TABLE, f"{front.name} → {back}")
    with one.step("neutral values"):
        answer = front.submit(there, "neutral", **more)
        front.made(answer)
        said = answer.headers["Dragoman-Loss"] or ""
        assert not any(name in said for name in ("run.env", "run.capture", "run.quorum", "run.noop")), said


def test_other_nodes_than_the_clusters_are_refused(column, trial):
    """Where a job runs binds: a package runs on its cluster, NODE1 and NODE2, and nowhere else."""
    there = column("xplenty")
    for front in (PUSHY, TASKS, HUB):
        one = trial(TABLE, f"{front.name} → xplenty")
        with one.step("nodes that are not the cluster's"):
            for nodes in (["NODE3"], ["NODE1"], ["NODE1", "NODE2", "NODE3"]):
                before = there.platform.submits
                answer = front.submit(there, "elsewhere", nodes=nodes)
                assert answer.status == refusals(front), f"{nodes}: {answer.status} {answer.body[:200]}"
                assert there.platform.submits == before
        with one.step("the cluster's nodes, any order"):
            assert front.submit(there, "here", nodes=["NODE2", "NODE1"]).status in (201, 202)


@pytest.mark.parametrize("front", [PUSHY, Documented(), HUB], ids=lambda front: front.name)
@pytest.mark.parametrize("back", ["xplenty", "orchestrator"])
def test_a_time_limit_is_kept_by_whoever_can(front, back, column, trial):
    there = column(back)
    one = trial(TABLE, f"{front.name} → {back}")
    with one.step("run timeout"):
        stops = there.platform.stops
        times = {"accepted": 0.05, "waiting": 0.05}
        there.platform.control("fate", outcome="hangs", times=times)
        id = front.made(front.submit(there, "late", timeout=1))
        begun = time.time()
        seen = there.until_over(front, id, seconds=20)
        assert seen[-1] == ("expired" if front.name == "canonical" else "timed_out"), seen
        assert time.time() - begun < 12
        assert not front.success(there, id)
        if back == "xplenty":
            assert there.platform.stops == stops + 1


def test_a_route_may_allow_a_loss(tmp_path, trial):
    there = Column(tmp_path, "orchestrator", route=", allow-losses: [run.user]")
    try:
        one = trial(TABLE, "pushy server-2 → orchestrator")
        with one.step("user allowed by the route"):
            answer = PUSHY.submit(there, "allowed", user="root")
            PUSHY.made(answer)
            assert "run.user" in (answer.headers["Dragoman-Loss"] or ""), answer.headers
            assert PUSHY.submit(there, "allowed", user="root", dir="/tmp").status == 422
    finally:
        there.end()


@pytest.mark.parametrize("status", [403, 404])
def test_a_quorum_that_nobody_counts(tmp_path, status, trial):
    """A platform that does not tell which nodes are there: nothing runs, unless the route lets the quorum get lost."""
    one = trial(TABLE, "pushy server-2 → orchestrator")
    for route, submits in (("", 0), (", allow-losses: [run.quorum]", 1)):
        there = Column(tmp_path / str(submits), "orchestrator", route=route)
        try:
            there.platform.control("fault", mode="error", status=status, path="/inventory")
            with one.step(f"inventory answers {status}"):
                answer = PUSHY.submit(there, "uncounted")
                assert there.platform.submits == submits, answer.body
                if submits:
                    PUSHY.made(answer)
                    assert "run.quorum;disposition=dropped" in answer.headers["Dragoman-Loss"], answer.headers
                else:
                    assert answer.status == 502, (answer.status, answer.body)
        finally:
            there.end()
