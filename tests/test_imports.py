"""Imports: no circles, counting those inside functions and those for type checkers."""

import re

import grimp
import pytest


def circles(graph: grimp.ImportGraph) -> list[set[str]]:
    """The groups of modules in which each imports every other, directly or not."""
    found = []
    left = set(graph.modules)
    while left:
        module = left.pop()
        below = graph.find_upstream_modules(module)
        group = {other for other in below & left if module in graph.find_upstream_modules(other)}
        left -= group
        if group:
            found.append({module, *group})
    return found


def test_no_module_imports_itself_by_way_of_others():
    assert circles(grimp.build_graph("convscope")) == []


def test_a_circle_is_seen():
    graph = grimp.ImportGraph()
    for importer, imported in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")):
        graph.add_import(importer=importer, imported=imported)
    assert circles(graph) == [{"a", "b", "c"}]


@pytest.mark.parametrize(
    ("library", "owners"),
    [("rich", r"terminal\..+"), ("typer", r"(terminal|cli)\..+|.+\.(command|options)")],
)
def test_a_library_of_the_terminal_is_known_to_few(library, owners):
    graph = grimp.build_graph("convscope", include_external_packages=True)
    found = graph.find_modules_that_directly_import(library)
    assert found
    assert [each for each in found if not re.fullmatch(rf"convscope\.({owners})", each)] == []
