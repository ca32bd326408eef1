"""What came of each step of each pair; printed at the end of the run, as Markdown."""
import threading
from contextlib import contextmanager


class Results:
    def __init__(self):
        self.tables, self.lock = {}, threading.Lock()

    def note(self, table, row, step, verdict):
        with self.lock:
            self.tables.setdefault(table, {}).setdefault(row, {}).setdefault(step, []).append(verdict)

    def markdown(self):
        text, notes = [], []
        for title, rows in sorted(self.tables.items()):
            steps = list(dict.fromkeys(step for cells in rows.values() for step in cells))
            text += [f"### {title}", "", "| | " + " | ".join(steps) + " |", "|---" * (len(steps) + 1) + "|"]
            for row, cells in sorted(rows.items()):
                shown = []
                for step in steps:
                    odd = list(dict.fromkeys(v for v in cells.get(step, []) if v != "ok"))
                    if not odd:
                        shown.append("ok" if step in cells else "")
                        continue
                    known = " · ".join(odd)
                    if known not in notes:
                        notes.append(known)
                    shown.append(("" if all(v.startswith("not possible") for v in odd) else "**no** ")
                                 + f"({notes.index(known) + 1})")
                text.append(f"| {row} | " + " | ".join(shown) + " |")
            text.append("")
        text += [f"({number}) {note}  " for number, note in enumerate(notes, 1)]
        return "\n".join(text) + "\n"


class Trial:
    """The steps of one row: each is tried, whatever became of the others."""

    def __init__(self, results, table, row):
        self.results, self.table, self.row, self.failed = results, table, row, []

    @contextmanager
    def step(self, name):
        try:
            yield
        except Exception as problem:  # the row goes on; the test fails at its end
            text = " ".join(str(problem).split())[:300] or type(problem).__name__
            self.failed.append(f"{self.row}, {name}: {type(problem).__name__}: {text}")
            self.results.note(self.table, self.row, name, text[:160].replace("|", "/"))
        else:
            self.results.note(self.table, self.row, name, "ok")

    def impossible(self, name, why):
        self.results.note(self.table, self.row, name, f"not possible: {why}")
