import Telemetry
import Testing

private let visits = Family(.counter, "test_visits_total", "Visits.", labels: ["door", "status"])
private let spent = Family(.counter, "test_spent_seconds_total", "Time spent.", unit: .seconds)
private let waits = Family(.histogram, "test_wait_seconds", "Waits.", unit: .seconds, labels: ["door"])
private let heat = Family(.gauge, "test_heat_celsius", "Heat.\nWith a \\ in it.", labels: ["room"])

/// The lines of an exposition, without what the registry says of itself.
private func lines(_ metrics: Metrics) async -> [String] {
  String(decoding: await metrics.exposition(), as: UTF8.self).split(separator: "\n").map(String.init)
    .filter { !$0.contains("dragoman_series_refused_total") }
}

@Suite struct MetricsTests {
  @Test func shardsAddUp() async {
    let metrics = Metrics()
    let front = metrics.counter(visits, ["front", "200"])
    #expect(metrics.counter(visits, ["front", "200"]) == front)
    let one = metrics.makeShard()
    let other = metrics.makeShard()
    one.add(front)
    other.add(front, 40)
    metrics.add(front)
    one.add(metrics.counter(spent), 1_500_000_000)
    #expect(
      await lines(metrics) == [
        "# HELP test_visits_total Visits.", "# TYPE test_visits_total counter",
        "test_visits_total{door=\"front\",status=\"200\"} 42",
        "# HELP test_spent_seconds_total Time spent.", "# TYPE test_spent_seconds_total counter",
        "test_spent_seconds_total 1.5",
      ])
  }

  @Test func whatARetiredShardCountedStays() async {
    let metrics = Metrics()
    let front = metrics.counter(visits, ["front", "200"])
    let shard = metrics.makeShard()
    shard.add(front, 7)
    metrics.retire(shard)
    metrics.retire(shard)
    #expect(await lines(metrics).last == "test_visits_total{door=\"front\",status=\"200\"} 7")
  }

  @Test func aDurationFallsIntoTheBucketThatEndsWithIt() async {
    let metrics = Metrics()
    let front = metrics.histogram(waits, ["front"])
    let shard = metrics.makeShard()
    for nanoseconds: Int64 in [-5, 0, 50_000, 50_001, 2_500_000, 10_000_000_000, 10_000_000_001] {
      shard.observe(front, nanoseconds: nanoseconds)
    }
    metrics.observe(front, nanoseconds: 1_000_000)
    let text = await lines(metrics)
    func value(_ sample: String) -> String? {
      text.first { $0.hasPrefix("test_wait_seconds_" + sample + " ") }?.split(separator: " ").last.map(String.init)
    }
    #expect(value("bucket{door=\"front\",le=\"0.00005\"}") == "3")
    #expect(value("bucket{door=\"front\",le=\"0.0001\"}") == "4")
    #expect(value("bucket{door=\"front\",le=\"0.0005\"}") == "4")
    #expect(value("bucket{door=\"front\",le=\"0.001\"}") == "5")
    #expect(value("bucket{door=\"front\",le=\"0.0025\"}") == "6")
    #expect(value("bucket{door=\"front\",le=\"5\"}") == "6")
    #expect(value("bucket{door=\"front\",le=\"10\"}") == "7")
    #expect(value("bucket{door=\"front\",le=\"+Inf\"}") == "8")
    #expect(value("count{door=\"front\"}") == "8")
    #expect(value("sum{door=\"front\"}") == "20.003600002")
  }

  @Test func valuesThatAreReadAndValuesThatAreSet() async {
    let metrics = Metrics()
    metrics.read(heat) { [Reading(20.5, labels: ["a \"b\"\\\n"]), Reading(-3, labels: ["cellar"]), Reading(1)] }
    let set = metrics.gauge(Family(.gauge, "test_set", "Set."))
    metrics.set(set, -0.25)
    #expect(
      await lines(metrics) == [
        "# HELP test_heat_celsius Heat.\\nWith a \\\\ in it.", "# TYPE test_heat_celsius gauge",
        "test_heat_celsius{room=\"a \\\"b\\\"\\\\\\n\"} 20.5", "test_heat_celsius{room=\"cellar\"} -3",
        "# HELP test_set Set.", "# TYPE test_set gauge", "test_set -0.25",
      ])
    metrics.read(heat) { [] }
    #expect(await lines(metrics).count == 3)
    for (value, text) in [(Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e20, "1e+20")] {
      metrics.set(set, value)
      #expect(await lines(metrics).last == "test_set \(text)")
    }
  }

  @Test func aRowHasTheValuesOfItsListAndOther() async {
    let metrics = Metrics()
    let row = CounterRow(metrics, visits, leading: ["front"], values: Statuses.values)
    let shard = metrics.makeShard()
    for status in [200, 404, 404, 299, 99, 1000, -1, Int.max] { shard.add(row[Statuses.index(of: status)]) }
    #expect(row[Statuses.index(of: 404)] == metrics.counter(visits, ["front", "404"]))
    #expect(
      await lines(metrics).dropFirst(2) == [
        "test_visits_total{door=\"front\",status=\"200\"} 1", "test_visits_total{door=\"front\",status=\"404\"} 2",
        "test_visits_total{door=\"front\",status=\"other\"} 5",
      ])
    let shown = Metrics()
    CounterRow(shown, visits, leading: ["front"], values: ["a", "b"]).show()
    #expect(await lines(shown).last == "test_visits_total{door=\"front\",status=\"b\"} 0")
  }

  @Test func whatDoesNotFitIsRefusedAndCounted() async {
    let metrics = Metrics()
    let shard = metrics.makeShard()
    for number in 0..<20_000 { shard.add(metrics.counter(visits, ["\(number)", "200"])) }
    for number in 0..<50 { shard.observe(metrics.histogram(waits, ["\(number)"]), nanoseconds: 1) }
    let text = String(decoding: await metrics.exposition(), as: UTF8.self).split(separator: "\n")
    let refused = text.last?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    let samples = text.filter { $0.hasPrefix("test_visits_total{") }
    #expect(samples.count > 4000 && samples.count + refused == 20_050)
    #expect(samples.allSatisfy { $0.hasSuffix(" 1") })
  }

  @Test func readingWhileTwoThreadsCount() async {
    let metrics = Metrics()
    let front = metrics.counter(visits, ["front", "200"])
    let wait = metrics.histogram(waits, ["front"])
    let times = 300_000
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        let shard = metrics.makeShard()
        group.addTask {
          for number in 0..<times {
            shard.add(front)
            shard.observe(wait, nanoseconds: Int64(number % 1000) * 1000)
          }
        }
      }
      group.addTask {
        var last = 0
        for _ in 0..<50 {
          let text = await lines(metrics)
          let now = text.first { $0.hasPrefix("test_visits_total{") }?.split(separator: " ").last.flatMap { Int($0) }
          #expect((now ?? -1) >= last && (now ?? .max) <= 2 * times)
          last = now ?? last
          let counts = text.filter { $0.hasPrefix("test_wait_seconds_bucket") }.compactMap {
            $0.split(separator: " ").last.flatMap { Int($0) }
          }
          #expect(counts == counts.sorted())
        }
      }
    }
    let text = await lines(metrics)
    #expect(text.contains("test_visits_total{door=\"front\",status=\"200\"} \(2 * times)"))
    #expect(text.contains("test_wait_seconds_count{door=\"front\"} \(2 * times)"))
    #expect(text.contains("test_wait_seconds_sum{door=\"front\"} 299.7"))
  }
}
