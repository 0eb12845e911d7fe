//! What is compared.
//!
//! A sequence and set times enter, the incidents leave.

use std::{error::Error, fmt, fs};

use source_detection::{
    Thresholds,
    replay::{Played, Sequence, Stills, play},
};

use super::{ffmpeg, quality_sum};

/// A way of finding dead sources.
#[derive(Clone, Copy, Debug)]
pub(super) enum Detector {
    /// This project's.
    Monitor,
    /// `freezedetect` with this noise tolerance, and `blackdetect`, with the monitor's set times.
    Ffmpeg { noise: &'static str },
    /// Both filters with ffmpeg's defaults.
    FfmpegDefaults,
    /// The AWS sample's number: alive if it changes by more than this.
    QualitySum { limit: u32 },
}

impl Detector {
    /// In the order of the table.
    pub(super) const ALL: [Self; 6] = [
        Self::Monitor,
        Self::Ffmpeg { noise: "0.001" },
        Self::Ffmpeg { noise: "0.003" },
        Self::FfmpegDefaults,
        Self::QualitySum { limit: 0 },
        Self::QualitySum { limit: 1 },
    ];

    /// The incidents of a sequence.
    pub(super) fn play(
        self,
        sequence: &Sequence,
        thresholds: &Thresholds,
    ) -> Result<Played, Box<dyn Error>> {
        if let Self::Monitor = self {
            return Ok(play(sequence, thresholds, &mut ())?);
        }
        let stills = read(sequence)?;
        let incidents = match self {
            Self::QualitySum { limit } => quality_sum::play(sequence, &stills, limit, thresholds)?,
            Self::Ffmpeg { noise } => {
                let freeze = format!("n={noise}:d={}", thresholds.frozen_after.as_secs());
                let black = format!("d={}", thresholds.black_after.as_secs());
                ffmpeg::play(sequence, &stills, &freeze, &black)?
            }
            // The defaults, written down because they may change.
            Self::Monitor | Self::FfmpegDefaults => {
                ffmpeg::play(sequence, &stills, "n=0.001:d=2", "d=2")?
            }
        };
        Ok(Played { incidents, ..Played::default() })
    }
}

impl fmt::Display for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Monitor => f.write_str("this monitor"),
            Self::Ffmpeg { noise } => write!(f, "`freezedetect=n={noise}` and `blackdetect`"),
            Self::FfmpegDefaults => {
                f.write_str("`freezedetect` and `blackdetect` with their defaults, 0.001 and 2 s")
            }
            Self::QualitySum { limit: 0 } => f.write_str("replica of the AWS sample, change of 0"),
            Self::QualitySum { limit } => {
                write!(f, "replica of the AWS sample, change of at most {limit}")
            }
        }
    }
}

/// The files of a sequence.
fn read(sequence: &Sequence) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let name = &sequence.name;
    let Stills::Files(files) = &sequence.stills else {
        return Err(format!("`{name}` is a video; only stills can be labelled").into());
    };
    let mut stills = Vec::with_capacity(files.len());
    for file in files {
        let Some(file) = file else {
            return Err(
                format!("`{name}` has a still without a file, which others do not know").into()
            );
        };
        let still = fs::read(file);
        stills
            .push(still.map_err(|error| format!("failed to read `{}`: {error}", file.display()))?);
    }
    Ok(stills)
}
