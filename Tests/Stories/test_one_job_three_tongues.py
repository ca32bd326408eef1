"""The main story: a job comes in by one dialect's door, a real process runs, and every dialect reads it."""
import json
import os
import re
import subprocess

import pytest

from conftest import SEEDS, Gateway

SUBMIT = (SEEDS / "pushy-submit.json").read_bytes()
PUSHY = "/organizations/ORG/pushy/jobs"


def curl(gateway, *arguments):
    done = subprocess.run(
        ["curl", "-sS", "-i", *arguments], capture_output=True, text=True, timeout=30, check=True)
    head, body = done.stdout.replace("\r", "").split("\n\n", 1)
    return int(head.split()[1]), head, body


@pytest.mark.parametrize("protocol", [["--http1.1"], ["--http2-prior-knowledge"]], ids=["http1", "h2c"])
def test_the_seeds_own_post_runs_and_everybody_reads_it(gateway, protocol):
    status, head, body = curl(
        gateway, *protocol, "-H", "Content-Type: application/json", "--data-binary", SUBMIT.decode(), gateway.url + PUSHY)
    assert status == 201, body
    submitted = json.loads(body)
    assert list(submitted) == ["id"]
    assert re.fullmatch("[0-9a-f]{32}", submitted["id"])
    assert f"location: {gateway.url}{PUSHY}/{submitted['id']}" in head.lower().replace("org", "ORG") or submitted["id"] in head

    path = f"{PUSHY}/{submitted['id']}"
    status, head, body = curl(gateway, *protocol, gateway.url + path)
    first = json.loads(body)
    assert status == 200 and first["status"] in ("voting", "running"), body
    job = gateway.until(path, lambda job: job["status"] not in ("voting", "running"))
    assert job["status"] == "complete"
    assert job["nodes"] == {"complete": ["NODE1", "NODE2", "NODE3", "NODE4", "NODE5", "NODE6"]}
    seed = json.loads((SEEDS / "pushy-job-1.json").read_text())
    assert set(job) == set(seed)
    assert {key: type(job[key]) for key in seed} == {key: type(seed[key]) for key in seed}
    assert (job["id"], job["command"], job["run_timeout"]) == (submitted["id"], "chef-client", 300)

    found = [item for item in gateway.ask("GET", "/orchestrator/v1/jobs").json["items"] if item["options"]["task"] == "chef-client"]
    number = found[-1]["name"]
    orchestrated = gateway.ask("GET", f"/orchestrator/v1/jobs/{number}").json
    assert orchestrated["state"] == "finished"
    assert orchestrated["node_states"] == {"finished": 6}
    assert orchestrated["id"] == f"{gateway.url}/orchestrator/v1/jobs/{number}"
    nodes = gateway.ask("GET", f"/orchestrator/v1/jobs/{number}/nodes").json
    assert [node["name"] for node in nodes["items"]] == [f"NODE{n}" for n in range(1, 7)]
    assert all(node["state"] == "finished" and node["result"]["exit_code"] == 0 for node in nodes["items"])

    listed = gateway.ask("GET", "/acme/api/jobs").json
    assert int(number) in [item["id"] for item in listed]
    etl = gateway.ask("GET", f"/acme/api/jobs/{number}").json
    assert (etl["status"], etl["progress"], etl["errors"]) == ("completed", 1.0, None)
    assert etl["completed_at"] and etl["failed_at"] is None
    seed = json.loads((SEEDS / "xplenty-job.json").read_text())
    assert set(seed) <= set(etl)

    canonical = gateway.ask("GET", f"/v1/jobs/{number}").json
    assert canonical["phase"] == "succeeded"
    assert canonical["request"]["work"] == {"kind": "command", "command": "chef-client"}
    assert [entry["phase"] for entry in canonical["history"]] == ["accepted", "waiting", "running", "succeeded"]


