//! `{{#stepper SLUG}}` and `{{#stepper SLUG:CASE}}`: a run, one transfer of control a step.
//!
//! What the page's module goes through is the table itself: each row has its step, so the two cannot differ.

use super::{Context, code, python::made_by, table::table};
use crate::html::escape;
use crate::scan::Directive;
use listing::{Finding, Listing, RecordKind};
use std::fmt::Write;
use trace::{Column, Kind, Shown, Step, Trace};

/// The letters of the columns of code, each with a colour and a mark.
const LETTERS: [char; trace::MOST_CODE] = ['a', 'b', 'c', 'd', 'e', 'f'];

pub(super) fn render(context: &mut Context<'_>, listing: &Listing, case: Option<&str>) -> Result<String, Vec<Finding>> {
    let slug = &listing.slug;
    let trace = listing.trace(case).map_err(|message| context.fault(message))?;
    // Without a name it is the only one, and so the same.
    let is_same = |it: &&Directive| {
        it.name == "stepper" && it.slug == *slug && it.part.as_ref().is_none_or(|part| *part == trace.case)
    };
    if let Some(first) = context.page.scan.directives.iter().find(is_same).filter(|it| it.line != context.line) {
        let message = format!(
            "the trace \"{}\" of \"{slug}\" stands in line {} of this page already: an address can lead to one of two \
             alone, so embed it once",
            trace.case, first.line
        );
        return Err(context.fault(message));
    }
    let (id, address, title) = match case {
        None => (format!("{slug}-stepper"), slug.clone(), String::new()),
        Some(case) => (format!("{slug}-stepper-{case}"), format!("{slug}:{case}"), format!(", {case}")),
    };
    let id = context.id_attribute(&id);
    let columns: Vec<_> = trace.columns.iter().map(|column| (&column.name, column.kind)).collect();
    let columns = escape(&serde_json::json!(columns).to_string());
    let lines = listing.source()?.lines.len();
    let (wide, narrow) = (rows(&trace, &WIDE, lines), rows(&trace, &NARROW, lines));
    let mut html = format!(
        "<figure class=\"stepper\"{id}><figcaption><span class=\"title\">{}{}: step by step</span> \
         <span class=\"made-by\">traced with {}</span></figcaption>\
         <book-stepper data-slug=\"{slug}\" data-address=\"step={}\" data-columns=\"{columns}\" \
         style=\"--rows:{wide};--narrow-rows:{narrow}\">",
        escape(&listing.title),
        escape(&title),
        made_by(listing, RecordKind::Trace),
        escape(&address),
    );
    html.push_str(&steps(&trace));
    // On a page that has the program, the stepper takes it from there.
    if context.brings_program("stepper", slug) {
        html.push_str(&program(context, listing)?);
    }
    html.push_str("</book-stepper></figure>");
    Ok(html)
}

/// The whole program, folded, without the ids that its excerpts have elsewhere.
fn program(context: &mut Context<'_>, listing: &Listing) -> Result<String, Vec<Finding>> {
    let slug = &listing.slug;
    let source = listing.source()?;
    let lines = source.lines.len();
    let code = code::whole_without_ids(context, slug, source, "The whole program");
    Ok(format!(
        "<details class=\"whole\"><summary>The whole program, {lines} lines: <code>cargo run -p {slug}</code></summary>{code}\
         </details>"
    ))
}

/// How the module lays a stepper out: what of it is written beside what, and how many letters a row has, at the least.
struct Layout {
    /// Columns stand beside each other.
    beside: bool,
    /// Rows of buttons.
    controls: usize,
    /// Letters of text in a row.
    letters: usize,
    /// How many letters of code all columns together have for what they show.
    code: f64,
}

/// From 600 pixels on; what is narrower, down to a screen of 360. As in `components/stepper.css`.
const WIDE: Layout = Layout { beside: true, controls: 1, letters: 72, code: 67.0 };
const NARROW: Layout = Layout { beside: false, controls: 2, letters: 40, code: 34.0 };

/// How many lines of the program are in view: as in `components/stepper.js`.
const IN_VIEW: usize = 9;

