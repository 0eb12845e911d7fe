//! What a source shows: scenes, and programmes of scenes in sequence.
//!
//! Values of the script. `playout` decides which still comes next, `picture` draws it.

use std::{io, path::Path, sync::Arc, time::Duration};

use super::still::Still;

/// What a source shows for a while.
#[derive(Clone, Debug)]
pub enum Scene {
    /// A live programme: every still differs strongly from the one before.
    Moving,
    /// The last moving picture, encoded again for each still with light noise: never equal bytes.
    Frozen,
    /// The last moving picture as the same bytes each time.
    FrozenIdentical,
    /// The last moving picture behind a running clock.
    FrozenBackground,
    /// All pixels 0; Rekognition's three quality numbers are exactly 0.
    Black,
    /// Black with a little noise.
    NoisyBlack,
    /// SMPTE bars at 75 %, in the order W Y C G M R B, with a little noise.
    Bars,
    /// One colour other than black, with a little noise.
    Flat,
    /// A text card, with a little noise.
    Slate,
    /// A live programme of which a decoder has lost the lower half: it is one exact dark grey.
    Partial,
    /// Thumbnails are disabled: DescribeThumbnails returns an empty list.
    NoThumbnail,
    /// DescribeThumbnails returns `NotFoundException`, 404.
    NotFound,
    /// The channel is not ready: DescribeThumbnails returns `BadRequestException`, 400.
    NotReady,
    /// The bytes of files, unchanged, one file per still and repeated. See [`Scene::folder`] and
    /// [`Scene::raw`].
    Files(Files),
}

/// The files of [`Scene::Files`]; at least one.
#[derive(Clone, Debug)]
pub struct Files(pub(crate) Arc<[Arc<Still>]>);

impl Scene {
    /// The `.jpg` and `.jpeg` files of a folder in the order of their names.
    ///
    /// # Errors
    ///
    /// Fails if the folder or a file cannot be read, or if the folder has no such file.
    pub fn folder(folder: impl AsRef<Path>) -> io::Result<Self> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "jpg" || extension == "jpeg") {
                paths.push(path);
            }
        }
        if paths.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the folder has no JPEG files"));
        }
        paths.sort();
        let mut stills = Vec::new();
        for path in paths {
            stills.push(Arc::new(Still::verbatim(std::fs::read(path)?)));
        }
        Ok(Self::Files(Files(stills.into())))
    }

    /// These bytes for every still, whether they are a JPEG or not.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Files(Files([Arc::new(Still::verbatim(bytes.into()))].into()))
    }
}

/// How long a scene lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// This many stills.
    Stills(u32),
    /// Until this much time has passed since its first still.
    For(Duration),
    /// To the end of the programme.
    Rest,
}

/// Scenes in sequence. The last one stays, unless the programme loops.
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

    /// Appends a scene.
    pub fn then(mut self, scene: Scene, span: Span) -> Self {
        self.parts.push((scene, span));
        self
    }

    /// Starts again with the first scene after the last.
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
