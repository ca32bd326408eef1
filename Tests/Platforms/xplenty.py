"""The Xplenty API, as its clients see it."""
import base64
import json
import re
from datetime import datetime

from . import xplenty_life
from .engine import Job
from .wire import Response
from .xplenty_body import BadBody, integer, parameters, version
from .xplenty_documents import CLUSTERS, PACKAGES, Documents


class Refusal(Exception):
    def __init__(self, status, text, *headers):
        self.status, self.text, self.headers = status, text, headers


class Xplenty:
    VARIANTS = ("v2", "v1")
    OUTCOMES = xplenty_life.OUTCOMES
    ROUTES = [("GET", "/jobs", "jobs", 1), ("POST", "/jobs", "run", 1), ("GET", "/jobs/(\\d+)", "job", 1),
              ("DELETE", "/jobs/(\\d+)", "stop", 1), ("GET", "/jobs/(\\d+)/children", "children", 2),
              ("GET", "/jobs/(\\d+)/variables", "variables", 2), ("GET", "/jobs/(\\d+)/log", "log", 2),
              ("GET", "/jobs/(\\d+)/outputs", "outputs", 1), ("GET", "/jobs/(\\d+)/outputs/(\\d+)", "output", 1),
              ("GET", "/jobs/(\\d+)/outputs/(\\d+)/preview", "preview", 1),
              ("GET", "/(?:jobs|clusters)/(\\d+)/watchers", "watchers", 1),
              ("POST", "/(jobs|clusters)/(\\d+)/watchers", "watch", 1),
              ("DELETE", "/(?:jobs|clusters)/(\\d+)/watchers", "unwatch", 1),
              ("GET", "/clusters", "clusters", 1), ("GET", "/clusters/(\\d+)", "cluster", 1),
              ("GET", "/packages", "packages", 1), ("GET", "/packages/(\\d+)", "package", 1),
              ("GET", "/schedules", "schedules", 1), ("GET", "/rate_limit_status", "rate_limit_status", 1)]

    def __init__(self, engine, variant, book=None):
        self.engine, self.book, self.newest = engine, book, int(variant[1])
        self.documents = Documents(engine)
        engine.settings |= {"headers": [["Server", "nginx"], ["X-Request-Id", "3f2b0c6e"]], "first_id": 4711,
                            "rate_limit": 5000, "rate_remaining": 5000}

    def answer(self, r):
        self.version, self.free = self.newest, False
        try:
            response = self.checked(r)
        except Refusal as refusal:
            response = self.json(refusal.status, {"message": refusal.text}, *refusal.headers)
        except BadBody as problem:
            response = self.json(problem.status, {"message": problem.text})
        s = self.engine.settings
        if not self.free:
            s["rate_remaining"] = max(0, s["rate_remaining"] - 1)
        response.headers += [("X-RateLimit-Limit", s["rate_limit"]), ("X-RateLimit-Remaining", s["rate_remaining"])]
        return response

    def json(self, status, value, *headers):
        kind = "application/vnd.xplenty+json; version=2" if self.version == 2 else "application/json; charset=utf-8"
        return Response(status, [("Content-Type", kind), *headers], json.dumps(value, ensure_ascii=False).encode())

    def checked(self, r):
        asked = version(r.get("accept") or "*/*", self.newest)
        if asked is None:
            raise Refusal(406, "The requested media type is not acceptable.")
        self.version = asked
        parts = re.fullmatch("/([^/]+)/api(/.*)", r.path)
        account, path = parts.groups() if parts else ("", r.path)
        caller = self.caller(r, account)
        if path == "/rate_limit_status":
            self.free = True
        elif self.engine.settings["rate_remaining"] <= 0:
            raise Refusal(429, "Rate Limit Exceeded")
        if account or path == "/rate_limit_status":
            for method, pattern, name, since in self.ROUTES:
                if since <= asked and r.method == method and (m := re.fullmatch(pattern, path)):
                    self.here = (r.base, account)
                    return getattr(self, name)(r, caller, *m.groups())
        raise Refusal(404, "Item not found.")

    def caller(self, r, account):
        """Basic with the key as user name; some clients leave the colon out."""
        if self.book is None:
            return 12
        scheme, _, credential = (r.get("authorization") or "").partition(" ")
        try:
            key = base64.b64decode(credential).decode().partition(":")[0] if scheme.lower() == "basic" else ""
        except ValueError:
            key = ""
        known = self.book.get("keys", {}).get(key)
        if known is None:
            raise Refusal(401, "Invalid credentials.", ("WWW-Authenticate", 'Basic realm="Xplenty"'))
        if account and account not in known["accounts"]:
            raise Refusal(404, "Item not found.")
        return known["owner_id"]

    # Jobs

    def create(self, request, fate, now, owner=12):
        request = request or {"cluster_id": 52, "package_id": 88, "variables": {}}
        number = self.engine.settings["first_id"] + len(self.engine.jobs) + len(self.engine.forgotten)
        job = Job(number, request, owner, fate, now)
        xplenty_life.plan(job, next(c for c in CLUSTERS if c["id"] == request["cluster_id"]))
        self.engine.keep(job)
        return job

    def run(self, r, caller):
        p = parameters(r, "job")
        if "package_id" not in p and "job_id" in p:  # the first Python client's name for it
            p["package_id"] = p["job_id"]
        wanted = {}
        for key, known in (("cluster_id", CLUSTERS), ("package_id", PACKAGES)):
            wanted[key] = integer(p.get(key))
            if wanted[key] is None:
                raise Refusal(422, f"Validation failed: {key} can't be blank")
            if not any(one["id"] == wanted[key] for one in known):
                raise Refusal(422, f"Validation failed: {key} {wanted[key]} does not exist")
        for key in ("variables", "dynamic_variables"):
            values = p.get(key) or {}
            if not isinstance(values, dict) or any(isinstance(v, (dict, list)) for v in values.values()):
                raise Refusal(422, f"Validation failed: {key} must be names with values")
            wanted[key] = values
        job = self.create(wanted, self.engine.next_fate(), self.engine.clock(), caller)
        self.engine.submits += 1
        return self.json(201, self.document(job))

    def document(self, job, include=""):
        return self.documents.job(job, *self.here, self.version, self.engine.clock(), include.split(","))

    def known(self, id):
        job = self.engine.jobs.get(int(id))
        if job is None:
            raise Refusal(404, "Item not found.")
        return job

    def page(self, r, items, created, updated):
        p = parameters(r, "job")
        limit, offset = integer(p.get("limit")), integer(p.get("offset")) or 0
        limit = min(20 if limit is None else limit, 100)
        key = updated if str(p.get("sort", "")).startswith("updated") else created
        items = sorted(items, key=key, reverse=p.get("direction", "desc") != "asc")
        links = [(offset + limit, "next")] if offset + limit < len(items) else []
        links += [(max(0, offset - limit), "prev")] if offset else []
        base, _ = self.here
        text = ", ".join(f'<{base}{r.path}?offset={at}&limit={limit}>; rel="{rel}"' for at, rel in links)
        headers = [("Link", text)] if text and self.version == 2 else []
        return items[offset:offset + limit], headers

    def jobs(self, r, caller):
        now, p = self.engine.clock(), parameters(r, "job")
        found = list(self.engine.jobs.values())
        status = p.get("status", "all")
        if status != "all":
            shown = (lambda w: "pending" if w == "queued" and self.version == 1 else w)
            found = [job for job in found if shown(job.line.word(now)) == status]
        if p.get("since"):
            try:
                since = datetime.fromisoformat(str(p["since"]).replace("Z", "+00:00")).timestamp()
            except ValueError:
                raise Refusal(422, "Validation failed: since is not a date") from None
            found = [job for job in found if int(job.line.since(now)) >= since]
        if self.version == 2 and integer(p.get("package_id")) is not None:
            found = [job for job in found if job.request["package_id"] == integer(p["package_id"])]
        found, headers = self.page(r, found, lambda j: (j.created, j.id), lambda j: (j.line.since(now), j.id))
        include = str(p.get("include", ""))
        return self.json(200, [self.document(job, include) for job in found], *headers)

    def job(self, r, caller, id):
        return self.json(200, self.document(self.known(id), r.param("include", "")))

    def stop(self, r, caller, id):
        job, now = self.known(id), self.engine.clock()
        word = job.line.word(now)
        if word not in xplenty_life.STOPPABLE:
            raise Refusal(422, f"Validation failed: a job that is {word} cannot be stopped")
        xplenty_life.stop(job, now)
        self.engine.stops += 1
        return self.json(200, self.document(job))

    def finish(self, job, end, now):
        xplenty_life.finish(job, end, now)

    def children(self, r, caller, id):
        self.known(id)
        return self.json(200, [])

    def variables(self, r, caller, id):
        job = self.known(id)
        package = next(p for p in PACKAGES if p["id"] == job.request["package_id"])
        dynamic = job.request.get("dynamic_variables", {})
        return self.json(200, {**package["variables"], **job.request["variables"], **dynamic})

    def log(self, r, caller, id):
        document = self.document(self.known(id))
        body = f"job {id} is {document['status']}\n{document['errors'] or ''}"
        return self.json(200, {"body": body, "url": document["log_url"]})

    def outputs(self, r, caller, id):
        return self.json(200, self.document(self.known(id))["outputs"])

    def output(self, r, caller, id, output):
        found = [one for one in self.document(self.known(id))["outputs"] if one["id"] == int(output)]
        if not found:
            raise Refusal(404, "Item not found.")
        return self.json(200, found[0])

    def preview(self, r, caller, id, output):
        found = [n for n, one in enumerate(self.document(self.known(id))["outputs"]) if one["id"] == int(output)]
        if not found:
            raise Refusal(404, "Item not found.")
        text = self.known(id).fate["outputs"][found[0]].get("preview", '{"a":1}\n')
        base, account = self.here
        return self.json(200, {"preview": text, "url": f"{base}/{account}/api/jobs/{id}/outputs/{output}/preview"})

    def watchers(self, r, caller, id):
        return self.json(200, [{"id": caller, "display_name": "Ops"}])

    def watch(self, r, caller, kind, id):
        base, account = self.here
        return self.json(200, {"created_at": "2026-10-01T08:00:00Z", f"{kind[:-1]}_url": f"{base}/{account}/api/{kind}/{id}"})

    def unwatch(self, r, caller, id):
        return Response(204)

    # What jobs run on and from

    def clusters(self, r, caller):
        found, headers = self.page(r, CLUSTERS, lambda c: c["id"], lambda c: c["id"])
        status = r.param("status", "all")
        shown = [self.documents.cluster(c["id"], *self.here, self.version) for c in found]
        return self.json(200, [c for c in shown if status in ("all", c["status"])], *headers)

    def cluster(self, r, caller, id):
        return self.one(self.documents.cluster(int(id), *self.here, self.version))

    def packages(self, r, caller):
        found, headers = self.page(r, PACKAGES, lambda p: p["id"], lambda p: p["id"])
        return self.json(200, [self.documents.package(p["id"], *self.here, self.version) for p in found], *headers)

    def package(self, r, caller, id):
        return self.one(self.documents.package(int(id), *self.here, self.version, alone=True))

    def one(self, document):
        if document is None:
            raise Refusal(404, "Item not found.")
        return self.json(200, document)

    def schedules(self, r, caller):
        return self.json(200, [])

    def rate_limit_status(self, r, caller):
        s = self.engine.settings
        return self.json(200, {"limits": {"limit": s["rate_limit"], "remaining": s["rate_remaining"]}})
