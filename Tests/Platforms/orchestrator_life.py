"""How an orchestrator job goes, and what a stop does to it."""
from .engine import NEVER

JOB_OVER = {"stopped", "finished", "failed"}
NODE_OVER = {"finished", "failed", "errored", "skipped", "stopped"}
SHIM = ("bolt_shim::command", "bolt_shim::script")
OUTCOMES = {
    "succeeds": {},
    "fails": {"nodes": {"*": {"exit": 1, "stderr": "it went wrong\n"}}},
    "crashes": {"nodes": {"*": {"end": "errored", "message": "the connection to the agent was lost"}}},
    "expires": {"nodes": {"*": {"end": "errored", "message": "timeout: the run took too long"}}},
    "rejected": {"nodes": {"*": "offline"}},
    "hangs": {"nodes": {"*": "hangs"}},
}


def plan(job, nodes, settings):
    """Fills lines and events (moment, type, details, number). `nodes` are the names the scope came to."""
    now, wanted = job.created, job.request
    ready = now + job.time("accepted", 0.05)
    start = ready + job.time("waiting", 0.05)
    run = job.time("running", 0.2)
    at_once = wanted.get("concurrency") or len(nodes)
    limit = wanted.get("timeout") or NEVER
    job.line.add(now, "new")
    job.line.add(ready, "ready")
    job.line.add(start, "running")
    for place, name in enumerate(dict.fromkeys(nodes)):
        node, fate = job.node(name)
        node.line.add(now, "new")
        end, begin = fate.get("end"), start + (place // at_once) * run
        if end == "offline" or name not in settings["nodes"] or name in settings["offline"]:
            node.message = node.message or f"{name} is not connected to the PCP broker"
            node.line.add(begin, "errored")
        elif end == "skipped":
            node.line.add(begin, "skipped")
        elif job.extra["command"] == "task" and wanted["task"].startswith("nosuch"):
            node.message = f"Invalid task name '{wanted['task']}'"
            node.line.add(begin, "errored")
        else:
            node.line.add(begin, "running")
            job.events.append([begin, "node_running", name, None])
            last = begin + (NEVER if end == "hangs" else fate.get("after", run))
            if last > begin + limit:
                node.message = f"timeout: {name} did not finish within {limit} seconds"
                end, last = "errored", begin + limit
            failing = node.exit != 0 and wanted.get("task") not in SHIM
            node.line.add(last, end or ("failed" if failing else "finished"))
            if last == NEVER:
                continue
        at, word = node.line.steps[-1]
        job.events.append([at, f"node_{word}", name, None])
    ends = [node.line.steps[-1] for node in job.nodes.values()]
    if all(word in NODE_OVER for _, word in ends):
        over(job, max((at for at, _ in ends), default=start), ends)
    job.spoken()
    job.events.sort(key=lambda event: event[0])


def over(job, at, ends):
    word = "finished" if all(word == "finished" for _, word in ends) else "failed"
    job.line.add(at, word)
    job.events.append([at, "job_finished", None, None])


def stop(job, force, now):
    """No new starts; running nodes finish, or with `force` end at once. Hands back the events that now will be."""
    if job.line.word(now) in JOB_OVER:
        return []
    stopping = job.line.word(now) == "stopping"
    known, job.events = job.events, [event for event in job.events if event[0] <= now]
    before = len(job.events)
    job.line.cut(now)
    if not stopping:
        job.line.add(now, "stopping")
        job.events.append([now, "job_stopping", None, None])
    last = now + 0.05
    for node in job.nodes.values():
        word = node.line.word(now)
        if word == "running" and not force:
            end = node.line.steps[-1]
            last = max(last, NEVER if end[1] == "running" else end[0])
            job.events += [e for e in known if e[0] > now and e[2] == node.name]
        elif word not in NODE_OVER:
            node.line.cut(now)
            at, word = (now + 0.05, "stopped") if word == "running" else (now, "skipped")
            node.message = "the job was stopped"
            node.line.add(at, word)
            job.events.append([at, f"node_{word}", node.name, None])
    job.line.add(last, "stopped")
    job.events.append([last, "job_finished", None, None])
    return job.events[before:]


def finish(job, end, now):
    """Ends now: every node still open gets the word, the job what follows from them. Hands back the new events."""
    job.line.cut(now)
    job.events = [event for event in job.events if event[0] <= now]
    before = len(job.events)
    for node in job.nodes.values():
        node.line.cut(now)
        if node.line.word(now) not in NODE_OVER:
            node.line.add(now, end or "finished")
            job.events.append([now, f"node_{end or 'finished'}", node.name, None])
    over(job, now, [node.line.steps[-1] for node in job.nodes.values()])
    return job.events[before:]
