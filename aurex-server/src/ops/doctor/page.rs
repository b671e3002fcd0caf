//! The page of findings, docs/doctor.md.

use super::catalogue::ALL;

const BEGINNING: &str = "\
# The doctor

`aurex-server doctor` looks at a deployment and says what is misconfigured, with what to do about it. It takes the same
configuration as `serve` (flags, environment, file), may run beside a server, and changes nothing. Run it as the server's
account, after every change of the configuration and once a week.

```sh
aurex-server doctor             # for people, grouped
aurex-server doctor --json      # for programs
aurex-server doctor --online    # also connects and signs in to the mail server, and sends nothing
aurex-server doctor --strict    # warnings fail, too
```

It exits with 0 when nothing is an error and with 1 otherwise; with `--strict` a warning is enough. A note is something to
know of, and never fails.

Workspaces are named by their slug and members by their id, which `GET /api/v1/members` shows beside the name: the
report holds no personal data and no secret, and may be sent to whoever helps.

With `--json` one object is printed:

```json
{\"errors\": 0, \"warnings\": 1, \"notes\": 0, \"findings\": [
  {\"id\": \"members.dormant\", \"level\": \"warning\", \"what\": \"…\", \"remedy\": \"…\", \"workspace\": \"acme\", \"evidence\": \"member_…\"}
]}
```

`level` is `error`, `warning` or `note`. `workspace` is left out for what is about the deployment, `evidence` where there
is none. An id stays; new ones may come.

What cannot be seen from here is not in the report: whether a firewall stands in front, whether backups are made and
come back, whether a proxy passes on the headers that it should.

## What it finds

Printed from the catalogue of findings (`AUREX_BLESS=1 cargo test -p aurex-server --test it doctor`).
";

/// The page as it is committed.
#[must_use]
pub fn page() -> String {
    let mut page = BEGINNING.to_owned();
    let mut group = "";
    for ailment in ALL {
        if ailment.group() != group {
            group = ailment.group();
            page.push_str(&format!(
                "\n### {group}\n\n| id | level | what is wrong | what to do |\n|---|---|---|---|\n"
            ));
        }
        page.push_str(&format!(
            "| `{}` | {} | {} | {} |\n",
            ailment.id, ailment.level, ailment.what, ailment.remedy
        ));
    }
    page
}
