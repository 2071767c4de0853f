include!("../src/main.rs");

#[test]
fn no_line_is_lost_and_the_ledger_goes_with_its_last_owner() {
    for _ in 0..200 {
        let ledger = Arc::new(Ledger { lines: Mutex::new(Vec::new()) });
        let watch = Arc::downgrade(&ledger);
        let clerks = ["a", "b", "c"].map(|line| {
            let ledger = Arc::clone(&ledger);
            thread::spawn(move || ledger.lines.lock().unwrap().push(line))
        });
        for clerk in clerks {
            clerk.join().unwrap();
        }
        // A thread drops what its closure owns before `join` returns.
        assert_eq!(Arc::strong_count(&ledger), 1);
        let mut lines = ledger.lines.lock().unwrap().clone();
        lines.sort();
        assert_eq!(lines, ["a", "b", "c"]);
        drop(ledger);
        assert!(watch.upgrade().is_none());
    }
}

#[test]
#[cfg(unix)]
fn it_is_closed_once_after_the_clerks_and_before_the_shop() {
    let run = listing::run::Run::new(env!("CARGO_BIN_EXE_shared-ledger")).finish().unwrap();
    let text = run.text();
    let says = |line: &str| text.lines().filter(|&said| said == line).count();
    assert!(run.status.success());
    // Whichever clerk is the last: all lines are in the ledger then.
    assert_eq!(says("ledger closed with [\"1 parcel\", \"3 stamps\"]"), 1, "{text}");
    assert_eq!(text.matches("ledger closed").count(), 1, "{text}");
    assert!(text.find("ledger closed") < text.find("shop closed"), "{text}");
}
