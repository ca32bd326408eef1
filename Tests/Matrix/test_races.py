"""Answers of one platform that were true at different moments: a job that is over while its nodes seemed to run."""
import signal
import socket
import time
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


def test_a_list_that_tells_of_an_end(column, trial):
    """Nobody has looked at these jobs since they began: the platform's list is the first to say that they are over."""
    there = column("xplenty", "listing")

    def look(front, one):
        with one.step("over, by a list"):
            made = [there.submit(front, f"{uuid4()}", {"times": {**LIVES, "running": 0.5}}) for _ in range(6)]
            time.sleep(1.5)
            assert front.listed(there)
            for id in made:
                nodes = front.nodes(there, id)
                assert nodes is None or set(nodes.values()) == {NODE[front.name]["succeeded"]}, nodes
                assert front.success(there, id)

    side_by_side(look, [(front, trial(TABLE, f"{front.name} → xplenty")) for front in FRONTS])


def test_a_client_goes_and_the_configuration_changes_while_a_platform_thinks(column, trial):
    """Nobody waits for these answers any more, and nothing remembers the configuration that they were asked under."""
    there = column("orchestrator", "thoughtful")
    front = FRONTS[0]
    with trial(TABLE, f"{front.name} → orchestrator").step("client and configuration are gone"):
        id = there.submit(front, f"{uuid4()}", {"times": {**LIVES, "running": 20}})
        front.job(there, id)  # from now on it is looked at on the event loop
        reloads = there.gateway.metric("dragoman_configuration_reloads_total", result="ok")
        there.platform.control("fault", mode="late", method="GET", path="/jobs/", seconds=2)
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", there.gateway.port)) as client:
                path = f"{front.list}/{id}"
                client.sendall(f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
                time.sleep(0.02)
        there.gateway.process.send_signal(signal.SIGHUP)
        end = time.time() + 20
        while there.gateway.metric("dragoman_configuration_reloads_total", result="ok") == reloads:
            assert time.time() < end
            time.sleep(0.05)
        time.sleep(2.5)
        there.platform.control("heal")
        assert front.job(there, id).status == 200
        assert there.gateway.process.poll() is None
