include!("../src/main.rs");

fn join(clerk: impl FnOnce() -> u32 + Send + 'static) -> Result<u32, String> {
    thread::spawn(clerk).join().map_err(|payload| reason(&*payload).to_owned())
}

#[test]
fn a_thread_that_returns_is_ok() {
    for price in 1..=10 {
        assert_eq!(join(move || change(10, price)), Ok(10 - price));
    }
}

#[test]
fn a_panic_is_an_error_with_its_message() {
    assert_eq!(join(|| change(10, 0)), Err("no price tag".into()));
    for price in 14..30 {
        assert_eq!(join(move || change(10, price)), Err(format!("{} short", price - 10)));
    }
}

#[test]
fn a_payload_may_be_anything() {
    let no_text = Err("something that is no text".to_owned());
    assert_eq!(join(|| change(10, 13)), no_text);
    assert_eq!(join(|| panic::panic_any(Box::new("boxed"))), no_text);
    assert_eq!(join(|| panic::panic_any("a str")), Err("a str".into()));
    assert_eq!(join(|| panic::panic_any(String::from("a string"))), Err("a string".into()));
}

#[cfg(unix)]
#[test]
fn the_program_lives_on_and_the_messages_go_to_stderr() {
    let run = listing::run::Run::new(env!("CARGO_BIN_EXE_join-panic")).finish().unwrap();
    assert!(run.status.success());
    assert!(run.text().ends_with("the shop is still open\n"), "{}", run.text());
    assert_eq!(run.errors().matches("panicked at").count(), 3, "{}", run.errors());
    assert!(!run.text().contains("panicked at"), "{}", run.text());
}
