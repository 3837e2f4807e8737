"""The tables of notes.sqlite, as the steps that lead from each version to the next.

A file says by its `user_version` how many steps it has behind it; opening it takes the
others, all of them or none. A step that was published is never changed: a new one follows.

An anchor is a paragraph's id, its text, and of the text the stretch that is meant (`start`,
`stop`; null: all of it). `generation` is the one in which the anchor was last looked for,
`attached` whether it was found (-1: a mark of secrecy holds its file back).
"""

from __future__ import annotations

STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE collections (
            collection_id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE)""",
        # The default one has no name: each language calls it by its own.
        "INSERT INTO collections VALUES (1, '')",
        """CREATE TABLE clips (
            clip_id INTEGER PRIMARY KEY AUTOINCREMENT,
            collection_id INTEGER NOT NULL REFERENCES collections,
            place INTEGER NOT NULL,
            paragraph_id TEXT NOT NULL, text TEXT NOT NULL, folded TEXT NOT NULL,
            hash TEXT NOT NULL, start INTEGER, stop INTEGER,
            generation TEXT NOT NULL, attached INTEGER NOT NULL DEFAULT 1,
            source TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
            added TEXT NOT NULL, removed TEXT)""",
        "CREATE INDEX clips_by_collection ON clips (collection_id, place)",
        """CREATE TABLE corrections (
            document_id TEXT PRIMARY KEY, path TEXT NOT NULL, digest TEXT NOT NULL,
            title TEXT, kind TEXT, year TEXT, made TEXT NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE history (
            address TEXT PRIMARY KEY, label TEXT NOT NULL, total INTEGER NOT NULL,
            asked TEXT NOT NULL, turn INTEGER NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE searches (
            search_id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
            args TEXT NOT NULL, total INTEGER NOT NULL, seen BLOB,
            generation TEXT NOT NULL, looked TEXT NOT NULL)""",
    ),
    (
        # Without `folded` and `hash`, which nothing read. SQLite before 3.35 drops no column.
        "ALTER TABLE clips RENAME TO former",
        """CREATE TABLE clips (
            clip_id INTEGER PRIMARY KEY AUTOINCREMENT,
            collection_id INTEGER NOT NULL REFERENCES collections,
            place INTEGER NOT NULL, paragraph_id TEXT NOT NULL, text TEXT NOT NULL,
            start INTEGER, stop INTEGER,
            generation TEXT NOT NULL, attached INTEGER NOT NULL DEFAULT 1,
            source TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
            added TEXT NOT NULL, removed TEXT)""",
        """INSERT INTO clips SELECT clip_id, collection_id, place, paragraph_id, text, start, stop,
            generation, attached, source, note, added, removed FROM former""",
        "DROP TABLE former",
        "CREATE INDEX clips_by_collection ON clips (collection_id, place)",
    ),
    # Blocks that a reader restored or cut, as JSON: text, place on the page, whether it is kept.
    ("ALTER TABLE corrections ADD COLUMN blocks TEXT NOT NULL DEFAULT '[]'",),
    # Elements of the record beside the kind, as JSON by name.
    ("ALTER TABLE corrections ADD COLUMN record TEXT NOT NULL DEFAULT '{}'",),
)
