//! What directives become, byte by byte; and that each stands on one line.

use listing::Library;
use mdbook_listing::pages::Pages;
use mdbook_listing::{cmdrun, listings};
use mdbook_preprocessor::book::{Book, BookItem, Chapter, SectionNumber};
use snapbox::{assert_data_eq, str};
use std::path::Path;

const MAIN: &str = "// Adds.\nfn main() {\n    // ANCHOR: add\n    let a = 1 < 2;\n\n    // ANCHOR: say\n    \
                    println!(\"{a}\");\n    // ANCHOR_END: say\n    // ANCHOR_END: add\n}\n";

/// A library of one listing with records that nobody recorded.
fn library(dir: &Path) -> Library {
    let listing = "listings/concepts/sum";
    for (path, text) in [
        ("rust-toolchain.toml".to_owned(), "[toolchain]\nchannel = \"1.95.0\"\n"),
        (
            format!("{listing}/Cargo.toml"),
            "[package]\nname = \"sum\"\n\n[package.metadata.listing]\ntitle = \"A <sum> & \\\"more\\\"\"\nclass = \"D\"\n\
             python = \"D\"\nrecords = [\"output.txt\", \"run.cast\", \"python/sum.txt\"]\nfacts = { truth = \"is (\\\\w+)\" }\n",
        ),
        (format!("{listing}/src/main.rs"), MAIN),
        (format!("{listing}/output.txt"), "it is true\n*not* <b>\n"),
        (format!("{listing}/python/sum.py"), "print(1 < 2)\n"),
        (format!("{listing}/python/sum.txt"), "True\n"),
        (format!("{listing}/fails/e0308.rs"), "fn main() {}\n"),
        (format!("{listing}/fails/e0308.txt"), "error[E0308]: mismatched `<types>`\n"),
        (
            format!("{listing}/run.cast"),
            "{\"version\":2,\"width\":20,\"height\":2,\"title\":\"t\"}\n[0.5,\"o\",\"</script>\\r\\ndone\"]\n",
        ),
        (
            format!("{listing}/records.json"),
            "{\"run.cast\": {\"by\": \"rustc 1.95.0\"}, \"python/sum.txt\": {\"by\": \"CPython 3.11.7\"}}",
        ),
    ] {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Library::load(dir).unwrap_or_else(|findings| panic!("{findings:?}"))
}

fn pages(texts: &[(&str, &str)]) -> Pages {
    let chapter = |(number, (path, text)): (usize, &(&str, &str))| {
        let mut chapter = Chapter::new("A page", (*text).to_owned(), *path, Vec::new());
        chapter.number = Some(SectionNumber::new([2 + number as u32]));
        BookItem::Chapter(chapter)
    };
    Pages::of(&Book::new_with_items(texts.iter().enumerate().map(chapter).collect()), Path::new("src"))
}

/// The first page of `texts` with its directives rendered; nothing may be wrong with it.
fn render(texts: &[(&str, &str)], repository: Option<&str>) -> String {
    let dir = tempfile::tempdir().unwrap();
    let (rendered, findings) = listings::render(&library(dir.path()), &pages(texts), repository);
    assert_eq!(findings, []);
    for (rendered, (_, text)) in rendered.iter().zip(texts) {
        assert_eq!(rendered.lines().count(), text.lines().count(), "a directive must stay on its line");
    }
    rendered[0].clone()
}

/// HTML with a line for each element and each line of code, to be read by people.
fn by_element(html: &str) -> String {
    html.replace("><", ">\n<").replace("&#10;", "&#10;\n")
}

/// A library of one explored listing with the schedules of these outcomes on record.
fn explored(dir: &Path, outcomes: &serde_json::Value, shortest: &serde_json::Value) -> Library {
    let listing = "listings/concepts/till";
    let task = |letter: &str| serde_json::json!({"letter": letter, "name": null, "line": 0});
    let graph = serde_json::json!({"version": 1, "tasks": [task("m"), task("a"), task("b")], "objects": [], "labels": [], "values": [], "outputs": [],
        "states": [[], [], []], "edges": [[[1, 1]], [[2, 1, 1]], []], "seen": []});
    let case = serde_json::json!({"options": {"weak": true}, "schedules": "7", "failing": "5", "enumerated": true,
        "outcomes": outcomes, "shortest": shortest, "graph": graph});
    let manifest = "[package]\nname = \"till\"\n\n[package.metadata.listing]\ntitle = \"The <till>\"\nclass = \"D\"\n\n\
                    [package.metadata.listing.schedules]\nweak = true\n";
    for (path, text) in [
        ("rust-toolchain.toml".to_owned(), "[toolchain]\nchannel = \"1.95.0\"\n".to_owned()),
        (format!("{listing}/Cargo.toml"), manifest.to_owned()),
        (format!("{listing}/src/main.rs"), MAIN.to_owned()),
        (format!("{listing}/schedules.json"), serde_json::json!({"version": 1, "cases": {"all": case}}).to_string()),
        (format!("{listing}/records.json"), "{\"schedules.json\": {\"by\": \"rustc 1.95.0\"}}".to_owned()),
    ] {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Library::load(dir).unwrap_or_else(|findings| panic!("{findings:?}"))
}

fn outcome(kind: &str, text: &str, why: &str, count: &str, fails: bool) -> serde_json::Value {
    serde_json::json!({"kind": kind, "text": text, "why": why, "count": count, "fails": fails, "schedule": "ab"})
}

#[test]
fn schedules_are_a_table_of_outcomes_and_one_of_steps() {
    let dir = tempfile::tempdir().unwrap();
    let outcomes = serde_json::json!([
        outcome("ok", "<b>1</b>\nand \u{1b}[31m&\n", "", "2", false),
        outcome("ok", "", "", "1", true),
        outcome("deadlock", "open\n", "a waits for <till> in line 3, held by b", "4", true),
    ]);
    let row = |changes: serde_json::Value, end: Option<usize>| serde_json::json!({"task": "a", "text": "lock <till>", "line": 3, "changes": changes, "output": "", "end": end});
    let shortest =
        serde_json::json!([row(serde_json::json!([["<till>", "1"]]), None), row(serde_json::json!([]), Some(2))]);
    let library = explored(dir.path(), &outcomes, &shortest);
    let (rendered, findings) = listings::render(&library, &pages(&[("a/x.md", "{{#schedules till}}\n")]), None);
    assert_eq!(findings, []);
    assert_eq!(rendered[0].lines().count(), 1);
    assert_data_eq!(
        by_element(&rendered[0]),
        str![[r#"
<figure class="schedules" id="till-schedules" data-slug="till" data-case="all">
<figcaption>
<span class="title">The &lt;till&gt;: every schedule</span> <span class="made-by">explored with rustc 1.95.0</span>
</figcaption>
<div class="table-wrapper" tabindex="0" role="group" aria-label="How its 7 schedules end (counts, not odds): 5 fail">
<table class="outcomes">
<caption>How its 7 schedules end (counts, not odds): 5 fail</caption>
<thead>
<tr>
<th scope="col">how it ends</th>
<th scope="col">schedules</th>
<th scope="col">shortest way there</th>
</tr>
</thead>
<tbody>
<tr>
<th scope="row">prints <samp class="lines">&lt;b&gt;1&lt;/b&gt;<br>and /u{1b}[31m&amp;</samp>
</th>
<td>2 of 7</td>
<td>
<code>ab</code>
</td>
</tr>
<tr class="fails">
<th scope="row">
<strong class="mark">
<span aria-hidden="true">✗</span> fails</strong>: prints nothing</th>
<td>1 of 7</td>
<td>
<code>ab</code>
</td>
</tr>
<tr class="fails">
<th scope="row">
<strong class="mark">
<span aria-hidden="true">✗</span> fails</strong>: deadlock: a waits for &lt;till&gt; in line 3, held by b; it has printed <samp>open</samp>
</th>
<td>4 of 7</td>
<td>
<code>ab</code>
</td>
</tr>
</tbody>
</table>
</div>
<p class="note">Memory is weak: a load may see an older store, as far as its ordering allows. A load sees no later store, and the stores of one atomic are ordered as they are executed.</p>
<schedule-explorer data-name="till" data-slug="till" data-address="schedule=till" data-open>
<div class="fallback">
<div class="table-wrapper" tabindex="0" role="group" aria-label="A shortest schedule that fails, ab, step by step">
<table class="steps">
<caption>A shortest schedule that fails, <code>ab</code>, step by step</caption>
<thead>
<tr>
<th scope="col">step</th>
<th scope="col">task</th>
<th scope="col">does</th>
<th scope="col">in line</th>
<th scope="col">then</th>
</tr>
</thead>
<tbody>
<tr>
<th scope="row">1</th>
<td>
<span class="task task-a">a</span>
</td>
<td>
<code>lock &lt;till&gt;</code>
</td>
<td>3</td>
<td>
<code>&lt;till&gt; = 1</code>
</td>
</tr>
<tr>
<th scope="row">2</th>
<td>
<span class="task task-a">a</span>
</td>
<td>
<code>lock &lt;till&gt;</code>
</td>
<td>3</td>
<td>
<strong class="mark">
<span aria-hidden="true">✗</span> fails</strong>: deadlock: a waits for &lt;till&gt; in line 3, held by b</td>
</tr>
</tbody>
</table>
</div>
</div>
<template data-source="till">
<pre class="code" tabindex="0" role="region" aria-label="till">
<code class="nohighlight">
<span class="line" data-line="1">
<span class="tok-comment">// Adds.</span>
</span>&#10;
<span class="line" data-line="2">
<span class="tok-keyword">fn</span> <span class="tok-function">main</span>() {</span>&#10;
<span class="anchor" id="till.add" data-anchor="add">
<span class="line" data-line="4">    <span class="tok-keyword">let</span> a = <span class="tok-number">1</span> &lt; <span class="tok-number">2</span>;</span>&#10;
<span class="line" data-line="5">
</span>&#10;
<span class="anchor" id="till.say" data-anchor="say">
<span class="line" data-line="7">    <span class="tok-macro">println</span>!(<span class="tok-string">&quot;{a}&quot;</span>);</span>&#10;
</span>
</span>
<span class="line" data-line="10">}</span>&#10;
</code>
</pre>
</template>
<script type="application/json" class="graph">{"version":1,"tasks":[{"letter":"m","name":null,"line":0},{"letter":"a","name":null,"line":0},{"letter":"b","name":null,"line":0}],"objects":[],"labels":[],"values":[],"outputs":[],"outcomes":[{"kind":"ok","text":"/u003cb>1/u003c/b>/nand /u001b[31m&/n","why":"","count":"2","fails":false,"schedule":"ab"},{"kind":"ok","text":"","why":"","count":"1","fails":true,"schedule":"ab"},{"kind":"deadlock","text":"open/n","why":"a waits for /u003ctill> in line 3, held by b","count":"4","fails":true,"schedule":"ab"}],"states":[[],[],[]],"edges":[[[1,1]],[[2,1,1]],[]],"seen":[]}</script>
</schedule-explorer>
</figure>

"#]]
    );
}

#[test]
fn schedules_that_are_recorded_anew_are_read_anew() {
    let dir = tempfile::tempdir().unwrap();
    let ends = |text: &str| serde_json::json!([outcome("ok", text, "", "7", false)]);
    let library = explored(dir.path(), &ends("1\n"), &serde_json::json!([]));
    let printed = || library.get("till").unwrap().explored("all").unwrap().outcomes[0].text.clone();
    assert_eq!((printed(), printed()), ("1\n".to_owned(), "1\n".to_owned()));
    explored(dir.path(), &ends("2\n"), &serde_json::json!([]));
    assert_eq!(printed(), "2\n");
}

#[test]
fn a_link_to_a_schedule_leads_to_its_explorer_and_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    let library = explored(dir.path(), &serde_json::json!([outcome("ok", "", "", "7", false)]), &serde_json::json!([]));
    let text = "{{#schedules till}}\n\n[ab](schedule:till=ab1:1) [none](schedule:till:all=) [b](task:b)\n";
    let elsewhere = "[*a*](schedule:till=a)\n";
    let (rendered, findings) = listings::render(&library, &pages(&[("a/x.md", text), ("b/y.md", elsewhere)]), None);
    assert_eq!(findings, []);
    let links = "<a class=\"schedule-link\" href=\"#schedule=till=ab1:1\">ab</a> \
                 <a class=\"schedule-link\" href=\"#schedule=till=\">none</a> <span class=\"task task-b\">b</span>\n";
    assert!(rendered[0].ends_with(links), "{}", rendered[0]);
    assert_eq!(rendered[1], "<a class=\"schedule-link\" href=\"../a/x.html#schedule=till=a\">*a*</a>\n");

    for (text, message) in [
        ("[x](schedule:till)", "a schedule is missing: [text](schedule:till=a2b1)"),
        ("[x](schedule:till=ab)", "no schedule \"ab\": its step 2 cannot be taken after \"a\": there b1:1 can go"),
        ("[x](schedule:till=b)", "no schedule \"b\": its step 1 cannot be taken at the beginning: there a can go"),
        ("[x](schedule:till=!)", "no task is called '!' (character 1 of \"!\")"),
        ("[x](schedule:till:al=a)", "\"till\" has no case \"al\": did you mean \"all\"?"),
        ("[x](schedule:tills=a)", "unknown listing \"tills\": did you mean \"till\"?"),
        ("[x](schedule:till=a)", "no page shows these schedules: write {{#schedules till}}"),
        ("[x][y]\n\n[y]: schedule:till:all=a", "a link to `schedule:` is written [text](schedule:till:all=a)"),
        ("[x](Schedule:till=a)", "a link to `Schedule:` is written in small letters: schedule:till=a"),
        (
            "[x](#schedule=till=a)",
            "\"#schedule=till=a\" is an address that nobody checks: write [text](schedule:till=a)",
        ),
        ("[x](task:z)", "no task is called \"z\": [text](task:a), with one of m, a, b, c, d, e, f"),
        ("[x]\n\n[x]: task:a", "a link to `task:` is written [text](task:a)"),
    ] {
        let (_, findings) = listings::render(&library, &pages(&[("a/x.md", &format!("{text}\n"))]), None);
        let messages: Vec<_> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, [message], "{text}");
    }
}

#[test]
fn a_long_table_of_schedules_is_folded() {
    let dir = tempfile::tempdir().unwrap();
    let outcomes: Vec<_> = (0..13).map(|n| outcome("ok", &format!("{n}\n"), "", "1", false)).collect();
    let library = explored(dir.path(), &outcomes.into(), &serde_json::json!([]));
    let (rendered, findings) = listings::render(&library, &pages(&[("a/x.md", "{{#schedules till}}\n")]), None);
    assert_eq!(findings, []);
    let folded = "<details><summary>How its 7 schedules end (counts, not odds): 5 fail: 13 rows</summary><div class=\"table-wrapper\"";
    assert!(rendered[0].contains(folded), "{}", rendered[0]);
    assert_eq!(rendered[0].matches("<table").count(), 1);
}

#[test]
fn large_numbers_are_grouped_and_weak_memory_is_explained_once_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let outcomes = serde_json::json!([outcome("ok", "1\n", "", "66468720", false)]);
    let library = explored(dir.path(), &outcomes, &serde_json::json!([]));
    let twice = "{{#schedules till}}\n\n{{#schedules till}}\n";
    let (rendered, findings) = listings::render(&library, &pages(&[("a/x.md", twice), ("a/y.md", twice)]), None);
    assert_eq!(findings, []);
    for page in &rendered {
        assert!(page.contains("<td>66,468,720 of 7</td>"), "{page}");
        assert_eq!(page.matches("Memory is weak: a load may see").count(), 1, "{page}");
        assert_eq!(page.matches("<p class=\"note\">Memory is weak.</p>").count(), 1, "{page}");
    }
}

/// A library of one listing of class M, with these options of its plot and these fields of its measurement.
fn measured(dir: &Path, plot: &str, fields: &str) -> Library {
    let listing = "listings/concepts/race";
    let manifest = format!(
        "[package]\nname = \"race\"\n\n[package.metadata.listing]\ntitle = \"A <race>\"\nclass = \"M\"\n\
         bounds = [-1e9, 1e9]\nrecords = [\"measure.json\"]\n\n[package.metadata.listing.plot]\n{plot}\n"
    );
    let machine = r#""machine": "A <computer>, 2 cores", "compiler": "rustc 1.95.0, release", "date": "2026-11-24", "load": 0.25"#;
    let record = format!(r#"{{{machine}, "statistic": "medians & quartiles", {fields}}}"#);
    for (path, text) in [
        ("rust-toolchain.toml", "[toolchain]\nchannel = \"1.95.0\"\n"),
        (&format!("{listing}/Cargo.toml"), &*manifest),
        (&format!("{listing}/src/main.rs"), MAIN),
        (&format!("{listing}/measure.json"), &record),
        (&format!("{listing}/records.json"), "{\"measure.json\": {\"by\": \"rustc 1.95.0\"}}"),
    ] {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Library::load(dir).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// The HTML of a plot; nothing may be wrong with it.
fn plotted(plot: &str, fields: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let library = measured(dir.path(), plot, fields);
    let pages = pages(&[("a/x.md", "{{#plot race}}\n")]);
    let (rendered, findings) = listings::render(&library, &pages, None);
    assert_eq!(findings, []);
    assert_eq!(rendered[0].lines().count(), 1, "a directive must stay on its line");
    assert_eq!(listings::render(&library, &pages, None).0, rendered, "the same record, the same bytes");
    rendered[0].clone()
}

const LOG_LINES: &str = r#""y": "time for an increment", "unit": "ns", "x": "threads", "series": [
    {"name": "a mutex", "points": [[1, 12.5, 12, 13], [2, 40], [4, 95.25, 60, 140], [8, 210], [16, 430], [32, 1250, 900, 2000], [64, 2600]]},
    {"name": "an atomic", "points": [[1, 4.5], [2, 18], [4, 33], [8, 70], [16, 160], [32, 330], [64, 700, 600, 900]]},
    {"name": "one each, added up", "points": [[1, 0.5], [2, 0.5], [4, 0.6], [8, 0.5], [16, 0.7], [32, 1.1], [64, 2.2]]}]"#;

const BARS: &str = r#""y": "memory", "unit": "kB", "x": "what is started", "series": [
    {"name": "at first", "points": [["a thread", 9.5, 9, 11], ["a process that starts with nothing else", 1250], ["<script>alert(1)</script> & \"\"", 0]]},
    {"name": "after 1,000 calls", "points": [["a thread", 132], ["a process that starts with nothing else", 2250, 1900, 2300]]}]"#;

const LINEAR_LINES: &str = r#""y": "done in a second", "unit": "requests", "x": "clients", "series": [
    {"name": "served", "points": [[0, 0], [10, 98000], [20, 190000], [30, 240000], [40, 239500], [50, 120000], [60, 61000],
        [70, 60500], [80, 60100], [90, 60000], [100, 59800], [110, 59000], [120, 58000.5]]}]"#;

const SIX: &str = r#""y": "change", "unit": "%", "x": "version", "series": [
    {"name": "a", "points": [[1, -3], [2, 10]]}, {"name": "b", "points": [[1, 10], [2, 22]]},
    {"name": "c", "points": [[1, 20], [2, 31]]}, {"name": "d", "points": [[1, 30], [2, 42]]},
    {"name": "e", "points": [[1, 40], [2, 53]]}, {"name": "f", "points": [[1, 50], [2, 64]]}]"#;

/// Plots of every shape, which the tests of the pages look at in a browser.
fn plots() -> Vec<String> {
    vec![
        plotted("title = \"Who <counts>\"\nx = \"log\"\ny = \"log\"", LOG_LINES),
        plotted("", BARS),
        plotted("", LINEAR_LINES),
        plotted("", SIX),
        plotted("kind = \"dots\"\ny = \"log\"", LOG_LINES),
    ]
}

#[test]
fn plots_of_every_shape_are_what_a_browser_is_shown() {
    let fixture = plots().join("").replace(" id=\"race-plot\"", "");
    assert_data_eq!(fixture, snapbox::file!["../../../ci/browser/fixture/plots.html"].raw());
}

#[test]
fn a_picture_is_well_formed_and_wears_what_the_page_wears() {
    for html in plots() {
        let pictures: Vec<&str> = html
            .match_indices("<svg")
            .map(|(at, _)| {
                let end = html[at..].find("</svg>").unwrap();
                &html[at..at + end + "</svg>".len()]
            })
            .collect();
        let of =
            |class: &str| pictures.iter().filter(|svg| svg.starts_with(&format!("<svg class=\"{class}\""))).count();
        assert_eq!((of("wide"), of("narrow"), of("wide") + of("narrow") + of("key")), (1, 1, pictures.len()));
        for svg in pictures {
            let tree = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
            let shown = ["svg", "title", "desc", "text", "line", "polyline", "polygon", "rect", "circle"];
            let classes =
                ["ink", "quiet", "rule", "series-a", "series-b", "series-c", "series-d", "series-e", "series-f"];
            for node in tree.descendants().filter(roxmltree::Node::is_element) {
                assert!(shown.contains(&node.tag_name().name()), "{node:?}");
                for attribute in node.attributes() {
                    match (attribute.name(), attribute.value()) {
                        ("fill" | "stroke", color) => assert!(["none", "currentColor"].contains(&color), "{node:?}"),
                        ("style" | "font-family", _) => panic!("{node:?}"),
                        ("class", class) if node != tree.root_element() => {
                            assert!(classes.contains(&class), "{node:?}")
                        }
                        _ => {}
                    }
                }
                let size: Vec<i32> = tree
                    .root_element()
                    .attribute("viewBox")
                    .unwrap()
                    .split(' ')
                    .map(|number| number.parse().unwrap())
                    .collect();
                for (name, most) in
                    [("x", 2), ("x1", 2), ("x2", 2), ("cx", 2), ("y", 3), ("y1", 3), ("y2", 3), ("cy", 3)]
                {
                    let place = node.attribute(name).map_or(0, |place| place.parse().unwrap());
                    assert!((0..=size[most]).contains(&place), "{node:?}");
                }
            }
            let text: String = tree.descendants().filter_map(|node| node.text()).collect();
            assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        }
    }
}

#[test]
fn a_plot_is_told_in_words_and_numbers() {
    let html = plotted("", BARS);
    let said = "Bars: memory, by what is started; 0 kB to 2,300 kB. at first: a thread 9.5 kB, a process that \
                starts with nothing else 1,250 kB, &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;&quot; 0 kB.";
    assert!(html.contains(said), "{html}");
    assert!(!html.contains("<script") && html.contains("<title>A &lt;race&gt;</title>"), "{html}");
    let row = "<tr><th scope=\"row\">a thread</th><td>9.5 (9 to 11)</td><td>132</td></tr>";
    assert!(html.contains(row), "{html}");
    let gap = "&lt;/script&gt; &amp; &quot;&quot;</th><td>0</td><td>–</td></tr>";
    assert!(html.contains(gap), "{html}");
    let made_by =
        "medians &amp; quartiles; A &lt;computer&gt;, 2 cores; rustc 1.95.0, release; 2026-11-24, load average 0.25";
    assert!(html.contains(made_by), "{html}");
    let lines = plotted("x = \"log\"\ny = \"log\"", LOG_LINES);
    let said = "Lines: time for an increment over threads, 1 to 64, on a logarithmic axis; 0.5 ns to 2.6 µs, on a logarithmic axis.";
    assert!(lines.contains(said), "{lines}");
    let many = plotted("", LINEAR_LINES);
    let said =
        "served: 0 requests at 0, 58,000 requests at 120, lowest 0 requests at 0, highest 240,000 requests at 30.";
    assert!(many.contains(said) && many.contains("<td>58,000.5</td>"), "{many}");
}

#[test]
fn the_least_and_the_most_that_a_number_can_be_are_drawn() {
    for y in ["5e-324", "2.3e-308", "1e9", "-1e9", "0"] {
        let fields = format!(
            "\"y\": \"time\", \"unit\": \"ns\", \"x\": \"n\", \"series\": [{{\"name\": \"s\", \"points\": [[1, {y}]]}}]"
        );
        let html = plotted("", &fields);
        assert!(html.contains("<svg") && !html.contains("NaN") && !html.contains("inf"), "{y}: {html}");
        if !y.starts_with(['-', '0']) {
            plotted("y = \"log\"", &fields);
        }
    }
}

#[test]
fn what_is_no_plot_is_told() {
    let point = |x: &str, y: &str| {
        format!(
            "\"y\": \"time\", \"unit\": \"ns\", \"x\": \"n\",\n\"series\": [{{\"name\": \"s\", \"points\": [[{x}, {y}]]}}]"
        )
    };
    let fault = |text: &str, plot: &str, fields: &str| {
        let dir = tempfile::tempdir().unwrap();
        let library = measured(dir.path(), plot, fields);
        let findings = listings::render(&library, &pages(&[("a/x.md", text)]), None).1;
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings[0].to_string()
    };
    let one = "\n{{#plot race}}\n";
    let record = "listings/concepts/race/measure.json";
    for (text, plot, fields, expected) in [
        (one, "y = \"log\"", point("1", "0"), format!("{record}: s, 1: 0 is not above 0, and a log axis")),
        (one, "", point("1", "NaN"), format!("{record}:2: no measurement: expected value")),
        (one, "", point("1", "1e999"), format!("{record}:2: no measurement: number out of range")),
        (one, "", point("1", "2").replace("\"x\"", "\"X\""), format!("{record}:1: no measurement: unknown field `X`")),
        (one, "", point("1", "2").replace("[[1, 2]]", "[]"), format!("{record}: a measurement needs a series")),
        (one, "", point("1", "2e9"), format!("{record}: s, 1: 2000000000 ns is not within")),
        ("\n{{#plot race:x}}\n", "", point("1", "2"), "src/a/x.md:2: {{#plot}} takes a slug and no \":x\"".to_owned()),
        ("\n{{#plott race}}\n", "", point("1", "2"), "did you mean \"plot\"?".to_owned()),
        ("\n{{#plot rice}}\n", "", point("1", "2"), "unknown listing \"rice\": did you mean \"race\"?".to_owned()),
    ] {
        let fault = fault(text, plot, &fields);
        assert!(fault.contains(&expected), "{fault}");
    }
}

#[test]
fn an_excerpt_and_the_whole_program() {
    let html = render(&[("a/x.md", "{{#listing sum:add}}\n")], Some("https://example.org/book/"));
    assert_data_eq!(
        by_element(&html),
        str![[r#"
<figure class="listing" id="sum" data-slug="sum" data-class="D" data-manifest="[package]&#10;
name = &quot;sum&quot;&#10;
version = &quot;0.1.0&quot;&#10;
" data-std-only>
<figcaption>
<span class="number">Listing 2.1</span> <span class="title">A &lt;sum&gt; &amp; &quot;more&quot;</span> <abbr class="class" title="prints the same bytes on every run">D</abbr> <a class="source" href="https://example.org/book/blob/HEAD/listings/concepts/sum/src/main.rs" title="listings/concepts/sum/src/main.rs">source</a>
</figcaption>
<pre class="code" tabindex="0" role="region" aria-label="Listing 2.1, excerpt: add">
<code class="nohighlight">
<span class="anchor" id="sum.add" data-anchor="add">
<span class="line" data-line="4">
<span class="tok-keyword">let</span> a = <span class="tok-number">1</span> &lt; <span class="tok-number">2</span>;</span>&#10;
<span class="line" data-line="5">
</span>&#10;
<span class="anchor" id="sum.say" data-anchor="say">
<span class="line" data-line="7">
<span class="tok-macro">println</span>!(<span class="tok-string">&quot;{a}&quot;</span>);</span>&#10;
</span>
</span>
</code>
</pre>
<details class="whole" id="sum-whole">
<summary>The whole program, 6 lines: <code>cargo run -p sum</code>
</summary>
<pre class="code" tabindex="0" role="region" aria-label="Listing 2.1, the whole program">
<code class="nohighlight">
<span class="line" data-line="1">
<span class="tok-comment">// Adds.</span>
</span>&#10;
<span class="line" data-line="2">
<span class="tok-keyword">fn</span> <span class="tok-function">main</span>() {</span>&#10;
<span class="anchor" data-anchor="add">
<span class="line" data-line="4">    <span class="tok-keyword">let</span> a = <span class="tok-number">1</span> &lt; <span class="tok-number">2</span>;</span>&#10;
<span class="line" data-line="5">
</span>&#10;
<span class="anchor" data-anchor="say">
<span class="line" data-line="7">    <span class="tok-macro">println</span>!(<span class="tok-string">&quot;{a}&quot;</span>);</span>&#10;
</span>
</span>
<span class="line" data-line="10">}</span>&#10;
</code>
</pre>
</details>
</figure>

"#]]
    );
}

#[test]
fn a_python_form_a_refusal_and_a_recording() {
    let html = render(&[("a/x.md", "{{#python sum}}\n\n{{#fails sum:e0308}}\n\n{{#cast sum}}\n")], None);
    assert_data_eq!(
        by_element(&html),
        str![[r#"
<details class="python" id="sum-python">
<summary>In Python: <span class="title">A &lt;sum&gt; &amp; &quot;more&quot;</span>
</summary>
<pre class="code" tabindex="0" role="region" aria-label="The Python form">
<code class="nohighlight">
<span class="line" data-line="1">
<span class="tok-function">print</span>(<span class="tok-number">1</span> &lt; <span class="tok-number">2</span>)</span>&#10;
</code>
</pre>
<p class="made-by">It printed, under CPython 3.11.7:</p>
<pre class="output" tabindex="0" role="region" aria-label="Output of the Python form">
<samp>True&#10;
</samp>
</pre>
</details>

<figure class="fails" id="sum.e0308" data-slug="sum">
<figcaption>
<span class="number">Listing 2.1</span> <span class="title">Does not compile, E0308: mismatched `&lt;types&gt;`</span>
</figcaption>
<pre class="code" tabindex="0" role="region" aria-label="Listing 2.1, does not compile">
<code class="nohighlight">
<span class="line" data-line="1">
<span class="tok-keyword">fn</span> <span class="tok-function">main</span>() {}</span>&#10;
</code>
</pre>
<pre class="output" tabindex="0" role="region" aria-label="What rustc says of listing 2.1">
<samp>error[E0308]: mismatched `&lt;types&gt;`&#10;
</samp>
</pre>
</figure>

<figure class="cast" id="sum-cast">
<figcaption>
<code>cargo run -p sum</code> <span class="made-by">recorded with rustc 1.95.0</span>
</figcaption>
<book-cast data-cols="20" data-rows="2" data-label="A terminal runs cargo run -p sum for 0.5 seconds">
<pre class="output" tabindex="0" role="region" aria-label="The last screen of cargo run -p sum, recorded">
<samp>&lt;/script&gt;&#10;
done</samp>
</pre>
<script type="application/json" class="recording">[{"version":2,"width":20,"height":2,"title":"t"},[0.500,"o","/u003c/script>/r/ndone"]]</script>
</book-cast>
</figure>

"#]]
    );
}

#[test]
fn an_id_is_given_once_a_page() {
    let html = render(&[("a/x.md", "{{#listing sum:say}}\n\n{{#listing sum}}\n")], None);
    for id in ["id=\"sum\"", "id=\"sum.say\"", "id=\"sum.add\""] {
        assert_eq!(html.matches(id).count(), 1, "{id} in {html}");
    }
    assert!(html.contains("Listing 2.1<") && html.contains("Listing 2.2<"), "{html}");
}

#[test]
fn a_second_excerpt_links_to_the_whole_program_and_keeps_its_own_id() {
    let html = render(&[("a/x.md", "{{#listing sum:say}}\n\n{{#listing sum:add}}\n")], None);
    let (first, second) = html.split_once("\n\n").unwrap();
    assert!(first.contains("<details class=\"whole\" id=\"sum-whole\">"), "{first}");
    assert!(!first.contains("id=\"sum.add\"") && second.contains("id=\"sum.add\""), "{html}");
    assert!(second.contains("href=\"#sum-whole\">The whole program</a>") && !second.contains("<details"), "{second}");
}

#[test]
fn links_lead_to_the_nearest_embedding() {
    let link = "[**the** sum](listing:sum#say), [it](listing:sum)\n";
    let here = format!("{link}\n{{{{#listing sum}}}}\n");
    let html = render(&[("a/x.md", &here), ("b/y.md", "{{#listing sum}}\n")], None);
    let expected =
        "<a class=\"listing-link\" href=\"#sum.say\">**the** sum</a>, <a class=\"listing-link\" href=\"#sum\">it</a>\n";
    assert!(html.starts_with(expected), "{html}");
    let html = render(&[("a/x.md", link), ("b/y.md", "{{#listing sum}}\n")], None);
    assert!(html.starts_with("<a class=\"listing-link\" href=\"../b/y.html#sum.say\">"), "{html}");
}

#[test]
fn commands_become_what_they_print() {
    let dir = tempfile::tempdir().unwrap();
    let text = "It is <!-- cmdrun cargo book fact sum truth -->.\n\n```text\n<!-- cmdrun cargo book output sum -->\n```\n\n\
                ```text\n<!-- cmdrun cargo book output --python sum -->\n```\n\nIt is <!-- cmdrun cargo book fact sum truth -->\nand on.\n";
    let pages = pages(&[("a/x.md", text)]);
    let allow = ["cargo book fact".to_owned(), "cargo book output".to_owned()];
    let (texts, findings) = cmdrun::render(&library(dir.path()), &pages, &allow);
    assert_eq!(findings, []);
    assert_eq!(
        texts[0],
        "It is true.\n\n```text\nit is true\n*not* <b>\n```\n\n```text\nTrue\n```\n\nIt is true\nand on.\n"
    );
}

/// The page of a quiz with these questions, in a library with a listing of each kind.
fn quizzed(questions: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    library(dir.path());
    let error = dir.path().join("listings/concepts/sum/fails/e0308.txt");
    std::fs::write(error, "error[E0308]: mismatched `<types>`\n --> fails/e0308.rs:9:4\n").unwrap();
    let outcomes = serde_json::json!([
        outcome("ok", "<b>1</b>\nand 2\n", "", "2", false),
        outcome("deadlock", "", "a waits", "2", true),
        outcome("deadlock", "", "b waits", "3", true),
    ]);
    let library = explored(dir.path(), &outcomes, &serde_json::json!([]));
    std::fs::create_dir_all(dir.path().join("quizzes/a")).unwrap();
    std::fs::write(dir.path().join("quizzes/a/x.toml"), questions).unwrap();
    let text = "{{#quiz a/x}}\n\n{{#listing sum}}\n";
    let (rendered, findings) = listings::render(&library, &pages(&[("a/x.md", text)]), None);
    assert_eq!(findings, []);
    assert_eq!(rendered[0].lines().count(), text.lines().count(), "a quiz must stay on its line");
    rendered[0].lines().next().unwrap().to_owned()
}

#[test]
fn questions_stand_with_their_answers_folded() {
    let html = quizzed(
        r#"
[[questions]]
id = "one"
type = "MultipleChoice"
prompt.prompt = """
It's "<!-- cmdrun cargo book fact sum truth -->", as
[there](listing:sum#say) and [here](../b/y.md#z):

```text
a <
  b
```
"""
prompt.distractors = ["`no` & no"]
prompt.answerIndex = 0
answer.answer = "*yes*"

[[questions]]
id = "two"
type = "ShortAnswer"
prompt.prompt = "How?"
prompt.response = "code"
answer.answer = "a \"<b>\""
context = "So."

[[questions]]
id = "three"
type = "Tracing"
prompt.prompt = "What is said?"
prompt.listing = "sum:e0308"
answer.doesCompile = false
answer.lineNumber = 9

[[questions]]
id = "four"
type = "Outcomes"
prompt.listing = "till"
prompt.choices = ["<b>1</b>\nand 2\n", { kind = "deadlock" }, "3\n"]
prompt.sortAnswers = true
answer.answer = ["<b>1</b>\nand 2\n", { kind = "deadlock" }]
"#,
    );
    let digests = regex::Regex::new("data-digest=\"[0-9a-f]{16}\"").unwrap();
    assert_eq!(digests.find_iter(&html).count(), 4);
    assert_data_eq!(
        by_element(&digests.replace_all(&html, "data-digest=\"…\"")),
        str![[r##"
<div class="quiz">
<book-quiz class="widget" data-quiz="a/x">
<div class="question" id="question-one" data-question="one" data-digest="…" data-form="one">
<p class="number">Question 1 of 4</p>
<div class="prompt">
<p>It’s “true”, as <a class="listing-link" href="#sum.say">there</a> and <a href="../b/y.html#z">here</a>:</p> <pre>
<code class="language-text">a &lt;&#10;
  b&#10;
</code>
</pre>
</div>
<ul class="choices">
<li data-right>
<em>yes</em>
</li>
<li>
<code>no</code> &amp; no</li>
</ul>
<details class="answer">
<summary>Answer</summary>
<ul class="right-ones">
<li>
<em>yes</em>
</li>
</ul>
</details>
</div>
<div class="question" id="question-two" data-question="two" data-digest="…" data-form="code" data-answers="[&quot;a /&quot;&lt;b&gt;/&quot;&quot;]">
<p class="number">Question 2 of 4</p>
<div class="prompt">
<p>How?</p>
</div>
<details class="answer">
<summary>Answer</summary>
<p>
<code>a &quot;&lt;b&gt;&quot;</code>
</p>
<p>So.</p>
</details>
</div>
<div class="question" id="question-three" data-question="three" data-digest="…" data-form="tracing" data-line="9">
<p class="number">Question 3 of 4</p>
<div class="prompt">
<p>What is said?</p>
</div>
<pre class="code" tabindex="0" role="region" aria-label="The program in question: e0308">
<code class="nohighlight">
<span class="line" data-line="1">
<span class="tok-keyword">fn</span> <span class="tok-function">main</span>() {}</span>&#10;
</code>
</pre>
<details class="answer">
<summary>Answer</summary>
<p>It does not compile. rustc points to line 9:</p>
<pre class="output" tabindex="0" role="region" aria-label="What rustc says: A &lt;sum&gt; &amp; &quot;more&quot;, e0308">
<samp>error[E0308]: mismatched `&lt;types&gt;`&#10;
 --&gt; fails/e0308.rs:9:4&#10;
</samp>
</pre>
</details>
</div>
<div class="question" id="question-four" data-question="four" data-digest="…" data-form="several">
<p class="number">Question 4 of 4</p>
<div class="prompt">
<p>Which of these are possible?</p>
</div>
<p class="about">The &lt;till&gt;: <code>cargo run -p till</code>
</p>
<pre class="code" tabindex="0" role="region" aria-label="The program in question: The &lt;till&gt;">
<code class="nohighlight">
<span class="line" data-line="1">
<span class="tok-comment">// Adds.</span>
</span>&#10;
<span class="line" data-line="2">
<span class="tok-keyword">fn</span> <span class="tok-function">main</span>() {</span>&#10;
<span class="line" data-line="4">    <span class="tok-keyword">let</span> a = <span class="tok-number">1</span> &lt; <span class="tok-number">2</span>;</span>&#10;
<span class="line" data-line="5">
</span>&#10;
<span class="line" data-line="7">    <span class="tok-macro">println</span>!(<span class="tok-string">&quot;{a}&quot;</span>);</span>&#10;
<span class="line" data-line="10">}</span>&#10;
</code>
</pre>
<ul class="choices">
<li data-right>ends in a deadlock: nobody can move</li>
<li data-right>prints <samp class="lines">&lt;b&gt;1&lt;/b&gt;<br>and 2</samp>
</li>
<li>prints <samp>3</samp>
</li>
</ul>
<details class="answer">
<summary>Answer</summary>
<div class="table-wrapper" tabindex="0" role="group" aria-label="On how many of its 7 schedules it ends so">
<table class="outcomes">
<caption>On how many of its 7 schedules it ends so</caption>
<thead>
<tr>
<th scope="col">how it ends</th>
<th scope="col">schedules</th>
<th scope="col">shortest way there</th>
</tr>
</thead>
<tbody>
<tr>
<th scope="row">ends in a deadlock: nobody can move</th>
<td>5 of 7</td>
<td>
<code>ab</code>
</td>
</tr>
<tr>
<th scope="row">prints <samp class="lines">&lt;b&gt;1&lt;/b&gt;<br>and 2</samp>
</th>
<td>2 of 7</td>
<td>
<code>ab</code>
</td>
</tr>
<tr>
<th scope="row">prints <samp>3</samp>
</th>
<td>none of 7</td>
<td>–</td>
</tr>
</tbody>
</table>
</div>
</details>
</div>
</book-quiz>
</div>
"##]]
    );
}

#[test]
fn a_digest_changes_with_its_question_alone() {
    let questions = |answer: &str, context: &str| {
        let html = quizzed(&format!(
            "[[questions]]\nid = \"one\"\ntype = \"ShortAnswer\"\nprompt.prompt = \"?\"\nanswer.answer = \"{answer}\"\n\
             [[questions]]\nid = \"two\"\ntype = \"ShortAnswer\"\nprompt.prompt = \"?\"\nanswer.answer = \"a\"\n\
             context = \"{context}\"\n"
        ));
        let digests: Vec<String> =
            html.split("data-digest=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        digests
    };
    let (before, after) = (questions("1", "so"), questions("2", "so"));
    assert_ne!(before[0], after[0]);
    assert_eq!(before[1], after[1]);
    assert_ne!(before[1], questions("1", "or so")[1]);
    let third =
        "so\"\n[[questions]]\nid = \"three\"\ntype = \"ShortAnswer\"\nprompt.prompt = \"?\"\nanswer.answer = \"b";
    assert_eq!(before, questions("1", third)[..2]);
}

#[test]
fn choices_are_shuffled_alike_each_time_sorted_by_number_or_as_they_are_given() {
    let order = |id: &str, settings: &str, answer: &str, others: &[&str]| -> Vec<String> {
        let html = quizzed(&format!(
            "[[questions]]\nid = \"{id}\"\ntype = \"MultipleChoice\"\nprompt.prompt = \"?\"\nprompt.distractors = {others:?}\n\
             answer.answer = \"{answer}\"\n{settings}\n"
        ));
        let list = html.split("<ul class=\"choices\">").nth(1).unwrap().split("</ul>").next().unwrap();
        list.split("</li>")
            .filter(|item| !item.is_empty())
            .map(|item| item.split('>').nth(1).unwrap().to_owned())
            .collect()
    };
    let others = ["9", "1,000", "b", "10"];
    let shuffled = order("x", "", "100", &others);
    assert_eq!(shuffled, order("x", "", "100", &others), "another order for the next reader");
    let turned: Vec<&str> = others.into_iter().rev().collect();
    assert_eq!(shuffled, order("x", "", "100", &turned), "the order in the file shows through");
    let firsts: std::collections::BTreeSet<usize> = ["a", "c", "d", "e", "f", "g", "h", "i"]
        .map(|id| order(id, "", "100", &others).iter().position(|choice| choice == "100").unwrap())
        .into();
    assert!(firsts.len() > 2, "the answer stands in the same place: {firsts:?}");
    assert_eq!(order("x", "prompt.sortAnswers = true", "100", &["9", "1,000", "10"]), ["9", "10", "100", "1,000"]);
    assert_eq!(order("x", "prompt.answerIndex = 1", "100", &["9", "1,000", "10"]), ["9", "100", "1,000", "10"]);
}

/// A library of one listing with these traces on record.
fn traced(dir: &Path, traces: &serde_json::Value) -> Library {
    let listing = "listings/concepts/mean";
    for (path, text) in [
        ("rust-toolchain.toml".to_owned(), "[toolchain]\nchannel = \"1.95.0\"\n".to_owned()),
        (
            format!("{listing}/Cargo.toml"),
            "[package]\nname = \"mean\"\n\n[package.metadata.listing]\ntitle = \"A <mean>\"\nclass = \"D\"\n\
             records = [\"trace.json\"]\n"
                .to_owned(),
        ),
        (format!("{listing}/src/main.rs"), MAIN.to_owned()),
        (format!("{listing}/tests/trace.rs"), String::new()),
        (format!("{listing}/trace.json"), serde_json::json!({"version": 1, "cases": traces}).to_string()),
        (format!("{listing}/records.json"), "{\"trace.json\": {\"by\": \"rustc 1.95.0\"}}".to_owned()),
    ] {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Library::load(dir).unwrap_or_else(|findings| panic!("{findings:?}"))
}

#[test]
fn a_stepper_is_a_table_of_steps_and_the_program_where_the_page_has_none() {
    let dir = tempfile::tempdir().unwrap();
    let shows = |text: &str, cursor: Option<usize>| serde_json::json!([null, null, {"text": text, "cursor": cursor}]);
    let case = serde_json::json!({
        "columns": [{"name": "the <caller>", "kind": "code"}, {"name": "generator", "kind": "code"},
            {"name": "state & \"more\"", "kind": "state"}],
        "start": shows("", Some(0)),
        "steps": [
            {"from": 0, "line": 7, "to": 1, "value": "</script><b>\u{1b}", "shows": shows("a<b\ncd", Some(0))},
            {"from": 1, "line": 4, "to": 2, "value": "&amp;", "shows": shows("ab", Some(4)), "printed": "<i>\n*2*\n"},
            {"from": 1, "line": 4, "value": "", "shows": shows("ab\u{7}", None)},
        ],
    });
    let library = traced(dir.path(), &serde_json::json!({"all": case}));
    let (rendered, findings) = listings::render(&library, &pages(&[("a/x.md", "{{#stepper mean}}\n")]), None);
    assert_eq!(findings, []);
    assert_eq!(rendered[0].lines().count(), 1);
    assert_data_eq!(
        by_element(&rendered[0]),
        str![[r#"
<figure class="stepper" id="mean-stepper">
<figcaption>
<span class="title">A &lt;mean&gt;: step by step</span> <span class="made-by">traced with rustc 1.95.0</span>
</figcaption>
<book-stepper data-slug="mean" data-address="step=mean" data-columns="[[&quot;the &lt;caller&gt;&quot;,&quot;code&quot;],[&quot;generator&quot;,&quot;code&quot;],[&quot;state &amp; /&quot;more/&quot;&quot;,&quot;state&quot;]]" style="--rows:18;--narrow-rows:25">
<div class="table-wrapper" tabindex="0" role="group" aria-label="What happens, in 3 steps">
<table class="trace">
<caption>What happens, in 3 steps</caption>
<thead>
<tr>
<th scope="col">step</th>
<th scope="col">who</th>
<th scope="col">in line</th>
<th scope="col">hands over</th>
<th scope="col">to</th>
<th scope="col">state &amp; &quot;more&quot;</th>
<th scope="col">prints</th>
</tr>
</thead>
<tbody>
<tr>
<th scope="row">0</th>
<td>start</td>
<td>
</td>
<td class="value">
</td>
<td>
</td>
<td class="state">
<samp>
<span class="cursor"> </span>
</samp>
</td>
<td class="printed">
</td>
</tr>
<tr data-from="0" data-to="1">
<th scope="row">1</th>
<td>
<span class="task task-a">the &lt;caller&gt;</span>
</td>
<td class="number">7</td>
<td class="value">
<code>&lt;/script&gt;&lt;b&gt;/u{1b}</code>
</td>
<td>
<span class="task task-b">generator</span>
</td>
<td class="state">
<samp>a&lt;b&#10;
<span class="cursor">c</span>d</samp>
</td>
<td class="printed">
</td>
</tr>
<tr data-from="1" data-to="2">
<th scope="row">2</th>
<td>
<span class="task task-b">generator</span>
</td>
<td class="number">4</td>
<td class="value">
<code>&amp;amp;</code>
</td>
<td>state &amp; &quot;more&quot;</td>
<td class="state">
<samp>ab  <span class="cursor"> </span>
</samp>
</td>
<td class="printed">
<samp>&lt;i&gt;&#10;
*2*&#10;
</samp>
</td>
</tr>
<tr data-from="1">
<th scope="row">3</th>
<td>
<span class="task task-b">generator</span>
</td>
<td class="number">4</td>
<td class="value">
</td>
<td>
</td>
<td class="state">
<samp>ab/u{7}</samp>
</td>
<td class="printed">
</td>
</tr>
</tbody>
</table>
</div>
<details class="whole">
<summary>The whole program, 6 lines: <code>cargo run -p mean</code>
</summary>
<pre class="code" tabindex="0" role="region" aria-label="The whole program">
<code class="nohighlight">
<span class="line" data-line="1">
<span class="tok-comment">// Adds.</span>
</span>&#10;
<span class="line" data-line="2">
<span class="tok-keyword">fn</span> <span class="tok-function">main</span>() {</span>&#10;
<span class="line" data-line="4">    <span class="tok-keyword">let</span> a = <span class="tok-number">1</span> &lt; <span class="tok-number">2</span>;</span>&#10;
<span class="line" data-line="5">
</span>&#10;
<span class="line" data-line="7">    <span class="tok-macro">println</span>!(<span class="tok-string">&quot;{a}&quot;</span>);</span>&#10;
<span class="line" data-line="10">}</span>&#10;
</code>
</pre>
</details>
</book-stepper>
</figure>

"#]]
    );

    // The listing's own lines are there to take, and the ids are its own.
    let text = "{{#stepper mean:all}}\n\n{{#listing mean}}\n";
    let (rendered, _) = listings::render(&library, &pages(&[("a/x.md", text)]), None);
    assert!(rendered[0].contains("id=\"mean-stepper-all\"") && rendered[0].contains("data-address=\"step=mean:all\""));
    assert_eq!(rendered[0].matches("<pre class=\"code\"").count(), 1);
    assert!(rendered[0].contains("id=\"mean.add\""));
}

#[test]
fn a_stepper_keeps_the_room_of_its_largest_step() {
    // How many rows, on a wide screen and on a narrow one, where these steps show a state and print.
    let rows = |steps: &[(&str, &str)]| -> [usize; 2] {
        let steps: Vec<_> = steps
            .iter()
            .map(|(text, printed)| {
                let shows = serde_json::json!([null, {"text": text}]);
                serde_json::json!({"from": 0, "line": 4, "to": 1, "value": "one", "shows": shows, "printed": printed})
            })
            .collect();
        let columns = serde_json::json!([{"name": "caller", "kind": "code"}, {"name": "state", "kind": "state"}]);
        let case = serde_json::json!({"columns": columns, "start": [null, {"text": ""}], "steps": steps});
        let dir = tempfile::tempdir().unwrap();
        let library = traced(dir.path(), &serde_json::json!({"all": case}));
        let (rendered, findings) = listings::render(&library, &pages(&[("a/x.md", "{{#stepper mean}}\n")]), None);
        assert_eq!(findings, []);
        let number = |name: &str| {
            let text = rendered[0].split(name).nth(1).unwrap();
            text.split([';', '"']).next().unwrap().parse().unwrap()
        };
        [number("\"--rows:"), number(";--narrow-rows:")]
    };
    let [wide, narrow] = rows(&[("1", "")]);
    assert_eq!(rows(&[("1", ""), ("2", ""), ("3", "")]), [wide, narrow], "more steps, and none larger");
    // On a wide screen the column stands beside one of code, which has two lines.
    assert_eq!(rows(&[("1", ""), ("1\n2\n3\n4\n5", ""), ("2", "")]), [wide + 3, narrow + 4], "five lines");
    let [wider, narrower] = rows(&[(&"long ".repeat(20), "")]);
    assert!(wider > wide + 1 && narrower > narrow + 3, "what is wide wraps: {wider}, {narrower}");
    let printed = rows(&[("1", "a\n"), ("1", "b\n"), ("1", "c\n")]);
    assert_eq!(printed, [wide + 4, narrow + 4], "three lines, and a frame");
}

#[test]
fn a_link_to_a_step_leads_to_its_stepper_and_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let step = serde_json::json!({"from": 0, "line": 7, "value": "", "shows": [null]});
    let case = |steps: usize| serde_json::json!({"columns": [{"name": "caller", "kind": "code"}], "start": [null], "steps": vec![step.clone(); steps]});
    let fault = |library: &Library, text: &str| {
        let findings = listings::render(library, &pages(&[("a/x.md", text)]), None).1;
        assert_eq!(findings.len(), 1, "{text}: {findings:?}");
        (findings[0].line, findings[0].message.clone())
    };

    let library = traced(dir.path(), &serde_json::json!({"all": case(3)}));
    let text = "{{#stepper mean}}\n\n[three](step:mean=3) [start](step:mean:all=0)\n";
    let named = "{{#stepper mean:all}}\n\n[*one*](step:mean=1)\n";
    let elsewhere = "[two](step:mean=2)\n";
    let (rendered, findings) =
        listings::render(&library, &pages(&[("b/y.md", elsewhere), ("a/x.md", text), ("a/z.md", named)]), None);
    assert_eq!(findings, []);
    let links = "<a class=\"step-link\" href=\"#step=mean=3\">three</a> <a class=\"step-link\" href=\"#step=mean=0\">start</a>\n";
    assert!(rendered[1].ends_with(links), "{}", rendered[1]);
    // In the address a stepper is called as its directive calls it.
    assert!(rendered[2].contains("data-address=\"step=mean:all\""), "{}", rendered[2]);
    assert!(rendered[2].ends_with("<a class=\"step-link\" href=\"#step=mean:all=1\">*one*</a>\n"), "{}", rendered[2]);
    assert_eq!(rendered[0], "<a class=\"step-link\" href=\"../a/x.html#step=mean=2\">two</a>\n");
    for (text, message) in [
        ("[x](step:mean)", "a step is missing: [text](step:mean=1)"),
        ("[x](step:mean=4)", "no step \"4\": \"mean\" has 3, and 0 is the beginning: [text](step:mean=3)"),
        (
            "[x](step:mean:all=03)",
            "no step \"03\": \"mean:all\" has 3, and 0 is the beginning: [text](step:mean:all=3)",
        ),
        ("[x](step:mean=)", "no step \"\": \"mean\" has 3, and 0 is the beginning: [text](step:mean=3)"),
        ("[x](step:mean:al=1)", "\"mean\" has no trace \"al\": did you mean \"all\"?"),
        ("[x](step:means=1)", "unknown listing \"means\": did you mean \"mean\"?"),
        ("[x](step:mean=1)", "no page shows these steps: write {{#stepper mean}}"),
        ("[x][y]\n\n[y]: step:mean:all=1", "a link to `step:` is written [text](step:mean:all=1)"),
        ("[x](Step:mean=1)", "a link to `Step:` is written in small letters: step:mean=1"),
        ("[x](x.md#step=mean=1)", "\"x.md#step=mean=1\" is an address that nobody checks: write [text](step:mean=1)"),
    ] {
        assert_eq!(fault(&library, text), (Some(1), message.to_owned()), "{text}");
    }
    let none = self::library(dir.path());
    assert_eq!(
        fault(&none, "[x](step:sum=1)").1,
        "\"sum\" records no trace.json: add it to `records` in its Cargo.toml"
    );

    let dir = tempfile::tempdir().unwrap();
    let library = traced(dir.path(), &serde_json::json!({"all": case(3), "once": case(1)}));
    let steppers = "{{#stepper mean:all}}\n\n{{#stepper mean:once}}\n\n";
    let rendered = |link: &str| listings::render(&library, &pages(&[("a/x.md", &format!("{steppers}{link}\n"))]), None);
    assert!(rendered("[x](step:mean:once=1)").0[0].ends_with("href=\"#step=mean:once=1\">x</a>\n"));
    let expected = "src/a/x.md:5: no step \"2\": \"mean:once\" has 1, and 0 is the beginning: [text](step:mean:once=1)";
    assert_eq!(rendered("[x](step:mean:once=2)").1[0].to_string(), expected);
    let expected = "\"mean\" has 2 traces: write [text](step:mean:all=1) or [text](step:mean:once=1)";
    assert_eq!(fault(&library, "[x](step:mean=1)").1, expected);
    assert_eq!(fault(&library, "[x](step:mean:once=1)").1, "no page shows these steps: write {{#stepper mean:once}}");
}

#[test]
fn a_long_table_of_steps_is_folded() {
    let dir = tempfile::tempdir().unwrap();
    let step = serde_json::json!({"from": 0, "line": 4, "value": "once more", "shows": [null]});
    let case =
        serde_json::json!({"columns": [{"name": "caller", "kind": "code"}], "start": [null], "steps": vec![step; 12]});
    let library = traced(dir.path(), &serde_json::json!({"all": case}));
    let (rendered, findings) = listings::render(&library, &pages(&[("a/x.md", "{{#stepper mean}}\n")]), None);
    assert_eq!(findings, []);
    let folded = "<details><summary>What happens, in 12 steps: 13 rows</summary><div class=\"table-wrapper\"";
    assert!(rendered[0].contains(folded), "{}", rendered[0]);
}
