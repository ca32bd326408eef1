"""A gateway that is killed where it is told to (kill-at.c), and started again."""
import http.client
import json
import random
import socket
import struct
import subprocess

from Stories.conftest import DRAGOMAN

from .columns import Column


def free_port():
    """One that nobody is given by chance while the gateway is down."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as door:
            try:
                door.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise OSError("no free port")


class Killed(Column):
    """A gateway that dies where it is told to."""

    def __init__(self, folder, back, platform, library):
        admin = free_port()
        super().__init__(folder, back, platform=platform, edit=lambda text: text.replace("127.0.0.1:8081", f"127.0.0.1:{admin}"))
        self.orders, self.library = folder / "orders", library
        self.gateway.stop()
        self.order()
        self.start()

    def order(self, moment="\0", side="\0", count=0):
        with open(self.orders, "r+b" if self.orders.exists() else "wb") as file:
            file.write(struct.pack("<ccxxiii", moment.encode(), side.encode(), count, self.platform.port, 0))

    def start(self):
        self.order()
        self.gateway.start(LD_PRELOAD=str(self.library), KILL_AT=str(self.orders))

    @property
    def met(self):
        return struct.unpack("<ccxxiii", self.orders.read_bytes())[4] == 1

    def post(self, front, day, key):
        """The id of an acknowledged job; None when nobody was told anything."""
        path, body = front.request(day, ["NODE1", "NODE2"], "run-etl")
        headers = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in front.headers.items()}}
        headers |= {"Idempotency-Key": f'"{key}"'} if key else {}
        try:
            door = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=20)
            door.request("POST", path, json.dumps(body), headers)
            answer = door.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        if answer.status != 201:
            return None
        return json.loads(text).get("id") or json.loads(text)["uri"].rsplit("/", 1)[1]

    def look(self, *days):
        """For each day: the gateway's jobs, and the platform's ids."""
        here, offset = [], 0
        while page := self.ask("GET", f"/v1/jobs?limit=500&offset={offset}").json["jobs"]:
            here, offset = here + page, offset + 500
        here = [(json.dumps(job["request"]), job) for job in here]
        there = [(json.dumps(job["request"]), job["id"]) for job in self.platform.control("known")]
        return {day: ([job for asked, job in here if day in asked], [id for asked, id in there if day in asked])
                for day in days}

    def settle(self, job, id):
        word = ["--as", id] if id else ["--never-there"]
        done = subprocess.run([DRAGOMAN, "ledger", "settle", str(job), "--config", self.gateway.config, *map(str, word)],
                              capture_output=True, text=True, timeout=60)
        # What was never sent the gateway settles by itself, perhaps in this moment.
        assert done.returncode == 0 or "is not in doubt" in done.stdout + done.stderr, done.stderr
