"""Answers of one platform that were true at different moments: a job that is over while its nodes seemed to run."""
from uuid import uuid4

from .columns import LIVES, side_by_side
from .fronts import FRONTS
from .words import JOB, NODE

TABLE = "Races: front → platform"


def test_nodes_that_answer_long_before_their_job(column, trial):
    """The nodes still run when they are asked, the job is over when it answers: it has succeeded, and so have they."""
    there = column("orchestrator", "racing")
    made = {front: there.submit(front, f"{uuid4()}", {"times": {**LIVES, "running": 2}}) for front in FRONTS}
    there.platform.control("fault", mode="late", method="GET", path="/jobs/[0-9]+$", seconds=3, work="late")

    def look(front, one):
        with one.step("the nodes were asked too early"):
            id = made[front]
            assert there.until_over(front, id)[-1] == JOB[front.name]["succeeded"]
            nodes = front.nodes(there, id)
            assert nodes is None or set(nodes.values()) == {NODE[front.name]["succeeded"]}, nodes
            assert front.success(there, id)

    try:
        side_by_side(look, [(front, trial(TABLE, f"{front.name} → orchestrator")) for front in FRONTS])
    finally:
        there.platform.control("heal")
