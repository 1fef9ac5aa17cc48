"""Errors a person meets: what was wrong, and what would be right. They never show a traceback."""

from __future__ import annotations


class UserError(Exception):
    """Something asked for can't be done; `hint` says what would work. Exit code 2."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NothingToResume(UserError):
    """No campaign in the database is waiting to be resumed."""
