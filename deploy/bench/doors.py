"""A question to a server, and what a right answer is."""
import json
import re
import subprocess
from dataclasses import dataclass, field

import documents

CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT|\d+\.[\d%]+")
ANY_TIME = "a time"


@dataclass
class Question:
    """What is asked again and again, and the JSON that must come back."""
    url: str
    expected: object
    headers: dict = field(default_factory=dict)
    body: str | None = None
    status: int = 200
    # Bytes by which right answers may differ: a duration that goes on is now longer, now shorter.
    slack: int = 0
    http1: bool = False
    # More addresses that are asked in turn with the first, and answer alike.
    others: list = field(default_factory=list)


def timeless(value):
    """The value with every time and duration replaced: those are the gateway's own clock."""
    if isinstance(value, dict):
        return {key: timeless(part) for key, part in value.items()}
    if isinstance(value, list):
        return [timeless(part) for part in value]
    return ANY_TIME if isinstance(value, str) and CLOCK.fullmatch(value) else value


def differences(expected, found, at=""):
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            if key not in expected or key not in found:
                yield f"{at}/{key} is {'missing' if key in expected else 'too much'}"
            else:
                yield from differences(expected[key], found[key], f"{at}/{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, pair in enumerate(zip(expected, found)):
            yield from differences(*pair, f"{at}/{index}")
    elif expected != found:
        yield f"{at}: {json.dumps(expected)[:80]} is wanted, {json.dumps(found)[:80]} came"


def ask(question, seconds=20):
    """One answer: its status and its bytes."""
    words = ["curl", "-sk", "--max-time", str(seconds), "-w", "\n%{http_code}", question.url]
    if not question.http1 and question.url.startswith("http:"):
        words.append("--http2-prior-knowledge")
    for name, value in question.headers.items():
        words += ["-H", f"{name}: {value}"]
    if question.body is not None:
        words += ["--data-binary", "@-"]
    done = subprocess.run(words, input=(question.body or "").encode(), capture_output=True)
    body, _, status = done.stdout.rpartition(b"\n")
    return int(status or 0), body


def verify(question):
    """Asks once. Gives the bytes of the right answer; raises AssertionError with what is wrong about another."""
    status, body = ask(question)
    assert status == question.status, f"{question.url}: {status}, not {question.status}: {body[:300]!r}"
    try:
        found = json.loads(body)
    except ValueError:
        raise AssertionError(f"{question.url}: no JSON: {body[:300]!r}") from None
    expected = question.expected(found) if callable(question.expected) else question.expected
    wrong = list(differences(timeless(expected), timeless(found)))
    assert not wrong, f"{question.url}: " + "; ".join(wrong[:5])
    return body


# What must come back, by what was asked and what the platform says.

def pushy_seen(job_id):
    """The orchestrator's job in pushy's words, with what the caller asked for and the platform cannot hold."""
    asked = documents.PUSHY_SUBMIT
    return {"id": job_id, "command": "chef-client", "run_timeout": asked["run_timeout"], "status": "running",
            "created_at": ANY_TIME, "updated_at": ANY_TIME,
            "nodes": {"running": documents.RUNNING, "complete": documents.DONE},
            "user": asked["user"], "dir": asked["dir"], "env": asked["env"], "capture_output": True}


def orchestrator_seen(number, site):
    """The pushy job in the orchestrator's words."""
    asked, url = documents.ORCHESTRATOR_SUBMIT, f"{site}{documents.ORCHESTRATOR}/{number}"
    return {
        "description": asked["description"], "id": url, "name": str(number), "command": "task", "type": "task", "state": "running",
        "options": {"description": asked["description"], "transport": "pxp", "noop": False, "task": asked["task"],
                    "params": asked["params"], "sensitive": [], "scheduled-job-id": None, "concurrency": None,
                    "scope": asked["scope"], "environment": asked["environment"]},
        "node_count": 12, "node_states": {"running": 5, "finished": 7},
        "owner": {"id": "00000000-0000-4000-8000-000000000000", "login": "bench"}, "timestamp": ANY_TIME,
        "created_timestamp": ANY_TIME, "started_timestamp": ANY_TIME, "finished_timestamp": None, "duration": ANY_TIME,
        "environment": {"name": asked["environment"]},
        "status": [{"state": "new", "enter_time": ANY_TIME, "exit_time": ANY_TIME},
                   {"state": "running", "enter_time": ANY_TIME, "exit_time": None}],
        "nodes": {"id": url + "/nodes"}, "report": {"id": url + "/report"}, "events": {"id": url + "/events"}, "userdata": {}}


def made(pattern):
    """What a submit must answer: one id that looks so, whichever it is."""
    def check(found):
        assert re.search(f'"{pattern}"', json.dumps(found)), f"no new job: {found}"
        return found
    return check
