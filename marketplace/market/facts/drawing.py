"""A map that is drawn here: a dot for each town of the country, circles where something is, and names that fit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from marketplace.regions.towns import KM_A_DEGREE, Town, town_named, towns

WIDTH = 600
TALLEST = 720
SMALLEST = 30.0
"""Kilometres that a map shows at least."""
_MARGIN = 45
_EAST = KM_A_DEGREE * cos(radians(52.2))
"""Kilometres to a degree of longitude, in the middle of the country."""
_LETTER, _LINE = 12, 24
"""About how wide a letter and how high a line of a name is, at its largest: on a phone."""
BIG = (
    *(
        "Amsterdam",
        "Rotterdam",
        "Den Haag",
        "Utrecht",
        "Eindhoven",
        "Groningen",
        "Tilburg",
        "Almere",
        "Breda",
    ),
    *("Nijmegen", "Arnhem", "Enschede", "Haarlem", "Zwolle", "Maastricht", "'s-Hertogenbosch", "Leeuwarden"),
    *("Apeldoorn", "Amersfoort", "Leiden", "Dordrecht", "Emmen", "Assen", "Deventer", "Venlo", "Lelystad"),
    *("Alkmaar", "Den Helder", "Middelburg", "Terneuzen", "Hoogeveen", "Heerenveen", "Meppel", "Hardenberg"),
)
"""Towns that people find their way by, largest first."""

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Circle:
    """A town in which something is: how many offers, and the address of the search there."""

    town: Town
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A circle where it stands on the map."""

    circle: Circle
    x: int
    y: int
    radius: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name beside a point of the map."""

    text: str
    x: int
    y: int
    anchor: str
    """Which end of it stands there, in the words of SVG."""
    is_far: bool
    """Whether nothing is there: it is just to find one's way."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map, in units of which it is WIDTH wide."""

    height: int
    dots: str
    """All towns in sight, as the path of an SVG."""
    circles: list[Drawn]
    names: list[Name]


def drawn(circles: Sequence[Circle]) -> Drawing | None:
    """The map on which these circles, most first, just fit; None without any."""
    if not circles:
        return None
    frame = _Frame([each.town for each in circles])
    most = circles[0].count
    placed = [
        Drawn(each, *frame.place(each.town), radius=round(13 + 8 * sqrt(each.count / most)))
        for each in circles
    ]
    return Drawing(frame.height, frame.dots(), placed, list(_names(placed, frame)))


class _Frame:
    """The part of the country that a map shows."""

    def __init__(self, shown: Iterable[Town]) -> None:
        points = [_kilometres(town) for town in shown]
        (left, right), (top, bottom) = (_span(axis) for axis in zip(*points, strict=True))
        self.scale = min((WIDTH - 2 * _MARGIN) / (right - left), (TALLEST - 2 * _MARGIN) / (bottom - top))
        self.height = round(max((bottom - top) * self.scale + 2 * _MARGIN, WIDTH / 2))
        self.left = (left + right) / 2 - WIDTH / 2 / self.scale
        self.top = (top + bottom) / 2 - self.height / 2 / self.scale

    def place(self, town: Town) -> tuple[int, int]:
        """Where a town stands on the map, or beside it."""
        east, south = _kilometres(town)
        return round((east - self.left) * self.scale), round((south - self.top) * self.scale)

    def has(self, x: float, y: float) -> bool:
        """Whether that is on the map."""
        return 0 <= x <= WIDTH and 0 <= y <= self.height

    def dots(self) -> str:
        """Every town in sight as a dot."""
        return "".join(f"M{x} {y}h0" for x, y in map(self.place, towns()) if self.has(x, y))


def _kilometres(town: Town) -> Point:
    """How far a town lies east and south of a corner."""
    return town.longitude * _EAST, -town.latitude * KM_A_DEGREE


def _span(axis: Iterable[float]) -> Point:
    first, last = min(values := list(axis)), max(values)
    more = max(SMALLEST - (last - first), 0) / 2
    return first - more, last + more


def _names(placed: Sequence[Drawn], frame: _Frame) -> Iterator[Name]:
    """The names that fit, each beside its circle; then those of big towns where there is room."""
    taken: list[Box] = [
        (each.x - each.radius, each.y - each.radius, each.x + each.radius, each.y + each.radius)
        for each in placed
    ]
    there = {each.circle.town for each in placed}
    big = [town for name in BIG if (town := town_named(name)) and town not in there]
    wanted = [(each.circle.town.name, each.x, each.y, each.radius + 4, False) for each in placed]
    wanted += [(town.name, *frame.place(town), 6, True) for town in big]
    for text, x, y, away, is_far in wanted:
        for name, box in _beside(text, x, y, away, is_far):
            is_in = frame.has(box[0], box[1]) and frame.has(box[2], box[3])
            if is_in and not any(_meet(box, other) for other in taken):
                taken.append(box)
                yield name
                break


def _beside(text: str, x: int, y: int, away: int, is_far: bool) -> Iterator[tuple[Name, Box]]:
    """Where the name of a point may stand: to its right, to its left, below, above; with the room that it takes."""
    wide, high = _LETTER * len(text), _LINE / 2
    yield Name(text, x + away, y, "start", is_far), (x + away, y - high, x + away + wide, y + high)
    yield Name(text, x - away, y, "end", is_far), (x - away - wide, y - high, x - away, y + high)
    for line in (y + away + 12, y - away - 12):
        box = (x - wide / 2, line - high, x + wide / 2, line + high)
        yield Name(text, x, line, "middle", is_far), box


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
