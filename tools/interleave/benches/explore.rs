//! How long an exploration takes, with and without the checks of it. `tools/interleave_peers` puts the same programs to
//! shuttle and loom.

use criterion::{Criterion, criterion_group, criterion_main};
use interleave_std::{Limits, Options};

mod programs;

programs!(explored: interleave_std);

fn explore(criterion: &mut Criterion) {
    let unchecked = Options { most_enumerated: 0, random_runs: 0, ..Options::default() };
    for (group, options) in [("explore", unchecked), ("explore and check", Options::default())] {
        let mut group = criterion.benchmark_group(group);
        group.sample_size(10);
        for &(name, program) in explored::ALL {
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    let main = move || interleave_std::print!("{}", program());
                    interleave_std::try_explore(main, &options, Limits::default()).unwrap_or_else(|why| panic!("{why}"))
                });
            });
        }
    }
}

criterion_group!(benches, explore);
criterion_main!(benches);
