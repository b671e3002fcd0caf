//! Is the answer going where it belongs?
//!
//! What a workspace's path answers is for a script of our own page, or for a program. A browser says of every request
//! which site asked for it and what the answer is to become, and no page can change that (Fetch Metadata, a W3C
//! working draft). So a page of another site, a neighbour's sub-domain among them, gets nothing that it could count,
//! time or embed, whatever the answer's own headers would forbid it to do with the bytes; and no answer of ours
//! becomes a script, a style, a picture or a frame. Programs send no such headers.
//!
//! That somebody opens such an address by hand (`none`, `document`) is harmless: the answer's policy runs nothing.

use poem::http::{HeaderMap, Method, header};

use super::{
    csrf::only,
    origin::WORKSPACES,
    problem::{Code, Problem},
};

/// Applies the rule to what a reading request says of itself. What changes something is
/// [`csrf`](super::csrf)'s.
///
/// # Errors
///
/// [`Code::ContextRefused`].
pub fn check(method: &Method, path: &str, headers: &HeaderMap) -> Result<(), Problem> {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    if !reads || !path.starts_with(WORKSPACES) || headers.contains_key(header::AUTHORIZATION) {
        return Ok(());
    }
    let asked_by_us =
        only(headers, "sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let for_a_script =
        only(headers, "sec-fetch-dest").is_none_or(|dest| matches!(dest, "empty" | "document"));
    if asked_by_us && for_a_script { Ok(()) } else { Err(Problem::new(Code::ContextRefused)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/api/v1/workspaces/acme/audit";

    fn passes(path: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        check(&Method::GET, path, &map).is_ok()
    }

    #[test]
    fn asvs_v3_5_8_another_site_reads_nothing_of_a_workspace() {
        for site in ["cross-site", "same-site", "", "Same-Origin"] {
            assert!(!passes(PATH, &[("sec-fetch-site", site)]), "{site}");
        }
        assert!(!passes(PATH, &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")]));
        for site in ["same-origin", "none"] {
            assert!(passes(PATH, &[("sec-fetch-site", site)]), "{site}");
        }
        assert!(passes(PATH, &[]));
    }

    #[test]
    fn asvs_v3_2_1_an_answer_becomes_no_part_of_a_page() {
        let ours = ("sec-fetch-site", "same-origin");
        for dest in
            ["script", "style", "image", "iframe", "frame", "embed", "object", "worker", "font", "video"]
        {
            assert!(!passes(PATH, &[ours, ("sec-fetch-dest", dest)]), "{dest}");
        }
        assert!(passes(PATH, &[ours, ("sec-fetch-dest", "empty")]));
        assert!(passes(PATH, &[ours, ("sec-fetch-dest", "document")]));
    }

    #[test]
    fn pages_and_programs_are_not_meant() {
        assert!(passes("/", &[("sec-fetch-site", "cross-site"), ("sec-fetch-dest", "document")]));
        assert!(passes("/api/openapi.json", &[("sec-fetch-site", "cross-site")]));
        assert!(passes(PATH, &[("authorization", "Bearer aurex_x"), ("sec-fetch-site", "cross-site")]));
        assert!(check(&Method::POST, PATH, &HeaderMap::new()).is_ok());
    }
}
