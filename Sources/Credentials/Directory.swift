/// Everybody who may call, with what they are known by, what they belong to and what they may do. Immutable: a new
/// configuration is a new directory.
package struct Directory: Sendable, Unspoken {
  /// A member, and what follows from the groups.
  final class Entry: Sendable, Unspoken {
    let member: Identity
    let principal: Principal
    /// Of their own and of every group they are in; nil when nobody says anything.
    let permissions: Set<Permission>?
    /// The groups they are in, directly or through others.
    let groups: Set<GroupName>

    init(_ member: Identity, permissions: Set<Permission>?, groups: Set<GroupName>) {
      self.member = member
      principal = Principal(member.name, kind: member.kind)
      self.permissions = permissions
      self.groups = groups
    }
  }

  struct GroupName: Sendable, Hashable {
    /// The organization; nil is everywhere.
    var account: String?
    var name: String
  }

  private(set) var entries: [Entry] = []
  private var byName: [String: [Int]] = [:]
  private var byToken: [SecretDigest: Int] = [:]
  private var byAPIKey: [SecretDigest: Int] = [:]
  private var byCertificate: [String: Int] = [:]
  private let groupNames: Set<GroupName>
  private var accounts: Set<String>

  /// A directory.
  ///
  /// - Parameter accounts: organizations and accounts that exist without a member or group of their own.
  /// - Throws: `SetupFault` for names that come twice or cannot be, for a secret that two have in common, and for a group
  ///   with a member who is not there.
  package init(_ members: [Identity], groups: [Group] = [], accounts: Set<String> = []) throws(SetupFault) {
    self.accounts = accounts.union(groups.compactMap(\.account)).union(members.flatMap(\.accounts)).subtracting(["*"])
    groupNames = Set(groups.map { GroupName(account: $0.account, name: $0.name) })
    let memberships = try Memberships(groups, members)
    for member in members {
      guard (1...200).contains(member.name.utf8.count), member.name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
        throw .badName
      }
      let index = entries.count
      if byName[member.name]?.contains(where: { entries[$0].member.kind == member.kind }) == true {
        throw .repeatedName(member.name)
      }
      byName[member.name, default: []].append(index)
      let inside = memberships.groups(of: member)
      let lists = [member.permissions] + groups.filter { inside.contains(GroupName($0)) }.map(\.permissions)
      let said = lists.compactMap { $0 }
      entries.append(
        Entry(member, permissions: said.isEmpty ? nil : Set(said.joined()), groups: inside))
      for token in member.tokens { try enter(index, token, in: \.byToken) }
      for key in member.apiKeys { try enter(index, key, in: \.byAPIKey) }
      for name in member.certificates { try enter(index, name, in: \.byCertificate) }
    }
  }

  private mutating func enter<Key: Hashable>(
    _ index: Int, _ key: Key, in table: WritableKeyPath<Directory, [Key: Int]>
  ) throws(SetupFault) {
    if let other = self[keyPath: table].updateValue(index, forKey: key) {
      throw .sharedSecret(entries[other].member.name, entries[index].member.name)
    }
  }

  /// How many may call.
  package var count: Int { entries.count }

  /// Everybody of this name: a person and a program may share one. Names are the same when their bytes are.
  func named(_ name: String) -> [Entry] {
    (byName[name] ?? []).map { entries[$0] }.filter { $0.member.name.utf8.elementsEqual(name.utf8) }
  }

  func owner(ofToken digest: SecretDigest) -> Entry? { byToken[digest].map { entries[$0] } }

  func owner(ofAPIKey digest: SecretDigest) -> Entry? { byAPIKey[digest].map { entries[$0] } }

  func owner(ofCertificate name: String) -> Entry? { byCertificate[name].map { entries[$0] } }

  /// Whether an organization or account exists.
  func hasAccount(_ name: String) -> Bool { accounts.contains(name) }

  func hasGroup(_ name: String, in account: String?) -> Bool {
    groupNames.contains(GroupName(account: account, name: name))
  }
}

extension Directory.Entry {
  /// Whether they belong to an organization or account.
  func belongs(to account: String) -> Bool { member.accounts.contains(account) || member.accounts.contains("*") }
}

extension Directory.GroupName {
  init(_ group: Group) { self.init(account: group.account, name: group.name) }
}

extension Directory {
  /// Nobody may call.
  package init() {
    groupNames = []
    accounts = []
  }
}
