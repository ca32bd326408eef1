"""The stubs show the seeds' documents, live by the clock or by command, count, remember and forget."""
import time

import pytest

from .asking import ask
from .start import Platform

SUBMITS = {
    "pushy": ("/organizations/acme/pushy/jobs", {"command": "chef-client", "nodes": ["n1", "n2"], "run_timeout": 300}),
    "orchestrator": ("/orchestrator/v1/command/task",
                     {"task": "exec", "params": {"command": "uptime"}, "scope": {"nodes": ["n1", "n2"]}}),
    "xplenty": ("/acme/api/jobs", {"cluster_id": 52, "package_id": 88, "variables": {"DAY": "'2026-11-01'"}}),
}
WORD = {"pushy": "status", "orchestrator": "state", "xplenty": "status"}
GOOD = {"pushy": "complete", "orchestrator": "finished", "xplenty": "completed"}


def submit(p, name, **more):
    path, body = SUBMITS[name]
    answer = ask(p, "POST", path, {**body, **more})
    assert answer.status in (201, 202), answer.body
    document = answer.json
    if name == "pushy":
        return path + "/" + (document.get("id") or document["uri"].rsplit("/", 1)[1])
    if name == "orchestrator":
        return "/orchestrator/v1/jobs/" + document["job"]["name"]
    return f"{path}/{document['id']}"


def until(p, path, key, words, seconds=5):
    end = time.monotonic() + seconds
    while (document := ask(p, "GET", path).json)[key] not in words:
        assert time.monotonic() < end, document
        time.sleep(0.02)
    return document


@pytest.fixture(scope="module", params=SUBMITS)
def running(request):
    with Platform(request.param) as p:
        yield p, request.param


def test_a_job_goes_to_its_end_by_itself(running):
    p, name = running
    before = p.submits
    p.control("fate", times={"running": 1})
    path, seen = submit(p, name), []
    while not seen or seen[-1] != GOOD[name]:
        word = ask(p, "GET", path).json[WORD[name]]
        seen += [word] if word not in seen[-1:] else []
        assert len(seen) < 9
    assert "running" in seen and p.submits == before + 1


def test_a_fate_is_for_the_next_jobs_only_and_can_be_ended_by_command(running):
    p, name = running
    p.control("fate", outcome="hangs")
    held, free = submit(p, name), submit(p, name)
    until(p, free, WORD[name], {GOOD[name]})
    assert until(p, held, WORD[name], {"running"})
    p.control("finish", job=held.rsplit("/", 1)[1])
    assert ask(p, "GET", held).json[WORD[name]] == GOOD[name]
    with pytest.raises(ValueError, match="no outcome"):
        p.control("fate", outcome="no such")


def test_words_and_members_nobody_knows(running):
    p, name = running
    p.control("fate", words=[["running", 0.1], ["hibernating", 0]], members={"colour": "blue"}, without=["command"])
    document = until(p, submit(p, name), WORD[name], {"hibernating"})
    assert document["colour"] == "blue" and "command" not in document


def test_requests_are_remembered_as_they_came(running):
    p, name = running
    path, _ = SUBMITS[name]
    p.control("clear")
    ask(p, "POST", path + "?token=CANARY", b"\xff{", X_Canary="CANARY", Content_Type="application/json")
    one, = p.requests()
    assert one["target"].endswith("?token=CANARY") and ["X-Canary", "CANARY"] in one["headers"]
    assert one["body64"] == "/3s=" and one["answered"] >= 400
    p.control("clear")
    assert p.requests() == []


def test_what_is_there_and_headers_nobody_asked_for(running):
    p, name = running
    path, body = SUBMITS[name]
    submit(p, name)
    assert p.control("known")[-1]["request"].items() >= body.items()
    p.control("set", headers=[["Set-Cookie", "session=CANARY"]])
    assert ask(p, "GET", "/pushy/_status").headers["Set-Cookie"] == "session=CANARY"


def test_a_forgotten_job_is_unknown_and_its_number_stays_used(running):
    p, name = running
    first = submit(p, name)
    p.control("forget", job=first.rsplit("/", 1)[1])
    assert ask(p, "GET", first).status == 404
    assert submit(p, name) != first


@pytest.mark.parametrize("name", SUBMITS)
def test_ten_thousand_jobs_can_be_made_at_once(name):
    with Platform(name) as p:
        assert len(p.control("jobs", count=10_000)) == 10_000
        answer = ask(p, "GET", {"pushy": SUBMITS["pushy"][0], "orchestrator": "/orchestrator/v1/jobs?limit=3&offset=9999",
                                "xplenty": "/acme/api/jobs?limit=500&sort=updated"}[name])
        items = answer.json["items"] if name == "orchestrator" else answer.json
        assert len(items) == {"pushy": 10_000, "orchestrator": 1, "xplenty": 100}[name]
        assert items[0][WORD[name]] == GOOD[name]


