"""Server-sent events of a push server: one job's, and an organization's."""
import json
import time
from datetime import datetime, timezone

from .wire import Response

HEADERS = [("Content-Type", "text/event-stream"), ("X-Accel-Buffering", "no")]
OPEN = ("new", "voting", "running")


def stamp(at):
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%fZ")


def event(name, id, data):
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return f"event: {name}\nid: {id}\ndata: {text}".encode()


def start(job):
    """The `start` event speaks of job_user and capture where the document says user and capture_output."""
    r = job.request
    data = {"command": r["command"], "run_timeout": r.get("run_timeout", 3600),
            "quorum": r.get("quorum", len(r["nodes"])), "node_count": len(r["nodes"]), "user": job.owner,
            "capture": r.get("capture_output", False)}
    data |= {shown: r[key] for shown, key in (("job_user", "user"), ("dir", "dir"), ("env", "env")) if key in r}
    return data | ({"file_specified": True} if "file" in r else {})


def told(job, org=False):
    """The job's whole story as (moment, name, data), moments strictly ascending."""
    last, story = 0, []
    for at, name, data, _ in job.events:
        last = max(at, last + 0.000002)
        head = {"timestamp": stamp(last), **({"job": job.id} if org else {})}
        story.append((last, name, {**head, **(start(job) if name == "start" else data)}))
    return story


def job_feed(pushy, job, after):
    engine = pushy.engine

    def closed(now):
        return job.line.word(now) not in OPEN and now - job.line.since(now) >= engine.settings["linger"]

    def live():
        now = engine.clock()
        if closed(now):
            # The last event of a finished job's feed has no empty line after it: the real server's own quirk.
            yield event("summary", "job-1", {"timestamp": stamp(now), **pushy.document(job)})
            return
        done = job.line.word(now) not in OPEN
        sent = 0
        ids = [f"job-{n + 1}" for n in range(len(job.events))]
        if after in ids:
            sent = ids.index(after) + 1
        quiet = time.monotonic()
        while True:
            now = engine.clock()
            with engine.lock:
                story = told(job)
                ended = job.line.word(now) not in OPEN
            due = [(n, e) for n, e in enumerate(story) if n >= sent and e[0] <= now + 0.001]
            for n, (_, name, data) in due:
                last = done and n == len(story) - 1
                yield event(name, f"job-{n + 1}", data) + (b"" if last else b"\n\n")
                sent, quiet = n + 1, time.monotonic()
            if ended and sent >= len(story):
                return
            if time.monotonic() - quiet > engine.settings["keepalive"]:
                yield b":keepalive\n"
                quiet = time.monotonic()
            time.sleep(0.01)

    return Response(200, HEADERS, live())


def org_feed(pushy, org, after):
    engine = pushy.engine
    history = pushy.history

    def gather():
        with engine.lock:
            for job, happened in engine.settle(engine.clock()):
                if happened[1] in ("start", "job_complete"):
                    history.append((job.extra["org"], happened[0], len(history) + 1, job, happened[1]))
            return [one for one in history if one[0] == org]

    before = gather()
    ids = [f"org-{one[2]}" for one in before]
    skip = ids.index(after) + 1 if after in ids else 0 if after else len(before)

    def live():
        sent, quiet = skip, time.monotonic()
        if after and after not in ids:
            yield event("start_of_history", "start_id", {"timestamp": stamp(engine.clock() - 60)}) + b"\n\n"
        while True:
            for _, _, number, job, name in gather()[sent:]:
                data = next(data for _, known, data in told(job, org=True) if known == name)
                yield event(name, f"org-{number}", data) + b"\n\n"
                sent, quiet = sent + 1, time.monotonic()
            if time.monotonic() - quiet > engine.settings["keepalive"]:
                yield b":keepalive\n"
                quiet = time.monotonic()
            time.sleep(0.01)

    return Response(200, HEADERS, live())
