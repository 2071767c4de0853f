//! What one thread shares with itself: cells, and what a thread has of its own.
#[macro_use]
extern crate interleave_std as std;
extern crate std as real_std;

#[macro_use]
mod common;

use std::Kind::{Ok as Good, Panic};
use std::cell::{Cell, RefCell};
use std::sync::Mutex;
use std::thread;

use common::assert_explored;

same! {
    cells {
        use std::cell::Cell;
        let (cell, other) = (Cell::new(1), Cell::from(2));
        let mut text = format!("{cell:?} {} ", cell.replace(3));
        cell.swap(&other);
        text += &format!("{} {} {} ", cell.get(), other.get(), cell < other);
        other.update(|n| n + 1);
        let mut taken = Cell::new(vec![1]);
        taken.get_mut().push(2);
        text += &format!("{} {:?} {:?} ", other.take(), taken.take(), taken.into_inner());
        text + &format!("{:?} {}", Cell::<u8>::default(), cell.clone() == cell)
    }

    ref_cells {
        use std::cell::{Ref, RefCell, RefMut};
        let cell = RefCell::new((1, vec![2]));
        let mut text = String::new();
        {
            let one = cell.borrow();
            let other = Ref::clone(&one);
            drop(one);
            let (number, all) = Ref::map_split(other, |(number, all)| (number, all));
            text += &format!("{number} {all:?} {:?} ", cell.try_borrow_mut().map(drop));
            drop(number);
            let first = Ref::filter_map(all, |all| all.get(5)).map(|n| *n);
            text += &format!("{first:?} {} ", cell.try_borrow_mut().map(drop).unwrap_err());
        }
        {
            let guard = cell.borrow_mut();
            let (mut number, all) = RefMut::map_split(guard, |(number, all)| (number, all));
            *number += 1;
            let mut first = RefMut::map(all, |all| &mut all[0]);
            *first += 1;
            drop(number);
            text += &format!("{:?} {cell:?} {} ", cell.try_borrow().map(drop), cell.try_borrow().map(drop).unwrap_err());
        }
        text += &format!("{cell:?} {:?} ", cell.replace((7, vec![])));
        let other = RefCell::new((8, vec![9]));
        cell.swap(&other);
        text += &format!("{:?} {} ", other.take(), cell > other);
        text += &format!("{:?} {:?} ", cell.replace_with(|it| (it.0 + 1, it.1.clone())), cell.clone() == cell);
        let unsized_one: &RefCell<dyn std::fmt::Debug> = &cell;
        text += &format!("{:?} ", unsized_one.borrow());
        text + &format!("{:?}", cell.into_inner())
    }

    panics {
        use std::cell::{LazyCell, OnceCell, RefCell};
        use std::panic::{AssertUnwindSafe, catch_unwind};
        let said = |f: &dyn Fn()| {
            let payload = catch_unwind(AssertUnwindSafe(f)).unwrap_err();
            payload
                .downcast_ref::<String>()
                .cloned()
                .unwrap_or_else(|| (*payload.downcast_ref::<&str>().unwrap()).to_owned())
        };
        let cell = RefCell::new(1);
        let shared = cell.borrow();
        let mut text = said(&|| drop(cell.borrow_mut()));
        drop(shared);
        let exclusive = cell.borrow_mut();
        text += &said(&|| drop(cell.borrow()));
        drop(exclusive);
        let once = OnceCell::new();
        text += &said(&|| _ = once.get_or_init(|| once.set(1).map(|()| 2).unwrap()));
        let lazy: LazyCell<u32> = LazyCell::new(|| panic!("no"));
        text += &said(&|| _ = LazyCell::force(&lazy));
        text + &said(&|| _ = LazyCell::force(&lazy))
    }

    once {
        use std::cell::{LazyCell, OnceCell};
        let mut once = OnceCell::new();
        let mut text = format!("{once:?} {:?} ", once.get());
        text += &format!("{} {:?} {:?} ", once.get_or_init(|| 3), once.set(4), once);
        *once.get_mut().unwrap() += 1;
        text += &format!("{:?} {:?} {:?} ", once.clone() == once, once.take(), once.into_inner());
        let lazy = LazyCell::new(|| 5);
        text += &format!("{lazy:?} ");
        text + &format!("{} {lazy:?} {:?}", *lazy + 1, OnceCell::from("a"))
    }
}

thread_local! {
    static ROUNDS: Cell<u32> = const { Cell::new(0) };
    static NAMES: RefCell<Vec<&'static str>> = RefCell::default();
}

/// Each thread has its own; nothing of it is a step.
#[test]
fn what_is_thread_local_is_no_step() {
    fn local() {
        thread::scope(|scope| {
            for name in ["a", "b"] {
                scope.spawn(move || {
                    ROUNDS.set(ROUNDS.get() + 1);
                    NAMES.with_borrow_mut(|names| names.push(name));
                    println!("{} {:?}", ROUNDS.take(), NAMES.take());
                });
            }
        });
    }
    assert_explored(local, &[(Good, "1 [\"a\"]\n1 [\"b\"]\n", 1), (Good, "1 [\"b\"]\n1 [\"a\"]\n", 1)]);
}

/// What a cell under a lock holds is told apart, though the lock's own contents show only which cell it is.
#[test]
fn a_cell_under_a_lock_is_seen() {
    fn guarded() {
        let ledger = Mutex::new(Cell::new(1));
        thread::scope(|scope| {
            scope.spawn(|| ledger.lock().unwrap().update(|n| n + 1));
            scope.spawn(|| ledger.lock().unwrap().update(|n| n * 10));
        });
        println!("{}", ledger.into_inner().unwrap().get());
    }
    assert_explored(guarded, &[(Good, "20\n", 1), (Good, "11\n", 1)]);
}

/// The message has the line of the second borrow.
#[test]
fn two_borrows_at_once_are_a_panic() {
    fn twice() {
        let ledger = RefCell::new(1);
        let first = ledger.borrow();
        let second = ledger.borrow_mut();
        drop((first, second));
    }
    let report = std::explore(twice);
    assert_eq!(report.outcomes[0].kind, Panic);
    let line = line!() - 5;
    assert_eq!(report.outcomes[0].why, format!("m panics: line {line}: RefCell already borrowed"));
}
