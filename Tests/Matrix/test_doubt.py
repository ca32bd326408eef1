"""Submits of which nobody knows: at most one job, visible to the caller, joined by a repeat, found again by itself."""
import json
import time
from uuid import uuid4

import pytest

from .columns import JOBS_ONLY, LIVES, side_by_side
from .fault_rows import SLOW, shape
from .fronts import FRONTS

TABLE = "In doubt: front → platform"
EXTRA = {"extra": "times: {connect: 3, first-byte: 3, progress: 3, total: 9}"}
ACCEPTED = {"pushy documented-2": "voting", "pushy server-2": "new", "orchestrator": "new", "xplenty v1": "idle",
            "xplenty v2": "idle", "canonical": "accepted"}
SUCCEEDED = {"pushy documented-2": "complete", "pushy server-2": "complete", "orchestrator": "finished",
             "xplenty v1": "completed", "xplenty v2": "completed", "canonical": "succeeded"}


@pytest.mark.parametrize("back", ["pushy", "orchestrator", "xplenty"])
def test_the_answer_is_lost(back, column, trial):
    there = column(back, "doubtful", **EXTRA)
    side_by_side(lost, [(front, back, there, trial(TABLE, f"{front.name} → {back}")) for front in FRONTS])


def lost(front, back, there, trial):
    day, platform, mine = f"{uuid4()}", there.platform, None
    with trial.step("the caller hears"), there.lock:
        platform.control("fate", jobs=1, outcome="succeeds", times=LIVES)
        platform.control("fault", mode="close-after-work", method="POST", path=JOBS_ONLY, times=1)
        answer = front.submit(there, day)
        assert shape(front, answer) == SLOW[front.name], (answer.status, answer.body)
    with trial.step("visible as accepted"):
        listed = front.ask(there, "GET", front.list + "?limit=100").json
        mine, = [entry for entry in front.entries(listed) if day in json.dumps(entry)]
        assert front.word(mine) in {ACCEPTED[front.name], "running", SUCCEEDED[front.name]}, front.word(mine)
    with trial.step("a repeat joins it"), there.lock:
        before = platform.submits
        assert front.made(front.submit(there, day)) == front.same(mine)
        assert platform.submits == before, "two jobs"
    with trial.step("a second repeat is a job"):
        assert there.submit(front, day) != front.same(mine)
    if front.name.startswith(back) and back != "pushy":
        return trial.impossible("found again", "no marks within one dialect, and jobs that look alike")
    with trial.step("found again"):  # by its mark, and on a pushy platform by its command, nodes and time
        assert there.until_over(front, front.same(mine), seconds=10)[-1] == SUCCEEDED[front.name]


def test_whoever_looks_for_the_lost_leaves_the_others_alone(column, trial):
    """Submits in doubt make the search for them long; jobs that are acknowledged meanwhile are none of its business."""
    there, front = column("pushy", "searching"), FRONTS[-1]
    one = trial(TABLE, f"{front.name} → pushy")
    there.platform.control("fault", mode="close-on-body", method="POST", path=JOBS_ONLY, times=6)
    for _ in range(6):
        assert front.submit(there, f"{uuid4()}").status == 504
    there.platform.control("set", latency=0.04)
    made = []

    def several(number):
        made.extend(front.made(front.submit(there, f"{uuid4()}")) for _ in range(30))

    try:
        side_by_side(several, [(number,) for number in range(12)])
    finally:
        there.platform.control("set", latency=0)
    with one.step("others while it looks"):
        words = {front.word(front.job(there, id).json) for id in made}
        assert len(made) == 360 and "rejected" not in words, words
        time.sleep(3)  # one more search
        words = {front.word(front.job(there, id).json) for id in made}
        assert "rejected" not in words, words
