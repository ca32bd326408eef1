"""Platforms that forget, say new words, queue, limit their callers, or are gone for a while."""
import time
from uuid import uuid4

import pytest

from .columns import LIVES, side_by_side
from .fault_rows import row, shape
from .fronts import FRONTS
from .words import JOB

TABLE = "Odd platforms: front → platform"
BACKS = ["pushy", "orchestrator", "xplenty"]
RUNNING = {"pushy documented-2": "running", "pushy server-2": "running", "orchestrator": "running", "xplenty v1": "running",
           "xplenty v2": "running", "canonical": "unknown"}
# A word nobody knows: over for a pushy reader, open for the others (§1).
OVER = {"pushy documented-2": "aborted", "pushy server-2": "crashed", "orchestrator": "failed", "xplenty v1": "failed",
        "xplenty v2": "failed", "canonical": "unknown-over"}
WAITING = {"pushy documented-2": "voting", "pushy server-2": "voting", "orchestrator": "ready", "xplenty v1": "pending",
           "xplenty v2": "pending", "canonical": "waiting"}
ENDED = {"pushy documented-2": {"aborted", "complete"}, "pushy server-2": {"crashed", "complete"}, "orchestrator": {"failed"},
         "xplenty v1": {"failed"}, "xplenty v2": {"failed"}, "canonical": {"ended"}}
LIMITED = row((429, "array"), (429, "rate-limited"), (429, "message"), (429, "problem"))


def rows(back, there, trial):
    return [(front, back, there, trial(TABLE, f"{front.name} → {back}")) for front in FRONTS]


def until(front, there, id, words, seconds=8):
    words, end = {words} if isinstance(words, str) else words, time.time() + seconds
    while (found := front.word(front.job(there, id).json)) not in words and time.time() < end:
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("back", BACKS)
def test_a_word_that_nobody_knows(back, column, trial):
    side_by_side(unknown, rows(back, column(back), trial))


def unknown(front, back, there, one):
    with one.step("an unknown word"):
        begin, last = {"pushy": ("voting", "complete"), "orchestrator": ("ready", "finished"),
                       "xplenty": ("pending", "completed")}[back]
        fate = {"words": [[begin, 0.2], ["sulking", 2], [last, 0]], "times": {**LIVES, "running": 0.2}}
        id = there.submit(front, f"{uuid4()}", fate)
        if back == "pushy":
            seen = there.until_over(front, id)
            own = {"sulking"} if front.name == "pushy server-2" else set()
            assert seen[-1] in {OVER[front.name]} | own, seen
            assert not front.success(there, id)
        else:
            own = {"sulking"} if front.name in ("orchestrator", "xplenty v2") and front.name.startswith(back) else set()
            seen = until(front, there, id, {RUNNING[front.name]} | own)
            assert seen in {RUNNING[front.name]} | own, seen
            if front.name == "canonical":
                assert front.job(there, id).json["word"] == "sulking"
            assert there.until_over(front, id)[-1] == JOB[front.name]["succeeded"]
            assert front.success(there, id)


@pytest.mark.parametrize("back", BACKS)
def test_a_job_that_the_platform_forgets(back, column, trial):
    there = column(back, "forgetful")
    made = {}

    def begin(front, back, there, one):
        made[front] = there.submit(front, f"{uuid4()}", {"outcome": "hangs"})
        until(front, there, made[front], "running")

    def look(front, back, there, one):
        with one.step("forgotten while it ran"):
            job = front.job(there, made[front])
            assert job.status == 200 and front.word(job.json) in ENDED[front.name], (job.status, job.body[:200])
            assert not front.success(there, made[front]), "nobody knows how it ended"

    tried = rows(back, there, trial)
    side_by_side(begin, tried)
    there.platform.control("forget")
    side_by_side(look, tried)


@pytest.mark.parametrize("back", BACKS)
def test_a_platform_that_is_gone_for_a_while(back, column, trial):
    """Its jobs can be listed as they were last seen; when it is back they go on. Then the gateway is gone for a while."""
    there = column(back, "forgetful")
    made = {}

    def begin(front, back, there, one):
        made[front] = there.submit(front, f"{uuid4()}", {"times": {**LIVES, "running": 2}})
        until(front, there, made[front], "running")

    def gone(front, back, there, one):
        with one.step("listed while it is gone"):
            assert front.listed(there)[made[front]] == "running"

    def back_again(front, back, there, one):
        with one.step("over when both are back"):
            assert there.until_over(front, made[front])[-1] == JOB[front.name]["succeeded"]
            assert front.success(there, made[front])

    tried = rows(back, there, trial)
    side_by_side(begin, tried)
    there.platform.control("drop")
    there.platform.control("fault", mode="refuse")
    side_by_side(gone, tried)
    there.platform.control("heal")
    there.gateway.kill()
    there.gateway.start()
    side_by_side(back_again, tried)


def test_what_waits_in_an_xplenty_queue(column, trial):
    """`queued` is told only to callers of version 2."""
    there = column("xplenty")

    def queued(front, back, there, one):
        with one.step("queued"):
            id = there.submit(front, f"{uuid4()}", {"queued": 2})
            wanted = "queued" if front.name == "xplenty v2" else WAITING[front.name]
            assert until(front, there, id, wanted, 2) == wanted
            time.sleep(0.3)
            assert until(front, there, id, wanted, 0.1) == wanted
            there.until_over(front, id)
            assert front.success(there, id)

    side_by_side(queued, rows("xplenty", there, trial))


def test_a_platform_that_limits_its_callers(column, trial):
    there = column("xplenty", "forgetful")
    there.platform.control("set", rate_remaining=0)
    try:
        for front, _, _, one in rows("xplenty", there, trial):
            with one.step("rate limit"):
                answer = front.submit(there, f"{uuid4()}")
                assert shape(front, answer) == LIMITED[front.name], (answer.status, answer.body)
    finally:
        there.platform.control("set", rate_remaining=5000)
