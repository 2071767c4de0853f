//! Channels: every outcome of small programs, with counts worked out by hand.
//!
//! Steps are sends, receives, prints, and the drops of the last sender and of the receiver while the other end is there.
#[macro_use]
extern crate interleave_std as std;
extern crate std as real_std;

#[macro_use]
mod common;

use common::assert_explored;
use core::time::Duration;
use std::Kind::Ok as Fine;
use std::sync::mpsc::{RecvTimeoutError, SendError, TryRecvError, TrySendError, channel, sync_channel};
use std::thread;

#[test]
fn messages_come_in_the_order_of_their_sending() {
    fn main() {
        let (tx, rx) = channel();
        let other = tx.clone();
        thread::spawn(move || tx.send(1).unwrap());
        thread::spawn(move || other.send(2).unwrap());
        println!("{:?}", rx.iter().collect::<Vec<i32>>());
    }
    // Send, send, drop of the last sender, and for each its receive after it: the 5 standard tableaux of 2 by 3, for each
    // of the two orders of the sends. All else comes after the last receive.
    assert_explored(main, &[(Fine, "[1, 2]\n", 5), (Fine, "[2, 1]\n", 5)]);
}

fn send_and_say(bound: usize) {
    let (tx, rx) = sync_channel(bound);
    thread::scope(|scope| {
        scope.spawn(move || {
            tx.send(1).unwrap();
            print!("sent ");
        });
        assert_eq!(rx.recv(), Ok(1));
        print!("got ");
    });
}

#[test]
fn without_room_a_sender_goes_on_when_its_message_is_taken() {
    // Send, receive; then the sender's print and drop in any mix with the receiver's print.
    assert_explored(|| send_and_say(0), &[(Fine, "sent got ", 2), (Fine, "got sent ", 1)]);
}

#[test]
fn with_room_a_sender_goes_on_at_once() {
    // Send; then print and drop in any mix with receive and print: 6, in one of which the receiver prints first.
    assert_explored(|| send_and_say(1), &[(Fine, "sent got ", 5), (Fine, "got sent ", 1)]);
}

#[test]
fn a_full_channel_makes_its_sender_wait() {
    fn main() {
        let (tx, rx) = sync_channel(1);
        thread::scope(|scope| {
            scope.spawn(move || {
                tx.send('a').unwrap();
                tx.send('b').unwrap();
            });
            print!("{}", rx.iter().collect::<String>());
        });
    }
    // Send, receive, send; then the drop and the receive in either order.
    assert_explored(main, &[(Fine, "ab", 2)]);
}

fn send_to_nobody(bound: usize) {
    let (tx, rx) = sync_channel(bound);
    thread::scope(|scope| {
        scope.spawn(move || match tx.send(7) {
            Ok(()) => print!("sent"),
            Err(SendError(back)) => print!("{back} is back"),
        });
        drop(rx);
    });
}

#[test]
fn a_message_that_nobody_will_take_comes_back() {
    // The receiver's drop, send, print (the sender's drop matters no more); or send, and then print and the receiver's drop
    // in either order, or print and the sender's drop, after which the receiver's is no step.
    assert_explored(|| send_to_nobody(1), &[(Fine, "7 is back", 1), (Fine, "sent", 3)]);
    // Without room it comes back even to the sender who waits: drop and send in either order.
    assert_explored(|| send_to_nobody(0), &[(Fine, "7 is back", 2)]);
}

#[test]
fn a_receiver_does_not_wait_longer_than_it_will() {
    fn main() {
        let (tx, rx) = channel();
        thread::scope(|scope| {
            scope.spawn(move || tx.send(1).unwrap());
            match rx.recv_timeout(Duration::from_millis(5)) {
                Ok(_) => print!("got it"),
                Err(RecvTimeoutError::Timeout) => print!("too late"),
                Err(RecvTimeoutError::Disconnected) => print!("closed"),
            }
        });
    }
    // The send, and then receive and print in any mix with the drop; or the same, with the wait begun before the send. Or
    // time is over first: print in any mix with send and drop. Never closed: the message is there before that.
    assert_explored(main, &[(Fine, "got it", 3 + 3), (Fine, "too late", 3)]);
}

#[test]
fn an_empty_channel_is_not_a_closed_one() {
    fn main() {
        let (tx, rx) = channel::<u8>();
        thread::scope(|scope| {
            scope.spawn(move || drop(tx));
            match rx.try_recv() {
                Ok(_) => unreachable!(),
                Err(TryRecvError::Empty) => print!("empty"),
                Err(TryRecvError::Disconnected) => print!("closed"),
            }
        });
    }
    // Drop, receive and print; or receive, and then drop and print in either order.
    assert_explored(main, &[(Fine, "closed", 1), (Fine, "empty", 2)]);
}

