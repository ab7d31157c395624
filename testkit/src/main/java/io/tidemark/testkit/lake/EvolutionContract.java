package io.tidemark.testkit.lake;

import static io.tidemark.testkit.lake.Events.UNCHANGED;
import static io.tidemark.testkit.lake.LakeFeature.ADD_COLUMN;
import static io.tidemark.testkit.lake.LakeFeature.DROP_COLUMN;
import static io.tidemark.testkit.lake.LakeFeature.RENAME_COLUMN;
import static io.tidemark.testkit.lake.LakeFeature.WIDEN_DECIMAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Changes of a mirror's columns in place. What a format lacks ({@link LakeFixture#lacks}) is refused instead, with the mirror as it was.
 */
public abstract class EvolutionContract extends LakeContract {
    private static final Column A = text("a", 2);
    private static final Column B = text("b", 3);
    private static final RowSchema FIRST = of(ID, A, B);
    private static final RowSchema WITH_N = of(ID, A, B, number("n", 4));

    /** The key renamed, and the names of the two others exchanged. */
    private static final RowSchema RENAMED = schema(
            List.of("key"),
            BeforeImage.KEY,
            new Column("key", ColumnType.INT64, false, "bigint", 1),
            text("b", 2),
            text("a", 3));

    /** Whether the mirror has followed; the same test then ends with what holds when it has not. */
    private boolean follows = true;

    private static Column text(String name, int id) {
        return new Column(name, ColumnType.STRING, true, "text", id);
    }

    private static Column number(String name, int id) {
        return new Column(name, ColumnType.INT32, true, "integer", id);
    }

    private static RowSchema of(Column... columns) {
        return schema(List.of("id"), BeforeImage.KEY, columns);
    }

    @Test
    void anAddedColumnIsNullInOlderRowsAndHoldsWhatComes() {
        LakeTable table = evolve(loaded(DeleteMode.HARD), WITH_N, ADD_COLUMN);
        if (follows) {
            assertThat(table.spec().schema()).isEqualTo(WITH_N);
            assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a1", "b1", null), row("2", "a2", "b2", null));
            apply(table, events(WITH_N).insert("3", "a3", "b3", "3").update("2", UNCHANGED, "new", "7"));
            assertThat(rows(table))
                    .containsExactlyInAnyOrder(
                            row("1", "a1", "b1", null), row("2", "a2", "new", "7"), row("3", "a3", "b3", "3"));
            apply(table, events(WITH_N).update("1", "uno", UNCHANGED, UNCHANGED).update("2", "due", "b", UNCHANGED));
            assertThat(rows(table)).contains(row("1", "uno", "b1", null), row("2", "due", "b", "7"));
        }
    }

    @Test
    void aDroppedColumnIsGone() {
        RowSchema next = of(ID, A);
        LakeTable table = evolve(loaded(DeleteMode.HARD), next, DROP_COLUMN);
        if (follows) {
            assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a1"), row("2", "a2"));
            apply(table, events(next).update("1", UNCHANGED).insert("3", "a3"));
            assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a1"), row("2", "a2"), row("3", "a3"));
        }
    }

    @Test
    void aColumnAddedUnderTheNameOfADroppedOneIsEmpty() {
        LakeTable table = evolve(loaded(DeleteMode.SOFT), of(ID, A), DROP_COLUMN);
        if (follows) {
            table = evolve(table, of(ID, A, number("b", 4)), ADD_COLUMN);
        }
        if (follows) {
            assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a1", null), row("2", "a2", null));
            assertThat(table.pin().fieldIds()).hasSize(4).doesNotHaveDuplicates();
        }
    }

