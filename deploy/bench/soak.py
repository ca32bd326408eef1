"""A quarter of an hour at half of the peak, while connections come and go: whether memory grows, whether answers get later."""
import statistics
import threading
import time
import urllib.request

from costs import verify
from lab import Lab
from lateness import LEAST, RATES, connections
from process import share, stolen

ROUND = 10  # seconds that the connections of a round live


def visitors(question, end, seen):
    """Clients that ask once and go, one after the other."""
    request = urllib.request.Request(question.url, headers=question.headers)
    while not end.wait(0.02):
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
                seen.append(answer.status == 200)
        except OSError:
            seen.append(False)


def peak(question, load, right, seconds):
    """The highest of the rates, a second, at which nine tenths of what is asked is answered; how late does not matter."""
    best = RATES[0]
    for rate in RATES:
        run = load.run(question, connections(rate), max(int(rate * seconds), LEAST), right)
        if not run.right or run.rate < rate * 0.9:
            return best
        best = rate
    return best


def soak(options):
    """The rate, and by minute: MiB in RAM, the median of the rounds' 99th percentiles in milliseconds and that of one round of the
    backend alone, what the host took of the processors, what was wrong."""
    with Lab(options, wanted=()) as lab:
        question = lab.dragoman.pushy()
        right = verify(question)
        rate = peak(question, lab.load, right, options.seconds) // 2
        alone = lab.alone.pushy()
        floor = verify(alone)
        end, seen, minutes = threading.Event(), [], []
        guest = threading.Thread(target=visitors, args=(lab.dragoman.pushy(http1=True), end, seen))
        guest.start()
        try:
            while len(minutes) < options.minutes:
                late, wrong, begin, before = [], [], time.monotonic(), stolen()
                while time.monotonic() - begin < 60 - ROUND:
                    run = lab.load.run(question, connections(rate), rate * ROUND, right)
                    late.append(run.p99)
                    wrong += [run.why] if run.why else []
                beside = lab.load.run(alone, connections(rate), rate * ROUND, floor).p99
                minutes.append((lab.dragoman.memory(), statistics.median(late), beside, share(before, stolen()), wrong))
                print(f"  minute {len(minutes)}: {minutes[-1]}", flush=True)
        finally:
            end.set()
            guest.join()
        return rate, minutes, (len(seen), seen.count(False))
