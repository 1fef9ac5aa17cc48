"""Sphinx configuration: Markdown pages through MyST.

python -m sphinx -W -b html docs build/docs
"""

from sdl import __version__

project = "SDL Twin"
author = "The SDL Twin developers"
project_copyright = "The SDL Twin developers, Apache-2.0"
version = release = __version__

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "build", "Thumbs.db", ".DS_Store"]
myst_enable_extensions = ["deflist", "dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 4

html_theme = "furo"
html_title = "SDL Twin"
