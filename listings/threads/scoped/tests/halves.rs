include!("../src/main.rs");

#[test]
fn every_line_is_counted_once() {
    let lines: Vec<String> = (0..40).map(|words| "word ".repeat(words)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    for from in 0..lines.len() {
        for to in from..=lines.len() {
            assert_eq!(words(&lines[from..to]), (from..to).sum(), "lines {from}..{to}");
        }
    }
}

#[test]
fn every_wage_is_raised_once() {
    for count in 0..60 {
        let mut wages: Vec<u32> = (0..count).collect();
        raise(&mut wages);
        assert!(wages.into_iter().eq(5..count + 5), "{count} wages");
    }
}
