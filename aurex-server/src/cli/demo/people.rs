//! The two workspaces and whoever signs in to them.

use aurex_core::chance::{Entropy, draw};
use aurex_core::identity::credentials::OneTimeSecret;
use aurex_core::identity::members::NewMember;
use aurex_core::identity::opening::{NewBusiness, NewOwner, NewWorkspace};
use aurex_core::identity::password::Password;
use aurex_core::money::Currency;
use aurex_core::rbac::Role;
use aurex_core::service::access::{OpenedWorkspace, SignIn, add_member, change_password, open_workspace};
use aurex_core::shop::business::Scheme;
use aurex_core::shop::identifiers::{Gstin, StateCode};
use aurex_core::tenancy::{MemberId, RequestFacts, Scope, TenantId, Trusted};
use aurex_core::text::{Email, Name, Text};
use aurex_core::time::Zone;

use super::customers::gstin;
use crate::cli::Failure;

/// The shop that the year is told of.
pub(super) const MAIN: &str = "meena-jewellers";
/// The shop next door, to see that neither sees the other.
pub(super) const RIVAL: &str = "rival-gold";

/// Somebody with a login.
pub(super) struct Person {
    pub(super) id: MemberId,
    pub(super) role: Role,
    pub(super) email: String,
    pub(super) password: OneTimeSecret,
}

/// Everybody with a login, by workspace; an owner first.
pub(super) struct People {
    pub(super) main: TenantId,
    pub(super) members: Vec<Person>,
    pub(super) rival: TenantId,
    pub(super) rivals: Vec<Person>,
}

/// Those who work in one shop.
#[derive(Clone, Copy)]
pub(super) struct Staff<'a> {
    trusted: &'a Trusted,
    tenant: TenantId,
    members: &'a [Person],
}

impl<'a> Staff<'a> {
    pub(super) const fn new(trusted: &'a Trusted, tenant: TenantId, members: &'a [Person]) -> Self {
        Self { trusted, tenant, members }
    }

    /// A request by one of this role, the `nth` of them in turn; by the owner where the shop has none.
    pub(super) fn scope(&self, role: Role, nth: usize) -> Result<Scope, Failure> {
        let mut of_role = self.members.iter().filter(|person| person.role == role).collect::<Vec<_>>();
        if of_role.is_empty() {
            of_role.extend(self.members.iter().find(|person| person.role == Role::Owner));
        }
        let who = of_role.get(nth % of_role.len().max(1)).ok_or("nobody works in the shop")?;
        Ok(self.trusted.vouch_for(self.tenant, who.id, who.role, facts(who.role)))
    }
}

fn facts(role: Role) -> RequestFacts {
    // Till, office: addresses of a network that is routed nowhere.
    let host = match role {
        Role::Cashier => 21,
        Role::Owner | Role::Admin | Role::Manager | Role::Accountant | Role::Auditor => 11,
    };
    RequestFacts {
        ip: Some([192, 168, 10, host].into()),
        user_agent: Some("aurex-demo".to_owned()),
        request_id: "demo".to_owned(),
    }
}

const MEMBERS: [(Role, &str, &str); 6] = [
    (Role::Admin, "Arjun Zaveri", "admin"),
    (Role::Manager, "Sunita Kulkarni", "manager"),
    (Role::Cashier, "Imran Shaikh", "cashier1"),
    (Role::Cashier, "Neha Pawar", "cashier2"),
    (Role::Accountant, "Prakash Joshi", "accountant"),
    (Role::Auditor, "Farida Contractor", "auditor"),
];

/// Opens both shops, with everybody's password set as they would set it themselves.
pub(super) async fn open_shops(
    sign_in: &SignIn,
    trusted: &Trusted,
    entropy: &dyn Entropy,
) -> Result<People, Failure> {
    let meena = Particulars {
        slug: MAIN,
        name: "Meena Jewellers",
        legal_name: "Meena Jewellers Private Limited",
        address: "14 Ranade Road, Dadar West, Mumbai 400028",
        gstin: gstin("27AAHCM4821K1Z")?,
        owner: "Meena Zaveri",
    };
    let (main, mut members) = open(sign_in, entropy, meena).await?;
    let rival = Particulars {
        slug: RIVAL,
        name: "Rival Gold House",
        legal_name: "Rival Gold House LLP",
        address: "3 Bhagal Cross Road, Surat 395003",
        gstin: gstin("24AAJFR7315D1Z")?,
        owner: "Rakesh Dalal",
    };
    let (rival, rivals) = open(sign_in, entropy, rival).await?;
    for (role, name, login) in MEMBERS {
        let owner = Staff::new(trusted, main, &members).scope(Role::Owner, 0)?;
        let email = format!("{login}@{MAIN}.example");
        members.push(add(sign_in, &owner, entropy, role, name, email).await?);
    }
    Ok(People { main, members, rival, rivals })
}

struct Particulars {
    slug: &'static str,
    name: &'static str,
    legal_name: &'static str,
    address: &'static str,
    gstin: Gstin,
    owner: &'static str,
}

fn secret(entropy: &dyn Entropy) -> OneTimeSecret {
    OneTimeSecret::from_entropy(draw(entropy))
}

async fn open(
    sign_in: &SignIn,
    entropy: &dyn Entropy,
    shop: Particulars,
) -> Result<(TenantId, Vec<Person>), Failure> {
    let (email, password) = (format!("owner@{}.example", shop.slug), secret(entropy));
    let state: StateCode = shop.gstin.state();
    let new = NewWorkspace {
        slug: shop.slug.parse()?,
        name: Name::new(shop.name)?,
        currency: Currency::INR,
        zone: Zone::INDIA,
        state,
        business: Some(NewBusiness {
            legal_name: Name::new(shop.legal_name)?,
            address: Text::new(shop.address)?,
            gstin: Some(shop.gstin),
            scheme: Scheme::Regular,
        }),
        owner: NewOwner {
            name: Name::new(shop.owner)?,
            email: Email::new(&email)?,
            password: Password::new(password.expose()),
        },
    };
    let OpenedWorkspace { id, owner, .. } = open_workspace(sign_in, new, facts(Role::Owner)).await?.value;
    Ok((id, vec![Person { id: owner.id, role: Role::Owner, email, password }]))
}

/// Adds somebody with a one-time secret and sets a password with it: the way every member gets in.
async fn add(
    sign_in: &SignIn,
    owner: &Scope,
    entropy: &dyn Entropy,
    role: Role,
    name: &str,
    email: String,
) -> Result<Person, Failure> {
    let (first, password) = (secret(entropy), secret(entropy));
    let new = NewMember {
        name: Name::new(name)?,
        email: Email::new(&email)?,
        role,
        password: Password::new(first.expose()),
    };
    let member = add_member(sign_in, owner, None, new).await?.value;
    let signed_in = sign_in.password(MAIN, &email, first.expose(), None, facts(role)).await?;
    change_password(sign_in, &signed_in.scope, first.expose(), password.expose()).await?;
    Ok(Person { id: member.id, role, email, password })
}
