"""HTTP/1.1 by hand, one thread per connection, so that it can also be done wrong."""
import http.client
import socket
import ssl
import struct
import threading
import time
from email.utils import formatdate
from urllib.parse import parse_qsl


class Request:
    def __init__(self, method, target, version, headers, secure):
        self.method, self.target, self.version, self.headers, self.secure = method, target, version, headers, secure
        self.path, _, self.query = target.partition("?")
        self.body = b""

    def get(self, name, default=None):
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)

    @property
    def params(self):
        return parse_qsl(self.query, keep_blank_values=True)

    def param(self, name, default=None):
        return dict(self.params).get(name, default)

    @property
    def base(self):
        scheme = self.get("x-forwarded-proto") or ("https" if self.secure else "http")
        return f"{scheme}://{self.get('host', 'localhost')}"


class Response:
    """A whole answer; a body that is not bytes is an iterator of pieces, sent as they come."""

    def __init__(self, status, headers=(), body=b""):
        self.status, self.headers, self.body = status, list(headers), body

    def whole(self):
        if not isinstance(self.body, bytes):
            self.body = b"".join(self.body)
        return self.body


class Exchange:
    """One request on one connection. A fault may leave out, repeat or spoil any of the steps."""

    def __init__(self, server, sock, file, request, record):
        self.server, self.sock, self.file, self.request, self.record = server, sock, file, request, record
        self.open, self.has_body, self.worked = True, False, None

    def read_body(self):
        if self.has_body:
            return
        self.has_body = True
        r = self.request
        if (r.get("expect") or "").lower() == "100-continue":
            self.raw(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in (r.get("transfer-encoding") or "").lower():
            pieces = []
            while size := int(self.file.readline().split(b";")[0], 16):
                pieces.append(self.exactly(size))
                self.file.readline()
            while self.file.readline() not in (b"\r\n", b"\n", b""):
                pass
            r.body = b"".join(pieces)
        else:
            r.body = self.exactly(int(r.get("content-length") or 0))
        self.record["body"] = r.body

    def exactly(self, size):
        data = self.file.read(size)
        if len(data) < size:
            raise ConnectionError("the caller closed within its body")
        return data

    def work(self):
        """Lets the platform do what was asked, once."""
        if self.worked is None:
            self.read_body()
            self.worked = self.server.answer(self.request)
            self.worked.headers += self.server.engine.settings["headers"]
            self.record["answered"] = self.worked.status
            time.sleep(self.server.engine.settings["latency"])
        return self.worked

    def raw(self, data):
        self.sock.sendall(data)

    def head(self, response, extra=(), version="1.1"):
        lines = [f"HTTP/{version} {response.status} {http.client.responses.get(response.status, 'Unknown')}"]
        lines += [f"{name}: {value}" for name, value in [("Date", formatdate(usegmt=True)), *response.headers, *extra]]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"

    def send(self, response):
        r = self.request
        old = r.version == "HTTP/1.0"
        asked = (r.get("connection") or "").lower()
        stays = (asked == "keep-alive") if old else (asked != "close")
        if isinstance(response.body, bytes):
            extra = [] if response.status == 204 else [("Content-Length", len(response.body))]
            extra.append(("Connection", "keep-alive" if stays else "close"))
            body = b"" if r.method == "HEAD" else response.body
            self.raw(self.head(response, extra) + body)
        elif old:
            stays = False
            self.raw(self.head(response, [("Connection", "close")]))
            for piece in response.body:
                self.raw(piece)
        else:
            self.raw(self.head(response, [("Transfer-Encoding", "chunked")]))
            for piece in response.body:
                self.raw(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.raw(b"0\r\n\r\n")
        if not stays:
            self.end()

    def end(self):
        """An orderly end: what was sent arrives, TLS says goodbye."""
        self.open = False
        try:
            self.sock.settimeout(1)
            (self.sock.unwrap() if isinstance(self.sock, ssl.SSLSocket) else self.sock).shutdown(socket.SHUT_WR)
        except (OSError, ValueError):
            pass

    def cut(self, reset=False):
        """The connection is gone, without a word; with `reset` the caller sees RST."""
        self.open = False
        if reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Server:
    def __init__(self, engine, answer, faults, tls=None):
        self.engine, self.answer, self.faults, self.tls = engine, answer, faults, tls
        self.log, self.connections, self.accepted = [], set(), 0
        self.listener, self.port = None, 0

    def listen(self, port=0):
        self.listener = socket.create_server(("127.0.0.1", port or self.port), backlog=512)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def refuse(self):
        """Closes the door: connecting is refused until `listen` is called again. Open connections go on."""
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None

    def drop(self):
        """Ends every open connection at once."""
        for sock in list(self.connections):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self.serve, args=(sock, self.accepted), daemon=True).start()

    def serve(self, sock, number):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections.add(sock)
        plain = sock
        try:
            if self.faults.deaf():
                while self.faults.deaf():
                    time.sleep(0.05)
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
                self.connections.add(sock)
                self.connections.discard(plain)
            with sock.makefile("rb") as file:
                self.converse(sock, file, number)
        except (OSError, ValueError):
            pass
        finally:
            self.connections -= {sock, plain}
            sock.close()

    def converse(self, sock, file, number):
        while line := file.readline():
            method, target, version = line.decode("latin-1").split()
            headers = []
            while (line := file.readline()) not in (b"\r\n", b"\n", b""):
                name, _, value = line.decode("latin-1").partition(":")
                headers.append((name, value.strip()))
            request = Request(method, target, version, headers, self.tls is not None)
            record = {"at": self.engine.clock(), "connection": number, "method": method, "target": target,
                      "version": version, "headers": headers, "body": b"", "answered": None, "fault": None}
            self.log.append(record)
            exchange = Exchange(self, sock, file, request, record)
            self.faults.carry_out(exchange)
            if not exchange.open:
                return
