include!("../src/main.rs");

/// Every order in which three clerks can reach the drawer: each sale is made if what is left then allows it.
#[test]
fn the_drawer_never_gives_more_than_it_holds() {
    const LEGAL: [([bool; 3], u32); 3] = [([true, true, false], 1), ([true, false, true], 0), ([false, true, true], 3)];
    for _ in 0..500 {
        let drawer = Mutex::new(8);
        let sold = thread::scope(|shop| {
            let drawer = &drawer;
            let clerks = [5, 2, 3].map(|stamps| (stamps, shop.spawn(move || sell(drawer, stamps))));
            clerks.map(|(stamps, clerk)| match clerk.join().unwrap() {
                Ok(sold) => sold == stamps,
                Err(why) => {
                    assert_eq!(why, "not enough stamps");
                    false
                }
            })
        });
        let left = drawer.into_inner().unwrap();
        assert!(LEGAL.contains(&(sold, left)), "sold {sold:?}, {left} left");
    }
}

/// A gap between the check and the write loses sales: each stamp sold is a stamp gone, however many clerks sell at once.
#[test]
fn every_stamp_sold_is_gone() {
    const FULL: u32 = 1_000_000;
    const SALES: u32 = 20_000;
    let drawer = Mutex::new(FULL);
    thread::scope(|shop| {
        for _ in 0..8 {
            shop.spawn(|| (0..SALES).for_each(|_| assert_eq!(sell(&drawer, 1), Ok(1))));
        }
    });
    assert_eq!(drawer.into_inner().unwrap(), FULL - 8 * SALES);
}

#[test]
fn a_sale_that_fails_lets_go_of_the_drawer_and_leaves_it_as_it_was() {
    let drawer = Mutex::new(8);
    assert!(sell(&drawer, 9).is_err());
    assert_eq!(*drawer.try_lock().expect("the lock is free"), 8);
    assert_eq!(sell(&drawer, 8), Ok(8));
    assert_eq!(*drawer.try_lock().expect("the lock is free"), 0);
}
