"""Signs a request as Chef's clients do (version 1.3), by the openssl program."""
import base64
import hashlib
import subprocess
import time


def keys(folder):
    """A fresh RSA key of 2,048 bits, and its public half."""
    subprocess.run(["openssl", "genrsa", "-out", "bench.key", "2048"], cwd=folder, check=True, capture_output=True)
    subprocess.run(["openssl", "rsa", "-in", "bench.key", "-pubout", "-out", "bench.pub"], cwd=folder, check=True, capture_output=True)


def certificate(folder):
    """A self-signed certificate for TLS."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "tls.key",
         "-out", "tls.pem", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        cwd=folder, check=True, capture_output=True)
    (folder / "tls.key").chmod(0o600)


def headers(folder, method, path, body=b"", user="bench"):
    """The twelve headers of a signed request; good for a quarter of an hour."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    text = (f"Method:{method}\nPath:{path}\nX-Ops-Content-Hash:{digest}\nX-Ops-Sign:version=1.3\n"
            f"X-Ops-Timestamp:{now}\nX-Ops-UserId:{user}\nX-Ops-Server-API-Version:0")
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", "bench.key"], cwd=folder, input=text.encode(), capture_output=True, check=True)
    signature = base64.b64encode(made.stdout).decode()
    pieces = [signature[at:at + 60] for at in range(0, len(signature), 60)]
    return {"X-Ops-Sign": "algorithm=sha256;version=1.3;", "X-Ops-Userid": user, "X-Ops-Timestamp": now,
            "X-Ops-Content-Hash": digest, **{f"X-Ops-Authorization-{n}": piece for n, piece in enumerate(pieces, 1)}}
