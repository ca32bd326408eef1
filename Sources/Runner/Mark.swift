/// How a runner knows its processes again: a variable in the environment of each, which descendants inherit.
///
/// `NAME=HOUSE/INSTANCE/JOB.PLACE`: the house is the runner's directory, the instance one life of the gateway.
///
/// The limit of it: a process that has rid itself of the variable (or written over its environment, as some servers do
/// to show a title) *and* has left its command's session is not found. A command that means to leave a daemon behind
/// does just that; a cgroup around the gateway, as a service manager makes it, ends such a one too.
struct Mark: Sendable, Equatable {
  let name: String
  let house: String
  let instance: String

  /// Stands in every process of every instance.
  var ofHouse: Bytes { Bytes("\(name)=\(house)/", isPrefix: true) }
  /// Stands in every process of this instance.
  var ofInstance: Bytes { Bytes("\(name)=\(house)/\(instance)/", isPrefix: true) }

  /// The value for one node's run of a job.
  func value(job: Int64, place: Int) -> String { "\(house)/\(instance)/\(job).\(place)" }
  /// The value for what the runner starts on its own behalf.
  var ownValue: String { "\(house)/\(instance)/0" }

  /// A variable as it stands in an environment, whole or its beginning.
  struct Bytes: Sendable, Equatable {
    let text: String
    let isPrefix: Bool
    private let bytes: [UInt8]

    init(_ text: String, isPrefix: Bool) {
      self.text = text
      self.isPrefix = isPrefix
      bytes = Array(text.utf8)
    }

    /// Where it stands; nil when it does not.
    func place(in environment: UnsafeRawBufferPointer) -> Int? {
      var from = 0
      while let found = ByteSearch.first(bytes, in: UnsafeRawBufferPointer(rebasing: environment[from...])) {
        let (place, end) = (from + found, from + found + bytes.count)
        let isWhole = isPrefix || end == environment.count || environment[end] == 0
        if isWhole, place == 0 || environment[place - 1] == 0 { return place }
        from = end
      }
      return nil
    }
  }
}
