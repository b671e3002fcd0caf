//! What is in memory stays there: no core dump of a process that holds keys and passwords.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Sees that the system writes no image of this process's memory anywhere, whatever it ends by (ASVS 5.0, V11.7.2).
///
/// The limit keeps an image from a file; where the system hands images to a program instead, which no limit stops, Linux is
/// told that there is none to be had. A debugger of the same account is kept out with it.
pub fn no_core_dumps() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(target: "aurex", %error, "the size of core dumps cannot be limited: one would hold keys");
    }
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
    {
        tracing::warn!(target: "aurex", %error, "core dumps cannot be turned off: one would hold keys");
    }
}
