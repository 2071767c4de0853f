//! Drawing a measurement, as SVG that wears what the page wears.
//!
//! ```text
//! Frame ──────── how wide the picture is, and how large its letters are
//! picture() ──── a measurement in a frame -> <svg>
//! ├─ rows ────── names on x: a row each, its name beside or above it, its value written at its end
//! └─ lines ───── numbers on x: a line for each series
//! legend() ───── the mark of a series, as <svg>
//! in_words() ─── what is to be seen, for those who do not see it
//! axis::Axis ─── where numbers are written
//! dress ──────── plotters' colours -> the page's
//! ```
//!
//! A picture that shrinks takes its letters with it, and on a phone nobody could read them. One that scrolls hides the end
//! of a line, which is what a plot is for. So each plot is drawn twice, for a wide column and for a narrow one, and the
//! style sheet shows the one that fits.
//!
//! The same measurement gives the same bytes: places are whole pixels, and the width of a text is estimated from its length.

mod axis;
mod dress;

use crate::html::escape;
use axis::Axis;
use dress::{Paint, dress};
use listing::{Measurement, Plot, Point, Scale, Shape, X};
use plotters::chart::ChartBuilder;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, ShapeStyle, TextStyle};
use std::fmt::Display;

/// The measures of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    /// As the style sheet calls it.
    pub(crate) class: &'static str,
    width: i32,
    /// Of a picture of lines; rows are as high as they need to be.
    height: i32,
    letters: i32,
}

/// In the column of a desk, and on paper.
pub(crate) const WIDE: Frame = Frame { class: "wide", width: 640, height: 380, letters: 15 };
/// In the column of a phone.
pub(crate) const NARROW: Frame = Frame { class: "narrow", width: 328, height: 300, letters: 13 };

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

impl Frame {
    /// How wide a text is, or somewhat less: letters of the book's face are half as wide as high.
    fn width_of(self, text: &str) -> i32 {
        (text.chars().count() as f64 * f64::from(self.letters) * 0.55).ceil() as i32
    }

    fn widest(self, texts: &[String]) -> i32 {
        texts.iter().map(|text| self.width_of(text)).max().unwrap_or(0)
    }

    /// Where a text begins: at `left`, or as far before it as it has to.
    fn fitting(self, left: i32, text: &str) -> i32 {
        left.min(self.width - self.width_of(text)).max(0)
    }

    fn style(self, paint: Paint, h: HPos, v: VPos) -> TextStyle<'static> {
        // plotters divides by 1.24, and `dress` takes the size away.
        let font = ("serif", f64::from(self.letters) * 1.24).into_font();
        font.color(&paint.color()).pos(Pos::new(h, v))
    }
}

/// The picture of a measurement that is not malformed ([`Measurement::malformed`]).
///
/// # Errors
/// When plotters cannot draw it.
pub(crate) fn picture(measurement: &Measurement, plot: &Plot, title: &str, frame: Frame) -> Result<String, String> {
    let shape = plot.shape(measurement);
    let (height, elements) = match shape {
        Shape::Lines => drawn((frame.width, frame.height), |area| lines(area, measurement, plot, frame))?,
        Shape::Bars | Shape::Dots => {
            let rows = Rows::of(measurement, frame);
            drawn((frame.width, rows.height()), |area| rows.draw(area, measurement, plot, frame, shape))?
        }
    };
    let Frame { class, width, letters, .. } = frame;
    Ok(format!(
        "<svg class=\"{class}\" role=\"img\" viewBox=\"0 0 {width} {height}\" font-size=\"{letters}\"><title>{}</title>\
         <desc>{}</desc>{elements}</svg>",
        escape(title),
        escape(&in_words(measurement, plot))
    ))
}

/// The mark and the line of a series, for a legend.
///
/// # Errors
/// When plotters cannot draw it.
pub(crate) fn legend(series: usize, shape: Shape) -> Result<String, String> {
    let (width, height) = (36, 14);
    let (_, elements) = drawn((width, height), |area| {
        let middle = height / 2;
        if shape == Shape::Lines {
            line(area, &[(0, middle), (width, middle)], Paint::Line(number(series)), 2)?;
        }
        mark(area, (width / 2, middle), series)
    })?;
    Ok(format!("<svg class=\"key\" aria-hidden=\"true\" viewBox=\"0 0 {width} {height}\">{elements}</svg>"))
}

