"""A column of the matrix: one platform, and a gateway that sends everything there."""
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from Platforms.start import Platform
from Stories.conftest import Gateway

from .arrangement import configuration

LIVES = {"accepted": 0.1, "waiting": 0.1, "running": 0.3}
# A platform that is asked which nodes are there, before a submit, answers well.
JOBS_ONLY = "^(?!.*/inventory)"
NODES = [f"NODE{n}" for n in range(1, 7)]


def side_by_side(act, rows):
    """Rows at the same time, as what they do most is wait. Raises what went wrong in the first that failed."""
    with ThreadPoolExecutor(len(rows)) as pool:
        list(pool.map(lambda row: act(*row), rows))


class Column:
    """`platform` is None for the embedded runner. Answers that name the platform's address are kept in `leaks`."""

    def __init__(self, folder, back, variant=None, extra="", platform=None, route="", edit=str, **stub):
        self.back, self.variant, self.platform = back, variant, platform
        self.lock, self.leaks = threading.Lock(), []
        folder.mkdir(parents=True, exist_ok=True)
        backends, routes = {}, []
        if back != "runner":
            self.platform = platform or Platform(back, variant=variant, **stub)
            if isinstance(self.platform, Platform):
                self.ready()
            profile = variant or {"pushy": "server-2"}.get(back)  # the stub's own first
            profile = f"@{profile}" if profile and back != "orchestrator" else ""
            backends["there"] = f"dialect: {back}{profile}\nnumber: 1\nurl: {self.platform.url}\naccount: acme\n{extra}"
            routes = [f"{{backend: there{route}}}"]
        try:
            self.gateway = Gateway(folder, edit(configuration(backends, routes)))
        except BaseException:
            if self.platform:
                self.platform.end()
            raise

    def ready(self):
        if self.back == "orchestrator":
            self.platform.control("set", nodes=NODES)
        self.platform.control("fate", jobs=None, outcome="succeeds", times=LIVES)

    def ask(self, method, path, body=None, **headers):
        answer = self.gateway.ask(method, path, body, **headers)
        if self.platform:
            shown = answer.body.decode("utf-8", "replace") + str(answer.headers)
            if f":{self.platform.port}" in shown:
                self.leaks.append((path, headers, shown))
        return answer

    def leaks_to(self, front):
        """Answers to this front that named the platform's own address."""
        return [shown for path, headers, shown in self.leaks
                if path.split("/")[1] == front.list.split("/")[1] and headers == front.headers]

    def submit(self, front, day, fate=None, **more):
        """The front's id of a job with this fate; one at a time, so that no other submit meets it."""
        with self.lock:
            before = self.platform.submits if self.platform else 0
            if self.platform and fate:
                self.platform.control("fate", **{"times": LIVES, **fate})
            id = front.made(front.submit(self, day, **more))
            assert not self.platform or self.platform.submits == before + 1, "one submit is one job"
            return id

    def until_over(self, front, id, seconds=30):
        """The words it went through; fails when one goes backwards or none ends it."""
        seen, end = [], time.time() + seconds
        while True:
            answer = front.job(self, id)
            assert answer.status == 200, (answer.status, answer.body)
            word = front.word(answer.json)
            if not seen or seen[-1] != word:
                assert not seen or front.place(word) > front.place(seen[-1]), f"{seen[-1]} became {word}"
                seen.append(word)
            if front.over(answer.json):
                return seen
            assert time.time() < end, f"never over: {answer.body}"
            time.sleep(0.07)

    def end(self):
        code = self.gateway.stop()
        if self.platform:
            self.platform.end()
        assert code == 0, self.gateway.log.read_text()[-3000:]
