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
    assert_panics("\"main\" hands something to itself in line 1", move || {
        one().run(|| {
            at("main", 1);
            transfer("main", "1");
        })
    });
    assert_panics("\"main\" is a column of code", move || one().run(|| show("main", "1")));
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
}
