"""Our big integers against the openssl command: the same signatures, every form of key."""
import base64
import subprocess

import pytest

from . import signing
from .keys import authority, rsa, run

TEXT = signing.text("1.1", "POST", "//organizations/acme//pushy/jobs/?include_file=true", b"{}", "2026-11-22T10:15:30Z", "alice")


def test_the_text_that_is_signed():
    assert TEXT.decode().split("\n") == [
        "Method:POST", "Hashed Path:neMBxh2sSuYvibWwN0kLjkYD3Rg=", "X-Ops-Content-Hash:vyGp6PvFo4RvsFtPoIWeCReyIC8=",
        "X-Ops-Timestamp:2026-11-22T10:15:30Z", "X-Ops-UserId:" + signing.b64(signing.digest("1.1", b"alice"))]
    lines = signing.text("1.3", "get", "/", b"", "2026-11-22T10:15:30Z", "alice", "2").decode().split("\n")
    assert lines[1:4] == ["Path:/", "X-Ops-Content-Hash:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "X-Ops-Sign:version=1.3"]
    assert lines[-1] == "X-Ops-Server-API-Version:2"


@pytest.mark.parametrize("version, words", [
    ("1.1", ["rsautl", "-sign", "-inkey"]),
    ("1.2", ["dgst", "-sha1", "-sign"]), ("1.3", ["dgst", "-sha256", "-sign"])])
def test_the_same_signature_as_openssl(tmp_path, version, words):
    private, public = rsa(tmp_path, "key")
    openssl = subprocess.run(["openssl", *words, tmp_path / "key.pem"], input=TEXT, capture_output=True, check=True).stdout
    assert signing.sign(private, version, TEXT) == openssl
    assert signing.verify(public, version, TEXT, openssl) and not signing.verify(public, version, TEXT + b" ", openssl)
    assert not signing.verify(public, version, TEXT, openssl[:-1])


def test_every_form_of_key(tmp_path):
    certificate, key = authority(tmp_path)
    private, traditional = key.read_text(), run("rsa", "-in", key, "-traditional").decode()
    forms = [certificate.read_text(), run("rsa", "-in", key, "-pubout").decode(),
             run("rsa", "-in", key, "-RSAPublicKey_out").decode()]
    assert "RSA PRIVATE" in traditional and "RSA PUBLIC" in forms[2]
    assert signing.key(private) == signing.key(traditional)
    assert {signing.key(form) for form in forms} == {signing.key(private)[:2]}


@pytest.mark.parametrize("header, version", [
    ("version=1.0", "1.0"), ("algorithm=sha1;version=1.1;", "1.1"), ("algorithm=sha256;version=1.3;", "1.3"),
    ("algorithm=sha1;version=1.3", None), ("algorithm=sha256; version=1.3", None), ("version=8.1", None), ("garbage", None)])
def test_which_protocols_are_known(header, version):
    assert signing.protocol(header) == version


def test_the_headers_of_a_request(tmp_path):
    private, _ = rsa(tmp_path, "key")
    headers = signing.headers(private, "1.1", "GET", "/organizations/acme/pushy/jobs", b"", "2026-11-22T10:15:30Z", "alice")
    pieces = [value for name, value in headers.items() if name.startswith("X-Ops-Authorization-")]
    assert [len(piece) for piece in pieces] == [60] * 5 + [44] and len(base64.b64decode("".join(pieces))) == 256
    assert headers["X-Ops-Content-Hash"] == "2jmj7l5rSw0yVb/vlWAYkK/YBwk="
