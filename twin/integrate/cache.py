"""Where generated source files and compiled code are kept from one process to the next.

The directory is ``SDL_TWIN_CACHE`` if set, else ``$XDG_CACHE_HOME/sdl-twin`` or
``~/.cache/sdl-twin``; deleting it is safe.  A file's name holds the hash of its text and the numba
version, so nothing stale is ever loaded.  Standard library only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType

ENVIRONMENT_VARIABLE = "SDL_TWIN_CACHE"


class CacheNotWritable(UserWarning):
    """Compiled code can't be kept: it is compiled anew in every process."""


def cache_directory() -> Path:
    """Where generated files are kept; created if missing.

    Falls back to a private temporary directory, with a CacheNotWritable warning, if the place can't
    be written to.
    """
    wanted = _wanted_directory()
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wanted):
            return wanted
    except OSError as error:
        return _temporary_directory(str(wanted), str(error))


def write_once(text: str, name: str, version: str) -> Path:
    """Path of a Python file with that text in the cache directory.

    A file that is there already is left alone if its text is the same (its compiled code then stays
    valid), and replaced in one step if it is not.
    """
    digest = hashlib.sha256(f"{version}\n{text}".encode()).hexdigest()
    tag = version.replace(".", "_")
    path = cache_directory() / f"{name}_{digest[:24]}_numba{tag}.py"
    if path.is_file() and path.read_bytes() == text.encode():
        return path
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{name}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def load(path: Path) -> ModuleType:
    """Import a generated file as a module; the same file gives the same module."""
    name = f"_sdl_twin_{path.stem}"
    if name in sys.modules and getattr(sys.modules[name], "__file__", None) == str(path):
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} can't be imported", path=str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _wanted_directory() -> Path:
    chosen = os.environ.get(ENVIRONMENT_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache").absolute() / "sdl-twin"
    except RuntimeError as error:  # no home directory to be found
        return Path(_temporary_directory("~/.cache", str(error)))


@cache
def _temporary_directory(wanted: str, reason: str) -> Path:
    warnings.warn(
        CacheNotWritable(
            f"compiled models can't be kept in {wanted} ({reason}); they are compiled in a "
            f"temporary directory, anew in every process. "
            f"Set {ENVIRONMENT_VARIABLE} to a writable directory."
        ),
        stacklevel=4,
    )
    return Path(tempfile.mkdtemp(prefix="sdl-twin-"))
