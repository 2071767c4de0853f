//! The types of mdBook 0.4 that the mdbook-cmdrun crate names, and nothing else.
//!
//! mdbook-cmdrun 0.7.3 is written against mdBook 0.4. This book is built by mdBook 0.5 and uses one function of that
//! crate, which runs a command and knows no mdBook at all. This package stands in for mdBook 0.4 (`[patch.crates-io]`
//! in the workspace's manifest), so that its 120 dependencies need not be built. It is never run.

pub mod book {
    use std::path::PathBuf;

    #[derive(Debug, Clone, Default)]
    pub struct Book {
        pub sections: Vec<BookItem>,
    }

    #[derive(Debug, Clone)]
    pub enum BookItem {
        Chapter(Chapter),
        Separator,
        PartTitle(String),
    }

    #[derive(Debug, Clone, Default)]
    pub struct Chapter {
        pub content: String,
        pub sub_items: Vec<BookItem>,
        pub path: Option<PathBuf>,
    }
}

pub mod preprocess {
    #[derive(Debug)]
    pub struct PreprocessorContext;

    pub trait Preprocessor {
        fn name(&self) -> &str;
        fn run(&self, ctx: &PreprocessorContext, book: crate::book::Book) -> anyhow::Result<crate::book::Book>;
        fn supports_renderer(&self, renderer: &str) -> bool;
    }
}
