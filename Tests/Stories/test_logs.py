"""Metrics, the access log and the audit log: they say the same, and nothing that is secret."""
import collections
import json
import os
import random
import re
import signal
import subprocess
import time

import pytest

from conftest import ROOT, Gateway

PUSHY = "/organizations/ORG/pushy/jobs"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def own(tmp_path):
    gateway = Gateway(tmp_path)
    yield gateway
    assert gateway.stop() == 0


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def settled(path, count, seconds=5):
    end = time.time() + seconds
    while len(path.read_text().splitlines()) < count and time.time() < end:
        time.sleep(0.05)
    return lines(path)


def test_the_access_log_of_a_thousand_requests_adds_up_with_the_metrics(own):
    dice = random.Random(7)
    made = own.ask("POST", PUSHY, {"command": "true", "nodes": ["NODE1"]}).json["id"]
    kinds = [
        lambda: own.ask("GET", f"{PUSHY}/{made}"),
        lambda: own.ask("GET", f"{PUSHY}/{'0' * 32}"),
        lambda: own.ask("GET", PUSHY),
        lambda: own.ask("GET", "/orchestrator/v1/jobs?limit=2"),
        lambda: own.ask("GET", "/orchestrator/v1/jobs/1/nodes"),
        lambda: own.ask("GET", "/acme/api/jobs/1"),
        lambda: own.ask("DELETE", "/acme/api/jobs/1"),
        lambda: own.ask("GET", "/v1/jobs/1"),
        lambda: own.ask("GET", "/nothing/at/all?token=hunter2"),
        lambda: own.ask("PUT", PUSHY, {}),
        lambda: own.ask("POST", PUSHY, b"{"),
        lambda: own.ask("POST", PUSHY, {"command": "true", "nodes": ["NODE1"]}),
    ]
    expected = collections.Counter()
    for _ in range(999):
        answer = dice.choice(kinds)()
        expected[str(answer.status)] += 1
    expected["201"] += 1
    log = settled(own.folder / "data/access.log", 1000)
    assert len(log) == 1000
    assert collections.Counter(str(line["status"]) for line in log) == expected
    by_series = collections.Counter(
        (line.get("dialect", "none"), line.get("operation", "none"), str(line["status"])) for line in log)
    for (dialect, operation, status), count in by_series.items():
        assert own.metric("dragoman_requests_total", dialect=dialect, operation=operation, status=status) == count
    assert own.metric("dragoman_requests_total") == 1000
    assert own.metric("dragoman_request_duration_seconds_count") == 1000
    faults = collections.Counter(line["fault"] for line in log if "fault" in line)
    for kind, count in faults.items():
        assert own.metric("dragoman_faults_total", kind=kind) == count
    assert own.metric("dragoman_faults_total") == sum(faults.values())
    submits = [line for line in log if line.get("operation") == "submit" and line["status"] == 201]
    assert own.metric("dragoman_jobs_submitted_total", dialect="pushy", backend="runner") == len(submits)
    assert all(line["backend"] == "runner" and line["job"] > 0 for line in submits)
    assert len({line["request"] for line in log}) == 1000
    assert "hunter2" not in (own.folder / "data/access.log").read_text() + own.log.read_text() + own.watch("/metrics")[1]


def test_promtool_has_nothing_to_say_of_the_metrics(own):
    own.ask("POST", PUSHY, {"command": "true", "nodes": ["NODE1"]})
    own.ask("GET", "/nowhere")
    status, text = own.watch("/metrics")
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=30)
    assert status == 200 and done.returncode == 0 and not done.stdout and not done.stderr, done.stdout + done.stderr
    for name in ("connections", "streams", "ledger_commits_total", "runner_processes", "jobs_open", "loop_lag_seconds",
                 "build_info", "configuration_reloads_total"):
        assert f"\ndragoman_{name}" in text, name


