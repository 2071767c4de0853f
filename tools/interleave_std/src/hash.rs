//! As `std::hash`, with hashes that are the same on every run.

pub use ::std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};

/// Not random.
#[derive(Clone, Debug, Default)]
pub struct RandomState(());

impl RandomState {
    pub const fn new() -> RandomState {
        RandomState(())
    }
}

impl BuildHasher for RandomState {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        DefaultHasher::new()
    }
}