def test_a_task_is_readable_by_the_others(gateway):
    body = {"task": "exec", "params": {"command": "echo hello"}, "scope": {"nodes": ["NODE1", "NODE2"]}}
    answer = gateway.ask("POST", "/orchestrator/v1/command/task", body)
    assert answer.status == 202
    name = answer.json["job"]["name"]
    assert answer.json["job"]["id"] == f"{gateway.url}/orchestrator/v1/jobs/{name}"
    job = gateway.until(f"/orchestrator/v1/jobs/{name}", lambda job: job["state"] not in ("new", "ready", "running"))
    assert (job["state"], job["command"], job["options"]["task"]) == ("finished", "task", "exec")
    assert job["options"]["params"] == {"command": "echo hello"}
    nodes = gateway.ask("GET", f"/orchestrator/v1/jobs/{name}/nodes").json["items"]
    assert nodes[0]["result"] == {"_output": "hello\n", "exit_code": 0}
    pushy = [item for item in gateway.ask("GET", PUSHY).json if item["command"] == "echo hello"]
    assert pushy and pushy[-1]["status"] == "complete"
    whole = gateway.ask("GET", f"{PUSHY}/{pushy[-1]['id']}").json
    assert whole["nodes"] == {"complete": ["NODE1", "NODE2"]}
    assert gateway.ask("GET", f"/acme/api/jobs/{name}").json["status"] == "completed"


def test_a_deploy_runs_through_the_phrasebook(gateway):
    answer = gateway.ask("POST", "/orchestrator/v1/command/deploy", {"environment": "production", "scope": {"nodes": ["NODE3"]}})
    assert answer.status == 202
    name = answer.json["job"]["name"]
    job = gateway.until(f"/orchestrator/v1/jobs/{name}", lambda job: job["state"] == "finished")
    assert (job["command"], job["type"], job["options"]["environment"]) == ("deploy", "deploy", "production")
    seed = json.loads((SEEDS / "orchestrator-job.json").read_text())
    assert set(seed) <= set(job)
    assert set(seed["options"]) <= set(job["options"])
    assert [entry["state"] for entry in job["status"]] == ["new", "ready", "running", "finished"]
    assert job["status"][-1]["exit_time"] is None


def test_a_package_runs_through_the_phrasebook(gateway):
    answer = gateway.ask("POST", "/acme/api/jobs", {"cluster_id": 52, "package_id": 434, "variables": {"DAY": "'x'"}})
    assert answer.status == 201
    number = answer.json["id"]
    assert answer.json["variables"] == {"DAY": "'x'"}
    job = gateway.until(f"/acme/api/jobs/{number}", lambda job: job["status"] == "completed")
    assert (job["cluster_id"], job["package_id"], job["progress"]) == (52, 434, 1.0)
    assert gateway.ask("GET", f"/orchestrator/v1/jobs/{number}/nodes").json["items"][1]["name"] == "NODE2"


def test_a_failure_is_a_failure_for_everybody(gateway):
    answer = gateway.ask("POST", PUSHY, {"command": "false", "nodes": ["NODE1", "NODE2"]})
    job = gateway.until(f"{PUSHY}/{answer.json['id']}", lambda job: job["status"] not in ("voting", "running"))
    assert job["status"] == "complete" and set(job["nodes"]) == {"crashed"}
    real = gateway.ask("GET", f"{PUSHY}/{answer.json['id']}", None, X_Chef_Version="16.12.3").json
    assert real["status"] == "complete" and set(real["nodes"]) == {"failed"}
    number = gateway.ask("GET", "/v1/jobs").json["jobs"][0]["id"]
    assert gateway.ask("GET", f"/orchestrator/v1/jobs/{number}").json["state"] == "failed"
    etl = gateway.ask("GET", f"/acme/api/jobs/{number}").json
    assert (etl["status"], etl["failed_at"]) == ("failed", etl["completed_at"])


def test_an_unknown_node_means_no_quorum(gateway):
    answer = gateway.ask("POST", PUSHY, {"command": "chef-client", "nodes": ["DONKEY"]})
    job = gateway.until(f"{PUSHY}/{answer.json['id']}", lambda job: job["status"] not in ("voting", "running"))
    assert job["status"] == "quorum_failed" and job["nodes"] == {"unavailable": ["DONKEY"]}


