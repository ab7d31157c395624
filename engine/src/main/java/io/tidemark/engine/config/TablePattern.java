package io.tidemark.engine.config;

import io.tidemark.spi.schema.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A {@code schema.table} pattern in which {@code *} stands for any characters and {@code ?} for one. A part in double quotes is taken as it is
 * (a doubled quote inside stands for one). Case counts.
 */
public final class TablePattern {
    private static final String ANY = "*";
    private static final String ONE = "?";
    /** First letter of a token that is text to match as it is. */
    private static final String LITERAL = "=";

    private static final char ANY_SAMPLE = '\uFFFE';
    private static final char ONE_SAMPLE = '\uFFFF';

    private final String text;
    private final List<String> schema;
    private final List<String> name;
    private final Pattern schemaRegex;
    private final Pattern nameRegex;

    private TablePattern(String text, List<String> schema, List<String> name) {
        this.text = text;
        this.schema = schema;
        this.name = name;
        this.schemaRegex = regex(schema, ".*", ".");
        this.nameRegex = regex(name, ".*", ".");
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException with a reason for people when it has not two parts
     */
    public static TablePattern of(String text) {
        int[] place = {0};
        List<String> schema = part(text, place);
        if (place[0] >= text.length() || text.charAt(place[0]) != '.') {
            throw new IllegalArgumentException("must be schema.table, for example public.* (found: " + text + ")");
        }
        place[0]++;
        List<String> name = part(text, place);
        if (place[0] != text.length()) {
            throw new IllegalArgumentException(
                    "must be schema.table with a part that holds a dot in double quotes (found: " + text + ")");
        }
        return new TablePattern(text, schema, name);
    }

    /**
     * A pattern in the notation of AWS DMS: {@code %} stands for any characters, {@code _} for one, {@code [_]} for an underscore (DMS user guide,
     * "Wildcards in table mapping").
     *
     * @throws IllegalArgumentException with a reason for people for what this does not know: sets and ranges of characters
     */
    static TablePattern ofDms(String schema, String name) {
        return new TablePattern(schema + "." + name, dmsPart(schema), dmsPart(name));
    }

    /** The one table of these names, in which no character has a meaning. */
    static TablePattern ofTable(TableId table) {
        return new TablePattern(table.toString(), List.of(LITERAL + table.schema()), List.of(LITERAL + table.name()));
    }

    private static List<String> dmsPart(String text) {
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
        return tokens;
    }

    public boolean matches(TableId table) {
        return schemaRegex.matcher(table.schema()).matches()
                && nameRegex.matcher(table.name()).matches();
    }

    /** The one table that the pattern names; empty when it has wildcards. */
    public Optional<TableId> exact() {
        boolean plain = Stream.concat(schema.stream(), name.stream()).allMatch(token -> token.startsWith(LITERAL));
        // Adjacent literals are one token, so a plain part has exactly one.
        return plain
                ? Optional.of(
                        new TableId(schema.get(0).substring(1), name.get(0).substring(1)))
                : Optional.empty();
    }

    /** Whether this pattern certainly matches every table that the other matches. */
    public boolean covers(TablePattern other) {
        return covers(schema, other.schema) && covers(name, other.name);
    }

    @Override
    public String toString() {
        return text;
    }

    private static List<String> part(String text, int[] place) {
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
            throw new IllegalArgumentException("must be schema.table, for example public.* (found: " + text + ")");
        }
        place[0] = at;
        return tokens;
    }

    private static void addLiteral(List<String> tokens, StringBuilder literal) {
        if (!literal.isEmpty()) {
            tokens.add(LITERAL + literal);
            literal.setLength(0);
        }
    }

    private static Pattern regex(List<String> tokens, String any, String one) {
        StringBuilder regex = new StringBuilder();
        for (String token : tokens) {
            // Literals are quoted whole, so that characters of two code units stay together.
            regex.append(token.equals(ANY) ? any : token.equals(ONE) ? one : Pattern.quote(token.substring(1)));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    /** Whether the first pattern matches everything that the second does. */
    private static boolean covers(List<String> wide, List<String> narrow) {
        // The narrow pattern's wildcards become characters that no name holds; only the wide one's wildcards match
        // them.
        StringBuilder sample = new StringBuilder();
        narrow.forEach(token ->
                sample.append(token.equals(ANY) ? ANY_SAMPLE : token.equals(ONE) ? ONE_SAMPLE : token.substring(1)));
        return regex(wide, ".*", "[^" + ANY_SAMPLE + "]").matcher(sample).matches();
    }
}
