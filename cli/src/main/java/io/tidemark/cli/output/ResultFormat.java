package io.tidemark.cli.output;

import io.tidemark.spi.query.ResultVisitor;

/** How a query result is written. */
public enum ResultFormat {
    /** Aligned columns. */
    TABLE,
    /** RFC 4180. */
    CSV,
    /** One JSON object per row and line. */
    JSON;

    /** A writer of this format; nothing is complete before it is closed. */
    public ResultWriter writer(Terminal terminal) {
        return switch (this) {
            case TABLE -> new TableResultWriter(terminal);
            case CSV -> new CsvResultWriter(terminal.out());
            case JSON -> new JsonResultWriter(terminal.out());
        };
    }

    /** Writes a result as it arrives. */
    public interface ResultWriter extends ResultVisitor {
        /** Writes what is left. Not called when the query failed. */
        void finish();
    }
}
