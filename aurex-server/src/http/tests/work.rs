//! Work is not lost, and what is logged of it gives nothing away.

use std::{io::Write, sync::Mutex, time::Duration};

use tracing_subscriber::fmt::MakeWriter;

use super::*;

const WAIT: &str = "/api/v1/workspaces/acme/act/wait";

#[tokio::test]
async fn a_handler_runs_to_its_end_when_its_client_hangs_up() {
    let shop = shop(ORIGIN);
    let hung_up =
        tokio::time::timeout(Duration::from_millis(20), shop.send(ask(Method::GET, WAIT, ()))).await;
    assert!(hung_up.is_err());
    assert_eq!((shop.tracker.len(), shop.issued.load(Ordering::SeqCst)), (1, 0));
    shop.gate.notify_one();
    shop.tracker.close();
    shop.tracker.wait().await;
    assert_eq!(shop.issued.load(Ordering::SeqCst), 1);
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn logged(requests: impl IntoIterator<Item = Request>) -> Vec<Value> {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(lines.clone()).finish();
    tracing::subscriber::with_default(subscriber, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let shop = shop(ORIGIN);
            for request in requests {
                shop.send(request).await;
            }
        });
    });
    let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for secret in ["hunter2", "s3cret", "acme", "asha@example.org"] {
        assert!(!written.contains(secret), "{written}");
    }
    written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &Value| line["target"] == "aurex::access")
        .collect()
}

#[test]
fn asvs_v14_2_1_a_line_names_the_pattern_and_never_what_was_sent() {
    let mut request =
        ask(Method::POST, &format!("{BILLS}?email=asha@example.org"), GOOD.replace("c1", "hunter2"));
    request.headers_mut().insert("authorization", "Bearer aurex_s3cret".parse().unwrap());
    let lines = logged([
        request,
        ask(Method::GET, "/s3cret", ()),
        ask(Method::from_bytes(b"S3CRET").unwrap(), "/page", ()),
    ]);
    let said: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line["method"].as_str().unwrap(),
                line["route"].as_str().unwrap(),
                line["status"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [("POST", "/api/v1/workspaces/{w}/bills", 422), ("GET", "-", 404), ("OTHER", "/page", 405)]
    );
    assert_eq!(lines[0]["request_id"].as_str().map(str::len), Some(32));
    assert!(lines[0]["took_us"].is_u64());
}

#[test]
fn asvs_v16_5_4_a_panic_is_logged_once_with_its_words_and_its_request() {
    let lines = logged([ask(Method::GET, "/api/v1/workspaces/acme/act/panic", ())]);
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0]["level"].as_str(), lines[0]["status"].as_u64()), (Some("ERROR"), Some(500)));
    assert_eq!(lines[0]["cause"], "a handler panicked: the safe is open");
    assert_eq!(lines[0]["route"], "/api/v1/workspaces/{w}/act/{what}");
}
