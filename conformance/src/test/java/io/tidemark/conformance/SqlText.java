package io.tidemark.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * Statements of a block of SQL. A statement ends with a semicolon at the end of a line, except inside {@code $$}; a line that begins with
 * {@code copy} and ends with {@code from stdin;} takes the lines below it up to {@code \.} as its data, as in psql.
 */
final class SqlText {
    private SqlText() {}

    /**
     * One statement.
     *
     * @param sql without its semicolon
     * @param copyData data of a COPY, each line with its end; empty for other statements
     */
    record Statement(String sql, String copyData) {
        boolean isCopy() {
            return sql.regionMatches(true, 0, "copy ", 0, 5)
                    && sql.toLowerCase(java.util.Locale.ROOT).endsWith("from stdin");
        }
    }

    static List<Statement> statements(String text) {
        List<Statement> statements = new ArrayList<>();
        List<String> lines = text.lines().toList();
        StringBuilder sql = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            quoted ^= (line.split("\\$\\$", -1).length - 1) % 2 == 1;
            sql.append(sql.isEmpty() ? "" : "\n").append(line);
            if (quoted || !line.stripTrailing().endsWith(";")) {
                continue;
            }
            String whole = sql.toString().strip();
            Statement statement = new Statement(whole.substring(0, whole.length() - 1), "");
            sql.setLength(0);
            StringBuilder data = new StringBuilder();
            while (statement.isCopy() && !lines.get(++i).equals("\\.")) {
                data.append(lines.get(i)).append('\n');
            }
            statements.add(new Statement(statement.sql(), data.toString()));
        }
        if (!sql.toString().isBlank()) {
            throw new IllegalArgumentException("Cannot read SQL: a statement has no semicolon (sql=" + sql + ")");
        }
        return statements;
    }
}
