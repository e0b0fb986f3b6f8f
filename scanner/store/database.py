"""The DuckDB file: one owner process, numbered forward-only migrations, rewriting to erase."""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from scanner.errors import StoreError
from scanner.private import sync_folder
from scanner.store.keys import DataKey

TABLES: tuple[str, ...] = ("owners", "consents", "submissions", "scans", "reports", "memories")
TABLES += ("decisions", "addresses", "openings")  # of a school's server
SWEEPS = ("invitations", "jobs", "tallies", "spendings", "notes", "memberships")
TABLES += SWEEPS

FACTS = ("sweeps", "hosts", "releases")
"""Tables that say nothing about anybody: a name and a JSON body."""

MARK = 24
"""Bytes a row begins with that stand nowhere else: its random nonce."""


class Busy(StoreError):
    """Another process owns the database file."""


class Unwritable(StoreError):
    """The disk is full or gone; what was to be written was not, and can be tried again."""


class Database:
    """One open DuckDB file of encrypted rows; threads take turns."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._turn = threading.RLock()
        self._lost = False
        self._connection = _connect(file)
        _migrate(self._connection)

    def close(self) -> None:
        """Write everything out and let go of the file."""
        self._connection.close()

    def put(self, table: str, key: DataKey, plain: bytes, *, row: str | None = None) -> str:
        """Write one row, replacing the row of that id; gives its id."""
        row = row or str(uuid.uuid4())
        body = key.lock(plain, table=_known(table), row=row)
        self._run(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", [row, key.tag(table), body])  # noqa: S608
        return row

    def get(self, table: str, key: DataKey) -> Iterator[tuple[str, bytes]]:
        """A person's rows of one table, decrypted, as (id, plain)."""
        statement = f"SELECT id, body FROM {_known(table)} WHERE tag = ?"  # noqa: S608
        for row, body in self._run(statement, [key.tag(table)]):
            yield str(row), key.unlock(bytes(body), table=table, row=str(row))

    def remove(self, table: str, key: DataKey) -> None:
        """Delete a person's rows of a table. The bytes stay until `rewrite`."""
        self.remove_tagged(table, key.tag(table))

    def remove_tagged(self, table: str, tag: bytes) -> None:
        """Delete the rows with a tag, when the key that made it is gone already."""
        self._run(f"DELETE FROM {_known(table)} WHERE tag = ?", [tag])  # noqa: S608

    def remove_row(self, table: str, row: str) -> None:
        """Delete one row. The bytes stay until `rewrite`."""
        self._run(f"DELETE FROM {_known(table)} WHERE id = ?", [row])  # noqa: S608

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block's writes, or none of them, whatever happens to this process."""
        with self._turn:
            self._run("BEGIN", [])
            try:
                yield
            except BaseException:
                with suppress(StoreError):  # a full disk has ended it already
                    self._run("ROLLBACK", [])
                raise
            try:
                self._run("COMMIT", [])
            except StoreError:
                self._lost = True
                raise

    def fact(self, table: str, name: str) -> dict[str, Any] | None:
        """One row that says nothing about anybody."""
        rows = self._run(f"SELECT body FROM {_fact(table)} WHERE id = ?", [name])  # noqa: S608
        return json.loads(rows[0][0]) if rows else None

    def facts(self, table: str) -> dict[str, dict[str, Any]]:
        """All rows of such a table by name."""
        rows = self._run(f"SELECT id, body FROM {_fact(table)} ORDER BY id", [])  # noqa: S608
        return {str(name): json.loads(body) for name, body in rows}

    def put_fact(self, table: str, name: str, body: Mapping[str, Any], *, once: bool = False) -> None:
        """Write one such row; `once` refuses to write over one that is there."""
        how = "INSERT" if once else "INSERT OR REPLACE"
        self._run(f"{how} INTO {_fact(table)} VALUES (?, ?)", [name, json.dumps(body)])

    def rewrite(self) -> None:
        """Copy what is left into a new file and put it in place: DuckDB keeps deleted bytes otherwise."""
        with self._turn:
            self._rewrite()

    def holds(self, marks: Collection[bytes]) -> bool:
        """Whether any of these bytes is still somewhere in the file or beside it."""
        with self._turn:
            self._run("CHECKPOINT", [])
            files = [file for file in self._file.parent.glob(f"*{self._file.name}*") if file.is_file()]
            return any(mark in body for body in (file.read_bytes() for file in files) for mark in marks)

    def marks(self, tags: Mapping[str, bytes]) -> list[bytes]:
        """Bytes that stand in the file only while rows with these tags do: tags and beginnings of rows."""
        found = list(tags.values())
        for table, tag in tags.items():
            rows = self._run(f"SELECT body FROM {_known(table)} WHERE tag = ?", [tag])  # noqa: S608
            found += [bytes(body)[:MARK] for (body,) in rows]
        return found

    def _rewrite(self) -> None:
        fresh, old = _beside(self._file, "new"), _beside(self._file, "old")
        fresh.unlink(missing_ok=True)
        quoted = str(fresh).replace("'", "''")
        name = self._run("SELECT current_database()", [])[0][0]
        self._run(f"ATTACH '{quoted}' AS fresh", [])
        self._run(f'COPY FROM DATABASE "{name}" TO fresh', [])
        self._run("DETACH fresh", [])
        self._connection.close()
        try:
            fresh.chmod(0o600)
            _sync(fresh)
            old.unlink(missing_ok=True)
            os.link(self._file, old)  # the old bytes keep a name until they are overwritten
            fresh.replace(self._file)
            sync_folder(self._file.parent)
        except OSError as error:
            raise StoreError(f"the database could not be rewritten: {error.strerror}") from None
        finally:
            self._connection = _connect(self._file)

    def _run(self, statement: str, values: list[object]) -> list[tuple[Any, ...]]:
        try:
            with self._turn:
                if self._lost:
                    self._again()
                return self._connection.execute(statement, values).fetchall()
        except duckdb.Error as error:
            if isinstance(error, duckdb.IOException | duckdb.FatalException) or _is_disk(error):
                raise Unwritable(
                    f"the database could not be written ({_short(error)}); is the disk full?"
                ) from None
            raise StoreError(f"the database refused: {_short(error)}") from None

    def _again(self) -> None:
        """Open the file anew: after a failed commit DuckDB serves nothing more on the old connection."""
        with suppress(duckdb.Error):
            self._connection.close()
        self._lost = True
        try:
            self._connection = _connect(self._file)
        except Busy:
            raise
        except StoreError as error:
            raise Unwritable(f"the database could not be written ({error}); is the disk full?") from None
        self._lost = False


