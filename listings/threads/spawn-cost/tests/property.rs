include!("../src/main.rs");

#[test]
fn each_way_gives_the_answer() {
    let program = Path::new(env!("CARGO_BIN_EXE_spawn-cost"));
    assert_eq!([by_call(), by_task(), by_thread(), by_process(program)], [42; 4]);
}

#[test]
fn quartiles_are_in_order_and_of_every_repetition() {
    let count = std::cell::Cell::new(0);
    let [low, median, high] = quartiles(3, || {
        count.set(count.get() + 1);
        count.get()
    });
    assert_eq!(count.get() as usize, 3 * ROUNDS);
    assert!(0.0 <= low && low <= median && median <= high && high.is_finite());
}

#[test]
fn what_it_prints_is_a_measurement() {
    let run = listing::run::Run::new(env!("CARGO_BIN_EXE_spawn-cost")).finish().unwrap();
    let measurement = listing::Measurement::parse(Path::new("stdout"), &run.text()).unwrap();
    let plot = listing::Plot { y: listing::Scale::Log, ..listing::Plot::default() };
    assert_eq!(measurement.malformed(&plot), [""; 0]);
    assert_eq!(measurement.points().count(), 4);
}
