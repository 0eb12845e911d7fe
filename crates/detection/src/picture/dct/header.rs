//! What stands before a JPEG's scan: the picture's size, the tables, and the order in which the blocks come (ISO/IEC 10918-1, annex B).

use super::{
    PATTERNS, SIDE,
    huffman::{Codes, Kind},
};

/// A JPEG of the plain kind.
pub(super) struct Header<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Units of the scan, each with the luma's blocks, row by row, and then the chroma's: from left to right, from top to bottom.
    pub(super) across: usize,
    pub(super) down: usize,
    /// Units between two restarts, if there are any.
    pub(super) restart: Option<usize>,
    pub(super) luma: Luma,
    pub(super) chroma: Vec<Chroma>,
    /// The scan and what comes after it.
    pub(super) scan: &'a [u8],
}

/// The blocks that are read.
pub(super) struct Luma {
    /// Blocks in a unit of the scan.
    pub(super) across: usize,
    pub(super) down: usize,
    /// Codes of a block's first amount.
    pub(super) first: Codes,
    pub(super) others: Codes,
    /// What an amount of 1 is worth, in the order of the amounts.
    pub(super) steps: [f32; PATTERNS],
}

/// Blocks that are passed over.
pub(super) struct Chroma {
    /// In a unit of the scan.
    pub(super) blocks: usize,
    pub(super) first: Codes,
    pub(super) others: Codes,
}

/// A table of codes as it is written: how many have each length, and their symbols.
type Written<'a> = (&'a [u8; 16], &'a [u8]);

/// The tables read so far, as they are written: by [`Kind`] and number.
#[derive(Default)]
struct Tables<'a> {
    codes: [[Option<Written<'a>>; 4]; 2],
    steps: [Option<&'a [u8; PATTERNS]>; 4],
}

impl<'a> Tables<'a> {
    fn read_codes(&mut self, mut segment: &'a [u8]) -> Option<()> {
        while let [which, rest @ ..] = segment {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let symbols = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(symbols)?;
            let kind = self.codes.get_mut(usize::from(which >> 4))?;
            *kind.get_mut(usize::from(which & 15))? = Some((counts, symbols));
            segment = rest;
        }
        Some(())
    }

    /// Steps of a byte each, which is all that a baseline JPEG has.
    fn read_steps(&mut self, mut segment: &'a [u8]) -> Option<()> {
        while let [which, rest @ ..] = segment {
            let (steps, rest) = rest.split_first_chunk::<PATTERNS>()?;
            *self.steps.get_mut(usize::from(*which))? = Some(steps);
            segment = rest;
        }
        Some(())
    }

    fn codes(&self, kind: Kind, which: u8) -> Option<Codes> {
        let (counts, symbols) = (*self.codes[kind as usize].get(usize::from(which))?)?;
        Codes::new(kind, counts, symbols)
    }
}

/// A frame's header: size, and for each component its name, its blocks in a unit and its table of steps.
struct Frame {
    width: usize,
    height: usize,
    components: Vec<[u8; 3]>,
}

impl Frame {
    fn read(segment: &[u8]) -> Option<Self> {
        let [8, high, low, wide, narrow, count, components @ ..] = segment else { return None };
        let side = |high, low| usize::from(u16::from_be_bytes([high, low]));
        let (components, []) = components.as_chunks::<3>() else { return None };
        (components.len() == usize::from(*count)).then_some(Self {
            width: side(*wide, *narrow),
            height: side(*high, *low),
            components: components.to_vec(),
        })
    }

    /// The luma's blocks in a unit of the scan, from side to side and from top to bottom; `None` for what isn't luma, alone or with two
    /// components of chroma that have a block each.
    fn blocks(&self) -> Option<(usize, usize)> {
        match self.components[..] {
            [_] => Some((1, 1)),
            [[0 | 1, blocks, _], [1 | 2, 0x11, _], [2 | 3, 0x11, _]] => {
                let (across, down) = (blocks >> 4, blocks & 15);
                let few = |blocks| (1..=2).contains(blocks);
                (few(&across) && few(&down)).then_some((usize::from(across), usize::from(down)))
            }
            _ => None,
        }
    }
}

impl<'a> Header<'a> {
    pub(super) fn read(jpeg: &'a [u8]) -> Option<Self> {
        let mut rest = jpeg.strip_prefix(&[0xFF, 0xD8])?;
        let (mut tables, mut frame, mut restart) = (Tables::default(), None, None);
        loop {
            let [0xFF, marker, high, low, after @ ..] = rest else { return None };
            let length = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(2)?;
            let (segment, after) = after.split_at_checked(length)?;
            rest = after;
            match (marker, segment) {
                (0xC0, _) if frame.is_none() => frame = Some(Frame::read(segment)?),
                (0xC4, _) => tables.read_codes(segment)?,
                (0xDB, _) => tables.read_steps(segment)?,
                (0xDD, &[high, low]) => restart = Some(usize::from(u16::from_be_bytes([high, low]))),
                // Adobe's marker says whether the components are luma and chroma: 1.
                (0xEE, _) if segment.starts_with(b"Adobe") && segment.get(11) != Some(&1) => return None,
                // Applications' data, and comments.
                (0xE0..=0xEF | 0xFE, _) => {}
                (0xDA, _) => {
                    let restart = restart.filter(|&units| units > 0);
                    return Self::of(&frame?, &tables, segment, restart, after);
                }
                _ => return None,
            }
        }
    }

    /// With a scan's header: for each component its name and its tables of codes, and the range of amounts.
    fn of(
        frame: &Frame,
        tables: &Tables<'_>,
        scan: &[u8],
        restart: Option<usize>,
        after: &'a [u8],
    ) -> Option<Self> {
        let [count, components @ .., 0, 63, 0] = scan else { return None };
        let (components, []) = components.as_chunks::<2>() else { return None };
        let names = frame.components.iter().map(|&[name, ..]| name);
        let all =
            usize::from(*count) == components.len() && names.eq(components.iter().map(|&[name, _]| name));
        let ([[_, which], chroma @ ..], true) = (components, all) else { return None };
        let chroma = match chroma {
            [] => vec![],
            [[_, one], [_, other]] if one == other => vec![(*one, 2)],
            _ => chroma.iter().map(|&[_, which]| (which, 1)).collect(),
        };
        let (across, down) = frame.blocks()?;
        let [_, _, steps] = *frame.components.first()?;
        Some(Self {
            width: frame.width,
            height: frame.height,
            across: frame.width.div_ceil(SIDE * across),
            down: frame.height.div_ceil(SIDE * down),
            restart,
            luma: Luma {
                across,
                down,
                first: tables.codes(Kind::First, which >> 4)?,
                others: tables.codes(Kind::Others, which & 15)?,
                steps: (*tables.steps.get(usize::from(steps))?)?.map(f32::from),
            },
            chroma: chroma
                .into_iter()
                .map(|(which, blocks)| {
                    Some(Chroma {
                        blocks,
                        first: tables.codes(Kind::First, which >> 4)?,
                        others: tables.codes(Kind::Others, which & 15)?,
                    })
                })
                .collect::<Option<_>>()?,
            scan: after,
        })
    }
}