def _connect(file: Path) -> duckdb.DuckDBPyConnection:
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.umask(0o077)  # the log and the copies that DuckDB makes beside the file are private too
        connection = duckdb.connect(str(file), config={"autoinstall_known_extensions": "false"})
        file.chmod(0o600)
        _tidy(file)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise Busy(f"another process owns {file}; close it first, then try again") from None
        raise StoreError(f"{file} cannot be opened: {_short(error)}") from None
    except duckdb.Error as error:
        raise StoreError(f"{file} is not a database of ours: {_short(error)}") from None
    except OSError as error:
        raise StoreError(f"{file} cannot be used: {error.strerror}") from None
    return connection


def _migrate(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, applied_at TIMESTAMP)"
    )
    done = {number for (number,) in connection.execute("SELECT number FROM migrations").fetchall()}
    steps = {
        int(entry.name[:4]): entry
        for entry in (files("scanner.store") / "schema").iterdir()
        if entry.name.endswith(".sql")
    }
    if newer := done - steps.keys():
        raise StoreError(f"the database has schema {max(newer)}, which is newer than this program; update it")
    for number in sorted(steps.keys() - done):
        connection.execute("BEGIN")
        connection.execute(steps[number].read_text(encoding="utf-8"))
        connection.execute("INSERT INTO migrations VALUES (?, now())", [number])
        connection.execute("COMMIT")


def _tidy(file: Path) -> None:
    """Finish a rewriting that was cut short; the file itself is always whole."""
    old = _beside(file, "old")
    if old.exists() and not old.samefile(file):
        _scrub(old)
    old.unlink(missing_ok=True)
    for part in ("new", "new.wal"):
        _beside(file, part).unlink(missing_ok=True)


def _beside(file: Path, part: str) -> Path:
    return file.with_name(f".{file.name}.{part}")


def _sync(file: Path) -> None:
    with file.open("r+b") as handle:
        os.fsync(handle.fileno())


def _scrub(file: Path) -> None:
    """Overwrite a file before it is unlinked; on SSDs only destroying keys is certain."""
    size = file.stat().st_size
    with file.open("r+b") as handle:
        for _ in range(0, size, 1 << 20):
            handle.write(b"\0" * min(1 << 20, size - handle.tell()))
        handle.flush()
        os.fsync(handle.fileno())


def _known(table: str) -> str:
    if table not in TABLES:
        raise KeyError(table)
    return table


def _is_disk(error: duckdb.Error) -> bool:
    return "could not write file" in str(error).lower() or "no space left" in str(error).lower()


def _fact(table: str) -> str:
    if table not in FACTS:
        raise KeyError(table)
    return table


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200]