/// What `draw` draws, and how high it is.
fn drawn(
    (width, height): (i32, i32),
    draw: impl FnOnce(&Area<'_>) -> Result<(), String>,
) -> Result<(i32, String), String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width.unsigned_abs(), height.unsigned_abs())).into_drawing_area();
        draw(&area)?;
        area.present().map_err(words)?;
    }
    Ok((height, dress(&svg)?))
}

fn words(error: impl Display) -> String {
    error.to_string()
}

fn number(series: usize) -> u8 {
    u8::try_from(series).unwrap_or(u8::MAX)
}

/// A name on x and what stands in its row.
struct Row {
    name: String,
    /// The series, and its point there.
    points: Vec<(usize, Point)>,
}

/// A picture of rows, and its measures.
struct Rows {
    rows: Vec<Row>,
    /// Whether the names stand beside their rows; else above.
    beside: bool,
    /// Of the widest name, where names stand beside.
    names: i32,
    /// From one row to the next, within a name.
    step: i32,
    /// Before a name, for it if it stands above.
    head: i32,
    /// Above the first row, for the title of the names.
    crown: i32,
    below: i32,
}

impl Rows {
    fn of(measurement: &Measurement, frame: Frame) -> Rows {
        let mut xs = measurement.xs();
        // Numbers in their order, names in the order of the record.
        xs.sort_by(|a, b| match (a, b) {
            (X::Number(a), X::Number(b)) => a.total_cmp(b),
            _ => std::cmp::Ordering::Equal,
        });
        let row = |x: &X| {
            let point = |(at, series): (usize, &listing::Series)| {
                Some((at, series.points.iter().find(|point| point.x == *x)?.clone()))
            };
            Row { name: x.to_string(), points: measurement.series.iter().enumerate().filter_map(point).collect() }
        };
        let rows: Vec<Row> = xs.into_iter().map(row).collect();
        let names = frame.widest(&rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>());
        let beside = names * 3 <= frame.width;
        let letters = frame.letters;
        Rows {
            rows,
            beside,
            names: if beside { names } else { 0 },
            step: letters * 8 / 5,
            head: if beside { letters * 3 / 5 } else { letters * 11 / 5 },
            crown: letters * 9 / 5,
            below: letters * 4,
        }
    }

    /// Of the rows alone.
    fn depth(&self) -> i32 {
        self.rows.iter().map(|row| self.head + self.step * row.points.len() as i32).sum::<i32>() + self.step / 3
    }

    fn height(&self) -> i32 {
        self.crown + self.depth() + self.below
    }

