"""The table: its cursor, its scrolling, what it shows, and that it asks only for what is on screen."""

from collections.abc import Sequence

from textual.app import App, ComposeResult

from ztui.tui.theme import DARK, FALLBACKS, completed
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines, measure, stretch


class Asked:
    """A long source that remembers what it was asked for."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.most = 0

    def count(self) -> int:
        return self._count

    def lines(self, start: int, count: int) -> Sequence[Line]:
        self.most = max(self.most, count)
        stop = min(self._count, start + count)
        return [Line((f"a{i}", f"b{i}", "x" * 30), gutter=str(i)) for i in range(start, stop)]


class Bench(App[None]):
    """A grid alone."""

    def __init__(self, grid: Grid) -> None:
        super().__init__()
        self.grid = grid
        self.register_theme(DARK)
        self.theme = DARK.name
        self.heard: list[object] = []

    def get_css_variables(self) -> dict[str, str]:
        self.theme_variables = completed(super().get_css_variables())
        return self.theme_variables

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_grid_chosen(self, event: Grid.Chosen) -> None:
        self.heard.append((event.line, event.column))


def text(grid: Grid) -> list[str]:
    return [grid.render_line(y).text.rstrip() for y in range(grid.size.height)]


def bench(source: Asked | Lines) -> Bench:
    return Bench(Grid([Column("A"), Column("B"), Column("C", note="n")], source, gutter=9))


async def test_a_million_lines_are_scrolled_without_reading_them() -> None:
    source = Asked(1_000_000)
    app = bench(source)
    async with app.run_test(size=(60, 20)) as pilot:
        app.grid.focus()
        await pilot.press("pagedown", "pagedown", "ctrl+end")
        assert app.grid.line == 999_999
        assert text(app.grid)[-1].startswith("  999999 a99")
        await pilot.press("ctrl+home", "down", "up")
        assert text(app.grid)[2].startswith("       0 a0")
        assert source.most <= 61


async def test_the_cursor_stays_within_and_in_view() -> None:
    app = bench(Asked(100))
    async with app.run_test(size=(60, 20)) as pilot:
        app.grid.focus()
        await pilot.press("up", "left")
        assert (app.grid.line, app.grid.column) == (0, 0)
        await pilot.press(*["down"] * 30)
        assert app.grid.top == 30 - app.grid.page + 1
        await pilot.press("end")
        assert app.grid.column == 2
        await pilot.press("enter")
        assert app.heard == [(30, 2)]


async def test_columns_that_do_not_fit_are_reached_by_scrolling() -> None:
    columns = [Column(f"Column {i}", width=20) for i in range(10)]
    lines = Lines([Line(tuple(f"v{i}" for i in range(10)))])
    app = Bench(Grid(columns, lines, header=1))
    async with app.run_test(size=(60, 10)) as pilot:
        app.grid.focus()
        await pilot.press("end")
        assert "v9" in text(app.grid)[1]
        assert app.grid.left > 0
        await pilot.press("home")
        assert app.grid.left == 0


async def test_hostile_text_is_made_visible() -> None:
    lines = Lines([Line(("[/oops]", "\x1b]52;c;x\x07", "a\u202eb"))])
    app = bench(lines)
    async with app.run_test(size=(80, 10)):
        shown = text(app.grid)[2]
        assert "[/oops]" in shown
        assert "\x1b" not in shown
        assert "<U+202E>" in shown


async def test_wide_characters_keep_the_columns_straight() -> None:
    app = bench(Lines([Line(("漢字かな", "b", "c")), Line(("abcd", "b", "c"))]))
    async with app.run_test(size=(60, 10)):
        from rich.cells import cell_len

        first, second = text(app.grid)[2:4]
        assert cell_len(first[: first.index("b")]) == cell_len(second[: second.rindex("b")])


async def test_only_the_lines_named_are_drawn_again() -> None:
    app = bench(Asked(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        app.grid._exchange_repaint_regions()
        app.grid.repaint(3)
        regions = app.grid._exchange_repaint_regions()
        assert {(r.y, r.height) for r in regions} == {(5, 1)}


async def test_a_click_moves_and_a_second_one_chooses() -> None:
    app = bench(Asked(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.click(offset=(12, 6))
        assert (app.grid.line, app.grid.column) == (4, 0)
        await pilot.click(offset=(12, 6), times=2)
        assert app.heard == [(4, 0)]


def test_widths_follow_titles_and_values() -> None:
    columns = [Column("Name"), Column("N", width=3), Column("Long", stretch=1)]
    widths = measure(columns, [Line(("Margarethe", "1", "x"))])
    assert widths == [10, 3, 4]
    assert stretch(widths, columns, 40, 2) == [10, 3, 23]
    assert stretch(widths, columns, 10, 2) == widths


def test_every_variable_of_ours_falls_back_to_one_of_textuals() -> None:
    known = DARK.to_color_system().generate()
    assert all(related in known for related in FALLBACKS.values())
