//! Standard output or standard error of a function: lines as they are written, and the whole of it
//! at the end.

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    sync::mpsc,
};

/// What a process writes to one pipe.
#[derive(Debug)]
pub(super) struct Log {
    /// Lines with their line breaks.
    lines: mpsc::UnboundedReceiver<Vec<u8>>,
    received: Vec<u8>,
}

impl Log {
    /// Reads the pipe in a task, so that a function whose log is not used never blocks on a full
    /// pipe.
    pub(super) fn read(pipe: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let (sender, lines) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut pipe = BufReader::new(pipe);
            loop {
                let mut line = Vec::new();
                match pipe.read_until(b'\n', &mut line).await {
                    Ok(bytes) if bytes > 0 => {
                        // The receiver is gone if the function was dropped.
                        let _ = sender.send(line);
                    }
                    _ => return,
                }
            }
        });
        Self { lines, received: Vec::new() }
    }

    /// The next line without its line break; `None` at the end.
    pub(super) async fn next_line(&mut self) -> Option<String> {
        let line = self.lines.recv().await?;
        self.received.extend_from_slice(&line);
        Some(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// Everything that was written, once the process has closed the pipe.
    pub(super) async fn whole(&mut self) -> &[u8] {
        while self.next_line().await.is_some() {}
        &self.received
    }
}
