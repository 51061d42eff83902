"""Remembers everything: sources, entries, stories, watches, alerts and the outbox."""

from storage.files import backup, migrate, restore
from storage.holding import held
from storage.store import Stored, open_store

__all__ = ["Stored", "backup", "held", "migrate", "open_store", "restore"]
