//! `trace::program!()`: the program of a listing, with a hook before each statement that says which function it is in, and
//! in which line. So the line that the page lights is the one that ran, and the program itself knows nothing of it.
//!
//! ```text
//! fn twice(n: u32) -> u32 {          fn twice(n: u32) -> u32 {
//!     let sum = n + n;        ->         ::trace::at("twice", 2);let sum = n + n;
//!     sum                                ::trace::at("twice", 3);sum
//! }                                  }
//! ```
//!
//! `println!` and `print!` become those of the crate `trace`, which keeps what they print.

use proc_macro::TokenStream;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// The items of `src/main.rs`, hooked. Takes nothing: a listing is one file.
#[proc_macro]
pub fn program(input: TokenStream) -> TokenStream {
    let path = std::path::Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("src/main.rs");
    if !input.is_empty() {
        return complaint("trace::program!() takes nothing: the program is src/main.rs");
    }
    let hooked = std::fs::read_to_string(&path)
        .map_err(|error| format!("{}: {error}", path.display()))
        .and_then(|text| {
            // The compiler's own tokens of a text do not say where in it they stood; proc-macro2's do.
            proc_macro2::fallback::force();
            let hooked =
                hook(&text).map_err(|error| format!("{}:{}: {error}", path.display(), error.span().start().line));
            proc_macro2::fallback::unforce();
            hooked
        })
        .and_then(|text| text.parse::<TokenStream>().map_err(|error| error.to_string()));
    match hooked {
        Ok(mut items) => {
            // Whoever changes the program compiles this anew.
            let tracked = format!("const _: &str = include_str!({:?});", path.display().to_string());
            items.extend(tracked.parse::<TokenStream>());
            items
        }
        Err(message) => complaint(&message),
    }
}

fn complaint(message: &str) -> TokenStream {
    format!("compile_error!({message:?});").parse().unwrap_or_default()
}

/// A program's text with its hooks, every line where it was.
fn hook(text: &str) -> syn::Result<String> {
    let file = syn::parse_file(text)?;
    let mut hooks = Hooks::default();
    for item in &file.items {
        // Whether something is unused or never reached is said of the program itself.
        let allow = "#[allow(dead_code, unreachable_code, unused_imports)]".to_owned();
        hooks.inserts.push((item.span().byte_range().start, allow));
        hooks.visit_item(item);
    }
    // Stable: of two insertions at one place, the first made comes first.
    hooks.inserts.sort_by_key(|(at, _)| *at);
    let mut hooked = String::with_capacity(2 * text.len());
    let mut done = 0;
    for (at, insert) in &hooks.inserts {
        hooked.push_str(&text[done..*at]);
        hooked.push_str(insert);
        done = *at;
    }
    hooked.push_str(&text[done..]);
    Ok(hooked)
}

#[derive(Default)]
struct Hooks {
    /// The function that is being walked through: `send` or `Averager::send`.
    function: String,
    /// The type whose methods are being walked through.
    of: String,
    /// Where in the text, and what.
    inserts: Vec<(usize, String)>,
}

impl Hooks {
    fn call(&self, line: usize) -> String {
        format!("::trace::at({:?},{line});", self.function)
    }

    fn before(&mut self, span: proc_macro2::Span) {
        self.inserts.push((span.byte_range().start, self.call(span.start().line)));
    }

    /// An expression that stands for a whole body: of a closure, or of an arm.
    fn around(&mut self, expr: &syn::Expr) {
        let span = expr.span();
        self.inserts.push((span.byte_range().start, format!("{{{}", self.call(span.start().line))));
        visit::visit_expr(self, expr);
        self.inserts.push((span.byte_range().end, "}".to_owned()));
    }

    /// The condition of a loop runs again after each round.
    fn again(&mut self, head: proc_macro2::Span, body: &syn::Block) {
        let ends = matches!(
            body.stmts.last(),
            Some(syn::Stmt::Expr(syn::Expr::Return(_) | syn::Expr::Break(_) | syn::Expr::Continue(_), _))
        );
        if !ends {
            let call = format!(";{}", self.call(head.start().line));
            self.inserts.push((body.brace_token.span.close().byte_range().start, call));
        }
    }

    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        // What runs while compiling has no steps.
        if signature.constness.is_some() {
            return;
        }
        let name = match self.of.as_str() {
            "" => signature.ident.to_string(),
            of => format!("{of}::{}", signature.ident),
        };
        let outer = std::mem::replace(&mut self.function, name);
        self.visit_block(block);
        self.function = outer;
    }
}

