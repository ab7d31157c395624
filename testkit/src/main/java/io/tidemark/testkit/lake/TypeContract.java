package io.tidemark.testkit.lake;

import static io.tidemark.testkit.lake.Events.UNCHANGED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
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
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Values of every type arrive exactly, or are refused: what a format does not hold ({@link LakeFixture#holds(ColumnType)}) is an error when the
 * mirror is made, or, when it is only some values ({@link LakeFixture#holds(ColumnType, String)}), when they come.
 */
public abstract class TypeContract extends LakeContract {
    static Stream<ColumnType> types() {
        return TypeSamples.types().stream();
    }

    static Stream<ColumnType> keyTypes() {
        return types().filter(type -> !type.isNested());
    }

    @ParameterizedTest
    @MethodSource("types")
    void valuesThatAreLoadedArriveExactly(ColumnType type) {
        RowSchema schema = of(type);
        Events rows = snapshot(schema);
        List<List<@Nullable String>> expected = numbered(held(type));
        expected.forEach(row -> rows.insert(row.toArray(String[]::new)));
        LakeTable table = mirror(spec(schema), rows);
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("types")
    void valuesThatAreAppliedArriveExactlyAndStayWhenAnUpdateLeavesThemOut(ColumnType type) {
        RowSchema schema = of(type);
        List<List<@Nullable String>> expected = numbered(held(type));
        LakeTable table = mirror(spec(schema), snapshot(schema));
        Events inserts = events(schema);
        expected.forEach(row -> inserts.insert(row.toArray(String[]::new)));
        apply(table, inserts);
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(expected);
        Events moves = events(schema);
        List<List<@Nullable String>> moved = new ArrayList<>();
        for (List<@Nullable String> row : expected) {
            String key = "1" + row.get(0);
            moves.before(row.get(0)).update(key, UNCHANGED);
            moved.add(row(key, row.get(1)));
        }
        apply(table, moves);
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(moved);
    }

    @ParameterizedTest
    @MethodSource("types")
    void rowsWithoutAKeyAreFoundByTheirValues(ColumnType type) {
        RowSchema schema = schema(List.of(), BeforeImage.FULL, ID, column("v", type, true));
        Events twice = snapshot(schema);
        List<@Nullable String> values = held(type);
        values.forEach(value -> twice.insert("1", value).insert("1", value));
        LakeTable table = mirror(spec(schema), twice);
        Events deletes = events(schema);
        values.forEach(value -> deletes.delete("1", value));
        apply(table, deletes);
        List<List<@Nullable String>> once = new ArrayList<>();
        values.forEach(value -> once.add(row("1", value)));
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(once);
    }

    @ParameterizedTest
    @MethodSource("keyTypes")
    void rowsAreFoundByKeysOfTheType(ColumnType type) {
        RowSchema schema = schema(
                List.of("k"),
                BeforeImage.KEY,
                column("k", type, false),
                new Column("note", ColumnType.STRING, true, "text", 5));
        requireHeld(type, schema);
        // A database takes both zeros for one key.
        List<String> keys = TypeSamples.values(type).stream()
                .filter(value -> fixture().holds(type, value))
                .filter(value -> !value.equals("80000000") && !value.equals("8000000000000000"))
                .toList();
        Events rows = snapshot(schema);
        keys.forEach(key -> rows.insert(key, "loaded"));
        LakeTable table = mirror(spec(schema), rows);
        Events changes = events(schema);
        List<List<@Nullable String>> expected = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            if (i % 2 == 0) {
                changes.update(keys.get(i), "updated");
                expected.add(row(keys.get(i), "updated"));
            } else {
                changes.delete(keys.get(i));
            }
        }
        apply(table, changes);
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(expected);
        fixture().crashAndMove();
        LakeTable moved = find(TABLE);
        Events deletes = events(schema);
        keys.forEach(deletes::delete);
        apply(moved, 2, deletes);
        assertThat(rows(moved)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("types")
    void valuesThatTheFormatDoesNotHoldAreRefused(ColumnType type) {
        RowSchema schema = of(type);
        requireHeld(type, schema);
        LakeTable table = mirror(spec(schema), snapshot(schema));
        for (String value : TypeSamples.values(type)) {
            if (!fixture().holds(type, value)) {
                assertRefused(() -> apply(table, events(schema).insert("1", value)));
                assertThat(rows(table)).isEmpty();
                try (LakeTable making = lake().openLoad(spec(schema))) {
                    making.beginLoad("load-2", FENCE);
                    assertRefused(() -> chunk(making, 0, snapshot(schema).insert("1", value)));
                    assertThat(rows(making)).isEmpty();
                }
            }
        }
    }

    @Test
    void columnsOfAllTypesStandSideBySide() {
        List<Column> columns = new ArrayList<>(List.of(ID));
        List<@Nullable String> row = row("1");
        List<@Nullable String> nulls = row("2");
        for (ColumnType type : TypeSamples.types()) {
            if (fixture().holds(type)) {
                columns.add(
                        new Column("c \"" + columns.size() + "\"", type, true, type.toString(), columns.size() + 1));
                row.add(TypeSamples.values(type).stream()
                        .filter(value -> fixture().holds(type, value))
                        .findFirst()
                        .orElse(null));
                nulls.add(null);
            }
        }
        RowSchema schema = new RowSchema(TABLE, columns, List.of("id"), BeforeImage.KEY);
        LakeTable table = mirror(spec(schema), snapshot(schema).insert(row.toArray(String[]::new)));
        apply(table, events(schema).insert(nulls.toArray(String[]::new)));
        assertThat(rows(table)).containsExactlyInAnyOrder(row, nulls);
        row.set(0, "3");
        apply(
                table,
                events(schema)
                        .update(nulls.toArray(String[]::new))
                        .before("1")
                        .update(Stream.concat(
                                        Stream.of("3"), columns.stream().skip(1).map(column -> UNCHANGED))
                                .toArray(String[]::new)));
        assertThat(rows(table)).containsExactlyInAnyOrder(row, nulls);
    }

    @Test
    void aNullInAColumnThatIsNotNullableIsKeptOrRefusedButNeverAnotherValue() {
        RowSchema schema = schema(List.of("id"), BeforeImage.KEY, ID, column("v", ColumnType.INT32, false));
        LakeTable table = mirror(spec(schema), snapshot(schema).insert("1", "1"));
        try {
            apply(table, events(schema).insert("2", null));
            assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "1"), row("2", null));
        } catch (TidemarkException e) {
            assertThat(e.code()).isNotEqualTo(ErrorCode.INTERNAL);
            assertThat(rows(find(TABLE))).containsExactly(row("1", "1"));
        }
    }

    /** Values that the format holds, and null. */
    private List<@Nullable String> held(ColumnType type) {
        requireHeld(type, of(type));
        List<@Nullable String> values = new ArrayList<>(TypeSamples.values(type).stream()
                .filter(value -> fixture().holds(type, value))
                .toList());
        values.add(null);
        return values;
    }

    /** Ends the test when the type is refused, as it then must be. */
    private void requireHeld(ColumnType type, RowSchema schema) {
        if (!fixture().holds(type)) {
            assertRefused(ErrorCode.LAKE_SCHEMA_MISMATCH, () -> lake().openLoad(spec(schema)));
            Assumptions.abort("refused, as the fixture says (type=" + type + ")");
        }
    }

    private static List<List<@Nullable String>> numbered(List<@Nullable String> values) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        values.forEach(value -> rows.add(row(Integer.toString(rows.size()), value)));
        return rows;
    }

    private static RowSchema of(ColumnType type) {
        return schema(List.of("id"), BeforeImage.KEY, ID, column("v", type, true));
    }

    private static Column column(String name, ColumnType type, boolean nullable) {
        return new Column(name, type, nullable, type.toString(), 4);
    }

    private static LakeTableSpec spec(RowSchema schema) {
        return new LakeTableSpec(schema, List.of(), DeleteMode.HARD);
    }
}
