//! The reasons why calls of tools fail.

use crate::fix::Refused;
use crate::page;
use crate::proxy::access::Refusal;
use crate::proxy::forwarding::Unserved;
use crate::proxy::own::requests::NotReplayed;

/// The reason why a call has failed: a sentence with the remedy, for the program that called.
pub(super) struct Failed(pub(super) String);

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Failed {
        Failed(refusal.detail().to_owned())
    }
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Failed {
        Failed(refused.to_string())
    }
}

impl From<NotReplayed> for Failed {
    fn from(reason: NotReplayed) -> Failed {
        match reason {
            NotReplayed::Condition(reason) => Failed(reason.to_owned()),
            NotReplayed::Unserved(Unserved::Refused(refusal)) => refusal.into(),
            NotReplayed::Unserved(Unserved::Phase(status) | Unserved::Exited(status)) => {
                let headline = page::headline(&status);
                Failed(format!("The app cannot serve it: {headline}."))
            }
        }
    }
}
