//! See [`tradecore_fuzz::websocket`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tradecore_fuzz::websocket(data));
