//! Work that nobody waits for.

/// Lets every other thread of the machine run before this one, where the system knows of priorities
/// of single threads.
#[cfg(target_os = "linux")]
pub(super) fn give_way() {
    // A thread that may not say so competes with the others, and does no harm otherwise.
    rustix::process::setpriority_process(None, 19).ok();
}

/// Elsewhere a priority is a whole process's.
#[cfg(not(target_os = "linux"))]
pub(super) fn give_way() {}
