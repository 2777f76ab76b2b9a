//! Steps of libraries that may panic on damaged files.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a step of a library; none where it panics, which is an error of the file like any.
pub(crate) fn guarded<T>(step: impl FnOnce() -> T) -> Option<T> {
    let before = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(step));
    GUARDED.set(before);
    result.ok()
}

/// Whether a panic on this thread is caught and becomes an error of the file that is being read, so
/// that a panic hook has nothing to say of it.
pub fn is_guarded() -> bool {
    GUARDED.get()
}