def test_latency_delays_the_answer():
    with Platform("xplenty") as p:
        p.control("set", latency=0.3)
        start = time.monotonic()
        submit(p, "xplenty")
        assert time.monotonic() - start >= 0.3
        with pytest.raises(ValueError, match="no setting"):
            p.control("set", speed=3)


# The keys of the seeds' documents, in their order.

def test_seed_000_push_job_with_options():
    with Platform("pushy", variant="documented-2") as p:
        path = submit(p, "pushy", user="rebecca", dir="/home/rebecca", env={}, capture_output=True)
        assert list(until(p, path, "status", {"complete"})) == [
            "id", "command", "run_timeout", "status", "created_at", "updated_at", "nodes", "user", "dir", "env",
            "file_specified", "capture_output"]
        path = submit(p, "pushy", file="raw:#!/bin/bash\n", env={"FOO": "bears"})
        with_file = ask(p, "GET", path + "?include_file=true").json
        assert with_file["file"] == "raw:#!/bin/bash\n" and "file_specified" not in with_file
        assert ask(p, "GET", path).json["file_specified"] is True


def test_seed_001_push_job():
    with Platform("pushy", variant="documented-1") as p:
        document = until(p, submit(p, "pushy"), "status", {"complete"})
        assert list(document) == ["id", "command", "run_timeout", "status", "created_at", "updated_at", "nodes"]
        assert document["nodes"] == {"complete": ["n1", "n2"]} and document["run_timeout"] == 300
        assert time.strptime(document["created_at"], "%a, %d %b %Y %H:%M:%S GMT")


def test_seed_002_orchestrator_job():
    deploy = {"environment": "production", "scope": {"nodes": ["node1.example.com", "node2.example.com"]},
              "description": "deploy the web app"}
    with Platform("orchestrator", variant="documented") as p:
        job = ask(p, "POST", "/orchestrator/v1/command/deploy", deploy).json["job"]
        assert job["id"] == p.url + "/orchestrator/v1/jobs/1"
        document = until(p, "/orchestrator/v1/jobs/1", "state", {"finished"})
        assert set(document) == {
            "id", "name", "command", "type", "state", "options", "node_count", "owner", "description", "timestamp",
            "started_timestamp", "finished_timestamp", "duration", "environment", "status", "nodes", "report", "userdata"}
        assert document["options"] == {
            "concurrency": None, "noop": False, "trace": False, "debug": False, "scope": deploy["scope"],
            "enforce_environment": True, "environment": "production", "evaltrace": False, "target": None}
        assert [s["state"] for s in document["status"]] == ["new", "ready", "running", "finished"]
        assert document["status"][-1]["exit_time"] is None and isinstance(document["duration"], str)
        assert set(document["owner"]) == {
            "email", "is_revoked", "last_login", "is_remote", "login", "inherited_role_ids", "group_ids", "is_superuser",
            "id", "role_ids", "display_name", "is_group"}
        fault = ask(p, "GET", "/orchestrator/v1/jobs/x")
        assert (fault.status, fault.json["kind"]) == (400, "puppetlabs.orchestrator/validation-error")
        fault = ask(p, "GET", "/orchestrator/v1/jobs/99")
        assert (fault.status, fault.json["kind"]) == (404, "puppetlabs.orchestrator/unknown-job")


def test_seed_003_xplenty_job():
    with Platform("xplenty", variant="v1") as p:
        p.control("fate", outputs=[{"name": "projected_results", "records_count": 10415234}, {}])
        document = until(p, submit(p, "xplenty"), "status", {"completed"})
        assert set(document) == {
            "id", "status", "variables", "owner_id", "progress", "outputs_count", "outputs", "started_at", "created_at",
            "failed_at", "updated_at", "cluster_id", "package_id", "errors", "url", "runtime_in_seconds", "completed_at"}
        assert set(document["outputs"][0]) == {
            "component_name", "created_at", "id", "name", "preview_url", "records_count", "updated_at", "url"}
        assert document["outputs"][0]["records_count"] == 10415234 and document["outputs_count"] == 2
        preview = document["outputs"][0]["preview_url"].removeprefix(p.url)
        assert ask(p, "GET", preview).json["preview"] == '{"a":1}\n'