    fn draw(
        &self,
        area: &Area<'_>,
        measurement: &Measurement,
        plot: &Plot,
        frame: Frame,
        shape: Shape,
    ) -> Result<(), String> {
        let letters = frame.letters;
        let values: Vec<f64> = extent(measurement);
        let written: Vec<String> = measurement.points().map(|point| measurement.quantity(point.y)).collect();
        // Beside the axis stand the names, and at the other end what is written at the largest value.
        let right = frame.widest(&written) + letters;
        let mut left = if self.beside { self.names + letters * 4 / 5 } else { letters };
        let axis = |left: i32| {
            let room = frame.width - left - right;
            // A tick is written in at most seven letters: "100 µs", or as long as the longest value.
            let each =
                frame.width_of("100,000").max(frame.widest(&ticks(plot.y, &values, measurement))) + letters * 3 / 2;
            Axis::new(plot.y, &values, (room / each + 1).max(2) as usize)
        };
        let first = axis(left).ticks.first().map_or(0, |tick| frame.width_of(&measurement.tick(*tick)) / 2 + 1);
        left = left.max(first);
        let axis = axis(left);
        let mut chart = ChartBuilder::on(area)
            .margin_top(self.crown)
            .margin_right(right)
            .set_label_area_size(plotters::chart::LabelAreaPosition::Left, left)
            .set_label_area_size(plotters::chart::LabelAreaPosition::Bottom, self.below)
            .build_cartesian_2d(axis.clone(), Axis::rows(f64::from(self.depth())..0.0))
            .map_err(words)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .light_line_style(ShapeStyle::from(&Paint::Rule.color()))
            .bold_line_style(ShapeStyle::from(&Paint::Rule.color()))
            .axis_style(ShapeStyle::from(&Paint::Quiet.color()))
            .x_label_style(frame.style(Paint::Quiet, HPos::Center, VPos::Top))
            .x_label_formatter(&|value| measurement.tick(*value))
            .x_labels(axis.ticks.len())
            .draw()
            .map_err(words)?;
        let title = measurement.axis_title();
        let at = (frame.fitting(left, &title), self.height() - letters / 3);
        text(area, &title, at, frame.style(Paint::Quiet, HPos::Left, VPos::Bottom))?;
        match self.beside {
            true => {
                let at = (frame.width_of(&measurement.x).max(left - letters * 4 / 5), letters / 2);
                text(area, &measurement.x, at, frame.style(Paint::Quiet, HPos::Right, VPos::Top))?;
            }
            false => text(area, &measurement.x, (left, letters / 2), frame.style(Paint::Quiet, HPos::Left, VPos::Top))?,
        }

        let mut top = self.crown;
        for row in &self.rows {
            let middle = top + self.head + self.step * row.points.len() as i32 / 2;
            match self.beside {
                true => {
                    let style = frame.style(Paint::Ink, HPos::Right, VPos::Center);
                    text(area, &row.name, (left - letters * 4 / 5, middle), style)?;
                }
                false => {
                    let style = frame.style(Paint::Ink, HPos::Left, VPos::Bottom);
                    text(area, &row.name, (left, top + self.head - letters / 4), style)?;
                }
            }
            for (at, (series, point)) in row.points.iter().enumerate() {
                let y = top + self.head + self.step * at as i32 + self.step / 2;
                let place = |value: f64| chart.backend_coord(&(value, 0.0)).0;
                let x = place(point.y);
                let paint = Paint::Series(number(*series));
                if shape == Shape::Bars {
                    let half = letters * 2 / 5;
                    let (from, to) = (place(0.0).min(x), place(0.0).max(x));
                    area.draw(&Rectangle::new([(from, y - half), (to, y + half)], paint.color().mix(0.3).filled()))
                        .map_err(words)?;
                }
                let mut end = x + MARK;
                if let Some((low, high)) = point.spread {
                    let (low, high) = (place(low), place(high));
                    whisker(area, [(low, y), (high, y)], paint)?;
                    end = end.max(high);
                }
                mark(area, (x, y), *series)?;
                let style = frame.style(Paint::Ink, HPos::Left, VPos::Center);
                text(area, &measurement.quantity(point.y), (end + letters / 2, y), style)?;
            }
            top += self.head + self.step * row.points.len() as i32;
        }
        Ok(())
    }
}

/// Every value that an axis has to hold.
fn extent(measurement: &Measurement) -> Vec<f64> {
    measurement
        .points()
        .flat_map(|Point { y, spread, .. }| [Some(*y), spread.map(|it| it.0), spread.map(|it| it.1)])
        .flatten()
        .collect()
}

/// What could be written at the ticks of an axis of values.
fn ticks(scale: Scale, values: &[f64], measurement: &Measurement) -> Vec<String> {
    Axis::new(scale, values, 6).ticks.iter().map(|tick| measurement.tick(*tick)).collect()
}

