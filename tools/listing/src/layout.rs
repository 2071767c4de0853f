//! JSON in lines, for records: small, and a change in it can be read.

/// The most columns of a line of the record that can be broken.
const WIDTH: usize = 120;

/// Breaks JSON without blanks into lines: what fits stays on one, of what is numbers and lists of numbers as much as fits,
/// and else each thing has a line of its own.
pub(crate) fn layout(json: &str) -> String {
    let mut text = String::new();
    lines(json, 0, &mut text);
    text.push('\n');
    text
}

fn lines(json: &str, indent: usize, text: &mut String) {
    if indent + json.len() <= WIDTH || !json.starts_with(['{', '[']) {
        text.push_str(json);
        return;
    }
    let (open, close) = (&json[..1], &json[json.len() - 1..]);
    let items = items(&json[1..json.len() - 1]);
    let fill = open == "[" && items.iter().all(|item| !item.starts_with('{') && item.len() <= WIDTH / 2);
    text.push_str(open);
    let mut column = WIDTH;
    for (at, item) in items.iter().enumerate() {
        let comma = if at + 1 < items.len() { "," } else { "" };
        if fill && column + item.len() < WIDTH {
            column += item.len() + 1;
        } else {
            text.push('\n');
            text.push_str(&" ".repeat(indent + 1));
            column = indent + 1 + item.len() + 1;
        }
        let value = if open == "{" { value_of(item) } else { item };
        if value.len() < item.len() {
            text.push_str(&item[..item.len() - value.len()]);
            text.push(' ');
        }
        lines(value, indent + 1, text);
        text.push_str(comma);
    }
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push_str(close);
}

/// What stands after the colon of `"key":value`.
fn value_of(item: &str) -> &str {
    let mut escaped = false;
    let end = item.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(item, |end| &item[end + 3..])
}

/// What stands between the commas of a list or an object, those inside of strings and of other lists left alone.
fn items(inside: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut depth, mut in_string, mut escaped, mut start) = (0, false, false, 0);
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b',' if depth == 0 => {
                items.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if start < inside.len() {
        items.push(&inside[start..]);
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_laid_out_and_stays_the_same_json() {
        let long = "x".repeat(130);
        let value = serde_json::json!({
            "a": [1, 2, {"b\": [": "}, ]\\"}],
            "c": (0..100).map(|n| vec![n, -n]).collect::<Vec<_>>(),
            "d\": [": [{"e": long, "f": []}, {}],
        });
        let compact = value.to_string();
        let text = layout(&compact);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value, "{text}");
        let broken = text.lines().filter(|line| !line.contains("xxx"));
        assert!(broken.clone().all(|line| line.len() <= WIDTH + 1), "{text}");
        assert!(broken.count() < 20, "{text}");
    }
}
