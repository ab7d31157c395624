package io.tidemark.engine.config;

import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import io.tidemark.spi.source.RowFilter.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the condition of a rule, in the words of SQL: comparisons of a column with a literal ({@code =}, {@code <>}, {@code <}, {@code <=},
 * {@code >}, {@code >=}, {@code in}, {@code [not] between}, {@code is [not] null}) joined with {@code and}; comparisons of one column joined with
 * {@code or} in parentheses. A column is written as the source spells it, in double quotes when it is no plain word.
 */
final class RowFilterParser {
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:(?<text>'(?:[^']|'')*')|(?<quoted>\"(?:[^\"]|\"\")+\")|(?<number>[-+]?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?)"
                    + "|(?<word>[\\p{L}_][\\p{L}\\p{N}_$]*)|(?<sign><=|>=|<>|!=|=|<|>|\\(|\\)|,))");
    private static final Map<String, Operator> SIGNS = Map.of(
            "=", Operator.EQUAL,
            "<>", Operator.NOT_EQUAL,
            "!=", Operator.NOT_EQUAL,
            "<", Operator.LESS,
            "<=", Operator.LESS_OR_EQUAL,
            ">", Operator.GREATER,
            ">=", Operator.GREATER_OR_EQUAL);
    private static final Token END = new Token(Kind.END, "");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int next;

    private enum Kind {
        LITERAL,
        NAME,
        WORD,
        SIGN,
        END
    }

    private record Token(Kind kind, String value) {
        boolean is(String word) {
            return (kind == Kind.WORD || kind == Kind.SIGN) && value.equalsIgnoreCase(word);
        }
    }

    private RowFilterParser(String text) {
        this.text = text;
        Matcher matcher = TOKEN.matcher(text);
        int at = 0;
        int end = text.stripTrailing().length();
        while (at < end) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw wrong("cannot be read from '" + text.substring(at).strip() + "' on");
            }
            tokens.add(token(matcher));
            at = matcher.end();
        }
    }

    /**
     * The filter.
     *
     * @throws IllegalArgumentException with a reason for people
     */
    static RowFilter parse(String text) {
        RowFilterParser parser = new RowFilterParser(text);
        List<ColumnCondition> conditions = new ArrayList<>();
        do {
            conditions.add(parser.group());
        } while (parser.takes("and"));
        if (parser.peek().is("or")) {
            throw parser.wrong("joins with 'or': that is for comparisons of one column, in parentheses");
        }
        if (parser.peek().kind() != Kind.END) {
            throw parser.wrong("goes on behind its end, at '" + parser.peek().value() + "'");
        }
        return new RowFilter(conditions);
    }

    private static Token token(Matcher matcher) {
        if (matcher.group("text") != null) {
            return new Token(Kind.LITERAL, inner(matcher.group("text"), "'"));
        }
        if (matcher.group("number") != null) {
            return new Token(Kind.LITERAL, matcher.group("number"));
        }
        if (matcher.group("quoted") != null) {
            return new Token(Kind.NAME, inner(matcher.group("quoted"), "\""));
        }
        return matcher.group("word") != null
                ? new Token(Kind.WORD, matcher.group("word"))
                : new Token(Kind.SIGN, matcher.group("sign"));
    }

    private static String inner(String token, String quote) {
        return token.substring(1, token.length() - 1).replace(quote + quote, quote);
    }

    private ColumnCondition group() {
        if (!takes("(")) {
            return comparison();
        }
        ColumnCondition first = comparison();
        List<Comparison> anyOf = new ArrayList<>(first.anyOf());
        while (takes("or")) {
            ColumnCondition other = comparison();
            if (!other.column().equals(first.column())) {
                throw wrong("joins comparisons of two columns with 'or' (columns=" + first.column() + ", "
                        + other.column() + "), which is not done");
            }
            anyOf.addAll(other.anyOf());
        }
        expect(")");
        return new ColumnCondition(first.column(), anyOf);
    }

    private ColumnCondition comparison() {
        Token column = take();
        if (column.kind() != Kind.NAME && column.kind() != Kind.WORD) {
            throw wrong("must have a column's name where '" + column.value() + "' stands");
        }
        return new ColumnCondition(column.value(), comparisons());
    }

    private List<Comparison> comparisons() {
        if (takes("is")) {
            Operator operator = takes("not") ? Operator.NOT_NULL : Operator.NULL;
            expect("null");
            return List.of(new Comparison(operator, List.of()));
        }
        if (takes("in")) {
            expect("(");
            List<Comparison> anyOf = new ArrayList<>();
            do {
                anyOf.add(new Comparison(Operator.EQUAL, List.of(literal())));
            } while (takes(","));
            expect(")");
            return anyOf;
        }
        boolean negated = takes("not");
        if (negated || peek().is("between")) {
            expect("between");
            String from = literal();
            expect("and");
            return List.of(new Comparison(negated ? Operator.NOT_BETWEEN : Operator.BETWEEN, List.of(from, literal())));
        }
        Token sign = take();
        Operator operator = sign.kind() == Kind.SIGN ? SIGNS.get(sign.value()) : null;
        if (operator == null) {
            throw wrong("must have a comparison where '" + sign.value()
                    + "' stands: =, <>, <, <=, >, >=, in, between, not between, is null or is not null");
        }
        return List.of(new Comparison(operator, List.of(literal())));
    }

    private String literal() {
        Token token = take();
        if (token.is("true") || token.is("false")) {
            return token.value().toLowerCase(Locale.ROOT);
        }
        if (token.kind() != Kind.LITERAL) {
            throw wrong("must have a literal where '" + token.value()
                    + "' stands: a number, true, false, or anything else in single quotes");
        }
        return token.value();
    }

    private Token peek() {
        return next < tokens.size() ? tokens.get(next) : END;
    }

    private Token take() {
        Token token = peek();
        next++;
        return token;
    }

    private boolean takes(String word) {
        boolean found = peek().is(word);
        next += found ? 1 : 0;
        return found;
    }

    private void expect(String word) {
        if (!takes(word)) {
            throw wrong("must have '" + word + "' where '" + peek().value() + "' stands");
        }
    }

    private IllegalArgumentException wrong(String reason) {
        return new IllegalArgumentException(reason + " (found: " + text + ")");
    }
}
