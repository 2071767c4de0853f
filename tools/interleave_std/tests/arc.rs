//! Who owns what: `Arc` and `Weak`.
#[macro_use]
extern crate interleave_std as std;
extern crate std as real_std;

#[macro_use]
mod common;

use std::Kind::Ok as Good;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Weak};
use std::{Options, thread};

use common::{assert_explored, assert_outcomes};

struct Ledger;

impl Drop for Ledger {
    fn drop(&mut self) {
        println!("closed by {}", thread::current().name().unwrap_or("a clerk"));
    }
}

fn last_owner_closes() {
    let ledger = Arc::new(Ledger);
    let clerk = thread::spawn({
        let ledger = Arc::clone(&ledger);
        move || {
            println!("clerk");
            drop(ledger);
        }
    });
    println!("main");
    drop(ledger);
    clerk.join().unwrap();
}

/// Each prints and lets go: six orders. Whoever lets go last, closes.
#[test]
fn the_last_owner_drops_it_and_the_drop_is_a_step() {
    assert_explored(
        last_owner_closes,
        &[
            (Good, "clerk\nmain\nclosed by main\n", 2),
            (Good, "clerk\nmain\nclosed by a clerk\n", 1),
            (Good, "main\nclerk\nclosed by a clerk\n", 2),
            (Good, "main\nclerk\nclosed by main\n", 1),
        ],
    );
}

/// Nobody sees when the clerks let go, so their two prints are all steps.
#[test]
fn a_drop_that_nobody_sees_is_no_step() {
    fn shared() {
        let ledger = Arc::new(Mutex::new(vec![1]));
        thread::scope(|scope| {
            for name in ["a", "b"] {
                let ledger = Arc::clone(&ledger);
                scope.spawn(move || {
                    println!("{name}");
                    drop(ledger);
                });
            }
        });
    }
    assert_explored(shared, &[(Good, "a\nb\n", 1), (Good, "b\na\n", 1)]);
}

/// The last owner is always `main`, once the clerks are over: their drops need be no steps.
#[test]
fn a_drop_after_all_others_are_over_makes_no_other_drop_a_step() {
    fn joined() {
        let ledger = Arc::new(Ledger);
        let clerks: Vec<_> = ["a", "b"]
            .into_iter()
            .map(|name| {
                let ledger = Arc::clone(&ledger);
                thread::spawn(move || {
                    println!("{name}");
                    drop(ledger);
                })
            })
            .collect();
        for clerk in clerks {
            clerk.join().unwrap();
        }
        println!("{}", Arc::strong_count(&ledger));
    }
    assert_explored(joined, &[(Good, "a\nb\n1\nclosed by main\n", 1), (Good, "b\na\n1\nclosed by main\n", 1)]);
}

fn two_unwrap() {
    let one = Arc::new(5);
    let other = Arc::clone(&one);
    thread::scope(|scope| {
        for owner in [one, other] {
            scope.spawn(move || {
                if let Ok(value) = Arc::try_unwrap(owner) {
                    println!("{value}");
                }
            });
        }
    });
}

/// The first to try fails. If it lets go before the second tries, that one has it (one order); else both let go, in one
/// order or the other. Either may be the first.
#[test]
fn two_who_try_to_unwrap_may_both_fail() {
    assert_explored(two_unwrap, &[(Good, "5\n", 2), (Good, "", 4)]);
}

/// To let go is one step, and the last to do so has the value.
#[test]
fn of_two_who_take_it_apart_one_has_the_value() {
    fn two_take() {
        let one = Arc::new(5);
        let other = Arc::clone(&one);
        thread::scope(|scope| {
            for owner in [one, other] {
                scope.spawn(move || {
                    if let Some(value) = Arc::into_inner(owner) {
                        println!("{value}");
                    }
                });
            }
        });
    }
    assert_explored(two_take, &[(Good, "5\n", 2)]);
}

/// `main` lets go before the upgrade, or after one of the three steps of the other: upgrade, print, drop.
#[test]
fn an_upgrade_races_with_the_last_drop() {
    fn upgrade() {
        let ledger = Arc::new(5);
        let weak = Arc::downgrade(&ledger);
        let clerk = thread::spawn(move || match weak.upgrade() {
            Some(value) => println!("{value}"),
            None => println!("gone"),
        });
        drop(ledger);
        clerk.join().unwrap();
    }
    assert_explored(upgrade, &[(Good, "gone\n", 1), (Good, "5\n", 3)]);
}

