//! How a program speaks with its runner (see ../scenario-run.ts). What should not be panics.

use serde_json::{json, Value};
use std::any::Any;
use std::fmt::Debug;
use std::io::Read;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

fn argument(n: usize) -> String {
    std::env::args().nth(n).expect("BOOTSTRAP SCENARIO PREFIX")
}

pub fn bootstrap() -> String {
    argument(1)
}

pub fn scenario() -> String {
    argument(2)
}

/// The first part of all names.
pub fn prefixed(name: &str) -> String {
    argument(3) + name
}

/// Reports something that the client does not have.
pub fn absent(name: &str, why: &str) {
    println!("{}", json!({ "name": name, "ok": Value::Null, "detail": why }));
}

/// Reports whether `work` does what its name says.
pub fn check<D: Into<String>>(name: &str, work: impl FnOnce() -> D) {
    let (ok, detail) = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(detail) => (true, detail.into()),
        Err(reason) => (false, text_of(reason)),
    };
    println!("{}", json!({ "name": name, "ok": ok, "detail": detail }));
}

fn text_of(reason: Box<dyn Any + Send>) -> String {
    match reason.downcast::<String>() {
        Ok(text) => *text,
        Err(reason) => reason.downcast_ref::<&str>().unwrap_or(&"it panicked").to_string(),
    }
}

/// Asks to be killed, and waits for it.
pub fn kill() -> ! {
    println!("{}", json!({ "ask": "kill" }));
    loop {
        thread::park()
    }
}

/// Asks for a crash and a start of the broker; it becomes true when that runs again.
pub fn restart() -> Arc<AtomicBool> {
    println!("{}", json!({ "ask": "restart" }));
    let done = Arc::new(AtomicBool::new(false));
    let when_done = done.clone();
    thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        when_done.store(true, Ordering::SeqCst);
    });
    done
}

pub fn expect<T: PartialEq + Debug>(what: &str, actual: T, expected: T) {
    assert!(actual == expected, "{what}: {actual:?} instead of {expected:?}");
}

/// Calls `is_true` until it is.
pub fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_true() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// `count` values from `first` on.
pub fn numbers(count: i64, first: i64) -> Vec<String> {
    (first..first + count).map(|n| n.to_string()).collect()
}
