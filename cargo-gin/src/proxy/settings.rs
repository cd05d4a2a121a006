//! The settings of the proxy, and the channels that connect it to the rest of the dev server.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::assets::Assets;
use crate::cli::{PageOptions, TrustedProxy};
use crate::editor::{Editor, Unopenable};
use crate::fix::Order;
use crate::proxy::access::{AllowedHosts, Permit, Token};
use crate::proxy::places::Capacity;
use crate::proxy::records::Bodies;
use crate::state::{Event, Freshness, InFlight, Sides, Status};
use crate::tls::Tls;

/// The connections of the proxy to the rest of the dev server.
#[derive(Debug)]
pub(crate) struct Wiring {
    /// The settings of the command line.
    pub(crate) settings: Settings,
    /// The state of the app.
    pub(crate) status: watch::Receiver<Status>,
    /// The processes beside the app, and the paths that are theirs.
    pub(crate) sides: Sides,
    /// Takes the rebuilds that pages request.
    pub(crate) events: mpsc::Sender<Event>,
    /// Takes notices for the user.
    pub(crate) notices: mpsc::UnboundedSender<String>,
    /// Takes the suggestions that pages apply.
    pub(crate) fixes: mpsc::Sender<Order>,
    /// The number of edits that can be undone.
    pub(crate) undoable: watch::Receiver<usize>,
    /// Takes the port of the app that a page has chosen.
    pub(crate) port: watch::Sender<Option<u16>>,
    /// The token of requests for reports, which the app has, too.
    pub(crate) report: Token,
    /// Waits until the phase reflects every save before a request.
    pub(crate) fresh: Freshness,
    /// The number of requests that were sent to the app and have no response head yet, or are about to be sent.
    ///
    /// A request is counted before it reads the phase. Code that leaves `Ready` and then waits for 0 can therefore stop the app
    /// without losing a request.
    pub(crate) pending: watch::Sender<usize>,
    /// The requests that the app has received and not responded to.
    pub(crate) in_flight: InFlight,
    /// The number of requests that wait for the app. With `--lazy` they start it.
    pub(crate) demand: watch::Sender<usize>,
    /// The files that browsers reload without a build. `None` with `--no-reload`: then pages get no script.
    pub(crate) assets: Option<watch::Receiver<Assets>>,
}

/// The pages of the app that stay open while the code is broken, under an overlay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Overlay {
    /// Those that their user has used: what was typed is lost with the page. A page that was only looked at gives way to the page of
    /// the errors, which can do more.
    #[default]
    Used,
    /// All: `--overlay`.
    Always,
    /// None: `--no-overlay`.
    Never,
}

impl Overlay {
    /// Returns the setting of the command line.
    pub(crate) fn of(options: &PageOptions) -> Overlay {
        match (options.overlay, options.no_overlay) {
            (true, _) => Overlay::Always,
            (_, true) => Overlay::Never,
            _ => Overlay::Used,
        }
    }

    /// Returns its name for the script.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Overlay::Used => "used",
            Overlay::Always => "always",
            Overlay::Never => "never",
        }
    }
}

/// The settings of the proxy.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The longest time that a request waits for the app, unless it is a navigation: `--hold`.
    pub(crate) hold: Duration,
    /// The most memory of requests that wait for the app, in bytes. Further ones get 503 and `Retry-After`.
    pub(crate) held: usize,
    /// The most sockets.
    pub(crate) sockets: Capacity,
    /// The hosts that requests may name besides the local ones: `--allowed-host`.
    pub(crate) hosts: AllowedHosts,
    /// The proxies in front that are trusted: `--behind-proxy`.
    pub(crate) trusted: Vec<TrustedProxy>,
    /// The certificate, if the server speaks TLS: `--https`, `--cert-file`.
    pub(crate) tls: Option<Tls>,
    /// The clients that may act through the proxy's pages, and see recorded requests: `--actions`.
    pub(crate) permit: Permit,
    /// The editor that opens the places in pages: `--editor`.
    pub(crate) editor: Result<Editor, Unopenable>,
    /// The bodies that are recorded: `--record-bodies`.
    pub(crate) bodies: Bodies,
    /// The pages that stay open while the code is broken: `--overlay`, `--no-overlay`.
    pub(crate) overlay: Overlay,
}
