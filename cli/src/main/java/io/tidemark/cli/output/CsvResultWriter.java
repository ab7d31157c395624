package io.tidemark.cli.output;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RFC 4180: lines end with CR LF, values with commas, quotes or line ends stand in quotes. Null is an empty field, an empty text is a pair of
 * quotes, so that the two can be told apart.
 */
final class CsvResultWriter implements ResultFormat.ResultWriter {
    private final PrintStream out;
    private final StringBuilder line = new StringBuilder();

    CsvResultWriter(PrintStream out) {
        this.out = out;
    }

    @Override
    public void columns(List<String> names, List<String> types) {
        write(names);
    }

    @Override
    public void row(List<@Nullable Object> values) {
        write(values);
    }

    @Override
    public void finish() {
        out.flush();
    }

    private void write(List<? extends @Nullable Object> values) {
        line.setLength(0);
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                line.append(',');
            }
            Object value = values.get(i);
            if (value != null) {
                append(ValueText.of(value));
            }
        }
        out.append(line).append("\r\n");
    }

    private void append(String text) {
        boolean quoted = text.isEmpty();
        for (int i = 0; i < text.length() && !quoted; i++) {
            char c = text.charAt(i);
            quoted = c == ',' || c == '"' || c == '\n' || c == '\r';
        }
        line.append(quoted ? "\"" + text.replace("\"", "\"\"") + "\"" : text);
    }
}
