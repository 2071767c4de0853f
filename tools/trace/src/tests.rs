use super::*;

/// As the hooks of a program would say it.
fn steps() -> Trace {
    Trace::new("all").code("caller", &["main"]).code("generator", &["next"]).state("till", "0").run(|| {
        at("main", 3);
        at("helper", 9);
        transfer("generator", "next()");
        at("next", 7);
        show("till", "1");
        transfer("caller", "yield 1");
        at("main", 4);
        crate::println!("{} sold", 1);
    })
}

#[test]
fn each_transfer_is_a_step_and_so_is_what_is_left() {
    let trace = steps();
    let short: Vec<_> = trace.steps.iter().map(|step| (step.from, step.line, step.to, &*step.value)).collect();
    // A function of no column is its caller's.
    assert_eq!(short, [(0, 3, Some(1), "next()"), (1, 7, Some(0), "yield 1"), (0, 4, None, "")]);
    let shown: Vec<_> = trace.steps.iter().map(|step| step.shows[2].as_ref().unwrap().text.as_str()).collect();
    assert_eq!(shown, ["0", "1", "1"]);
    assert_eq!(trace.steps[2].printed, "1 sold\n");
    assert_eq!(steps(), trace);
}

/// Who had control in each step, in which line, and with what.
fn short(trace: &Trace) -> Vec<(&str, usize, &str)> {
    trace.steps.iter().map(|step| (&*trace.columns[step.from].name, step.line, &*step.value)).collect()
}

/// A hooked function.
fn call<T>(name: &str, line: usize, body: impl FnOnce() -> T) -> T {
    let _entered = enter(name);
    at(name, line);
    body()
}

fn three_columns() -> Trace {
    Trace::new("all").code("caller", &["main", "ask"]).code("generator", &["next"]).code("helper", &["help"])
}

#[test]
fn a_function_that_returns_gives_control_back() {
    let trace = three_columns().state("till", "").run(|| {
        call("main", 1, || {
            call("help", 9, || step("in it"));
            transfer("till", "after it");
            // A function of no column changes nothing; one of the same column has lines of its own.
            call("other", 5, || call("help", 8, || ()));
            call("ask", 3, || step("asked"));
            step("after it");
            // One that has just returned can be asked for by its caller alone.
            call("next", 7, || ());
            transfer("caller", "what it returned");
            call("next", 7, || ());
            step("by the caller");
        });
    });
    let expected = [
        ("helper", 9, "in it"),
        ("caller", 1, "after it"),
        ("caller", 3, "asked"),
        ("caller", 1, "after it"),
        ("generator", 7, "what it returned"),
        ("caller", 1, "by the caller"),
    ];
    assert_eq!(short(&trace)[..], expected);
}

#[test]
fn a_function_that_was_handed_control_keeps_it_when_it_returns() {
    let send = |line| {
        transfer("generator", "send");
        call("next", line, || call("help", 9, || ()));
        show("till", line.to_string());
        transfer("till", "stored");
        transfer("caller", "yield");
    };
    let trace = three_columns().state("till", "").run(|| {
        // All of it in one statement.
        call("main", 1, || {
            send(7);
            send(8);
            call("ask", 3, || step("asked"));
            step("done");
        });
    });
    let round = |line| [("caller", 1, "send"), ("generator", line, "stored"), ("generator", line, "yield")];
    let expected = [&round(7)[..], &round(8), &[("caller", 3, "asked"), ("caller", 1, "done")]].concat();
    assert_eq!(short(&trace), expected);
}

#[test]
fn what_becomes_a_text_may_have_hooks() {
    struct Loaf;
    impl std::fmt::Display for Loaf {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            call("help", 9, || f.write_str("a loaf"))
        }
    }
    impl From<Loaf> for String {
        fn from(loaf: Loaf) -> String {
            loaf.to_string()
        }
    }
    let trace = three_columns().state("till", "").run(|| {
        call("next", 7, || ());
        call("main", 1, || {
            crate::print!("{Loaf}");
            show("till", Loaf);
            transfer("till", Loaf);
            step(Loaf);
        });
    });
    assert_eq!(short(&trace), [("caller", 1, "a loaf"); 2]);
    assert_eq!((&*trace.steps[0].printed, &*trace.steps[0].shows[3].as_ref().unwrap().text), ("a loaf", "a loaf"));
}

#[test]
fn of_two_traces_of_one_name_one_is_refused() {
    let folder = std::env::temp_dir().join(format!("two-traces-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    // Many at a time, as tests are: whoever looks first and writes later lets two pass.
    let trace = steps();
    let start = std::sync::Barrier::new(8);
    let write = || {
        start.wait();
        std::panic::catch_unwind(|| trace.write(&folder)).is_ok()
    };
    let written = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8).map(|_| scope.spawn(write)).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).filter(|written| *written).count()
    });
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(written, 1);
}

#[test]
fn without_a_trace_nothing_is_kept_and_nothing_fails() {
    at("main", 1);
    transfer("nobody", "");
    show("nothing", "");
    crate::print!("");
}

#[test]
fn what_other_threads_do_is_in_no_trace() {
    let trace = Trace::new("all").code("main", &["main"]).run(|| {
        at("main", 1);
        step("here");
        std::thread::spawn(|| step("there")).join().unwrap();
    });
    assert_eq!(trace.steps.len(), 1);
}

#[track_caller]
fn assert_panics(expected: &str, run: impl FnOnce() -> Trace + std::panic::UnwindSafe) {
    let panic = std::panic::catch_unwind(run).unwrap_err();
    RECORDER.take();
    let message =
        panic.downcast_ref::<String>().cloned().unwrap_or_else(|| panic.downcast_ref::<&str>().unwrap().to_string());
    assert!(message.contains(expected), "{message}");
}