#[test]
fn without_room_try_send_needs_a_receiver_that_waits() {
    fn main() {
        let (tx, rx) = sync_channel(0);
        thread::scope(|scope| {
            scope.spawn(move || match tx.try_send(1) {
                Ok(()) => print!("sent "),
                Err(TrySendError::Full(1)) => print!("full "),
                Err(_) => unreachable!(),
            });
            print!("{}", if rx.recv().is_ok() { "got " } else { "closed " });
        });
    }
    // Whether the receiver waits already is a choice of its own. If not, all the rest follows in turn. If so, the sender's
    // print and drop come in any mix with the receive and its print: 6, in one of which the receiver prints first.
    assert_explored(main, &[(Fine, "full closed ", 1), (Fine, "sent got ", 5), (Fine, "got sent ", 1)]);
}

#[test]
fn a_message_is_the_one_of_its_sender_even_if_nobody_can_tell_them_apart() {
    struct Plain(&'static str);

    fn main() {
        let (tx, rx) = sync_channel(0);
        thread::scope(|scope| {
            for name in ["a", "b"] {
                let tx = tx.clone();
                scope.spawn(move || tx.send(Plain(name)));
            }
            drop(tx);
            for Plain(name) in &rx {
                print!("{name}");
            }
        });
    }
    // The sends of a and b in either order. If the second comes before the first is received: receive, print, receive, then
    // the drop in any mix with the print (2). If it comes after the receive: in either order with the print, and then the
    // same; the print before it is over, for the order is the receiver's own: again 2 each.
    assert_explored(main, &[(Fine, "ab", 6), (Fine, "ba", 6)]);
}

#[test]
fn what_is_left_in_a_channel_ends_with_its_receiver() {
    fn main() {
        let (tx, rx) = channel();
        let (inner, closed) = channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || {
                tx.send(inner).unwrap_or_else(|SendError(inner)| {
                    print!("back ");
                    drop(inner);
                });
            });
            scope.spawn(move || drop(rx));
            assert!(closed.recv().is_err());
            print!("closed");
        });
    }
    // The sender sends (S) and drops its end (D, a step while the other end is there); the receiver's drop (R, a step while
    // a sender is there) takes the message with it, whose own drop (I) closes the inner channel, of which main receives
    // (M) and prints (P). R first: S fails, print, I, M, P: 1. S first: then D R I M P with R no step: D I M P; or R, after
    // which D is none: R I M P. I is a step always, as main waits.
    assert_explored(main, &[(Fine, "back closed", 1), (Fine, "closed", 2)]);
}

#[test]
fn a_receiver_that_waits_for_itself_is_stuck() {
    fn main() {
        let (tx, rx) = channel::<()>();
        let _ = rx.recv();
        drop(tx);
    }
    let report = assert_explored(main, &[(std::Kind::Deadlock, "", 1)]);
    let line = line!() - 4;
    assert_eq!(report.outcomes[0].why, format!("m waits for tx/rx in line {line}"));
}

same! {
    errors {
        use std::sync::mpsc::{channel, sync_channel};
        use core::time::Duration;
        let (tx, rx) = sync_channel(1);
        let (none, closed) = channel::<u8>();
        let mut text = format!("{:?} {:?} {:?}", rx.try_recv(), tx.send(1), tx.try_send(2));
        text += &format!("{:?}", rx.recv_timeout(Duration::ZERO));
        text += &format!("{:?}", rx.recv_timeout(Duration::from_micros(1)));
        text += &format!("{tx:?} {rx:?} {none:?}");
        let again = tx.clone();
        tx.send(3).unwrap();
        drop(tx);
        text += &format!("{:?}", again.try_send(4));
        drop(again);
        text += &format!("{:?} {:?} {:?}", rx.recv(), rx.recv(), rx.try_recv());
        text += &format!("{:?}", rx.recv_timeout(Duration::from_secs(1)));
        drop(closed);
        text += &format!("{:?}", none.send(5));
        let (tx, rx) = sync_channel(0);
        text += &format!("{:?}", tx.try_send(6));
        drop(rx);
        text + &format!("{:?} {:?}", tx.try_send(7), tx.send(8))
    }

    iterators {
        use std::sync::mpsc::channel;
        let (tx, rx) = channel();
        (0..6).for_each(|n| tx.send(n).unwrap());
        let mut text = format!("{:?} {:?}", rx.iter().next(), rx.iter().take(2).collect::<Vec<_>>());
        text += &format!("{:?}", rx.try_iter().collect::<Vec<_>>());
        tx.send(9).unwrap();
        drop(tx);
        text += &format!("{:?} {:?}", rx.iter(), rx.try_iter());
        let all = rx.into_iter();
        text + &format!("{all:?}") + &format!("{:?}", all.collect::<Vec<_>>())
    }
}

/// Auto traits are those of the real types.
#[test]
fn ends_may_go_where_the_real_ones_may() {
    use std::panic::{RefUnwindSafe, UnwindSafe};
    use std::sync::mpsc::{Receiver, Sender, SyncSender};

    fn shared<T: Send + Sync + UnwindSafe + RefUnwindSafe>() {}
    fn sent<T: Send + UnwindSafe + RefUnwindSafe>() {}
    shared::<Sender<core::cell::Cell<u8>>>();
    shared::<SyncSender<core::cell::Cell<u8>>>();
    sent::<Receiver<core::cell::Cell<u8>>>();
}
