"""Growth of what a site configures: mapping files and phrases."""
from pathlib import Path

from cells import SHAPES
from costs import WARM
from dragoman import Site
from growth_series import ASKED, RSS, START, START_CPU, Series, at_start, warm_cost

MAPPINGS = Path(__file__).resolve().parents[2] / "mappings"
BUILT_IN = 4
SUBMITS = 500
LAST, PLACES = "µs of CPU a submit, the phrase is the last", "µs of CPU a submit, the others begin with a place"


class Mappings(Series):
    name, axis = "mappings", "mapping files (four are built in)"
    about = ("The others are copies of pushy's under names and prefixes of their own; the open door speaks all of them. GET of a running job "
             "by pushy, 10×10. RSS and times of the start include reading and checking them.")
    points = (4, 10, 50, 200)
    figures = (START_CPU, START, RSS, ASKED)
    drawn = (ASKED,)

    def measure(self, point):
        folder = self.folder / str(point)
        folder.mkdir(exist_ok=True)
        text = (MAPPINGS / "pushy.yaml").read_text()
        for number in range(point - BUILT_IN):
            name = f"pushy{number:03}"
            own = text.replace("dialect: pushy\n", f"dialect: {name}\n").replace("[/organizations, /pushy]", f"[/{name}]")
            (folder / f"{name}.yaml").write_text(own.replace("/organizations/", f"/{name}/organizations/"))
        with self.lab(Site(mappings=folder, dialects="all")) as lab:
            found = at_start(lab.dragoman)
            micros, _ = warm_cost(lab, lab.dragoman.pushy(), SHAPES["10×10"], int(10_000 * self.options.seconds), WARM)
            return {**found, ASKED: micros}


class Phrases(Series):
    name, axis = "phrases", "phrases in the phrasebook"
    about = ("A submit by pushy (`chef-client`), 10×10, synced; its phrase stands behind all the others, which begin with words of their own "
             "(`deploy-17 {version}`) or, in a second server, with a place (`{version} to-17`). Start-up and RSS are the first one's.")
    points = (10, 100, 1000, 10_000)
    figures = (START_CPU, START, RSS, LAST, PLACES)
    drawn = (LAST, PLACES)

    @staticmethod
    def lines(pattern, point):
        return "".join(
            f'    - {{command: "{pattern.format(n)}", task: {{name: deploy-{n}, parameters: {{version: "{{version}}"}}}}}}\n'
            for n in range(point - 2))

    def submits(self, pattern, point):
        with self.lab(Site(phrases=self.lines(pattern, point))) as lab:
            found = at_start(lab.dragoman)
            question = lab.dragoman.submit()
            micros, _ = warm_cost(lab, question, SHAPES["10×10"], int(SUBMITS * self.options.seconds), 100)
            return found, micros

    def measure(self, point):
        found, last = self.submits("deploy-{} {{version}}", point)
        _, places = self.submits("{{version}} to-{}", point)
        return {**found, LAST: last, PLACES: places}
