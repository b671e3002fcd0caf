//! What a connection holds is given back, however it ends.

use tokio::io::AsyncWriteExt as _;

use super::sockets::start;
use super::*;
use crate::http::acceptor::Deadlines;

/// The files that this process has open, sockets included.
fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

#[tokio::test]
async fn asvs_v1_4_3_an_abandoned_upload_gives_its_place_back() {
    // The server has 64 places: a place that is kept by an abandoned upload would be missing for a later one.
    const ABANDONED: usize = 400;
    let running = start(Deadlines::default()).await;
    let host = running.address;
    let head = format!(
        "POST {BILLS} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{{"
    );
    let quick = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let before = open_files();
    for _ in 0..ABANDONED / 4 {
        for _ in 0..4 {
            let mut stream = running.connect().await;
            stream.write_all(head.as_bytes()).await.unwrap();
        }
        assert!(running.exchange(quick.as_bytes()).await.contains("200 OK"));
    }
    let after = open_files();
    assert!(after <= before + 64, "{before} files open before, {after} after {ABANDONED} uploads");
    assert_eq!(running.issued.load(Ordering::SeqCst), 0);
    running.stop().await;
}