def test_a_caller_s_trace_and_name_go_along(own):
    answer = own.ask("POST", PUSHY, {"command": "true", "nodes": ["NODE1"]}, traceparent=TRACE, X_Request_Id="mine-1")
    assert answer.headers["x-request-id"] == "mine-1"
    line = settled(own.folder / "data/access.log", 1)[0]
    assert (line["request"], line["trace"], line["parent"]) == ("mine-1", TRACE.split("-")[1], TRACE.split("-")[2])
    assert line["span"] != line["parent"]
    assert {"find_us", "check_us", "act_us", "write_us", "total_us"} <= set(line), line
    bad = own.ask("GET", PUSHY, None, traceparent="00-" + "0" * 32 + "-00f067aa0ba902b7-01", X_Request_Id="a b")
    assert bad.headers["x-request-id"] is None
    assert settled(own.folder / "data/access.log", 2)[1]["trace"] != "0" * 32


def test_a_command_finds_the_trace_it_belongs_to(tmp_path):
    text = (ROOT / "deploy/dragoman.yaml").read_text().replace("    hostname: hostname\n", '    trace: "echo $TRACEPARENT"\n')
    own = Gateway(tmp_path, config=text)
    body = {"command": "trace", "nodes": ["NODE1"], "capture_output": True}
    made = own.ask("POST", PUSHY, body, traceparent=TRACE).json["id"]
    own.until(f"{PUSHY}/{made}", lambda job: job["status"] == "complete")
    said = own.ask("GET", f"{PUSHY}/{made}/output/NODE1/stdout").body.decode().strip().split("-")
    line = settled(own.folder / "data/access.log", 1)[0]
    assert said == ["00", TRACE.split("-")[1], line["span"], "01"]
    assert own.stop() == 0


def test_the_audit_log_has_every_submit_and_stop(own):
    task = {"task": "exec", "params": {"command": "sleep 60"}, "scope": {"nodes": ["NODE1", "NODE2"]}}
    name = own.ask("POST", "/orchestrator/v1/command/task", task, X_Authentication="hunter2").json["job"]["name"]
    own.ask("POST", "/orchestrator/v1/command/stop", {"job": name})
    refused = own.ask("POST", PUSHY, {"command": "true", "nodes": []})
    assert refused.status == 400
    unknown = own.ask("DELETE", "/acme/api/jobs/99999")
    assert unknown.status == 404
    path = own.folder / "data/audit.log"
    found = settled(path, 3)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [(line["action"], line["outcome"]) for line in found] == [
        ("submit", "accepted"), ("stop", "accepted"), ("stop", "refused")]
    submit = found[0]
    assert (submit["command"], submit["nodes"], submit["targets"]) == ("sleep", ["NODE1", "NODE2"], 2)
    assert (submit["dialect"], submit["backend"], submit["job"], submit["remote"]) == (
        "orchestrator", "runner", int(name), "127.0.0.1")
    assert "hunter2" not in path.read_text()


def test_moved_logs_are_opened_anew(own):
    own.ask("GET", PUSHY)
    path = own.folder / "data/access.log"
    settled(path, 1)
    os.rename(path, path.with_suffix(".1"))
    own.process.send_signal(signal.SIGUSR1)
    for _ in range(100):
        if path.exists():
            break
        time.sleep(0.05)
    own.ask("GET", PUSHY)
    assert len(settled(path, 1)) == 1 and len(lines(path.with_suffix(".1"))) == 1


def test_readiness_says_what_is_missing(tmp_path):
    text = (ROOT / "deploy/dragoman.yaml").read_text()
    text = re.sub(r"nodes: \[NODE1.*\]", "nodes: []", text).replace("web: [NODE1, NODE2, NODE3]", "web: []")
    own = Gateway(tmp_path, config=text.replace("]]': [NODE1]", "]]': []"))
    assert own.watch("/readyz") == (503, "missing: runner: it has no nodes\n")
    assert own.watch("/healthz") == (200, "ok\n")
    assert own.stop() == 0
