"""The tests' way in: a second port, JSON in and out, never seen by a gateway."""
import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Control:
    """What a test may ask of a running stub; each method is a path under /_control/."""

    def __init__(self, server, platform):
        self.server, self.platform, self.engine, self.faults = server, platform, server.engine, server.faults

    def state(self):
        """Counts: submits and stops that took effect, jobs known, requests, connections ever and now."""
        return {**self.engine.counts(), "requests": len(self.server.log), "accepted": self.server.accepted,
                "open": len(self.server.connections), "ids": list(self.engine.jobs)[-100:]}

    def requests(self, since=0):
        return [{**r, "body": r["body"].decode("utf-8", "replace"), "body64": base64.b64encode(r["body"]).decode()}
                for r in self.server.log[since:]]

    def known(self):
        """Every job there is: its id, what was asked for, the word it has now."""
        now = self.engine.clock()
        return [{"id": job.id, "request": job.request, "word": job.line.word(now)} for job in self.engine.jobs.values()]

    def fate(self, jobs=1, outcome=None, **fate):
        """The fate of the next jobs; jobs=null: of all. `outcome` is one of the platform's named fates."""
        known = self.platform.OUTCOMES
        if outcome is not None and outcome not in known:
            raise ValueError(f"no outcome {outcome!r}; there are {', '.join(known)}")
        self.engine.fate({**known.get(outcome, {}), **fate}, jobs)

    def finish(self, job, end=None):
        """Ends an open job now: every node that is not over ends with the word (its success when not said)."""
        self.platform.finish(self.engine.jobs[self.key(job)], end, self.engine.clock())

    def jobs(self, count, request=None, age=86400, **fate):
        """Makes `count` jobs that began `age` seconds ago, one second apart."""
        made = [self.platform.create(request, fate, self.engine.clock() - age + i) for i in range(count)]
        return [job.id for job in made]

    def forget(self, job=None):
        for id in [self.key(job)] if job is not None else list(self.engine.jobs):
            self.engine.forget(id)

    def set(self, **settings):
        """Settings of the platform: see README.md."""
        unknown = settings.keys() - self.engine.settings.keys()
        if unknown:
            raise ValueError(f"no setting {sorted(unknown)}; there are {sorted(self.engine.settings)}")
        self.engine.settings.update(settings)

    def fault(self, mode, **arguments):
        if mode == "refuse":
            self.server.refuse()
        elif mode == "deaf":
            self.faults.is_deaf = True
        else:
            self.faults.add(mode, **arguments)

    def heal(self):
        """No more faults; the door is open again."""
        self.faults.clear()
        if self.server.listener is None:
            self.server.listen()

    def drop(self):
        self.server.drop()

    def clear(self):
        """Empties the log of requests."""
        self.server.log.clear()

    def key(self, job):
        return next((id for id in self.engine.jobs if str(id) == str(job)), job)

    def call(self, name, arguments):
        if name.startswith("_") or name in ("call", "key", "listen") or not callable(getattr(type(self), name, None)):
            raise ValueError(f"no control {name!r}")
        with self.engine.lock:
            return getattr(self, name)(**arguments)

    def listen(self, port=0):
        control = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                try:
                    status, answer = 200, control.call(self.path.removeprefix("/_control/"), json.loads(body or b"{}"))
                except Exception as problem:
                    status, answer = 400, {"error": f"{type(problem).__name__}: {problem}"}
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        door = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        door.daemon_threads = True
        threading.Thread(target=door.serve_forever, daemon=True).start()
        return door.server_address[1]
