package io.tidemark.spi.schema;

import io.tidemark.spi.schema.ColumnType.Field;
import io.tidemark.spi.schema.ColumnType.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Column types as text. Names of fields stand in double quotes, in which a double quote and a backslash have a backslash before them, so that any
 * name can be one.
 */
final class ColumnTypeText {
    private static final Pattern DECIMAL = Pattern.compile("decimal\\( ?(\\d{1,2}) ?, ?(\\d{1,2}) ?\\)");
    private static final Pattern WORD = Pattern.compile("[a-z0-9_]+");

    private final String text;
    private int at;

    ColumnTypeText(String text) {
        this.text = text;
    }

    static String of(ColumnType type) {
        StringBuilder out = new StringBuilder();
        write(type, out);
        return out.toString();
    }

    ColumnType parse() {
        ColumnType type = type(0);
        if (at != text.length()) {
            throw unknown();
        }
        return type;
    }

    private static void write(ColumnType type, StringBuilder out) {
        out.append(type.kind().name().toLowerCase(Locale.ROOT));
        if (type.kind() == Kind.DECIMAL) {
            out.append('(')
                    .append(type.precision())
                    .append(',')
                    .append(type.scale())
                    .append(')');
        } else if (type.kind() == Kind.LIST) {
            out.append('<');
            write(type.element(), out);
            out.append('>');
        } else if (type.kind() == Kind.MAP) {
            out.append("<string,");
            write(type.fields().get(1).type(), out);
            out.append('>');
        } else if (type.kind() == Kind.STRUCT) {
            char separator = '<';
            for (Field field : type.fields()) {
                String escaped = field.name().replace("\\", "\\\\").replace("\"", "\\\"");
                out.append(separator).append('"').append(escaped).append("\":");
                write(field.type(), out);
                separator = ',';
            }
            out.append('>');
        }
    }

    private ColumnType type(int depth) {
        if (depth > ColumnType.DEPTH_MAX) {
            throw unknown();
        }
        Matcher decimal = DECIMAL.matcher(text).region(at, text.length());
        if (decimal.lookingAt()) {
            at = decimal.end();
            return ColumnType.decimal(Integer.parseInt(decimal.group(1)), Integer.parseInt(decimal.group(2)));
        }
        Matcher word = WORD.matcher(text).region(at, text.length());
        if (!word.lookingAt()) {
            throw unknown();
        }
        at = word.end();
        for (Kind kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(word.group())) {
                return of(kind, depth);
            }
        }
        throw unknown();
    }

    private ColumnType of(Kind kind, int depth) {
        return switch (kind) {
            case BOOLEAN, INT32, INT64, FLOAT32, FLOAT64, STRING, BYTES, UUID, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ ->
                ColumnType.scalar(kind);
            case DECIMAL -> throw unknown();
            case LIST -> {
                expect('<');
                ColumnType element = type(depth + 1);
                expect('>');
                yield ColumnType.list(element);
            }
            case MAP -> {
                expect('<');
                if (!type(depth + 1).equals(ColumnType.STRING)) {
                    throw new IllegalArgumentException("Cannot read a column type: keys of a map are of type string");
                }
                expect(',');
                takes(' ');
                ColumnType value = type(depth + 1);
                expect('>');
                yield ColumnType.map(value);
            }
            case STRUCT -> {
                List<Field> fields = new ArrayList<>();
                expect('<');
                do {
                    String name = name();
                    expect(':');
                    fields.add(new Field(name, type(depth + 1)));
                } while (takes(','));
                expect('>');
                yield ColumnType.struct(fields);
            }
        };
    }

    private String name() {
        expect('"');
        StringBuilder name = new StringBuilder();
        while (!takes('"')) {
            takes('\\');
            if (at == text.length()) {
                throw unknown();
            }
            name.append(text.charAt(at++));
        }
        return name.toString();
    }

    private void expect(char wanted) {
        if (!takes(wanted)) {
            throw unknown();
        }
    }

    private boolean takes(char wanted) {
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private static IllegalArgumentException unknown() {
        return new IllegalArgumentException("Cannot read a column type: there is none of this name");
    }
}
