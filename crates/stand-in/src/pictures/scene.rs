//! What a source shows: scenes, and programmes of scenes one after the other.
//!
//! Plain values of the script. Which still comes next is decided in `reel.rs`, what it looks like in `picture.rs`.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::pictures::still::Still;

/// A picture that goes on for a while.
#[derive(Clone, Debug)]
pub enum Scene {
    /// A live programme: every still differs strongly from the one before.
    Moving,
    /// The programme's last picture, encoded again for each still with light noise: never equal to the byte.
    Frozen,
    /// The programme's last picture, the same bytes each time.
    FrozenIdentical,
    /// The programme's last picture behind a running clock.
    FrozenBackground,
    /// All pixels 0; Rekognition's three numbers are exactly 0.
    Black,
    /// Black with a little noise.
    NoisyBlack,
    /// SMPTE bars, 75 %, W Y C G M R B, with a little noise.
    Bars,
    /// One colour, with a little noise.
    Flat,
    /// A text card, with a little noise.
    Slate,
    /// Thumbnails are disabled: an empty list.
    None,
    /// The channel has no thumbnails: 404.
    NotFound,
    /// The channel is not ready: 400.
    NotReady,
    /// Given files, one after the other and round again, verbatim. See [`Scene::folder`] and [`Scene::raw`].
    Given(Files),
}

/// The files of [`Scene::Given`].
#[derive(Clone, Debug)]
pub struct Files(pub(crate) Arc<[Arc<Still>]>);

impl Scene {
    /// The `.jpg` and `.jpeg` files of a folder, in the order of their names.
    pub fn folder(folder: impl AsRef<Path>) -> io::Result<Self> {
        let mut paths: Vec<_> =
            std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        paths.retain(|path| path.extension().is_some_and(|end| end == "jpg" || end == "jpeg"));
        paths.sort();
        if paths.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the folder has no JPEG files"));
        }
        let stills: Vec<_> = paths
            .iter()
            .map(|path| Ok(Arc::new(Still::verbatim(std::fs::read(path)?))))
            .collect::<io::Result<_>>()?;
        Ok(Self::Given(Files(stills.into())))
    }

    /// These bytes, whatever they are, each time.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Given(Files([Arc::new(Still::verbatim(bytes.into()))].into()))
    }
}

/// How long a scene goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// This many stills.
    Stills(u32),
    /// This long.
    For(Duration),
    /// To the end.
    Rest,
}

/// Scenes one after the other; the last one stays, unless the programme loops.
#[derive(Clone, Debug)]
pub struct Programme {
    pub(crate) parts: Vec<(Scene, Span)>,
    pub(crate) loops: bool,
}

impl Programme {
    /// A programme that starts with this scene.
    pub fn of(scene: Scene, span: Span) -> Self {
        Self { parts: vec![(scene, span)], loops: false }
    }

    /// And then this one.
    pub fn then(mut self, scene: Scene, span: Span) -> Self {
        self.parts.push((scene, span));
        self
    }

    /// After the last scene the first comes again.
    pub fn looping(mut self) -> Self {
        self.loops = true;
        self
    }
}

impl From<Scene> for Programme {
    fn from(scene: Scene) -> Self {
        Self::of(scene, Span::Rest)
    }
}
