//! Whether the time of an answer tells who has an account: the same call for a member and for nobody, in turns, without
//! throttles, and a rank test of the two samples beside their quartiles.

use std::time::{Duration, Instant};

use aurex_core::identity::throttle::{SignInPolicies, ThrottlePolicy};
use serde_json::json;
use tokio::runtime::Builder;

use super::figures::percentile;
use super::server::Server;
use super::wire::Wire;
use super::work::{OWNER, SLUG, Shop};

/// So wide that nobody waits.
pub fn unthrottled() -> SignInPolicies {
    let wide = ThrottlePolicy::new(1_000_000, 1).unwrap();
    SignInPolicies { account: wide, address: wide, workspace: wide, person: wide, device: wide, pin: wide }
}

/// The Mann-Whitney test's normal deviate, in hundredths: below 196 either way, one sample in twenty of two that are
/// alike is further off. Whole numbers are enough: ties count half, which is why all is doubled.
fn deviate(ours: &[Duration], others: &[Duration]) -> i128 {
    let larger: i128 =
        ours.iter().flat_map(|one| others.iter().map(move |other| 1 + one.cmp(other) as i128)).sum();
    let (n, m) = (i128::try_from(ours.len()).unwrap(), i128::try_from(others.len()).unwrap());
    // `larger` is twice the statistic U, whose mean is nm/2 and whose variance nm(n + m + 1)/12.
    let spread = (n * m * (n + m + 1) / 3).isqrt().max(1);
    (larger - n * m) * 100 / spread
}

/// One call after the other, in the order member, nobody, nobody, member: what one leaves to be done behind its answer is
/// met by both alike.
fn asked(server: &Server, path: &str, body: impl Fn(&str) -> String, pairs: usize) -> [Vec<Duration>; 2] {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut wire = Wire::open(server.address, "127.0.0.1".parse().unwrap()).await.unwrap();
        let mut taken = [Vec::new(), Vec::new()];
        let path = format!("/api/v1/workspaces/{SLUG}{path}");
        for pair in 0..pairs {
            for which in if pair % 2 == 0 { [0, 1] } else { [1, 0] } {
                let email = if which == 0 { OWNER } else { "nobody@zaveri.example" };
                let begun = Instant::now();
                let answer = wire.ask("POST", &path, "", &body(email)).await.unwrap();
                let took = begun.elapsed();
                assert!([202, 401].contains(&answer.status), "{}", answer.status);
                taken[which].push(took);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        taken
    })
}

/// Prints the samples of each call; the cheap ones are asked ten times as often.
pub fn print(server: &Server, shop: &Shop, pairs: usize) {
    shop.let_in_by_mail();
    let mail = |email: &str| json!({"email": email}).to_string();
    let wrong = |email: &str| json!({"email": email, "password": "not this one at all"}).to_string();
    println!("the same call in a member's name and in nobody's");
    for (title, [mut member, mut nobody]) in [
        ("a wrong password", asked(server, "/sessions", wrong, pairs)),
        ("a forgotten password", asked(server, "/password-resets", mail, pairs * 10)),
        ("a sign-in by mail", asked(server, "/sign-in-links", mail, pairs * 10)),
    ] {
        let z = deviate(&member, &nobody);
        let of = |samples: &mut [Duration]| [25, 50, 75].map(|part| percentile(samples, part).as_micros());
        let ([a, b, c], [x, y, w]) = (of(&mut member), of(&mut nobody));
        println!(
            "  {title:<22} {:>4} each; {a}, {b}, {c} µs and {x}, {y}, {w} µs; z = {}{}.{:02}",
            member.len(),
            if z < 0 { "-" } else { "" },
            z.abs() / 100,
            z.abs() % 100,
        );
    }
}
