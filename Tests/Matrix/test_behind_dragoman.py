"""Another Dragoman as the platform: a gateway with the embedded runner, behind a gateway."""
import pytest

from .columns import Column, side_by_side
from .fronts import FRONTS
from .words import HUB, JOB, NODE

TABLE = "A Dragoman with the runner as the platform: front → its dialect"
# Dialect, profile, version of HTTP, what it is in the hub's words after one gateway: where the dialect has no other word,
# what fails on a pushy `documented` platform has crashed, and an xplenty one has no nodes.
PLATFORMS = [("pushy", "server-2", "1.1"), ("pushy", "documented-2", "2"), ("orchestrator", None, "2"),
             ("xplenty", "v2", "1.1"), ("xplenty", "v1", "2"), ("canonical", None, "2")]
STOPS = {"orchestrator", "xplenty", "canonical"}


class Inner:
    """The inner gateway as a platform: no controls, no counts."""

    def __init__(self, gateway):
        self.gateway, self.port, self.url = gateway, gateway.port, gateway.url

    def end(self):
        pass


@pytest.fixture(scope="module")
def inner(tmp_path_factory):
    found = Column(tmp_path_factory.mktemp("inner"), "runner")
    yield found
    found.end()


def expected(back, variant, outcome):
    phase, node = HUB["runner"][outcome]
    if back == "pushy" and variant == "documented-2" and outcome == "fails":
        phase, node = "crashed", "lost"
    return phase, None if back == "xplenty" else node


@pytest.mark.parametrize("back, variant, http", PLATFORMS, ids=[f"{b}-{v}-http{h}" for b, v, h in PLATFORMS])
def test_a_gateway_behind_a_gateway(back, variant, http, inner, tmp_path, trial):
    there = Column(tmp_path, back, variant=variant, extra=f'http: "{http}"', platform=Inner(inner.gateway))
    name = f"{back} {variant or ''}".strip()
    try:
        side_by_side(whole, [(front, back, variant, there, trial(TABLE, f"{front.name} → {name}")) for front in FRONTS])
    finally:
        there.end()


def whole(front, back, variant, there, trial):
    for outcome in ("succeeds", "fails", "rejected"):
        with trial.step(outcome):
            more = {"nodes": ["DONKEY"], "work": "etl-nowhere"} if outcome == "rejected" else {}
            phase, node = expected(back, variant, outcome)
            id = front.made(front.submit(there, outcome, **more))
            seen = there.until_over(front, id)
            wanted = {JOB[front.name][phase]}
            if front.name == f"{back} {variant}" and outcome == "fails":
                wanted.add("complete")  # the same dialect's own document, with its nodes in `crashed`
            assert seen[-1] in wanted, seen
            assert front.success(there, id) == (outcome == "succeeds")
            nodes = front.nodes(there, id)
            if nodes is not None and node is not None:
                assert set(nodes.values()) == {NODE[front.name][node]}, nodes
            assert front.listed(there)[id] in wanted
    if not front.stops or back not in STOPS:
        return trial.impossible("stop", "pushy has none")
    with trial.step("stop"):
        id = front.made(front.submit(there, "hangs"))
        assert front.stop(there, id).status in (200, 202)
        assert there.until_over(front, id)[-1] == "stopped"
