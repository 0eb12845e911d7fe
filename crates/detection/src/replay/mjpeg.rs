//! Splits a stream of JPEG files that follow one another, as ffmpeg's `image2pipe` writes them.
//!
//! Bytes enter, one file at a time leaves. Only the structure is read, so that a marker within a
//! segment or within coded data ends nothing.

use std::io::{self, BufRead, ErrorKind, Read};

/// The largest file that is accepted. A thumbnail has some ten kilobytes.
const MAX_BYTES: usize = 8 << 20;

/// The second byte of the markers that matter here; each follows a byte FF.
const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;

/// Reads the next JPEG file of the stream into `jpeg`. Returns false at the end of the stream.
///
/// # Errors
/// Those of the reader; `UnexpectedEof` if the stream ends within a file; `InvalidData` if it holds
/// something else, or a file of more than 8 MiB.
pub(super) fn read_jpeg(stream: &mut impl BufRead, jpeg: &mut Vec<u8>) -> io::Result<bool> {
    jpeg.clear();
    if stream.fill_buf()?.is_empty() {
        return Ok(false);
    }
    let mut file = File { stream, jpeg };
    if file.read_marker()? != START_OF_IMAGE {
        return Err(invalid("no JPEG file begins here"));
    }
    let mut marker = file.read_marker()?;
    while marker != END_OF_IMAGE {
        file.read_segment()?;
        marker = if marker == START_OF_SCAN { file.read_scan()? } else { file.read_marker()? };
    }
    Ok(true)
}

/// A file that is being read, and where it is kept.
struct File<'a, R> {
    stream: &'a mut R,
    jpeg: &'a mut Vec<u8>,
}

impl<R: BufRead> File<'_, R> {
    fn read_byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.stream.read_exact(&mut byte)?;
        self.jpeg.push(byte[0]);
        Ok(byte[0])
    }

    /// The second byte of the marker that follows. Any number of bytes FF may precede it.
    fn read_marker(&mut self) -> io::Result<u8> {
        if self.read_byte()? != 0xFF {
            return Err(invalid("a marker is missing"));
        }
        self.read_after_ff()
    }

    /// The first other byte after a byte FF.
    fn read_after_ff(&mut self) -> io::Result<u8> {
        loop {
            self.check_size()?;
            let byte = self.read_byte()?;
            if byte != 0xFF {
                return Ok(byte);
            }
        }
    }

    /// A segment: its length in two bytes, which the length includes, and its content.
    fn read_segment(&mut self) -> io::Result<()> {
        let length = u16::from_be_bytes([self.read_byte()?, self.read_byte()?]);
        let content = usize::from(length).checked_sub(2);
        let content = content.ok_or_else(|| invalid("a segment has no length"))?;
        let start = self.jpeg.len();
        self.jpeg.resize(start + content, 0);
        self.stream.read_exact(&mut self.jpeg[start..])
    }

    /// Coded data, up to the marker that ends it. A byte FF of the data is followed by 00, and
    /// restart markers (D0 to D7) belong to the data.
    fn read_scan(&mut self) -> io::Result<u8> {
        loop {
            let left = MAX_BYTES.saturating_sub(self.jpeg.len());
            let limit = u64::try_from(left).unwrap_or(u64::MAX);
            self.stream.by_ref().take(limit).read_until(0xFF, self.jpeg)?;
            self.check_size()?;
            if self.jpeg.last() != Some(&0xFF) {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            match self.read_after_ff()? {
                0 | 0xD0..=0xD7 => {}
                marker => return Ok(marker),
            }
        }
    }

    fn check_size(&self) -> io::Result<()> {
        if self.jpeg.len() < MAX_BYTES { Ok(()) } else { Err(invalid("a file is too large")) }
    }
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, problem)
}

#[cfg(test)]
mod tests {
    use std::{fs, io::BufReader, path::Path};

    use proptest::prelude::*;

    use super::*;

    /// Every file of the stream, read through a buffer of so many bytes.
    fn split(stream: &[u8], buffer: usize) -> io::Result<Vec<Vec<u8>>> {
        let mut reader = BufReader::with_capacity(buffer, stream);
        let (mut files, mut jpeg) = (Vec::new(), Vec::new());
        while read_jpeg(&mut reader, &mut jpeg)? {
            files.push(jpeg.clone());
        }
        Ok(files)
    }

    /// Markers within a segment, a fill byte, a restart marker and a stuffed byte end nothing.
    fn tricky() -> Vec<u8> {
        let mut jpeg = vec![0xFF, 0xD8, 0xFF, 0xFE, 0, 6, 0xFF, 0xD9, 0xFF, 0xD8];
        jpeg.extend([0xFF, 0xFF, 0xDA, 0, 3, 7, 1, 0xFF, 0, 2, 0xFF, 0xD0, 3, 0xFF, 0xD9]);
        jpeg
    }

    #[test]
    fn files_are_split_where_they_end() {
        let stills = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stills/freeze-and-back");
        let mut files = vec![tricky(), tricky()];
        for still in 0..13 {
            files.push(fs::read(stills.join(format!("{still:03}.jpg"))).expect("is readable"));
        }
        files.push(tricky());
        for buffer in [1, 3, 4096] {
            assert_eq!(split(&files.concat(), buffer).expect("is valid"), files, "{buffer}");
        }
    }

    #[test]
    fn an_empty_stream_has_no_file() {
        assert_eq!(split(&[], 16).expect("is valid"), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn a_stream_that_ends_within_a_file_is_an_error() {
        let jpeg = tricky();
        for length in 1..jpeg.len() {
            let error = split(&jpeg[..length], 16).expect_err("is cut short");
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "after {length} bytes");
        }
    }

    #[test]
    fn anything_else_than_jpeg_is_an_error() {
        for stream in
            [&b"RIFF"[..], &[0xFF, 0xD9], &[0xFF, 0xD8, 0xFF, 0xFE, 0, 1], &[0xFF, 0xD8, 1]]
        {
            let error = split(stream, 16).expect_err("is no JPEG");
            assert_eq!(error.kind(), ErrorKind::InvalidData, "{stream:x?}");
        }
    }

    #[test]
    fn a_file_without_end_is_an_error_and_not_kept() {
        let scan =
            [0xFF, 0xD8, 0xFF, 0xDA, 0, 2].iter().copied().chain(std::iter::repeat_n(1, 9 << 20));
        let (stream, mut jpeg) = (scan.collect::<Vec<u8>>(), Vec::new());
        let error = read_jpeg(&mut &stream[..], &mut jpeg).expect_err("is too large");
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(jpeg.len(), MAX_BYTES);
    }

    proptest! {
        #[test]
        fn any_stream_is_split_or_rejected(stream in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(files) = split(&stream, 7) {
                prop_assert_eq!(files.concat(), stream);
            }
        }
    }
}
