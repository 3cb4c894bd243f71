"""The public names say what they take, what they return and what they raise."""

import ast
import dataclasses
import inspect
import textwrap

import pytest

import convscope as cs
from tests.documented import Doc, listed, members

FUNCTIONS = listed("function")
VERBS = listed("function", "verbs")
CLASSES = listed("class")
METHODS = {
    f"{name}.{each}": value for name, kind in CLASSES.items() for each, value in members(kind)
}


def public(module):
    """The functions and classes among the public names of a module."""
    every = {name: getattr(module, name) for name in module.__all__}
    return {
        name: value
        for name, value in every.items()
        if inspect.isfunction(value) or inspect.isclass(value)
    }


def test_the_reference_lists_every_public_name():
    known = [*FUNCTIONS.values(), *CLASSES.values()]
    assert [name for name, value in public(cs).items() if value not in known] == []
    functions = {
        name: value for name, value in public(cs.objectives).items() if inspect.isfunction(value)
    }
    assert [name for name, value in functions.items() if value not in known] == []


def test_the_reference_lists_every_error():
    errors = {
        value
        for value in vars(cs.errors).values()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert errors == set(listed("exception").values())


def raises(function) -> bool:
    """Whether the function's own body raises, functions inside of it left out."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    todo = list(ast.iter_child_nodes(tree))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Raise) and node.exc is not None:
            return True
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            todo += ast.iter_child_nodes(node)
    return False


def parameters(function) -> list[str]:
    """The parameters as Args writes them: 'photo', '*what', '**settings'."""
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    every = inspect.signature(function).parameters.values()
    return [f"{stars.get(each.kind, '')}{each.name}" for each in every if each.name != "self"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_what_it_takes_returns_and_raises(name):
    function, doc = FUNCTIONS[name], Doc.of(FUNCTIONS[name])
    assert doc.summary.startswith("Return ")
    assert doc.summary.endswith(".")
    assert [each.lstrip("*") for each in doc.sections.get("Args", {})] == [
        each.lstrip("*") for each in parameters(function)
    ]
    assert doc.sections["Returns"]
    assert not raises(function) or doc.sections["Raises"]


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_shows_how_it_is_called(name):
    assert f"{name}(" in Doc.of(FUNCTIONS[name]).sections["Example"]


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_explains_its_fields(name):
    kind, doc = CLASSES[name], Doc.of(CLASSES[name])
    explained = {each.lstrip("*") for each in doc.sections["Args"]}
    if dataclasses.is_dataclass(kind):
        every = {field.name: field for field in dataclasses.fields(kind) if field.init}
    else:
        every = dict(inspect.signature(kind).parameters)
    if kind is cs.Transforms:  # its parts are its arguments
        every = {"parts": None}
    assert explained <= set(every)
    # What is not in the repr is not for users either.
    assert all(field.repr is False for each, field in every.items() if each not in explained)
    post = getattr(kind, "__post_init__", None)
    assert not (post and raises(post)) or doc.sections["Raises"]


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_one_sentence_and_says_what_it_raises(name):
    value = METHODS[name]
    doc = Doc.of(value)
    assert doc.summary.endswith((".", ":"))
    body = value if inspect.isfunction(value) else getattr(value, "fget", None) or value.func
    assert not raises(body) or doc.sections["Raises"]
    known = parameters(value) if inspect.isfunction(value) else []
    assert {each.lstrip("*") for each in doc.sections.get("Args", {})} <= {
        each.lstrip("*") for each in known
    }