#[test]
fn what_is_wrong_is_said_with_what_to_write() {
    let one = || Trace::new("all").code("main", &["main"]).state("till", "");
    assert_panics("\"The one\" is no name", || Trace::new("The one"));
    assert_panics("two columns \"till\"", move || one().state("till", ""));
    assert_panics("more than 6 columns of code", || {
        ["a", "b", "c", "d", "e", "f", "g"].into_iter().fold(Trace::new("all"), |trace, name| trace.code(name, &[name]))
    });
    assert_panics("needs a function", move || one().code("clerk", &[]));
    assert_panics("nothing was recorded", move || one().run(|| at("main", 1)));
    let expected = "nothing of the column \"main\" has run: [\"main\"] needs the names of functions of the program";
    assert_panics(expected, move || one().run(|| at("moon", 1)));
    assert_panics("no function of a column has run", move || one().run(|| transfer("till", "1")));
    assert_panics("there is no column \"tille\": they are \"main\", \"till\"", move || {
        one().run(|| {
            at("main", 1);
            transfer("tille", "1");
        })
    });
    let itself = "\"main\" hands something to itself in line 1: do other columns name their functions? If they do, give each \
                  call a statement of its own";
    assert_panics(itself, move || {
        one().run(|| {
            at("main", 1);
            transfer("main", "1");
        })
    });
    assert_panics("\"main\" is a column of code", move || one().run(|| show("main", "1")));
    assert_panics("step 1 has a cursor in column 501: a screen has 500 at most", || {
        Trace::new("all").code("main", &["main"]).screen("screen").run(|| {
            at("main", 1);
            show_screen("screen", "", 501);
        })
    });
    assert_panics("more than 200 steps", move || {
        one().run(|| {
            at("main", 1);
            (0..201).for_each(|_| step(""));
        })
    });
}

fn record(change: impl FnOnce(&mut serde_json::Value)) -> Result<Traces, String> {
    let mut json = serde_json::json!({"version": 1, "cases": {"all": steps()}});
    change(&mut json);
    Traces::parse(&json.to_string())
}

#[test]
fn a_record_is_read_back_and_each_fault_in_it_named() {
    let mut trace = record(|_| {}).unwrap().cases.remove("all").unwrap();
    assert_eq!(trace.case, "all");
    for column in &mut trace.columns {
        column.functions = steps().columns.into_iter().find(|it| it.name == column.name).unwrap().functions;
    }
    assert_eq!(trace, steps());

    let fault = |change: fn(&mut serde_json::Value)| record(change).unwrap_err();
    assert_eq!(fault(|json| json["version"] = 2.into()), "version 2, expected 1");
    let case = "the case \"all\": ";
    assert_eq!(
        fault(|json| json["cases"]["all"]["steps"][1]["to"] = 3.into()),
        format!("{case}step 2 names column 3 of 3")
    );
    assert_eq!(
        fault(|json| json["cases"]["all"]["steps"][0]["from"] = 2.into()),
        format!("{case}step 1 gives control to \"till\", a column of state")
    );
    let lacks = "does not show its columns";
    assert_eq!(fault(|json| json["cases"]["all"]["start"] = serde_json::json!([])), format!("{case}its start {lacks}"));
    assert_eq!(
        fault(|json| json["cases"]["all"]["steps"][2]["shows"][2] = serde_json::Value::Null),
        format!("{case}step 3 {lacks}")
    );
    assert_eq!(fault(|json| json["cases"]["all"]["steps"] = serde_json::json!([])), format!("{case}it has no step"));
    assert!(fault(|json| json["cases"]["all"]["stpes"] = 1.into()).contains("unknown field `stpes`"));
    assert_eq!(
        fault(|json| json["cases"]["all"]["steps"][1]["to"] = 1.into()),
        format!("{case}in step 2, \"generator\" hands something to itself")
    );
    assert_eq!(
        fault(|json| json["cases"]["all"]["columns"][1]["name"] = "caller".into()),
        format!("{case}there are two columns \"caller\": rename one")
    );
    assert_eq!(
        fault(|json| json["cases"]["all"]["steps"][1]["shows"][2]["cursor"] = 4_000_000_000_u32.into()),
        format!("{case}step 2 has a cursor in column 4000000000: a screen has 500 at most")
    );
    assert_eq!(
        fault(|json| json["cases"]["all"]["start"][2]["cursor"] = 501.into()),
        format!("{case}its start has a cursor in column 501: a screen has 500 at most")
    );
    record(|json| json["cases"]["all"]["start"][2] = serde_json::json!({"text": "é".repeat(600), "cursor": 600}))
        .unwrap();
    let more = |json: &mut serde_json::Value| {
        let all = &mut json["cases"]["all"];
        let columns = all["columns"].as_array_mut().unwrap();
        columns.extend("abcde".chars().map(|name| serde_json::json!({"name": name.to_string(), "kind": "code"})));
        let nulls = || std::iter::repeat_n(serde_json::Value::Null, 5);
        all["start"].as_array_mut().unwrap().extend(nulls());
        all["steps"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .for_each(|step| step["shows"].as_array_mut().unwrap().extend(nulls()));
    };
    assert_eq!(fault(more), format!("{case}more than 6 columns of code: let several functions share a column"));
    let named = |name: &str| record(|json| json["cases"] = serde_json::json!({ name: steps() })).unwrap_err();
    for name in ["\"><script>", "", "All", "a:b"] {
        let expected = format!("{name:?} is no name of a case: write lower-case letters, digits and hyphens");
        assert_eq!(named(name), expected);
    }
    assert_eq!(fault(|json| json["cases"] = serde_json::json!({})), "it has no case");
}
