//! Tokens as text that a reformatted source does not change: the history shows it to people, and a frozen version is
//! compared by it. The compiler's own text of tokens follows the spaces of the source.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Block, Expr, Stmt};

/// Types, attributes and the like.
pub(crate) fn text(tokens: impl ToTokens) -> String {
    let mut text = Text::default();
    text.stream(tokens.into_token_stream());
    text.written
}

/// Expressions, without the braces that a formatter puts around the body of a long closure.
pub(crate) fn expression(expr: &Expr) -> String {
    let mut expr = expr.clone();
    if let Expr::Closure(closure) = &mut expr
        && let Expr::Block(body) = closure.body.as_ref()
        && let (None, Block { stmts, .. }) = (&body.label, &body.block)
        && let [Stmt::Expr(only, None)] = stmts.as_slice()
    {
        *closure.body = only.clone();
    }
    text(expr)
}

/// What was written last, as far as the next space depends on it.
#[derive(Default, Clone, Copy, PartialEq)]
enum Last {
    /// The start, an opening bracket, or a sign that the next token clings to.
    #[default]
    Open,
    Word,
    /// A sign with a space behind it.
    Spaced,
}

#[derive(Default)]
struct Text {
    written: String,
    last: Last,
    /// Between the bars of a closure.
    parameters: bool,
}

impl Text {
    fn stream(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.group(group.delimiter(), group.stream()),
                TokenTree::Punct(first) => {
                    let mut sign = String::from(first.as_char());
                    let mut spacing = first.spacing();
                    while let (Spacing::Joint, Some(TokenTree::Punct(next))) = (spacing, tokens.peek()) {
                        // Two ends of arguments are no shift.
                        if !"<>".contains(next.as_char()) || sign == "-" || sign == "=" {
                            sign.push(next.as_char());
                            spacing = next.spacing();
                            tokens.next();
                        } else {
                            break;
                        }
                    }
                    // A formatter writes the last comma of a list where the list is long.
                    let last = match tokens.peek() {
                        None => true,
                        Some(TokenTree::Punct(next)) => match next.as_char() {
                            '>' => true,
                            '|' => self.parameters,
                            _ => false,
                        },
                        Some(_) => false,
                    };
                    if sign != "," || !last {
                        self.sign(&sign);
                    }
                }
                word => self.word(&word.to_string()),
            }
        }
    }

    fn group(&mut self, delimiter: Delimiter, tokens: TokenStream) {
        let (open, close) = match delimiter {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace => (" { ", " }"),
            Delimiter::None => ("", ""),
        };
        if self.last == Last::Spaced {
            self.written.push(' ');
        }
        self.written.push_str(open);
        self.last = Last::Open;
        self.stream(tokens);
        self.written.push_str(close);
        self.last = Last::Word;
    }

    fn word(&mut self, word: &str) {
        if self.last != Last::Open {
            self.written.push(' ');
        }
        self.written.push_str(word);
        self.last = Last::Word;
    }

    fn sign(&mut self, sign: &str) {
        let operand_before = self.last == Last::Word;
        let closure = sign == "|" && (self.parameters || !operand_before);
        if self.last == Last::Spaced {
            self.written.push(' ');
        }
        let spaced = match sign {
            "," | ";" | ":" => true,
            "=" | "+" | "-" | "*" | "/" | "%" | "^" | "->" | "=>" | "==" | "!=" | "&&" | "||" | "<="
            | ">=" | "+=" | "-=" | "*=" | "/=" | "|"
                if operand_before && !closure =>
            {
                self.written.push(' ');
                true
            }
            "|" => {
                self.parameters = !self.parameters;
                !self.parameters
            }
            "||" => true,
            _ => false,
        };
        self.written.push_str(sign);
        self.last = match sign {
            // Mostly the end of arguments.
            ">" => Last::Word,
            _ if spaced => Last::Spaced,
            _ => Last::Open,
        };
    }
}

#[cfg(test)]
mod tests {
    use syn::{Type, parse_str};

    use super::*;

    #[test]
    fn types_read_as_they_are_written() {
        for ty in [
            "Option<Vec<AddressV2>>",
            "BTreeMap<String, Vec<[u8; 4]>>",
            "&'a str",
            "Cow<'a, str>",
            "Box<dyn Fn(&str) -> Result<u8, E> + Send>",
            "<T as Trait>::Item",
            "(i32, String)",
            "std::collections::HashMap<String, i64>",
        ] {
            assert_eq!(text(parse_str::<Type>(ty).unwrap()), ty);
        }
    }

    #[test]
    fn so_do_expressions() {
        for expr in [
            "|text| text.parse::<f64>()",
            "|a: &str, b| a + b * 2",
            "|_| None",
            "|| vec![1, 2]",
            "module::function",
            "\"free\".to_owned()",
            "-1",
            "a | b",
            "|new| new.size.checked_div(100)?",
            "Range { from: 1, to: 2 }",
        ] {
            assert_eq!(expression(&parse_str(expr).unwrap()), expr);
        }
    }

    #[test]
    fn formatting_is_no_change() {
        let long = "|\n  text : String , \n| {\n   f (\n text ,\n  1,\n )\n}";
        assert_eq!(expression(&parse_str(long).unwrap()), "|text: String| f(text, 1)");
        assert_eq!(text(parse_str::<Type>("Vec < Option<\n  A,\n > >").unwrap()), "Vec<Option<A>>");
    }
}
