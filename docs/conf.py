"""The settings of the documentation site; `make docs` builds it."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from doboto import __version__

METADATA = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "doboto"
author = "the authors of doboto"
project_copyright = "the authors of doboto, Apache-2.0"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "autodoc_hooks"]
exclude_patterns = ["_build"]
nitpicky = True
# Of the standard library, and what only annotations of private modules say: there is nothing here to link to.
nitpick_ignore_regex = [
    (r"py:.*", r"(collections|contextlib|datetime|enum|inspect|os|pathlib|types|typing)(\..*)?"),
    (r"py:.*", r"(starlette|uvicorn)\..*"),
    (r"py:.*", r"(doboto\.)?_(core|io|session|settings|operation|wait)\..*"),
    (r"py:.*", r"doboto\.sim\.(?!Simulator$|Settings$|Server$|Account$|Clock$|Fault$|Faults$)\w+(\..*)?"),
    (r"py:.*", r"(doboto\.client\.)?Client|AbstractContextManager|Machines|Path|doboto\.resources\..*"),
    (r"py:.*", r"optional|tuple\[int|(~?[\w.]+\.)?(Mode|One|Many|[TPRS])"),
]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
myst_html_meta = {"description lang=en": METADATA["description"]}

autodoc_class_signature = "mixed"
autodoc_member_order = "bysource"
autoclass_content = "both"
default_role = "literal"  # our docstrings put code between single backticks
add_module_names = False
toc_object_entries = False  # each operation has a heading of its own
python_maximum_signature_line_length = 88
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

highlight_language = "none"  # of blocks that name no language
smartquotes = False  # `--option` is no dash

html_theme = "furo"
html_title = "doboto"
html_static_path = ["_static"]
html_css_files = ["doboto.css"]
html_js_files = ["copy.js"]
html_favicon = "_static/icon.svg"
html_copy_source = False
html_show_sourcelink = False
