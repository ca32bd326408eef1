"""The documents of the measurement: what clients send, what the platforms answer, and what a gateway must make of it."""
import json
import re

NODES = [f"node{n:02}.prod.example.com" for n in range(12)]
RUNNING, DONE = NODES[:5], NODES[5:]
ORGANIZATION = "acme"
JOBS = f"/organizations/{ORGANIZATION}/pushy/jobs"
ORCHESTRATOR = "/orchestrator/v1/jobs"
TASK = "/orchestrator/v1/command/task"
# A pushy platform's ids are 32 hexadecimal digits; the backend counts in the last eight.
HEX = "0" * 15 + "ab0c0de5e"
ITSELF = "https://orchestrator.example.com:8143"
LISTED = 1000  # jobs in a list
RUNS_ON = "%%%%%%%%"  # digits that are other ones in each answer: how long something has been running
OWNER = {"id": "42cf24d1-5794-4bc6-b6ab-2d5a1ba12fbb", "login": "admin", "display_name": "Administrator",
         "email": "ops@example.com", "is_superuser": True, "is_remote": False, "is_group": False, "role_ids": [1],
         "last_login": "2026-01-20T17:06:48.170Z", "inherited_role_ids": [], "is_revoked": False}


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


PUSHY_SUBMIT = {
    "command": "chef-client", "nodes": NODES, "run_timeout": 86400, "quorum": 9, "capture_output": True,
    "env": {"RAILS_ENV": "production", "JOB_OWNER": "ops-team", "TRACE_ID": "4bf92f3577b34da6a3ce929d0e0e4736"},
    "dir": "/var/lib/chef/jobs", "user": "deploy", "file": "base64:ZWNobyBoZWxsbyB3b3JsZA=="}

ORCHESTRATOR_SUBMIT = {
    "environment": "production", "task": "package", "description": "converge the web tier",
    "params": {"name": "httpd", "action": "install", "version": "2.4.57"}, "scope": {"nodes": NODES}}


def orchestrator_listed(number):
    """A job that runs, as a list has it."""
    url = f"{ITSELF}{ORCHESTRATOR}/{number}"
    return {
        "description": "Run chef-client equivalent on production web tier", "id": url, "name": str(number), "command": "task",
        "type": "task", "state": "running",
        "options": {"description": "Run chef-client", "transport": "pxp", "noop": False, "task": "chef_client",
                    "params": {}, "sensitive": [], "scheduled-job-id": None, "environment": "production",
                    "concurrency": None, "scope": {"nodes": NODES}},
        "node_count": 12, "node_states": {"running": len(RUNNING), "finished": len(DONE)}, "owner": OWNER,
        "timestamp": "2026-01-20T19:44:11Z", "created_timestamp": "2026-01-20T19:44:01Z",
        "started_timestamp": "2026-01-20T19:44:02Z", "finished_timestamp": None, "duration": "123.456",
        "environment": {"name": "production"}, "nodes": {"id": url + "/nodes"}, "report": {"id": url + "/report"},
        "events": {"id": url + "/events"}, "userdata": {"servicenow_ticket": "INC0011211", "note": "café \"quoted\"\nnext"}}


def orchestrator_job(number):
    job = orchestrator_listed(number) | {"duration": f"123.{RUNS_ON}"}
    job["status"] = [{"state": "ready", "enter_time": "2026-01-20T19:44:01Z", "exit_time": "2026-01-20T19:44:02Z"},
                     {"state": "running", "enter_time": "2026-01-20T19:44:02Z", "exit_time": None}]
    return job


def orchestrator_nodes(number):
    def node(name, over):
        return {"name": name, "state": "finished" if over else "running", "transport": "pcp",
                "start_timestamp": "2026-01-20T19:44:02Z", "finish_timestamp": "2026-01-20T19:44:09Z" if over else None,
                "duration": 7.25 if over else f"7.{RUNS_ON}", "timestamp": "2026-01-20T19:44:09Z" if over else "2026-01-20T19:44:02Z",
                "details": {}, "latest-event-id": 0}
    return {"items": [node(n, False) for n in RUNNING] + [node(n, True) for n in DONE],
            "next-events": {"id": f"{ITSELF}{ORCHESTRATOR}/{number}/events?start=0", "event": "0"}}


def pushy_job(job_id):
    return {"id": job_id, "command": "package httpd install 2.4.57", "status": "running", "run_timeout": 3600,
            "created_at": "Tue, 20 Jan 2026 19:44:01 GMT", "updated_at": "Tue, 20 Jan 2026 19:44:02 GMT",
            "nodes": {"running": RUNNING, "succeeded": DONE}, "capture_output": True}


def table(folder, news=False):
    """Writes what the backend answers into `folder`; gives the path of the table. With `news`, the orchestrator says something
    else of a job each time."""
    job = orchestrator_job("########")
    if news:
        job["userdata"] = {"seen": RUNS_ON}
    page = [orchestrator_listed(10_000_000 + n) for n in range(LISTED)]
    total = {"order": "asc", "order_by": "timestamp", "total": LISTED}
    halves = [{"items": page[at:at + 500], "pagination": {"limit": 500, "offset": at, **total}} for at in (0, 500)]
    answers = [
        ("POST", TASK, 202, {"job": {"id": f"{ITSELF}{ORCHESTRATOR}/@@@@@@@@", "name": "@@@@@@@@"}}),
        ("POST", JOBS, 201, {"uri": f"https://chef.example.com{JOBS}/{HEX}@@@@@@@@"}),
        ("POST", "/orchestrator/v1/inventory", 200, {"items": [{"name": name, "connected": True} for name in NODES]}),
        ("POST", "/orchestrator/v1/command/stop", 202, {"job": {"id": f"{ITSELF}{ORCHESTRATOR}/1", "name": "1", "nodes": {}}}),
        ("GET", f"{ORCHESTRATOR}/*/nodes", 200, orchestrator_nodes("########")),
        ("GET", f"{ORCHESTRATOR}/*", 200, job),
        ("GET", f"{ORCHESTRATOR}?all", 200, {"items": page, "pagination": {"limit": LISTED, "offset": 0, **total}}),
        ("GET", f"{ORCHESTRATOR}?*offset=0", 200, halves[0]),
        ("GET", f"{ORCHESTRATOR}?*offset=500", 200, halves[1]),
        ("GET", f"{ORCHESTRATOR}?*offset=1000", 200, {"items": [], "pagination": {"limit": 500, "offset": 1000, **total}}),
        ("GET", f"{JOBS}/*", 200, pushy_job(f"{HEX}########"))]
    lines = []
    for index, (method, pattern, status, document) in enumerate(answers):
        path = folder / f"answer{index}.json"
        path.write_text(re.sub(f'"(7.{RUNS_ON})"', r"\1", compact(document)))
        lines.append(f"{method} {pattern} {status} {path}\n")
    (folder / "table").write_text("".join(lines))
    return folder / "table"