/// The clerk lets go before or after `main` counts; `main` prints what it has seen.
#[test]
fn a_count_depends_on_the_schedule() {
    fn counted() {
        let ledger = Arc::new(());
        let clerk = thread::spawn({
            let ledger = Arc::clone(&ledger);
            move || drop(ledger)
        });
        println!("{}", Arc::strong_count(&ledger));
        clerk.join().unwrap();
    }
    // The print may come before or after the drop, if the count did before.
    assert_explored(counted, &[(Good, "1\n", 1), (Good, "2\n", 2)]);
}

/// A thread that is over and not joined could as well have let go after `main`.
#[test]
fn who_has_let_go_before_could_have_done_so_later() {
    fn counted() {
        let ledger = Arc::new(());
        let clerk = thread::spawn({
            let ledger = Arc::clone(&ledger);
            move || drop(ledger)
        });
        print!("a ");
        print!("{}", Arc::strong_count(&ledger));
        clerk.join().unwrap();
    }
    // Print, count, print; the drop comes before one of the three, or after.
    assert_explored(counted, &[(Good, "a 1", 2), (Good, "a 2", 2)]);

    fn closes() {
        let ledger = Arc::new(Ledger);
        let clerk = thread::spawn({
            let ledger = Arc::clone(&ledger);
            move || drop(ledger)
        });
        println!("main");
        drop(ledger);
        clerk.join().unwrap();
    }
    // Print and drop of `main`, and the drop of the clerk: he is the last on one of three schedules.
    assert_explored(closes, &[(Good, "main\nclosed by main\n", 2), (Good, "main\nclosed by a clerk\n", 1)]);
}

/// The clone comes before `main` counts, between that and the print, or after both.
#[test]
fn a_clone_may_come_after_the_count() {
    fn cloned() {
        let first = Arc::new(0);
        let second = Arc::clone(&first);
        let clerk = thread::spawn(move || {
            let third = Arc::clone(&second);
            std::mem::forget((second, third));
        });
        print!("{}", Arc::strong_count(&first));
        clerk.join().unwrap();
    }
    assert_explored(cloned, &[(Good, "2", 2), (Good, "3", 1)]);

    fn downgraded() {
        let first = Arc::new(0);
        let second = Arc::clone(&first);
        let clerk = thread::spawn(move || {
            let weak = Arc::downgrade(&second);
            std::mem::forget((weak.clone(), weak, second));
        });
        print!("{}", Arc::weak_count(&first));
        clerk.join().unwrap();
    }
    // Two steps of each, six orders.
    assert_explored(downgraded, &[(Good, "0", 3), (Good, "1", 2), (Good, "2", 1)]);
}

/// Nobody looks at the count, so that the clerk's clone is no step. Nor are the drops, none of which is the last.
#[test]
fn a_clone_that_nobody_counts_is_no_step() {
    fn cloned() {
        let ledger = Arc::new(Ledger);
        let clerk = thread::spawn({
            let ledger = Arc::clone(&ledger);
            move || {
                println!("clerk");
                std::mem::forget(Arc::clone(&ledger));
            }
        });
        println!("main");
        clerk.join().unwrap();
        drop(ledger);
    }
    assert_explored(cloned, &[(Good, "clerk\nmain\n", 1), (Good, "main\nclerk\n", 1)]);
}

/// Two that show the same text are told apart where somebody asks which it is.
#[test]
fn equal_contents_are_not_the_same_arc() {
    fn which() {
        let (first, second) = (Arc::new(5), Arc::new(5));
        let shelf = Mutex::new(Arc::clone(&first));
        thread::scope(|scope| {
            scope.spawn(|| *shelf.lock().unwrap() = Arc::clone(&second));
            scope.spawn(|| *shelf.lock().unwrap() = Arc::clone(&first));
        });
        let shelf = shelf.into_inner().unwrap();
        println!("{} {}", Arc::ptr_eq(&shelf, &first), Arc::strong_count(&second));
    }
    let report = std::explore(which);
    assert_outcomes(&report, &[(Good, "true 1\n", 1), (Good, "false 2\n", 1)]);
}

