#!/usr/bin/env python3
"""Makes the font files in theme/fonts/ anew. Needed only to change a face or the set of characters.

    npm install --prefix DIR --ignore-scripts source-serif@4.5.1 @ibm/plex-mono@2.5.0
    pip install fonttools brotli
    python3 theme/make-fonts.py DIR/node_modules

The text face is Source Serif 4 and the code face IBM Plex Mono, each cut down to the characters a page needs. Their
licence (OFL 1.1) reserves the names "Source" and "Plex" for the originals, so the cut-down files carry names of their
own: Book Serif and Book Mono. Book Marks, drawn below, holds the task marks, so that ● ■ ▲ ◆ ✚ ★ have one weight and
one width in prose and in code on every machine.
"""

import base64
import io
import math
import os
import re
import sys

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fonts")

# What every page needs, and what some do: a browser loads the second file of a face when it meets a character of it.
COMMON = [*range(0x20, 0x7F), 0xA0, *map(ord, "·–—‘’“”…−×←→↑↓↔↺↻≤²³½¼éµ")]
MORE = [
    *range(0xA1, 0x100),
    # letters that names in the bibliography need
    *map(ord, "ıŁłŃńŐőŒœŚśŠšŽžĆćČčĘęĄąŻżŹźŞşĞğ"),
    *map(ord, "‚„†•÷≈≠≥∞"),
]
BOXES = [*map(ord, "─│┌┐└┘├┤┬┴┼"), 0x2588, 0x2591, 0x2593]

CUTS = [
    ("source-serif/TTF/SourceSerif4-Regular.ttf", "book-serif-400", "Book Serif", MORE),
    ("source-serif/TTF/SourceSerif4-It.ttf", "book-serif-400-italic", "Book Serif", MORE),
    ("source-serif/TTF/SourceSerif4-Semibold.ttf", "book-serif-600", "Book Serif", MORE),
    ("@ibm/plex-mono/fonts/complete/woff2/IBMPlexMono-Regular.woff2", "book-mono-400", "Book Mono", MORE + BOXES),
]


def ranges(characters: list[int]) -> str:
    """Characters as the value of `unicode-range`."""
    runs: list[list[int]] = []
    for character in sorted(set(characters)):
        if runs and runs[-1][1] == character - 1:
            runs[-1][1] = character
        else:
            runs.append([character, character])
    return ", ".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in runs)


def cut(source: str, name: str, family: str, characters: list[int]) -> None:
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = ["kern", "liga", "onum", "tnum"]
    options.name_IDs = [0, 13, 14]  # copyright, licence, its address
    font = TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    for name_id, text in ((1, family), (2, "Regular"), (4, name), (6, name)):
        font["name"].setName(text, name_id, 3, 1, 0x409)
    if "CFF " in font:
        font["CFF "].cff.fontNames = [name]
    font.flavor = "woff2"
    font.save(os.path.join(OUT, name + ".woff2"))


def write_ranges(name: str, characters: list[int]) -> None:
    """Tells the browser which characters a file has."""
    style = os.path.join(OUT, "fonts.css")
    with open(style, encoding="utf-8") as f:
        text = f.read()
    rule = re.compile(rf"(/{name}\.woff2\" }}}}'\) format\(\"woff2\"\);\n    unicode-range: )[^;]*;")
    text, count = rule.subn(lambda found: f"{found[1]}{ranges(characters)};", text)
    if count != 1:
        sys.exit(f"fonts.css has no unicode-range below {name}.woff2")
    with open(style, "w", encoding="utf-8") as f:
        f.write(text)


def polygon(*points: tuple[float, float]):
    def draw(pen):
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()

    return draw


def around(radius: float, corners: int, turn: float, inner: float | None = None):
    """A regular polygon about the middle of the cell, or a star when there is an inner radius. Clockwise."""
    points = []
    count = corners * (2 if inner else 1)
    for i in range(count):
        reach = inner if inner and i % 2 else radius
        angle = math.radians(90 + turn) - 2 * math.pi * i / count
        points.append((round(300 + reach * math.cos(angle)), round(MIDDLE + reach * math.sin(angle))))
    return polygon(*points)


