include!("../src/main.rs");

/// When each frame was drawn.
fn drawn(chunks: &[u64]) -> Vec<u64> {
    let clock = Clock { now: Cell::new(0) };
    let mut screen = Vec::new();
    compute(chunks, &clock, || tick(&clock, &mut screen));
    for (k, frame) in screen.iter().enumerate() {
        assert_eq!(frame.due, 100 * k as u64);
        assert_eq!(frame.glyph, ['|', '/', '-', '\\'][k % 4]);
    }
    screen.iter().map(|frame| frame.drawn).collect()
}

#[test]
fn a_computation_that_ticks_at_every_due_time_is_on_time() {
    for chunk in [1, 2, 4, 5, 10, 20, 25, 50, 100] {
        let chunks = vec![chunk; (3000 / chunk) as usize];
        assert!(drawn(&chunks).into_iter().eq((0..=3000).step_by(100)), "chunks of {chunk} ms");
    }
}

#[test]
fn one_long_chunk_is_one_dead_screen() {
    assert_eq!(drawn(&[3000]), [0, 3000]);
}

/// Frame k is drawn at the first tick that is neither before 100·k nor that of an earlier frame: found here by search.
#[test]
fn no_frame_is_early_and_none_is_later_than_the_work_makes_it() {
    let mut random = 1_u64;
    for _ in 0..2000 {
        let chunks: Vec<u64> = (0..30)
            .map(|_| {
                random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                1 + (random >> 33) % 300
            })
            .collect();
        let mut ticks = vec![0];
        ticks.extend(chunks.iter().scan(0, |now, work| {
            *now += work;
            Some(*now)
        }));
        let mut expected = Vec::new();
        while let Some(at) = ticks.iter().position(|&now| now >= 100 * expected.len() as u64) {
            expected.push(ticks[at]);
            ticks.drain(..=at);
        }
        assert_eq!(drawn(&chunks), expected, "chunks {chunks:?}");
    }
}
