"""A node that is another machine: here this one again, by a real sshd."""
import getpass
import os
import socket
import subprocess
import time

import pytest

from conftest import ROOT, Gateway

PUSHY = "/organizations/ORG/pushy/jobs"


@pytest.fixture
def machine(tmp_path):
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "known").write_text(f"[127.0.0.1]:{port} {(tmp_path / 'host.pub').read_text()}")
    os.makedirs("/run/sshd", exist_ok=True)
    (tmp_path / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/host\nAuthorizedKeysFile {tmp_path}/client.pub\n"
        f"StrictModes no\nUsePAM no\nPermitRootLogin yes\nPidFile none\n")
    server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", tmp_path / "sshd_config"], stderr=open(tmp_path / "sshd.log", "w"))
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    yield port
    server.terminate()
    server.wait()


def test_a_job_runs_there_and_here(machine, tmp_path):
    node = (f"{{name: far, ssh: {{address: {getpass.getuser()}@127.0.0.1, port: {machine}, identity: {tmp_path}/client, "
            f"known-hosts: {tmp_path}/known}}}}")
    gone = "{name: nowhere, ssh: {address: 127.0.0.1, port: 9, connect-timeout: 2}}"
    text = (ROOT / "deploy/dragoman.yaml").read_text()
    text = text.replace("nodes: [NODE1,", f"nodes: [{node}, {gone}, NODE1,", 1)
    text = text.replace("    hostname: hostname\n", '    where: "echo at $CHEF_PUSH_NODE_NAME; exit 3"\n')
    own = Gateway(tmp_path, config=text)
    body = {"command": "where", "nodes": ["far", "NODE1", "nowhere"], "quorum": 2, "capture_output": True}
    made = own.ask("POST", PUSHY, body).json["id"]
    own.until(f"{PUSHY}/{made}", lambda job: job["status"] not in ("voting", "running"), 30)
    number = own.ask("GET", "/v1/jobs?limit=1").json["jobs"][0]["id"]
    job = own.ask("GET", f"/v1/jobs/{number}").json
    assert {node["name"]: (node["phase"], node.get("exit")) for node in job["nodes"]} == {
        "far": ("failed", 3), "NODE1": ("failed", 3), "nowhere": ("unreachable", None)}
    assert own.ask("GET", f"{PUSHY}/{made}/output/far/stdout").body == b"at far\n"
    assert own.ask("GET", f"{PUSHY}/{made}/output/NODE1/stdout").body == b"at NODE1\n"
    assert "Accepted publickey" in (tmp_path / "sshd.log").read_text()
    assert own.stop() == 0
