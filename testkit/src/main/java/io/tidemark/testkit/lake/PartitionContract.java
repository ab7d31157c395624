package io.tidemark.testkit.lake;

import static io.tidemark.testkit.lake.Events.UNCHANGED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mirrors in partitions hold the same rows as those without, wherever the rows move. */
public abstract class PartitionContract extends LakeContract {
    /** Formats make names of folders of values, and file systems have limits for these. */
    private static final int VALUE_LENGTH_MAX = 100;

    private static final int MANY = 150;

    private static final String TIMES = "timestamp timestamp_tz";
    private static final String TEXTS = "int32 int64 decimal(9,2) decimal(38,10) string bytes";

    static Stream<Arguments> partitions() {
        return Stream.of(
                        of(Transform.YEAR, "date " + TIMES),
                        of(Transform.MONTH, "date " + TIMES),
                        of(Transform.DAY, "date " + TIMES),
                        of(Transform.HOUR, TIMES),
                        of(Transform.BUCKET, TEXTS + " uuid date time " + TIMES),
                        of(Transform.TRUNCATE, TEXTS),
                        of(Transform.IDENTITY, TEXTS + " boolean uuid date time " + TIMES))
                .flatMap(pairs -> pairs);
    }

    private static Stream<Arguments> of(Transform transform, String types) {
        return Stream.of(types.split(" ")).map(type -> Arguments.of(transform, ColumnType.parse(type)));
    }

    @ParameterizedTest(name = "{0} of {1}")
    @MethodSource("partitions")
    void rowsMoveBetweenPartitions(Transform transform, ColumnType type) {
        RowSchema schema = schema(List.of("id"), BeforeImage.KEY, ID, column(type), note());
        LakeTableSpec spec = new LakeTableSpec(schema, List.of(transform.of("v")), DeleteMode.HARD);
        requirePartitions(transform, type, spec);
        List<@Nullable String> values = new ArrayList<>(TypeSamples.values(type).stream()
                .filter(value -> value.length() <= VALUE_LENGTH_MAX && holds(transform, type, value))
                .toList());
        values.add(null);
        List<List<@Nullable String>> expected = new ArrayList<>();
        Events rows = snapshot(schema);
        for (int i = 0; i < values.size(); i++) {
            expected.add(row(Integer.toString(i), values.get(i), "n"));
            rows.insert(Integer.toString(i), values.get(i), "n");
        }
        LakeTable table = mirror(spec, rows);
        assertThat(table.spec()).isEqualTo(spec);
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(expected);
        // Each row takes the value of the next one, and leaves the rest as it was.
        Events moves = events(schema);
        for (int i = 0; i < values.size(); i++) {
            String value = values.get((i + 1) % values.size());
            expected.set(i, row(Integer.toString(i), value, "n"));
            moves.update(Integer.toString(i), value, UNCHANGED);
        }
        apply(table, moves);
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(expected);
        apply(table, events(schema).delete("0").update("1", UNCHANGED, "changed"));
        expected.remove(0);
        expected.get(0).set(2, "changed");
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(expected);
        maintain(table);
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(expected);
    }

    private boolean holds(Transform transform, ColumnType type, String value) {
        return fixture().holds(type, value)
                && (transform != Transform.IDENTITY || fixture().holdsInPartition(type, value));
    }

    @ParameterizedTest
    @MethodSource("plainPartitions")
    void aValueThatAPartitionDoesNotHoldIsRefused(ColumnType type) {
        RowSchema schema = schema(List.of("id"), BeforeImage.KEY, ID, column(type), note());
        LakeTableSpec spec = new LakeTableSpec(schema, List.of("v"), DeleteMode.HARD);
        requirePartitions(Transform.IDENTITY, type, spec);
        LakeTable table = mirror(spec, snapshot(schema).insert("1", null, "n"));
        for (String value : TypeSamples.values(type)) {
            if (fixture().holds(type, value) && !fixture().holdsInPartition(type, value)) {
                assertRefused(
                        ErrorCode.PARTITION_INVALID,
                        () -> apply(table, events(schema).update("1", value, UNCHANGED)));
                assertThat(rows(table)).containsExactly(row("1", null, "n"));
            }
        }
    }

    static Stream<ColumnType> plainPartitions() {
        return partitions()
                .map(Arguments::get)
                .filter(arguments -> arguments[0] == Transform.IDENTITY)
                .map(arguments -> (ColumnType) arguments[1]);
    }

