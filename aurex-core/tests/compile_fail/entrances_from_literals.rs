//! Entrances that no authority was split into.

use aurex_core::tenancy::{Cli, Entrances, House, Jobs, SignInKey, Trusted};

fn entrances(house: House) -> Entrances {
    Entrances {
        sign_in: SignInKey { house },
        jobs: Jobs { house },
        cli: Cli { house },
        trusted: Trusted { house },
    }
}

fn main() {}
