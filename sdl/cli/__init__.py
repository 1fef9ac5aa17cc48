"""The `sdl` command: thin functions over what the Python API offers."""

from __future__ import annotations

from sdl.cli.app import main

__all__ = ["main"]
