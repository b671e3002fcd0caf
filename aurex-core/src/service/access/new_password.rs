//! Passwords before they are set: whether one may be, and how strong it is.

use super::SignIn;
use crate::identity::actions::ChangePassword;
use crate::identity::credentials::{Holder, UnfitPassword, check_password};
use crate::identity::password::{BreachedError, Judgement, Password, Violation};
use crate::rbac::Denied;
use crate::service::ServiceError;
use crate::store::StoreError;
use crate::tenancy::{Assurance, Scope};

impl SignIn {
    /// Checks a password that is to be set for `holder`: the policy, and where there is one the list of breached
    /// passwords. Every way of setting a password asks here, before it hashes. `pointer` says where in the command the
    /// password stands.
    ///
    /// # Errors
    /// [`UnfitPassword`]; [`StoreError::Unavailable`] when the list cannot be asked.
    pub async fn check_new_password(
        &self,
        password: &Password,
        holder: Holder<'_>,
        pointer: &'static str,
    ) -> Result<(), ServiceError> {
        check_password(&self.passwords, password, holder, pointer)?;
        if self.is_breached(password).await? {
            return Err(UnfitPassword::breached(pointer).into());
        }
        Ok(())
    }

    async fn is_breached(&self, password: &Password) -> Result<bool, ServiceError> {
        let Some(list) = &self.breached else { return Ok(false) };
        let unasked = |error: BreachedError| StoreError::Unavailable(Some(error.into()));
        Ok(password.is_breached(&**list).await.map_err(unasked)?)
    }
}

/// How strong a password would be for whoever asks. Nothing is hashed, kept or logged.
///
/// # Errors
/// [`Denied::PasswordFirst`] for a session that may do nothing but set a password (which tells the same), the policy's
/// other denials, [`ServiceError::NotSignedIn`], and what every read can answer.
pub async fn password_strength(
    sign_in: &SignIn,
    scope: &Scope,
    password: &Password,
) -> Result<Judgement, ServiceError> {
    let _permit = scope.permit::<ChangePassword>()?;
    if scope.assurance() == Assurance::OneTimeSecret {
        return Err(Denied::PasswordFirst.into());
    }
    let id = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let mut reader = sign_in.road.store.reader(scope).await?;
    let workspace = reader.workspace().await?;
    let member = reader.member(id).await?.ok_or(ServiceError::NotSignedIn)?;
    drop(reader);
    let holder = Holder {
        workspace: &workspace.name,
        slug: &workspace.slug,
        name: &member.name,
        email: &member.email,
    };
    let mut judgement = sign_in.passwords.judge(password, &holder.context());
    if judgement.is_acceptable() && sign_in.is_breached(password).await? {
        judgement = Judgement { score: 0, violations: vec![Violation::Breached], ..judgement };
    }
    Ok(judgement)
}
