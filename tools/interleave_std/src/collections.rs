//! As `std::collections`. Hash maps and sets are hashed alike on every run, so that they keep one order.

pub use ::std::collections::{
    BTreeMap, BTreeSet, BinaryHeap, Bound, LinkedList, TryReserveError, VecDeque, binary_heap, btree_map, btree_set,
    linked_list, vec_deque,
};

pub use hash_map::HashMap;
pub use hash_set::HashSet;

pub mod hash_map {
    //! As `std::collections::hash_map`.

    use std::borrow::Borrow;
    use std::fmt::{self, Debug};
    use std::ops::{Deref, DerefMut, Index};

    pub use ::std::collections::hash_map::{
        Drain, Entry, IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, OccupiedEntry, VacantEntry, Values,
        ValuesMut,
    };

    use crate::hash::{BuildHasher, Hash};
    pub use crate::hash::{DefaultHasher, RandomState};

    type Real<K, V, S> = ::std::collections::HashMap<K, V, S>;

    /// The real one, hashed alike on every run.
    pub struct HashMap<K, V, S = RandomState>(Real<K, V, S>);

    impl<K, V> HashMap<K, V> {
        pub fn new() -> HashMap<K, V> {
            HashMap::default()
        }

        pub fn with_capacity(capacity: usize) -> HashMap<K, V> {
            HashMap::with_capacity_and_hasher(capacity, RandomState::new())
        }
    }

    impl<K, V, S> HashMap<K, V, S> {
        pub const fn with_hasher(hasher: S) -> HashMap<K, V, S> {
            HashMap(Real::with_hasher(hasher))
        }

        pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> HashMap<K, V, S> {
            HashMap(Real::with_capacity_and_hasher(capacity, hasher))
        }

        pub fn into_keys(self) -> IntoKeys<K, V> {
            self.0.into_keys()
        }

        pub fn into_values(self) -> IntoValues<K, V> {
            self.0.into_values()
        }
    }

    impl<K, V, S> Deref for HashMap<K, V, S> {
        type Target = Real<K, V, S>;

        fn deref(&self) -> &Real<K, V, S> {
            &self.0
        }
    }

    impl<K, V, S> DerefMut for HashMap<K, V, S> {
        fn deref_mut(&mut self) -> &mut Real<K, V, S> {
            &mut self.0
        }
    }

    impl<K, V, S: Default> Default for HashMap<K, V, S> {
        fn default() -> HashMap<K, V, S> {
            HashMap(Real::default())
        }
    }

    impl<K: Clone, V: Clone, S: Clone> Clone for HashMap<K, V, S> {
        fn clone(&self) -> HashMap<K, V, S> {
            HashMap(self.0.clone())
        }
    }

    impl<K: Debug, V: Debug, S> Debug for HashMap<K, V, S> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.fmt(f)
        }
    }

    impl<K: Eq + Hash, V: PartialEq, S: BuildHasher> PartialEq for HashMap<K, V, S> {
        fn eq(&self, other: &HashMap<K, V, S>) -> bool {
            self.0 == other.0
        }
    }

    impl<K: Eq + Hash, V: Eq, S: BuildHasher> Eq for HashMap<K, V, S> {}

    impl<K: Eq + Hash, V, const N: usize> From<[(K, V); N]> for HashMap<K, V> {
        fn from(all: [(K, V); N]) -> HashMap<K, V> {
            HashMap::from_iter(all)
        }
    }

    impl<K: Eq + Hash, V, S: BuildHasher + Default> FromIterator<(K, V)> for HashMap<K, V, S> {
        fn from_iter<I: IntoIterator<Item = (K, V)>>(all: I) -> HashMap<K, V, S> {
            HashMap(all.into_iter().collect())
        }
    }

    impl<K: Eq + Hash, V, S: BuildHasher> Extend<(K, V)> for HashMap<K, V, S> {
        fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, all: I) {
            self.0.extend(all);
        }
    }

    impl<'a, K: Eq + Hash + Copy, V: Copy, S: BuildHasher> Extend<(&'a K, &'a V)> for HashMap<K, V, S> {
        fn extend<I: IntoIterator<Item = (&'a K, &'a V)>>(&mut self, all: I) {
            self.0.extend(all);
        }
    }

    impl<K: Eq + Hash + Borrow<Q>, Q: Eq + Hash + ?Sized, V, S: BuildHasher> Index<&Q> for HashMap<K, V, S> {
        type Output = V;

        fn index(&self, key: &Q) -> &V {
            &self.0[key]
        }
    }

    impl<K, V, S> IntoIterator for HashMap<K, V, S> {
        type Item = (K, V);
        type IntoIter = IntoIter<K, V>;

        fn into_iter(self) -> IntoIter<K, V> {
            self.0.into_iter()
        }
    }

    impl<'a, K, V, S> IntoIterator for &'a HashMap<K, V, S> {
        type Item = (&'a K, &'a V);
        type IntoIter = Iter<'a, K, V>;

        fn into_iter(self) -> Iter<'a, K, V> {
            self.0.iter()
        }
    }

    impl<'a, K, V, S> IntoIterator for &'a mut HashMap<K, V, S> {
        type Item = (&'a K, &'a mut V);
        type IntoIter = IterMut<'a, K, V>;

        fn into_iter(self) -> IterMut<'a, K, V> {
            self.0.iter_mut()
        }
    }
}

