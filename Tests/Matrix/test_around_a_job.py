"""What clients ask beside the job itself: its report and events, and which nodes are there."""
import pytest

from .columns import Column
from .fronts import Orchestrator

JOBS = "/orchestrator/v1/jobs"


@pytest.mark.parametrize("back", ["pushy", "orchestrator", "xplenty", "runner"])
def test_every_orchestrator_job_has_a_report_and_events(back, column):
    """Clients ask for the report of each job that is over, and take a fault there for one of the job's."""
    there, front = column(back), Orchestrator()
    id = there.submit(front, "report", fate={"outcome": "succeeds"})
    there.until_over(front, id)
    report = there.ask("GET", f"{JOBS}/{id}/report").json
    nodes = front.nodes(there, id)
    assert {row["node"]: row["state"] for row in report["report"]} == nodes and all(row["events"] == [] for row in report["report"])
    if back != "orchestrator":
        assert report["items"] == report["report"]
    for path in (f"{JOBS}/{id}/events", f"{JOBS}/{id}/events?start=1"):
        events = there.ask("GET", path).json
        assert isinstance(events["items"], list) and isinstance(events["next-events"], dict)
    if back == "orchestrator":
        assert there.ask("GET", f"{JOBS}/{id}/events").json["items"][-1]["type"] == "job_finished"
    assert there.ask("GET", f"{JOBS}/{id}/events?start=x").status == 400
    assert there.ask("GET", f"{JOBS}/999999/report").json["kind"] == "puppetlabs.orchestrator/unknown-job"


@pytest.mark.parametrize("back", ["pushy", "orchestrator", "xplenty", "runner"])
def test_each_front_is_told_which_nodes_are_there(back, column):
    there = column(back)
    connected = {node["name"]: node["connected"] for node in there.ask("GET", "/v1/nodes").json["nodes"]}
    assert connected.get("NODE1") is True and connected.get("NODE2") is True
    if back in ("pushy", "orchestrator", "runner"):
        assert "DONKEY" not in connected
        assert there.ask("GET", "/v1/nodes/DONKEY").json == {"name": "DONKEY", "connected": False}
    asked = there.ask("POST", "/orchestrator/v1/inventory", {"nodes": ["NODE2", "nobody", "NODE1"]}).json["items"]
    assert [(one["name"], one["connected"]) for one in asked] == [("NODE2", True), ("nobody", False), ("NODE1", True)]
    listed = there.ask("GET", "/orchestrator/v1/inventory").json["items"]
    assert {one["name"] for one in listed} == set(connected)
    assert there.ask("GET", "/orchestrator/v1/inventory/NODE1").json == {"name": "NODE1", "connected": True}
    assert there.ask("POST", "/orchestrator/v1/inventory", {"nodes": "NODE1"}).status == 400
    state = there.ask("GET", "/organizations/acme/pushy/node_states/NODE1").json
    assert state == {"node_name": "NODE1", "status": "online", "availability": "available"}


def test_a_dead_platform_cannot_say_which_nodes_are_there(tmp_path):
    there = Column(tmp_path, "orchestrator")
    try:
        there.platform.control("fault", mode="refuse")
        answer = there.gateway.ask("GET", "/organizations/acme/pushy/node_states")
        assert answer.status == 503
        before = there.platform.submits
        answer = there.gateway.ask("POST", "/organizations/acme/pushy/jobs", {"command": "run-etl 1", "nodes": ["NODE1"]})
        assert answer.status == 503 and there.platform.submits == before
        assert there.gateway.ask("GET", "/v1/jobs").json["jobs"] == []
    finally:
        there.platform.control("heal")
        there.end()
