"""What can go wrong with an export, each named for its situation."""

from __future__ import annotations

from pathlib import Path

from sdl.errors import UserError


class ExportError(UserError):
    """The export can't be written."""


class NotEmpty(ExportError):
    """The directory holds files already, and overwriting was not asked for."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"{directory} is not empty", "Give another directory, or say --overwrite")
        self.directory = directory


class ManifestInvalid(ExportError):
    """The file is no manifest that this version can read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}", "Give the manifest.json of an export of SDL Twin")
        self.path = path
