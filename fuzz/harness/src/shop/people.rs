//! Members, sessions, passwords, tokens, settings, and what only the shell and the collector do.

use aurex_core::{
    identity::{
        actions::{AddMember, CreateApiToken},
        member::Member,
        members::{MemberPatch, NewMember},
        password::Password,
        settings::{BusinessPatch, SettingsPatch},
        tokens::NewApiToken,
    },
    measure::Ratio,
    rbac::Action as _,
    service::{access, collect_observations},
    shop::business::Scheme,
    tenancy::Scope,
    text::Email,
};

use super::{
    deployment::{OWNER, PASSWORD, SLUG, facts},
    heard::{Heard, heard, looked, refused},
    keys::Key,
    play::Play,
};

/// What somebody is added with, and what the shell's reset would never give.
const SECRET: &str = "hand this over once";
const ADDRESSES: [&str; 4] = [OWNER, "asha@shop.example", "ravi@shop.example", "nobody@shop.example"];
const PASSWORDS: [&str; 3] = [PASSWORD, SECRET, "wrong"];

impl Play<'_> {
    pub(super) async fn add_member(&mut self, scope: &Scope) -> Heard {
        let now = self.now();
        let draw = &mut self.draw;
        let key = Key::draw(draw);
        let new = NewMember {
            name: draw.text(),
            email: Email::new(draw.any(&ADDRESSES)).unwrap(),
            role: draw.role(),
            password: Password::new(if draw.one_in(8) { "short" } else { SECRET }),
        };
        let presented = key.as_ref().map(Key::presented);
        let answer = access::add_member(&self.shop.sign_in, scope, presented.as_ref(), new).await;
        let (member, heard) = heard(answer);
        if let (Some(member), Heard::Done(_)) = (&member, heard) {
            self.members.push(member.id);
        }
        let id = member.map(|member| member.id.to_string());
        self.keys.check((scope, AddMember::CODE), key, heard, id, now);
        heard
    }

    pub(super) async fn change_member(&mut self, scope: &Scope) -> Heard {
        let id = self.draw.pick(&self.members);
        let present = self.follower.tables.rows::<Member>().find(|member| member.id == id);
        let version = present.map_or(1, |member| member.version);
        let draw = &mut self.draw;
        let version = if draw.one_in(8) { version.wrapping_sub(1) } else { version };
        let patch = MemberPatch {
            name: draw.option(|draw| draw.text()),
            role: draw.option(|draw| draw.role()),
            disabled: draw.option(|draw| draw.one_in(2)),
            ..MemberPatch::default()
        };
        heard(access::change_member(&self.shop.road, scope, id, version, &patch).await).1
    }

    pub(super) async fn enter(&mut self) -> Heard {
        let (address, password) = (self.draw.any(&ADDRESSES), self.draw.any(&PASSWORDS));
        match self.shop.sign_in.password(SLUG, address, password, None, facts()).await {
            Ok(entered) => {
                assert_ne!(password, "wrong");
                self.cookies.push(entered.token.expose().to_owned());
                Heard::Entered
            }
            Err(error) => refused(&error),
        }
    }

    pub(super) async fn sign_out(&mut self, scope: &Scope) -> Heard {
        heard(access::close_session(&self.shop.road, scope).await).1
    }

    pub(super) async fn change_password(&mut self, scope: &Scope) -> Heard {
        let (current, new) = (self.draw.any(&PASSWORDS), self.draw.any(&PASSWORDS));
        let (entered, heard) = heard(access::change_password(&self.shop.sign_in, scope, current, new).await);
        self.cookies.extend(entered.map(|entered| entered.token.expose().to_owned()));
        heard
    }

    pub(super) async fn reset_password(&mut self) -> Heard {
        let email = Email::new(self.draw.any(&ADDRESSES)).unwrap();
        let shell = self.shop.cli.scope(self.shop.tenant, &["password.reset"], facts());
        let (reset, heard) = heard(access::reset_password(&self.shop.sign_in, &shell, &email).await);
        if let Some(reset) = reset.filter(|_| self.draw.one_in(2)) {
            let secret = reset.secret.expose().to_owned();
            // The reset is one entry; the sign-in that follows is looked at with it.
            self.follower.look(&self.shop, Some(&shell), heard).await;
            let entered = self.shop.sign_in.password(SLUG, email.as_str(), &secret, None, facts()).await;
            return match entered {
                Ok(entered) => {
                    assert!(entered.one_time);
                    self.cookies.push(entered.token.expose().to_owned());
                    Heard::Entered
                }
                Err(error) => refused(&error),
            };
        }
        heard
    }

    pub(super) async fn create_token(&mut self, scope: &Scope) -> Heard {
        let now = self.now();
        let draw = &mut self.draw;
        let key = Key::draw(draw);
        let codes: Vec<_> = self.shop.catalogue.iter().map(|action| action.code).collect();
        let new = NewApiToken {
            name: draw.text(),
            permissions: draw
                .option(|draw| (0..draw.byte() % 4).map(|_| draw.any(&codes).to_owned()).collect()),
            expires_in_days: u32::from(draw.byte()) * 2,
        };
        let (presented, catalogue) = (key.as_ref().map(Key::presented), &self.shop.catalogue);
        let answer =
            access::create_api_token(&self.shop.road, catalogue, scope, presented.as_ref(), new).await;
        let (created, heard) = heard(answer);
        let id = created.as_ref().map(|created| created.token.id.to_string());
        if let (Some(created), Heard::Done(_)) = (created, heard) {
            self.tokens.push(created.token.id);
            self.secrets.push(created.secret.unwrap().expose().to_owned());
        }
        self.keys.check((scope, CreateApiToken::CODE), key, heard, id, now);
        heard
    }

    pub(super) async fn revoke_token(&mut self, scope: &Scope) -> Heard {
        let id = self.draw.pick(&self.tokens);
        heard(access::revoke_api_token(&self.shop.road, scope, id).await).1
    }

    pub(super) async fn change_settings(&mut self, scope: &Scope) -> Heard {
        let (settings, unseen) = looked(access::settings(&self.shop.road, scope).await);
        let Some(settings) = settings else { return unseen };
        let draw = &mut self.draw;
        let version = if draw.one_in(8) { "1-0".to_owned() } else { settings.version() };
        let patch = SettingsPatch {
            name: draw.option(|draw| draw.text()),
            business: draw.option(|draw| BusinessPatch {
                legal_name: draw.option(|draw| draw.text()),
                address: draw.option(|draw| draw.text()),
                gstin: draw.option(|draw| draw.option(|draw| draw.gstin())),
                scheme: draw.option(|draw| draw.any(Scheme::ALL)),
                rate_move: draw.option(|draw| Ratio::from_ppm(i32::from(draw.byte()) * 5_000)),
            }),
            second_factor_for: None,
            access_rules: None,
            ..SettingsPatch::default()
        };
        heard(access::change_settings(&self.shop.road, scope, &version, patch).await).1
    }

    pub(super) async fn collect(&mut self) -> Heard {
        let limit = u16::from(self.draw.byte());
        self.shop.sign_in.refusals_written().await;
        let collected =
            collect_observations(&self.shop.road, &self.shop.collector, self.shop.tenant, limit).await;
        collected.map_or_else(|error| refused(&error), |_| Heard::Collected)
    }
}
