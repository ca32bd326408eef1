import JobModel

/// A document compiled for writing, in one profile: one list of operations. Immutable once made.
struct WritePlan {
  enum Code: UInt8 {
    /// A literal: a constant, an opening, a separator. Always written.
    case literal
    /// A key and the value of a slot or column; then on to `jump`. Nothing, if there is no value.
    case field
    /// A key and null, if the slot was read as null.
    case null
    /// A key and a template, if all its places are filled.
    case template
    /// Opens an object: a key and a brace. Passed over to `jump` where its condition fails.
    case open
    /// Closes it. An empty one is taken back, if `flag`.
    case close
    /// A key and an array with an object a row; the operations up to `jump` write one row.
    case rows
    case group
    case count
    case counts
    case foreign
    /// Where the entries of a list go.
    case entries
  }

  struct Op {
    var code = Code.literal
    var format = Format.json
    @Small var index = 0
    var isColumn = false
    /// The raw value of the table for rows, group and count.
    var table: UInt8 = 0
    /// The word table.
    @Small var words = 0
    /// Literal before the value, in the pool. It begins with a comma, which is left out behind an opening.
    @Small var start = 0
    @Small var length = 0
    var hasComma = false
    /// Where to go on once something has been written.
    @Small var jump = 0
    /// Pieces of a template.
    @Small var firstPiece = 0
    @Small var pieces = 0
    var flag = false
    /// A condition: bit n of `mask`, raw value n of the word in `conditionIndex`. No condition: mask 0.
    var mask: UInt32 = 0
    @Small var conditionIndex = 0
    var conditionIsColumn = false
    /// What has been said once this is written: slots, or columns if `isColumn`.
    var says: UInt64 = 0
    /// A bool that is left out: 1 false, 2 true.
    var omit: UInt8 = 0
    /// JSON that is left out, in the pool; spaces in it do not count.
    @Small var omitted = 0
    @Small var omittedLength = 0
    /// What opens an array of one object and closes it.
    var isLone = false
  }

  struct PieceOp {
    @Small var start = 0
    @Small var length = 0
    @Small var index = -1
    var isColumn = false
    var form = JobModel.Field.Form.text
  }

  /// A table of words: those from `first` on, by raw value.
  struct WordTable {
    @Small var first = 0
    @Small var count = 0
    /// Whether they are words for nodes: as many as a node has phases.
    var isOfNodes = false
  }

  /// A word between quotes, in the pool.
  struct Word {
    @Small var start = 0
    /// 0: there is no word.
    @Small var length = 0
    /// Bit n: raw value n is written with the same word.
    var sharers: UInt32 = 0
  }

  /// 32 bytes more than are used.
  var pool: ContiguousArray<UInt8> = []
  var ops: ContiguousArray<Op> = []
  var pieces: ContiguousArray<PieceOp> = []
  /// What stands around the words of a shell.
  var frames: [Frame] = []
  var tables: ContiguousArray<WordTable> = []
  var words: ContiguousArray<Word> = []
  /// The word table for nodes by the phase of the job: index into `tables`.
  var nodeWords: ContiguousArray<Int> = []
  /// Bit n: hub field n is carried.
  var carries: UInt64 = 0
  /// Bit n by table: column n is carried.
  var columns: [UInt64] = [0, 0, 0, 0]
  var infers = true
  var idForm = IDForm.text
  /// The word that reads as success, groups that every node must be in, and what to write instead of a dishonest one.
  var honesty: Honesty?
  /// The kind of work that the document itself asks for.
  var kind: WorkKind?
  /// Fields that are members of another field's JSON.
  var peeked: [(field: JobModel.Field, key: String, inside: JobModel.Field)] = []
  /// Kinds of work whose word is read back as another: bit n.
  var narrowedKinds: UInt32 = 0
  /// Members that cut the fraction off a number: bit n, slot n.
  var whole: UInt64 = 0
  /// Members that say whole minutes: bit n, slot n.
  var minutes: UInt64 = 0
  /// Phases whose word is read back as another: bit n.
  var narrowedPhases: UInt32 = 0
  /// The same of nodes, by the phase of the job.
  var narrowedNodes: [UInt32] = []

  /// The tables that every member is written by, where they lie.
  struct Tables {
    let ops: Place<Op>
    let pieces: Place<PieceOp>
    let tables: Place<WordTable>
    let words: Place<Word>
    let pool: UnsafeRawPointer
  }

  /// Lends them. None of them is empty.
  @inline(__always)
  func withTables<Result>(_ body: (Tables) -> Result) -> Result {
    ops.withUnsafeBufferPointer { ops in
      pieces.withUnsafeBufferPointer { pieces in
        tables.withUnsafeBufferPointer { tables in
          words.withUnsafeBufferPointer { words in
            pool.withUnsafeBytes { pool in
              guard let ops = ops.baseAddress, let pieces = pieces.baseAddress, let tables = tables.baseAddress,
                let words = words.baseAddress, let pool = pool.baseAddress
              else { preconditionFailure("a plan has one of each: see WriteCompiler") }
              return body(
                Tables(
                  ops: Place(ops), pieces: Place(pieces), tables: Place(tables), words: Place(words), pool: pool))
            }
          }
        }
      }
    }
  }

  struct Honesty {
    /// Phases written with the word of success: bit n.
    var phases: UInt32 = 0
    /// Node phases that read as a success, by the phase of the job: bit n.
    var nodes: ContiguousArray<UInt32> = []
    var instead = Phase.crashed
  }
}
