//! One value that travels with the request.

use std::{fmt::Write as _, net::IpAddr, sync::Arc};

use poem::{FromRequest, Request, RequestBody, Result, http::header};

use super::TrustedProxies;
use crate::http::problem::{Code, Problem};

/// Where chance comes from: fills the slice.
pub type Entropy = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// How much of a user agent is kept.
const LONGEST_AGENT: usize = 256;

/// The facts of a request. A handler takes it as an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestMeta {
    /// 128 bits of chance in hexadecimal, made here: an id from outside could be made to collide with another's.
    pub request_id: String,
    /// The client's address, through trusted proxies alone; none where there is no socket.
    pub client_ip: Option<IpAddr>,
    /// What the client calls itself: at most 256 characters, none of them a control character.
    pub user_agent: Option<String>,
}

impl RequestMeta {
    /// The facts of `request`.
    #[must_use]
    pub fn of(request: &Request, proxies: &TrustedProxies, entropy: &Entropy) -> Self {
        let peer = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
        Self {
            request_id: request_id(entropy),
            client_ip: peer.map(|peer| proxies.client_of(peer, request.headers())),
            user_agent: request.headers().get(header::USER_AGENT).map(|agent| tame(agent.as_bytes())),
        }
    }
}

fn request_id(entropy: &Entropy) -> String {
    let mut bytes = [0_u8; 16];
    entropy(&mut bytes);
    bytes.iter().fold(String::with_capacity(32), |mut id, byte| {
        // Writing to a String cannot fail.
        let _ = write!(id, "{byte:02x}");
        id
    })
}

fn tame(agent: &[u8]) -> String {
    String::from_utf8_lossy(agent)
        .chars()
        .filter(|character| !character.is_control())
        .take(LONGEST_AGENT)
        .collect()
}

impl<'a> FromRequest<'a> for RequestMeta {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        // Behind the edge it is always there.
        request.data::<Self>().cloned().ok_or_else(|| Problem::new(Code::ServerFault).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_bounded_and_harmless() {
        assert_eq!(tame(b"curl/8\x1b[31m\t\x7f"), "curl/8[31m");
        assert_eq!(tame("é".repeat(999).as_bytes()).chars().count(), LONGEST_AGENT);
    }

    #[test]
    fn an_id_from_outside_is_not_taken_over() {
        let entropy: Entropy = Arc::new(|bytes| bytes.fill(0xab));
        let request = Request::builder().header("x-request-id", "mine").finish();
        let meta = RequestMeta::of(&request, &TrustedProxies::default(), &entropy);
        assert_eq!(meta.request_id, "ab".repeat(16));
    }
}
