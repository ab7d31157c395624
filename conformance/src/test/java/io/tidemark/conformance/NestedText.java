package io.tidemark.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Lists and structs as Postgres prints arrays and rows (manual, "Array Input and Output Syntax" and "Composite Type Input and Output Syntax"), and
 * the way back: {@code {1,NULL,"a b"}} and {@code (1,,"x y")}.
 */
final class NestedText {
    private final String text;
    private int at;

    private NestedText(String text) {
        this.text = text;
    }

    /** Prints a list or struct, of whose parts each is printed by a function of it and its type. */
    static String print(Object value, Type type, BiFunction<Object, Type, String> part) {
        List<String> parts = new ArrayList<>();
        if (type.isListType()) {
            for (Object element : (List<?>) value) {
                parts.add(
                        element == null
                                ? "NULL"
                                : quotedInArray(
                                        part.apply(element, type.asListType().elementType())));
            }
            return "{" + String.join(",", parts) + "}";
        }
        List<Types.NestedField> fields = type.asStructType().fields();
        for (int i = 0; i < fields.size(); i++) {
            Object field = ((StructLike) value).get(i, Object.class);
            parts.add(
                    field == null
                            ? ""
                            : quotedInRow(part.apply(field, fields.get(i).type())));
        }
        return "(" + String.join(",", parts) + ")";
    }

    /** Prints a printed list or struct again, with each of its parts replaced by what a function makes of it. */
    static String mapped(String printed, Type type, BiFunction<String, Type, String> part) {
        NestedText text = new NestedText(printed);
        List<String> parts = new ArrayList<>();
        boolean isList = type.isListType();
        text.expect(isList ? '{' : '(');
        char end = isList ? '}' : ')';
        int place = 0;
        while (text.peek() != end
                || (!isList && place < type.asStructType().fields().size())) {
            if (place > 0) {
                text.expect(',');
            }
            Type partType = isList
                    ? type.asListType().elementType()
                    : type.asStructType().fields().get(place).type();
            @Nullable String found = isList ? text.element() : text.field();
            if (found == null) {
                parts.add(isList ? "NULL" : "");
            } else {
                String mapped = part.apply(found, partType);
                parts.add(isList ? quotedInArray(mapped) : quotedInRow(mapped));
            }
            place++;
        }
        text.expect(end);
        if (text.at != printed.length()) {
            throw new IllegalArgumentException("Cannot read a printed value: more follows it");
        }
        return (isList ? "{" : "(") + String.join(",", parts) + end;
    }

    private static String quotedInArray(String text) {
        boolean isPlain = text.matches("[^{},\"\\\\ \t\n\r\u000b\f]+") && !text.equalsIgnoreCase("null");
        return isPlain ? text : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String quotedInRow(String text) {
        boolean isPlain = text.matches("[^(),\"\\\\ \t\n\r\u000b\f]+");
        return isPlain ? text : "\"" + text.replace("\\", "\\\\").replace("\"", "\"\"") + "\"";
    }

    private @Nullable String element() {
        if (peek() == '"') {
            return quoted();
        }
        int start = at;
        while (peek() != ',' && peek() != '}') {
            at++;
        }
        String plain = text.substring(start, at);
        return plain.equals("NULL") ? null : plain;
    }

    private @Nullable String field() {
        if (peek() == '"') {
            return quoted();
        }
        int start = at;
        while (peek() != ',' && peek() != ')') {
            at++;
        }
        return start == at ? null : text.substring(start, at);
    }

    /** A backslash stands before any character that is meant itself; in rows a double quote also stands for one beside it. */
    private String quoted() {
        StringBuilder out = new StringBuilder();
        expect('"');
        while (true) {
            char next = text.charAt(at++);
            if (next == '\\') {
                out.append(text.charAt(at++));
            } else if (next != '"') {
                out.append(next);
            } else if (at < text.length() && text.charAt(at) == '"') {
                out.append(text.charAt(at++));
            } else {
                return out.toString();
            }
        }
    }

    private char peek() {
        return text.charAt(at);
    }

    private void expect(char wanted) {
        if (text.charAt(at++) != wanted) {
            throw new IllegalArgumentException("Cannot read a printed value: '" + wanted + "' is missing");
        }
    }
}
