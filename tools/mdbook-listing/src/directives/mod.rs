//! The text's directives. Each is a function from its argument to HTML on one line.

mod cast;
mod code;
mod fails;
mod plot;
mod program;
mod python;
mod quiz;
mod schedules;
mod stepper;
mod table;

use crate::pages::{Page, Pages};
use crate::quiz::Quizzes;
use crate::scan::Directive;
use listing::{Finding, Library, Listing, did_you_mean};
use std::collections::BTreeSet;

/// Every directive: its name, what its argument looks like, and what makes its HTML.
pub const TABLE: &[(&str, &str, Render)] = &[
    ("listing", "{{#listing SLUG}} or {{#listing SLUG:ANCHOR}}", Render::Listing(program::render)),
    ("python", "{{#python SLUG}}", Render::Listing(python::render)),
    ("fails", "{{#fails SLUG:NAME}}", Render::Listing(fails::render)),
    ("cast", "{{#cast SLUG}} or {{#cast SLUG:python}}", Render::Listing(cast::render)),
    ("plot", "{{#plot SLUG}}", Render::Listing(plot::render)),
    ("schedules", "{{#schedules SLUG}} or {{#schedules SLUG:CASE}}", Render::Listing(schedules::render)),
    ("stepper", "{{#stepper SLUG}} or {{#stepper SLUG:CASE}}", Render::Listing(stepper::render)),
    ("quiz", "{{#quiz PART/NAME}}, for quizzes/PART/NAME.toml", Render::Other(quiz::render)),
];

/// What becomes of a directive: HTML on one line, or a sentence for each fault.
type Html = Result<String, Vec<Finding>>;

/// What makes the HTML of a directive, by what its argument names.
#[derive(Debug, Clone, Copy)]
pub enum Render {
    /// A listing, and perhaps a part of it.
    Listing(fn(&mut Context<'_>, &Listing, Option<&str>) -> Html),
    /// Something else, by its name.
    Other(fn(&mut Context<'_>, &str) -> Html),
}

/// What a directive can see: the book, its page, and what stands above it on the page.
#[derive(Debug)]
pub struct Context<'a> {
    pub library: &'a Library,
    pub quizzes: &'a Quizzes,
    pub pages: &'a Pages,
    pub page: &'a Page,
    /// The repository's address from book.toml, for links to the source.
    pub repository: Option<&'a str>,
    /// The line of the directive, for messages.
    line: usize,
    /// How many numbered figures stand above.
    figures: usize,
    /// The ids given so far on this page.
    ids: BTreeSet<String>,
    /// Ids that only what comes later may have.
    reserved: BTreeSet<String>,
    /// Whether the page has said what weak memory is.
    told_weak: bool,
    /// Whether an explorer stands above.
    told_explorer: bool,
    /// Programs that are on the page for a component alone: for which, and the slug.
    hidden_programs: BTreeSet<(&'static str, String)>,
}

impl<'a> Context<'a> {
    pub fn new(
        library: &'a Library,
        quizzes: &'a Quizzes,
        pages: &'a Pages,
        page: &'a Page,
        repository: Option<&'a str>,
    ) -> Self {
        Context {
            library,
            quizzes,
            pages,
            page,
            repository,
            line: 0,
            figures: 0,
            ids: BTreeSet::new(),
            reserved: BTreeSet::new(),
            told_weak: false,
            told_explorer: false,
            hidden_programs: BTreeSet::new(),
        }
    }

    /// The HTML of a directive.
    ///
    /// # Errors
    /// Findings with the page, the line, and what to write instead.
    pub fn render(&mut self, directive: &Directive) -> Result<String, Vec<Finding>> {
        self.line = directive.line;
        let name = directive.name.as_str();
        let Some((_, form, render)) = TABLE.iter().find(|(known, ..)| *known == name) else {
            let near = did_you_mean(name, TABLE.iter().map(|(known, ..)| *known));
            return Err(self.fault(format!("unknown directive \"{name}\"{near}")));
        };
        if !directive.alone {
            let message = format!("{{{{#{name}}}}} needs a line of its own, with an empty line above and below");
            return Err(self.fault(message));
        }
        let (slug, part) = (directive.slug.as_str(), directive.part.as_deref());
        let one_word = |word: &str| !word.is_empty() && !word.contains(char::is_whitespace);
        if !one_word(slug) || !part.is_none_or(one_word) {
            return Err(self.fault(format!("this {{{{#{name}}}}} has another form: {form}")));
        }
        match (render, part) {
            (Render::Listing(render), part) => {
                let library = self.library;
                let listing = library.get(slug).map_err(|message| self.fault(message))?;
                render(self, listing, part)
            }
            (Render::Other(render), None) => render(self, slug),
            (Render::Other(_), Some(_)) => Err(self.fault(format!("this {{{{#{name}}}}} has another form: {form}"))),
        }
    }

    fn fault(&self, message: impl Into<String>) -> Vec<Finding> {
        vec![Finding::new(&self.page.file, self.line, message)]
    }

    /// The number of the next figure on this page: `2.1`.
    fn next_number(&mut self) -> String {
        self.figures += 1;
        match &self.page.number {
            Some(chapter) => format!("{chapter}.{}", self.figures),
            None => self.figures.to_string(),
        }
    }

    /// ` id="…"`, the first time that an id is asked for on this page; nothing after that.
    fn id_attribute(&mut self, id: &str) -> String {
        let free = !self.reserved.contains(id) && self.ids.insert(id.to_owned());
        if free { format!(" id=\"{id}\"") } else { String::new() }
    }

    /// Whether a component has to bring a program along: the page has no listing of it, and none of its kind stands above,
    /// which has brought it.
    fn brings_program(&mut self, component: &'static str, slug: &str) -> bool {
        let is_listed = self.page.scan.directives.iter().any(|it| it.name == "listing" && it.slug == slug);
        !is_listed && self.hidden_programs.insert((component, slug.to_owned()))
    }

    /// Keeps an id for what comes later, until [`Context::unreserve_ids`].
    fn reserve_id(&mut self, id: &str) {
        self.reserved.insert(id.to_owned());
    }

    fn unreserve_ids(&mut self) {
        self.reserved.clear();
    }
}
