"""What Sphinx is taught for the site: links of the repository, docstrings, commands, lessons."""

import ast
import json
from pathlib import Path

import pytest

pytest.importorskip("sphinx_gallery")

from sphinx_gallery.gen_gallery import DEFAULT_GALLERY_CONF
from sphinx_gallery.notebook import jupyter_notebook
from sphinx_gallery.py_source_parser import split_code_and_text_blocks

from docs.extensions import commands, docstrings, repository_links

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "docs" / "lessons").glob("*.py"))


@pytest.mark.parametrize(
    ("written", "led"),
    [
        ("[a](README.md)", "[a](benchmarks/index.md)"),
        ("[a](README.md#top)", "[a](benchmarks/index.md#top)"),
        (
            "[a](peers/judge.py)",
            "[a](https://github.com/convscope/convscope/blob/main/benchmarks/peers/judge.py)",
        ),
        (
            "[a](peers/workers)",
            "[a](https://github.com/convscope/convscope/tree/main/benchmarks/peers/workers)",
        ),
        ("![a](peers/RESULTS.png)", "![a](../benchmarks/peers/RESULTS.png)"),
        ("[a](../docs/architecture.md)", "[a](architecture.md)"),
        ("[a](https://keras.io)", "[a](https://keras.io)"),
        ("```\n[a](README.md)\n```", "```\n[a](README.md)\n```"),
    ],
)
def test_a_link_of_the_repository_is_led_to_the_site_or_to_github(written, led):
    found = repository_links.rewritten(written, ROOT / "benchmarks", ROOT / "docs")
    assert found == led


def test_every_file_that_is_included_has_its_page():
    for file, page in repository_links.INCLUDED.items():
        text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        assert (ROOT / file).is_file()
        assert text.startswith("```{include} ")
        assert text.splitlines()[0].endswith(file)


def test_a_docstring_keeps_its_words():
    written = [
        "Return one.",
        "",
        "Args:",
        "    a: the first.",
        "",
        "Returns:",
        "    One: that.",
        "",
    ]
    written += ["Example:", "    ``one(a)``"]
    assert docstrings.prepared(written, has_fields=False) == [
        *written[:5],
        ":returns: One: that.",
        "",
        "Example:",
        "    .. code-block:: python",
        "",
        "        one(a)",
        "",
    ]
    assert "Fields:" in docstrings.prepared(written, has_fields=True)


def test_every_command_is_written():
    found = [each.command_path for each in commands.every_command(commands.application())]
    assert {"convscope tour", "convscope maximize", "convscope atlas export"} <= set(found)
    assert len(found) == len(set(found)) > 20
    for each in commands.every_command(commands.application()):
        assert each.command.help, each.command_path
        for parameter in each.command.params:
            assert getattr(parameter, "help", None), f"{each.command_path} {parameter.name}"


def test_there_are_four_lessons():
    assert [path.stem[:2] for path in LESSONS] == ["1_", "2_", "3_", "4_"]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_a_notebook_that_opens_without_the_network(lesson):
    blocks = split_code_and_text_blocks(str(lesson))[1]
    notebook = jupyter_notebook(blocks, DEFAULT_GALLERY_CONF, str(lesson.parent))
    opened = json.loads(json.dumps(notebook))
    cells = opened["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    words = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert len(code) >= 5
    for cell in code:
        ast.parse(cell)
        assert "http" not in cell
    assert all(heading in words for heading in ("Exercises", "Sources"))