/// How many rows the stepper has at most, whatever its step. More than it needs is filled with lines of the program.
fn rows(trace: &Trace, layout: &Layout, lines: usize) -> usize {
    let most = |of: &dyn Fn(&Step) -> usize| trace.steps.iter().map(of).max().unwrap_or_default();
    let wrapped = |letters: usize, width: usize| letters.div_ceil(width.max(1)).max(1);
    let name = |column: usize| trace.columns[column].name.chars().count();
    let label = |step: &Step| {
        let names = step.to.map_or(0, |to| name(step.from) + name(to) + 3);
        names + visible(&step.value).chars().count()
    };
    // As the module says it: "Step 3: caller, line 24, hands “9” to …; screen shows “…”; printed: “…”."
    let said = |step: &Step| {
        let shown = |(column, shown): (&Column, &Option<Shown>)| {
            shown.as_ref().map_or(0, |it| column.name.chars().count() + it.text.chars().count() + 32)
        };
        let shows: usize = trace.columns.iter().zip(&step.shows).map(shown).sum();
        30 + label(step) + shows + step.printed.chars().count()
    };
    // Columns of state have 2.4 times the width of those of code.
    let parts: f64 = trace.columns.iter().map(|it| if it.kind == Kind::State { 2.4 } else { 1.0 }).sum();
    let width = if layout.beside { (layout.code * 2.4 / parts) as usize } else { layout.code as usize };
    // With a row for the frame around it; in a column of code "line 24, has control" may take two.
    let column = |index: usize| {
        let shows = |step: &[Option<Shown>]| match &step[index] {
            Some(Shown { text, .. }) => {
                2 + visible(text).split('\n').map(|line| wrapped(line.chars().count(), width)).sum::<usize>()
            }
            None if layout.beside => 4,
            None => 2,
        };
        shows(&trace.start).max(most(&|step| shows(&step.shows)))
    };
    let columns = (0..trace.columns.len()).map(column);
    let columns: usize = if layout.beside { columns.max().unwrap_or_default() } else { columns.sum() };
    let lane = if layout.beside { 2 } else { wrapped(most(&label), layout.letters) };
    let printed: String = trace.steps.iter().map(|step| step.printed.as_str()).collect();
    let printed = if printed.is_empty() { 0 } else { printed.lines().count() + 1 };
    let said = wrapped(most(&said), layout.letters);
    layout.controls + said + lane + columns + printed + lines.min(IN_VIEW)
}

fn steps(trace: &Trace) -> String {
    let states: Vec<&Column> = trace.columns.iter().filter(|column| column.kind == Kind::State).collect();
    let prints = trace.steps.iter().any(|step| !step.printed.is_empty());
    let names: Vec<String> = states.iter().map(|column| escape(&column.name)).collect();
    let mut headers = vec!["step", "who", "in line", "hands over", "to"];
    headers.extend(names.iter().map(String::as_str));
    headers.extend(prints.then_some("prints"));
    let mut rows = vec![row(trace, 0, None, &trace.start, prints)];
    for (at, step) in trace.steps.iter().enumerate() {
        rows.push(row(trace, at + 1, Some(step), &step.shows, prints));
    }
    table("trace", &format!("What happens, in {} steps", trace.steps.len()), &headers, &rows)
}

/// One step; without one, the beginning.
fn row(trace: &Trace, number: usize, step: Option<&Step>, shows: &[Option<Shown>], prints: bool) -> String {
    let mut html = match step {
        None => format!("<tr><th scope=\"row\">{number}</th><td>start</td><td></td><td class=\"value\"></td><td></td>"),
        Some(step) => {
            let to = step.to.map(|to| format!(" data-to=\"{to}\"")).unwrap_or_default();
            let value = match step.value.as_str() {
                "" => String::new(),
                value => format!("<code>{}</code>", escape(&visible(value))),
            };
            format!(
                "<tr data-from=\"{}\"{to}><th scope=\"row\">{number}</th><td>{}</td><td class=\"number\">{}</td>\
                 <td class=\"value\">{value}</td><td>{}</td>",
                step.from,
                name(trace, step.from),
                step.line,
                step.to.map(|to| name(trace, to)).unwrap_or_default(),
            )
        }
    };
    for shown in shows.iter().flatten() {
        let _ = write!(html, "<td class=\"state\"><samp>{}</samp></td>", screen(shown));
    }
    if prints {
        let printed = step.map(|step| step.printed.as_str()).unwrap_or_default();
        let printed =
            if printed.is_empty() { String::new() } else { format!("<samp>{}</samp>", escape(&visible(printed))) };
        let _ = write!(html, "<td class=\"printed\">{printed}</td>");
    }
    html.push_str("</tr>");
    html
}

/// The name of a column; of code, with its colour and mark.
fn name(trace: &Trace, column: usize) -> String {
    let code = trace.columns.iter().take(column).filter(|column| column.kind == Kind::Code).count();
    let Column { name, kind, .. } = &trace.columns[column];
    match kind {
        Kind::State => escape(name),
        Kind::Code => {
            let letter = LETTERS[code % LETTERS.len()];
            format!("<span class=\"task task-{letter}\">{}</span>", escape(name))
        }
    }
}

/// What a column of state shows, its cursor marked.
fn screen(Shown { text, cursor }: &Shown) -> String {
    let Some(cursor) = *cursor else { return escape(&visible(text)) };
    let start = text.rfind('\n').map_or(0, |end| end + 1);
    let line: Vec<char> = text[start..].chars().collect();
    let piece = |from: usize, to: usize| -> String {
        let known = line.get(from.min(line.len())..to.min(line.len())).unwrap_or_default().iter();
        escape(&visible(&known.collect::<String>()))
    };
    let blanks = " ".repeat(cursor.saturating_sub(line.len()));
    let under = if cursor < line.len() { piece(cursor, cursor + 1) } else { " ".to_owned() };
    format!(
        "{}{}{blanks}<span class=\"cursor\">{under}</span>{}",
        escape(&visible(&text[..start])),
        piece(0, cursor),
        piece(cursor + 1, line.len())
    )
}

/// Characters that do not show, as escapes; lines stay lines.
fn visible(text: &str) -> String {
    let shown = |c: char| if c.is_control() && c != '\n' { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}
