"""A Puppet Enterprise orchestrator (and the token service beside it), as their clients see them."""
import json
import re

from . import orchestrator_life
from .engine import Job
from .orchestrator_checks import Refusal, check_caller, check_deploy, check_task, digits, hosts, moment, one_of, whole
from .orchestrator_documents import Documents
from .wire import Response

BASE = "/orchestrator/v1"
TASKS = {"bolt_shim::command": "command", "bolt_shim::script": "content", "exec": "command", "package": "action",
         "service": "action", "facts": None}


class Orchestrator:
    VARIANTS = ("captured", "documented", "captured-2016")
    OUTCOMES = orchestrator_life.OUTCOMES
    ROUTES = [("GET", "$", "root"), ("POST", "/command/deploy$", "deploy"), ("POST", "/command/task$", "task"),
              ("POST", "/command/stop$", "stop"), ("GET", "/jobs$", "jobs"), ("GET", "/jobs/([^/]+)$", "job"),
              ("GET", "/jobs/([^/]+)/nodes$", "nodes"), ("GET", "/jobs/([^/]+)/report$", "report"),
              ("GET", "/jobs/([^/]+)/events$", "events"), ("GET", "/plan_jobs$", "nothing"),
              ("GET", "/inventory$", "inventory"), ("POST", "/inventory$", "inventory"),
              ("GET", "/inventory/([^/]+)$", "inventory_node"), ("GET", "/tasks$", "tasks"),
              ("GET", "/tasks/([^/]+)/([^/]+)$", "one_task"), ("GET", "/scheduled_jobs/environment_jobs$", "nothing")]

    def __init__(self, engine, variant, book=None):
        self.engine, self.book, self.variant = engine, book, variant
        self.documents = Documents(variant)
        engine.settings |= {
            "nodes": [*(f"n{i}" for i in range(1, 10)), *(f"n{i}.prod.example.com" for i in range(1, 10)),
                      "node1.example.com", "node2.example.com", "a1.site.test", "a2.site.test", "web01", "web02"],
            "headers": [["Server", "Jetty(9.4.43.v20210629)"]],
            "offline": [], "environments": ["production", "development", "testing"], "first_id": 1,
            "groups": {"00000000-0000-4000-8000-000000000000": None,
                       "9a588fd8-3daa-4fc2-a396-bf88945def1e": ["n1", "n2"]}}

    def answer(self, r):
        try:
            return self.checked(r)
        except Refusal as refusal:
            return self.fault(refusal)

    def fault(self, refusal):
        kind = refusal.kind if "." in refusal.kind else "puppetlabs.orchestrator/" + refusal.kind
        if refusal.kind == "validation-error" and self.variant == "captured-2016":
            kind = "puppetlabs.validators/validation-error"
        body = {"kind": kind, "msg": refusal.text}
        bare = refusal.status == 401 or refusal.kind in ("query-error", "not-permitted")
        if not bare:
            body["details"] = refusal.details
        return self.json(refusal.status, body)

    def json(self, status, value):
        # Captured answers are pretty-printed, with a blank on both sides of the colon.
        text = json.dumps(value, ensure_ascii=False) if self.variant == "documented" else \
            json.dumps(value, ensure_ascii=False, indent=2, separators=(",", " : "))
        return Response(status, [("Content-Type", "application/json; charset=utf-8")], text.encode())

    def checked(self, r):
        if r.path.startswith("/status/v1/"):
            return self.service(r)
        if r.path == "/rbac-api/v1/auth/token":
            return self.token(r)
        caller = check_caller(r, self.book) if self.book is not None else {"login": "admin", "may": None}
        path = r.path.removeprefix(BASE) if r.path.startswith(BASE) else r.path.removeprefix("/orchestrator")
        known = r.path.startswith("/orchestrator")
        for method, pattern, name in self.ROUTES:
            if known and r.method == method and (m := re.match(pattern, path)):
                self.engine.settle(self.engine.clock())
                return getattr(self, name)(r, caller, *m.groups())
        raise Refusal(404, "not-found", f"no route for {r.method} {r.path}")

    def body(self, r):
        # Real servers read JSON whatever the Content-Type says.
        try:
            body = json.loads(r.body)
        except ValueError:
            raise Refusal(400, "validation-error", "The request body is not JSON.") from None
        if not isinstance(body, dict):
            raise Refusal(400, "validation-error", "The request body is not a JSON object.")
        return body

    def url(self, r):
        return r.base + BASE

    def link(self, r, job):
        return {"id": f"{self.url(r)}/jobs/{job.id}", "name": str(job.id)}

    # Beside the orchestrator

    def service(self, r):
        if r.path.startswith("/status/v1/simple"):
            return Response(200, [("Content-Type", "text/plain; charset=utf-8")], b"running")
        record = {"service_version": "2021.7.1", "service_status_version": 1, "detail_level": "info", "state": "running",
                  "status": {}, "active_alerts": []}
        return self.json(200, record if r.path.endswith("/orchestrator-service") else {"orchestrator-service": record})

    def token(self, r):
        body = self.body(r)
        if r.method != "POST" or not isinstance(body.get("login"), str) or not isinstance(body.get("password"), str):
            raise Refusal(400, "puppetlabs.rbac/malformed-request", "login and password are needed")
        logins = (self.book or {}).get("logins")
        if logins is not None and logins.get(body["login"]) != body["password"]:
            raise Refusal(401, "puppetlabs.rbac/invalid-credentials", "The login or the password is wrong.")
        token = f"issued-{len((self.book or {}).get('tokens', {})) + 1}-{'t' * 32}"
        if self.book is not None:
            self.book.setdefault("tokens", {})[token] = {"login": body["login"]}
        return self.json(200, {"token": token})

    def root(self, r, caller):
        url = self.url(r)
        return self.json(200, {
            "info": {"title": "Orchestration API", "description": "Multi-purpose API", "warning": "", "version": "0.1",
                     "license": {"name": "", "url": ""}},
            "status": {"name": "status", "id": url + "/status"},
            "collections": [{"name": n, "id": f"{url}/{n}"} for n in ("environments", "jobs")],
            "commands": [{"name": n, "id": f"{url}/command/{n}"} for n in ("deploy", "stop")]})

    # Commands

    def create(self, request, fate, now, command="task", login="admin", nodes=None):
        request = request or {"task": "exec", "params": {"command": "uptime"}, "scope": {"nodes": ["n1"]}}
        number = self.engine.settings["first_id"] + len(self.engine.jobs) + len(self.engine.forgotten)
        job = Job(number, request, login, fate, now)
        job.extra["command"] = command
        named = request.get("scope", {}).get("nodes", []) if nodes is None else nodes
        orchestrator_life.plan(job, named, self.engine.settings)
        self.engine.keep(job)
        return job

    def start(self, r, caller, command, check):
        body = self.body(r)
        check(body, caller, self.engine.settings)
        names = hosts(body, self.engine.settings)
        job = self.create(body, self.engine.next_fate(), self.engine.clock(), command, caller["login"], names)
        self.engine.submits += 1
        return self.json(202, {"job": self.link(r, job)})

    def deploy(self, r, caller):
        return self.start(r, caller, "deploy", check_deploy)

    def task(self, r, caller):
        return self.start(r, caller, "task", check_task)

    def stop(self, r, caller):
        body = self.body(r)
        m = re.search(r"(?:^|/jobs/)(\d+)$", str(body.get("job", "")))
        if not m:
            raise Refusal(400, "validation-error", "job must be the number of a job", {"job": "not a number"})
        job = self.known(m[1])
        now = self.engine.clock()
        force = body.get("force") is True and self.variant != "captured-2016"
        for event in orchestrator_life.stop(job, force, now):
            self.engine.expect(job, event)
        self.engine.stops += 1
        states = {}
        for node in job.nodes.values():
            states[node.line.word(now)] = states.get(node.line.word(now), 0) + 1
        return self.json(202, {"job": {**self.link(r, job), "nodes": states}})

    def finish(self, job, end, now):
        for event in orchestrator_life.finish(job, end, now):
            self.engine.expect(job, event)

    # What is known of jobs

    def known(self, number):
        job = self.engine.jobs.get(digits("job id", number))
        if job is None:
            raise Refusal(404, "unknown-job", f"Unknown job {number}", {"job": number})
        return job

    def page(self, r, items, order_by, keys):
        limit, offset = whole(r, "limit"), whole(r, "offset") or 0
        order, by = one_of(r, "order", ("asc", "desc")) or "asc", one_of(r, "order_by", tuple(keys)) or order_by
        items = sorted(items, key=keys[by], reverse=order == "desc")
        shown = {"limit": limit, "offset": offset, "order": order, "order_by": by, "total": len(items)}
        if limit is None:
            del shown["limit"]
        return items[offset:None if limit is None else offset + limit], shown

    def jobs(self, r, caller):
        now, url = self.engine.clock(), self.url(r)
        kind = one_of(r, "type", ("deploy", "task", "plan_task"))
        task = r.param("task")
        if task and kind == "deploy":
            raise Refusal(400, "validation-error", "task cannot be given with type=deploy")
        found = [job for job in self.engine.jobs.values() if kind in (None, job.extra["command"])
                 and (not task or task in job.request.get("task", ""))]
        for bound, fits in (("min_finish_timestamp", int.__ge__), ("max_finish_timestamp", int.__le__)):
            limit = moment(r, bound)
            if limit is not None:
                found = [j for j in found if j.line.word(now) in orchestrator_life.JOB_OVER
                         and fits(int(j.line.since(now)), limit)]
        found, shown = self.page(r, found, "timestamp", {
            "timestamp": lambda j: (j.line.since(now), j.id), "name": lambda j: j.id, "owner": lambda j: j.owner,
            "environment": lambda j: j.request.get("environment", ""), "state": lambda j: j.line.word(now)})
        if kind or self.variant == "documented":
            shown["type"] = kind or ""
        answer = {"items": [self.documents.job(job, url, now, False) for job in found], "pagination": shown}
        if self.variant == "captured-2016":
            del answer["pagination"]
        return self.json(200, answer)

    def job(self, r, caller, number):
        return self.json(200, self.documents.job(self.known(number), self.url(r), self.engine.clock(), True))

    def nodes(self, r, caller, number):
        job, now = self.known(number), self.engine.clock()
        state = r.param("state")
        found = [node for node in job.nodes.values() if state in (None, node.line.word(now))]
        when = lambda node, *words: node.line.entered(now, *words) or 0
        over = orchestrator_life.NODE_OVER
        found, shown = self.page(r, found, "name", {
            "name": lambda n: n.name, "state": lambda n: n.line.word(now), "start_timestamp": lambda n: when(n, "running"),
            "finish_timestamp": lambda n: when(n, *over), "duration": lambda n: when(n, *over) - when(n, "running")})
        answer = {"items": [self.documents.node(job, node, now) for node in found], "next-events": self.next(r, job)}
        if self.variant == "captured":
            answer["pagination"] = {k: v for k, v in shown.items() if k in ("limit", "offset", "total")}
        return self.json(200, answer)

    def next(self, r, job, start=None):
        seen = max((e[3] for e in job.events if e[3]), default=None)
        after = str(max(start or 1, (seen or 0) + 1))
        link = {"id": f"{self.url(r)}/jobs/{job.id}/events?start={after}", "event": after}
        return link if self.variant != "captured-2016" else {"id": link["id"]}

    def report(self, r, caller, number):
        return self.json(200, self.documents.report(self.known(number), self.engine.clock()))

    def events(self, r, caller, number):
        job, now = self.known(number), self.engine.clock()
        start = whole(r, "start")
        items = [self.documents.event(job, e, now) for e in job.events if e[3] and e[3] >= (start or 0)]
        return self.json(200, {"next-events": self.next(r, job, start), "items": items})

    def nothing(self, r, caller):
        return self.json(200, {"items": [], "pagination": {"limit": whole(r, "limit") or 50, "offset": 0, "total": 0}})

    # What there is to run, and where

    def record(self, name):
        up = name in self.engine.settings["nodes"] and name not in self.engine.settings["offline"]
        there = {"broker": "pcp://broker.site.test/server", "timestamp": "2026-03-01T09:58:11.402Z"}
        return {"name": name, "connected": up, **(there if up else {})}

    def inventory(self, r, caller):
        names = self.body(r).get("nodes", []) if r.method == "POST" else self.engine.settings["nodes"]
        records = [self.record(name) for name in names]
        return self.json(200, {"items": [one for one in records if r.method == "POST" or one["connected"]]})

    def inventory_node(self, r, caller, name):
        return self.json(200, self.record(name))

    def task_record(self, r, name):
        module, _, short = name.partition("::")
        return {"id": f"{self.url(r)}/tasks/{module}/{short or 'init'}", "name": name, "permitted": True}

    def tasks(self, r, caller):
        return self.json(200, {"environment": {"name": r.param("environment", "production"), "code_id": None},
                               "items": [self.task_record(r, name) for name in TASKS]})

    def one_task(self, r, caller, module, short):
        name = module if short == "init" else f"{module}::{short}"
        if name not in TASKS:
            raise Refusal(404, "unknown-task", f"Unknown task {name}")
        parameters = {TASKS[name]: {"type": "String"}} if TASKS[name] else {}
        return self.json(200, {**self.task_record(r, name), "environment": {"name": "production", "code_id": None},
                               "metadata": {"description": name, "parameters": parameters}, "files": []})
