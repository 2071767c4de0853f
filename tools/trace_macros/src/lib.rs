//! `trace::program!()`: the program of a listing, with a hook before each statement that says which function it is in, and
//! in which line. So the line that the page lights is the one that ran, and the program itself knows nothing of it.
//!
//! ```text
//! fn twice(n: u32) -> u32 {          fn twice(n: u32) -> u32 {
//!     let sum = n + n;        ->         let _entered = ::trace::enter("twice");::trace::at("twice", 2);let sum = n + n;
//!     sum                                ::trace::at("twice", 3);sum
//! }                                  }
//! ```
//!
//! What runs after a statement has begun has hooks too: bodies that are one expression, the heads of loops after each round,
//! what stands after `else if`, and guards. The return of a function is seen when `_entered` is dropped; an `async fn` has
//! none, for what runs until its end may be another.
//!
//! `println!` and `print!`, of std by name or not, become those of the crate `trace`, which keeps what they print.

use proc_macro::TokenStream;
use std::ops::Range;
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
    if let Some(attribute) = file.attrs.first() {
        let message = "tests include the program, and what is included has no `//!` and no `#![…]`: write `//`, or put \
                       `#[…]` before an item";
        return Err(syn::Error::new(attribute.span(), message));
    }
    let mut hooks = Hooks::default();
    for item in &file.items {
        // Whether something is unused, never reached or written twice is said of the program itself.
        let allow = "#[allow(dead_code, redundant_semicolons, unreachable_code, unused_braces, unused_imports)]";
        hooks.insert(item.span().byte_range().start, allow);
        hooks.visit_item(item);
    }
    // Stable: of two edits at one place, the first made comes first.
    hooks.edits.sort_by_key(|(range, _)| range.start);
    let mut hooked = String::with_capacity(2 * text.len());
    let mut done = 0;
    for (range, new) in &hooks.edits {
        hooked.push_str(&text[done..range.start]);
        hooked.push_str(new);
        done = range.end;
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
    /// The loops around, in this function or closure.
    loops: Vec<Loop>,
    /// Where in the text, and what comes there.
    edits: Vec<(Range<usize>, String)>,
}

struct Loop {
    label: Option<syn::Lifetime>,
    /// The line of its head, which runs again after each round; none of `loop`.
    head: Option<usize>,
}

