package io.tidemark.cli.output;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Aligned columns under headings. On a terminal wide columns are cut so that a row fits on a line; elsewhere nothing is cut. What a value holds
 * cannot steer the terminal.
 */
public final class TextTable {
    private static final String GAP = "  ";
    private static final int LEAST_WIDTH = 8;

    private final List<Column> columns;
    private final List<List<Cell>> rows = new ArrayList<>();

    /** Side on which values stand. */
    public enum Align {
        LEFT,
        RIGHT
    }

    private record Column(String heading, Align align) {}

    private record Cell(String text, @Nullable Colour colour) {}

    /** A table in the making. */
    public TextTable() {
        this(new ArrayList<>());
    }

    private TextTable(List<Column> columns) {
        this.columns = columns;
    }

    /** Adds a column with values on the left. */
    public TextTable column(String heading) {
        return column(heading, Align.LEFT);
    }

    /** Adds a column of numbers. */
    public TextTable number(String heading) {
        return column(heading, Align.RIGHT);
    }

    public TextTable column(String heading, Align align) {
        columns.add(new Column(DisplayWidth.visible(heading), align));
        return this;
    }

    /** Adds a row of as many values as there are columns. */
    public TextTable row(String... values) {
        beginRow();
        for (String value : values) {
            cell(value);
        }
        return this;
    }

    /** Begins a row; {@link #cell} adds its values. */
    public TextTable beginRow() {
        rows.add(new ArrayList<>(columns.size()));
        return this;
    }

    public TextTable cell(String value) {
        rows.get(rows.size() - 1).add(new Cell(DisplayWidth.visible(value), null));
        return this;
    }

    public TextTable cell(String value, Colour colour) {
        rows.get(rows.size() - 1).add(new Cell(DisplayWidth.visible(value), colour));
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Headings and rows as lines without line ends. */
    public List<String> lines(Terminal terminal) {
        int[] widths = widths(terminal.interactive() ? terminal.columns() : Integer.MAX_VALUE);
        List<String> lines = new ArrayList<>(rows.size() + 1);
        lines.add(line(
                columns.stream()
                        .map(column -> new Cell(column.heading(), Colour.STRONG))
                        .toList(),
                widths,
                terminal));
        rows.forEach(row -> lines.add(line(row, widths, terminal)));
        return lines;
    }

    public void print(Terminal terminal) {
        lines(terminal).forEach(terminal.out()::println);
    }

    /** Whether a value is cut on this terminal. */
    public boolean isCut(Terminal terminal) {
        int[] widths = widths(terminal.interactive() ? terminal.columns() : Integer.MAX_VALUE);
        return rows.stream().anyMatch(row -> {
            for (int i = 0; i < row.size(); i++) {
                if (DisplayWidth.of(row.get(i).text()) > widths[i]) {
                    return true;
                }
            }
            return false;
        });
    }

    /** Widths of the columns: what they need, the widest cut first when all together are too wide. */
    private int[] widths(int available) {
        int[] widths = new int[columns.size()];
        int total = -GAP.length();
        for (int i = 0; i < widths.length; i++) {
            widths[i] = DisplayWidth.of(columns.get(i).heading());
            for (List<Cell> row : rows) {
                widths[i] = Math.max(widths[i], DisplayWidth.of(row.get(i).text()));
            }
            total += widths[i] + GAP.length();
        }
        while (total > available) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
            if (widths[widest] <= LEAST_WIDTH) {
                break;
            }
            widths[widest]--;
            total--;
        }
        return widths;
    }

    private String line(List<Cell> cells, int[] widths, Terminal terminal) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            String text = DisplayWidth.cut(cell.text(), widths[i]);
            String padding = " ".repeat(widths[i] - DisplayWidth.of(text));
            String painted = cell.colour() == null ? text : terminal.paint(cell.colour(), text);
            boolean last = i == cells.size() - 1;
            if (columns.get(i).align() == Align.RIGHT) {
                line.append(padding).append(painted);
            } else {
                line.append(painted).append(last ? "" : padding);
            }
            line.append(last ? "" : GAP);
        }
        return line.toString().stripTrailing();
    }
}
