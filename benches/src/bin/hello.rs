//! A server on poem that only says hello: what every server on it costs before it does anything.

use poem::listener::TcpListener;
use poem::{Route, Server, get, handler};

#[handler]
const fn hello() -> &'static str {
    "hello"
}

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(Server::new(TcpListener::bind(address)).run(Route::new().at("/readyz", get(hello))))
}
