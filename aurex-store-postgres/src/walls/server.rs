//! Which servers are too old to keep a wall.

use sqlx::PgConnection;

/// Before these, what the planner's statistics know of other tenants' rows could be learnt through row-level security
/// (CVE-2025-8713, <https://www.postgresql.org/support/security/CVE-2025-8713/>). Later majors were never without it.
const PATCHED: [(i32, i32); 3] = [(15, 14), (16, 10), (17, 6)];

/// Why this server will not do.
pub(super) async fn unpatched(conn: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    let version = sqlx::query_scalar!(r#"SELECT current_setting('server_version_num')::int AS "version!""#)
        .fetch_one(conn)
        .await?;
    Ok(judge(version))
}

fn judge(version: i32) -> Option<String> {
    let (major, minor) = (version / 10_000, version % 10_000);
    let oldest = PATCHED.iter().map(|(major, _)| *major).min().unwrap_or_default();
    if major < oldest {
        return Some(format!("PostgreSQL {major} is too old: {oldest} is the oldest that will do"));
    }
    let (_, needed) = PATCHED.iter().find(|(patched, needed)| *patched == major && minor < *needed)?;
    Some(format!(
        "PostgreSQL {major}.{minor} lets row-level security leak through statistics (CVE-2025-8713): {major}.{needed} \
         or newer is needed"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_without_the_patch_are_refused() {
        for good in [150_014, 160_010, 170_006, 180_000] {
            assert_eq!(judge(good), None, "{good}");
        }
        for (bad, because) in
            [(150_013, "15.14"), (160_009, "16.10"), (170_005, "17.6"), (140_019, "15 is the oldest")]
        {
            assert!(judge(bad).unwrap().contains(because), "{bad}");
        }
    }
}
