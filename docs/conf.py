"""The documentation site: furo's pages, MyST's Markdown, and lessons that are run in the build."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "src")]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from convscope import __version__ as release  # noqa: E402
from docs.extensions.lesson_pictures import lesson_pictures  # noqa: E402

project = "Convscope"
author = "Convscope's contributors"
copyright = "Convscope's contributors, Apache-2.0"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.githubpages",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
    "docs.extensions.commands",
    "docs.extensions.docstrings",
    "docs.extensions.llms",
    "docs.extensions.mathml",
    "docs.extensions.repository_links",
    "docs.extensions.tables",
]
exclude_patterns = ["lessons", "_build"]
nitpicky = False  # docstrings name types of Keras, NumPy and Matplotlib, which are not ours to link

highlight_language = "none"  # a block without a language is a drawing or a table

html_theme = "furo"
html_title = f"Convscope {release}"
html_baseurl = "https://convscope.github.io/convscope/"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"top_of_page_buttons": []}  # pages that are made have no source to lead to
html_math_renderer = "mathml"

myst_enable_extensions = ["attrs_block", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4

add_module_names = False
python_display_short_literal_types = True
python_maximum_signature_line_length = 80
autodoc_default_options = {
    "members": True,
    "inherited-members": "object, tuple, Sequence, BaseException, Callback",
}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "none"  # the docstrings say in words what is taken, with shapes and ranges
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Fields", "params_style")]

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": "lessons",
    "gallery_dirs": "learn",
    "filename_pattern": r"\.py$",
    "image_scrapers": (lesson_pictures,),
    "reset_modules": (),
    "capture_repr": (),
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "show_signature": False,
    "remove_config_comments": True,
    "abort_on_example_error": True,
    "only_warn_on_example_error": False,
    "write_computation_times": False,  # a page that fetches its tables' scripts from elsewhere
}
suppress_warnings = ["config.cache"]