impl<'ast> Visit<'ast> for Hooks {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let of = std::mem::take(&mut self.of);
        self.function(&item.sig, &item.block);
        self.of = of;
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let of = match &*item.self_ty {
            syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
            _ => String::new(),
        };
        let outer = std::mem::replace(&mut self.of, of);
        visit::visit_item_impl(self, item);
        self.of = outer;
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let outer = std::mem::replace(&mut self.of, item.ident.to_string());
        visit::visit_item_trait(self, item);
        self.of = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        for statement in &block.stmts {
            if !matches!(statement, syn::Stmt::Item(_)) {
                self.before(statement.span());
            }
            self.visit_stmt(statement);
        }
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        match &*closure.body {
            syn::Expr::Block(body) => self.visit_expr_block(body),
            body => self.around(body),
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        match &*arm.body {
            syn::Expr::Block(body) => self.visit_expr_block(body),
            body => self.around(body),
        }
    }

    fn visit_expr_for_loop(&mut self, expr: &'ast syn::ExprForLoop) {
        visit::visit_expr_for_loop(self, expr);
        self.again(expr.for_token.span, &expr.body);
    }

    fn visit_expr_while(&mut self, expr: &'ast syn::ExprWhile) {
        visit::visit_expr_while(self, expr);
        self.again(expr.while_token.span, &expr.body);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        if item.path.is_ident("println") || item.path.is_ident("print") {
            self.inserts.push((item.path.span().byte_range().start, "::trace::".to_owned()));
        }
    }

    // What the compiler works out has no steps.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_expr_const(&mut self, _: &'ast syn::ExprConst) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
}

#[cfg(test)]
mod tests {
    use super::hook;

    /// A program, and the same with `‹function line›` for each hook.
    fn assert_hooked(text: &str, expected: &str) {
        let hooked = hook(text).unwrap();
        assert_eq!(hooked.lines().count(), text.lines().count(), "each line stays where it is");
        syn::parse_file(&hooked).unwrap();
        let short = hooked.split("::trace::at(\"").enumerate().map(|(at, rest)| match rest.split_once(");") {
            Some((hook, rest)) if at > 0 => format!("‹{}›{rest}", hook.replace("\",", " ")),
            _ => rest.to_owned(),
        });
        let short: String = short.collect();
        let short = short.replace("#[allow(dead_code, unreachable_code, unused_imports)]", "");
        assert_eq!(short, expected);
    }

    #[test]
    fn each_statement_says_where_it_stands() {
        assert_hooked(
            "fn twice(n: u32) -> u32 {\n    let sum = n + n;\n    // why\n    sum\n}\n",
            "fn twice(n: u32) -> u32 {\n    ‹twice 2›let sum = n + n;\n    // why\n    ‹twice 4›sum\n}\n",
        );
        assert_hooked(
            "impl Till {\n    fn open(&self) { fn inner() { go() } inner() }\n}\ntrait Shop { fn shut() { go() } }\n",
            "impl Till {\n    fn open(&self) { fn inner() { ‹inner 2›go() } ‹Till::open 2›inner() }\n}\n\
             trait Shop { fn shut() { ‹Shop::shut 4›go() } }\n",
        );
    }

    #[test]
    fn bodies_that_are_expressions_and_heads_of_loops_are_lines_too() {
        assert_hooked(
            "fn f() {\n    match g(|é| é + 1) {\n        1 => h(),\n        _ => { h() }\n    }\n}\n",
            "fn f() {\n    ‹f 2›match g(|é| {‹f 2›é + 1}) {\n        1 => {‹f 3›h()},\n        _ => { ‹f 4›h() }\n    }\n}\n",
        );
        assert_hooked(
            "fn f() {\n    for n in 0..3 {\n        g(n)\n    }\n    while h() {\n        break\n    }\n}\n",
            "fn f() {\n    ‹f 2›for n in 0..3 {\n        ‹f 3›g(n)\n    ;‹f 2›}\n    ‹f 5›while h() {\n        ‹f 6›break\n    }\n}\n",
        );
    }

    #[test]
    fn what_runs_while_compiling_has_no_hooks() {
        let text =
            "const N: u32 = { 1 };\nconst fn f() -> u32 { 1 }\nstatic S: u32 = { 1 };\nfn g(_: [u8; { 1 }]) {}\n";
        assert_hooked(text, text);
    }

    #[test]
    fn what_is_printed_goes_through_trace() {
        assert_hooked(
            "fn f() {\n    println!(\"{}\", 1);\n    eprintln!(\"2\");\n}\n",
            "fn f() {\n    ‹f 2›::trace::println!(\"{}\", 1);\n    ‹f 3›eprintln!(\"2\");\n}\n",
        );
    }
}
