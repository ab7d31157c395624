package io.tidemark.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A result in aligned columns. Rows are collected a page at a time, so that memory stays bounded; a page's widths fit its own rows.
 */
final class TableResultWriter implements ResultFormat.ResultWriter {
    private static final int PAGE = 1_000;
    private static final Set<String> NUMBERS = Set.of(
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "HUGEINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
            "UHUGEINT",
            "FLOAT",
            "DOUBLE");

    private final Terminal terminal;
    private final List<String> names = new ArrayList<>();
    private final List<TextTable.Align> aligns = new ArrayList<>();
    private TextTable page = new TextTable();
    private int pageRows;
    private long rows;
    private boolean cut;

    TableResultWriter(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void columns(List<String> columns, List<String> types) {
        names.addAll(columns);
        for (String type : types) {
            String upper = type.toUpperCase(Locale.ROOT);
            boolean number = NUMBERS.contains(upper) || upper.startsWith("DECIMAL") || upper.startsWith("NUMERIC");
            aligns.add(number ? TextTable.Align.RIGHT : TextTable.Align.LEFT);
        }
        beginPage();
    }

    @Override
    public void row(List<@Nullable Object> values) {
        if (pageRows == PAGE) {
            printPage();
            beginPage();
        }
        page.beginRow();
        for (Object value : values) {
            if (value == null) {
                page.cell("null", Colour.FAINT);
            } else {
                page.cell(ValueText.of(value));
            }
        }
        pageRows++;
        rows++;
    }

    @Override
    public void finish() {
        printPage();
        terminal.out().println(terminal.paint(Colour.FAINT, "(" + Human.count(rows, "row") + ")"));
        terminal.out().flush();
        if (cut) {
            terminal.err()
                    .println("Values were cut to the width of the terminal; --format csv or json shows them whole.");
        }
    }

    private void beginPage() {
        page = new TextTable();
        for (int i = 0; i < names.size(); i++) {
            page.column(names.get(i), aligns.get(i));
        }
        pageRows = 0;
    }

    private void printPage() {
        cut |= page.isCut(terminal);
        page.print(terminal);
    }
}
