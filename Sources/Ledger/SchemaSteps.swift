extension Schema {
  /// What turns version n into n + 1. Steps are only ever appended: old files walk through all of them.
  static let steps = [jobs, owed, inRows, counted]

  /// 1: jobs, their history, names with numbers.
  private static let jobs = """
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

  /// 2: what is owed, what was sent, who asked twice; and the order in which jobs ended, which no clock can change.
  ///
  /// Version 1 took times as they came, knew a backend's id twice, and a job that was over without a time.
  private static let owed = """
    ALTER TABLE job ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE job ADD COLUMN ending INTEGER;
    UPDATE job SET changed = max(changed, created) WHERE changed < created;
    UPDATE job SET finished = max(coalesce(finished, changed), created) WHERE over = 1;
    UPDATE job SET finished = NULL WHERE over = 0 AND finished IS NOT NULL;
    UPDATE job SET ending = place.ending FROM (
      SELECT number, row_number() OVER (ORDER BY finished, number) AS ending FROM job WHERE over = 1
    ) AS place WHERE job.number = place.number;
    UPDATE job SET attempt = place.attempt FROM (
      SELECT number, row_number() OVER (PARTITION BY backend, backend_id ORDER BY number) AS attempt
      FROM job WHERE backend_id IS NOT NULL
    ) AS place WHERE job.number = place.number AND place.attempt > 1;
    UPDATE history SET at = place.latest FROM (
      SELECT job, sequence, max(at) OVER (PARTITION BY job ORDER BY sequence) AS latest FROM history
    ) AS place WHERE history.job = place.job AND history.sequence = place.sequence AND history.at < place.latest;
    DROP INDEX job_backend;
    CREATE UNIQUE INDEX job_backend ON job (backend, backend_id, attempt) WHERE backend_id IS NOT NULL;
    CREATE UNIQUE INDEX job_ending ON job (ending) WHERE ending IS NOT NULL;
    CREATE INDEX job_finished ON job (finished) WHERE finished IS NOT NULL;

    CREATE TABLE obligation (
      job INTEGER NOT NULL, kind TEXT NOT NULL, due INTEGER NOT NULL, payload BLOB NOT NULL,
      PRIMARY KEY (job, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX obligation_due ON obligation (due);

    CREATE TABLE intent (
      job INTEGER PRIMARY KEY, mark TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX intent_open ON intent (job) WHERE state NOT IN ('known', 'settled');

    CREATE TABLE idempotency (
      dialect TEXT NOT NULL, scope TEXT NOT NULL, principal TEXT NOT NULL, key TEXT NOT NULL,
      job INTEGER NOT NULL, digest BLOB NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (dialect, scope, principal, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX idempotency_job ON idempotency (job);
    """

  /// 3: numbers in a row, for callers who count jobs by them. They stay when their job is pruned: none is given twice.
  private static let inRows = """
    CREATE TABLE front_number (
      job INTEGER NOT NULL, dialect TEXT NOT NULL, number INTEGER NOT NULL,
      PRIMARY KEY (job, dialect),
      UNIQUE (dialect, number)
    ) STRICT, WITHOUT ROWID;
    """

  /// 4: how many jobs there are of each dialect, organization or account, and backend, none of which ever changes in a job:
  /// whoever lists jobs is told, and counting them took as long as there are jobs.
  private static let counted = """
    CREATE TABLE job_count (
      dialect TEXT NOT NULL, scope TEXT NOT NULL, backend INTEGER NOT NULL, jobs INTEGER NOT NULL,
      PRIMARY KEY (dialect, scope, backend)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO job_count SELECT dialect, scope, backend, count(*) FROM job GROUP BY dialect, scope, backend;
    CREATE TRIGGER job_added AFTER INSERT ON job BEGIN
      INSERT INTO job_count VALUES (NEW.dialect, NEW.scope, NEW.backend, 1) ON CONFLICT DO UPDATE SET jobs = jobs + 1;
    END;
    CREATE TRIGGER job_removed AFTER DELETE ON job BEGIN
      UPDATE job_count SET jobs = jobs - 1
      WHERE dialect = OLD.dialect AND scope = OLD.scope AND backend = OLD.backend;
    END;
    """
}
