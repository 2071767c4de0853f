//! What plotters draws, in the page's own colours and face.
//!
//! plotters writes a fixed colour, face and size into each element. Here each colour it was given stands for a name:
//!
//! ```text
//! <text font-family="serif" font-size="12" opacity="1" fill="#010000" …>   before
//! <text class="ink" fill="currentColor" …>                                 after
//! ```
//!
//! and the style sheet says what colour each name has, by day, at night and on paper. Where it cannot say, in a reader of
//! feeds or where the system forces its colours, the picture is drawn in the colour of the text.

use plotters::style::RGBColor;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// What a thing in a plot is: its class on the page, and the colour by which plotters knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// Numbers and names.
    Ink,
    /// Axes and their titles.
    Quiet,
    /// The grid.
    Rule,
    /// The marks of the series of this number.
    Series(u8),
    /// The line that joins them, which has a pattern of its own.
    Line(u8),
}

const CLASSES: [&str; 6] = ["series-a", "series-b", "series-c", "series-d", "series-e", "series-f"];

/// A pattern for each line, so that they are told apart without colour; the first is solid.
const DASHES: [&str; 6] = ["", "7 4", "2 3", "10 3 2 3", "14 5", "5 2 2 2 2 2"];

impl Paint {
    pub(super) fn color(self) -> RGBColor {
        match self {
            Paint::Ink => RGBColor(1, 0, 0),
            Paint::Quiet => RGBColor(1, 0, 1),
            Paint::Rule => RGBColor(1, 0, 2),
            Paint::Series(n) => RGBColor(2, 0, n),
            Paint::Line(n) => RGBColor(3, 0, n),
        }
    }

    /// The attributes of what has the colour `digits`, six of them; nothing, if no paint has it.
    fn attributes(digits: &str, attribute: &str) -> Option<String> {
        let code = u32::from_str_radix(digits, 16).ok()?;
        let of = |names: &[&'static str]| names.get((code & 0xFF) as usize).copied();
        let (class, dash) = match code >> 8 {
            0x0100 => (of(&["ink", "quiet", "rule"])?, ""),
            0x0200 => (of(&CLASSES)?, ""),
            0x0300 => (of(&CLASSES)?, of(&DASHES)?),
            _ => return None,
        };
        let dash = if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
        Some(format!("class=\"{class}\" {attribute}=\"currentColor\"{dash}"))
    }
}

static FIXED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#" (?:font-family="[^"]*"|font-size="[^"]*"|opacity="1"|(fill|stroke)="none")"#).expect("a pattern")
});
static COLOR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r##"(fill|stroke)="#([0-9A-F]{6})""##).expect("a pattern"));

/// The elements that plotters wrote, without the element around them, on one line.
///
/// # Errors
/// When one has a colour that is none of [`Paint`].
pub(super) fn dress(svg: &str) -> Result<String, String> {
    let open = svg.find('>').ok_or("plotters drew nothing")? + 1;
    let close = svg.rfind("</svg>").ok_or("plotters drew half a picture")?;
    // Texts hold no quotation marks: plotters writes them as &quot;, and only attributes are found here.
    let bare = FIXED.replace_all(&svg[open..close], |found: &Captures<'_>| match found.get(1).map(|it| it.as_str()) {
        // A line is not filled, which has to be said; that a filled shape has no stroke need not.
        Some("fill") => " fill=\"none\"",
        _ => "",
    });
    let mut unknown = None;
    let dressed = COLOR.replace_all(&bare, |found: &Captures<'_>| {
        Paint::attributes(&found[2], &found[1]).unwrap_or_else(|| {
            unknown = Some(found[2].to_owned());
            String::new()
        })
    });
    match unknown {
        Some(color) => Err(format!("plotters drew in #{color}, which is no colour of the page")),
        None => Ok(dressed.lines().map(str::trim_start).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(element: &str) -> String {
        format!("<svg width=\"1\" height=\"1\">\n{element}\n</svg>\n")
    }

    #[test]
    fn a_colour_becomes_its_name() {
        let text = r##"<text x="1" y="2" dy="0.5ex" text-anchor="end" font-family="serif" font-size="12" opacity="1" fill="#010000">"##;
        let text = around(&format!("{text}\nfill=&quot;#010000&quot;\n</text>"));
        let expected = "<text x=\"1\" y=\"2\" dy=\"0.5ex\" text-anchor=\"end\" class=\"ink\" fill=\"currentColor\">fill=&quot;#010000&quot;</text>";
        assert_eq!(dress(&text), Ok(expected.to_owned()));
        let line =
            around(r##"<polyline fill="none" opacity="1" stroke="#030001" stroke-width="2" points="1,2 3,4 "/>"##);
        let expected = "<polyline fill=\"none\" class=\"series-b\" stroke=\"currentColor\" stroke-dasharray=\"7 4\" stroke-width=\"2\" points=\"1,2 3,4 \"/>";
        assert_eq!(dress(&line), Ok(expected.to_owned()));
        let bar = around(r##"<rect x="1" y="2" width="3" height="4" opacity="0.3" fill="#020005" stroke="none"/>"##);
        let expected =
            "<rect x=\"1\" y=\"2\" width=\"3\" height=\"4\" opacity=\"0.3\" class=\"series-f\" fill=\"currentColor\"/>";
        assert_eq!(dress(&bar), Ok(expected.to_owned()));
    }

    #[test]
    fn every_paint_has_a_colour_of_its_own() {
        let series = (0..6).flat_map(|n| [Paint::Series(n), Paint::Line(n)]);
        let paints: Vec<Paint> = [Paint::Ink, Paint::Quiet, Paint::Rule].into_iter().chain(series).collect();
        let digits = |paint: &Paint| {
            let RGBColor(r, g, b) = paint.color();
            format!("{r:02X}{g:02X}{b:02X}")
        };
        let told: std::collections::BTreeSet<_> =
            paints.iter().map(|paint| Paint::attributes(&digits(paint), "fill").unwrap_or_default()).collect();
        // The first line is solid, as its marks are.
        assert_eq!(told.len(), paints.len() - 1);
        assert!(!told.contains(""));
    }

    #[test]
    fn another_colour_is_refused() {
        for color in ["FF0000", "010003", "020006", "000000"] {
            let fault = dress(&around(&format!("<circle r=\"1\" fill=\"#{color}\"/>"))).unwrap_err();
            assert!(fault.contains(color), "{fault}");
        }
    }
}
