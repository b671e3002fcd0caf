//! The Aurex reference server.

fn main() -> std::process::ExitCode {
    aurex_server::cli::main()
}
