"""A Chef server with push jobs, as its clients see it."""
import base64
import hashlib
import json
import re
from email.utils import formatdate
from urllib.parse import unquote

from . import pushy_life
from .engine import Job
from .pushy_checks import Refusal, ServerError, check_caller, check_headers, job_request
from .pushy_feed import job_feed, org_feed
from .wire import Response

ORG = "^/organizations/([a-z0-9_-]+)/pushy"
ROUTES = [  # kind, path, methods, media type, present since version
    ("jobs", ORG + "/jobs$", ("POST", "GET"), "application/json", 1),
    ("job", ORG + "/jobs/([^/]+)$", ("GET",), "application/json", 1),
    ("output", ORG + "/jobs/([^/]+)/output/([^/]+)/(stdout|stderr)$", ("GET",), "application/octet-stream", 2),
    ("nodes", ORG + "/node_states$", ("GET",), "application/json", 1),
    ("node", ORG + "/node_states/([^/]+)$", ("GET",), "application/json", 1),
    ("org_feed", ORG + "/job_status_feed$", ("GET",), "text/event-stream", 2),
    ("job_feed", ORG + "/job_status_feed/([^/]+)$", ("GET",), "text/event-stream", 2),
    ("status", "^/pushy/_status$", ("GET",), "application/json", 1),
]
PAGES = {404: ("Not Found", "The requested document was not found on this server."),
         405: ("Method Not Allowed", "The method is not allowed for the requested document."),
         406: ("Not Acceptable", "No media type on offer is acceptable."),
         415: ("Unsupported Media Type", "The request's media type is not supported."),
         400: ("Bad Request", "The request could not be understood."),
         500: ("Internal Server Error",
               "The server encountered an error while processing this request:<br><pre>{error,badarg}</pre>")}
DOCUMENTED_NODES = {"succeeded": "complete", "failed": "crashed", "was_ready": "ready", "timed_out": "aborted"}
DOCUMENTED_JOBS = {"new": "voting", "crashed": "aborted"}


def page(status, *headers):
    title, text = PAGES[status]
    body = (f"<HTML><HEAD><TITLE>{status} {title}</TITLE></HEAD><BODY><H1>{title}</H1>{text}<P><HR>"
            "<ADDRESS>mochiweb+webmachine web server</ADDRESS></BODY></HTML>")
    return Response(status, [("Content-Type", "text/html"), *headers], body.encode())


