package io.tidemark.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object per line, so that a result of any size can be read as it arrives. Integers up to 64 bits and floating point numbers are JSON
 * numbers; decimals are text, because many readers would round them. Columns of the same name get {@code _2}, {@code _3}, ...
 */
final class JsonResultWriter implements ResultFormat.ResultWriter {
    private final PrintStream out;
    private final List<String> names = new ArrayList<>();

    JsonResultWriter(PrintStream out) {
        this.out = out;
    }

    @Override
    public void columns(List<String> columns, List<String> types) {
        Set<String> used = new HashSet<>();
        for (String column : columns) {
            String name = column;
            for (int i = 2; !used.add(name); i++) {
                name = column + "_" + i;
            }
            names.add(name);
        }
    }

    @Override
    public void row(List<@Nullable Object> values) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            row.put(names.get(i), ValueText.json(values.get(i)));
        }
        out.append(JsonText.line(row)).append('\n');
    }

    @Override
    public void finish() {
        out.flush();
    }
}
