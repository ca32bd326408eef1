import JobModel
import Wire

/// One dialect, compiled: a reader for each of its documents, a writer for each document and profile. Immutable; shared
/// by all event loops.
package final class Codec: Sendable {
  package let dialect: Dialect
  /// The arithmetic of its job ids.
  package let ids: JobIDs
  private let readers: [String: Reader]
  private let writers: [String: [String: Writer]]
  private let lists: [String: Entries]

  /// Compiles a checked dialect; `ids` holds the key of the job ids.
  package init(_ dialect: Dialect, ids: JobIDs = JobIDs()) {
    self.ids = ids
    self.dialect = dialect
    var readers: [String: Reader] = [:]
    var writers: [String: [String: Writer]] = [:]
    var lists: [String: Entries] = [:]
    for (name, document) in dialect.documents where document.choose == nil {
      if document.list != nil { lists[name] = Entries(document) }
      readers[name] = Reader(document, dialect, ids: ids)
      for profile in dialect.profiles {
        writers[name, default: [:]][profile] = Writer(document, dialect, profile: profile, ids: ids)
      }
    }
    self.readers = readers
    self.writers = writers
    self.lists = lists
  }

  /// The reader of a document.
  package func reader(_ document: String) -> Reader? { readers[document] }

  /// The writer of a document in a profile.
  package func writer(_ document: String, profile: String) -> Writer? { writers[document]?[profile] }

  /// How the entries of a list are found.
  package func entries(_ document: String) -> Entries? { lists[document] }

  /// Which of two documents a body is; the document itself where there is no choice.
  package func document(_ name: String, of body: UnsafeRawBufferPointer) -> String {
    guard let choose = dialect.documents[name]?.choose else { return name }
    let json = try? JSON(parsing: body, duplicates: .lastWins)
    return json?[choose.has] == nil ? choose.otherwise : choose.then
  }

  /// Which document asks for a kind of work; the first alternative where none does.
  package func document(_ name: String, for kind: WorkKind?) -> String {
    guard let choose = dialect.documents[name]?.choose else { return name }
    let both = [choose.then, choose.otherwise]
    return both.first { dialect.documents[$0]?.request == kind?.name } ?? choose.then
  }

  /// Kinds of work that a submit can ask for.
  package var kinds: Set<WorkKind> {
    guard let submit = dialect.documents["submit"] else { return [] }
    let names = submit.choose.map { [$0.then, $0.otherwise] } ?? ["submit"]
    let requests = names.compactMap { dialect.documents[$0]?.request }
    return requests.contains("any") ? Set(WorkKind.allCases) : Set(requests.compactMap { WorkKind(name: $0) })
  }
}

/// Finds the entries of a list, without looking into them.
package struct Entries: Sendable {
  /// The member that holds them; nil when the document is the array itself.
  let member: String?
  /// The document each entry is.
  package let document: String

  init(_ list: Document) {
    document = list.list ?? ""
    member = list.members.first { if case .entries? = $0.variants.first?.value { true } else { false } }?.key
  }

  /// The bytes of each entry, in order. Throws `malformed`.
  package func ranges(_ body: UnsafeRawBufferPointer) throws(Fault) -> [Range<Int>] {
    var tokens = Tokens(body)
    var found: [Range<Int>] = []
    if let member {
      tokens.expect(0x7B)
      if !tokens.take(0x7D) {
        repeat {
          let key = tokens.string()
          tokens.expect(0x3A)
          if tokens.fault == nil, member.utf8.elementsEqual(body[key.start..<key.start + key.length]) {
            collect(&tokens, &found)
          } else {
            _ = tokens.skip()
          }
        } while tokens.take(0x2C)
        tokens.expect(0x7D)
      }
    } else {
      collect(&tokens, &found)
    }
    tokens.end()
    if let fault = tokens.fault {
      let place = fault.position(in: body)
      throw Fault(.malformed, "line \(place.line), column \(place.column): \(fault.description)")
    }
    return found
  }

  private func collect(_ tokens: inout Tokens, _ found: inout [Range<Int>]) {
    tokens.expect(0x5B)
    if tokens.take(0x5D) { return }
    repeat {
      let range = tokens.skip()
      if tokens.fault == nil { found.append(range.start..<range.start + range.length) }
    } while tokens.take(0x2C)
    tokens.expect(0x5D)
  }
}
