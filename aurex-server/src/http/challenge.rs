//! Files that prove to a certificate authority whose name this is (RFC 8555, section 8.3). Another tool puts them into a
//! folder; plain HTTP is where the authority asks for them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use poem::Response;
use rustix::fs::{CWD, FileType, Mode, OFlags};

const FOLDER: &str = "/.well-known/acme-challenge/";
/// An answer is a token and a hash, under 200 bytes; nothing longer is sent.
const LONGEST: u64 = 4096;

/// The answer to a challenge, where there is one at this path below the folder.
pub(super) async fn answer(webroot: &Path, path: &str) -> Option<Response> {
    let token = path.strip_prefix(FOLDER)?;
    // base64url, so no way out of the folder and no hidden file.
    let plain = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if !plain || token.is_empty() || token.len() > 128 {
        return None;
    }
    let file = webroot.join(FOLDER.trim_start_matches('/')).join(token);
    let bytes = tokio::task::spawn_blocking(move || contents(file)).await.ok()??;
    Some(Response::builder().content_type("application/octet-stream").body(bytes))
}

fn contents(path: PathBuf) -> Option<Vec<u8>> {
    // A link could lead to any file of the server's, a pipe would be waited for.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::openat(CWD, path, flags, Mode::empty()).ok()?;
    let stat = rustix::fs::fstat(&file).ok()?;
    let small = u64::try_from(stat.st_size).is_ok_and(|size| size <= LONGEST);
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile || !small {
        return None;
    }
    let mut bytes = Vec::new();
    std::fs::File::from(file).take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[tokio::test]
    async fn only_a_plain_small_file_of_the_folder_is_sent() {
        let webroot = tempfile::TempDir::new().unwrap();
        let folder = webroot.path().join(".well-known/acme-challenge");
        fs::create_dir_all(folder.join("deeper")).unwrap();
        fs::write(folder.join("LoqXcYV8_q5-Onb"), "LoqXcYV8_q5-Onb.hash").unwrap();
        fs::write(folder.join("deeper/token"), "x").unwrap();
        fs::write(folder.join("long"), "x".repeat(5000)).unwrap();
        fs::write(folder.join("with.dot"), "x").unwrap();
        fs::write(webroot.path().join("secret"), "x").unwrap();
        symlink(webroot.path().join("secret"), folder.join("link")).unwrap();

        let sent = answer(webroot.path(), "/.well-known/acme-challenge/LoqXcYV8_q5-Onb").await.unwrap();
        assert_eq!(sent.into_body().into_string().await.unwrap(), "LoqXcYV8_q5-Onb.hash");
        for not in
            ["", "nothing", "deeper", "deeper/token", "long", "with.dot", "link", "../../secret", "%2e%2e"]
        {
            let path = format!("/.well-known/acme-challenge/{not}");
            assert!(answer(webroot.path(), &path).await.is_none(), "{not}");
        }
        assert!(answer(webroot.path(), "/secret").await.is_none());
    }
}
