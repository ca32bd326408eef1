/// A ledger as the first version of this program wrote it, as SQLite tells it.
///
/// Job 1 went well, 2 is under way, of 3 only the end is known, 4 and 6 have the same backend's id, 5 is over without a
/// time. Two packages have numbers, and a value is kept.
enum Version1 {
  static let sql = """
    PRAGMA application_id = 1148346727;
    PRAGMA user_version = 1;
    BEGIN TRANSACTION;
    CREATE TABLE job (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      dialect TEXT NOT NULL, scope TEXT NOT NULL, principal TEXT NOT NULL,
      backend INTEGER NOT NULL, backend_id TEXT,
      phase TEXT NOT NULL, over INTEGER NOT NULL,
      created INTEGER NOT NULL, changed INTEGER NOT NULL, finished INTEGER,
      document BLOB NOT NULL
    ) STRICT;
    INSERT INTO job VALUES(1,'d','acme','ann',0,NULL,'succeeded',1,10,30,30,X'7b226964223a2231222c227068617365223a22737563636565646564227d');
    INSERT INTO job VALUES(2,'d','acme','ann',0,NULL,'running',0,12,13,NULL,X'7b226964223a2232222c227068617365223a2272756e6e696e67227d');
    INSERT INTO job VALUES(3,'e','other','ann',0,NULL,'ended',1,14,20,20,X'7b226964223a2233222c227068617365223a22656e646564227d');
    INSERT INTO job VALUES(4,'d','acme','ann',2,'77','accepted',0,15,15,NULL,X'7b226964223a2234222c227068617365223a226163636570746564227d');
    INSERT INTO job VALUES(5,'d','acme','ann',0,'x','failed',1,16,25,NULL,X'7b226964223a2235222c227068617365223a226661696c6564227d');
    INSERT INTO job VALUES(6,'d','acme','ann',2,'77','accepted',0,17,17,NULL,X'7b226964223a2236222c227068617365223a226163636570746564227d');
    CREATE TABLE history (
      job INTEGER NOT NULL, sequence INTEGER NOT NULL, phase TEXT NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (job, sequence)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO history VALUES(1,1,'accepted',10);
    INSERT INTO history VALUES(1,2,'running',11);
    INSERT INTO history VALUES(1,3,'succeeded',30);
    INSERT INTO history VALUES(2,1,'accepted',12);
    INSERT INTO history VALUES(2,2,'running',13);
    INSERT INTO history VALUES(3,1,'accepted',14);
    INSERT INTO history VALUES(3,2,'ended',20);
    INSERT INTO history VALUES(4,1,'accepted',15);
    INSERT INTO history VALUES(5,1,'accepted',16);
    INSERT INTO history VALUES(5,2,'failed',25);
    INSERT INTO history VALUES(6,1,'accepted',17);
    CREATE TABLE identifier (
      kind TEXT NOT NULL, dialect TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL,
      PRIMARY KEY (kind, dialect, name),
      UNIQUE (kind, dialect, number)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO identifier VALUES('package','e','café',2);
    INSERT INTO identifier VALUES('package','e','deploy',1);
    CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO meta VALUES('created',X'31373030303030303030303030');
    INSERT INTO meta VALUES('instance',X'3031303830663136316432343262333233393430343734653535356336333661');
    INSERT INTO meta VALUES('key',X'01080f161d242b323940474e555c636a71787f868d949ba2a9b0b7bec5ccd3da');
    INSERT INTO meta VALUES('value:mark',X'0001ff');
    DELETE FROM sqlite_sequence;
    INSERT INTO sqlite_sequence VALUES('job',6);
    CREATE INDEX job_scope_created ON job (scope, created, number);
    CREATE INDEX job_scope_changed ON job (scope, changed, number);
    CREATE INDEX job_created ON job (created, number);
    CREATE INDEX job_changed ON job (changed, number);
    CREATE INDEX job_open ON job (number) WHERE over = 0;
    CREATE INDEX job_backend ON job (backend, backend_id) WHERE backend_id IS NOT NULL;
    COMMIT;
    """
}
