/// The candidate most like `word`, if one is like it at all.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::normalized_damerau_levenshtein(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.4)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// `: did you mean "…"?`, or where nothing is like `word`, `: there are a, b, c`; to end an error message with.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = nearest(word, candidates.clone()) {
        return format!(": did you mean \"{near}\"?");
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    match all.len() {
        0 => ": there is none".to_owned(),
        1..=12 => format!(": there is {}", all.join(", ")),
        n => format!(": none of the {n} is like it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_nonsense_finds_the_list() {
        let slugs = ["spin-frames", "spin-inline", "zombie"];
        assert_eq!(did_you_mean("spin-frame", slugs), ": did you mean \"spin-frames\"?");
        assert_eq!(did_you_mean("qqq", slugs), ": there is spin-frames, spin-inline, zombie");
        assert_eq!(did_you_mean("qqq", []), ": there is none");
    }
}
