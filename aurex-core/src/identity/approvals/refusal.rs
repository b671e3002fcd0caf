//! Why an approval is not asked for, given or ended.

crate::refusals! {
    /// Why an approval is not asked for, given or ended.
    pub enum ApprovalRefusal {
        /// The second request would be approved after the first was done.
        AskedAlready = Conflict, "approval.asked_already", "/command", "you have asked for this already, and it waits";
        /// Each one is a mail to everybody who could approve it.
        TooMany = Conflict, "approval.too_many", "", "too much of what you have asked for waits already";
        /// What was done, refused or withdrawn stays so.
        NotWaiting = Conflict, "approval.not_waiting", "", "this does not wait for anybody any more";
        /// Nobody approves yesterday's question.
        Expired = Conflict, "approval.expired", "", "the time in which this could be approved is over";
        /// Who approves has to have seen what they approve.
        OtherCommand = Conflict, "approval.other_command", "/digest", "this is not what was asked for";
        /// Two people, two sessions.
        OwnRequest = BeyondLimit, "approval.own_request", "", "somebody else has to decide about what you have asked for";
        /// Nobody else is there; then they say why.
        ReasonMissing = Invalid, "approval.reason_missing", "/reason", "say why you approve this alone";
        /// Who asked could not do it any more either.
        AskerGone = Conflict, "approval.asker_gone", "", "who asked for this is not here any more";
        /// They asked as somebody else.
        AskerChanged = Conflict, "approval.asker_changed", "", "who asked for this has another role by now";
        /// Others refuse; who asked withdraws.
        NotYours = BeyondLimit, "approval.not_yours", "", "somebody else has asked for this";
        /// Somebody has seen to it meanwhile.
        NothingToDo = Conflict, "approval.nothing_to_do", "", "this is so already";
    }
}
