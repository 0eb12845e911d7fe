//! Stills of a video, taken by ffmpeg as MediaLive takes thumbnails of a source.
//!
//! A file or an address enters, JPEG files leave one after another, so that hours of video and a
//! live stream need neither disk space nor memory. ffmpeg is a process of its own, started without
//! a shell; it ends with its [`Ffmpeg`] at the latest.

use std::{
    ffi::OsString,
    io::{self, BufReader, ErrorKind, Read},
    process::{Child, ChildStdout, Command, Stdio},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{ReplayError, mjpeg};

/// The name of the program, which is looked for on `PATH`.
const PROGRAM: &str = "ffmpeg";

/// How much of ffmpeg's messages is kept, in bytes: the end, which says why it stopped.
const KEPT_MESSAGES: usize = 4096;

/// A video, and how stills are taken of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Video {
    /// What ffmpeg opens: an address, or a path after `file:`, so that no name is taken for an
    /// option or for another protocol.
    pub input: OsString,
    /// The scale of JPEG quantisation as in ffmpeg's `-q:v`: 2 (best) to 31.
    pub qscale: u8,
    /// Where to stop, in the time of the video; `None` at its end.
    pub length: Option<Duration>,
}

impl Video {
    /// A message of ffmpeg's with `name` in place of the input, whose address may hold a password.
    pub(super) fn without_input(&self, message: &str, name: &str) -> String {
        self.input.to_str().map_or_else(|| message.to_owned(), |input| message.replace(input, name))
    }

    /// Everything that follows the name of the program. The still at a time is the frame that is
    /// shown then, in the size of MediaLive's thumbnails.
    fn arguments(&self, step: Duration) -> Vec<OsString> {
        let mut arguments: Vec<OsString> =
            ["-hide_banner", "-nostdin", "-loglevel", "error"].map(OsString::from).into();
        if let Some(length) = self.length {
            arguments.extend(["-t".into(), format!("{:.3}", length.as_secs_f64()).into()]);
        }
        arguments.extend(["-i".into(), self.input.clone()]);
        let filter = format!(
            "fps=fps=1000/{}:round=up,scale=480:270:out_color_matrix=bt601:out_range=full,\
             format=yuvj420p",
            step.as_millis()
        );
        // The first stream of video that is no cover picture.
        arguments.extend(["-map", "0:V:0", "-vf", &filter, "-c:v", "mjpeg"].map(OsString::from));
        arguments.extend(
            ["-q:v", &self.qscale.to_string(), "-f", "image2pipe", "pipe:1"].map(OsString::from),
        );
        arguments
    }
}

/// ffmpeg, while it takes the stills of a video.
pub(super) struct Ffmpeg {
    process: Child,
    stream: BufReader<ChildStdout>,
    /// Reads ffmpeg's messages, because a full pipe would block ffmpeg. Returns their end.
    messages: Option<JoinHandle<String>>,
}

/// Why ffmpeg has taken no further still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The video is over.
    Complete,
    /// The file or address has no video.
    NoVideo,
    /// Something failed, in ffmpeg's own words.
    Failed(String),
}

impl Ffmpeg {
    /// Starts ffmpeg.
    ///
    /// # Errors
    /// [`ReplayError::NoFfmpeg`] if the program is not there, [`ReplayError::Ffmpeg`] if it cannot
    /// be started.
    pub(super) fn start(video: &Video, step: Duration) -> Result<Self, ReplayError> {
        let mut command = Command::new(PROGRAM);
        command.args(video.arguments(step));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().map_err(|source| match source.kind() {
            ErrorKind::NotFound => ReplayError::NoFfmpeg,
            _ => ReplayError::Ffmpeg(source),
        })?;
        let (Some(stdout), Some(stderr)) = (process.stdout.take(), process.stderr.take()) else {
            return Err(ReplayError::Ffmpeg(io::Error::other("its output is not a pipe")));
        };
        let messages = Some(thread::spawn(move || end_of(stderr)));
        Ok(Self { process, stream: BufReader::new(stdout), messages })
    }

    /// Reads the next still into `jpeg`; returns false if there is none.
    ///
    /// # Errors
    /// Those of [`mjpeg::read_jpeg`].
    pub(super) fn read(&mut self, jpeg: &mut Vec<u8>) -> io::Result<bool> {
        mjpeg::read_jpeg(&mut self.stream, jpeg)
    }

    /// Waits for ffmpeg, which has closed its output, and says how it ended.
    ///
    /// # Errors
    /// If its exit code cannot be read.
    pub(super) fn ending(mut self) -> io::Result<Ending> {
        let status = self.process.wait()?;
        let messages = self.messages.take().and_then(|thread| thread.join().ok());
        let messages = messages.unwrap_or_default();
        if status.success() {
            return Ok(Ending::Complete);
        }
        if messages.contains("matches no streams") {
            return Ok(Ending::NoVideo);
        }
        let last = messages.lines().rev().find(|line| !line.trim().is_empty());
        Ok(Ending::Failed(
            last.map_or_else(|| format!("ffmpeg ended with {status}"), str::to_owned),
        ))
    }
}

impl Drop for Ffmpeg {
    fn drop(&mut self) {
        // Both fail if it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The last [`KEPT_MESSAGES`] bytes of a stream, at its end.
fn end_of(mut stream: impl Read) -> String {
    let (mut kept, mut buffer) = (Vec::new(), [0; KEPT_MESSAGES]);
    // A stream that fails has ended, too.
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        kept.extend_from_slice(&buffer[..count]);
        kept.drain(..kept.len().saturating_sub(KEPT_MESSAGES));
    }
    String::from_utf8_lossy(&kept).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_argument_whatever_is_in_it() {
        let input: OsString = "file:-i $(touch x);'\".mp4".into();
        let video = Video { input: input.clone(), qscale: 7, length: None };
        let arguments = video.arguments(Duration::from_millis(500));
        let at = arguments.iter().position(|argument| argument == "-i").expect("there is one");
        assert_eq!(arguments[at + 1], input);
        assert!(!arguments.contains(&"-t".into()));
        let line = arguments.join(" ".as_ref()).into_string().expect("is text");
        assert!(line.contains("fps=1000/500:round=up,scale=480:270"), "{line}");
        assert!(line.ends_with("-q:v 7 -f image2pipe pipe:1"), "{line}");
    }

    #[test]
    fn a_length_ends_the_reading() {
        let length = Some(Duration::from_millis(90_500));
        let video = Video { input: "udp://127.0.0.1:1".into(), qscale: 5, length };
        let arguments = video.arguments(Duration::from_secs(2));
        let at = arguments.iter().position(|argument| argument == "-t").expect("there is one");
        assert_eq!(arguments[at + 1..at + 3], ["90.500", "-i"]);
    }

    #[test]
    fn only_the_end_of_many_messages_is_kept() {
        let lines: Vec<String> = (0..10_000).map(|line| format!("line {line}\n")).collect();
        let end = end_of(lines.concat().as_bytes());
        assert_eq!(end.len(), KEPT_MESSAGES);
        assert!(end.ends_with("line 9999\n"));
    }
}
