"""The log of acts: append-only, provable offline, and as good as its witnesses (docs/audit-log.md)."""
