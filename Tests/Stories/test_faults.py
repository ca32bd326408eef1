"""Faults in the caller's tongue: status, shape and order of checks (the table of faults, for every operation there is)."""
import json

import pytest

PUSHY = "/organizations/ORG/pushy/jobs"
GOOD = {"command": "chef-client", "nodes": ["NODE1"]}


@pytest.mark.parametrize("body, text", [
    (b"[]", "an unknown validation error has occurred"),
    ({"nodes": ["a"]}, "invalid command supplied"),
    ({"command": 1, "nodes": ["a"]}, "invalid command supplied"),
    ({"command": None, "nodes": ["a"]}, "invalid command supplied"),
    ({"command": "x"}, "at least one node must be supplied"),
    ({"command": "x", "nodes": []}, "at least one node must be supplied"),
    ({"command": "x", "nodes": [1]}, "at least one node must be supplied"),
    (dict(GOOD, run_timeout="5"), "invalid type supplied for run_timeout (expected a number)"),
    (dict(GOOD, quorum=None), "invalid type supplied for quorum (expected a number)"),
    (dict(GOOD, env={"A": 1}), "an unknown validation error has occurred"),
    (dict(GOOD, capture_output="yes"), "invalid type supplied for capture_output (expected a boolean)"),
    (dict(GOOD, surprise=1), "invalid key supplied"),
    (dict(GOOD, file="x"), "invalid file contents (expected 'base64:...' or 'raw:...')"),
    (dict(GOOD, file="base64:*"), "invalid file contents (couldn't decode base64 string)"),
    (dict(GOOD, file="raw:" + "x" * 100_001), "invalid file size (must be <= 100000 bytes)"),
    (b'{"command":"x","nodes":["a"],"env":{"A":"1","A":"2"}}', "invalid environment value (duplicate key)"),
    ({"quorum": "x", "surprise": 1}, "invalid command supplied"),
])
def test_pushy_says_what_its_server_says(gateway, body, text):
    answer = gateway.ask("POST", PUSHY, body)
    assert (answer.status, answer.json) == (400, {"error": text})


def test_pushy_faults_without_a_body_of_json(gateway):
    for method, path, status in [("GET", "/organizations/ORG/pushy/nothing", 404), ("PUT", PUSHY, 405), ("DELETE", PUSHY + "/x", 405),
                                 ("GET", PUSHY + "/" + "0" * 32, 404), ("GET", PUSHY + "/not_a_number", 404)]:
        answer = gateway.ask(method, path)
        assert answer.status == status and answer.headers["Content-Type"].startswith("text/html"), (method, path)
    assert set(gateway.ask("PUT", PUSHY).headers["Allow"].split(", ")) == {"POST", "GET"}
    assert gateway.ask("GET", PUSHY + "/", None).status == 200
    assert gateway.ask("POST", PUSHY, b"{}", Content_Type="text/plain").status in (400, 415)
    assert gateway.ask("POST", PUSHY, GOOD, Content_Type="text/plain").status == 415
    assert gateway.ask("GET", PUSHY, None, Accept="text/csv").status == 406
    assert gateway.ask("POST", PUSHY, b"x" * 1_000_001).status == 413
    broken = gateway.ask("POST", PUSHY, b'{"command": "x",}')
    assert broken.status == 400 and isinstance(broken.json["error"], str)