    @Test
    void renamedColumnsKeepTheirValues() {
        LakeTable table = evolve(loaded(DeleteMode.HARD), RENAMED, RENAME_COLUMN);
        if (follows) {
            assertThat(table.spec().schema()).isEqualTo(RENAMED);
            assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a1", "b1"), row("2", "a2", "b2"));
            apply(table, events(RENAMED).update("2", UNCHANGED, "new").insert("3", "a3", "b3"));
            assertThat(rows(table))
                    .containsExactlyInAnyOrder(row("1", "a1", "b1"), row("2", "a2", "new"), row("3", "a3", "b3"));
        }
    }

    @Test
    void columnsAreAddedDroppedAndRenamedAtOnce() {
        RowSchema next = of(number("n", 5), text("a", 3), ID, text("z", 4));
        LakeTable table = evolve(loaded(DeleteMode.SOFT), next, ADD_COLUMN, DROP_COLUMN, RENAME_COLUMN);
        if (follows) {
            assertThat(rows(table)).containsExactlyInAnyOrder(row(null, "b1", "1", null), row(null, "b2", "2", null));
            apply(table, events(next).update("5", UNCHANGED, "1", "z").delete(null, null, "2"));
            assertThat(rows(table)).containsExactly(row("5", "b1", "1", "z"));
            assertThat(stored(table.pin())).hasSize(2);
        }
    }

    @Test
    void columnsComeInTheOrderOfTheSchema() {
        RowSchema next = of(B, number("n", 4), ID, A);
        LakeTable table = evolve(loaded(DeleteMode.HARD), next, ADD_COLUMN);
        if (follows) {
            assertThat(table.spec().schema()).isEqualTo(next);
            assertThat(rows(table)).containsExactlyInAnyOrder(row("b1", null, "1", "a1"), row("b2", null, "2", "a2"));
        }
    }

