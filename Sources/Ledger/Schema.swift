import GRDB

/// The tables, and the steps that lead from one version of them to the next.
enum Schema {
  /// Marks the file as a ledger of this program (`PRAGMA application_id`).
  static let mark = 0x4472_6167

  /// What turns version n into n + 1. Steps are only ever appended: old files walk through all of them.
  static let steps: [String] = [
    """
    CREATE TABLE job (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      dialect TEXT NOT NULL, scope TEXT NOT NULL, principal TEXT NOT NULL,
      backend INTEGER NOT NULL, backend_id TEXT,
      phase TEXT NOT NULL, over INTEGER NOT NULL,
      created INTEGER NOT NULL, changed INTEGER NOT NULL, finished INTEGER,
      document BLOB NOT NULL
    ) STRICT;
    CREATE INDEX job_scope_created ON job (scope, created, number);
    CREATE INDEX job_scope_changed ON job (scope, changed, number);
    CREATE INDEX job_created ON job (created, number);
    CREATE INDEX job_changed ON job (changed, number);
    CREATE INDEX job_open ON job (number) WHERE over = 0;
    CREATE INDEX job_backend ON job (backend, backend_id) WHERE backend_id IS NOT NULL;

    CREATE TABLE history (
      job INTEGER NOT NULL, sequence INTEGER NOT NULL, phase TEXT NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (job, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE identifier (
      kind TEXT NOT NULL, dialect TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL,
      PRIMARY KEY (kind, dialect, name),
      UNIQUE (kind, dialect, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    """
  ]

  /// Brings a file up to date, or refuses it. Runs in one transaction.
  static func prepare(_ db: Database) throws {
    let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let mark = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    guard mark == Schema.mark || (mark == 0 && tables == 0) else { throw LedgerFault.corrupt("not a ledger") }
    guard (0...steps.count).contains(found) else { throw LedgerFault.newer(found: found, known: steps.count) }
    guard found < steps.count else { return }
    for step in steps[found...] { try db.execute(sql: step) }
    try db.execute(sql: "PRAGMA application_id = \(Schema.mark)")
    try db.execute(sql: "PRAGMA user_version = \(steps.count)")
  }
}
