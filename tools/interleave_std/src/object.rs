//! The number by which the explorer knows an object.

use std::fmt;
use std::intrinsics::const_eval_select;
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use interleave::hook::{self, Initial, request};
use interleave::op::{Content, ObjectId, Op};

use crate::show::content;

/// What an object starts as; known when it is made.
pub(crate) trait Start {
    fn initial(self) -> Initial;
}

/// What starts with these contents, and is of this kind.
pub(crate) struct Holds<'a, T: ?Sized>(pub(crate) &'a T, pub(crate) fn(Content) -> Initial);

impl<T: ?Sized> Clone for Holds<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Holds<'_, T> {}

impl<T: ?Sized> Start for Holds<'_, T> {
    fn initial(self) -> Initial {
        self.1(content(self.0))
    }
}

/// The number of an object. Made at run time, it has one at once; made by a constant expression, it is a static, which
/// is found at its first use.
pub(crate) struct Id {
    /// 0: none yet.
    number: AtomicU32,
    made: &'static Location<'static>,
    /// Its contents may do something when they are dropped.
    contents_drop: bool,
}

const fn in_a_constant<S: Start + Copy>(_: S, _: &'static Location<'static>) -> u32 {
    0
}

fn at_run_time<S: Start + Copy>(start: S, made: &'static Location<'static>) -> u32 {
    if hook::exploring() { hook::make(|| start.initial(), made).0 } else { 0 }
}

impl Id {
    #[track_caller]
    pub(crate) const fn new<S: Start + Copy>(start: S) -> Id {
        let made = Location::caller();
        let number = const_eval_select((start, made), in_a_constant::<S>, at_run_time::<S>);
        Id { number: AtomicU32::new(number), made, contents_drop: false }
    }

    /// Of an object with contents of this type. It must be dropped before them.
    #[track_caller]
    pub(crate) const fn with_contents<C, S: Start + Copy>(start: S) -> Id {
        let mut id = Id::new(start);
        id.contents_drop = std::mem::needs_drop::<C>();
        id
    }

    /// The number. A static is put back to what it was at first: `contents` are its bytes, `start` what they mean.
    #[track_caller]
    pub(crate) fn get<C: ?Sized, S: Start>(
        &self,
        contents: *mut C,
        size: usize,
        start: impl FnOnce() -> S,
    ) -> ObjectId {
        let number = self.number.load(Relaxed);
        if number != 0 {
            return ObjectId(number);
        }
        let address = std::ptr::from_ref(self) as usize;
        if !in_the_program(address) {
            hook::refuse(
                format!(
                    "the object made here (line {}) comes from a constant and is not in a static, so schedules cannot \
                     be told apart by it: make it with an ordinary call (`std::array::from_fn` for an array)",
                    self.made.line()
                ),
                Location::caller(),
            );
        }
        // SAFETY: it is a static: its contents live for ever, and were made by a constant expression. Nothing refers to
        // them: references go through locks and cells, whose holders belong to an earlier run, or do not exist yet.
        unsafe { hook::static_object(contents.cast(), size, || start().initial(), address, self.made) }
    }
}

/// What is dropped with an object depends on the tasks that had it before; so whoever drops it sees that.
impl Drop for Id {
    fn drop(&mut self) {
        let number = *self.number.get_mut();
        if self.contents_drop && number != 0 && hook::exploring() {
            request(Op::Observe { object: ObjectId(number) }, self.made);
        }
    }
}

/// What the explorer is shown of an object inside another: which it is. What it holds is its own state.
impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number.load(Relaxed) {
            0 => write!(f, "of line {}", self.made.line()),
            number => write!(f, "{number}"),
        }
    }
}

/// Whether a pointer has the same address on every run: of a static, or where nothing is.
pub(crate) fn fixed(address: usize) -> bool {
    const LEAST_PAGE: usize = 4096;
    address < LEAST_PAGE || (cfg!(target_os = "linux") && in_the_program(address))
}

/// Whether an address lies in the memory of the executable: a static's does.
#[cfg(target_os = "linux")]
fn in_the_program(address: usize) -> bool {
    struct Search {
        address: usize,
        found: bool,
    }

    unsafe extern "C" fn look(info: *mut libc::dl_phdr_info, _: usize, search: *mut libc::c_void) -> libc::c_int {
        // SAFETY: both pointers are valid during the call, as dl_iterate_phdr(3) promises and as it is called below.
        let (info, search) = unsafe { (&*info, &mut *search.cast::<Search>()) };
        for at in 0..usize::from(info.dlpi_phnum) {
            // SAFETY: there are `dlpi_phnum` headers.
            let header = unsafe { &*info.dlpi_phdr.add(at) };
            let start = info.dlpi_addr as usize + header.p_vaddr as usize;
            if header.p_type == libc::PT_LOAD && (start..start + header.p_memsz as usize).contains(&search.address) {
                search.found = true;
            }
        }
        libc::c_int::from(search.found)
    }

    let mut search = Search { address, found: false };
    // SAFETY: `look` keeps to the types that it is given.
    unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut search).cast()) };
    search.found
}

/// Where this cannot be told, it is believed.
#[cfg(not(target_os = "linux"))]
fn in_the_program(_: usize) -> bool {
    true
}
