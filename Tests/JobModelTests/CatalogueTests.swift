import JobModel
import Testing

@Suite("What a site has names for")
struct CatalogueTests {
  @Test func placesAreFoundByKindAndName() {
    let places = Places([
      Place(.node, "a", nodes: ["a"]), Place(.group, "a", nodes: ["b", "c"]), Place(.group, "a", nodes: ["d"]),
      Place(.cluster, "52", nodes: []),
    ])
    #expect(places.all.count == 3)
    #expect(places[.group, "a"]?.nodes == ["b", "c"])
    #expect(places[.node, "a"]?.nodes == ["a"])
    #expect(places[.cluster, "52"]?.nodes == [])
    #expect(places[.query, "a"] == nil)
  }

  @Test func everyPhaseThatEndsAJobIsAMomentExceptTheUnread() {
    let silent = Phase.allCases.filter { $0.isOver && JobMoment(entering: $0) == nil }
    #expect(silent == [.ended, .unknownOver])
    #expect(JobMoment(entering: .crashed) == .failed)
    #expect(JobMoment(entering: .waiting) == nil)
  }

  @Test func aWatcherHearsOfTheEndAndAHookOfWhatItAskedFor() {
    let watcher = Watcher(principal: "ann", job: 7, since: 0)
    #expect(JobMoment.allCases.filter(watcher.wants) == [.stopped, .succeeded, .failed])
    let all = Hook(id: "1", name: "chat", url: "https://chat.example.com/in")
    #expect(JobMoment.allCases.allSatisfy(all.wants))
    let some = Hook(id: "2", name: "pager", url: "https://pager.example.com", moments: [.failed])
    #expect(JobMoment.allCases.filter(some.wants) == [.failed])
    let off = Hook(id: "3", name: "off", url: "https://pager.example.com", isActive: false)
    #expect(!JobMoment.allCases.contains(where: off.wants))
  }
}
