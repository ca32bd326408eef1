/// Who is in which group, groups inside groups included; a circle of groups ends where it began.
struct Memberships {
  private var groups: [Directory.GroupName: Group] = [:]
  /// The groups that hold a group directly.
  private var parents: [Directory.GroupName: [Directory.GroupName]] = [:]

  /// - Throws: `SetupFault` for a group that comes twice, and for members who are not there.
  init(_ list: [Group], _ members: [Identity]) throws(SetupFault) {
    for group in list {
      if groups.updateValue(group, forKey: .init(group)) != nil { throw .repeatedGroup(group.name) }
    }
    for group in list {
      for (names, kind) in [(group.users, Principal.Kind.user), (group.clients, .client)] {
        for name in names where !members.contains(where: { $0.name == name && $0.kind == kind }) {
          throw .unknownMember(group: group.name, name: name)
        }
      }
      for name in group.groups {
        let near = Directory.GroupName(account: group.account, name: name)
        let inner = groups[near] == nil ? Directory.GroupName(account: nil, name: name) : near
        parents[inner, default: []].append(.init(group))
      }
    }
  }

  /// Every group that a member is in.
  func groups(of member: Identity) -> Set<Directory.GroupName> {
    var waiting = groups.values.filter { group in
      (member.kind == .user ? group.users : group.clients).contains(member.name)
    }.map { Directory.GroupName($0) }
    var inside: Set<Directory.GroupName> = []
    while let group = waiting.popLast() {
      if inside.insert(group).inserted { waiting += parents[group] ?? [] }
    }
    return inside
  }
}
