"""The same network in a browser: JavaScript that renders ink and reads it as this library does, and what it needs.

The modules of this folder have JSDoc types and no build step. The app serves them as they are (ui/browser); a page that
is exported has them in its one file (model/export/page.py).
"""

from pathlib import Path

FOLDER = Path(__file__).parent
