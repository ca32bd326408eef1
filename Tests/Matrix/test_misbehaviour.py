"""Platforms that misbehave at length: the caller gets its dialect's word in time, and the gateway's memory stays flat."""
import time
from uuid import uuid4

import pytest

from .columns import JOBS_ONLY, LIVES, side_by_side
from .fault_rows import NONSENSE, SLOW, shape
from .fronts import FRONTS

TABLE = "Misbehaviour: front → platform"
EXTRA = {"extra": "times: {connect: 2, first-byte: 1, progress: 1, total: 3}"}
WELL = "well"
# What a look meets; what a submit meets; WELL: as if nothing were.
MODES = {
    "accepts, never answers": ("deaf", {}, SLOW, SLOW),
    "half a body, then silence": ("half-mute", {}, SLOW, SLOW),
    "closes after its head": ("half-head", {}, NONSENSE, SLOW),
    "resets in its body": ("half", {"reset": True}, NONSENSE, SLOW),
    "100 MB": ("huge", {"megabytes": 100}, NONSENSE, SLOW),
    "an endless head": ("endless-head", {}, NONSENSE, SLOW),
    "two lengths": ("two-lengths", {}, NONSENSE, SLOW),
    "a bad chunk": ("bad-chunk", {}, NONSENSE, SLOW),
    "drips for ever": ("drip", {"bytes": 1, "seconds": 0.3}, SLOW, SLOW),
    "HTTP/1.0": ("http10", {}, WELL, WELL),
    "odd chunks": ("chunked", {}, WELL, WELL),
    "interim answers": ("interim", {}, WELL, WELL),
    "closes after each answer": ("hang-up", {}, WELL, WELL),
    "drips": ("drip", {"bytes": 40, "seconds": 0.005}, WELL, WELL),
    "another media type": ("wrong-type", {"type": "text/plain"}, WELL, WELL),
}


def close(got, wanted):
    return got[0] in (200, 201, 202) if wanted == WELL else got == wanted


@pytest.mark.parametrize("mode", list(MODES))
def test_a_platform_that_misbehaves(mode, column, trial):
    word, arguments, on_look, on_submit = MODES[mode]
    rows = []
    for back in ("pushy", "orchestrator", "xplenty"):
        there = column(back, "misbehaving", **EXTRA)
        there.platform.control("heal")
        there.platform.control("fate", jobs=None, outcome="hangs", times=LIVES)
        for front in FRONTS:
            known = front.made(front.submit(there, f"{uuid4()}"))
            rows.append((front, there, known, trial(TABLE, f"{front.name} → {back}")))
    columns = list(dict.fromkeys(row[1] for row in rows))
    for there in columns:
        there.platform.control("drop")
        there.platform.control("fault", mode=word, **{"path": JOBS_ONLY, **arguments})
    before = [there.gateway.rss() for there in columns]

    def meet(front, there, known, one):
        with one.step(mode):
            begun = time.monotonic()
            answer = front.job(there, known)
            wanted = on_look if on_look == WELL else on_look[front.name]
            assert close(shape(front, answer), wanted), f"a look: {answer.status} {answer.body[-300:]}"
            answer = front.submit(there, f"{uuid4()}")
            wanted = on_submit if on_submit == WELL else on_submit[front.name]
            assert close(shape(front, answer), wanted), f"a submit: {answer.status} {answer.body[:120]}"
            took = time.monotonic() - begun
            assert took < 20, f"{took:.1f} s for two answers"

    try:
        side_by_side(meet, rows)
        grown = [there.gateway.rss() - was for there, was in zip(columns, before)]
    finally:
        for there in columns:
            there.platform.control("heal")
    # Twelve answers of 100 MB at each: bounded by what all unfinished ones may take.
    print(f"{mode}: grew by {[round(each) for each in grown]} MB")
    assert max(grown) < 100, f"grew by {grown} MB"
