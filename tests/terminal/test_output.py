"""Standard output: lines and tables as they are."""

import pytest

from convscope.terminal import output


def test_a_table_is_never_cut_and_numbers_stand_to_the_right(capsys):
    output.table(("name", "size"), [("a" * 300, 7), ("b", 1234), ("c", None)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "a" * 300 + "      7"
    assert lines[2].endswith("  1,234")
    assert lines[3].endswith("      -")


@pytest.mark.parametrize("text", ["[red]bee[/red]", "Bär \udcff"])
def test_a_line_is_printed_as_it_is(capsys, text):
    output.line(text)
    assert capsys.readouterr().out.strip() == text.replace("\udcff", "\\udcff")