class Pushy:
    VARIANTS = ("server-2", "server-1", "documented-2", "documented-1")
    OUTCOMES = pushy_life.OUTCOMES

    def __init__(self, engine, variant, book=None):
        self.engine, self.book, self.history = engine, book, []
        self.documented, self.version = variant.startswith("documented"), int(variant[-1])
        engine.settings |= {
            "nodes": [*(f"n{i}" for i in range(1, 10)), *(f"NODE{i}" for i in range(1, 7)), "web01", "web02"],
            "headers": [["Server", "MochiWeb/1.1 WebMachine/1.10.8 (that head fake, tho)"]],
            "offline": [], "voting_timeout": 60, "linger": 5, "keepalive": 15, "list": "objects",
            "incarnation": "5b1f5a4e-6a43-4a1c-9d5b-1d1f0b6f7c11"}

    def answer(self, r):
        try:
            return self.checked(r)
        except Refusal as refusal:
            return refusal.response
        except ServerError:
            return page(500)

    def checked(self, r):
        path = re.sub("/+", "/", r.path).rstrip("/")
        found = ((route, m) for route in ROUTES if route[4] <= self.version and (m := re.match(route[1], path)))
        (kind, _, methods, media, _), m = next(found, ((None,) * 5, None))
        if kind is None:
            return page(404)
        if r.method not in methods:
            return page(405, ("Allow", ", ".join(methods)))
        md5 = r.get("content-md5")
        if md5 and md5 != base64.b64encode(hashlib.md5(r.body).digest()).decode():
            return page(400)
        parts = [unquote(part) for part in m.groups()]
        wanted = None
        submit = r.method == "POST"
        if submit and self.version == 1:
            wanted = job_request(r.body, False)
        if kind != "status" and self.book is not None:
            versions = ("1.0", "1.1", "1.2", "1.3") if self.version == 2 else ("1.0", "1.1", "1.2")
            check_headers(r, self.engine.clock(), versions)
        if len(r.body) > 1_000_000:
            raise Refusal(413, "JSON must be no more than 1000000 bytes.")
        if submit and self.version == 2:
            wanted = job_request(r.body, True)
        caller = "anonymous"
        if kind != "status" and self.book is not None:
            caller = check_caller(r, self.book, parts[0], "pushy_job_writers" if submit else "pushy_job_readers")
        if not self.acceptable(r.get("accept") or "*/*", media):
            return page(406)
        if submit:
            if (r.get("content-type") or "").partition(";")[0].strip().lower() != "application/json":
                return page(415)
            return self.submit(r, parts[0], wanted, caller)
        return getattr(self, kind)(r, *parts)

    @staticmethod
    def acceptable(accept, media):
        ranges = [one.partition(";")[0].strip().lower() for one in accept.split(",")]
        return any(one in ("*/*", media, media.partition("/")[0] + "/*") for one in ranges)

    def json(self, status, value, *headers):
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        if self.version == 1 and not self.documented:
            text = text.replace("/", "\\/")
        return Response(status, [("Content-Type", "application/json"), *headers], text.encode())

    # What can be asked for

    def create(self, wanted, fate, now, org="acme", caller="anonymous"):
        wanted = wanted or {"command": "chef-client", "nodes": ["n1"], "env": {}}
        prefix = hashlib.md5(org.encode()).hexdigest()[:12]
        tail = hashlib.md5(f"{org} {len(self.engine.jobs)} {now}".encode()).hexdigest()[:20]
        job = Job(prefix + tail, wanted, caller, fate, now)
        job.extra["org"] = org
        pushy_life.plan(job, self.engine.settings)
        self.engine.keep(job)
        return job

    def submit(self, r, org, wanted, caller):
        job = self.create(wanted, self.engine.next_fate(), self.engine.clock(), org, caller)
        self.engine.submits += 1
        base = re.sub(r":(80|443)$", "", r.base)
        uri = f"{base}/organizations/{org}/pushy/jobs/{job.id}"
        return self.json(201, {"id": job.id} if self.documented else {"uri": uri}, ("Location", uri))

    def finish(self, job, end, now):
        for event in pushy_life.finish(job, end, now):
            self.engine.expect(job, event)

    def document(self, job, nodes=True, file=False):
        now = self.engine.clock()
        word = job.line.word(now)
        wanted = job.request
        dates = {"created_at": formatdate(job.created, usegmt=True),
                 "updated_at": formatdate(job.line.since(now), usegmt=True)}
        groups = {}
        for node in job.nodes.values():
            state = node.line.word(now)
            groups.setdefault(DOCUMENTED_NODES.get(state, state) if self.documented else state, []).append(node.name)
        limit = int(wanted.get("run_timeout", 3600))
        if self.documented:
            d = {"id": job.id, "command": wanted["command"], "run_timeout": limit,
                 "status": DOCUMENTED_JOBS.get(word, word), **dates, "nodes": groups}
        else:
            d = {"nodes": groups, "id": job.id, "command": wanted["command"], "status": word, "run_timeout": limit, **dates}
        if not nodes:
            del d["nodes"]
        d |= {key: wanted[key] for key in ("user", "dir", "env") if key in wanted}
        shown = {"file": wanted["file"]} if file and "file" in wanted else {}
        if not shown and ("file" in wanted or self.documented and self.version == 2):
            shown = {"file_specified": "file" in wanted}
        captured = {"capture_output": True} if wanted.get("capture_output") else {}
        d |= {**shown, **captured} if self.documented else {**captured, **shown}
        return job.dressed(d)

    def known(self, org, id):
        job = self.engine.jobs.get(id)
        return job if job and job.extra["org"] == org else None

    def jobs(self, r, org):
        found = [job for job in self.engine.jobs.values() if job.extra["org"] == org]
        if self.engine.settings["list"] == "ids":
            return self.json(200, [job.id for job in found])
        return self.json(200, [self.document(job, nodes=False) for job in found])

    def job(self, r, org, id):
        job = self.known(org, id)
        file = self.version == 2 and r.param("include_file") == "true"
        return self.json(200, self.document(job, file=file)) if job else page(404)

    def output(self, r, org, id, name, channel):
        job = self.known(org, id)
        node = job.nodes.get(name) if job and job.request.get("capture_output") else None
        if node is None or node.line.word(self.engine.clock()) not in ("succeeded", "failed"):
            return page(404)
        out = f"ran {job.request['command']} on {name}\n" if node.stdout is None else node.stdout
        texts = {"stdout": out, "stderr": node.stderr}
        if sum(len(text.encode()) for text in texts.values()) > 63_000:
            return page(404)
        return Response(200, [("Content-Type", "application/octet-stream")], texts[channel].encode())

    def up(self, name):
        return name in self.engine.settings["nodes"] and name not in self.engine.settings["offline"]

    def nodes(self, r, org):
        names = self.engine.settings["nodes"]
        return self.json(200, [{"node_name": n, "availability": "available"} for n in names if self.up(n)])

    def node(self, r, org, name):
        status, availability = ("online", "available") if self.up(name) else ("offline", "unavailable")
        return self.json(200, {"node_name": name, "status": status, "availability": availability})

    def status(self, r):
        now = self.engine.clock()
        busy = [job.id for job in self.engine.jobs.values()
                if job.line.word(now) in ("new", "voting", "running") or now - job.line.since(now) < 5]
        return self.json(200, {"status": "it's alive", "incarnation_id": self.engine.settings["incarnation"],
                               "node_fsm_count": sum(map(self.up, self.engine.settings["nodes"])), "job_processes": busy})

    def job_feed(self, r, org, id):
        job = self.known(org, id)
        return job_feed(self, job, r.get("last-event-id")) if job else page(404)

    def org_feed(self, r, org):
        return org_feed(self, org, r.get("last-event-id"))
