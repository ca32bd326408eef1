"""Stops, pages, and the four ways to run an Xplenty job."""
import time

PUSHY = "/organizations/ORG/pushy/jobs"


def run(gateway, command, nodes=("NODE1",)):
    body = {"task": "exec", "params": {"command": command}, "scope": {"nodes": list(nodes)}}
    return gateway.ask("POST", "/orchestrator/v1/command/task", body).json["job"]["name"]


def test_an_orchestrator_stop_is_idempotent(gateway):
    name = run(gateway, "sleep 60", ["NODE1", "NODE2"])
    gateway.until(f"/orchestrator/v1/jobs/{name}", lambda job: job["state"] == "running")
    answer = gateway.ask("POST", "/orchestrator/v1/command/stop", {"job": name})
    assert answer.status == 202 and answer.json["job"]["name"] == name
    job = gateway.until(f"/orchestrator/v1/jobs/{name}", lambda job: job["state"] == "stopped")
    assert job["node_states"] == {"stopped": 2}
    again = gateway.ask("POST", "/orchestrator/v1/command/stop", {"job": name})
    assert again.status == 202 and again.json["job"]["nodes"] == {"stopped": 2}


def test_an_xplenty_stop_goes_through_its_states_and_only_once(gateway):
    name = run(gateway, "sleep 60")
    gateway.until(f"/orchestrator/v1/jobs/{name}", lambda job: job["state"] == "running")
    answer = gateway.ask("DELETE", f"/acme/api/jobs/{name}")
    assert answer.status == 200 and answer.json["status"] == "pending_stoppage"
    job = gateway.until(f"/acme/api/jobs/{name}", lambda job: job["status"] == "stopped")
    assert job["completed_at"] and job["failed_at"] is None
    assert gateway.ask("DELETE", f"/acme/api/jobs/{name}").status == 422


def test_a_run_timeout_ends_the_job(gateway):
    made = gateway.ask("POST", PUSHY, {"command": "sleep 60", "nodes": ["NODE1"], "run_timeout": 1}).json["id"]
    real = lambda: gateway.ask("GET", f"{PUSHY}/{made}", None, X_Chef_Version="16").json
    end = time.time() + 20
    while real()["status"] in ("new", "voting", "running") and time.time() < end:
        time.sleep(0.1)
    assert real()["status"] == "timed_out" and set(real()["nodes"]) == {"timed_out"}


def test_four_encodings_are_one_request(gateway):
    flat = gateway.ask("POST", "/acme/api/jobs", {"cluster_id": 52, "package_id": 88, "variables": {"A": "x y"}})
    wrapped = gateway.ask("POST", "/acme/api/jobs", {"job": {"cluster_id": 52, "package_id": 88, "variables": {"A": "x y"}}},
                          Content_Type="application/vnd.xplenty+json")
    form = gateway.ask("POST", "/acme/api/jobs", b"job[cluster_id]=52&job%5Bjob_id%5D=88&job[variables][A]=x+y",
                       Content_Type="application/x-www-form-urlencoded")
    query = gateway.ask("POST", "/acme/api/jobs?job%5Bcluster_id%5D=52&job%5Bpackage_id%5D=88&job%5Bvariables%5D%5BA%5D=x+y")
    for answer in (flat, wrapped, form, query):
        assert answer.status == 201, answer.body
        job = answer.json
        assert (job["cluster_id"], job["package_id"], job["variables"]) == (52, 88, {"A": "x y"}), answer.body


def test_pages(gateway):
    for _ in range(3):
        run(gateway, "true")
    total = gateway.ask("GET", "/orchestrator/v1/jobs").json["pagination"]["total"]
    page = gateway.ask("GET", "/orchestrator/v1/jobs?limit=2&offset=1&order=desc&order_by=name").json
    assert [item["name"] for item in page["items"]] == [str(total - 1), str(total - 2)]
    assert page["pagination"] == {"limit": 2, "offset": 1, "order": "desc", "order_by": "name", "total": total}
    assert gateway.ask("GET", f"/orchestrator/v1/jobs?offset={total}").json["items"] == []
    newest = gateway.ask("GET", "/acme/api/jobs?limit=1").json
    assert [job["id"] for job in newest] == [total]
    assert gateway.ask("GET", f"/acme/api/jobs?offset={total + 5}").json == []
    assert len(gateway.ask("GET", "/acme/api/jobs?limit=1000").json) == min(total, 100)
    numbers = [int(item["name"]) for item in gateway.ask("GET", "/orchestrator/v1/jobs?order_by=name").json["items"]]
    assert numbers == list(range(1, total + 1)), "an orchestrator client loops for ever on gaps"


def test_an_organization_does_not_see_anothers_jobs(gateway):
    made = gateway.ask("POST", PUSHY, {"command": "true", "nodes": ["NODE1"]}).json["id"]
    other = PUSHY.replace("ORG", "other")
    assert gateway.ask("GET", f"{PUSHY}/{made}").status == 200
    assert gateway.ask("GET", f"{other}/{made}").status == 404
    assert made in [job["id"] for job in gateway.ask("GET", PUSHY).json]
    assert made not in [job["id"] for job in gateway.ask("GET", other).json]


def test_pages_of_nodes(gateway):
    name = run(gateway, "true", ["NODE1", "NODE2", "NODE3"])
    path = f"/orchestrator/v1/jobs/{name}/nodes"
    page = gateway.ask("GET", path + "?limit=1&offset=1").json
    assert [node["name"] for node in page["items"]] == ["NODE2"]
    assert gateway.ask("GET", path + "?offset=9").json["items"] == []
    for wrong in ("limit=-1", "offset=-1", "limit=many", "limit=99999999999999999999"):
        assert gateway.ask("GET", path + "?" + wrong).status == 400, wrong


def test_groups(gateway):
    def deploy(group):
        return gateway.ask("POST", "/orchestrator/v1/command/deploy", {"environment": "production", "scope": {"node_group": group}})
    everybody = deploy("00000000-0000-4000-8000-000000000000").json["job"]["name"]
    assert gateway.ask("GET", f"/orchestrator/v1/jobs/{everybody}").json["node_count"] == 6
    assert deploy("nobody").status == 400


def test_filters(gateway):
    name = run(gateway, "false")
    gateway.until(f"/acme/api/jobs/{name}", lambda job: job["status"] == "failed")
    assert {job["status"] for job in gateway.ask("GET", "/acme/api/jobs?status=failed").json} == {"failed"}
    assert gateway.ask("GET", "/acme/api/jobs?since=2999-01-01T00:00:00Z").json == []
    assert gateway.ask("GET", "/acme/api/jobs?status=all&since=2001-01-01T00:00:00Z").json
    for order in ("owner", "timestamp", "environment", "name", "state"):
        assert gateway.ask("GET", f"/orchestrator/v1/jobs?order_by={order}").status == 200
    assert gateway.ask("GET", "/orchestrator/v1/jobs?order_by=mood").status == 400
