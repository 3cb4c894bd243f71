"""Imports: no circles, counting those inside functions and those for type checkers."""

import grimp


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
