//! The connection of a WebSocket: frames, the closing handshake, pings, and the server's shutdown.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_sink::Sink;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Sleep, sleep};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::{Error as WireError, Message as Frame};
use tokio_util::sync::PollSender;

use crate::connection::Shutdown;
use crate::future::BoxFuture;
use crate::server::Upgraded;
use crate::websocket::close::CLOSE_TIMEOUT;
use crate::websocket::keep_alive::{KeepAlive, Observed, Verdict};
use crate::websocket::message::Text;
use crate::websocket::socket::{Command, Ends, Facts};
use crate::websocket::{CloseCode, CloseFrame, Message};

/// The longest time in which what a client still sends is read after it broke the protocol.
const LINGER: Duration = Duration::from_secs(2);

/// The connection of a WebSocket.
pub(super) struct Connection {
    stream: WebSocketStream<Upgraded>,
    phase: Phase,
    inbox: Inbox,
    outbox: mpsc::Receiver<Command>,
    facts: Arc<Facts>,
    shutdown: BoxFuture<'static, ()>,
    keep_alive: Option<KeepAlive>,
    /// Frames wait in the stream's buffer.
    is_flush_due: bool,
    /// Dropped when the connection is closed, for which a socket waits.
    on_closed: Option<oneshot::Sender<()>>,
}

enum Phase {
    Open,
    /// Messages that were sent before are followed by the closing frame.
    Draining(CloseFrame),
    /// One end has sent a closing frame, and the other must confirm it.
    Closing(Pin<Box<Sleep>>),
    /// The closing handshake is complete, or the client broke the protocol and got a closing frame.
    ShuttingDown(Pin<Box<Sleep>>),
    /// The client sees the end of the connection once it has read everything. What it still sends is dropped, as a connection that
    /// is closed with unread bytes is reset, and the reset can overtake the closing frame.
    Lingering(Pin<Box<Sleep>>),
    Closed,
}

/// The place for the messages that the app receives.
enum Inbox {
    /// No room is reserved for the next message.
    Unreserved(PollSender<Message>),
    Reserved(PollSender<Message>),
    /// The app receives no more: the client has closed the connection, or the app has dropped its end.
    Closed,
}

impl Connection {
    pub(super) fn new(
        stream: WebSocketStream<Upgraded>,
        ends: Ends,
        keep_alive: Option<Duration>,
        shutdown: Shutdown,
    ) -> Connection {
        Connection {
            stream,
            phase: Phase::Open,
            inbox: Inbox::Unreserved(ends.inbox),
            outbox: ends.outbox,
            facts: ends.facts,
            shutdown: Box::pin(async move { shutdown.requested().await }),
            keep_alive: keep_alive.map(KeepAlive::new),
            is_flush_due: false,
            on_closed: None,
        }
    }

    /// Returns `true` if the app has sent something that was not looked at.
    pub(super) fn has_commands(&self) -> bool {
        !self.outbox.is_empty()
    }

    /// Begins to close the connection, unless that has begun.
    pub(super) fn close(&mut self, code: CloseCode) {
        self.begin_close(CloseFrame::new(code, ""));
    }

    fn begin_close(&mut self, frame: CloseFrame) {
        if let Phase::Open = self.phase {
            self.phase = Phase::Draining(frame);
            self.outbox.close();
        }
    }

    /// Serves the connection. Ready once it is closed.
    pub(super) fn poll(&mut self, task: &mut Task<'_>) -> Poll<()> {
        if let Phase::Open = self.phase
            && self.shutdown.as_mut().poll(task).is_ready()
        {
            self.close(CloseCode::GOING_AWAY);
        }
        self.poll_send(task);
        self.poll_receive(task);
        self.poll_flush(task);
        self.poll_keep_alive(task);
        self.poll_end(task)
    }

    /// Sends what the app has sent and, at the end, the closing frame.
    fn poll_send(&mut self, task: &mut Task<'_>) {
        while let Phase::Open | Phase::Draining(_) = self.phase {
            match Pin::new(&mut self.stream).poll_ready(task) {
                Poll::Pending => return,
                Poll::Ready(Err(_)) => return self.phase = Phase::Closed,
                Poll::Ready(Ok(())) => {}
            }
            match self.next_command(task) {
                Poll::Pending => return,
                Poll::Ready(Some(Command::Send(message))) => self.send(message.into()),
                Poll::Ready(Some(Command::Close(frame, on_closed))) => {
                    self.on_closed = Some(on_closed);
                    self.begin_close(frame);
                }
                Poll::Ready(None) => self.finish_draining(),
            }
        }
    }