    @Test
    void aDecimalGetsMoreDigits() {
        Column narrow = new Column("n", ColumnType.decimal(9, 2), true, "numeric(9,2)", 2);
        Column wide = new Column("n", ColumnType.decimal(18, 2), true, "numeric(18,2)", 2);
        Column widest = new Column("n", ColumnType.decimal(38, 2), true, "numeric(38,2)", 2);
        LakeTable table = mirror(
                new LakeTableSpec(of(ID, narrow), List.of(), DeleteMode.HARD),
                snapshot(of(ID, narrow))
                        .insert("1", "1234567.89")
                        .insert("2", "-0.01")
                        .insert("3", null));
        table = evolve(table, of(ID, wide), WIDEN_DECIMAL);
        if (follows) {
            apply(table, events(of(ID, wide)).insert("4", "1234567890123456.78").update("2", UNCHANGED));
            table = evolve(table, of(ID, widest), WIDEN_DECIMAL);
            apply(
                    table,
                    events(of(ID, widest))
                            .insert("5", "-123456789012345678901234567890123456.78")
                            .update("1", UNCHANGED));
            assertThat(rows(table))
                    .containsExactlyInAnyOrder(
                            row("1", "1234567.89"),
                            row("2", "-0.01"),
                            row("3", null),
                            row("4", "1234567890123456.78"),
                            row("5", "-123456789012345678901234567890123456.78"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "boolean|t",
                "int32|5",
                "int64|-9223372036854775808",
                "float32|3f800000",
                "float32|7fc00000",
                "float64|4000000000000000",
                "float64|fff0000000000000",
                "decimal(9,2)|-1.50",
                "decimal(38,10)|1234567890123456789012345678.0123456789",
                "string|it's \"text\" €😀",
                "bytes|00ff",
                "uuid|123e4567-e89b-12d3-a456-426614174000",
                "date|-719528",
                "time|86399999999",
                "timestamp|-1",
                "timestamp_tz|253402300799999999",
                "list<int32>|1:11:2",
                "struct<\"x\":int32>|1:1",
                "map<string,int32>|6:1:a1:1"
            })
    void olderRowsHoldTheValueThatAColumnCameWith(String typeText, String value) {
        ColumnType type = ColumnType.parse(typeText);
        RowSchema next = of(ID, A, B, new Column("n", type, false, typeText, 4, value));
        LakeTable before = loaded(DeleteMode.HARD);
        if (!fixture().holds(type) || !fixture().holdsConstant(type, value)) {
            List<List<@Nullable String>> rows = rows(before);
            assertRefused(ErrorCode.LAKE_SCHEMA_MISMATCH, () -> before.evolve(next, FENCE));
            assertThat(rows(find(TABLE))).containsExactlyInAnyOrderElementsOf(rows);
            return;
        }
        LakeTable table = evolve(before, next, ADD_COLUMN);
        if (follows) {
            assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a1", "b1", value), row("2", "a2", "b2", value));
            apply(table, events(next).update("2", "new", UNCHANGED, UNCHANGED));
            maintain(table);
            assertThat(rows(table))
                    .containsExactlyInAnyOrder(row("1", "a1", "b1", value), row("2", "new", "b2", value));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "list<struct<\"a.b\":int32,\"c\":string>>|6:1:71:x-",
                "map<string,struct<\"a.b\":int32,\"c\":string>>|9:1:k4:1:7-4:1:l-"
            })
    void nestedColumnsAreAddedAndRenamedWithTheirValues(String typeText, String value) {
        ColumnType type = ColumnType.parse(typeText);
        RowSchema with = of(ID, A, new Column("lines", type, true, "public.line[]", 4));
        RowSchema renamed = of(ID, A, new Column("rows", type, true, "public.line[]", 4));
        RowSchema first = of(ID, A);
        LakeTable made = mirror(
                new LakeTableSpec(first, List.of(), DeleteMode.HARD),
                snapshot(first).insert("1", "a1"));
        if (!fixture().holds(type)) {
            assertRefused(ErrorCode.LAKE_SCHEMA_MISMATCH, () -> made.evolve(with, FENCE));
            return;
        }
        LakeTable table = evolve(made, with, ADD_COLUMN);
        if (follows) {
            apply(table, events(with).insert("3", null, value));
            table = evolve(table, renamed, RENAME_COLUMN);
        }
        if (follows) {
            apply(table, events(renamed).update("3", "new", UNCHANGED));
            assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a1", null), row("3", "new", value));
        }
    }

    @Test
    void upkeepCarriesRowsOverToTheNewSchema() {
        LakeTable table = evolve(loaded(DeleteMode.HARD), WITH_N, ADD_COLUMN);
        if (follows) {
            for (int i = 0; i < 20; i++) {
                apply(table, events(WITH_N).insert(Integer.toString(10 + i), "x", null, Integer.toString(i)));
            }
            List<List<@Nullable String>> before = rows(table);
            assertThat(maintain(table)).isPositive();
            assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(before).hasSize(22);
        }
    }

    @Test
    void anEarlierVersionCanStillBeRead() {
        LakeTable table = loaded(DeleteMode.HARD);
        long earlier = table.progress().version();
        table = evolve(table, WITH_N, ADD_COLUMN);
        if (follows) {
            apply(table, events(WITH_N).delete("1").update("2", "x", "y", "2"));
            PinnedTable pinned = table.pin(earlier).orElseThrow();
            assertThat(rows(table, pinned))
                    .extracting(row -> row.subList(0, 3))
                    .containsExactlyInAnyOrder(row("1", "a1", "b1"), row("2", "a2", "b2"));
        }
    }

    @Test
    void progressAndRowsStayWhenColumnsChange() {
        LakeTable table = loaded(DeleteMode.HARD);
        apply(table, events(FIRST).insert("3", "a3", "b3"));
        LakeProgress before = table.progress();
        table = evolve(table, WITH_N, ADD_COLUMN);
        LakeProgress after = table.progress();
        assertThat(after.applied()).isEqualTo(before.applied());
        assertThat(after.slice()).isEqualTo(before.slice());
        assertThat(after.loadId()).isEqualTo(before.loadId());
        assertThat(after.loaded()).isTrue();
        assertThat(after.newestCommitMicros()).isEqualTo(before.newestCommitMicros());
        assertThat(rows(table)).hasSize(3);
    }

    @Test
    void aCrashAfterTheChangeLosesNothing() {
        LakeTable table = evolve(loaded(DeleteMode.HARD), WITH_N, ADD_COLUMN);
        if (follows) {
            apply(table, events(WITH_N).insert("3", "a3", "b3", "3"));
            fixture().crashAndMove();
            LakeTable moved = find(TABLE);
            assertThat(moved.spec().schema()).isEqualTo(WITH_N);
            apply(
                    moved,
                    2,
                    events(WITH_N).update("1", UNCHANGED, "x", UNCHANGED).delete("3"));
            assertThat(rows(moved)).containsExactlyInAnyOrder(row("1", "a1", "x", null), row("2", "a2", "b2", null));
        }
    }

    @Test
    void evolvingTwiceIsEvolvingOnce() {
        LakeTable table = evolve(loaded(DeleteMode.HARD), WITH_N, ADD_COLUMN);
        if (follows) {
            List<Integer> ids = table.pin().fieldIds();
            table = evolve(table, WITH_N);
            assertThat(table.pin().fieldIds()).isEqualTo(ids);
            assertThat(rows(table)).hasSize(2);
        }
    }

    @Test
    void eventsOfTheEarlierSchemaAreRefusedAfterwards() {
        LakeTable table = evolve(loaded(DeleteMode.HARD), WITH_N, ADD_COLUMN);
        if (follows) {
            assertRefused(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    () -> apply(table, events(FIRST).insert("3", "a", "b")));
            assertThat(rows(table)).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transform.class,
            names = {"TRUNCATE", "IDENTITY"})
    void aPartitionColumnCanNeitherGoNorChangeItsName(Transform transform) {
        LakeTableSpec spec = new LakeTableSpec(FIRST, List.of(transform.of("a")), DeleteMode.HARD);
        requirePartitions(transform, ColumnType.STRING, spec);
        LakeTable table = mirror(spec, snapshot(FIRST).insert("1", "a1", "b1"));
        for (RowSchema next : List.of(of(ID, B), of(ID, text("c", 2), B))) {
            assertRefused(ErrorCode.LAKE_SCHEMA_MISMATCH, () -> table.evolve(next, FENCE));
        }
        LakeTable same = find(TABLE);
        assertThat(rows(same)).containsExactly(row("1", "a1", "b1"));
        RowSchema other = of(ID, A, text("c", 3));
        LakeTable renamed = evolve(same, other, RENAME_COLUMN);
        if (follows) {
            apply(renamed, events(other).insert("2", "b2", "c2"));
            assertThat(rows(renamed)).containsExactlyInAnyOrder(row("1", "a1", "b1"), row("2", "b2", "c2"));
        }
    }

    /** The mirror with the next schema; or, if the format lacks what this needs, as it was after it refused. */
    private LakeTable evolve(LakeTable table, RowSchema next, LakeFeature... needed) {
        follows = List.of(needed).stream().noneMatch(fixture().lacks()::contains);
        if (follows) {
            table.evolve(next, FENCE);
        } else {
            LakeTableSpec spec = table.spec();
            List<List<@Nullable String>> before = rows(table);
            assertRefused(ErrorCode.LAKE_SCHEMA_MISMATCH, () -> table.evolve(next, FENCE));
            LakeTable same = find(TABLE);
            assertThat(same.spec()).isEqualTo(spec);
            assertThat(rows(same)).containsExactlyInAnyOrderElementsOf(before);
        }
        table.close();
        return find(TABLE);
    }

    private LakeTable loaded(DeleteMode deletes) {
        return mirror(
                new LakeTableSpec(FIRST, List.of(), deletes),
                snapshot(FIRST).insert("1", "a1", "b1").insert("2", "a2", "b2"));
    }
}
