"""Forms of lines: what two lines share when digits and hexadecimal letters do not count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tools.formats.lineforms import Forms, Lines

_LINE = st.text(st.sampled_from("0129/:agh`{}ß\xcf \t"), max_size=40).map(str.encode)
LINES = st.lists(st.one_of(_LINE, st.builds(bytes.__mul__, _LINE, st.integers(1, 6))), min_size=1, max_size=8)


def form_of(line: bytes) -> tuple[bytes, bytes]:
    plain = bytes(0xFF if byte in b"0123456789`abcdefg" else byte for byte in line)
    return plain[:80], plain[-16:] if len(plain) >= 16 else b""


@given(LINES)
def test_lines_have_one_number_where_their_forms_are_equal(lines: list[bytes]) -> None:
    numbers = Forms().of(Lines(b"\n".join(lines) + b"\n")).tolist()
    forms = [form_of(line) for line in lines]
    for number, form in zip(numbers, forms, strict=True):
        assert [number == other for other in numbers] == [form == other for other in forms]


@given(lines=LINES, ended=st.booleans())
def test_the_lines_of_a_block_are_those_between_line_ends(lines: list[bytes], *, ended: bool) -> None:
    block = b"\n".join(lines) + b"\n" * (ended or not lines[-1])
    read = Lines(block)
    assert [read[index] for index in range(len(read))] == lines
    assert read.lengths.tolist() == [len(line) for line in lines]


def test_a_line_has_the_same_form_in_every_block_and_window() -> None:
    line, other = b"2026-03-20T13:00:01Z it was so", b"and something else" * 20
    forms = Forms()
    (alone,) = forms.of(Lines(line)).tolist()
    among = forms.of(Lines(b"\n".join([line, other] * 3000)))
    assert set(among[::2].tolist()) == {alone}
    assert alone not in among[1::2]
    assert forms.of(Lines(line + b"\n")).tolist() == [alone]


def test_no_form_is_known_before_it_is_added() -> None:
    forms = Forms()
    numbers = forms.of(Lines(b"\n\nabc\n123\n"))
    assert forms.missing(numbers) == [0, 1, 2, 3]
    forms.add(int(numbers[2]))
    assert forms.missing(numbers) == [0, 1]
