// One name, and a till for each thread: made when the thread first uses it,
// closed when the thread ends.
use std::cell::Cell;
use std::thread;

// ANCHOR: till
struct Till {
    sales: Cell<u32>,
}

impl Drop for Till {
    fn drop(&mut self) {
        println!("  till closed after {} sales", self.sales.get());
    }
}

thread_local! {
    static TILL: Till = {
        println!("  till opened");
        Till { sales: Cell::new(0) }
    };
}
// ANCHOR_END: till

// ANCHOR: sell
fn sell() {
    TILL.with(|till| till.sales.set(till.sales.get() + 1));
}
// ANCHOR_END: sell

fn main() {
    for (clerk, sales) in [("Anna", 3), ("Ben", 2), ("Carl", 0)] {
        println!("{clerk} comes");
        let work = move || (0..sales).for_each(|_| sell());
        thread::spawn(work).join().expect("selling does not panic");
        println!("{clerk} has gone");
    }
}
