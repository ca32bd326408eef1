"""The orchestrator's own ways: captured keys, tasks, stops, pages, events, tokens, errors."""
import json

import pytest

from .asking import ask
from .start import Platform
from .test_platforms import until

V1 = "/orchestrator/v1"
OVER = {"finished", "failed", "stopped"}


@pytest.fixture(scope="module")
def pe():
    with Platform("orchestrator") as p:
        yield p


def task(p, nodes=("n1", "n2"), task="exec", **more):
    answer = ask(p, "POST", V1 + "/command/task", {
        "task": task, "params": {"command": "uptime"}, "scope": {"nodes": list(nodes)}, **more})
    assert answer.status == 202, answer.body
    return f"{V1}/jobs/{answer.json['job']['name']}"


def nodes(p, job):
    return {n["name"]: n for n in ask(p, "GET", job + "/nodes").json["items"]}


def test_captured_keys(pe):
    job = task(pe, userdata={"mark": "x"}, noop=None)
    document = until(pe, job, "state", OVER)
    assert document["node_states"] == {"finished": 2} and isinstance(document["duration"], float)
    assert "created_timestamp" in document and "started_timestamp" not in document
    assert document["options"]["transport"] == "pxp" and document["options"]["scheduled-job-id"] is None
    assert [s["state"] for s in document["status"]] == ["ready", "running", "finished"]
    assert document["userdata"] == {"mark": "x"} and "group_ids" not in document["owner"]
    raw = ask(pe, "GET", job)
    assert b'"name" : "' in raw.body and raw.headers["Content-Type"] == "application/json; charset=utf-8"
    assert list(ask(pe, "GET", job + "/report").json) == ["report"]


def test_2016_leaves_keys_out():
    with Platform("orchestrator", variant="captured-2016") as p:
        document = until(p, task(p), "state", OVER)
        assert not {"type", "duration", "node_states", "userdata", "finished_timestamp"} & document.keys()
        assert document["owner"].keys() == {"id", "login"}
        assert ask(p, "GET", V1 + "/jobs/x").json["kind"] == "puppetlabs.validators/validation-error"


def test_results_and_exit_codes(pe):
    pe.control("fate", nodes={"n1": {"stdout": "up 3 days\n"}, "n2": {"exit": 3, "stderr": "no"}})
    job = task(pe)
    assert until(pe, job, "state", OVER)["state"] == "failed"
    found = nodes(pe, job)
    assert found["n1"]["result"] == {"_output": "up 3 days\n", "exit_code": 0}
    assert found["n2"]["state"] == "failed" and found["n2"]["result"]["_error"]["details"] == {"exitcode": 3}
    pe.control("fate", outcome="fails")
    shim = task(pe, task="bolt_shim::command")
    assert until(pe, shim, "state", OVER)["state"] == "finished"
    assert nodes(pe, shim)["n1"]["result"]["exit_code"] == 1
    deploy = ask(pe, "POST", V1 + "/command/deploy", {"environment": "production", "scope": {"nodes": ["n1"]}, "noop": True})
    job = f"{V1}/jobs/{deploy.json['job']['name']}"
    assert until(pe, job, "state", OVER)["options"]["noop"] is True
    assert nodes(pe, job)["n1"]["result"]["metrics"]["total"] == 48


def test_a_node_that_is_not_connected(pe):
    job = task(pe, nodes=["n1", "elsewhere"])
    assert until(pe, job, "state", OVER)["node_states"] == {"finished": 1, "errored": 1}
    lost = nodes(pe, job)["elsewhere"]
    assert lost["start_timestamp"] is None and "not connected to the PCP broker" in lost["details"]["message"]
    assert lost["result"]["kind"] == "puppetlabs.orchestrator/execution-failure"


def test_times_limits_and_crashes(pe):
    pe.control("fate", outcome="hangs")
    job = task(pe, timeout=1)
    until(pe, job, "state", {"running"})
    assert until(pe, job, "state", OVER)["state"] == "failed" and "timeout" in nodes(pe, job)["n1"]["details"]["message"]
    pe.control("fate", outcome="crashes")
    job = task(pe)
    until(pe, job, "state", OVER)
    assert nodes(pe, job)["n1"]["state"] == "errored" and nodes(pe, job)["n1"]["start_timestamp"]


