//! Collections are the real ones; those that hash have one order.
#[macro_use]
extern crate interleave_std as std;
extern crate std as real_std;

#[macro_use]
mod common;

use std::Kind::Ok as Good;
use std::collections::{HashMap, HashSet};

use common::assert_explored;

same! {
    maps {
        use std::collections::hash_map::Entry;
        use std::collections::{BTreeMap, HashMap};
        let mut map = HashMap::from([("a", 1), ("b", 2)]);
        *map.entry("a").or_insert(0) += 10;
        if let Entry::Occupied(entry) = map.entry("b") {
            entry.remove();
        }
        map.extend([("c", 3)]);
        for value in map.values_mut() {
            *value += 1;
        }
        for (key, value) in &mut map {
            *value += key.len();
        }
        let other: HashMap<_, _> = map.iter().map(|(key, value)| (*key, *value)).collect();
        let sorted: BTreeMap<_, _> = map.clone().into_iter().collect();
        let mut keys: Vec<_> = other.clone().into_keys().collect();
        keys.sort();
        let mut sum = 0;
        for (key, value) in &other {
            sum += key.len() * value;
        }
        format!("{sorted:?} {} {keys:?} {sum} {:?} {}", map == other, map.get("b"), map["a"])
    }

    sets {
        use std::collections::{BTreeSet, HashSet};
        let (one, mut other) = (HashSet::from([1, 2, 3]), HashSet::new());
        other.extend(&[2, 4]);
        let sorted = |set: HashSet<i32>| set.into_iter().collect::<BTreeSet<_>>();
        let both: BTreeSet<_> = one.union(&other).copied().collect();
        let mut text = format!("{:?} {:?} {both:?} ", sorted(&one & &other), sorted(&one | &other));
        text += &format!("{:?} {:?} ", sorted(&one - &other), sorted(&one ^ &other));
        text + &format!("{} {} {}", one.is_subset(&other), one.contains(&1), one.clone() == one)
    }
}

/// Of real ones each has its own.
#[test]
fn hash_maps_made_alike_have_one_order() {
    fn ordered() {
        let made = || (0..40).map(|n| (n, n)).collect::<HashMap<u32, u32>>().into_keys().collect::<HashSet<_>>();
        println!("{}", made().into_iter().eq(made()));
    }
    assert_explored(ordered, &[(Good, "true\n", 1)]);
}
