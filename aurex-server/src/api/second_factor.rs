//! The second factor: one's own, and resetting somebody's.

use aurex_core::identity::factor::RecoveryCodes;
use aurex_core::service::access::{
    FactorStands, FactorState, begin_second_factor, confirm_second_factor, new_recovery_codes,
    remove_second_factor, reset_second_factor, second_factor,
};
use aurex_core::tenancy::MemberId;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponses, Registry};
use poem_openapi::types::Type as _;
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json};

use super::qr;
use super::sessions::{COOKIE, documented, session_cookie};
use super::signed::{InPath, Signed};
use crate::http::answer::{Created, Done};
use crate::http::body::{Body, Replace, Secret, request};
use crate::http::problem::{Code, Problem};

request! {
    /// The first code of a new second factor.
    pub struct ConfirmBody {
        /// What the authenticator shows.
        code: Secret<1, 64>,
        /// Whether the member's other sessions end; they do unless this is `false`. Those that stay have to prove the
        /// second factor, too.
        end_other_sessions: Replace<bool>,
    }
}

/// How one's own second factor stands.
#[derive(Debug, Clone, Object)]
pub struct SecondFactorView {
    /// `none`; `pending`, its first code is still to be given; or `active`, sign-in asks for it.
    pub state: String,
    /// When it was set up.
    pub added_at: Option<String>,
    /// How many recovery codes are still good.
    pub recovery_codes_left: u8,
}

impl From<FactorStands> for SecondFactorView {
    fn from(stands: FactorStands) -> Self {
        let state = match stands.state {
            FactorState::None => "none",
            FactorState::Pending => "pending",
            FactorState::Active => "active",
        };
        Self {
            state: state.to_owned(),
            added_at: stands.added_at.map(|at| at.to_string()),
            recovery_codes_left: u8::try_from(stands.recovery_codes_left).unwrap_or(u8::MAX),
        }
    }
}

/// What an authenticator app needs to know. It is shown once.
#[derive(Clone, Object)]
pub struct FactorOfferView {
    /// What the QR code says, `otpauth://totp/…`: TOTP with SHA-1, six digits, 30 seconds.
    pub uri: String,
    /// The same secret for typing, in base32.
    pub secret: String,
    /// The QR code as an SVG image without script, style or size.
    pub qr_svg: String,
}

/// Recovery codes. They are shown once, and each is good once.
#[derive(Clone, Object)]
pub struct RecoveryCodesView {
    /// The codes.
    pub recovery_codes: Vec<String>,
}

impl From<&RecoveryCodes> for RecoveryCodesView {
    fn from(codes: &RecoveryCodes) -> Self {
        Self { recovery_codes: codes.texts().map(|text| text.as_str().to_owned()).collect() }
    }
}

/// 200 with recovery codes, and the cookie that takes the place of the old one.
pub struct Confirmed {
    codes: RecoveryCodesView,
    cookie: Option<HeaderValue>,
}

impl IntoResponse for Confirmed {
    fn into_response(self) -> Response {
        let mut response = Json(self.codes).into_response();
        response.set_status(StatusCode::OK);
        if let Some(cookie) = self.cookie {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl ApiResponse for Confirmed {
    fn meta() -> MetaResponses {
        let schema = RecoveryCodesView::schema_ref();
        let content = vec![MetaMediaType { content_type: "application/json; charset=utf-8", schema }];
        documented(200, "The second factor counts.", COOKIE, content)
    }
    fn register(registry: &mut Registry) {
        RecoveryCodesView::register(registry);
    }
}

/// Second factors.
pub struct SecondFactors;

#[OpenApi]
impl SecondFactors {
    /// Shows how one's own second factor stands.
    #[oai(path = "/:w/second-factor", method = "get", operation_id = "showSecondFactor")]
    async fn show(&self, w: Signed) -> Result<Json<SecondFactorView>, Problem> {
        let stands = w.check(second_factor(w.road(), w.scope()).await).await?;
        Ok(Json(stands.into()))
    }

    /// Begins to set up a second factor of one's own. It takes a fresh proof, and counts once its first code was given.
    /// Begun anew, what was begun before is worth nothing.
    #[oai(path = "/:w/second-factor", method = "post", operation_id = "beginSecondFactor")]
    async fn begin(&self, w: Signed) -> Result<Created<FactorOfferView>, Problem> {
        let offer = w.check(begin_second_factor(w.road(), w.scope()).await).await?.value;
        let image = qr::svg(&offer.uri).ok_or_else(|| Problem::new(Code::ServerFault))?;
        Ok(Created::new(FactorOfferView {
            uri: offer.uri.as_str().to_owned(),
            secret: offer.secret.as_str().to_owned(),
            qr_svg: image.as_str().to_owned(),
        }))
    }

    /// Makes the second factor count that was begun, by its first code, and shows the recovery codes, once.
    ///
    /// The session goes on under a new cookie. The member's other sessions end, unless they wish otherwise.
    #[oai(path = "/:w/second-factor/confirm", method = "post", operation_id = "confirmSecondFactor")]
    async fn confirm(&self, w: Signed, body: Body<ConfirmBody>) -> Result<Confirmed, Problem> {
        let end_others = body.end_other_sessions.0.unwrap_or(true);
        let done = confirm_second_factor(w.sign_in(), w.scope(), body.code.as_str(), end_others).await;
        let done = w.check(done).await?.value;
        let cookie = session_cookie(w.slug(), &done.signed_in.token, w.is_secure());
        Ok(Confirmed { codes: (&done.codes).into(), cookie })
    }

    /// Makes ten new recovery codes and shows them, once. Those before open nothing any more. It takes a fresh proof.
    #[oai(path = "/:w/second-factor/recovery-codes", method = "post", operation_id = "renewRecoveryCodes")]
    async fn renew(&self, w: Signed) -> Result<Created<RecoveryCodesView>, Problem> {
        let codes = w.check(new_recovery_codes(w.road(), w.scope()).await).await?.value;
        Ok(Created::new((&codes).into()))
    }

    /// Removes one's own second factor; the member's other sessions end. It takes a fresh proof, and is refused where the
    /// workspace asks a second factor of the role.
    #[oai(path = "/:w/second-factor", method = "delete", operation_id = "removeSecondFactor")]
    async fn remove(&self, w: Signed) -> Result<Done, Problem> {
        w.check(remove_second_factor(w.road(), w.scope()).await).await?;
        Ok(Done)
    }

    /// Takes away the second factor of a member who lost theirs. All their sessions end, and they are told by mail. It takes
    /// a fresh proof.
    #[oai(path = "/:w/members/:id/second-factor/reset", method = "post", operation_id = "resetSecondFactor")]
    async fn reset(&self, w: Signed, id: InPath<MemberId>) -> Result<Done, Problem> {
        w.check(reset_second_factor(w.road(), w.scope(), *id).await).await?;
        Ok(Done)
    }
}
