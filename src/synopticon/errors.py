"""Every error that Synopticon raises on purpose.

SynopticonError                 exit code 1
 +- UsageError                  exit code 2 (also ValueError): what was asked for makes no sense
 |   +- QueryError              a query cannot be read; it points at the character
 +- RefusedError                exit code 3 (also PermissionError): a policy refuses, and names its rule
 |   +- WaitError               not now; it says after how many seconds
 +- FootageError                a recording cannot be used
 |   +- UnreadableError         not one picture could be read from it
 |   +- NoVideoError            it opens, but holds no video
 +- OutputError                 a result cannot be written (also OSError)
 +- ModelError                  a model is unknown, missing, or not what its card says
 +- StoreError                  stored results are damaged or of another version
 +- AuditError                  the log of acts does not verify, or cannot be read

A message is one line that names the file, the place and the remedy.
Errors of other libraries are translated where they enter.
"""


class SynopticonError(Exception):
    """Root of all errors raised on purpose."""

    exit_code = 1


class UsageError(SynopticonError, ValueError):
    """The arguments make no sense together, or name something that is not there."""

    exit_code = 2


class QueryError(UsageError):
    """A query cannot be read; the message points at the character and suggests a word."""

    def __init__(self, message: str, kind: str = "", column: int = 0, suggestion: str = "") -> None:
        super().__init__(message)
        self.kind = kind  # syntax, long, field, word, name, value, twice
        self.column = column  # of the character, from 1
        self.suggestion = suggestion  # what to write instead, or nothing


class RefusedError(SynopticonError, PermissionError):
    """A policy refuses the act; the message names the rule."""

    exit_code = 3

    def __init__(self, message: str, rule: str = "") -> None:
        super().__init__(message)
        self.rule = rule  # the name of the rule, for the log


class WaitError(RefusedError):
    """What is asked for comes too early, or too often."""

    def __init__(self, message: str, rule: str, seconds: int) -> None:
        super().__init__(message, rule)
        self.seconds = seconds  # until it may be tried again, at least 1


class FootageError(SynopticonError):
    """A recording cannot be used."""


class UnreadableError(FootageError):
    """Not one picture could be read from the recording."""


class NoVideoError(FootageError):
    """The file opens, but holds no video."""


class OutputError(SynopticonError, OSError):
    """A result cannot be written: it exists, the folder is read-only, or the disk is full."""


class ModelError(SynopticonError):
    """A model is unknown, missing, or differs from its card."""


class StoreError(SynopticonError):
    """Stored results are damaged or were written by another version."""


class AuditError(SynopticonError):
    """The log of acts does not verify, or cannot be read."""