def test_stop_is_graceful_unless_forced(pe):
    pe.control("fate", outcome="hangs", times={"running": 30})
    job = task(pe, concurrency=1)
    until(pe, job, "state", {"running"})
    number = job.rsplit("/", 1)[1]
    answer = ask(pe, "POST", V1 + "/command/stop", {"job": number})
    assert answer.status == 202 and answer.json["job"]["nodes"] == {"running": 1, "skipped": 1}
    assert ask(pe, "GET", job).json["state"] == "stopping"
    assert ask(pe, "POST", V1 + "/command/stop", {"job": int(number), "force": True}).status == 202
    assert until(pe, job, "state", OVER)["node_states"] == {"stopped": 1, "skipped": 1}
    assert ask(pe, "POST", V1 + "/command/stop", {"job": number}).status == 202
    assert ask(pe, "POST", V1 + "/command/stop", {"job": "99999"}).json["kind"] == "puppetlabs.orchestrator/unknown-job"
    assert ask(pe, "POST", V1 + "/command/stop", {"job": "x"}).status == 400


def test_a_late_graceful_stop_lets_running_nodes_end(pe):
    pe.control("fate", times={"running": 2})
    job = task(pe)
    until(pe, job, "state", {"running"})
    ask(pe, "POST", V1 + "/command/stop", {"job": job.rsplit("/", 1)[1]})
    assert until(pe, job, "state", OVER)["node_states"] == {"finished": 2}
    assert ask(pe, "GET", job).json["state"] == "stopped"


def test_events_ascend_over_all_jobs_and_end_with_job_finished(pe):
    jobs = [task(pe), task(pe)]
    for job in jobs:
        until(pe, job, "state", OVER)
    both = [ask(pe, "GET", job + "/events").json for job in jobs]
    ids = [[int(e["id"]) for e in one["items"]] for one in both]
    assert ids[0] == sorted(ids[0]) and not set(ids[0]) & set(ids[1])
    assert [e["type"] for e in both[0]["items"]] == ["node_running"] * 2 + ["node_finished"] * 2 + ["job_finished"]
    assert both[0]["next-events"]["event"] == str(ids[0][-1] + 1)
    later = ask(pe, "GET", f"{jobs[0]}/events?start={ids[0][3]}").json
    assert [e["id"] for e in later["items"]] == [str(i) for i in ids[0][3:]]
    assert nodes(pe, jobs[0])["n1"]["latest-event-id"] in ids[0]
    assert ask(pe, "GET", jobs[0] + "/events?start=x").status == 400


def test_pages():
    with Platform("orchestrator") as p:
        p.control("jobs", count=12)
        newest = ask(p, "GET", V1 + "/jobs?limit=1&order=desc&order_by=name").json
        assert newest["items"][0]["name"] == "12" and newest["pagination"] == {
            "limit": 1, "offset": 0, "order": "desc", "order_by": "name", "total": 12}
        assert len(ask(p, "GET", V1 + "/jobs").json["items"]) == 12
        assert ask(p, "GET", V1 + "/jobs?offset=12").json["items"] == []
        ends = [job["finished_timestamp"] for job in ask(p, "GET", V1 + "/jobs").json["items"]]
        assert len(ask(p, "GET", f"{V1}/jobs?min_finish_timestamp={ends[8]}").json["items"]) == 4
        for bad in ("max_finish_timestamp=x", "limit=x", "limit=-1", "order=up", "order_by=age", "type=plan", "type=deploy&task=x"):
            assert ask(p, "GET", V1 + "/jobs?" + bad).status == 400
        p.control("set", first_id=7)
        assert task(p, task="bolt_shim::command").endswith("/19")
        assert len(ask(p, "GET", V1 + "/jobs?task=shim").json["items"]) == 1


