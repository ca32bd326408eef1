"""Keys and certificates for the tests here, made by the openssl command."""
import subprocess


def run(*words):
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True).stdout


def rsa(folder, name, bits=2048):
    """(private PEM, public PEM)"""
    path = folder / f"{name}.pem"
    run("genrsa", "-out", path, bits)
    return path.read_text(), run("rsa", "-in", path, "-pubout").decode()


def authority(folder, name="ca"):
    """A self-signed certificate for 127.0.0.1 that may also sign others: (certificate path, key path)"""
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", 2, "-subj", f"/CN={name}",
        "-addext", "subjectAltName=IP:127.0.0.1")
    return cert, key
