"""How an Xplenty job goes, and what a stop does to it."""
from .engine import NEVER

OVER = {"completed", "failed", "stopped"}
STOPPABLE = {"idle", "pending", "queued", "running"}
FAILED, DEAD_CLUSTER = "Package failed to execute.", "Specified cluster is not available and is in erroneous state."
OUTCOMES = {
    "succeeds": {},
    "queued": {"queued": 0.1},
    "fails": {"end": "failed", "error": FAILED},
    "crashes": {"end": "failed", "error": DEAD_CLUSTER},
    "rejected": {"end": "failed", "error": DEAD_CLUSTER, "before start": True},
    "hangs": {"end": "hangs"},
}


def plan(job, cluster):
    now, fate = job.created, job.fate
    pending = now + job.time("accepted", 0.05)
    start = pending + job.time("waiting", 0.05)
    end = fate.get("end", "completed")
    job.extra["error"] = fate.get("error") if end == "failed" else None
    job.line.add(now, "idle")
    job.line.add(pending, "pending")
    if "queued" in fate:
        job.line.add(start, "queued")
        start += fate["queued"]
    if cluster["status"] == "error":
        job.extra["error"] = DEAD_CLUSTER
        job.line.add(start, "failed")
    elif fate.get("before start"):
        job.line.add(start, "failed")
    elif cluster["status"] not in ("pending", "creating"):  # a job waits for a cluster that is coming up
        job.line.add(start, "running")
        job.line.add(NEVER if end == "hangs" else start + job.time("running", 0.2), end)
    job.spoken()


def stop(job, now):
    """pending_stoppage at once, then stopping, then stopped."""
    job.line.cut(now)
    job.line.add(now, "pending_stoppage")
    job.line.add(now + job.time("pending_stoppage", 0.05), "stopping")
    job.line.add(now + job.time("pending_stoppage", 0.05) + job.time("stopping", 0.1), "stopped")


def finish(job, end, now):
    job.line.cut(now)
    job.extra["error"] = (job.extra.get("error") or FAILED) if end == "failed" else None
    job.line.add(now, end or "completed")


def progress(job, now):
    """0.0 before it runs, growing while it does, 1.0 exactly when completed; afterwards what it had reached."""
    word, started = job.line.word(now), job.line.entered(now, "running")
    if word == "completed":
        return 1.0
    if started is None:
        return 0.0
    upto = next((at for at, _ in job.line.steps if at > started), NEVER)
    length = upto - started if upto != NEVER else 60
    return round(min(0.99, (min(now, upto) - started) / (length or 1)), 2)
