//! As `std::sync::mpsc`. Each send and receive is a step; so are the drops after which the other side finds the channel
//! closed: of the last sender, and of the receiver.
//!
//! ```text
//! Sender, SyncSender, Receiver ── an end, at most one of which a task uses at a time
//! └─ Channel ── shared by all ends; the explorer knows what lies in it, here lie the messages themselves
//!    ├─ messages ── sent, oldest first
//!    └─ offers ──── of senders who wait for the receiver to take them (a channel without room)
//! ```

use std::cell::{Cell, UnsafeCell};
use std::collections::VecDeque;
use std::fmt::{self, Debug};
use std::marker::PhantomData;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use interleave::hook::{self, Initial, request};
use interleave::op::{DISCONNECTED, LATER, ObjectId, Op, Patience, Reply, Task};

pub use ::std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

use crate::object::{Id, Start};
use crate::show::{content, peeking};
use crate::thread::nanos;

#[derive(Clone, Copy)]
struct Starts {
    capacity: Option<u32>,
}

impl Start for Starts {
    fn initial(self) -> Initial {
        Initial::Channel { capacity: self.capacity }
    }
}

struct Channel<T> {
    id: Id,
    capacity: Option<u32>,
    queue: UnsafeCell<Queue<T>>,
}

struct Queue<T> {
    messages: VecDeque<T>,
    offers: Vec<(Task, T)>,
}

// SAFETY: tasks run one at a time, and none stops while it uses the queue.
unsafe impl<T: Send> Sync for Channel<T> {}

impl<T> Channel<T> {
    #[track_caller]
    fn new(capacity: Option<u32>) -> Arc<Channel<T>> {
        let queue = UnsafeCell::new(Queue { messages: VecDeque::new(), offers: Vec::new() });
        Arc::new(Channel { id: Id::new(Starts { capacity }), capacity, queue })
    }

    #[track_caller]
    fn object(&self) -> ObjectId {
        self.id.get(std::ptr::null_mut::<u8>(), 0, || Starts { capacity: self.capacity })
    }

    fn with<R>(&self, use_it: impl FnOnce(&mut Queue<T>) -> R) -> R {
        // SAFETY: `use_it` only moves messages, and does no operation; so nobody else has the queue.
        use_it(unsafe { &mut *self.queue.get() })
    }

    /// Asks for the operation; the value back where it was not taken.
    fn send(&self, value: T, patience: Patience, here: &'static Location<'static>) -> Result<(), (T, Reply)> {
        let op = Op::Send { object: self.object(), content: content(&value), patience };
        if self.capacity == Some(0) && patience != Patience::Try {
            // It must be there when the receiver takes it, before this task goes on.
            let me = hook::current();
            self.with(|queue| queue.offers.push((me, value)));
            let reply = request(op, here);
            return match self.with(|queue| queue.take_offer(me)) {
                None => Ok(()),
                Some(value) => Err((value, reply)),
            };
        }
        let reply = request(op, here);
        if reply.flag & (LATER | DISCONNECTED) != 0 {
            return Err((value, reply));
        }
        self.with(|queue| queue.messages.push_back(value));
        Ok(())
    }

    /// Asks for the operation; the reply back where there was nothing to take.
    fn receive(&self, patience: Patience, here: &'static Location<'static>) -> Result<T, Reply> {
        let reply = request(Op::Receive { object: self.object(), patience }, here);
        if reply.flag & (LATER | DISCONNECTED) != 0 {
            return Err(reply);
        }
        let message = self.with(|queue| match reply.offered_by() {
            Some(sender) => queue.take_offer(sender),
            None => queue.messages.pop_front(),
        });
        Ok(message.unwrap_or_else(|| unreachable!("a message that was received is there")))
    }

    fn add_sender(&self, here: &'static Location<'static>) {
        request(Op::CloneSender { object: self.object() }, here);
    }

    fn drop_sender(&self, made: &'static Location<'static>) {
        request(Op::DropSender { object: self.object() }, made);
    }
}

impl<T> Queue<T> {
    fn take_offer(&mut self, by: Task) -> Option<T> {
        let at = self.offers.iter().position(|(sender, _)| *sender == by)?;
        Some(self.offers.remove(at).1)
    }
}

/// Sends never wait.
pub struct Sender<T> {
    channel: Arc<Channel<T>>,
    made: &'static Location<'static>,
}

/// Sends wait for room.
pub struct SyncSender<T> {
    channel: Arc<Channel<T>>,
    made: &'static Location<'static>,
}

pub struct Receiver<T> {
    channel: Arc<Channel<T>>,
    made: &'static Location<'static>,
    /// A receiver may be moved to another thread, not shared with it.
    not_sync: PhantomData<Cell<()>>,
}

impl<T> UnwindSafe for Sender<T> {}
impl<T> RefUnwindSafe for Sender<T> {}
impl<T> UnwindSafe for SyncSender<T> {}
impl<T> RefUnwindSafe for SyncSender<T> {}
impl<T> UnwindSafe for Receiver<T> {}
impl<T> RefUnwindSafe for Receiver<T> {}