def test_files_users_and_captured_output(gateway):
    script = "raw:#!/bin/bash\necho \"I like $FOO\"; echo oops >&2"
    body = {"command": "bash $CHEF_PUSH_JOB_FILE", "nodes": ["NODE1"], "env": {"FOO": "bears"}, "file": script,
            "user": "root", "dir": "/tmp", "capture_output": True}
    made = gateway.ask("POST", PUSHY, body).json["id"]
    job = gateway.until(f"{PUSHY}/{made}", lambda job: job["status"] == "complete")
    seed = json.loads((SEEDS / "pushy-job.json").read_text())
    assert set(job) == set(seed) and job["file_specified"] is True
    assert gateway.ask("GET", f"{PUSHY}/{made}/output/NODE1/stdout").body == b"I like bears\n"
    assert gateway.ask("GET", f"{PUSHY}/{made}/output/NODE1/stderr").body == b"oops\n"
    assert gateway.ask("GET", f"{PUSHY}/{made}/output/NODE2/stdout").status == 404
    whole = gateway.ask("GET", f"{PUSHY}/{made}?include_file=true").json
    assert whole["file"] == script and "file_specified" not in whole


def test_the_shape_follows_the_caller(gateway):
    answer = gateway.ask("POST", PUSHY, {"command": "chef-client", "nodes": ["NODE1"]}, X_Ops_Sign="version=1.1")
    assert set(answer.json) == {"uri"}
    assert re.fullmatch(re.escape(gateway.url + PUSHY) + "/[0-9a-f]{32}", answer.json["uri"])
    assert answer.headers["Location"] == answer.json["uri"]


def test_what_is_lost_is_said(gateway):
    body = {"environment": "production", "concurrency": 2, "scope": {"nodes": ["NODE1"]}}
    answer = gateway.ask("POST", "/orchestrator/v1/command/deploy", body)
    assert answer.status == 202
    assert answer.headers["Dragoman-Loss"] == "run.concurrency;disposition=dropped;dialect=runner"
    name = answer.json["job"]["name"]
    assert gateway.ask("GET", f"/orchestrator/v1/jobs/{name}").json["options"]["concurrency"] == 2


def task(gateway, scope):
    body = {"task": "exec", "params": {"command": "true"}, "scope": scope}
    return gateway.ask("POST", "/orchestrator/v1/command/task", body)


def test_groups_and_queries_are_the_nodes_the_site_says(gateway):
    query = ["from", "nodes", ["=", "certname", "NODE1"]]
    for scope, nodes in (({"node_group": "web"}, ["NODE1", "NODE2", "NODE3"]), ({"query": query}, ["NODE1"])):
        answer = task(gateway, scope)
        assert answer.status == 202, answer.body
        found = gateway.ask("GET", f"/orchestrator/v1/jobs/{answer.json['job']['name']}/nodes").json
        assert [item["name"] for item in found["items"]] == nodes
    unknown = task(gateway, {"query": ["from", "nodes", ["=", "certname", "elsewhere"]]})
    assert unknown.status == 400 and "nobody has said which nodes fit this query" in unknown.json["msg"]
    nobody = task(gateway, {"node_group": "nowhere"})
    assert nobody.status == 400 and "no node belongs to the group nowhere" in nobody.json["msg"]


def test_a_file_reaches_a_command_that_runs_as_somebody_else(tmp_path):
    if os.geteuid() != 0:
        pytest.fail("only root can run commands as another account: run the tests as root")
    mask = os.umask(0o077)
    os.chmod(tmp_path, 0o711)
    try:
        own = Gateway(tmp_path)
    finally:
        os.umask(mask)
    for folder in tmp_path.parents:
        if folder.stat().st_uid == 0 and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o001)
    body = {"command": "bash $CHEF_PUSH_JOB_FILE", "nodes": ["NODE1"], "user": "nobody", "file": "raw:id -un", "capture_output": True}
    made = own.ask("POST", PUSHY, body).json["id"]
    job = own.until(f"{PUSHY}/{made}", lambda job: job["status"] not in ("voting", "running"))
    assert job["nodes"] == {"complete": ["NODE1"]}, own.ask("GET", f"{PUSHY}/{made}/output/NODE1/stderr").body
    assert own.ask("GET", f"{PUSHY}/{made}/output/NODE1/stdout").body == b"nobody\n"
    assert own.stop() == 0
