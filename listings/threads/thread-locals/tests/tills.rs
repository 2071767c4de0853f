include!("../src/main.rs");

/// Threads that sell at the same time, met at a barrier in between, do not count each other's sales.
#[test]
fn each_thread_counts_its_own_sales() {
    let half_way = std::sync::Barrier::new(8);
    thread::scope(|scope| {
        for sales in 1..=8 {
            let half_way = &half_way;
            scope.spawn(move || {
                (0..sales).for_each(|_| sell());
                half_way.wait();
                (0..sales).for_each(|_| sell());
                assert_eq!(TILL.with(|till| till.sales.get()), 2 * sales);
            });
        }
    });
}

#[cfg(unix)]
#[test]
fn a_till_opens_at_first_use_and_closes_with_its_thread() {
    let run = listing::run::Run::new(env!("CARGO_BIN_EXE_thread-locals")).finish().unwrap();
    assert!(run.status.success());
    let lines = [
        "Anna comes",
        "  till opened",
        "  till closed after 3 sales",
        "Anna has gone",
        "Ben comes",
        "  till opened",
        "  till closed after 2 sales",
        "Ben has gone",
        "Carl comes",
        "Carl has gone",
    ];
    assert!(run.text().lines().eq(lines), "{}", run.text());
}