    @Test
    void severalFieldsPartitionTogether() {
        Column at = new Column("at", ColumnType.TIMESTAMP_TZ, true, "timestamptz", 3);
        RowSchema schema = schema(List.of("id"), BeforeImage.KEY, ID, NOTE, at);
        List<String> partitions = new ArrayList<>();
        if (fixture().partitions(Transform.MONTH, at.type())) {
            partitions.add("month(at)");
        }
        partitions.add(fixture().partitions(Transform.BUCKET, ID.type()) ? " bucket( 4 , id ) " : " id ");
        if (fixture().partitions(Transform.TRUNCATE, NOTE.type())) {
            partitions.add("truncate(1,note)");
        }
        LakeTableSpec spec = new LakeTableSpec(schema, partitions, DeleteMode.SOFT);
        LakeTable table = mirror(
                spec,
                snapshot(schema)
                        .insert("1", "a", "0")
                        .insert("2", "b", "1700000000000000")
                        .insert("3", null, null)
                        .insert("4", "", "-1"));
        apply(
                table,
                events(schema)
                        .before("1")
                        .update("9", "z", UNCHANGED)
                        .delete("2")
                        .update("3", "c", "5"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("9", "z", "0"), row("3", "c", "5"), row("4", "", "-1"));
        assertThat(stored(table.pin())).hasSize(5);
    }

    @Test
    void thereMayBeManyPartitions() {
        RowSchema schema = schema(List.of("id"), BeforeImage.KEY, ID, column(ColumnType.INT32), note());
        LakeTableSpec spec = new LakeTableSpec(schema, List.of("v"), DeleteMode.HARD);
        requirePartitions(Transform.IDENTITY, ColumnType.INT32, spec);
        List<List<@Nullable String>> expected = new ArrayList<>();
        Events rows = snapshot(schema);
        for (int i = 0; i < MANY * 2; i++) {
            rows.insert(Integer.toString(i), Integer.toString(i % MANY), "n" + i);
        }
        LakeTable table = mirror(spec, rows);
        assertThat(rows(table)).hasSize(MANY * 2);
        Events moves = events(schema);
        for (int i = 0; i < MANY * 2; i++) {
            String id = Integer.toString(i);
            moves.update(id, i % 3 == 0 ? UNCHANGED : Integer.toString((i + 1) % MANY), UNCHANGED);
            expected.add(row(id, Integer.toString(i % 3 == 0 ? i % MANY : (i + 1) % MANY), "n" + i));
        }
        apply(table, moves);
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(expected);
        maintain(table);
        fixture().crashAndMove();
        LakeTable moved = find(TABLE);
        apply(moved, 2, events(schema).delete("0").update("1", UNCHANGED, "new"));
        expected.remove(0);
        expected.get(0).set(2, "new");
        assertThat(rows(moved)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void aTableWithoutAKeyIsPartitionedToo() {
        RowSchema schema = schema(List.of(), BeforeImage.FULL, ID, NOTE);
        LakeTableSpec spec = new LakeTableSpec(schema, List.of("note"), DeleteMode.HARD);
        requirePartitions(Transform.IDENTITY, ColumnType.STRING, spec);
        LakeTable table =
                mirror(spec, snapshot(schema).insert("1", "a").insert("1", "a").insert("2", null));
        apply(
                table,
                events(schema)
                        .before("1", "a")
                        .update("1", null)
                        .delete("2", null)
                        .insert("3", "/=%?# é"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a"), row("1", null), row("3", "/=%?# é"));
    }

    @Test
    void aColumnThatIsNamedLikeAFieldIsThatColumn() {
        Column odd = new Column("day(note)", ColumnType.STRING, true, "text", 3);
        RowSchema schema = schema(List.of("id"), BeforeImage.KEY, ID, NOTE, odd);
        LakeTableSpec spec = new LakeTableSpec(schema, List.of("day(note)"), DeleteMode.HARD);
        requirePartitions(Transform.IDENTITY, ColumnType.STRING, spec);
        LakeTable table = mirror(spec, snapshot(schema).insert("1", "a", "x"));
        apply(table, events(schema).update("1", "a", "y"));
        assertThat(rows(table)).containsExactly(row("1", "a", "y"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "day(nothing)",
                "nothing",
                "day(note)",
                "hour(day)",
                "year(id)",
                "bucket(0, id)",
                "truncate(0, note)",
                "truncate(4, day)",
                "bucket(4, ratio)",
                "ratio",
                "weekly(id)",
                "bucket(id)",
                "id, note",
                "_tidemark_deleted_at"
            })
    void partitionsThatDoNotFitAreRefused(String partition) {
        assertInvalid(partition);
    }

    @Test
    void aFieldThatIsThereTwiceIsRefused() {
        assertInvalid("bucket(4, id)", "bucket(4, id)");
    }

    private void assertInvalid(String... partitions) {
        RowSchema schema = schema(
                List.of("id"),
                BeforeImage.KEY,
                ID,
                NOTE,
                new Column("day", ColumnType.DATE, true, "date", 3),
                new Column("ratio", ColumnType.FLOAT64, true, "double precision", 4));
        LakeTableSpec spec = new LakeTableSpec(schema, List.of(partitions), DeleteMode.SOFT);
        assertRefused(ErrorCode.PARTITION_INVALID, () -> lake().openLoad(spec));
        assertThat(lake().find(TABLE)).isEmpty();
        assertThat(lake().tables()).isEmpty();
    }

    private static Column column(ColumnType type) {
        return new Column("v", type, true, type.toString(), 2);
    }

    private static Column note() {
        return new Column("note", ColumnType.STRING, true, "text", 3);
    }
}
