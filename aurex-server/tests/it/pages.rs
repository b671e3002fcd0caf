//! The pages that people see before they are signed in.

use crate::world::World;

const PAGES: &[&str] = &["sign-in", "forgot", "reset", "join", "link"];

/// The start tags of a page, as they are written.
fn tags(html: &str) -> Vec<&str> {
    let all = html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag);
    all.filter(|tag| !tag.starts_with('/')).collect()
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    tag.split_once(&format!(" {name}=\""))?.1.split_once('"').map(|(value, _)| value)
}

async fn all() -> Vec<(String, String)> {
    let world = World::on_memory().await;
    let mut pages = Vec::new();
    for page in PAGES {
        let answer = world.page(&format!("/w/zaveri/{page}")).await;
        assert_eq!(answer.status, 200, "{page}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        pages.push(((*page).to_owned(), answer.text));
    }
    pages
}

#[tokio::test]
async fn asvs_v3_7_1_pages_use_no_dead_technology_and_nothing_inline() {
    for (page, html) in all().await {
        for tag in tags(&html) {
            let name = tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap_or_default();
            assert!(!matches!(name, "object" | "embed" | "applet" | "style" | "iframe"), "{page}: {tag}");
            let inline =
                tag.split_whitespace().any(|part| part.starts_with("on") || part.starts_with("style="));
            assert!(!inline, "{page}: {tag}");
            if name == "script" {
                assert_eq!(attribute(tag, "type"), Some("module"), "{page}");
                assert_eq!(attribute(tag, "src"), Some("/assets/access.js"), "{page}");
            }
        }
        assert!(html.contains("<script type=\"module\" src=\"/assets/access.js\"></script>"), "{page}");
    }
}

#[tokio::test]
async fn asvs_v6_2_6_v6_2_7_passwords_are_masked_and_left_to_password_managers() {
    let mut seen = 0;
    for (page, html) in all().await {
        for input in tags(&html).into_iter().filter(|tag| tag.starts_with("input ")) {
            let completes = attribute(input, "autocomplete").expect("every field says what it is");
            assert_ne!(completes, "off", "{page}");
            if attribute(input, "name").unwrap().contains("password") {
                seen += 1;
                assert_eq!(attribute(input, "type"), Some("password"), "{page}");
                assert!(matches!(completes, "new-password" | "current-password"), "{page}: {completes}");
            }
        }
        for hindrance in ["onpaste", "oncopy", "readonly", "maxlength=\"8\""] {
            assert!(!html.contains(hindrance), "{page}: {hindrance}");
        }
    }
    assert_eq!(seen, 3);
    let world = World::on_memory().await;
    let module = world.page("/assets/access.js").await;
    assert!(module.header("content-type").unwrap().starts_with("text/javascript"));
    assert!(!module.text.contains("paste") && !module.text.contains("innerHTML"));
}

#[tokio::test]
async fn asvs_v14_2_1_a_form_without_its_module_puts_nothing_into_an_address() {
    for (page, html) in all().await {
        let forms: Vec<_> = tags(&html).into_iter().filter(|tag| tag.starts_with("form ")).collect();
        assert!(!forms.is_empty(), "{page}");
        assert!(forms.iter().all(|form| attribute(form, "method") == Some("post")), "{page}");
    }
}

#[tokio::test]
async fn pages_know_of_no_workspace_whether_it_exists() {
    let world = World::on_memory().await;
    for path in ["/w/nowhere/sign-in", "/w/zaveri/join"] {
        assert_eq!(world.page(path).await.status, 200);
    }
    for path in
        ["/w/No%20slug/sign-in", "/w/zaveri/elsewhere", "/w/%3Cscript%3E/join", "/w/zaveri", "/w//join"]
    {
        assert_eq!(world.page(path).await.status, 404, "{path}");
    }
}
