import JobModel

/// A document compiled for reading: flat tables, no strings, no closures. Immutable once made.
struct ReadPlan {
  /// What is done with the value of a member.
  enum Action: UInt8 {
    /// Into a slot or a column.
    case field
    case object
    /// The first object of an array.
    case lone
    case each
    case group
    /// Says nothing that another member does not say.
    case derived
    /// The last path segment of a text.
    case segment
    case foreign
  }

  /// What a value has to be to be read at once, where it stands: see `Reading.plain`.
  enum Plain: UInt8 { case none, text, number, digits, bool, word, names, iso8601, rfc1123, passed }

  /// One known member of an object.
  struct Field {
    /// The first eight bytes of `"key":`, those that there are: `mask` has their bits.
    var head: UInt64 = 0
    var mask: UInt64 = 0
    /// The last eight, where there are more.
    var tail: UInt64 = 0
    var plain = Plain.none
    /// Where `"key":` stands in the pool; the key itself lies between the quotes.
    @Small var key = 0
    @Small var keyLength = 0
    /// The bit of its member among those of the object: other names of a member share it.
    var bit: UInt64 = 0
    var action = Action.derived
    var format = Format.json
    /// A slot of the job, or a column of the row being read.
    @Small var index = 0
    var isColumn = false
    /// The object, the word table or the row table it leads to.
    @Small var next = 0
    @Small var firstPeek = 0
    @Small var peeks = 0
    /// Other members of the document fill the same slot.
    var isShared = false
    /// The value that says there is none, in the pool.
    @Small var unset = 0
    @Small var unsetLength = 0
    /// Bit n: the value counts in a job of phase n; 0: in any.
    var phases: UInt32 = 0
    var loose = false
    var mustBeObject = false
    /// An empty list, an object with repeated names or a bad file is refused.
    var refusesEmpty = false
    var refusesRepeated = false
    var checksFile = false
  }

  /// The key of a field, for looking it up: what is compared first lies together.
  struct Key {
    /// Its first eight bytes, or what there is of them, the first in the lowest.
    var head: UInt64 = 0
    @Small var start = 0
    @Small var length = 0
  }

  /// One object.
  struct Object {
    @Small var first = 0
    @Small var count = 0
    var required: UInt64 = 0
    var oneOf = false
    /// Where its part of `places` begins, and one less than its length, a power of two.
    @Small var places = 0
    @Small var mask = 0
  }

  /// A table of words as bytes.
  struct WordTable {
    @Small var first = 0
    @Small var count = 0
    var unknown: UInt8 = 0
    /// The slot or column that keeps the raw word.
    @Small var rawIndex = 0
  }

  /// One word.
  struct Word {
    /// Its first eight bytes, or what there is of them.
    var head: UInt64 = 0
    @Small var start = 0
    @Small var length = 0
    var value: UInt8 = 0
    /// Not the word that would be written: the raw word is kept beside the value.
    var isSecond = false
    var rule: OutcomeRule?
  }

  /// A member looked at inside a JSON value.
  struct PeekAt {
    var start = 0
    var length = 0
    var index = 0
    var isColumn = false
    var isText = false
  }

  var pool: ContiguousArray<UInt8> = []
  var fields: ContiguousArray<Field> = []
  /// Of each field.
  var keys: ContiguousArray<Key> = []
  /// The objects' hash tables: 0 for nothing, else one more than the number of a field among those of its object. What does
  /// not fit where its hash says stands in the next free place.
  var places: ContiguousArray<UInt8> = []
  var objects: ContiguousArray<Object> = []
  var tables: ContiguousArray<WordTable> = []
  var words: ContiguousArray<Word> = []
  var peeks: ContiguousArray<PeekAt> = []
  /// What stands around the words of a shell.
  var frames: [Frame] = []
  /// JSON pointers of the objects, for losses and diagnostics.
  var paths: [String] = []
  var isRequest = false
  var rules = Document.Rules()
  var kind: WorkKind?
  var idForm = IDForm.text
  var groupTable = 0
  /// Bit n: hub field n can be filled.
  var carries: UInt64 = 0
}

extension ReadPlan {
  /// The tables that every member is looked up in, where they lie.
  struct Tables {
    let fields: Place<Field>
    let keys: Place<Key>
    let objects: Place<Object>
    let words: Place<Word>
    let places: UnsafePointer<UInt8>
    let pool: UnsafeRawPointer
  }

  /// Lends them. None of them is empty.
  @inline(__always)
  func withTables<Result>(_ body: (Tables) -> Result) -> Result {
    fields.withUnsafeBufferPointer { fields in
      keys.withUnsafeBufferPointer { keys in
        objects.withUnsafeBufferPointer { objects in
          words.withUnsafeBufferPointer { words in
            places.withUnsafeBufferPointer { places in
              pool.withUnsafeBytes { pool in
                guard let fields = fields.baseAddress, let keys = keys.baseAddress, let objects = objects.baseAddress,
                  let words = words.baseAddress, let places = places.baseAddress, let pool = pool.baseAddress
                else { preconditionFailure("a plan has an object, a field and a word: see ReadCompiler") }
                return body(
                  Tables(
                    fields: Place(fields), keys: Place(keys), objects: Place(objects), words: Place(words),
                    places: places, pool: pool))
              }
            }
          }
        }
      }
    }
  }
}

extension ReadPlan.Key {
  /// Where a field's key stands in the pool, without its quotes.
  init(_ field: ReadPlan.Field, in pool: ContiguousArray<UInt8>) {
    (start, length) = (field.key + 1, field.keyLength - 3)
    head = pool.withUnsafeBytes { Self.head($0, field.key + 1, field.keyLength - 3) }
  }

  /// Where a key is looked for first.
  @inline(__always)
  static func hash(_ head: UInt64, _ length: Int) -> Int {
    Int(truncatingIfNeeded: ((head &+ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15) &>> 48)
  }

  /// The first eight bytes of a key, or what there is of them.
  @inline(__always)
  static func head(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ length: Int) -> UInt64 {
    guard start &+ 8 <= bytes.count else {
      var head: UInt64 = 0
      for place in 0..<min(length, 8) { head |= UInt64(bytes[start &+ place]) << UInt64(8 &* place) }
      return head
    }
    let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
    return length >= 8 ? word : word & ~(~0 << UInt64(8 &* max(length, 0)))
  }
}
