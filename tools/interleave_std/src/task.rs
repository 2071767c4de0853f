//! As `std::task`, with a `Wake` for this crate's `Arc`.

use std::mem::ManuallyDrop;

use crate::sync::Arc;

pub use ::std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker, ready};

pub trait Wake {
    fn wake(self: Arc<Self>);

    fn wake_by_ref(self: &Arc<Self>) {
        self.clone().wake();
    }
}

/// The one that a waker is made of; whoever asks may let it go or not.
fn of<W>(data: *const ()) -> ManuallyDrop<Arc<W>> {
    // SAFETY: called with what `raw` has from `into_pointer`, as long as that waker is there.
    ManuallyDrop::new(unsafe { Arc::from_raw(data.cast::<W>()) })
}

fn raw<W: Wake + Send + Sync + 'static>(waker: Arc<W>) -> RawWaker {
    let table = &const {
        RawWakerVTable::new(
            |data| raw(Arc::clone(&of::<W>(data))),
            |data| ManuallyDrop::into_inner(of::<W>(data)).wake(),
            |data| of::<W>(data).wake_by_ref(),
            |data| drop(ManuallyDrop::into_inner(of::<W>(data))),
        )
    };
    RawWaker::new(Arc::into_pointer(waker).cast(), table)
}

impl<W: Wake + Send + Sync + 'static> From<Arc<W>> for RawWaker {
    fn from(waker: Arc<W>) -> RawWaker {
        raw(waker)
    }
}

impl<W: Wake + Send + Sync + 'static> From<Arc<W>> for Waker {
    fn from(waker: Arc<W>) -> Waker {
        // SAFETY: the table keeps to the contract, see `raw`; `W` may be used by any thread.
        unsafe { Waker::from_raw(raw(waker)) }
    }
}
