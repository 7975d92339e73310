"""The charts of the monthly report, as SVG: the same bytes for the same figures, text drawn as outlines.

    flows([(310000, 320000, 1250), …], names, font)      # bytes

Drawn without a display; the plotting library's settings are left as they were. No date and no random ids in the file.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

INK, MUTED, GRID = "#1d2b3a", "#6b7a89", "#dfe5ea"
ACCEPTED, REJECTED, APPLIED, DAYS = "#2a7f78", "#c8553d", "#274c77", "#b0833b"
SIDES: Final = ("#274c77", "#2a7f78", "#b0833b", "#8a4f7d", "#4f772d", "#c8553d", "#5b6c7d", "#6d597a")
_STYLE: Final[Any] = {
    "svg.hashsalt": "huren",
    "svg.fonttype": "path",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": GRID,
    "axes.labelcolor": MUTED,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": False,
    "axes.unicode_minus": False,
    "text.parse_math": False,
}
_GAP: Final = 0.035
"""Between neighbours on one side of the flows, as a share of the height."""


def _drawn(size: tuple[float, float], font: Path, draw: Callable[[Any, Any], None]) -> bytes:
    """What `draw` draws on one pair of axes of `size` inches, as SVG."""
    import matplotlib as mpl  # noqa: PLC0415 - a second to import, needed for reports alone
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415 - beside it
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.font_manager import FontProperties, fontManager  # noqa: PLC0415

    if not any(known.fname == str(font) for known in fontManager.ttflist):
        fontManager.addfont(str(font))
    family = FontProperties(fname=str(font)).get_name()
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever the machine's own settings are
        mpl.rcParams.update({**_STYLE, "font.family": family})
        figure = Figure(figsize=size, layout="constrained")
        canvas: Any = FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        draw(figure, axes)
        out = io.BytesIO()
        canvas.print_svg(out, metadata={"Date": None, "Creator": None})
    return out.getvalue()


def flows(pairs: Sequence[tuple[int, int, int]], names: Mapping[int, str], font: Path) -> bytes:
    """Ribbons from provinces to provinces, as wide as their amounts.

    Args:
        pairs: (source, target, amount), amounts above zero.
        names: of the provinces.
        font: the font's file.
    """

    def draw(_figure: Any, axes: Any) -> None:  # noqa: ANN401 - matplotlib's
        from matplotlib.patches import PathPatch, Rectangle  # noqa: PLC0415 - see `_drawn`
        from matplotlib.path import Path as Curve  # noqa: PLC0415

        provinces = sorted({one for source, target, _ in pairs for one in (source, target)})
        colours = {one: SIDES[place % len(SIDES)] for place, one in enumerate(provinces)}
        left, right = _stacked(pairs, 0), _stacked(pairs, 1)
        for source, target, size in pairs:
            top_l, top_r = left.place(source, size), right.place(target, size)
            low_l, low_r = top_l - left.share(size), top_r - right.share(size)
            points = [
                (0.04, top_l), (0.5, top_l), (0.5, top_r), (0.96, top_r),
                (0.96, low_r), (0.5, low_r), (0.5, low_l), (0.04, low_l), (0.04, top_l),
            ]  # fmt: skip
            codes = [Curve.MOVETO, *[Curve.CURVE4] * 3, Curve.LINETO, *[Curve.CURVE4] * 3, Curve.CLOSEPOLY]
            axes.add_patch(PathPatch(Curve(points, codes), facecolor=colours[source], alpha=0.42, linewidth=0))
        for side, x, align in ((left, 0.0, "right"), (right, 0.96, "left")):
            for province, (top, low, amount) in side.blocks.items():
                axes.add_patch(Rectangle((x, low), 0.04, top - low, facecolor=colours[province], linewidth=0))
                words = f"{names[province]}  {amount / 100:,.0f}"
                beside = -0.015 if align == "right" else 1.015
                axes.text(beside, (top + low) / 2, words, ha=align, va="center", fontsize=9.5)
        axes.set(xlim=(-0.24, 1.24), ylim=(-0.01, 1.01))
        axes.axis("off")

    count = len({source for source, _, _ in pairs} | {target for _, target, _ in pairs})
    return _drawn((7.2, max(2.6, min(4.4, 0.72 * count))), font, draw)


class _Side:
    """Where the blocks and ribbons of one side lie, from the top down."""

    def __init__(self, amounts: Mapping[int, int]) -> None:
        free = 1 - _GAP * (len(amounts) - 1)
        self._unit = free / sum(amounts.values())
        self.blocks: dict[int, tuple[float, float, int]] = {}
        self._next: dict[int, float] = {}
        top = 1.0
        for province, size in amounts.items():
            self.blocks[province] = (top, top - self.share(size), size)
            self._next[province] = top
            top -= self.share(size) + _GAP

    def share(self, size: int) -> float:
        return size * self._unit

    def place(self, province: int, size: int) -> float:
        top = self._next[province]
        self._next[province] = top - self.share(size)
        return top


def _stacked(pairs: Sequence[tuple[int, int, int]], side: int) -> _Side:
    amounts: dict[int, int] = {}
    for pair in sorted(pairs, key=lambda one: one[side]):
        amounts[pair[side]] = amounts.get(pair[side], 0) + pair[2]
    return _Side(amounts)


def decisions(
    months: Sequence[str],
    accepted: Sequence[int],
    rejected: Sequence[int],
    applied: Sequence[int],
    words: tuple[str, str, str],
    font: Path,
) -> bytes:
    """Bars of accepted and rejected ones by the month of the decision, and applications as a line.

    `words` name accepted, rejected and applied.
    """

    def draw(_figure: Any, axes: Any) -> None:  # noqa: ANN401 - matplotlib's
        places = range(len(months))
        axes.bar(places, accepted, width=0.62, color=ACCEPTED, label=words[0], zorder=2)
        axes.bar(places, rejected, width=0.62, bottom=accepted, color=REJECTED, label=words[1], zorder=2)
        axes.plot(places, applied, color=APPLIED, marker="o", markersize=3.6, linewidth=1.4, label=words[2], zorder=3)
        _months(axes, months)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, frameon=False, fontsize=8.5, handlelength=1.4)

    return _drawn((7.2, 2.7), font, draw)


def median_days(months: Sequence[str], days: Sequence[float | None], font: Path) -> bytes:
    """The median of days to a decision, by the month of the request; nothing where nothing was decided."""

    def draw(_figure: Any, axes: Any) -> None:  # noqa: ANN401 - matplotlib's
        places = [place for place, value in enumerate(days) if value is not None]
        values = [value for value in days if value is not None]
        axes.plot(places, values, color=DAYS, marker="o", markersize=4.5, linewidth=1.6, zorder=3)
        for place, value in zip(places, values, strict=True):
            text = f"{value:g}"
            axes.annotate(text, (place, value), xytext=(0, 6), textcoords="offset points", ha="center", fontsize=8)
        axes.set_ylim(0, max([*values, 1]) * 1.25)
        axes.set_xlim(-0.6, len(months) - 0.4)
        _months(axes, months)

    return _drawn((7.2, 2.1), font, draw)


def reasons(labels: Sequence[str], counts: Sequence[int], font: Path) -> bytes:
    """How many were rejected for which reason."""

    def draw(_figure: Any, axes: Any) -> None:  # noqa: ANN401 - matplotlib's
        places = range(len(labels))
        axes.barh(places, counts, height=0.58, color=REJECTED, zorder=2)
        for place, many in zip(places, counts, strict=True):
            axes.annotate(
                f"{many:,}", (many, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8.5
            )
        axes.set_yticks(list(places), list(labels))
        axes.invert_yaxis()
        axes.tick_params(length=0)
        axes.set_xlim(0, max([*counts, 1]) * 1.12)
        axes.get_xaxis().set_visible(False)
        axes.spines["bottom"].set_visible(False)
        for label in axes.get_yticklabels():
            label.set_color(INK)

    return _drawn((7.2, 0.42 * len(labels) + 0.35), font, draw)


def _months(axes: Any, months: Sequence[str]) -> None:  # noqa: ANN401 - matplotlib's
    axes.set_xticks(range(len(months)), list(months))
    axes.tick_params(length=0)
    axes.grid(axis="y", color=GRID, linewidth=0.7, zorder=0)
    axes.set_axisbelow(True)
    axes.get_yaxis().set_major_formatter(lambda value, _place: f"{value:,.0f}")
    axes.get_yaxis().get_major_locator().set_params(integer=True, nbins=5)
