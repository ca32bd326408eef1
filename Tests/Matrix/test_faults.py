"""Faults, in the tongue of the caller (§5): what the caller did wrong, and what the platform did."""
from uuid import uuid4

import pytest

from .columns import JOBS_ONLY, LIVES, side_by_side
from .fault_rows import MISSING, NONSENSE, NO_PHRASE, REFUSED, SLOW, UNKNOWN_JOB, UNREACHABLE, UNREADABLE, shape
from .fronts import FRONTS

TABLE = "Faults: front → platform"
FAULTY = {"extra": "times: {connect: 2, first-byte: 1, progress: 1, total: 5}"}


# Misbehaviour of the platform: what a submit meets (it is then in doubt, unless nothing was sent), what a look meets.
TROUBLE = {
    "dead": ("refuse", {}, UNREACHABLE, UNREACHABLE),
    "garbage body": ("garbage", {}, SLOW, NONSENSE),
    "garbage head": ("garbage-head", {}, SLOW, NONSENSE),
    "cut before its answer": ("close-on-body", {}, SLOW, NONSENSE),
    "cut in its body": ("half", {}, SLOW, NONSENSE),
    "truncated JSON": ("truncated", {}, SLOW, NONSENSE),
    "silence": ("mute", {}, SLOW, SLOW),
    "silence in its body": ("half-mute", {}, SLOW, SLOW),
    "its own 500": ("error", {"status": 500}, SLOW, NONSENSE),
    "its proxy's 502": ("error", {"status": 502}, SLOW, NONSENSE),
}


def missing(front):
    """A request without what it must have."""
    path, body = front.request("succeeds", ["NODE1"], "run-etl")
    if front.name == "canonical":
        return path, {"request": {"work": {"kind": 3}}}
    for key in ("command", "task", "package_id"):
        body.pop(key, None)
    return path, body


def binding(front):
    """A request with something that these platforms cannot do."""
    path, body = front.request("succeeds", ["NODE1", "NODE2"], "run-etl")
    if front.name.startswith("pushy"):
        return path, {**body, "user": "root"}
    if front.name == "orchestrator":
        return path, {**body, "noop": True}
    if front.name == "canonical":
        body["request"]["run"] = {"noop": True, "user": "root"}
        return path, body
    return path, {**body, "dynamic_variables": {"T": "CurrentTime()"}}


@pytest.mark.parametrize("back", ["pushy", "orchestrator", "xplenty", "runner"])
def test_what_the_caller_did_wrong(back, column, trial):
    for front in FRONTS:
        wrong(front, back, column(back), trial(TABLE, f"{front.name} → {back}"))


def wrong(front, back, there, trial):
    submits = there.platform.submits if there.platform else None
    with trial.step("unknown id"):
        assert shape(front, front.ask(there, "GET", front.unknown)) == UNKNOWN_JOB[front.name]
    if front.stops:
        with trial.step("unknown id"):
            answer = front.stop(there, front.unknown.rsplit("/", 1)[1])
            assert shape(front, answer) == UNKNOWN_JOB[front.name]
    path, _ = front.request("x", ["NODE1"], "run-etl")
    with trial.step("bad body"):
        assert shape(front, front.ask(there, "POST", path, b'{"a": 1,')) == UNREADABLE[front.name]
    with trial.step("missing field"):
        answer = front.ask(there, "POST", *missing(front))
        assert shape(front, answer) == MISSING[front.name]
        assert not front.name.startswith("pushy") or answer.json == {"error": "invalid command supplied"}
    same = {"pushy": "pushy", "orchestrator": "orchestrator", "xplenty": "xplenty"}.get(back, "none")
    if front.name.startswith(same) or front.name.startswith("pushy") and back == "runner":
        trial.impossible("binding loss", "nothing is lost")
    else:
        with trial.step("binding loss"):
            answer = front.ask(there, "POST", *binding(front))
            assert shape(front, answer) == REFUSED[front.name], answer.body
    phrase(front, back, there, trial)
    if there.platform:
        with trial.step("nothing was sent"):
            assert there.platform.submits == submits


def phrase(front, back, there, trial):
    """Work for which nobody has said what it is there."""
    path, body = front.request("x", ["NODE1", "NODE2"], "run-etl")
    if front.name.startswith(back) or (front.name, back) == ("canonical", "pushy") or back == "runner" and not front.name.startswith(("orchestrator", "xplenty")):
        return trial.impossible("no phrase", "it goes as it is")
    if back == "orchestrator" and not front.name.startswith("xplenty"):
        return trial.impossible("no phrase", "a command line goes as a task here")
    with trial.step("no phrase"):
        if "command" in body:
            body["command"] = "reticulate splines"
        elif "task" in body:
            body["task"], body["params"] = "nobody::knows", {}
        elif "package_id" in body:
            body["package_id"] = 435
        else:
            body["request"]["work"]["command"] = "reticulate splines"
        answer = front.ask(there, "POST", path, body)
        assert shape(front, answer) == NO_PHRASE[front.name], answer.body


@pytest.mark.parametrize("trouble", list(TROUBLE))
@pytest.mark.parametrize("back", ["pushy", "orchestrator", "xplenty"])
def test_what_the_platform_did_wrong(back, trouble, column, trial):
    """All fronts at once, so that the waiting is done once."""
    there = column(back, "faulty", **FAULTY)
    mode, arguments, on_submit, on_look = TROUBLE[trouble]
    there.platform.control("heal")
    there.platform.control("fate", jobs=None, outcome="hangs", times=LIVES)
    trials = [trial(TABLE, f"{front.name} → {back}") for front in FRONTS]
    # No two requests alike: one that repeats a submit in doubt joins it.
    known = [front.made(front.submit(there, f"{uuid4()}")) for front in FRONTS]
    there.platform.control("drop")
    there.platform.control("fault", mode=mode, **{"path": JOBS_ONLY, **arguments})

    def meet(front, known, one):
        with one.step(trouble):
            answer = front.job(there, known)
            assert shape(front, answer) == on_look[front.name], f"a look: {answer.status} {answer.body[:120]}"
        with one.step(trouble):
            answer = front.submit(there, f"{uuid4()}")
            assert shape(front, answer) == on_submit[front.name], f"a submit: {answer.status} {answer.body[:120]}"

    try:
        side_by_side(meet, list(zip(FRONTS, known, trials)))
    finally:
        there.platform.control("heal")
    for front, id, one in zip(FRONTS, known, trials):
        with one.step("well again"):
            assert front.job(there, id).status == 200
