//! Every finding there is. An id that was published stays; docs/doctor.md is printed from here.

use super::finding::{Ailment, Level};

macro_rules! ailments {
    ($( $NAME:ident = $Level:ident $id:literal: $what:literal => $remedy:literal; )*) => {
        $(
            pub(crate) static $NAME: Ailment =
                Ailment { id: $id, level: Level::$Level, what: $what, remedy: $remedy };
        )*

        /// All of them, in the order of the page.
        pub static ALL: &[&Ailment] = &[$( &$NAME ),*];
    };
}

ailments! {
    CONFIGURATION_REFUSED = Error "configuration.refused":
        "the configuration is refused, and the server would not start"
        => "change the setting that is named";
    CONFIGURATION_DEVELOPMENT = Warning "configuration.development":
        "the profile is development on a deployment that others reach"
        => "leave `profile` out, or set it to `production`: what is only warned of is refused then";

    KEYS_MISSING = Error "keys.missing":
        "the keys folder is missing or empty, and the store has data"
        => "put back the folder that the store was made with: new keys could not read it";
    KEYS_OPEN = Error "keys.open_to_others":
        "other accounts of the machine can reach the keys"
        => "run the chmod that is named, and rotate the keys if anybody may have read them (docs/keys.md)";
    KEYS_FOREIGN = Error "keys.foreign_owner":
        "the keys belong to another account than the one this command runs as"
        => "run the doctor as the server's account, or the chown that is named";
    KEYS_UNUSABLE = Error "keys.unusable":
        "the keys cannot be used"
        => "do what the evidence says; an exported copy is brought back by `aurex-server keys import`";
    KEYS_NOT_THE_STORES = Error "keys.not_the_stores":
        "the keys are not those that the store was made with, or not all of them"
        => "see `aurex-server keys check`, and put the right folder in place or name it with `keys_dir`";
    KEYS_DUE = Warning "keys.due":
        "a key is older than its period"
        => "run `aurex-server keys rotate` for the purpose and restart the server (docs/keys.md)";
    KEYS_GONE = Warning "keys.gone":
        "a key that was retired for good still lies in the folder"
        => "delete its file";
    KEYS_ONE_OPERATOR = Note "keys.one_operator":
        "one operator rotates the keys alone"
        => "name two or more in the file `operators` of the keys folder (docs/keys.md)";
    KEYS_WITH_DATA = Note "keys.beside_data":
        "the keys lie in the folder of the data, so that one copy or one thief has both"
        => "name a folder elsewhere with `keys_dir`, and leave it out of the backups of the data";

    FILES_OPEN = Warning "files.open_to_others":
        "other accounts of the machine can reach a folder of the server"
        => "run chmod 700 on it: it holds data of the shops, or mails with links that open accounts";

    TLS_UNUSABLE = Error "tls.unusable":
        "the certificate or its key cannot be used"
        => "do what the evidence says: a server that starts anew refuses them (docs/tls.md)";
    TLS_ENDED = Error "tls.ended":
        "the certificate has ended"
        => "renew it; a server that runs takes the new files over by itself";
    TLS_ENDS_SOON = Warning "tls.ends_soon":
        "the certificate ends within 14 days"
        => "see why the tool that renews it has not; a server that runs takes the new files over by itself";
    TLS_OTHER_NAME = Error "tls.other_name":
        "the certificate is not for an origin that the server is reached by"
        => "have one made for every name in `public_origin`, with the star where there is one";
    TLS_UNKNOWN_AUTHORITY = Warning "tls.unknown_authority":
        "the certificate comes from an authority that this machine does not know, and browsers hardly do"
        => "name the file of the full chain, or have one made by a public authority; on a network of your own, install your authority everywhere";
    TLS_PLAIN_LISTENER = Warning "tls.plain_listener":
        "plain HTTP is taken from the network: what lies between the proxy and the server can read and change it"
        => "listen on the loopback address behind a proxy on this machine, or give `tls_cert` and `tls_key`";

    EDGE_PLAIN_ORIGIN = Error "edge.plain_origin":
        "an origin beyond this machine is reached without TLS"
        => "list it with https:// and let the server or a proxy speak TLS (docs/tls.md)";
    EDGE_SHARED_ORIGIN = Error "edge.shared_origin":
        "several workspaces share a public origin, where a page of one could act for another"
        => "give each an origin of its own: `public_origin = \"https://*.shops.example\"` (docs/edge.md)";
    EDGE_NO_FRONT = Note "edge.no_front":
        "there is a pattern of origins and none that stands for itself: nobody can open a workspace or see a front page"
        => "list the base beside the pattern, `https://shops.example`, where that is wanted";
    EDGE_HSTS_OFF = Warning "edge.hsts_off":
        "browsers are not told to come back over TLS only"
        => "leave `hsts` out, or set it to `on` (docs/tls.md)";
    EDGE_PROXIES_WIDE = Error "edge.proxies_wide":
        "so many addresses are trusted as proxies that anybody may say which address they come from"
        => "list in `trusted_proxies` and `edge_networks` just the proxies' own addresses (docs/edge.md)";
    EDGE_PROXIES_NONE = Warning "edge.proxies_none":
        "the server stands behind a proxy and trusts none: every client counts as that one address"
        => "list the proxy's address in `trusted_proxies`; limits and logs then see the clients (docs/edge.md)";
    EDGE_GONE_ROUND = Warning "edge.gone_round":
        "a provider's edge stands in front, and whoever finds the server's own address goes round it"
        => "have the edge show a certificate and name its authority with `tls_client_ca`, or let nobody but its networks through the firewall (docs/edge.md)";
    EDGE_LIMITS_OFF = Warning "edge.limits_off":
        "a limit on requests is off on a deployment that others reach"
        => "leave the setting out, or give it a number";
    EDGE_OPEN_WORKSPACES = Warning "edge.open_workspaces":
        "anybody may open a workspace"
        => "set `open_workspaces` to `off` once the shops are there";

    MAIL_STAYS = Warning "mail.stays":
        "mails do not leave the machine: resets, invitations and notices reach nobody"
        => "set `mail` to the URL of a mail server and `mail_from` to the sender (docs/mail.md)";
    MAIL_SENDER = Warning "mail.sender":
        "mails come from a domain that is nobody's: they are refused, or answers to them are lost"
        => "set `mail_from` to an address of your own domain";
    MAIL_AUTHORITIES = Error "mail.authorities":
        "it is not known whom to trust for the mail server's certificate"
        => "name a PEM file of its authority with `mail_ca`, or leave that out for the machine's own";
    MAIL_UNREACHABLE = Error "mail.unreachable":
        "the mail server does not take a connection and a sign-in (looked at with --online)"
        => "compare host, port, user and password with the provider's, then run `aurex-server mail test`";

    PASSWORDS_COST_LOW = Warning "passwords.cost_low":
        "the configured cost of passwords is lower than what was measured for this machine"
        => "leave `password_cost` out; members come over at their next sign-in";
    PASSWORDS_UNMEASURED = Note "passwords.cost_unmeasured":
        "the cost of passwords was not measured yet, so that the least one is in force"
        => "the first start of the server measures it in the background and keeps it in the data folder";
    PASSWORDS_UNLISTED = Note "passwords.breached_list_none":
        "passwords known from breaches are not refused beyond the built-in list of the commonest"
        => "download the list and name its folder with `breached_passwords` (docs/passwords.md)";
    PASSWORDS_LIST_UNUSABLE = Error "passwords.breached_list_unusable":
        "the list of breached passwords cannot be used, and the server would not start"
        => "do what the evidence says";

    STORE_NOT_THERE = Note "store.not_there":
        "there is no store yet, so that nothing in it was looked at"
        => "the first start of the server makes it, on PostgreSQL `aurex-server migrate`";
    STORE_UNUSABLE = Error "store.unusable":
        "the store cannot be opened: it is out of reach, of another release, or not as it was written"
        => "do what the evidence says; on PostgreSQL see that it runs and that `migrate` was run (docs/postgres.md)";
    STORE_LOGIN_PRIVILEGED = Error "store.login_privileged":
        "the login at PostgreSQL passes by row-level security (in production the server refuses it)"
        => "serve as a login that is no superuser and has no BYPASSRLS (docs/postgres.md)";
    STORE_LOGIN_OWNS_TABLES = Error "store.login_owns_tables":
        "the tables belong to the login at PostgreSQL (in production the server refuses it)"
        => "have an administrator make the two roles, and migrate again (docs/postgres.md)";
    STORE_LOGIN_LIFTS_WALLS = Error "store.login_may_lift_walls":
        "the login at PostgreSQL may act as the owner of the tables (in production the server refuses it)"
        => "keep it for migrating, and serve as a login that was granted the application's role alone (docs/postgres.md)";
    STORE_NOT_DURABLE = Error "store.not_durable":
        "PostgreSQL may lose what it acknowledged (in production the server refuses it)"
        => "turn the settings that are named on";
    STORE_UNPROVEN_SERVER = Error "store.unproven_server":
        "the way to PostgreSQL on another machine is not proven (in production the server refuses it)"
        => "put sslmode=verify-full into the database's URL (docs/postgres.md)";
    STORE_WEAKENED = Error "store.weakened":
        "the store says that something weakens it (in production the server refuses it)"
        => "do what the evidence says";

    CLOCK_BEHIND = Error "clock.behind":
        "the log's last entry is later than this machine's clock: the clock went back, or was ahead before"
        => "set the clock by a time server; entries made until then carry the last one's time";

    LOG_NO_WITNESS = Note "log.no_witness":
        "nobody cosigns the audit logs: that none was rewritten is the operator's word only"
        => "run `aurex-server witness` on a machine of somebody else's, and name it with `witnesses` (docs/witness.md)";
    LOG_WITNESS_HERE = Warning "log.witness_here":
        "a witness runs on the server's own machine: whoever rewrites a log there can have it forget"
        => "move it to a machine that the server's operators cannot reach";
    LOG_NOT_PUBLISHED = Warning "log.not_published":
        "the audit log was not published for an hour: its last entries can be cut off without that being found"
        => "see that the server runs, and what it says of the log; where it says that the log was altered or cut off, stop";
    LOG_NOT_WITNESSED = Warning "log.not_witnessed":
        "no witness has cosigned the audit log for an hour"
        => "see that the witness runs, is reached and knows the log's key (docs/witness.md)";

    RETENTION_OVERDUE = Warning "retention.overdue":
        "personal values have passed their retention class and are still there"
        => "see that the server runs, and what it says of “personal values erased after their time”: what is long overdue goes over some hours";
    RETENTION_RAN = Note "retention.ran":
        "personal values that had passed their retention class were erased by themselves"
        => "nothing: docs/erasure.md says what goes, and when";

    WORKSPACE_UNREADABLE = Error "workspace.unreadable":
        "a workspace cannot be read"
        => "do what the evidence says, and bring it back from a backup where it is damaged";
    WORKSPACE_NO_OWNER = Error "workspace.no_owner":
        "no owner can sign in"
        => "see whether one left on a date; `aurex-server user reset` gives a member a new secret, never a role";
    WORKSPACE_ONE_OWNER = Note "workspace.one_owner":
        "there is one owner: who loses phone and password both, waits for the operator"
        => "make somebody else an owner as well";
    WORKSPACE_MAGIC_LINKS = Note "workspace.magic_links":
        "members may sign in by a link in a mail, so that whoever reads their mail is them"
        => "switch it off in the workspace's settings where mailboxes are shared";
    WORKSPACE_CONTACT_MISSING = Note "workspace.contact_missing":
        "a workspace has no proved address for notices: of a breach its owners' own mailboxes would be told"
        => "have an owner set one (docs/mail.md)";
    WORKSPACE_CONTACT_DUE = Warning "workspace.contact_due":
        "an address of a workspace was last proved more than a year ago"
        => "the owners are reminded each month; ask them";
    WORKSPACE_CONTACT_BOUNCED = Warning "workspace.contact_bounced":
        "mail to an address of a workspace is refused"
        => "reach the owners in another way, and have them set another address";
    WORKSPACE_ROLE_RETIRED = Warning "workspace.role_retired":
        "members hold a custom role that was retired"
        => "give them another one";

    MEMBERS_OWNER_NO_FACTOR = Warning "members.owner_without_second_factor":
        "an owner signs in with a password alone"
        => "have them add a second factor, or ask one of the role in the workspace's settings";
    MEMBERS_DORMANT = Warning "members.dormant":
        "members were not here for 60 days"
        => "disable who is not coming back";
    MEMBERS_LEFT = Note "members.left":
        "members are past their last day and not disabled; they cannot sign in"
        => "disable them, so that moving the date does not let them in again";
    MEMBERS_ONE_TIME = Warning "members.one_time_unused":
        "members have a one-time secret older than a week, which opens nothing any more"
        => "give them a new one, or disable who never came";
    MEMBERS_PEPPER = Error "members.pepper_missing":
        "passwords were hashed with a pepper that is not in the keys folder: nobody signs in with them"
        => "put the key back, or run `aurex-server user reset` for each member";
    MEMBERS_SESSIONS = Warning "members.sessions_beyond_policy":
        "members have more or longer sessions than the policy allows"
        => "have them end their sessions, or reset their password; nothing of this server opens such ones";

    TOKENS_UNUSED = Warning "tokens.unused":
        "API tokens were not used for 90 days"
        => "revoke them";
    TOKENS_LONG = Note "tokens.long_lived":
        "API tokens are good for more than 180 days to come"
        => "make shorter ones where the program allows: a stolen one is good as long";
    TOKENS_END_SOON = Note "tokens.end_soon":
        "API tokens end within 14 days"
        => "give the program a new one before";
    TOKENS_ORPHANED = Note "tokens.of_nobody":
        "API tokens belong to members who are locked out; they open nothing while that is so"
        => "revoke them";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_finding_has_an_id_of_its_own_and_a_remedy() {
        let ids: BTreeSet<_> = ALL.iter().map(|ailment| ailment.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for ailment in ALL {
            let (group, name) = ailment.id.split_once('.').unwrap();
            let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            assert!(plain(group) && plain(name) && !name.is_empty(), "{}", ailment.id);
            for text in [ailment.what, ailment.remedy] {
                assert!(text.len() > 10 && !text.ends_with('.') && !text.contains('|'), "{}", ailment.id);
            }
        }
    }

    #[test]
    fn findings_of_one_group_stand_together() {
        let mut groups: Vec<_> = ALL.iter().map(|ailment| ailment.group()).collect();
        groups.dedup();
        let distinct: BTreeSet<_> = groups.iter().collect();
        assert_eq!(groups.len(), distinct.len(), "{groups:?}");
    }
}
