//! The documentation of the catalogue, printed from the catalogue.

use std::fmt::Write as _;

use super::{Code, FieldCode};

/// The contents of `docs/problems.md`.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "# Problems\n\n\
         <!-- Printed from the catalogue in aurex-server/src/http/problem; do not edit by hand. -->\n\n\
         Every answer that is not a success is `application/problem+json` (RFC 9457). Switch on `code`; \
         `title` and `detail` are for people and may change.\n\n",
    );
    for code in Code::ALL {
        // Writing to a String cannot fail.
        let _ = write!(
            page,
            "## {}\n\n**{}** · {}\n\n{}\n\n",
            code.as_str(),
            code.status().as_u16(),
            code.title(),
            code.explanation()
        );
    }
    page.push_str(
        "## Rules of the business\n\nA refusal by a rule has the rule's own `code`; where it concerns a field, `errors` \
         names it with the same code.\n\n",
    );
    for rule in aurex_core::refusal::catalogue() {
        let status = super::status_of(rule.kind).status().as_u16();
        // A heading each, because a problem's `type` links to it.
        let _ = write!(page, "### {}\n\n**{status}** · {}\n\n", rule.code, rule.message);
    }
    page.push_str("## Field codes\n\nThe `code` of an entry in `errors`.\n\n| code | meaning |\n|---|---|\n");
    for code in FieldCode::ALL {
        let _ = writeln!(page, "| `{}` | {} |", code.as_str(), code.message());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_explains_every_code() {
        let page = page();
        for code in Code::ALL {
            assert!(page.contains(&format!("## {}\n", code.as_str())), "{code:?}");
            assert!(page.contains(code.explanation()), "{code:?}");
        }
        for code in FieldCode::ALL {
            assert!(page.contains(code.as_str()), "{code:?}");
        }
        for rule in aurex_core::refusal::catalogue() {
            assert!(page.contains(&format!("### {}\n", rule.code)), "{}", rule.code);
        }
    }
}
