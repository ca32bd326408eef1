"""Columns are started when first asked for and shared by the run; the table of results is printed at its end."""
import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from .columns import Column
from .results import Results, Trial
from .workstation import Workstation

RESULTS = Results()


@pytest.fixture
def trial():
    """trial(table, row): a row whose steps go into the table. A step that failed fails the test, at its end."""
    made = []

    def make(table, row):
        made.append(Trial(RESULTS, table, row))
        return made[-1]

    yield make
    problems = [problem for one in made for problem in one.failed]
    assert not problems, "\n" + "\n".join(problems)


@pytest.fixture(scope="session")
def column(tmp_path_factory):
    """column("pushy"), column("pushy", "faulty", extra="times: …"): the same one for the same words."""
    known = {}

    def find(back, purpose="", **more):
        key = (back, purpose)
        if key not in known:
            known[key] = Column(tmp_path_factory.mktemp(f"{back}-{purpose}"), back, **more)
        return known[key]

    yield find
    problems = []
    for key, found in known.items():
        try:
            found.end()
        except Exception as problem:
            problems.append(f"{key}: {problem}")
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="session")
def at(tmp_path_factory):
    """at("pushy"): the workstation whose knife finds its jobs on that platform."""
    made = {}

    def find(back):
        if back not in made:
            made[back] = Workstation(tmp_path_factory.mktemp(f"knife-{back}"), back)
            ends.callback(made[back].there.end)
        return made[back]

    with ExitStack() as ends:
        yield find


def pytest_terminal_summary(terminalreporter):
    """To a file too, when MATRIX_MARKDOWN names one."""
    text = RESULTS.markdown()
    if RESULTS.tables:
        terminalreporter.section("the matrix")
        terminalreporter.write(text)
        if target := os.environ.get("MATRIX_MARKDOWN"):
            Path(target).write_text(text)
