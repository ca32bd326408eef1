"""One real Slurm for all tests here. They are not skipped where there is none: deploy/install test installs it."""
import json
import subprocess

import pytest

from Stories.conftest import DRAGOMAN, ROOT

from .start import Slurm

MAPPINGS = ROOT / "mappings/more"


@pytest.fixture(scope="session")
def slurm(tmp_path_factory):
    with Slurm(tmp_path_factory.mktemp("slurm") / "cluster") as found:
        yield found


@pytest.fixture
def translate():
    """translate("pushy", "slurm", text, what="submit"): what is written, and the lines of what is lost."""

    def run(source, target, text, what="job"):
        command = [DRAGOMAN, "translate", "--mappings", MAPPINGS, "--from", source, "--to", target, "--what", what]
        text = text if isinstance(text, (str, bytes)) else json.dumps(text)
        done = subprocess.run(command, input=text.encode() if isinstance(text, str) else text, capture_output=True, timeout=30)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout), done.stderr.decode().splitlines()

    return run
