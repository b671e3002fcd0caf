//! The cookie of a known device: it opens nothing, and keeps strangers from locking its owners out.

use aurex_core::identity::throttle::DeviceCookie;
use poem::http::{HeaderMap, HeaderValue};

use super::signed::cookie;

/// Half a year, anew at each sign-in. A till that is used once a quarter stays known.
const MAX_AGE_SECONDS: u32 = 180 * 86_400;

/// The cookie's name. It does not begin as a session's does: it proves nobody, so a request that carries it alone is
/// no request of a session's, which the rule against forged calls is about.
fn name(slug: &str, secure: bool) -> String {
    if secure { format!("__Host-aurex_device-{slug}") } else { format!("aurex_device-{slug}") }
}

/// The device cookie that came with a request.
pub fn device_of<'h>(headers: &'h HeaderMap, slug: &str, secure: bool) -> Option<&'h str> {
    cookie(headers, &name(slug, secure))
}

/// The header that keeps it in the browser.
pub fn device_cookie(slug: &str, device: &DeviceCookie, secure: bool) -> Option<HeaderValue> {
    let (name, attributes) = (name(slug, secure), if secure { "; Secure" } else { "" });
    let mut value = HeaderValue::from_str(&format!(
        "{name}={}; Path=/; Max-Age={MAX_AGE_SECONDS}; HttpOnly; SameSite=Strict{attributes}",
        device.expose()
    ))
    .ok()?;
    value.set_sensitive(true);
    Some(value)
}
