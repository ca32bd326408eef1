"""The orchestrator's documents: as its documentation prints them, as servers were captured, as they were in 2016."""
import time

from .orchestrator_life import JOB_OVER, NODE_OVER, SHIM

ADMIN = {"id": "751a8f7e-b53a-4ccd-9f4f-e93db6aa38ec", "login": "admin", "display_name": "Admin",
         "email": "admin@example.com", "last_login": "2020-05-05T14:03:06.226Z", "role_ids": [1],
         "inherited_role_ids": [2], "group_ids": ["9a588fd8-3daa-4fc2-a396-bf88945def1e"], "is_superuser": False,
         "is_revoked": False, "is_remote": True, "is_group": False}


def stamp(at):
    return None if at is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


class Documents:
    def __init__(self, variant):
        self.old, self.documented = variant == "captured-2016", variant == "documented"

    def owner(self, login):
        if self.old:
            return {"id": ADMIN["id"], "login": login}
        if self.documented:
            return {**ADMIN, "login": login}
        local = {**ADMIN, "login": login, "display_name": login.capitalize(), "email": "", "is_remote": False}
        return {k: v for k, v in local.items() if k not in ("inherited_role_ids", "group_ids")}

    def options(self, job):
        r = job.request
        scope = r.get("scope", {"whole_environment": True} if self.old else None)
        base = {"description": r.get("description", ""), "environment": r.get("environment", "production")}
        if job.extra["command"] == "task":
            options = {**base, "task": r["task"], "params": r["params"], "noop": bool(r.get("noop")), "scope": scope}
            return options if self.old else {**options, "sensitive": [], "scheduled-job-id": None, "transport": "pxp"}
        options = {"concurrency": r.get("concurrency"), "noop": r.get("noop", False), "trace": r.get("trace", False),
                   "debug": r.get("debug", False), "scope": scope,
                   "enforce_environment": r.get("enforce_environment", True), "environment": base["environment"],
                   "evaltrace": r.get("evaltrace", False), "target": "nodes" if self.old else r.get("target")}
        return options if self.documented else {**options, "description": base["description"]}

    def duration(self, seconds):
        return str(round(seconds, 2)) if self.documented else round(seconds, 3)

    def job(self, job, base, now, detail):
        word, since = job.line.word(now), job.line.since(now)
        url = f"{base}/jobs/{job.id}"
        ended = since if word in JOB_OVER else None
        command, r = job.extra["command"], job.request
        states = {}
        for node in job.nodes.values():
            states[node.line.word(now)] = states.get(node.line.word(now), 0) + 1
        members = {
            "id": url, "name": str(job.id), "command": command, "type": command, "state": word,
            "options": self.options(job), "node_count": len(job.nodes), "owner": self.owner(job.owner),
            "description": r.get("description", ""), "timestamp": stamp(since),
            "created_timestamp": stamp(job.created), "started_timestamp": stamp(job.created),
            "finished_timestamp": stamp(ended), "duration": self.duration((ended or now) - job.created),
            "node_states": states or None, "environment": {"name": r.get("environment", "production")},
            "status": self.status(job, now), "nodes": {"id": url + "/nodes"}, "report": {"id": url + "/report"},
            "events": {"id": url + "/events"}, "userdata": r.get("userdata", {})}
        if self.old:
            absent = {"type", "created_timestamp", "started_timestamp", "finished_timestamp", "duration", "node_states",
                      "userdata"}
        elif self.documented:
            absent = {"created_timestamp"} | ({"node_states", "events"} if detail else set())
        else:
            absent = {"started_timestamp"}
        if not detail:
            absent.add("status")
        return job.dressed({key: value for key, value in members.items() if key not in absent})

    def status(self, job, now):
        past = job.line.past(now)
        if not self.documented and job.extra["command"] == "task":
            past = past[1:] or past  # captured task jobs start with `ready`
        exits = [stamp(at) for at, _ in past[1:]] + [None]
        return [{"state": word, "enter_time": stamp(at), "exit_time": left} for (at, word), left in zip(past, exits)]

    def node(self, job, node, now):
        word = node.line.word(now)
        started = node.line.entered(now, "running")
        ended = node.line.since(now) if word in NODE_OVER and started is not None else None
        seen = [e[3] for e in job.events if e[2] == node.name and e[3]]
        details = {"message": node.message} if node.message and word in NODE_OVER else {}
        d = {"name": node.name, "state": word, "transport": "pcp", "start_timestamp": stamp(started),
             "finish_timestamp": stamp(ended), "duration": None if started is None else round((ended or now) - started, 3),
             "timestamp": stamp(node.line.since(now)), "transaction_uuid": None, "details": details}
        if not self.documented:
            d["latest-event-id"] = max(seen, default=0)
        if self.documented or self.old:
            del d["transport"]
        result = self.result(job, node, word)
        if result is not None and not (self.old and word == "errored"):
            d["result"] = result
        return d

    def result(self, job, node, word):
        if node.result is not None and word in NODE_OVER:
            return node.result
        if word in ("errored", "skipped", "stopped"):
            return {"kind": "puppetlabs.orchestrator/execution-failure", "msg": node.message or word,
                    "details": {"node": node.name}}
        if word not in ("finished", "failed"):
            return None
        if job.extra["command"] == "deploy":
            return {"hash": "7c211bf9e2c5", "noop": {"noop": job.request.get("noop", False), "no_noop": False},
                    "status": "failed" if word == "failed" else "changed", "environment": job.request.get("environment"),
                    "configuration_version": "1448375829", "metrics": {
                        "corrective_change": 0, "out_of_sync": 1, "restarted": 0, "skipped": 0, "total": 48, "changed": 1,
                        "scheduled": 0, "failed_to_restart": 0, "failed": 1 if word == "failed" else 0}}
        task = job.request["task"]
        out = f"ran {task} on {node.name}\n" if node.stdout is None else node.stdout
        if task in SHIM:
            return {"stdout": out, "stderr": node.stderr, "exit_code": node.exit}
        code = node.exit or (1 if word == "failed" else 0)
        result = {"_output": out + node.stderr, "exit_code": code} if task == "exec" else {"_output": out}
        if word == "failed":
            result["_error"] = {"kind": "puppetlabs.tasks/task-error", "details": {"exitcode": code},
                                "msg": f"The task errored with a code {code}" + (f": {node.stderr}" if node.stderr else "")}
        return result

    def event(self, job, happened, now):
        at, kind, name, number = happened
        what = "puppet run" if job.extra["command"] == "deploy" else "task"
        node = job.nodes.get(name)
        text = {"node_running": f"Started {what} on {name} ...", "node_finished": f"Finished {what} on {name} - Success! ",
                "node_failed": f"Finished {what} on {name} - Failure! ", "node_skipped": f"Skipped {name}",
                "node_errored": f"Error running {what} on {name}: {node.message if node else ''}",
                "job_stopping": f"Job {job.id} is stopping", "job_finished": f"Job {job.id} finished"}.get(kind, kind)
        if node is None:
            details = {"state": job.line.word(at)}
        elif kind == "node_running":
            details = {"node": name, "detail": {"noop": bool(job.request.get("noop"))}}
        else:
            details = {"node": name, "detail": self.result(job, node, node.line.word(at)) or {}}
        return {"id": str(number), "type": kind, "timestamp": stamp(at), "details": details, "message": text}

    def report(self, job, now):
        items = []
        for node in job.nodes.values():
            started, word = node.line.entered(now, "running"), node.line.word(now)
            one = {"node": node.name, "state": word, "timestamp": stamp(node.line.since(now)), "events": []}
            if not self.documented:
                one |= {"start_timestamp": stamp(started),
                        "finish_timestamp": stamp(node.line.since(now)) if word in NODE_OVER else None}
            items.append(one)
        return {"items" if self.documented else "report": items}
