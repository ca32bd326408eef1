"""The guides do what they say: every block marked `run` is run, in order, against a real gateway.

    ```sh run          runs in the guide's one shell: variables stay
    ```python run      runs with the packages of the tests
    ```text prints     what the block before it printed; … stands for anything
"""
import json
import os
import re
import subprocess
import sys

import pytest

from conftest import DRAGOMAN, ROOT, Gateway

GUIDES = sorted((ROOT / "deploy/guides").glob("*.md"))
FENCE = re.compile(r"^```(\w*)[ ]*(\w*)\n(.*?)^```$", re.M | re.S)
MARK = "===== block %d ====="


@pytest.fixture
def gateway(tmp_path_factory):
    """One for each guide: what another has left running would keep its nodes busy."""
    found = Gateway(tmp_path_factory.mktemp("gateway"))
    yield found
    assert found.stop() == 0, found.log.read_text()


class Block:
    def __init__(self, line, language, text):
        self.line, self.language, self.text, self.prints = line, language, text, None


def blocks(guide):
    """The blocks that run, each with what it must print."""
    text = guide.read_text()
    found, last = [], None
    for match in FENCE.finditer(text):
        language, mark, body = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        assert mark in ("", "run", "prints"), f"{guide.name}:{line}: no such mark: {mark}"
        if mark == "prints":
            assert last is not None and last.prints is None, f"{guide.name}:{line}: nothing ran before it"
            last.prints = body
            continue
        last = None
        if mark == "run":
            assert language in ("sh", "python"), f"{guide.name}:{line}: {language} cannot be run"
            last = Block(line, language, body)
            found.append(last)
    return found


def script(found, gateway, folder):
    """One shell script for a whole guide."""
    made = []
    for number, block in enumerate(found):
        text = block.text.replace("http://127.0.0.1:8080", gateway.url)
        text = text.replace("http://127.0.0.1:8081", f"http://127.0.0.1:{gateway.admin}")
        text = text.replace("/etc/dragoman/dragoman.yaml", str(gateway.config))
        if block.language == "python":
            file = folder / f"block-{number}.py"
            file.write_text(text)
            text = f"{sys.executable} {file}\n"
        made.append(f"echo\necho '{MARK % number}'\n{text}")
    return "set -eu\n" + "\n".join(made)


def pattern(prints):
    return ".*".join(re.escape(part) for part in prints.strip().split("…"))


@pytest.mark.parametrize("guide", GUIDES, ids=[guide.stem for guide in GUIDES])
def test_a_guide_does_what_it_says(gateway, guide, tmp_path):
    found = blocks(guide)
    assert found, "a guide that runs nothing proves nothing"
    environment = {
        "PATH": f"{DRAGOMAN.parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1", "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        ["timeout", "60", "bash", "-c", script(found, gateway, tmp_path)], cwd=tmp_path, env=environment,
        capture_output=True, text=True)
    printed = re.split(r"^===== block \d+ =====\n", done.stdout, flags=re.M)[1:]
    assert done.returncode == 0, (
        f"{guide.name}:{found[len(printed) - 1].line}: exit {done.returncode}\n{printed[-1:]}\n{done.stderr}")
    for block, output in zip(found, printed, strict=True):
        # What the reader sees is the address of the default configuration.
        output = output.replace(gateway.url, "http://127.0.0.1:8080").strip()
        if block.prints is not None:
            assert re.fullmatch(pattern(block.prints), output, re.S), (
                f"{guide.name}:{block.line}: it printed\n{output}\nand not\n{block.prints}")


def test_the_images_health_check_tells_a_live_gateway_from_a_dead_one(gateway):
    text = (ROOT / "deploy/docker/Dockerfile").read_text()
    words = re.search(r"HEALTHCHECK .*?CMD (\[.*?\])\n", text, re.S)[1]
    command = [word.replace("127.0.0.1/8081", f"127.0.0.1/{gateway.admin}") for word in json.loads(words)]
    assert str(gateway.admin) in command[2]
    assert subprocess.run(command, timeout=10).returncode == 0
    dead = [word.replace(f"/{gateway.admin} ", "/1 ") for word in command]
    assert subprocess.run(dead, timeout=10, stderr=subprocess.DEVNULL).returncode != 0
    missing = [word.replace("/healthz", "/nothing") for word in command]
    assert subprocess.run(missing, timeout=10).returncode != 0


def test_the_packages_copyright_names_every_library():
    named = (ROOT / "deploy/debian/copyright").read_text().lower().split()
    for found in re.findall(r'"identity" : "(.*?)"', (ROOT / "Package.resolved").read_text()):
        assert found in named, f"deploy/debian/copyright does not name {found}"
