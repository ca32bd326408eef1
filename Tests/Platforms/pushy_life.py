"""How a push job goes: votes, quorum, runs, the run timer. The plan is made once, when the job is."""
from .engine import NEVER, Line

OVER = {"succeeded", "failed", "nacked", "unavailable", "was_ready", "crashed", "timed_out", "aborted"}
VOTES = {"unavailable": "down", "nacked": "failure", "silent": "voting_timeout"}
RUNS = {"succeeded": "success", "failed": "failure", "crashed": "crashed"}
OUTCOMES = {
    "succeeds": {},
    "fails": {"nodes": {"*": {"end": "failed", "exit": 1, "stderr": "it went wrong\n"}}},
    "crashes": {"nodes": {"*": "crashed"}},
    "server crashes": {"nodes": {"*": "crashed"}, "words": [["voting", 0.1], ["running", 0.2], ["crashed", 0]]},
    "expires": {"nodes": {"*": "hangs"}, "expire_after": 0.2},
    "rejected": {"nodes": {"*": "nacked"}},
    "hangs": {"nodes": {"*": "hangs"}},
}


def plan(job, settings):
    """Fills the job's line, its nodes' lines and its events (moment, name, data, number)."""
    now, wanted = job.created, job.request
    voting = now + job.time("accepted", 0)
    votes_in = voting + job.time("waiting", 0.1)
    say = lambda at, name, **data: job.events.append([at, name, data, None])
    say(now, "start")
    if voting > now:
        job.line.add(now, "new")
    job.line.add(voting, "voting")
    ends = {}
    for name in wanted["nodes"]:
        node, fate = job.node(name)
        end = fate.get("end", "succeeded")
        up = name in settings["nodes"] and name not in settings["offline"]
        end = end if up else "unavailable"
        at = {"unavailable": voting, "silent": voting + settings["voting_timeout"]}.get(end, votes_in)
        node.line.add(now, "new")
        if end in VOTES:
            node.line.add(at, "nacked" if end == "nacked" else "unavailable")
            say(at, "quorum_vote", node=name, status=VOTES[end])
            if end == "unavailable":
                say(at, "rehab", node=name)
        else:
            node.line.add(at, "ready")
            say(at, "quorum_vote", node=name, status="success")
            ends[name] = (end, fate.get("after"))
        votes_in = max(votes_in, at) if end == "silent" else votes_in
    ready = [job.nodes[name] for name in ends]
    if not ready and not any(node.line.steps[-1][0] > voting for node in job.nodes.values()):
        votes_in = voting
    if len(ready) < wanted.get("quorum", len(wanted["nodes"])):
        for node in ready:
            node.line.add(votes_in, "was_ready")
        over(job, votes_in, "quorum_failed")
    else:
        run(job, votes_in, ends)
    job.spoken()
    if job.line.steps[-1][1] == "crashed":  # no event says so: the worker that would is gone
        job.events = [event for event in job.events if event[1] != "job_complete"]
    job.events.sort(key=lambda event: event[0])


def run(job, start, ends):
    job.line.add(start, "running")
    job.events.append([start, "quorum_succeeded", {}, None])
    limit = start + job.fate.get("expire_after", job.request.get("run_timeout", 3600))
    last = start
    for name, (end, after) in ends.items():
        at = NEVER if end == "hangs" else start + (job.time("running", 0.2) if after is None else after)
        node = job.nodes[name]
        node.line.add(start, "running")
        job.events.append([start, "run_start", {"node": name}, None])
        if at < limit:
            node.line.add(at, end)
            if end in RUNS:
                job.events.append([at, "run_complete", {"node": name, "status": RUNS[end]}, None])
        else:
            node.line.add(limit, "timed_out")
        last = max(last, min(at, limit))
    expired = any(node.line.steps[-1][1] == "timed_out" for node in job.nodes.values())
    over(job, last, "timed_out" if expired else "complete")


def over(job, at, word):
    job.line.add(at, word)
    job.events.append([at, "job_complete", {"status": word}, None])


def finish(job, end, now):
    """Ends now: every node still open gets the word, the job is complete. Hands back the new events."""
    end = end or "succeeded"
    job.line.cut(now)
    job.events = [event for event in job.events if event[0] <= now]
    before = len(job.events)
    for node in job.nodes.values():
        node.line.cut(now)
        if node.line.word(now) not in OVER:
            node.line.add(now, end)
            job.events.append([now, "run_complete", {"node": node.name, "status": RUNS.get(end, "crashed")}, None])
    over(job, now, "complete")
    return job.events[before:]
