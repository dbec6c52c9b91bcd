/**
 * SQLite through better-sqlite3: the tables, the prepared statements and the group commit.
 *
 * WAL with synchronous=FULL makes each commit durable against power loss, as chatapp does by default. All writes that
 * arrive in one event-loop iteration share one commit: `setImmediate` runs after the input of the iteration was read.
 */
import Database from "better-sqlite3";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS user (username TEXT PRIMARY KEY, firstName TEXT NOT NULL, lastName TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS conversation (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, isGroup INTEGER NOT NULL, name TEXT, createdAt TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS membership (
  conversation INTEGER NOT NULL REFERENCES conversation, username TEXT NOT NULL REFERENCES user,
  delivered INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (conversation, username)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS membership_of_user ON membership (username);
CREATE TABLE IF NOT EXISTS message (
  conversation INTEGER NOT NULL REFERENCES conversation, sequence INTEGER NOT NULL, messageId TEXT NOT NULL,
  sender TEXT NOT NULL, content TEXT NOT NULL, timestamp TEXT NOT NULL, clientId TEXT,
  PRIMARY KEY (conversation, sequence)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS message_of_client ON message (sender, clientId) WHERE clientId IS NOT NULL;
`;

const STATEMENTS = {
  addUser: "INSERT OR IGNORE INTO user VALUES (?, ?, ?)",
  users: "SELECT username, firstName, lastName FROM user ORDER BY username",
  addConversation: "INSERT INTO conversation (key, isGroup, name, createdAt) VALUES (?, ?, ?, ?)",
  conversation: "SELECT id, key, isGroup, name, createdAt FROM conversation WHERE key = ?",
  lastSequence: "SELECT coalesce(max(sequence), 0) FROM message WHERE conversation = ?",
  addMember: "INSERT OR IGNORE INTO membership (conversation, username) VALUES (?, ?)",
  members: "SELECT username, delivered FROM membership WHERE conversation = ?",
  keysOfUser: "SELECT key FROM membership JOIN conversation ON id = conversation WHERE username = ?",
  setDelivered: "UPDATE membership SET delivered = max(delivered, ?) WHERE conversation = ? AND username = ?",
  addMessage: "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?)",
  messageOfClient:
    "SELECT conversation, sequence, messageId, sender, content, timestamp, clientId FROM message " +
    "WHERE sender = ? AND clientId = ?",
  pageBefore:
    "SELECT sequence, messageId, sender, content, timestamp, clientId FROM message " +
    "WHERE conversation = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?",
  pageAfter:
    "SELECT sequence, messageId, sender, content, timestamp, clientId FROM message " +
    "WHERE conversation = ? AND sequence > ? ORDER BY sequence LIMIT ?",
};

/** @param {string} path the database file */
export function openStore(path) {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec(SCHEMA);
  const statements = Object.fromEntries(Object.entries(STATEMENTS).map(([name, sql]) => [name, db.prepare(sql)]));
  statements.lastSequence.pluck();
  statements.keysOfUser.pluck();
  return { ...statements, db, inTransaction: (run) => db.transaction(run)(), ...groupCommit(db) };
}

/**
 * `write(run, done)`: `run()` is executed in the commit of this event-loop iteration, and `done(error, result)` is
 * called once that commit is durable. A write that fails does not affect the others.
 */
function groupCommit(db) {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  let queue = [];

  function write(run, done) {
    if (queue.push({ run, done, error: null, result: undefined }) === 1) setImmediate(flush);
  }

  function flush() {
    const batch = queue;
    queue = [];
    begin.run();
    for (const entry of batch) execute(entry);
    commit.run();
    for (const entry of batch) entry.done(entry.error, entry.result);
  }

  return { write };
}

function execute(entry) {
  try {
    entry.result = entry.run();
  } catch (error) {
    entry.error = error;
  }
}
