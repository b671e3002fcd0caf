//! Where to go on after signing in: the page that somebody was sent away from, if it is one of ours.

use percent_encoding::percent_decode_str;

/// Longer than any path of a page.
const LONGEST: usize = 200;

/// The path that `next` in a query names, where the query names one path and it is of a page here.
///
/// A path begins with one slash, so that it is no other host's (`//evil.example`, `/\\evil.example`), and holds nothing
/// but letters, digits, `-`, `_` and single slashes: no scheme, no dots, nothing encoded, no query. It is not the API's.
/// It is asked of the server alone, so that no module can forget it (ASVS 5.0, V3.7.2).
pub(super) fn next(query: Option<&str>) -> Option<String> {
    let pairs = query?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut named = pairs.filter(|(name, _)| *name == "next").map(|(_, value)| value);
    let (Some(only), None) = (named.next(), named.next()) else { return None };
    let path = percent_decode_str(only).decode_utf8().ok()?;
    is_of_a_page(&path).then(|| path.into_owned())
}

fn is_of_a_page(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_');
    let is_api = path.split('/').nth(1) == Some("api");
    path.starts_with('/')
        && !path.contains("//")
        && path.len() <= LONGEST
        && !is_api
        && path.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn asvs_v3_7_2_only_a_path_of_ours_is_gone_on_to() {
        for (query, path) in [
            ("next=/w/zaveri/approvals", "/w/zaveri/approvals"),
            ("next=%2Fw%2Fzaveri%2Fapprovals", "/w/zaveri/approvals"),
            ("a=b&next=/approvals", "/approvals"),
            ("next=/", "/"),
        ] {
            assert_eq!(next(Some(query)).as_deref(), Some(path), "{query}");
        }
        for hostile in [
            "",
            "next",
            "next=",
            "next=approvals",
            "next=//evil.example",
            "next=///evil.example",
            "next=/w//evil.example",
            "next=%2F%2Fevil.example",
            "next=%2F%252Fevil.example",
            "next=/%5Cevil.example",
            "next=/\\evil.example",
            "next=\\\\evil.example",
            "next=https://evil.example",
            "next=https:evil.example",
            "next=javascript:alert(1)",
            "next=JaVaScRiPt%3Aalert(1)",
            "next=data:text/html,x",
            "next=/%09/evil.example",
            "next=%09//evil.example",
            "next=/%0d%0aSet-Cookie:x",
            "next=/w/zaveri/%00",
            "next=/..//evil.example",
            "next=/w/../../x",
            "next=/%2e%2e/x",
            "next=/approvals?x=//evil.example",
            "next=/approvals%23x",
            "next=/@evil.example",
            "next=/evil.example",
            "next=%20/approvals",
            "next=+/approvals",
            "next=/%E2%80%AEx",
            "next=/%ff",
            "next=/api/v1/workspaces/zaveri/session",
            "next=/approvals&next=/account",
            "next=/approvals&next=//evil.example",
            "Next=/approvals",
        ] {
            assert_eq!(next(Some(hostile)), None, "{hostile}");
        }
        assert_eq!(next(Some(&format!("next=/{}", "a".repeat(200)))), None);
        assert_eq!(next(None), None);
    }

    proptest! {
        #[test]
        fn asvs_v3_7_2_whatever_is_gone_on_to_stays_at_the_origin(text in "(/|//|\\\\|https:|[a-z.@:?#%0-9]|%2[fF]|%5[cC]){0,12}") {
            let here: url::Url = "https://shop.example/w/zaveri/sign-in".parse().unwrap();
            if let Some(path) = next(Some(&format!("next={text}"))) {
                prop_assert_eq!(here.join(&path).unwrap().origin(), here.origin());
            }
        }
    }
}
