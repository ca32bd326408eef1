"""Ways to misbehave. Each takes an exchange and does what a broken, slow or old server would do with it."""
import os
import re
import threading
import time

PAGE = ("<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
        "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
MODES = {}


def mode(function):
    MODES[function.__name__.replace("_", "-")] = function
    return function


def sized(response):
    return [("Content-Length", len(response.whole()))]


@mode
def mute(x, a):
    """Reads the request and never answers."""
    x.read_body()
    linger(x)


@mode
def late(x, a):
    """Answers after `seconds`. The work is done first, or after the wait with work=late."""
    if a.get("work") != "late":
        x.work()
    time.sleep(float(a.get("seconds", 2)))
    x.send(x.work())


@mode
def half(x, a):
    """The head and half of the body, then the end."""
    r = x.work()
    x.raw(x.head(r, sized(r)) + r.whole()[:len(r.whole()) // 2])
    x.cut(a.get("reset"))


@mode
def half_mute(x, a):
    """The head and half of the body, then silence."""
    r = x.work()
    x.raw(x.head(r, sized(r)) + r.whole()[:len(r.whole()) // 2])
    linger(x)


@mode
def half_head(x, a):
    """The answer ends in the middle of its head."""
    r = x.work()
    x.raw(x.head(r, sized(r))[:-12])
    x.cut(a.get("reset"))


@mode
def close_on_head(x, a):
    """Closes when the request's head was read, before its body."""
    x.cut(a.get("reset"))


@mode
def close_on_body(x, a):
    """Closes when the whole request was read, before anything is done."""
    x.read_body()
    x.cut(a.get("reset"))


@mode
def close_after_work(x, a):
    """Does the job and closes before the answer."""
    x.work()
    x.cut(a.get("reset"))


@mode
def garbage(x, a):
    """A correct head and a body of random bytes."""
    r = x.work()
    r.body = os.urandom(512)
    x.send(r)


@mode
def garbage_head(x, a):
    """Bytes that are no HTTP at all."""
    x.work()
    x.raw(b"\x00\xff\x16 this is not the protocol you are looking for\r\n\r\n" + os.urandom(64))
    x.cut()


@mode
def wrong_type(x, a):
    """The right body under `type`, image/png when not said."""
    r = x.work()
    r.headers = [h for h in r.headers if h[0].lower() != "content-type"] + [("Content-Type", a.get("type", "image/png"))]
    x.send(r)


@mode
def truncated(x, a):
    """Half of the JSON with a Content-Length that fits it."""
    r = x.work()
    r.body = r.whole()[:len(r.whole()) // 2]
    x.send(r)


@mode
def huge(x, a):
    """`megabytes` (100) of JSON: one object with one long string."""
    r = x.work()
    piece = b"x" * 1_000_000
    count = int(a.get("megabytes", 100))
    x.raw(x.head(r, [("Content-Length", count * len(piece) + 14)]) + b'{"padding":"')
    for _ in range(count):
        x.raw(piece)
    x.raw(b'"}')


@mode
def endless_head(x, a):
    """Header fields without end."""
    x.work()
    x.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        x.raw(b"X-Padding: " + b"x" * 8000 + b"\r\n")


@mode
def http10(x, a):
    """HTTP/1.0 without a length: the body ends when the connection does."""
    r = x.work()
    x.raw(x.head(r, version="1.0") + r.whole())
    x.end()


@mode
def chunked(x, a):
    """Chunks of 1, 2, 3, 5, 8 … bytes, with extensions, upper-case sizes with zeros, and a trailer."""
    r = x.work()
    x.raw(x.head(r, [("Transfer-Encoding", "chunked"), ("Trailer", "X-Checked")]))
    body, size, next_size = r.whole(), 1, 2
    while body:
        piece, body = body[:size], body[size:]
        x.raw(b"%05X;note=\"a;b\"\r\n%s\r\n" % (len(piece), piece))
        size, next_size = next_size, size + next_size
    x.raw(b"0\r\nX-Checked: yes\r\n\r\n")


@mode
def bad_chunk(x, a):
    """A chunk whose size is no number."""
    r = x.work()
    x.raw(x.head(r, [("Transfer-Encoding", "chunked")]) + b"zz\r\n" + r.whole() + b"\r\n")
    linger(x)


@mode
def interim(x, a):
    """Unasked 100 and 103 answers before the real one."""
    x.read_body()
    x.raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 2 + b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n")
    x.send(x.work())


@mode
def drip(x, a):
    """The body in pieces of `bytes` (1), `seconds` (0.01) apart."""
    r = x.work()
    x.raw(x.head(r, sized(r)))
    step = int(a.get("bytes", 1))
    for at in range(0, len(r.whole()), step):
        x.raw(r.body[at:at + step])
        time.sleep(float(a.get("seconds", 0.01)))


@mode
def two_lengths(x, a):
    """Two Content-Length fields that disagree."""
    r = x.work()
    x.raw(x.head(r, [("Content-Length", len(r.whole())), ("Content-Length", len(r.whole()) + 7)]) + r.whole())
    x.cut()


@mode
def hang_up(x, a):
    """Promises keep-alive and closes all the same."""
    r = x.work()
    x.raw(x.head(r, [*sized(r), ("Connection", "keep-alive")]) + r.whole())
    x.end()


@mode
def error(x, a):
    """An HTML error page with `status` (500); nothing is done unless work=yes."""
    x.read_body()
    if a.get("work"):
        x.work()
    status = int(a.get("status", 500))
    name = {500: "500 Internal Server Error", 502: "502 Bad Gateway", 503: "503 Service Temporarily Unavailable",
            504: "504 Gateway Time-out"}.get(status, str(status))
    kind = type("Page", (), {"status": status, "headers": [("Content-Type", "text/html")],
                             "body": PAGE.format(name).encode()})
    x.send(kind)


def linger(x):
    """Says nothing until the caller goes."""
    while x.sock.recv(4096):
        pass
    x.open = False


class Faults:
    """Which exchange gets which treatment: a list of rules, the first that fits and is not used up decides."""

    def __init__(self):
        self.rules, self.is_deaf, self.lock = [], False, threading.Lock()

    def add(self, mode, method=None, path=None, times=None, **arguments):
        if mode not in MODES:
            raise ValueError(f"no mode {mode!r}; there are {', '.join(sorted(MODES))}, refuse, deaf")
        self.rules.append({"mode": mode, "method": method, "path": re.compile(path or ""),
                           "times": None if times is None else int(times), "arguments": arguments})

    def clear(self):
        self.rules, self.is_deaf = [], False

    def deaf(self):
        """Connections are accepted and not a byte is read."""
        return self.is_deaf

    def pick(self, request):
        with self.lock:
            for rule in self.rules:
                if rule["times"] != 0 and rule["method"] in (None, request.method) and rule["path"].search(request.target):
                    if rule["times"]:
                        rule["times"] -= 1
                    return rule

    def carry_out(self, exchange):
        rule = self.pick(exchange.request)
        if rule is None:
            return exchange.send(exchange.work())
        exchange.record["fault"] = rule["mode"]
        MODES[rule["mode"]](exchange, rule["arguments"])


def parse(text):
    """`late,seconds=2,method=POST,path=jobs,times=1` as the command line gives it."""
    name, *pairs = text.split(",")
    return {"mode": name, **dict(pair.split("=", 1) for pair in pairs)}
