//! The catalogue of problem codes: the only place where a code meets its status and its words.

use poem::http::StatusCode;

macro_rules! catalogue {
    ($($name:ident = $code:literal $status:ident $title:literal $why:literal;)*) => {
        /// A stable code for what went wrong. New ones are added, old ones keep their meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $why] $name,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as clients see it, for instance `body.invalid`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The status every answer with this code has.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// A short title, the same for every occurrence.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What it means and what to do about it.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$name => $why,)* }
            }
        }
    };
}

catalogue! {
    RequestMalformed = "request.malformed" BAD_REQUEST "The request could not be read"
        "The request is not well-formed HTTP for this server. Repeating it unchanged will not help.";
    BodyMalformed = "body.malformed" BAD_REQUEST "The body is not JSON"
        "The body is empty, is not UTF-8, is not exactly one JSON value (RFC 8259) or is nested too deeply.";
    BodyTooLarge = "body.too_large" PAYLOAD_TOO_LARGE "The body is too large"
        "The body is longer than this call accepts. It was not read to its end.";
    BodyUnsupportedType = "body.unsupported_type" UNSUPPORTED_MEDIA_TYPE "The body is of an unsupported type"
        "Bodies are sent uncompressed as `Content-Type: application/json`, in UTF-8.";
    BodyInvalid = "body.invalid" UNPROCESSABLE_ENTITY "The body does not fit"
        "The body is JSON, but not what this call takes. `errors` names every field that is wrong, by JSON pointer.";
    QueryInvalid = "query.invalid" UNPROCESSABLE_ENTITY "A parameter does not fit"
        "A query or header parameter is unknown, missing, repeated or wrong. `errors` names it in `parameter`.";
    LettersNotInPdf = "invoice.letters_not_in_pdf" CONFLICT "The bill has letters that a PDF of ours does not have"
        "The fonts of the PDF are for Latin letters, and a name, an address or a description has others. Print the bill's page \
         instead: a browser has letters for every script.";
    CursorInvalid = "cursor.invalid" UNPROCESSABLE_ENTITY "The cursor is not of this list"
        "`after` takes the `next` of an earlier page of the same list with the same filters, unchanged.";
    IdempotencyKeyInvalid = "idempotency.key_invalid" BAD_REQUEST "The idempotency key cannot be used"
        "`Idempotency-Key` is one value of 1 to 255 visible ASCII characters.";
    IdempotencyKeyReused = "idempotency.key_reused" UNPROCESSABLE_ENTITY "The idempotency key was used for another request"
        "An earlier request carried the same key with different contents. Use a new key for a new request.";
    AuthRequired = "auth.required" UNAUTHORIZED "Sign in first"
        "The call needs a session or a token, and there was none that is valid here.";
    AuthRefused = "auth.refused" UNAUTHORIZED "Signing in failed"
        "The address, the secret or the workspace is not right. Which of them is not said.";
    AuthStepUp = "auth.step_up_required" FORBIDDEN "A fresh second factor is needed"
        "This action asks for a second factor that was confirmed a short time ago.";
    AccessForbidden = "access.forbidden" FORBIDDEN "Not allowed"
        "You are signed in, and your role does not allow this, or not to this extent.";
    CsrfRefused = "csrf.refused" FORBIDDEN "The request came from another site"
        "A changing call with a cookie needs `Sec-Fetch-Site: same-origin`, or an `Origin` that is one of ours.";
    ContextRefused = "context.refused" FORBIDDEN "The answer is not for where it would go"
        "A browser asks on behalf of another site, or to embed the answer in a page. The API's answers go to scripts of our own pages, and to programs.";
    RouteUnknown = "route.unknown" NOT_FOUND "There is nothing here"
        "No page and no call has this path.";
    ResourceUnknown = "resource.unknown" NOT_FOUND "Not found"
        "There is no such thing in this workspace.";
    MethodUnsupported = "method.unsupported" METHOD_NOT_ALLOWED "The method is not supported here"
        "The path exists, but not with this method. `Allow` lists those it has.";
    RequestTimeout = "request.timeout" REQUEST_TIMEOUT "The request took too long to arrive"
        "The body did not arrive in time.";
    StateConflict = "state.conflict" CONFLICT "Not in this state"
        "What the request asks contradicts what is recorded now.";
    ResourceGone = "resource.gone" GONE "No longer there"
        "What the request would use up is used up, has ended, or never was.";
    RangeUnsatisfiable = "range.unsatisfiable" RANGE_NOT_SATISFIABLE "Nothing of the file is in the range"
        "`Range` begins behind the end of the file. Its length is what the export's `bytes` says.";
    RevisionStale = "revision.stale" PRECONDITION_FAILED "It has changed meanwhile"
        "The document is no longer the one named in `If-Match`. Read it again and repeat the change on what is there now.";
    RevisionRequired = "revision.required" PRECONDITION_REQUIRED "Say which revision you change"
        "`If-Match` must carry the `ETag` that the document had when it was read.";
    OriginUnknown = "origin.unknown" MISDIRECTED_REQUEST "Not a name of this server"
        "The `Host` of the request is none of the configured public origins.";
    TlsRequired = "tls.required" FORBIDDEN "Only over TLS"
        "Plain HTTP is answered with the way to the same page over https, and with nothing else. What was sent with this request was sent in the clear.";
    RateLimited = "rate.limited" TOO_MANY_REQUESTS "Too many requests"
        "Wait as long as `Retry-After` says.";
    FormTooFast = "form.too_fast" TOO_MANY_REQUESTS "Too fast for a person"
        "The page was loaded a moment ago. Wait as long as `Retry-After` says, and send the form again.";
    FormOutdated = "form.outdated" CONFLICT "Load the page again"
        "The page was open for too long, or is not one of this workspace's. Load it again and fill it in once more.";
    ServerFault = "server.fault" INTERNAL_SERVER_ERROR "Something failed on our side"
        "Nothing is wrong with the request. Quote the request id when you report it.";
    ServerBusy = "server.busy" SERVICE_UNAVAILABLE "Busy for a moment"
        "The server cannot answer now. Nothing was changed; repeat after `Retry-After`.";
}

/// The catalogue's entry for a rule's refusal of this kind.
#[must_use]
pub const fn status_of(kind: aurex_core::refusal::RefusalKind) -> Code {
    use aurex_core::refusal::RefusalKind;
    match kind {
        RefusalKind::Invalid => Code::BodyInvalid,
        RefusalKind::NotFound => Code::ResourceUnknown,
        RefusalKind::BeyondLimit => Code::AccessForbidden,
        RefusalKind::Gone => Code::ResourceGone,
        _ => Code::StateConflict,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Code;

    #[test]
    fn codes_are_dotted_lower_case_and_never_shared() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} appears twice");
            assert_eq!(text.matches('.').count(), 1, "{text}");
            assert!(text.chars().all(|c| c.is_ascii_lowercase() || c == '.' || c == '_'), "{text}");
        }
    }

    #[test]
    fn every_code_stands_for_a_failure() {
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code:?}");
        }
    }
}