    fn next_command(&mut self, task: &mut Task<'_>) -> Poll<Option<Command>> {
        match self.phase {
            Phase::Open => self.outbox.poll_recv(task),
            // A reserved place may stay empty for long, so what is not there yet does not count.
            _ => Poll::Ready(self.outbox.try_recv().ok()),
        }
    }

    /// Sends the closing frame: nothing is left to send. An open connection is closed, as the app has dropped its socket.
    fn finish_draining(&mut self) {
        self.close(CloseCode::NORMAL);
        let phase = mem::replace(&mut self.phase, closing());
        if let Phase::Draining(frame) = phase {
            self.send(Frame::Close(Some(frame.into_frame())));
        }
    }

    fn send(&mut self, frame: Frame) {
        self.is_flush_due = true;
        if Pin::new(&mut self.stream).start_send(frame).is_err() {
            self.phase = Phase::Closed;
        }
    }

    fn poll_flush(&mut self, task: &mut Task<'_>) {
        let has_stream = !matches!(self.phase, Phase::Lingering(_) | Phase::Closed);
        if !self.is_flush_due || !has_stream {
            return;
        }
        match Pin::new(&mut self.stream).poll_flush(task) {
            Poll::Pending => {}
            Poll::Ready(Ok(())) => self.is_flush_due = false,
            Poll::Ready(Err(_)) => self.phase = Phase::Closed,
        }
    }

    /// Receives frames, as long as there is room for a message. While the connection is being closed, a message without room is
    /// dropped, as the client's closing frame comes after it.
    fn poll_receive(&mut self, task: &mut Task<'_>) {
        while let Phase::Open | Phase::Draining(_) | Phase::Closing(_) = self.phase {
            let is_full = self.inbox.poll_reserve(task).is_pending();
            if is_full && matches!(self.phase, Phase::Open) {
                return;
            }
            match Pin::new(&mut self.stream).poll_next(task) {
                Poll::Pending => return,
                Poll::Ready(Some(Ok(frame))) => self.receive(frame),
                Poll::Ready(Some(Err(error))) => self.fail(&error),
                Poll::Ready(None) => self.phase = shutting_down(),
            }
        }
    }

    fn receive(&mut self, frame: Frame) {
        if let Some(keep_alive) = &mut self.keep_alive {
            keep_alive.on_received();
        }
        match frame {
            Frame::Text(text) => self.inbox.deliver(Message::Text(Text(text))),
            Frame::Binary(bytes) => self.inbox.deliver(Message::Binary(bytes)),
            // The stream has prepared the pong.
            Frame::Ping(_) => self.is_flush_due = true,
            Frame::Pong(_) | Frame::Frame(_) => {}
            Frame::Close(frame) => self.on_close(frame.into()),
        }
    }

    /// Notes that the client closes the connection. The stream has prepared the confirmation.
    fn on_close(&mut self, frame: CloseFrame) {
        let _ = self.facts.close_frame.set(frame);
        self.inbox = Inbox::Closed;
        self.outbox.close();
        self.is_flush_due = true;
        if let Phase::Open | Phase::Draining(_) = self.phase {
            self.phase = closing();
        }
    }