def test_orchestrator_faults(gateway):
    def kind(answer):
        return answer.status, answer.json["kind"].split("/")[1]
    assert kind(gateway.ask("GET", "/orchestrator/v1/jobs/zwölf".replace("ö", "o"))) == (400, "validation-error")
    assert kind(gateway.ask("GET", "/orchestrator/v1/jobs/999999")) == (404, "unknown-job")
    assert kind(gateway.ask("GET", "/orchestrator/v1/jobs/999999/nodes")) == (404, "unknown-job")
    assert kind(gateway.ask("GET", "/orchestrator/v1/nothing")) == (404, "not-found")
    assert kind(gateway.ask("PUT", "/orchestrator/v1/jobs")) == (404, "not-found")
    assert kind(gateway.ask("GET", "/orchestrator/v1/jobs?limit=many")) == (400, "validation-error")
    assert kind(gateway.ask("POST", "/orchestrator/v1/command/task", b"{")) == (400, "validation-error")
    wrong = gateway.ask("POST", "/orchestrator/v1/command/task", {"task": "exec", "params": {}, "scope": {"nodes": [], "query": "x"}})
    assert kind(wrong) == (400, "validation-error") and wrong.json["details"] == {"field": "/scope"}
    unknown = {"task": "nobody::knows", "params": {}, "scope": {"nodes": ["NODE1"]}}
    assert kind(gateway.ask("POST", "/orchestrator/v1/command/task", unknown)) == (404, "unknown-task")
    assert kind(gateway.ask("POST", "/orchestrator/v1/command/stop", {"job": "x"})) == (400, "validation-error")
    assert kind(gateway.ask("POST", "/orchestrator/v1/command/stop", {"job": "999999"})) == (404, "unknown-job")
    noop = {"environment": "production", "noop": True, "scope": {"nodes": ["NODE1"]}}
    assert kind(gateway.ask("POST", "/orchestrator/v1/command/deploy", noop)) == (400, "validation-error")
    odd = gateway.ask("POST", "/orchestrator/v1/command/task", json.dumps(
        {"task": "exec", "noop": None, "params": {"command": "true"}, "scope": {"nodes": ["NODE1"]}}).encode(),
        Content_Type="application/x-www-form-urlencoded")
    assert odd.status == 202, "a real server takes JSON under any media type"


def test_xplenty_faults(gateway):
    def said(answer):
        assert set(answer.json) == {"message"}
        return answer.status
    assert said(gateway.ask("GET", "/acme/api/jobs/999999")) == 404
    assert said(gateway.ask("GET", "/acme/api/jobs/abc")) == 404
    assert said(gateway.ask("GET", "/acme/api/nothing")) == 404
    assert said(gateway.ask("PUT", "/acme/api/jobs")) == 404
    assert said(gateway.ask("POST", "/acme/api/jobs", b"{")) == 422
    assert said(gateway.ask("POST", "/acme/api/jobs", {"cluster_id": 1})) == 422
    assert said(gateway.ask("POST", "/acme/api/jobs", b"<x/>", Content_Type="text/xml")) == 415
    assert said(gateway.ask("GET", "/acme/api/jobs", None, Accept="text/html")) == 406
    late = {"cluster_id": 52, "package_id": 88, "dynamic_variables": {"T": "CurrentTime()"}}
    assert said(gateway.ask("POST", "/acme/api/jobs", late)) == 422
    for accept in ("application/vnd.xplenty+json; version=2", "application/vnd.xplenty+json version=2", "application/vnd.xplenty+json, version=2", "*/*"):
        assert gateway.ask("GET", "/acme/api/jobs", None, Accept=accept).status == 200


def test_canonical_faults(gateway):
    def kind(answer):
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["status"] == answer.status
        return answer.status, answer.json["kind"]
    assert kind(gateway.ask("GET", "/nowhere/at/all")) == (404, "unknown-route")
    assert kind(gateway.ask("GET", "/v1/jobs/999999")) == (404, "unknown-job")
    assert kind(gateway.ask("PUT", "/v1/jobs")) == (405, "method")
    assert kind(gateway.ask("POST", "/v1/jobs", b"{")) == (400, "malformed")
    assert kind(gateway.ask("POST", "/v1/jobs", {"request": {"work": {"kind": 3}}})) == (422, "invalid")
    # A node runs one job at a time, and another test may have left one there.
    gateway.until("/v1/jobs", lambda page: not {job["phase"] for job in page["jobs"]} & {"accepted", "waiting", "running"})
    made = gateway.ask("POST", "/v1/jobs", {"request": {"work": {"kind": "command", "command": "true"}, "target": {"nodes": ["NODE1"]}}})
    assert made.status == 201 and made.headers["Location"].endswith("/v1/jobs/" + made.json["id"])
    gateway.until("/v1/jobs/" + made.json["id"], lambda job: job["phase"] == "succeeded")
    assert kind(gateway.ask("POST", f"/v1/jobs/{made.json['id']}/stop")) == (409, "already-over")
