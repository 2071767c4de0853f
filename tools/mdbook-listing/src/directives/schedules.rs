//! `{{#schedules SLUG}}` and `{{#schedules SLUG:CASE}}`: how a program can end, on how many schedules, one on which it
//! fails, and the graph of all of them, which the page lets the reader explore.

use super::{Context, code, python::made_by, table::table};
use crate::html::{escape, json_in_script};
use crate::listings::explorer_name;
use interleave::{Kind, Outcome, Row};
use listing::schedules::{grouped, printed};
use listing::{Explored, Finding, Listing, RecordKind};

pub(super) fn render(context: &mut Context<'_>, listing: &Listing, case: Option<&str>) -> Result<String, Vec<Finding>> {
    let slug = &listing.slug;
    let variant = listing.variant(case).map_err(|message| context.fault(message))?;
    let explored = listing.explored(&variant.name).map_err(|message| context.fault(message))?;
    let only = listing.variants.len() == 1;
    let case = if only { String::new() } else { format!(", case {}", variant.name) };
    let id = context.id_attribute(&match case.is_empty() {
        true => format!("{slug}-schedules"),
        false => format!("{slug}-schedules-{}", variant.name),
    });
    let maker = made_by(listing, RecordKind::Schedules);
    let mut html = format!(
        "<figure class=\"schedules\"{id} data-slug=\"{slug}\" data-case=\"{}\"><figcaption>\
         <span class=\"title\">{}{case}: every schedule</span> <span class=\"made-by\">explored with {maker}</span></figcaption>",
        variant.name,
        escape(&listing.title),
    );
    html.push_str(&outcomes(&explored));
    let options = &variant.options;
    let mut notes = Vec::new();
    if options.weak {
        notes.push(if std::mem::replace(&mut context.told_weak, true) {
            "Memory is weak."
        } else {
            "Memory is weak: a load may see an older store, as far as its ordering allows. A load sees no later store, and \
             the stores of one atomic are ordered as they are executed."
        });
    }
    if options.spurious > 0 {
        notes.push("Some waits wake without cause.");
    }
    if !notes.is_empty() {
        html.push_str(&format!("<p class=\"note\">{}</p>", notes.join(" ")));
    }
    html.push_str(&explorer(context, listing, &variant.name, &explored)?);
    html.push_str("</figure>");
    Ok(html)
}

/// The graph, and what stands in its place where no script runs.
fn explorer(
    context: &mut Context<'_>,
    listing: &Listing,
    case: &str,
    explored: &Explored,
) -> Result<String, Vec<Finding>> {
    let slug = &listing.slug;
    let name = explorer_name(listing, case);
    // One is there at once, and shows what the others will be.
    let open = if std::mem::replace(&mut context.told_explorer, true) { "" } else { " data-open" };
    let graph = serde_json::to_string(&explored.graph).map_err(|error| context.fault(error.to_string()))?;
    let program = if context.brings_program("explorer", slug) { program(context, listing)? } else { String::new() };
    Ok(format!(
        "<schedule-explorer data-name=\"{name}\" data-slug=\"{slug}\" data-address=\"schedule={name}\"{open}>\
         <div class=\"fallback\">{}</div>{}<script type=\"application/json\" class=\"graph\">{}</script></schedule-explorer>",
        steps(explored),
        program,
        json_in_script(&graph)
    ))
}

/// The program for the explorer, where the page does not show it.
fn program(context: &mut Context<'_>, listing: &Listing) -> Result<String, Vec<Finding>> {
    let slug = &listing.slug;
    let block = code::whole(context, slug, &listing.source()?, slug);
    Ok(format!("<template data-source=\"{slug}\">{block}</template>"))
}

fn outcomes(explored: &Explored) -> String {
    let Explored { schedules, failing, outcomes, .. } = explored;
    let (all, some) = (grouped(schedules), grouped(failing));
    let caption = match (failing, schedules) {
        (_, one) if *one == 1 => "How its one schedule ends".to_owned(),
        (none, _) if *none == 0 => format!("How its {all} schedules end (counts, not odds): none fails"),
        _ if failing == schedules => format!("How its {all} schedules end (counts, not odds): all fail"),
        _ => {
            let fail = if *failing == 1 { "fails" } else { "fail" };
            format!("How its {all} schedules end (counts, not odds): {some} {fail}")
        }
    };
    let rows: Vec<String> = outcomes
        .iter()
        .zip(printed(outcomes))
        .map(|(outcome, lines)| {
            let (class, mark) = mark(outcome.fails);
            format!(
                "<tr{class}><th scope=\"row\">{mark}{}</th><td>{} of {all}</td><td><code>{}</code></td></tr>",
                end(outcome, &lines),
                grouped(&outcome.count),
                outcome.schedule
            )
        })
        .collect();
    table("outcomes", &caption, &["how it ends", "schedules", "shortest way there"], &rows)
}

/// A mark, with a word, for what fails.
fn mark(fails: bool) -> (&'static str, &'static str) {
    match fails {
        true => (" class=\"fails\"", "<strong class=\"mark\"><span aria-hidden=\"true\">✗</span> fails</strong>: "),
        false => ("", ""),
    }
}

/// How a program ends, in words.
fn end(outcome: &Outcome, lines: &[String]) -> String {
    let prints = samp(lines);
    let why = escape(&outcome.why);
    let why = match outcome.kind {
        Kind::Ok if lines.is_empty() => return "prints nothing".to_owned(),
        Kind::Ok => return format!("prints {prints}"),
        Kind::Deadlock => format!("deadlock: {why}"),
        Kind::Race => format!("data race: {why}"),
        Kind::Bound => format!("no end: {why}"),
        Kind::Panic | Kind::Exit => why,
    };
    if lines.is_empty() { why } else { format!("{why}; it has printed {prints}") }
}

/// What is printed, line by line.
pub(super) fn samp(lines: &[String]) -> String {
    let class = if lines.len() > 1 { " class=\"lines\"" } else { "" };
    let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
    format!("<samp{class}>{}</samp>", lines.join("<br>"))
}

fn steps(explored: &Explored) -> String {
    let Some(failing) = explored.shortest.last().and_then(|row| explored.outcomes.get(row.end?)) else {
        return String::new();
    };
    let row = |(at, row): (usize, &Row)| {
        let mut then: Vec<String> = row
            .changes
            .iter()
            .map(|(object, value)| format!("<code>{} = {}</code>", escape(object), escape(value)))
            .collect();
        if let Some(outcome) = row.end.and_then(|end| explored.outcomes.get(end)) {
            // Only what fails by what it prints needs to say it again.
            let lines = match outcome.kind {
                Kind::Ok => printed(std::slice::from_ref(outcome)).remove(0),
                _ => Vec::new(),
            };
            then.push(format!("{}{}", mark(outcome.fails).1, end(outcome, &lines)));
        }
        format!(
            "<tr><th scope=\"row\">{}</th><td><span class=\"task task-{1}\">{1}</span></td><td><code>{2}</code></td>\
             <td>{3}</td><td>{4}</td></tr>",
            at + 1,
            row.task,
            escape(&row.text),
            row.line,
            then.join("<br>")
        )
    };
    let rows: Vec<String> = explored.shortest.iter().enumerate().map(row).collect();
    let caption = format!("A shortest schedule that fails, <code>{}</code>, step by step", failing.schedule);
    table("steps", &caption, &["step", "task", "does", "in line", "then"], &rows)
}
