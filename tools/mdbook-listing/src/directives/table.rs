//! Tables of what is on record.

/// How many rows of a table are shown at once; a longer one is folded.
const LONG: usize = 12;

/// A table that scrolls in its box where it is too wide, and is folded where it is long. `caption` is HTML.
pub(super) fn table(class: &str, caption: &str, headers: &[&str], rows: &[String]) -> String {
    let long = rows.len() > LONG;
    let headers: String = headers.iter().map(|header| format!("<th scope=\"col\">{header}</th>")).collect();
    let label = caption.replace("<code>", "").replace("</code>", "");
    let table = format!(
        "<div class=\"table-wrapper\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\"><table class=\"{class}\"><caption>{caption}</caption>\
         <thead><tr>{headers}</tr></thead><tbody>{}</tbody></table></div>",
        rows.concat()
    );
    if long { format!("<details><summary>{caption}: {} rows</summary>{table}</details>", rows.len()) } else { table }
}
