#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| aurex_fuzz_harness::cursors(data));