    /// Closes the connection with the code of an error, if the client is still there.
    fn fail(&mut self, error: &WireError) {
        let code = match error {
            WireError::Capacity(_) => CloseCode::TOO_LARGE,
            WireError::Utf8(_) => CloseCode::INVALID_DATA,
            WireError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
                return self.phase = Phase::Closed;
            }
            WireError::Protocol(_) => CloseCode::PROTOCOL_ERROR,
            _ => return self.phase = Phase::Closed,
        };
        self.inbox = Inbox::Closed;
        self.outbox.close();
        if let Phase::Open | Phase::Draining(_) = self.phase {
            let frame = CloseFrame::new(code, "").into_frame();
            self.send(Frame::Close(Some(frame)));
        }
        if !matches!(self.phase, Phase::Closed) {
            self.phase = shutting_down();
        }
    }

    fn poll_keep_alive(&mut self, task: &mut Task<'_>) {
        let (Phase::Open, Some(keep_alive)) = (&self.phase, &mut self.keep_alive) else {
            return;
        };
        while keep_alive.poll_tick(task).is_ready() {
            let verdict = keep_alive.judge(Observed {
                is_write_blocked: self.is_flush_due,
                has_written: self.stream.get_mut().take_progress(),
                is_throttled: matches!(self.inbox, Inbox::Unreserved(_)),
            });
            match verdict {
                Verdict::Alive => {}
                Verdict::Dead => return self.phase = Phase::Closed,
                Verdict::Ping => {
                    let ping = Frame::Ping(Bytes::new());
                    if Pin::new(&mut self.stream).start_send(ping).is_err() {
                        return self.phase = Phase::Closed;
                    }
                    self.is_flush_due = true;
                    // The new timer is polled by the loop.
                    let _ = Pin::new(&mut self.stream).poll_flush(task);
                }
            }
        }
    }

    /// Brings the connection to its end once it is being closed.
    fn poll_end(&mut self, task: &mut Task<'_>) -> Poll<()> {
        loop {
            match &mut self.phase {
                Phase::Open | Phase::Draining(_) => return Poll::Pending,
                Phase::Closed => return Poll::Ready(()),
                Phase::Closing(timeout) => {
                    ready!(timeout.as_mut().poll(task));
                    self.phase = Phase::Closed;
                }
                Phase::ShuttingDown(timeout) => {
                    let is_late = timeout.as_mut().poll(task).is_ready();
                    let socket = Pin::new(self.stream.get_mut());
                    if !is_late && (self.is_flush_due || socket.poll_shutdown(task).is_pending()) {
                        return Poll::Pending;
                    }
                    let phase = mem::replace(&mut self.phase, Phase::Closed);
                    if let (false, Phase::ShuttingDown(timeout)) = (is_late, phase) {
                        self.phase = Phase::Lingering(timeout);
                    }
                }
                Phase::Lingering(timeout) => {
                    let socket = self.stream.get_mut();
                    if timeout.as_mut().poll(task).is_pending() {
                        ready!(poll_discard(socket, task));
                    }
                    self.phase = Phase::Closed;
                }
            }
        }
    }
}

impl Inbox {
    /// Becomes ready when there is room for a message, or no app that receives one.
    fn poll_reserve(&mut self, task: &mut Task<'_>) -> Poll<()> {
        let Inbox::Unreserved(sender) = self else {
            return Poll::Ready(());
        };
        let reserved = ready!(sender.poll_reserve(task));
        *self = match (reserved, mem::replace(self, Inbox::Closed)) {
            (Ok(()), Inbox::Unreserved(sender)) => Inbox::Reserved(sender),
            _ => Inbox::Closed,
        };
        Poll::Ready(())
    }

    /// Gives a message to the app, if it still receives and there is room.
    fn deliver(&mut self, message: Message) {
        *self = match mem::replace(self, Inbox::Closed) {
            Inbox::Reserved(mut sender) => match sender.send_item(message) {
                Ok(()) => Inbox::Unreserved(sender),
                Err(_) => Inbox::Closed,
            },
            other => other,
        };
    }
}

fn closing() -> Phase {
    Phase::Closing(Box::pin(sleep(CLOSE_TIMEOUT)))
}

fn shutting_down() -> Phase {
    Phase::ShuttingDown(Box::pin(sleep(LINGER)))
}

/// Reads until the client closes the connection, and drops what comes.
fn poll_discard(socket: &mut Upgraded, task: &mut Task<'_>) -> Poll<()> {
    let mut bytes = [0; 4096];
    loop {
        let mut buffer = ReadBuf::new(&mut bytes);
        match ready!(Pin::new(&mut *socket).poll_read(task, &mut buffer)) {
            Ok(()) if !buffer.filled().is_empty() => {}
            Ok(()) | Err(_) => return Poll::Ready(()),
        }
    }
}
