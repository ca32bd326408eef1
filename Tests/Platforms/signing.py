"""Chef's signed headers, verified and made with big integers alone: versions 1.0, 1.1, 1.2 and 1.3."""
import base64
import hashlib
import re

ALGORITHMS = {"1.0": "sha1", "1.1": "sha1", "1.2": "sha1", "1.3": "sha256"}
DIGEST_INFO = {"sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
               "sha256": bytes.fromhex("3031300d060960864801650304020105000420")}


def protocol(header):
    """The version that an X-Ops-Sign names, or None when it is not one the server knows."""
    pairs = dict(p.split("=") for p in header.split(";") if p.count("=") == 1)
    version = pairs.get("version")
    return version if pairs.get("algorithm", ALGORITHMS.get(version)) == ALGORITHMS.get(version, "") else None


def b64(data):
    return base64.b64encode(data).decode()


def digest(version, data):
    return hashlib.new(ALGORITHMS[version], data).digest()


def canonical_path(path):
    path = re.sub("/+", "/", path.partition("?")[0])
    return path[:-1] if len(path) > 1 and path.endswith("/") else path


def text(version, method, path, body, timestamp, user, api_version="0"):
    """What is signed."""
    hashed = b64(digest(version, body))
    path = canonical_path(path)
    if version == "1.3":
        return (f"Method:{method.upper()}\nPath:{path}\nX-Ops-Content-Hash:{hashed}\nX-Ops-Sign:version=1.3\n"
                f"X-Ops-Timestamp:{timestamp}\nX-Ops-UserId:{user}\nX-Ops-Server-API-Version:{api_version}").encode()
    user = user if version == "1.0" else b64(digest(version, user.encode()))
    return (f"Method:{method.upper()}\nHashed Path:{b64(digest(version, path.encode()))}\nX-Ops-Content-Hash:{hashed}\n"
            f"X-Ops-Timestamp:{timestamp}\nX-Ops-UserId:{user}").encode()


def payload(version, message):
    """1.0 and 1.1 carry the text itself; the others a digest in its DigestInfo."""
    if version in ("1.0", "1.1"):
        return message
    return DIGEST_INFO[ALGORITHMS[version]] + digest(version, message)


def padded(data, size):
    """PKCS#1 type 1, or None when the text does not fit the key."""
    return b"\0\1" + b"\xff" * (size - 3 - len(data)) + b"\0" + data if len(data) <= size - 11 else None


def verify(pem, version, message, signature):
    modulus, exponent = key(pem)[:2]
    size = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != size or number >= modulus:
        return False
    return pow(number, exponent, modulus).to_bytes(size, "big") == padded(payload(version, message), size)


def sign(pem, version, message):
    modulus, _, secret = key(pem)
    size = (modulus.bit_length() + 7) // 8
    return pow(int.from_bytes(padded(payload(version, message), size), "big"), secret, modulus).to_bytes(size, "big")


def headers(pem, version, method, path, body, timestamp, user, api_version=None):
    """The headers a client sends, for tests that play one."""
    message = text(version, method, path, body, timestamp, user, api_version or "0")
    signature = b64(sign(pem, version, message))
    pieces = [signature[i:i + 60] for i in range(0, len(signature), 60)]
    return {"X-Ops-Sign": f"algorithm={ALGORITHMS[version]};version={version};", "X-Ops-Userid": user,
            "X-Ops-Timestamp": timestamp, "X-Ops-Content-Hash": b64(digest(version, body)),
            **({"X-Ops-Server-API-Version": api_version} if api_version else {}),
            **{f"X-Ops-Authorization-{n}": piece for n, piece in enumerate(pieces, 1)}}


def elements(der):
    """The (tag, content) pairs of a DER body."""
    at, found = 0, []
    while at < len(der):
        tag, size, at = der[at], der[at + 1], at + 2
        if size & 0x80:
            size, at = int.from_bytes(der[at:at + (size & 0x7F)], "big"), at + (size & 0x7F)
        found.append((tag, der[at:at + size]))
        at += size
    return found


def key(pem):
    """Modulus, public exponent and, of a private key, the secret exponent: SPKI, PKCS#1, PKCS#8 or a certificate."""
    label = re.search("-----BEGIN ([A-Z ]+)-----", pem)[1]
    der = base64.b64decode("".join(re.search("-----BEGIN .*?-----(.*?)-----END", pem, re.S)[1].split()))
    parts = elements(elements(der)[0][1])
    if label == "CERTIFICATE":
        fields = [part for part in elements(parts[0][1]) if part[0] != 0xA0]
        parts = elements(fields[5][1])
        label = "PUBLIC KEY"
    if label == "PUBLIC KEY":
        parts = elements(elements(parts[1][1][1:])[0][1])
    elif label == "PRIVATE KEY":
        parts = elements(elements(parts[2][1])[0][1])
    numbers = [int.from_bytes(content, "big") for tag, content in parts if tag == 2]
    return tuple(numbers[1:4]) if "PRIVATE" in label else tuple(numbers[:2])
