// Two threads of one scope, and both may write to the same slice.
use std::thread;

fn main() {
    let mut wages = [20, 21, 22, 23];
    thread::scope(|scope| {
        scope.spawn(|| wages[0] += 5);
        scope.spawn(|| wages[3] += 5);
    });
    println!("wages: {wages:?}");
}
