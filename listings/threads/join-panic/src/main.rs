// A panic ends its thread, not the program: who joins the thread gets a value.
use std::any::Any;
use std::panic;
use std::thread;

// ANCHOR: clerk
/// Gives change, unless something is wrong with the till.
fn change(paid: u32, price: u32) -> u32 {
    match price {
        0 => panic!("no price tag"),
        13 => panic::panic_any(price), // the payload need not be text
        _ if paid < price => panic!("{} short", price - paid),
        _ => paid - price,
    }
}
// ANCHOR_END: clerk

// ANCHOR: reason
/// What a panic said: `panic!` leaves a `&str` or a `String`, `panic_any` anything.
fn reason(payload: &(dyn Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "something that is no text"
    }
}
// ANCHOR_END: reason

// ANCHOR: join
fn main() {
    for price in [7, 0, 12, 13] {
        match thread::spawn(move || change(10, price)).join() {
            Ok(change) => println!("price {price}: change {change}"),
            Err(payload) => println!("price {price}: panic: {}", reason(&*payload)),
        }
    }
    println!("the shop is still open");
}
// ANCHOR_END: join