/// Each owner's stores happen before the last drop, whatever their order is.
#[test]
fn the_last_drop_sees_what_the_owners_did() {
    struct Pages([AtomicU32; 2]);

    impl Drop for Pages {
        fn drop(&mut self) {
            println!("{} {}", self.0[0].load(Relaxed), self.0[1].load(Relaxed));
        }
    }

    fn relaxed() {
        let pages = Arc::new(Pages([AtomicU32::new(0), AtomicU32::new(0)]));
        let clerk = thread::spawn({
            let pages = Arc::clone(&pages);
            move || pages.0[0].store(1, Relaxed)
        });
        pages.0[1].store(1, Relaxed);
        drop(pages);
        clerk.join().unwrap();
    }
    let report = std::explore_with(relaxed, &Options { weak: true, ..Options::default() });
    assert_eq!(report.outcomes.len(), 1, "{:?}", report.outcomes);
    assert_eq!(report.outcomes[0].text, "1 1\n");
}

trait Speaks: Send + Sync {
    fn speak(self: Arc<Self>) -> String;
}

impl Speaks for u32 {
    fn speak(self: Arc<Self>) -> String {
        format!("{self}, owned {} times", Arc::strong_count(&self))
    }
}

struct Node {
    me: Weak<Node>,
}

#[test]
fn what_is_owned_may_be_a_trait_a_closure_itself() {
    fn many() {
        let speaks: Arc<dyn Speaks> = Arc::new(5_u32);
        println!("{}", Arc::clone(&speaks).speak());
        let closure: Arc<dyn Fn() -> u32 + Send + Sync> = Arc::new(|| 6);
        println!("{}", thread::spawn(move || closure() + 1).join().unwrap());
        let node = Arc::new_cyclic(|me: &Weak<Node>| {
            assert!(me.upgrade().is_none());
            Node { me: me.clone() }
        });
        println!("{}", Arc::ptr_eq(&node.me.upgrade().unwrap(), &node));
        println!("{} {}", Arc::strong_count(&node), Arc::weak_count(&node));
    }
    assert_explored(many, &[(Good, "5, owned 2 times\n7\ntrue\n1 1\n", 1)]);
}

same! {
    counts {
        use std::sync::{Arc, Weak};
        let mut text = String::new();
        let mut first = Arc::new(vec![1]);
        let second = first.clone();
        let weak = Arc::downgrade(&first);
        text += &format!("{} {}\n", Arc::strong_count(&first), Arc::weak_count(&first));
        text += &format!("{:?} {:?}\n", Arc::get_mut(&mut first), weak);
        Arc::make_mut(&mut first).push(2);
        text += &format!("{first:?} {second:?} {} {}\n", Arc::strong_count(&first), weak.strong_count());
        let mut second = second;
        Arc::make_mut(&mut second).push(3);
        text += &format!("{second:?} {} {:?}\n", Arc::weak_count(&second), weak.upgrade());
        Arc::get_mut(&mut second).unwrap().push(4);
        text += &format!("{:?} {}\n", Arc::try_unwrap(second), weak.weak_count());
        let lost: Weak<u32> = Weak::new();
        text += &format!("{:?} {} {}\n", lost.upgrade(), lost.strong_count(), lost.weak_count());
        let clone = first.clone();
        text += &format!("{:?} {:?}\n", Arc::into_inner(clone), Arc::unwrap_or_clone(first));
        text
    }

    conversions {
        use std::any::Any;
        use std::sync::Arc;
        let letters: Arc<str> = Arc::from("ab");
        let bytes: Arc<[u8]> = Arc::from(letters.clone());
        let all: Arc<[u32]> = (0..3).collect();
        let three: Arc<[u32; 3]> = all.clone().try_into().unwrap();
        let any: Arc<dyn Any + Send + Sync> = Arc::new(7_u32);
        let raw = Arc::into_raw(Arc::new(8_u32));
        // SAFETY: from the line above, once.
        let back = unsafe { Arc::from_raw(raw) };
        let unpacked: Arc<String> = Arc::from(Box::new("c".to_owned()));
        format!(
            "{letters} {bytes:?} {all:?} {three:?} {:?} {back} {unpacked} {} {:?}",
            any.downcast::<u32>(),
            all.len(),
            Arc::<[u32]>::default().cmp(&all),
        )
    }
}
