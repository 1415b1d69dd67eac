//! Asking for memory before it is needed.
#![expect(
    unsafe_code,
    reason = "the instruction has no safe name; nothing else is here"
)]

/// Asks for the cache line of `items[at]`, or of the last item where there is none such.
///
/// Only a hint: it changes nothing but how long a later access takes. What to ask for is chosen
/// without a branch, which would have to be foretold.
#[inline(always)]
pub(crate) fn prefetch<T>(items: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(item) = items.get(at.min(items.len().saturating_sub(1))) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the instruction exists on every x86-64 processor, reads nothing and cannot fault;
        // and the address is that of a live reference anyway.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(item).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (items, at);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_place_may_be_asked_for() {
        let items = [1_u64; 100];
        for at in [0, 99, 100, usize::MAX] {
            prefetch(&items, at);
        }
        prefetch::<u64>(&[], 0);
    }
}
