"""What all callers have in common: how a test speaks with the gateway as one of them."""


class Front:
    """One caller. `words` are its job words in the order they may come, the last row being the ends."""
    headers = {}
    stops, unknown_is_over = True, False

    def ask(self, gateway, method, path, body=None):
        return gateway.ask(method, path, body, **self.headers)

    def submit(self, gateway, day, nodes=("NODE1", "NODE2"), work="run-etl", **more):
        return self.ask(gateway, "POST", *self.request(day, list(nodes), work, **more))

    def job(self, gateway, id):
        return self.ask(gateway, "GET", self.path(id))

    def word(self, document):
        return document[self.status]

    def place(self, word):
        """Where a word stands in the order; len(order) - 1: over."""
        last = len(self.words) - 1
        unknown = last if self.unknown_is_over else next(place for place, words in enumerate(self.words) if "running" in words)
        return next((place for place, words in enumerate(self.words) if word in words), unknown)

    def over(self, document):
        return self.place(self.word(document)) == len(self.words) - 1

    def listed(self, gateway):
        """id → word."""
        answer = self.ask(gateway, "GET", self.list)
        assert answer.status == 200, (answer.status, answer.body)
        return {self.same(entry): self.word(entry) for entry in self.entries(answer.json)}
