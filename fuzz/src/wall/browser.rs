//! A page as a browser reads it: which elements it has, with which attributes.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};

/// Elements that have no end.
const VOID: [&str; 1] = ["img"];

/// An element that was opened.
#[derive(Debug)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// The text in it, not that of the elements in it.
    pub text: String,
}

impl Element {
    pub fn is(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|classes| classes.split(' ').any(|one| one == class))
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// All elements of a page, in the order in which they begin.
///
/// # Panics
/// Where elements don't end in the order of their beginnings, or something is there that is no element.
pub fn read(html: &str) -> Vec<Element> {
    let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let page = tokenizer.sink.0.into_inner();
    assert!(page.open.is_empty(), "never ended: {:?}", page.open);
    page.elements
}

#[derive(Default)]
struct Reader(RefCell<Page>);

#[derive(Default)]
struct Page {
    elements: Vec<Element>,
    /// Places of those that have not ended.
    open: Vec<usize>,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        match token {
            Token::TagToken(Tag { kind: TagKind::StartTag, name, self_closing, attrs, .. }) => {
                let attributes =
                    attrs.into_iter().map(|one| (one.name.local.to_string(), one.value.to_string()));
                let element =
                    Element { name: name.to_string(), attributes: attributes.collect(), text: String::new() };
                let place = page.elements.len();
                page.elements.push(element);
                if !self_closing && !VOID.contains(&&*name) {
                    page.open.push(place);
                }
                if &*name == "style" {
                    return TokenSinkResult::RawData(RawKind::Rawtext);
                }
            }
            Token::TagToken(tag) => {
                let last = page.open.pop().map(|place| page.elements[place].name.clone());
                assert_eq!(last.as_deref(), Some(&*tag.name), "ends");
            }
            Token::CharacterTokens(text) => {
                let open = page.open.last().copied();
                let element = open.and_then(|place| page.elements.get_mut(place));
                element.expect("no text outside the wall").text.push_str(&text);
            }
            Token::CommentToken(_) | Token::DoctypeToken(_) => panic!("no element and no text"),
            // A zero byte in a name is one: the browser drops it or shows a sign for it.
            Token::ParseError(_) | Token::NullCharacterToken | Token::EOFToken => {}
        }
        TokenSinkResult::Continue
    }
}
