"""A campaign as files for other programs, with a manifest that says what each holds.

Names load on first use, so that importing this package loads nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdl.export.exporting import export
    from sdl.export.failures import ExportError, ManifestInvalid, NotEmpty
    from sdl.export.manifest import ManifestFault, read_anchor, verify_manifest

_HOME_OF = {
    "ExportError": "failures",
    "ManifestFault": "manifest",
    "ManifestInvalid": "failures",
    "NotEmpty": "failures",
    "export": "exporting",
    "read_anchor": "manifest",
    "verify_manifest": "manifest",
}

__all__ = [
    "ExportError",
    "ManifestFault",
    "ManifestInvalid",
    "NotEmpty",
    "export",
    "read_anchor",
    "verify_manifest",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use (PEP 562)."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
