//! The pages: what people see before they are signed in, and where they look after their own access.

use poem::http::Method;

use crate::client::{Call, session_of, sign_in};
use crate::shop::{PASSWORD, address, open};
use crate::world::World;

const FOR_STRANGERS: &[&str] = &["sign-in", "forgot", "reset", "join", "link"];
const FOR_MEMBERS: &[&str] = &["account", "second-factor", "approvals", "digest"];
const MODULES: &[&str] = &["/assets/call.js", "/assets/access.js", "/assets/member.js"];

/// The start tags of a page, as they are written.
fn tags(html: &str) -> Vec<&str> {
    let all = html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag);
    all.filter(|tag| !tag.starts_with('/')).collect()
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    tag.split_once(&format!(" {name}=\""))?.1.split_once('"').map(|(value, _)| value)
}

async fn shown(words: &[&str]) -> Vec<(String, String)> {
    let world = World::on_memory().await;
    let mut pages = Vec::new();
    for page in words {
        let answer = world.page(&format!("/w/zaveri/{page}")).await;
        assert_eq!(answer.status, 200, "{page}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(answer.header("set-cookie"), None, "{page}");
        pages.push(((*page).to_owned(), answer.text));
    }
    pages
}

async fn all() -> Vec<(String, String)> {
    shown(&[FOR_STRANGERS, FOR_MEMBERS].concat()).await
}

/// The modules that pages load, by path.
async fn modules() -> Vec<(&'static str, String)> {
    let world = World::on_memory().await;
    let mut modules = Vec::new();
    for path in MODULES {
        let answer = world.page(path).await;
        assert!(answer.header("content-type").unwrap().starts_with("text/javascript"), "{path}");
        modules.push((*path, answer.text));
    }
    modules
}

#[tokio::test]
async fn asvs_v3_7_1_pages_use_no_dead_technology_and_nothing_inline() {
    for (page, html) in all().await {
        let mut scripts = 0;
        for tag in tags(&html) {
            let name = tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap_or_default();
            assert!(!matches!(name, "object" | "embed" | "applet" | "style" | "iframe"), "{page}: {tag}");
            let inline =
                tag.split_whitespace().any(|part| part.starts_with("on") || part.starts_with("style="));
            assert!(!inline, "{page}: {tag}");
            if name == "script" {
                assert_eq!(attribute(tag, "type"), Some("module"), "{page}");
                assert!(MODULES.contains(&attribute(tag, "src").unwrap()), "{page}: {tag}");
                scripts += 1;
            }
        }
        assert!(scripts == 1 && html.contains("\"></script>"), "{page}");
    }
}

#[tokio::test]
async fn asvs_v6_2_6_v6_2_7_passwords_are_masked_and_left_to_password_managers() {
    let mut seen = 0;
    for (page, html) in all().await {
        for input in tags(&html).into_iter().filter(|tag| tag.starts_with("input ")) {
            let completes = attribute(input, "autocomplete").expect("every field says what it is");
            assert_ne!(completes, "off", "{page}");
            let name = attribute(input, "name").unwrap();
            let is_password = name.contains("password") || ["current", "new"].contains(&name);
            assert_eq!(is_password, attribute(input, "type") == Some("password"), "{page}: {input}");
            if is_password {
                seen += 1;
                let expected = if name.starts_with("new") || (page == "join" || page == "reset") {
                    "new-password"
                } else {
                    "current-password"
                };
                assert_eq!(completes, expected, "{page}");
                // As long as the server takes, so that nothing is cut off that was pasted.
                assert_eq!(attribute(input, "maxlength"), Some("1024"), "{page}");
            }
        }
        for hindrance in ["onpaste", "oncopy", "readonly", "disabled", "pattern="] {
            assert!(!html.contains(hindrance), "{page}: {hindrance}");
        }
    }
    assert_eq!(seen, 13);
    for (path, module) in modules().await {
        for hindrance in ["paste", "copy", "keydown", "contextmenu", ".autocomplete"] {
            assert!(!module.contains(hindrance), "{path}: {hindrance}");
        }
    }
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
async fn asvs_v7_4_4_every_page_of_a_member_signs_out() {
    for (page, html) in shown(FOR_MEMBERS).await {
        let nav = html.split_once("<nav>").unwrap().1.split_once("</nav>").unwrap().0;
        assert!(nav.contains("<button type=\"button\" data-sign-out>Sign out</button>"), "{page}");
    }
    let (_, module) = modules().await.pop().unwrap();
    let pressed = module.split_once("press(find(\"[data-sign-out]\")").unwrap().1;
    assert!(pressed.split_once("});").unwrap().0.contains("ask(\"DELETE\", \"session\")"));
    // Which is what it says.
    let world = World::on_memory().await;
    open(&world, "zaveri").await;
    let me = session_of(&sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await, "zaveri");
    me.send(&world, &Call::new(Method::DELETE, "/session")).await.expect(204);
    me.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
}

#[tokio::test]
async fn asvs_v14_3_3_pages_keep_nothing_in_the_browser() {
    let stores = [
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "caches",
        "cookie",
        "serviceWorker",
        "CacheStorage",
        "pushState",
    ];
    let mut texts: Vec<_> = all().await;
    texts.extend(modules().await.into_iter().map(|(path, text)| (path.to_owned(), text)));
    for (name, text) in texts {
        assert!(stores.iter().all(|store| !text.contains(store)), "{name}");
        // The one thing put into the history is the address without its secret.
        for replaced in text.split("history.").skip(1) {
            assert!(
                replaced.starts_with("replaceState(null, \"\", location.pathname + location.search)"),
                "{name}"
            );
        }
    }
    // What the server leaves there is cookies that no script reads: tests/it/cookies.rs and links.rs look at each.
}

#[tokio::test]
async fn asvs_v3_7_3_no_page_leads_out_of_the_application() {
    let mut links = 0;
    for (page, html) in all().await {
        for tag in tags(&html) {
            for name in ["href", "src", "action", "formaction"] {
                let Some(to) = attribute(tag, name) else { continue };
                assert!(to.starts_with('/') && !to.starts_with("//"), "{page}: {tag}");
                links += 1;
            }
            assert!(
                attribute(tag, "target").is_none() && attribute(tag, "http-equiv").is_none(),
                "{page}: {tag}"
            );
        }
    }
    assert!(links > 20, "{links}");
    let mut moves = 0;
    for (path, module) in modules().await {
        assert!(
            !module.contains("://") && !module.contains("location.href") && !module.contains("open("),
            "{path}"
        );
        for to in module.split("location.assign(").skip(1) {
            // Pages of the workspace, and what the server has looked at (`next`).
            let ours = [
                "page(",
                "`${page(",
                "next === \"add_second_factor\" ? page(\"second-factor\") : document.body.dataset.next)",
            ];
            assert!(ours.iter().any(|ours| to.starts_with(ours)), "{path}: {to:.80}");
            moves += 1;
        }
    }
    assert!(moves >= 4, "{moves}");
}

#[tokio::test]
async fn asvs_v3_7_2_a_page_goes_on_to_paths_of_ours_alone() {
    let world = World::on_memory().await;
    let next_of = async |query: &str| {
        let page = world.page(&format!("/w/zaveri/sign-in{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        let body = tags(&page.text).into_iter().find(|tag| tag.starts_with("body ")).unwrap().to_owned();
        (attribute(&body, "data-next").unwrap().to_owned(), page.text)
    };
    let (next, html) = next_of("?next=%2Fw%2Fzaveri%2Fapprovals").await;
    assert_eq!(next, "/w/zaveri/approvals");
    assert!(
        html.contains("href=\"/w/zaveri/link?next=/w/zaveri/approvals\""),
        "the other way in goes on as well"
    );
    for hostile in [
        "",
        "?next=",
        "?next=//evil.example",
        "?next=%2F%2Fevil.example",
        "?next=/%5Cevil.example",
        "?next=https://evil.example",
        "?next=https%3A%2F%2Fevil.example%2Fw%2Fzaveri",
        "?next=javascript:alert(1)",
        "?next=/%22%3E%3Cscript%3E",
        "?next=/w/zaveri/approvals%23%22",
        "?next=/approvals&next=//evil.example",
        "?next=/api/v1/workspaces/zaveri/session",
        "?return_to=//evil.example&next=%252F%252Fevil.example",
    ] {
        let (next, html) = next_of(hostile).await;
        assert_eq!(next, "/w/zaveri/account", "{hostile}");
        assert!(!html.contains("evil") && !html.contains("<script>"), "{hostile}");
    }
}

#[tokio::test]
async fn pages_know_of_no_workspace_whether_it_exists() {
    let world = World::on_memory().await;
    for path in ["/w/nowhere/sign-in", "/w/zaveri/join", "/w/nowhere/account"] {
        assert_eq!(world.page(path).await.status, 200);
    }
    for path in
        ["/w/No%20slug/sign-in", "/w/zaveri/elsewhere", "/w/%3Cscript%3E/join", "/w/zaveri", "/w//join"]
    {
        assert_eq!(world.page(path).await.status, 404, "{path}");
    }
}