def circle(radius: float):
    def draw(pen):
        r, k = radius, radius * math.tan(math.pi / 8)
        x, y = 300, MIDDLE
        pen.moveTo((x, y + r))
        for a, b, c in [
            ((k, r), (r, k), (r, 0)),
            ((r, -k), (k, -r), (0, -r)),
            ((-k, -r), (-r, -k), (-r, 0)),
            ((-r, k), (-k, r), (0, r)),
        ]:
            pen.qCurveTo(*[(round(x + p), round(y + q)) for p, q in (a, b, c)])
        pen.closePath()

    return draw


MIDDLE = 330
MARKS = {
    "●": circle(215),
    "■": polygon((105, 135), (105, 525), (495, 525), (495, 135)),
    "▲": polygon((60, 135), (300, 575), (540, 135)),
    "◆": around(268, 4, 0),
    "✚": polygon((222, 92), (222, 252), (62, 252), (62, 408), (222, 408), (222, 568), (378, 568), (378, 408), (538, 408), (538, 252), (378, 252), (378, 92)),
    "★": around(285, 5, 0, inner=118),
    "▼": polygon((60, 525), (540, 525), (300, 85)),
    "▶": polygon((110, 90), (110, 570), (530, 330)),
    "✓": polygon((70, 300), (130, 370), (238, 250), (470, 600), (545, 550), (250, 105)),
    "✗": polygon((115, 85), (50, 150), (235, 332), (65, 525), (140, 590), (300, 398), (470, 590), (535, 525), (365, 332), (550, 140), (485, 75), (300, 266)),
    "⇒": polygon((20, 390), (20, 450), (330, 450), (280, 545), (360, 545), (585, 330), (360, 115), (280, 115), (330, 210), (20, 210), (20, 270), (420, 270), (480, 330), (420, 390)),
}


def marks() -> None:
    names = {".notdef": None, **{f"uni{ord(c):04X}": draw for c, draw in MARKS.items()}}
    glyphs = {}
    for name, draw in names.items():
        pen = TTGlyphPen(None)
        if draw:
            draw(pen)
        glyphs[name] = pen.glyph()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(list(names))
    font.setupCharacterMap({ord(c): f"uni{ord(c):04X}" for c in MARKS})
    font.setupGlyf(glyphs)
    font.setupHorizontalMetrics({name: (600, glyphs[name].xMin if glyphs[name].numberOfContours else 0) for name in names})
    font.setupHorizontalHeader(ascent=1025, descent=-275)
    font.setupNameTable({"familyName": "Book Marks", "styleName": "Regular", "psName": "book-marks"})
    font.setupOS2(sTypoAscender=780, sTypoDescender=-220, usWinAscent=1025, usWinDescent=275)
    font.setupPost()
    font.font["head"].created = font.font["head"].modified = 3_600_000_000
    font.font.recalcTimestamp = False
    font.font.flavor = "woff2"
    file = io.BytesIO()
    font.font.save(file)
    # So small that it stands in the style sheet itself: no request, and no line that breaks anew when it arrives.
    style = os.path.join(OUT, "fonts.css")
    with open(style, encoding="utf-8") as f:
        text = f.read()
    data = base64.b64encode(file.getvalue()).decode()
    with open(style, "w", encoding="utf-8") as f:
        f.write(re.sub(r"url\(data:[^)]*\)", f"url(data:font/woff2;base64,{data})", text))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for source, name, family, more in CUTS:
        taken = [character for character in more if character not in COMMON]
        for file, characters in ((name, COMMON), (f"{name}-more", taken)):
            cut(os.path.join(sys.argv[1], source), file, family, characters)
            write_ranges(file, characters)
    marks()
    for file in sorted(os.listdir(OUT)):
        print(f"{os.path.getsize(os.path.join(OUT, file)):7} {file}")