fn lines(area: &Area<'_>, measurement: &Measurement, plot: &Plot, frame: Frame) -> Result<(), String> {
    let letters = frame.letters;
    let y_axis = Axis::new(plot.y, &extent(measurement), (frame.height / (letters * 3)) as usize);
    let y_ticks: Vec<String> = y_axis.ticks.iter().map(|tick| measurement.tick(*tick)).collect();
    let left = frame.widest(&y_ticks) + letters * 4 / 5;
    let mut xs: Vec<f64> = measurement.points().filter_map(|point| number_of(&point.x)).collect();
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    let written: Vec<String> = xs.iter().map(|x| listing::measure::exact(*x)).collect();
    let right = frame.widest(&written) / 2 + letters;
    let room = frame.width - left - right;
    let x_axis = x_axis(plot.x, &xs, room, frame);
    let (top, below) = (letters * 5 / 2, letters * 4);
    let mut chart = ChartBuilder::on(area)
        .margin_top(top)
        .margin_right(right)
        .set_label_area_size(plotters::chart::LabelAreaPosition::Left, left)
        .set_label_area_size(plotters::chart::LabelAreaPosition::Bottom, below)
        .build_cartesian_2d(x_axis.clone(), y_axis.clone())
        .map_err(words)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(ShapeStyle::from(&Paint::Rule.color()))
        .bold_line_style(ShapeStyle::from(&Paint::Rule.color()))
        .axis_style(ShapeStyle::from(&Paint::Quiet.color()))
        .x_label_style(frame.style(Paint::Quiet, HPos::Center, VPos::Top))
        .y_label_style(frame.style(Paint::Quiet, HPos::Right, VPos::Center))
        .x_label_formatter(&|value| listing::measure::exact(*value))
        .y_label_formatter(&|value| measurement.tick(*value))
        .x_labels(x_axis.ticks.len())
        .y_labels(y_axis.ticks.len())
        .draw()
        .map_err(words)?;
    // Upright, where it is read: above its axis.
    text(area, &measurement.axis_title(), (0, letters / 2), frame.style(Paint::Quiet, HPos::Left, VPos::Top))?;
    let bottom = (frame.fitting(left, &measurement.x), frame.height - letters / 3);
    text(area, &measurement.x, bottom, frame.style(Paint::Quiet, HPos::Left, VPos::Bottom))?;

    for (at, series) in measurement.series.iter().enumerate() {
        let mut points: Vec<(f64, &Point)> =
            series.points.iter().filter_map(|point| Some((number_of(&point.x)?, point))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let place = |x: f64, y: f64| chart.backend_coord(&(x, y));
        let path: Vec<(i32, i32)> = points.iter().map(|(x, point)| place(*x, point.y)).collect();
        line(area, &path, Paint::Line(number(at)), 2)?;
        for (x, point) in &points {
            if let Some((low, high)) = point.spread {
                whisker(area, [place(*x, low), place(*x, high)], Paint::Series(number(at)))?;
            }
        }
        for place in path {
            mark(area, place, at)?;
        }
    }
    Ok(())
}

fn number_of(x: &X) -> Option<f64> {
    match x {
        X::Number(number) => Some(*number),
        X::Name(_) => None,
    }
}

/// Written is each x that was measured, if there is room; else round numbers.
fn x_axis(scale: Scale, xs: &[f64], room: i32, frame: Frame) -> Axis {
    use plotters::coord::ranged1d::Ranged;
    let width = |x: f64| frame.width_of(&listing::measure::exact(x));
    let mut axis = Axis::new(scale, xs, 8);
    if let (Scale::Log, [first, .., last]) = (scale, xs) {
        axis.range = *first..*last;
    }
    axis.ticks = xs.to_vec();
    let is_free = |pair: &[f64]| {
        let apart = axis.map(&pair[1], (0, room)) - axis.map(&pair[0], (0, room));
        apart >= (width(pair[0]) + width(pair[1])) / 2 + frame.letters
    };
    if xs.windows(2).all(is_free) {
        return axis;
    }
    let widest = xs.iter().copied().map(width).max().unwrap_or(0).max(frame.letters * 2);
    Axis::new(scale, xs, (room / (widest + frame.letters) + 1).max(2) as usize)
}

/// Half the width of a mark.
const MARK: i32 = 5;

/// A mark for each series, told apart by its shape: as tasks are on the page, ● ■ ▲ ◆ ✚ ★.
fn mark(area: &Area<'_>, (x, y): (i32, i32), series: usize) -> Result<(), String> {
    let style = Paint::Series(number(series)).color().filled();
    let outline: &[(i32, i32)] = match series {
        0 => return area.draw(&Circle::new((x, y), MARK, style)).map_err(words),
        1 => &[(-4, -4), (4, -4), (4, 4), (-4, 4)],
        2 => &[(0, -6), (6, 4), (-6, 4)],
        3 => &[(0, -6), (6, 0), (0, 6), (-6, 0)],
        4 => &[
            (-2, -6),
            (2, -6),
            (2, -2),
            (6, -2),
            (6, 2),
            (2, 2),
            (2, 6),
            (-2, 6),
            (-2, 2),
            (-6, 2),
            (-6, -2),
            (-2, -2),
        ],
        _ => &[(0, -7), (2, -2), (7, -2), (3, 1), (4, 6), (0, 3), (-4, 6), (-3, 1), (-7, -2), (-2, -2)],
    };
    let points: Vec<(i32, i32)> = outline.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
    area.draw(&Polygon::new(points, style)).map_err(words)
}

/// What most values lie between: a line with a bar across each end.
fn whisker(area: &Area<'_>, ends: [(i32, i32); 2], paint: Paint) -> Result<(), String> {
    line(area, &ends, paint, 1)?;
    let across = if ends[0].0 == ends[1].0 { (MARK, 0) } else { (0, MARK) };
    for (x, y) in ends {
        line(area, &[(x - across.0, y - across.1), (x + across.0, y + across.1)], paint, 1)?;
    }
    Ok(())
}

fn line(area: &Area<'_>, points: &[(i32, i32)], paint: Paint, width: u32) -> Result<(), String> {
    area.draw(&PathElement::new(points.to_vec(), paint.color().stroke_width(width))).map_err(words)
}

fn text(area: &Area<'_>, text: &str, at: (i32, i32), style: TextStyle<'_>) -> Result<(), String> {
    area.draw(&Text::new(text, at, style)).map_err(words)
}

/// How many values are told one by one.
const FEW: usize = 12;

/// What is to be seen.
pub(crate) fn in_words(measurement: &Measurement, plot: &Plot) -> String {
    let values = extent(measurement);
    let scale = |scale: Scale| if scale == Scale::Log { ", on a logarithmic axis" } else { "" };
    let range = |values: &[f64], written: &dyn Fn(f64) -> String| {
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        format!("{} to {}", written(lowest), written(highest))
    };
    let quantity = |value: f64| measurement.quantity(value);
    let shape = match plot.shape(measurement) {
        Shape::Lines => "Lines",
        Shape::Bars => "Bars",
        Shape::Dots => "Marks in rows",
    };
    let xs: Vec<f64> = measurement.xs().into_iter().filter_map(number_of).collect();
    let of = match xs.is_empty() {
        true => format!(", by {}", measurement.x),
        false => format!(" over {}, {}{}", measurement.x, range(&xs, &listing::measure::exact), scale(plot.x)),
    };
    let mut said = format!("{shape}: {}{of}; {}{}.", measurement.y, range(&values, &quantity), scale(plot.y));
    for series in &measurement.series {
        let one = |point: &Point| format!("{} at {}", quantity(point.y), point.x);
        let mut told: Vec<String> = if series.points.len() <= FEW {
            series.points.iter().map(one).collect()
        } else {
            series.points.first().into_iter().chain(series.points.last()).map(one).collect()
        };
        if series.points.len() > FEW {
            let by = |a: &&Point, b: &&Point| a.y.total_cmp(&b.y);
            told.extend(series.points.iter().min_by(by).map(|point| format!("lowest {}", one(point))));
            told.extend(series.points.iter().max_by(by).map(|point| format!("highest {}", one(point))));
        }
        if xs.is_empty() {
            told = series.points.iter().map(|point| format!("{} {}", point.x, quantity(point.y))).collect();
        }
        said += &format!(" {}: {}.", series.name, told.join(", "));
    }
    said + " The table below has every number."
}
