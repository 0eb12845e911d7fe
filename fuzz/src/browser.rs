//! Parses a page as a browser does: its elements with their attributes and texts.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};

/// Elements without an end tag.
const VOID: [&str; 1] = ["img"];

/// An element of a page.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// Its own text, without that of the elements in it.
    pub(crate) text: String,
}

impl Element {
    /// Whether it has this class.
    pub(crate) fn is(&self, class: &str) -> bool {
        let classes = self.attributes.iter().find(|(name, _)| name == "class");
        classes.is_some_and(|(_, classes)| classes.split(' ').any(|one| one == class))
    }
}

/// All elements of a page, in the order of their start tags.
///
/// # Panics
/// If end tags are missing or in the wrong order, or if there is anything but elements with text.
pub(crate) fn parse(html: &str) -> Vec<Element> {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let page = tokenizer.sink.0.into_inner();
    assert!(page.open.is_empty(), "without an end tag: {:?}", page.open);
    page.elements
}

#[derive(Default)]
struct Sink(RefCell<Page>);

#[derive(Default)]
struct Page {
    elements: Vec<Element>,
    /// The indices of the elements that have not ended.
    open: Vec<usize>,
}

impl Page {
    fn start(&mut self, tag: Tag) {
        let attributes =
            tag.attrs.into_iter().map(|one| (one.name.local.to_string(), one.value.to_string()));
        if !tag.self_closing && !VOID.contains(&&*tag.name) {
            self.open.push(self.elements.len());
        }
        self.elements.push(Element {
            name: tag.name.to_string(),
            attributes: attributes.collect(),
            text: String::new(),
        });
    }

    fn end(&mut self, tag: &Tag) {
        let last = self.open.pop().map(|index| self.elements[index].name.as_str());
        assert_eq!(last, Some(&*tag.name), "the end tag of another element");
    }

    fn text(&mut self, text: &str) {
        let index = *self.open.last().expect("no text outside the wall");
        self.elements[index].text.push_str(text);
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                let is_style = &*tag.name == "style";
                page.start(tag);
                if is_style {
                    return TokenSinkResult::RawData(RawKind::Rawtext);
                }
            }
            Token::TagToken(tag) => page.end(&tag),
            Token::CharacterTokens(text) => page.text(&text),
            Token::CommentToken(_) | Token::DoctypeToken(_) => {
                panic!("neither an element nor a text")
            }
            // A zero byte in a name is a parse error: the browser drops it or shows a replacement
            // character.
            Token::ParseError(_) | Token::NullCharacterToken | Token::EOFToken => {}
        }
        TokenSinkResult::Continue
    }
}
