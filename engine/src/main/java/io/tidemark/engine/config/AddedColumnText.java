package io.tidemark.engine.config;

import io.tidemark.engine.mirror.AddedColumn;
import io.tidemark.engine.mirror.AddedColumn.Content;
import io.tidemark.spi.schema.ColumnType;

/** What an added column holds, as the configuration writes it. */
final class AddedColumnText {
    /** For messages and the reference. */
    static final String KINDS =
            "'text in single quotes', a column's name behind $ (in double quotes when it is one of the next words), or $commit-time, $position, $operation, $schema, $table";

    private AddedColumnText() {}

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException with a reason for people
     */
    static AddedColumn parse(String name, String text) {
        if (text.length() >= 2 && text.startsWith("'") && text.endsWith("'")) {
            String constant = text.substring(1, text.length() - 1).replace("''", "'");
            return new AddedColumn(name, ColumnType.STRING, Content.CONSTANT, constant);
        }
        if (!text.startsWith("$") || text.length() == 1) {
            throw new IllegalArgumentException("must be " + KINDS);
        }
        if (text.length() > 3 && text.startsWith("$\"") && text.endsWith("\"")) {
            return column(name, text.substring(2, text.length() - 1).replace("\"\"", "\""));
        }
        return switch (text.substring(1)) {
            case "commit-time" -> new AddedColumn(name, ColumnType.TIMESTAMP_TZ, Content.COMMIT_TIME, "");
            case "position" -> new AddedColumn(name, ColumnType.STRING, Content.POSITION, "");
            case "operation" -> new AddedColumn(name, ColumnType.STRING, Content.OPERATION, "");
            case "schema" -> new AddedColumn(name, ColumnType.STRING, Content.SCHEMA, "");
            case "table" -> new AddedColumn(name, ColumnType.STRING, Content.TABLE, "");
            default -> column(name, text.substring(1));
        };
    }

    private static AddedColumn column(String name, String column) {
        return new AddedColumn(name, ColumnType.STRING, Content.COLUMN, column);
    }
}
