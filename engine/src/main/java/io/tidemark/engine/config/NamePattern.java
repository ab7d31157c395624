package io.tidemark.engine.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A pattern for one name, in which {@code *} stands for any characters and {@code ?} for one; in double quotes it is taken as it is. Case counts. */
public final class NamePattern {
    /** Any name. */
    static final NamePattern ANY_NAME = new NamePattern(List.of("*"));

    private static final String ANY = "*";
    private static final String ONE = "?";
    /** First letter of a token that is text to match as it is. */
    private static final String LITERAL = "=";

    private static final char ANY_SAMPLE = '\uFFFE';
    private static final char ONE_SAMPLE = '\uFFFF';

    private final List<String> tokens;
    private final Pattern regex;

    private NamePattern(List<String> tokens) {
        this.tokens = List.copyOf(tokens);
        this.regex = regex(tokens, ".");
    }

    /** The name in which no character has a meaning. */
    static NamePattern ofName(String name) {
        return new NamePattern(List.of(LITERAL + name));
    }

    /**
     * Patterns with dots between them.
     *
     * @throws IllegalArgumentException without a message for people when there are not just so many
     */
    static List<NamePattern> split(String text, int parts) {
        List<NamePattern> found = new ArrayList<>();
        int[] place = {0};
        for (int i = 0; i < parts; i++) {
            if (i > 0 && (place[0] >= text.length() || text.charAt(place[0]++) != '.')) {
                throw new IllegalArgumentException("too few parts");
            }
            found.add(part(text, place));
        }
        if (place[0] != text.length()) {
            throw new IllegalArgumentException("too many parts");
        }
        return found;
    }

    /**
     * A pattern in the notation of AWS DMS: {@code %} stands for any characters, {@code _} for one, {@code [_]} for an underscore (DMS user guide,
     * "Wildcards in table mapping").
     *
     * @throws IllegalArgumentException with a reason for people for what this does not know: sets and ranges of characters
     */
    static NamePattern ofDms(String text) {
        List<String> tokens = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '%' || c == '_') {
                addLiteral(tokens, literal);
                tokens.add(c == '%' ? ANY : ONE);
            } else if (text.startsWith("[_]", at)) {
                literal.append('_');
                at += 2;
            } else if (c == '[') {
                throw new IllegalArgumentException(
                        "has a set of characters, which is not done: write a rule for each (found: " + text + ")");
            } else {
                literal.append(c);
            }
        }
        addLiteral(tokens, literal);
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
        return new NamePattern(tokens);
    }

    boolean matches(String name) {
        return regex.matcher(name).matches();
    }

    /** As a regular expression for the whole name. */
    String regex() {
        return "(?s)" + regex.pattern();
    }

    /** The one name that the pattern fits; empty when it has wildcards. */
    Optional<String> exact() {
        // Adjacent literals are one token, so a plain part has exactly one.
        return tokens.stream().allMatch(token -> token.startsWith(LITERAL))
                ? Optional.of(tokens.get(0).substring(1))
                : Optional.empty();
    }

    /** Whether this pattern certainly matches every name that the other matches. */
    boolean covers(NamePattern other) {
        // The narrow pattern's wildcards become characters that no name holds; only the wide one's wildcards match
        // them.
        StringBuilder sample = new StringBuilder();
        other.tokens.forEach(token ->
                sample.append(token.equals(ANY) ? ANY_SAMPLE : token.equals(ONE) ? ONE_SAMPLE : token.substring(1)));
        return regex(tokens, "[^" + ANY_SAMPLE + "]").matcher(sample).matches();
    }

    private static NamePattern part(String text, int[] place) {
        int at = place[0];
        boolean quoted = at < text.length() && text.charAt(at) == '"';
        List<String> tokens = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        boolean closed = !quoted;
        at += quoted ? 1 : 0;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (!quoted && c == '.') {
                break;
            }
            if (quoted && c == '"') {
                boolean doubled = at + 1 < text.length() && text.charAt(at + 1) == '"';
                if (!doubled) {
                    closed = true;
                    at++;
                    break;
                }
                at++;
            }
            if (!quoted && (c == '*' || c == '?')) {
                addLiteral(tokens, literal);
                tokens.add(c == '*' ? ANY : ONE);
            } else {
                literal.append(c);
            }
        }
        addLiteral(tokens, literal);
        if (tokens.isEmpty() || !closed) {
            throw new IllegalArgumentException("an empty part");
        }
        place[0] = at;
        return new NamePattern(tokens);
    }

    private static void addLiteral(List<String> tokens, StringBuilder literal) {
        if (!literal.isEmpty()) {
            tokens.add(LITERAL + literal);
            literal.setLength(0);
        }
    }

    private static Pattern regex(List<String> tokens, String one) {
        StringBuilder regex = new StringBuilder();
        for (String token : tokens) {
            // Literals are quoted whole, so that characters of two code units stay together.
            regex.append(token.equals(ANY) ? ".*" : token.equals(ONE) ? one : Pattern.quote(token.substring(1)));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