pub mod hash_set {
    //! As `std::collections::hash_set`.

    use std::fmt::{self, Debug};
    use std::ops::{BitAnd, BitOr, BitXor, Deref, DerefMut, Sub};

    pub use ::std::collections::hash_set::{
        Difference, Drain, Intersection, IntoIter, Iter, SymmetricDifference, Union,
    };

    use crate::hash::{BuildHasher, Hash, RandomState};

    type Real<T, S> = ::std::collections::HashSet<T, S>;

    /// The real one, hashed alike on every run.
    pub struct HashSet<T, S = RandomState>(Real<T, S>);

    impl<T> HashSet<T> {
        pub fn new() -> HashSet<T> {
            HashSet::default()
        }

        pub fn with_capacity(capacity: usize) -> HashSet<T> {
            HashSet::with_capacity_and_hasher(capacity, RandomState::new())
        }
    }

    impl<T, S> HashSet<T, S> {
        pub const fn with_hasher(hasher: S) -> HashSet<T, S> {
            HashSet(Real::with_hasher(hasher))
        }

        pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> HashSet<T, S> {
            HashSet(Real::with_capacity_and_hasher(capacity, hasher))
        }
    }

    impl<T, S> Deref for HashSet<T, S> {
        type Target = Real<T, S>;

        fn deref(&self) -> &Real<T, S> {
            &self.0
        }
    }

    impl<T, S> DerefMut for HashSet<T, S> {
        fn deref_mut(&mut self) -> &mut Real<T, S> {
            &mut self.0
        }
    }

    impl<T, S: Default> Default for HashSet<T, S> {
        fn default() -> HashSet<T, S> {
            HashSet(Real::default())
        }
    }

    impl<T: Clone, S: Clone> Clone for HashSet<T, S> {
        fn clone(&self) -> HashSet<T, S> {
            HashSet(self.0.clone())
        }
    }

    impl<T: Debug, S> Debug for HashSet<T, S> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.fmt(f)
        }
    }

    impl<T: Eq + Hash, S: BuildHasher> PartialEq for HashSet<T, S> {
        fn eq(&self, other: &HashSet<T, S>) -> bool {
            self.0 == other.0
        }
    }

    impl<T: Eq + Hash, S: BuildHasher> Eq for HashSet<T, S> {}

    impl<T: Eq + Hash, const N: usize> From<[T; N]> for HashSet<T> {
        fn from(all: [T; N]) -> HashSet<T> {
            HashSet::from_iter(all)
        }
    }

    impl<T: Eq + Hash, S: BuildHasher + Default> FromIterator<T> for HashSet<T, S> {
        fn from_iter<I: IntoIterator<Item = T>>(all: I) -> HashSet<T, S> {
            HashSet(all.into_iter().collect())
        }
    }

    impl<T: Eq + Hash, S: BuildHasher> Extend<T> for HashSet<T, S> {
        fn extend<I: IntoIterator<Item = T>>(&mut self, all: I) {
            self.0.extend(all);
        }
    }

    impl<'a, T: Eq + Hash + Copy, S: BuildHasher> Extend<&'a T> for HashSet<T, S> {
        fn extend<I: IntoIterator<Item = &'a T>>(&mut self, all: I) {
            self.0.extend(all);
        }
    }

    impl<T, S> IntoIterator for HashSet<T, S> {
        type Item = T;
        type IntoIter = IntoIter<T>;

        fn into_iter(self) -> IntoIter<T> {
            self.0.into_iter()
        }
    }

    impl<'a, T, S> IntoIterator for &'a HashSet<T, S> {
        type Item = &'a T;
        type IntoIter = Iter<'a, T>;

        fn into_iter(self) -> Iter<'a, T> {
            self.0.iter()
        }
    }

    macro_rules! operators {
        ($($trait:ident $operator:ident)*) => { $(
            impl<T: Eq + Hash + Clone, S: BuildHasher + Default> $trait<&HashSet<T, S>> for &HashSet<T, S> {
                type Output = HashSet<T, S>;

                fn $operator(self, other: &HashSet<T, S>) -> HashSet<T, S> {
                    HashSet((&self.0).$operator(&other.0))
                }
            }
        )* };
    }

    operators! { BitAnd bitand  BitOr bitor  BitXor bitxor  Sub sub }
}
