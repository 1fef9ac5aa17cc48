"""Draw the pictures of gallery.md by running the code on that page: `python docs/make_gallery.py`.

The blocks run in order in one namespace, in the directory of the documentation, where they write
`images/gallery/*.png`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

PAGE = Path(__file__).with_name("gallery.md")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
LARGEST_BYTES = 60_000


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    os.chdir(PAGE.parent)
    namespace: dict[str, object] = {"__name__": "__gallery__"}
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], str(PAGE), "exec"), namespace)
    for picture in sorted(Path("images/gallery").glob("*.png")):
        size = picture.stat().st_size
        if size > LARGEST_BYTES:
            raise SystemExit(f"{picture} has {size} bytes; must be {LARGEST_BYTES} at most")
        print(f"{picture}: {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
