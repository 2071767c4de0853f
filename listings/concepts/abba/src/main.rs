// To move stock from one store to the other, a clerk locks both. The clerks begin
// with different ones.
use std::sync::Mutex;
use std::thread;

fn main() {
    let shop = Mutex::new(10);
    let cellar = Mutex::new(10);

    thread::scope(|scope| {
        // ANCHOR: orders
        scope.spawn(|| {
            let mut from = shop.lock().unwrap();
            let mut to = cellar.lock().unwrap();
            *from -= 1;
            *to += 1;
        });
        scope.spawn(|| {
            let mut from = cellar.lock().unwrap();
            let mut to = shop.lock().unwrap();
            *from -= 2;
            *to += 2;
        });
        // ANCHOR_END: orders
    });
    println!("shop {}, cellar {}", shop.lock().unwrap(), cellar.lock().unwrap());
}