impl Hooks {
    fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.edits.push((at..at, text.into()));
    }

    fn call(&self, line: usize) -> String {
        format!("::trace::at({:?},{line});", self.function)
    }

    fn before(&mut self, span: proc_macro2::Span) {
        self.insert(span.byte_range().start, self.call(span.start().line));
    }

    /// An expression as a block, which says first that `line` runs. `walk` goes through the expression.
    fn around(&mut self, expr: &syn::Expr, line: usize, walk: impl FnOnce(&mut Self)) {
        let range = expr.span().byte_range();
        self.insert(range.start, format!("{{{}", self.call(line)));
        walk(self);
        self.insert(range.end, "}");
    }

    /// A body: of a closure, or of an arm.
    fn body(&mut self, body: &syn::Expr) {
        match body {
            syn::Expr::Block(body) => self.visit_expr_block(body),
            body => self.around(body, body.span().start().line, |hooks| hooks.visit_expr(body)),
        }
    }

    /// The body of a loop whose head runs again after each round: at the end of the body, and before a `continue`.
    fn rounds(&mut self, label: Option<&syn::Label>, head: proc_macro2::Span, body: &syn::Block) {
        let head = head.start().line;
        self.within(label, Some(head), |hooks| hooks.visit_block(body));
        let ends = matches!(
            body.stmts.last(),
            Some(syn::Stmt::Expr(syn::Expr::Return(_) | syn::Expr::Break(_) | syn::Expr::Continue(_), _))
        );
        if !ends {
            self.insert(body.brace_token.span.close().byte_range().start, format!(";{}", self.call(head)));
        }
    }

    fn within(&mut self, label: Option<&syn::Label>, head: Option<usize>, walk: impl FnOnce(&mut Self)) {
        self.loops.push(Loop { label: label.map(|label| label.name.clone()), head });
        walk(self);
        self.loops.pop();
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
        let outer = (std::mem::replace(&mut self.function, name), std::mem::take(&mut self.loops));
        if let (Some(first), None) = (block.stmts.first(), &signature.asyncness) {
            let enter = format!("let _entered=::trace::enter({:?});", self.function);
            self.insert(first.span().byte_range().start, enter);
        }
        self.visit_block(block);
        (self.function, self.loops) = outer;
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
        let outer = std::mem::take(&mut self.loops);
        self.body(&closure.body);
        self.loops = outer;
    }

    fn visit_expr_async(&mut self, expr: &'ast syn::ExprAsync) {
        let outer = std::mem::take(&mut self.loops);
        visit::visit_expr_async(self, expr);
        self.loops = outer;
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.visit_pat(&arm.pat);
        self.body(&arm.body);
    }

    fn visit_pat_guard(&mut self, pattern: &'ast syn::PatGuard) {
        let guard = &*pattern.guard;
        if binds(guard) {
            // What it binds must reach the arm: it cannot stand in a block.
            let span = guard.span();
            self.insert(span.byte_range().start, format!("{{{}true}}&&", self.call(span.start().line)));
            self.visit_expr(guard);
        } else {
            self.around(guard, guard.span().start().line, |hooks| hooks.visit_expr(guard));
        }
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        self.visit_expr(&expr.cond);
        self.visit_block(&expr.then_branch);
        match expr.else_branch.as_ref().map(|(_, expr)| &**expr) {
            Some(next @ syn::Expr::If(_)) => {
                self.around(next, next.span().start().line, |hooks| hooks.visit_expr(next));
            }
            Some(last) => self.visit_expr(last),
            None => {}
        }
    }

    fn visit_expr_for_loop(&mut self, expr: &'ast syn::ExprForLoop) {
        self.visit_expr(&expr.expr);
        self.rounds(expr.label.as_ref(), expr.for_token.span, &expr.body);
    }

    fn visit_expr_while(&mut self, expr: &'ast syn::ExprWhile) {
        self.visit_expr(&expr.cond);
        self.rounds(expr.label.as_ref(), expr.while_token.span, &expr.body);
    }

    fn visit_expr_loop(&mut self, expr: &'ast syn::ExprLoop) {
        self.within(expr.label.as_ref(), None, |hooks| hooks.visit_block(&expr.body));
    }

    fn visit_expr_continue(&mut self, expr: &'ast syn::ExprContinue) {
        let is_meant = |one: &&Loop| expr.label.is_none() || one.label == expr.label;
        if let Some(head) = self.loops.iter().rev().find(is_meant).and_then(|one| one.head) {
            let range = expr.span().byte_range();
            self.insert(range.start, format!("{{{}", self.call(head)));
            self.insert(range.end, "}");
        }
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        let path = &item.path;
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let of_std = match &names[..] {
            [name] => path.leading_colon.is_none().then_some(name),
            [of, name] if of == "std" => Some(name),
            _ => None,
        };
        if let Some(name @ ("println" | "print")) = of_std.map(String::as_str) {
            self.edits.push((path.span().byte_range(), format!("::trace::{name}")));
        }
    }

    // What the compiler works out has no steps.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'ast syn::TraitItemConst) {}
    fn visit_variant(&mut self, _: &'ast syn::Variant) {}
    fn visit_generics(&mut self, _: &'ast syn::Generics) {}
    fn visit_generic_argument(&mut self, _: &'ast syn::GenericArgument) {}
    fn visit_expr_const(&mut self, _: &'ast syn::ExprConst) {}
    fn visit_expr_repeat(&mut self, expr: &'ast syn::ExprRepeat) {
        self.visit_expr(&expr.expr);
    }
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

/// Whether a condition has a `let`, alone or between `&&`.
fn binds(condition: &syn::Expr) -> bool {
    match condition {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(syn::ExprBinary { left, op: syn::BinOp::And(_), right, .. }) => binds(left) || binds(right),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::hook;

    /// A program, and the same with `‹function line›` for each hook, and `‹function›` where one starts.
    fn assert_hooked(text: &str, expected: &str) {
        let hooked = hook(text).unwrap();
        assert_eq!(hooked.lines().count(), text.lines().count(), "each line stays where it is");
        syn::parse_file(&hooked).unwrap();
        let short = hooked.split("::trace::at(\"").enumerate().map(|(at, rest)| match rest.split_once(");") {
            Some((hook, rest)) if at > 0 => format!("‹{}›{rest}", hook.replace("\",", " ")),
            _ => rest.to_owned(),
        });
        let short = short.collect::<String>().replace("let _entered=::trace::enter(\"", "‹").replace("\");", "›");
        let (allow, rest) = short.split_once(']').unwrap();
        assert!(allow.starts_with("#[allow("), "{allow}");
        let short = rest.replace(&format!("{allow}]"), "");
        assert_eq!(short, expected);
    }

    #[test]
    fn each_statement_says_where_it_stands() {
        assert_hooked(
            "fn twice(n: u32) -> u32 {\n    let sum = n + n;\n    // why\n    sum\n}\n",
            "fn twice(n: u32) -> u32 {\n    ‹twice›‹twice 2›let sum = n + n;\n    // why\n    ‹twice 4›sum\n}\n",
        );
        assert_hooked(
            "impl Till {\n    fn open(&self) { fn inner() { go() } inner() }\n}\ntrait Shop { fn shut() { go() } }\n",
            "impl Till {\n    fn open(&self) { ‹Till::open›fn inner() { ‹inner›‹inner 2›go() } ‹Till::open 2›inner() }\n}\n\
             trait Shop { fn shut() { ‹Shop::shut›‹Shop::shut 4›go() } }\n",
        );
    }

    #[test]
    fn the_return_of_what_is_async_is_not_seen() {
        assert_hooked("async fn f() { g() }\n", "async fn f() { ‹f 1›g() }\n");
    }

    #[test]
    fn bodies_that_are_expressions_and_heads_of_loops_are_lines_too() {
        assert_hooked(
            "fn f() {\n    match g(|é| é + 1) {\n        1 => h(),\n        _ => { h() }\n    }\n}\n",
            "fn f() {\n    ‹f›‹f 2›match g(|é| {‹f 2›é + 1}) {\n        1 => {‹f 3›h()},\n        _ => { ‹f 4›h() }\n    }\n}\n",
        );
        assert_hooked(
            "fn f() {\n    for n in 0..3 {\n        g(n)\n    }\n    while h() {\n        break\n    }\n}\n",
            "fn f() {\n    ‹f›‹f 2›for n in 0..3 {\n        ‹f 3›g(n)\n    ;‹f 2›}\n    ‹f 5›while h() {\n        ‹f 6›break\n    }\n}\n",
        );
    }

    #[test]
    fn a_round_that_ends_early_goes_to_the_head_of_its_loop() {
        assert_hooked(
            "fn f() {\n    'all:\n    for n in 0..3 {\n        while h() {\n            g(|| loop { continue });\n            \
             if n { continue 'all }\n            continue\n        }\n    }\n}\n",
            "fn f() {\n    ‹f›‹f 2›'all:\n    for n in 0..3 {\n        ‹f 4›while h() {\n            \
             ‹f 5›g(|| {‹f 5›loop { ‹f 5›continue }});\n            ‹f 6›if n { ‹f 6›{‹f 3›continue 'all} }\n            \
             ‹f 7›{‹f 4›continue}\n        }\n    ;‹f 3›}\n}\n",
        );
    }

    #[test]
    fn what_is_asked_later_in_a_statement_has_its_line() {
        assert_hooked(
            "fn f() {\n    if a() {\n        b()\n    } else if c() {\n        d()\n    }\n    else if let E = e() {} else { g() }\n}\n",
            "fn f() {\n    ‹f›‹f 2›if a() {\n        ‹f 3›b()\n    } else {‹f 4›if c() {\n        ‹f 5›d()\n    }\n    \
             else {‹f 7›if let E = e() {} else { ‹f 7›g() }}}\n}\n",
        );
        assert_hooked(
            "fn f() {\n    match a() {\n        B if\n            c() || d() => {}\n        E(e) if let G = e && h() => {}\n    }\n}\n",
            "fn f() {\n    ‹f›‹f 2›match a() {\n        B if\n            {‹f 4›c() || d()} => {}\n        \
             E(e) if {‹f 5›true}&&let G = e && h() => {}\n    }\n}\n",
        );
    }

    #[test]
    fn what_runs_while_compiling_has_no_hooks() {
        let text = "const N: u32 = { 1 };\nconst fn f() -> u32 { 1 }\nstatic S: u32 = { 1 };\nfn g(_: [u8; { 1 }]) {}\n\
                    trait T<const M: u32 = { 1 }> { const A: u32 = { 1 }; }\nimpl T for S { const A: u32 = { 1 }; }\n\
                    enum E { A = { 1 } }\n";
        assert_hooked(text, text);
        assert_hooked(
            "fn f() { g::<{ 1 }>([{ 1 }; { 1 }]) }\n",
            "fn f() { ‹f›‹f 1›g::<{ 1 }>([{ ‹f 1›1 }; { 1 }]) }\n",
        );
    }

    #[test]
    fn what_is_printed_goes_through_trace() {
        assert_hooked(
            "fn f() {\n    println!(\"{}\", 1);\n    eprintln!(\"{}\", 2);\n    std::print!(\"{}\", 3);\n    ::std::println!();\n    my::println!();\n}\n",
            "fn f() {\n    ‹f›‹f 2›::trace::println!(\"{}\", 1);\n    ‹f 3›eprintln!(\"{}\", 2);\n    ‹f 4›::trace::print!(\"{}\", 3);\n    \
             ‹f 5›::trace::println!();\n    ‹f 6›my::println!();\n}\n",
        );
    }

    #[test]
    fn what_cannot_be_included_is_refused_with_its_line() {
        for text in ["// why\n//! why\nfn f() {}\n", "\n#![allow(unused)]\nfn f() {}\n"] {
            let error = hook(text).unwrap_err();
            assert_eq!(error.span().start().line, 2);
            assert!(error.to_string().contains("no `//!` and no `#![…]`: write `//`, or put"), "{error}");
        }
    }
}
