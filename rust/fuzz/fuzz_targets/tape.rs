//! See [`tradecore_fuzz::tape`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tradecore_fuzz::tape(data));
