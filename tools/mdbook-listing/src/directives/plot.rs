//! `{{#plot SLUG}}`: a measurement as a picture, and as a table.

use super::Context;
use crate::html::escape;
use crate::plot::{self, NARROW, WIDE};
use listing::measure::exact;
use listing::{Finding, Listing, Measurement, Point, RecordKind, Series};

pub(super) fn render(context: &mut Context<'_>, listing: &Listing, rest: Option<&str>) -> Result<String, Vec<Finding>> {
    let slug = &listing.slug;
    if let Some(rest) = rest {
        return Err(context.fault(format!("{{{{#plot}}}} takes a slug and no \":{rest}\"")));
    }
    let text = listing.recorded(RecordKind::Measure).map_err(|message| context.fault(message))?;
    let path = listing.dir.join(RecordKind::Measure.file(slug));
    let measurement = Measurement::parse(&path, &text).map_err(|finding| vec![finding])?;
    let faults = measurement.faults(listing, &path);
    if !faults.is_empty() {
        return Err(faults);
    }
    let options = listing.plot.clone().unwrap_or_default();
    let title = options.title.as_ref().unwrap_or(&listing.title);
    let drawn = |picture: Result<String, String>| picture.map_err(|message| context.fault(message));
    let wide = drawn(plot::picture(&measurement, &options, title, WIDE))?;
    let narrow = drawn(plot::picture(&measurement, &options, title, NARROW))?;
    let mut legend = String::new();
    if measurement.series.len() > 1 {
        for (at, series) in measurement.series.iter().enumerate() {
            let key = drawn(plot::legend(at, options.shape(&measurement)))?;
            legend += &format!("<li>{key} {}</li>", escape(&series.name));
        }
        legend = format!("<ul class=\"legend\">{legend}</ul>");
    }
    let id = context.id_attribute(&format!("{slug}-plot"));
    let Measurement { machine, compiler, date, load, statistic, .. } = &measurement;
    let made_by = format!("{statistic}; {machine}; {compiler}; {date}, load average {load}");
    Ok(format!(
        "<figure class=\"plot\"{id} data-slug=\"{slug}\"><figcaption><span class=\"title\">{}</span> \
         <span class=\"made-by\">{}</span></figcaption>{legend}{wide}{narrow}{}</figure>",
        escape(title),
        escape(&made_by),
        table(&measurement)
    ))
}

/// Every number of the record, folded: a row for each x, a column for each series.
fn table(measurement: &Measurement) -> String {
    let Measurement { y, unit, x, statistic, series, .. } = measurement;
    let xs = measurement.xs();
    let columns: String =
        series.iter().map(|series| format!("<th scope=\"col\">{}</th>", escape(&series.name))).collect();
    let rows: String = xs
        .iter()
        .map(|x| {
            let cell = |series: &Series| match series.points.iter().find(|point| point.x == **x) {
                Some(Point { y, spread: Some((low, high)), .. }) => {
                    format!("<td>{} ({} to {})</td>", exact(*y), exact(*low), exact(*high))
                }
                Some(Point { y, .. }) => format!("<td>{}</td>", exact(*y)),
                None => "<td>–</td>".to_owned(),
            };
            let cells: String = series.iter().map(cell).collect();
            format!("<tr><th scope=\"row\">{}</th>{cells}</tr>", escape(&x.to_string()))
        })
        .collect();
    let caption = escape(&format!("{y}, in {unit}: {statistic}"));
    format!(
        "<details><summary>Its numbers as a table</summary><div class=\"table-wrapper\" tabindex=\"0\" role=\"group\" \
         aria-label=\"{caption}\"><table><caption>{caption}</caption><thead><tr><th scope=\"col\">{}</th>{columns}</tr></thead>\
         <tbody>{rows}</tbody></table></div></details>",
        escape(x)
    )
}
