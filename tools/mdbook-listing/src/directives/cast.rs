//! `{{#cast SLUG}}` and `{{#cast SLUG:python}}`: a recorded terminal run.
//!
//! The recording is part of the page, so that it needs no further request; without JavaScript its last screen stands there.

use super::{Context, code, python::made_by};
use crate::html::{escape, json_in_script};
use listing::cast::Cast;
use listing::{Finding, Listing, RecordKind};

pub(super) fn render(
    context: &mut Context<'_>,
    listing: &Listing,
    which: Option<&str>,
) -> Result<String, Vec<Finding>> {
    let slug = &listing.slug;
    let (kind, program) = match which {
        None => (RecordKind::Cast, format!("cargo run -p {slug}")),
        Some("python") => (RecordKind::PythonCast, format!("python3 {slug}.py")),
        Some(other) => {
            return Err(
                context.fault(format!("{{{{#cast {slug}:{other}}}}}: after the slug stands nothing, or \":python\""))
            );
        }
    };
    let text = listing.recorded(kind).map_err(|message| context.fault(message))?;
    let cast = Cast::parse(&text).map_err(|error| {
        let path = listing.record(kind).map_or_else(|| listing.dir.clone(), |record| record.path.clone());
        vec![Finding::new(path, None, format!("{error:#}: run `cargo book record {slug}`"))]
    })?;
    let maker = made_by(listing, kind);
    let label = format!("A terminal runs {program} for {:.1} seconds", cast.duration().as_secs_f64());
    let rows = cast.final_screen();
    let still = code::output(&rows, &format!("The last screen of {program}, recorded"));
    let (cols, lines) = (cast.size.cols, cast.size.rows);
    let id = context.id_attribute(&format!("{slug}{}-cast", if which.is_some() { "-python" } else { "" }));
    Ok(format!(
        "<figure class=\"cast\"{id}><figcaption><code>{}</code> <span class=\"made-by\">recorded with {maker}</span></figcaption>\
         <book-cast data-cols=\"{cols}\" data-rows=\"{lines}\" data-label=\"{}\">{still}\
         <script type=\"application/json\" class=\"recording\">{}</script></book-cast></figure>",
        escape(&program),
        escape(&label),
        json_in_script(&cast.to_json())
    ))
}
