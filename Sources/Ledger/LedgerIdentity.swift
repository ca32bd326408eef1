import GRDB

/// What a ledger was given when it was made, and keeps: ids written with one key are read with the same one.
package struct LedgerIdentity: Sendable, Equatable {
  /// 32 random bytes, for check parts of ids. A secret: never logged, never shown.
  package let key: [UInt8]
  /// 16 random bytes in hexadecimal: tells one installation from another.
  package let instance: String
  /// When the ledger was made: milliseconds since 1970, UTC.
  package let created: Int64

  static func load(_ db: Database, now: Int64, random: (Int) -> [UInt8]) throws -> LedgerIdentity {
    if let key = try meta(db, "key"), let instance = try meta(db, "instance"), let created = try meta(db, "created") {
      guard let at = Int64(String(decoding: created, as: UTF8.self)) else { throw LedgerFault.corrupt("meta: created") }
      return LedgerIdentity(key: key, instance: String(decoding: instance, as: UTF8.self), created: at)
    }
    let made = LedgerIdentity(key: random(32), instance: hexadecimal(random(16)), created: now)
    try setMeta(db, "key", made.key)
    try setMeta(db, "instance", Array(made.instance.utf8))
    try setMeta(db, "created", Array("\(now)".utf8))
    return made
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

func meta(_ db: Database, _ key: String) throws -> [UInt8]? {
  try Row.fetchOne(db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])?.bytes(0)
}

func setMeta(_ db: Database, _ key: String, _ value: [UInt8]) throws {
  try db.execute(
    sql: "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    arguments: [key, value.blob])
}
