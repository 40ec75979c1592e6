"""What is sent must leave a terminal showing the same as Textual's own output, in fewer bytes."""

import random
from itertools import pairwise

import pyte
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from ztui.tui.frugal import Frame

WIDTH, HEIGHT = 30, 6
STYLES = [
    Style.parse("#ffffff on #101010"),
    Style.parse("bold #ff0000 on #101010"),
    Style.parse("#ff0000 on #202020"),
    Style.parse("underline #00ff00"),
    Style(),
]


def console() -> Console:
    return Console(color_system="truecolor", force_terminal=True, width=WIDTH)


def strip(rng: random.Random, width: int, *, wide: bool = False) -> Strip:
    """A strip of random segments, exactly so many cells wide."""
    segments: list[Segment] = []
    left = width
    while left > 0:
        length = min(left, rng.randint(1, 9))
        text = "".join(rng.choice("ab c") for _ in range(length))
        if wide and length >= 2 and rng.random() < 0.4:
            text = "漢" + text[2:]
        segments.append(Segment(text, rng.choice(STYLES)))
        left -= length
    return Strip(segments, width)


def picture(screen: pyte.Screen) -> list[list[tuple[str, str, str, bool, bool]]]:
    return [
        [
            (cell.data, cell.fg, cell.bg, cell.bold, cell.underscore)
            for cell in (screen.buffer[y][x] for x in range(WIDTH))
        ]
        for y in range(HEIGHT)
    ]


def feed(screen: pyte.Screen, text: str) -> None:
    pyte.Stream(screen).feed(text)


def whole(rng: random.Random, *, wide: bool = False) -> LayoutUpdate:
    lines = [[strip(rng, WIDTH, wide=wide)] for _ in range(HEIGHT)]
    return LayoutUpdate(lines, Region(0, 0, WIDTH, HEIGHT))  # type: ignore[arg-type]


def partly(rng: random.Random, *, wide: bool = False) -> ChopsUpdate:
    """Some lines, cut in two or three pieces as widgets cut them, with the pieces of some changed."""
    cuts = sorted({0, rng.randint(3, 12), rng.randint(13, 25), WIDTH})
    chops = [{a: strip(rng, b - a, wide=wide) for a, b in pairwise(cuts)} for _ in range(HEIGHT)]
    spans = []
    for y in sorted(rng.sample(range(HEIGHT), 3)):
        i = rng.randrange(len(cuts) - 1)
        spans.append((y, cuts[i], cuts[i + 1]))
    return ChopsUpdate(chops, spans, [cuts[1:]] * HEIGHT)


def run(seed: int, *, wide: bool) -> tuple[int, int]:
    rng = random.Random(seed)
    frame, plain, frugal, out = Frame(), pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT), console()
    sent = usual = 0
    for step in range(25):
        update = whole(rng, wide=wide) if step == 0 or rng.random() < 0.2 else partly(rng, wide=wide)
        data = frame.encode(update, out, WIDTH, HEIGHT)
        ordinary = update.render_segments(out).replace("\n", "")
        sent, usual = sent + len(data), usual + len(ordinary)
        feed(frugal, data)
        feed(plain, ordinary)
        assert picture(frugal) == picture(plain), f"seed {seed}, step {step}"
    return sent, usual


def test_the_terminal_shows_the_same() -> None:
    for seed in range(40):
        sent, usual = run(seed, wide=False)
        assert sent < usual


def test_wide_characters_come_out_right_too() -> None:
    for seed in range(40):
        run(seed, wide=True)


def test_an_update_that_changes_nothing_sends_nothing() -> None:
    frame, out, update = Frame(), console(), whole(random.Random(7))
    assert frame.encode(update, out, WIDTH, HEIGHT)
    assert frame.encode(update, out, WIDTH, HEIGHT) == ""
    frame.forget()
    assert frame.encode(update, out, WIDTH, HEIGHT)


def test_one_changed_cell_costs_a_few_bytes() -> None:
    frame, out = Frame(), console()
    style = STYLES[0]
    lines = [[Strip([Segment("x" * WIDTH, style)], WIDTH)] for _ in range(HEIGHT)]
    frame.encode(LayoutUpdate(lines, Region(0, 0, WIDTH, HEIGHT)), out, WIDTH, HEIGHT)  # type: ignore[arg-type]
    lines[2] = [Strip([Segment("x" * 10 + "y" + "x" * (WIDTH - 11), style)], WIDTH)]
    data = frame.encode(LayoutUpdate(lines, Region(0, 0, WIDTH, HEIGHT)), out, WIDTH, HEIGHT)  # type: ignore[arg-type]
    assert data.startswith("\x1b[3;11H")
    assert len(data) < 60
