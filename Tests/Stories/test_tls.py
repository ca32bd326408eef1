"""TLS listeners: versions, names, clients' certificates, and certificates that are exchanged while the server runs."""
import os
import re
import signal
import subprocess
import time

import pytest

from conftest import ROOT, Gateway

PUSHY = "/organizations/ORG/pushy/jobs"


def openssl(*arguments, folder):
    subprocess.run(["openssl", *map(str, arguments)], cwd=folder, check=True, capture_output=True)


def certificate(folder, name, *hosts, ca="ca"):
    alt = ",".join(f"DNS:{host}" for host in hosts) or "DNS:localhost"
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr", folder=folder)
    (folder / "ext").write_text(f"subjectAltName={alt}")
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial",
            "-days", "2", "-extfile", "ext", "-out", f"{name}.pem", folder=folder)
    os.chmod(folder / f"{name}.key", 0o600)


@pytest.fixture
def own(tmp_path):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-subj", "/CN=Test CA", "-days", "2",
            "-out", "ca.pem", folder=tmp_path)
    certificate(tmp_path, "first", "localhost", "one.example.com")
    certificate(tmp_path, "second", "two.example.com")
    certificate(tmp_path, "client", "client")
    names = ", ".join(f"{{chain: {tmp_path}/{name}.pem, key: {tmp_path}/{name}.key}}" for name in ("first", "second"))
    text = (ROOT / "deploy/dragoman.yaml").read_text().replace("tls: none", (
        f"tls: {{certificates: [{names}], client-certificates: optional, client-ca: {tmp_path}/ca.pem}}"))
    gateway = Gateway(tmp_path, config=text)
    yield gateway
    assert gateway.stop() == 0


def curl(own, *arguments, host="localhost"):
    return subprocess.run(
        ["curl", "-sS", "--cacert", own.folder / "ca.pem", "--resolve", f"{host}:{own.port}:127.0.0.1", "-w", "\n%{http_version} %{http_code}",
         *map(str, arguments), f"https://{host}:{own.port}{PUSHY}"], capture_output=True, text=True, timeout=30)


def subject(own, host):
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{own.port}", "-servername", host, "-CAfile", own.folder / "ca.pem"],
        input="", capture_output=True, text=True, timeout=30)
    return re.search(r"subject=CN = (\S+)", done.stdout)[1]


def test_both_protocols_and_only_safe_versions(own):
    assert curl(own, "--http2").stdout == "[]\n2 200"
    assert curl(own, "--http1.1").stdout == "[]\n1.1 200"
    assert curl(own, "--tls-max", "1.2").stdout == "[]\n2 200"
    assert curl(own, "--tls-max", "1.1").returncode != 0


def test_links_are_https(own):
    done = curl(own, "--http1.1", "-i", "-H", "Content-Type: application/json", "-d", '{"command":"true","nodes":["NODE1"]}')
    assert f"location: https://localhost:{own.port}{PUSHY}/" in done.stdout.lower().replace("organizations/org", "organizations/ORG"), done.stdout


def test_the_certificate_is_chosen_by_name(own):
    assert subject(own, "one.example.com") == "first"
    assert subject(own, "two.example.com") == "second"
    assert subject(own, "unknown.example.com") == "first"


def test_clients_certificates(own):
    assert curl(own, "--cert", own.folder / "client.pem", "--key", own.folder / "client.key").stdout == "[]\n2 200"
    text = own.config.read_text()
    own.config.write_text(text.replace("client-certificates: optional", "client-certificates: required"))
    own.process.send_signal(signal.SIGHUP)
    assert own.said("configuration taken up")
    assert curl(own).returncode != 0
    assert curl(own, "--cert", own.folder / "client.pem", "--key", own.folder / "client.key").stdout == "[]\n2 200"


def test_a_renewed_certificate_is_taken_up_by_itself(own):
    certificate(own.folder, "renewed", "localhost")
    for ending in ("key", "pem"):
        os.replace(own.folder / f"renewed.{ending}", own.folder / f"first.{ending}")
    assert own.said("configuration taken up", 15)
    assert subject(own, "localhost") == "renewed"


def test_check_says_what_is_wrong_with_a_certificate(own, dragoman):
    text = own.config.read_text().replace("second.key", "client.key")
    other = own.folder / "other.yaml"
    other.write_text(text)
    done = dragoman("check", "--config", other)
    assert done.returncode == 1 and re.search(r"other\.yaml:\d+:\d+: .*second\.pem", done.stdout), done.stdout
    good = dragoman("check", "--config", own.config)
    assert good.returncode == 0 and "CN=first" in good.stdout and "TLS" in good.stdout, good.stdout
