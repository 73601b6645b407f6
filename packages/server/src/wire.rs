//! A socket whose writing can be cut short, so that a fault rule can close a connection in the middle of an answer.
//!
//! Used only under `--faults`; ordinary connections write to the socket directly.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How many bytes a connection may still write; shared by the socket and whoever decides about the answer.
#[derive(Clone, Debug)]
pub(crate) struct Allowance(Arc<AtomicUsize>);

impl Allowance {
    /// No limit.
    pub(crate) fn unlimited() -> Self {
        Self(Arc::new(AtomicUsize::new(usize::MAX)))
    }

    /// From now on only `bytes` more leave.
    pub(crate) fn limit(&self, bytes: usize) {
        self.0.store(bytes, Ordering::SeqCst);
    }

    fn left(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn spend(&self, bytes: usize) {
        if self.left() != usize::MAX {
            self.0.fetch_sub(bytes, Ordering::SeqCst);
        }
    }
}

/// A socket that writes no more than its allowance.
#[derive(Debug)]
pub(crate) struct Metered<S> {
    socket: S,
    allowance: Allowance,
}

impl<S> Metered<S> {
    /// Puts `socket` under `allowance`.
    pub(crate) fn new(socket: S, allowance: Allowance) -> Self {
        Self { socket, allowance }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let left = self.allowance.left();
        if left == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let part = bytes.get(..left.min(bytes.len())).unwrap_or(bytes);
        let written = std::task::ready!(Pin::new(&mut self.socket).poll_write(cx, part))?;
        self.allowance.spend(written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
