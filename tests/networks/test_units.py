"""Addresses: parsing and printing are inverse, and what is not an address is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convscope.errors import InputError
from convscope.networks.units import Address, Unit

plain = st.from_regex(r"[A-Za-z0-9_.~][A-Za-z0-9_.~/-]{0,20}", fullmatch=True)
names = st.one_of(plain, st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
numbers = st.integers(0, 5000)
places = st.one_of(st.none(), st.just("center"), st.tuples(numbers, numbers))


@st.composite
def units(draw):
    channel = draw(st.one_of(st.none(), numbers))
    at = None if channel is None else draw(places)
    return Unit(draw(names), channel, at, draw(st.booleans()))


@given(units())
def test_printing_and_parsing_are_inverse(unit):
    assert Unit.parse(str(unit)) == unit


@given(units(), units())
def test_different_units_never_share_a_printed_form(one, other):
    assert (str(one) == str(other)) == (one == other)


@given(units())
def test_a_stem_is_a_plain_file_name(unit):
    assert not set(unit.stem) & set('/\\:@,*?"<>| ')
    assert unit.stem


@pytest.mark.parametrize(
    ("text", "kind"),
    [("conv", "layer"), ("conv:3", "channel"), ("conv:3@1,2", "neuron"), ("c:3@center", "neuron")],
)
def test_what_is_written_says_what_it_is(text, kind):
    assert Unit.parse(text).kind == kind


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("conv:0-15", Address("conv", "0-15")),
        ("conv:*", Address("conv", "*")),
        ("predictions:sports car", Address("predictions", "sports car")),
        ("-a/b:3@7,8", Address("a/b", "3", (7, 8), True)),
        ("  conv:3  ", Address("conv", "3")),
        ('"conv@2":17', Address("conv@2", "17")),
        ('-"a - b":3@center', Address("a - b", "3", "center", True)),
        ('predictions:"me@home"', Address("predictions", "me@home", label=True)),
        (r'predictions:"the \"big\" one"', Address("predictions", 'the "big" one', label=True)),
        ("predictions:#7", Address("predictions", "#7")),
    ],
)
def test_addresses_are_read_part_by_part(text, address):
    assert Address.parse(text) == address


@pytest.mark.parametrize(
    "text", ["", " ", ":3", "conv:", "conv@1,2", "conv:3@1", "conv:3@a,b", "-"]
)
def test_what_is_no_address_is_refused_with_examples(text):
    with pytest.raises(InputError, match=r"Expected a unit such as 'layer'.*Received: "):
        Address.parse(text)


@pytest.mark.parametrize("text", ["conv:0-3", "conv:*", "predictions:bee"])
def test_several_units_are_not_one(text):
    with pytest.raises(InputError, match="Expected one unit, its channel a number"):
        Unit.parse(text)