@pytest.mark.parametrize("change, status, kind", [
    ({"task": 1}, 400, "validation-error"), ({"task": "a b"}, 400, "validation-error"),
    ({"params": None}, 400, "validation-error"), ({"scope": {}}, 400, "validation-error"),
    ({"scope": {"application": "x"}}, 400, "validation-error"), ({"noop": 1}, 400, "validation-error"),
    ({"environment": "nowhere"}, 404, "unknown-environment"), ({"scope": {"nodes": []}}, 400, "empty-target"),
    ({"scope": {"query": "nodes["}}, 400, "query-error"),
    ({"scope": {"query": 'inventory[certname]{certname = "nobody"}'}}, 400, "empty-target"),
])
def test_what_a_task_is_refused_for(pe, change, status, kind):
    body = {"task": "exec", "params": {}, "scope": {"nodes": ["n1"]}, **change}
    answer = ask(pe, "POST", V1 + "/command/task", body, Content_Type="application/x-www-form-urlencoded")
    assert (answer.status, answer.json["kind"]) == (status, "puppetlabs.orchestrator/" + kind)


def test_scopes(pe):
    for scope, count in [({"query": 'nodes[certname]{certname ~ "prod"}'}, 9),
                         ({"query": ["from", "nodes", ["=", "certname", "n3"]]}, 1),
                         ({"node_group": "9a588fd8-3daa-4fc2-a396-bf88945def1e"}, 2)]:
        answer = ask(pe, "POST", V1 + "/command/task", {"task": "exec", "params": {}, "scope": scope})
        job = ask(pe, "GET", f"{V1}/jobs/{answer.json['job']['name']}").json
        assert (job["node_count"], job["options"]["scope"]) == (count, scope)


def test_unknown_paths_and_plans(pe):
    assert ask(pe, "POST", V1 + "/command/plan_start", {"plan_name": "x"}).status == 404
    assert ask(pe, "GET", "/").json["kind"] == "puppetlabs.orchestrator/not-found"
    assert ask(pe, "GET", V1 + "/plan_jobs").json["items"] == []
    assert ask(pe, "GET", "/status/v1/simple").body == b"running"
    assert ask(pe, "GET", V1 + "/tasks/exec/init").json["name"] == "exec"
    assert ask(pe, "GET", V1 + "/tasks/no/no").json["kind"] == "puppetlabs.orchestrator/unknown-task"
    items = ask(pe, "POST", V1 + "/inventory", {"nodes": ["n1", "nobody"]}).json["items"]
    assert [one["connected"] for one in items] == [True, False] and "broker" not in items[1]


def test_tokens(tmp_path):
    (tmp_path / "book.json").write_text(json.dumps({
        "logins": {"ops": "secret"}, "tokens": {
            "good": {"login": "ops"}, "old": {"login": "ops", "state": "expired"},
            "gone": {"login": "ops", "state": "revoked"},
            "small": {"login": "kim", "may": ["task:package"]}}}))
    with Platform("orchestrator", credentials=tmp_path / "book.json") as p:
        def kind(path=V1 + "/jobs", **headers):
            answer = ask(p, "GET", path, **headers)
            if answer.status == 200:
                return 200
            return answer.status, answer.json["kind"].rsplit("/", 1)[1], len(answer.json)
        assert kind() == (401, "user-unauthenticated", 2)
        assert kind(X_Authentication="no") == (401, "invalid-token", 2)
        assert kind(X_Authentication="old") == (401, "token-expired", 2)
        assert kind(X_Authentication="gone") == (401, "token-revoked", 2)
        assert kind(X_Authentication="good|no_keepalive") == 200 and kind(V1 + "/jobs?token=good") == 200
        assert kind("/nowhere") == (401, "user-unauthenticated", 2) and kind("/status/v1/simple") == 200
        issue = "/rbac-api/v1/auth/token"
        assert ask(p, "POST", issue, {"login": "ops", "password": "x"}).status == 401
        assert ask(p, "POST", issue, {"login": "ops"}).status == 400
        token = ask(p, "POST", issue, {"login": "ops", "password": "secret", "lifetime": "1h"}).json["token"]
        assert kind(X_Authentication=token) == 200
        body = {"task": "exec", "params": {}, "scope": {"nodes": ["n1"]}}
        answer = ask(p, "POST", V1 + "/command/task", body, X_Authentication="small")
        assert (answer.status, answer.json["kind"]) == (403, "puppetlabs.orchestrator/not-permitted")
        assert p.submits == 0
