package io.tidemark.query;

import io.tidemark.spi.query.HistoryFile;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * The slice log of a table as SQL, in commit order: what each event was and when, then the columns of the newest schema. Names are those of the
 * slice format (docs/reference/slice-format.md).
 *
 * <p>Every file is read with the schema that it was written with. A column of the newest schema is the one of the same id, whatever its name was, and
 * in files of an earlier table of that name, or of which the ids are not known, the one of the same name. A column whose older values its newest
 * type cannot hold exactly is text.
 */
final class HistoryRows {
    private static final String RESERVED = "tidemark_";
    private static final List<String> EVENT = List.of(
            "_tidemark_op",
            "_tidemark_position",
            "_tidemark_sequence",
            "_tidemark_transaction",
            "_tidemark_commit_time",
            "_tidemark_unchanged");
    private static final List<ColumnType> EVENT_TYPES = List.of(
            ColumnType.STRING,
            ColumnType.INT64,
            ColumnType.INT64,
            ColumnType.INT64,
            ColumnType.TIMESTAMP_TZ,
            ColumnType.BYTES);
    private static final int UNCHANGED = EVENT.size() - 1;

    private final RowSchema newest;
    private final List<Run> runs;
    private final List<ColumnType> types = new ArrayList<>();

    private HistoryRows(RowSchema newest, List<Run> runs) {
        this.newest = newest;
        this.runs = runs;
        for (Column column : newest.columns()) {
            types.add(runs.stream().allMatch(run -> isExact(run, column)) ? column.type() : ColumnType.STRING);
        }
    }

    private boolean isExact(Run run, Column column) {
        int place = run.place(newest, column);
        if (place < 0) {
            return true;
        }
        ColumnType from = run.schema.columns().get(place).type();
        ColumnType to = column.type();
        return from.widensTo(to)
                || (from.equals(ColumnType.INT32) && to.equals(ColumnType.INT64))
                || (from.equals(ColumnType.FLOAT32) && to.equals(ColumnType.FLOAT64));
    }

    static String sql(RowSchema newest, List<HistoryFile> files) {
        return new HistoryRows(newest, runs(files)).sql();
    }

    private String sql() {
        FileColumns shown = new FileColumns();
        for (int i = 0; i < EVENT.size(); i++) {
            shown.add(EVENT.get(i), i == UNCHANGED ? ColumnType.list(ColumnType.STRING) : EVENT_TYPES.get(i));
        }
        for (int i = 0; i < types.size(); i++) {
            shown.add(fileName(newest.columns().get(i)), types.get(i));
        }
        StringJoiner rows = new StringJoiner(" UNION ALL ");
        runs.forEach(run -> rows.add(sql(run)));
        return "SELECT " + shown.named() + " FROM (" + (runs.isEmpty() ? shown.nothing() : rows) + ")";
    }

    private String sql(Run run) {
        FileColumns written = new FileColumns();
        for (int i = 0; i < EVENT.size(); i++) {
            written.add(EVENT.get(i), EVENT_TYPES.get(i));
        }
        run.schema.columns().forEach(column -> written.add(fileName(column), column.type()));
        StringJoiner columns = new StringJoiner(", ");
        for (int i = 0; i < UNCHANGED; i++) {
            columns.add("c" + i);
        }
        columns.add(unchanged(run) + " AS c" + UNCHANGED);
        for (int i = 0; i < types.size(); i++) {
            int place = run.place(newest, newest.columns().get(i));
            String value = place < 0 ? "NULL" : "c" + (EVENT.size() + place);
            boolean isSame =
                    place >= 0 && run.schema.columns().get(place).type().equals(types.get(i));
            columns.add((isSame ? value : "CAST(" + value + " AS " + Sql.type(types.get(i)) + ")") + " AS c"
                    + (EVENT.size() + i));
        }
        return "SELECT " + columns + " FROM (SELECT " + written.internal("") + " FROM " + written.reader(run.locations)
                + ")";
    }

    /** Names of the columns that are marked in the bitmap, where a text in BIT begins with the highest bit of the first byte. */
    private String unchanged(Run run) {
        StringJoiner marked = new StringJoiner(", ", "[", "]");
        for (Column column : newest.columns()) {
            int place = run.place(newest, column);
            if (place >= 0) {
                int bit = place / Byte.SIZE * Byte.SIZE + Byte.SIZE - 1 - place % Byte.SIZE;
                marked.add("CASE WHEN get_bit(CAST(c" + UNCHANGED + " AS BIT), " + bit + ") = 1 THEN "
                        + Sql.text(fileName(column)) + " END");
            }
        }
        return "CASE WHEN c" + UNCHANGED + " IS NOT NULL THEN list_filter(CAST(" + marked
                + " AS VARCHAR[]), lambda name: name IS NOT NULL) END";
    }

    /** Slices put an underscore before a table's column that could be taken for one of the event's. */
    private static String fileName(Column column) {
        String name = column.name();
        String bare = name.toLowerCase(Locale.ROOT).replaceFirst("^_+", "");
        return name.startsWith("_") && bare.startsWith(RESERVED) ? "_" + name : name;
    }

    private static List<Run> runs(List<HistoryFile> files) {
        List<Run> runs = new ArrayList<>();
        for (HistoryFile file : files) {
            Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last == null || !last.schema.equals(file.schema())) {
                last = new Run(file.schema());
                runs.add(last);
            }
            last.locations.add(Locations.local(file.location()));
        }
        return runs;
    }

    /** Files one after the other that have the same schema. */
    private static final class Run {
        private final RowSchema schema;
        private final List<String> locations = new ArrayList<>();

        Run(RowSchema schema) {
            this.schema = schema;
        }

        /** Place of a column of the newest schema, or -1. */
        int place(RowSchema newest, Column column) {
            boolean isSameTable =
                    !schema.identity().isEmpty() && schema.identity().equals(newest.identity());
            int byId = isSameTable && column.id() != 0 ? schema.indexOfId(column.id()) : -1;
            int byName = schema.indexOf(column.name());
            if (byId >= 0 || byName < 0) {
                return byId;
            }
            boolean isOther = isSameTable
                    && column.id() != 0
                    && schema.columns().get(byName).id() != 0;
            return isOther ? -1 : byName;
        }
    }
}
