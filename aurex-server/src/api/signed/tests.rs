use super::*;

fn headers(cookies: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in cookies {
        headers.append(header::COOKIE, line.parse().unwrap());
    }
    headers
}

#[test]
fn asvs_v7_2_1_a_cookie_counts_when_it_is_the_only_one_of_its_name() {
    assert_eq!(cookie(&headers(&["a=1; aurex-shop=t"]), "aurex-shop"), Some("t"));
    assert_eq!(cookie(&headers(&["aurex-shop=t; aurex-shop=u"]), "aurex-shop"), None);
    assert_eq!(cookie(&headers(&["aurex-shop=t", "aurex-shop=u"]), "aurex-shop"), None);
    assert_eq!(cookie(&headers(&["aurex-shop2=t"]), "aurex-shop"), None);
}

#[test]
fn asvs_v3_3_1_each_scheme_has_its_own_cookie_name() {
    assert_eq!(cookie_name("shop", true), "__Host-aurex-shop");
    assert_eq!(cookie_name("shop", false), "aurex-shop");
}

#[test]
fn with_an_authorization_header_cookies_are_ignored() {
    let mut both = headers(&["aurex-shop=t"]);
    both.insert(header::AUTHORIZATION, "Basic x".parse().unwrap());
    assert!(carrier(&both, "shop", false).is_none());
    both.insert(header::AUTHORIZATION, "bearer aurex_x".parse().unwrap());
    assert!(matches!(carrier(&both, "shop", false), Some(Carrier::Token("aurex_x"))));
}
