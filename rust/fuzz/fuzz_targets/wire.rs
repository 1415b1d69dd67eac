//! See [`tradecore_fuzz::wire`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tradecore_fuzz::wire(data));
