//! HTML on one line.

/// Text as HTML text or attribute value. A line end becomes `&#10;`: what a directive becomes stays on one line, where
/// Markdown finds nothing to interpret.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// JSON as the content of a script element: nothing in it can end the element.
pub(crate) fn json_in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\n', "\\n")
}