// SAFETY: what is in the channel may be sent, and tasks run one at a time.
unsafe impl<T: Send> Send for Channel<T> {}

/// A channel without a bound.
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let channel = Channel::new(None);
    let made = Location::caller();
    (Sender { channel: Arc::clone(&channel), made }, Receiver { channel, made, not_sync: PhantomData })
}

/// A channel with room for `bound` messages; with none, a message is handed over.
#[track_caller]
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let channel = Channel::new(Some(u32::try_from(bound).unwrap_or(u32::MAX)));
    let made = Location::caller();
    (SyncSender { channel: Arc::clone(&channel), made }, Receiver { channel, made, not_sync: PhantomData })
}

impl<T> Sender<T> {
    #[track_caller]
    pub fn send(&self, t: T) -> Result<(), SendError<T>> {
        self.channel.send(t, Patience::Forever, Location::caller()).map_err(|(value, _)| SendError(value))
    }
}

impl<T> SyncSender<T> {
    #[track_caller]
    pub fn send(&self, t: T) -> Result<(), SendError<T>> {
        self.channel.send(t, Patience::Forever, Location::caller()).map_err(|(value, _)| SendError(value))
    }

    #[track_caller]
    pub fn try_send(&self, t: T) -> Result<(), TrySendError<T>> {
        self.channel.send(t, Patience::Try, Location::caller()).map_err(|(value, reply)| {
            if reply.flag & DISCONNECTED != 0 { TrySendError::Disconnected(value) } else { TrySendError::Full(value) }
        })
    }
}

impl<T> Receiver<T> {
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        self.channel.receive(Patience::Forever, Location::caller()).map_err(|_| RecvError)
    }

    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.channel.receive(Patience::Try, Location::caller()).map_err(|reply| {
            if reply.flag & DISCONNECTED != 0 { TryRecvError::Disconnected } else { TryRecvError::Empty }
        })
    }

    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        self.channel.receive(Patience::Until(nanos(timeout)), Location::caller()).map_err(|reply| {
            if reply.flag & DISCONNECTED != 0 { RecvTimeoutError::Disconnected } else { RecvTimeoutError::Timeout }
        })
    }

    #[track_caller]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { receiver: self, here: Location::caller() }
    }

    #[track_caller]
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { receiver: self, here: Location::caller() }
    }
}

/// Every receive has the line of the loop: what calls `next` may be the library's own code.
pub struct Iter<'a, T: 'a> {
    receiver: &'a Receiver<T>,
    here: &'static Location<'static>,
}

pub struct TryIter<'a, T: 'a> {
    receiver: &'a Receiver<T>,
    here: &'static Location<'static>,
}

pub struct IntoIter<T> {
    receiver: Receiver<T>,
    here: &'static Location<'static>,
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.channel.receive(Patience::Forever, self.here).ok()
    }
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.channel.receive(Patience::Try, self.here).ok()
    }
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.channel.receive(Patience::Forever, self.here).ok()
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    #[track_caller]
    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    #[track_caller]
    fn into_iter(self) -> IntoIter<T> {
        IntoIter { receiver: self, here: Location::caller() }
    }
}

impl<T> Clone for Sender<T> {
    #[track_caller]
    fn clone(&self) -> Sender<T> {
        let made = Location::caller();
        self.channel.add_sender(made);
        Sender { channel: Arc::clone(&self.channel), made }
    }
}

impl<T> Clone for SyncSender<T> {
    #[track_caller]
    fn clone(&self) -> SyncSender<T> {
        let made = Location::caller();
        self.channel.add_sender(made);
        SyncSender { channel: Arc::clone(&self.channel), made }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.channel.drop_sender(self.made);
    }
}

impl<T> Drop for SyncSender<T> {
    fn drop(&mut self) {
        self.channel.drop_sender(self.made);
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        request(Op::DropReceiver { object: self.channel.object() }, self.made);
        // Whoever offers a message has it back; the others end here.
        drop(self.channel.with(|queue| std::mem::take(&mut queue.messages)));
    }
}

fn show(f: &mut fmt::Formatter<'_>, name: &str, id: &Id) -> fmt::Result {
    if peeking() {
        return write!(f, "{name} {id}");
    }
    f.debug_struct(name).finish_non_exhaustive()
}

impl<T> Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, "Sender", &self.channel.id)
    }
}

impl<T> Debug for SyncSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, "SyncSender", &self.channel.id)
    }
}

impl<T> Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, "Receiver", &self.channel.id)
    }
}

impl<T> Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").field("rx", self.receiver).finish()
    }
}

impl<T> Debug for TryIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryIter").field("rx", self.receiver).finish()
    }
}

impl<T> Debug for IntoIter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoIter").field("rx", &self.receiver).finish()
    }
}
