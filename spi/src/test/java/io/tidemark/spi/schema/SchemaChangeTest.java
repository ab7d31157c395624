package io.tidemark.spi.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaChangeTest {
    private static final Column ID = new Column("id", ColumnType.INT32, false, "integer", 1);
    private static final Column A = new Column("a", ColumnType.STRING, true, "text", 2);
    private static final Column B = new Column("b", ColumnType.decimal(10, 2), true, "numeric(10,2)", 3);

    private static RowSchema schema(List<String> key, Column... columns) {
        return new RowSchema(new TableId("public", "t"), List.of(columns), key, BeforeImage.KEY);
    }

    private static SchemaChange change(Column... after) {
        return new SchemaChange(schema(List.of("id"), ID, A, B), schema(List.of("id"), after));
    }

    @Test
    void columnsThatComeAndGoAreNoObstacle() {
        Column c = new Column("c", ColumnType.INT64, true, "bigint", 4);
        SchemaChange change = change(ID, B, c);
        assertThat(change.obstacle()).isEmpty();
        assertThat(change.added()).containsExactly(c);
        assertThat(change.dropped()).containsExactly(A);
    }

    @Test
    void aRenamedColumnIsNeitherAddedNorDropped() {
        SchemaChange change = change(ID, new Column("renamed", ColumnType.STRING, true, "text", 2), B);
        assertThat(change.obstacle()).isEmpty();
        assertThat(change.added()).isEmpty();
        assertThat(change.dropped()).isEmpty();
    }

    @Test
    void aRenamedKeyIsNoObstacleAndAnotherKeyIsOne() {
        Column key = new Column("key", ColumnType.INT32, false, "integer", 1);
        RowSchema before = schema(List.of("id"), ID, A);
        assertThat(new SchemaChange(before, schema(List.of("key"), key, A)).obstacle())
                .isEmpty();
        assertThat(new SchemaChange(before, schema(List.of("id", "a"), ID, A)).obstacle())
                .contains("its key changed from [id] to [id, a]");
    }

    @Test
    void decimalsMayOnlyGetMoreDigitsBeforeThePoint() {
        assertThat(change(ID, A, new Column("b", ColumnType.decimal(30, 2), true, "numeric(30,2)", 3))
                        .obstacle())
                .isEmpty();
        for (ColumnType type : List.of(ColumnType.decimal(9, 2), ColumnType.decimal(12, 3), ColumnType.STRING)) {
            assertThat(change(ID, A, new Column("b", type, true, "other", 3)).obstacle())
                    .contains("column b changed from numeric(10,2) to other");
        }
    }

    @Test
    void columnsWithoutIdAreInDoubt() {
        assertThat(change(ID, A, new Column("b", B.type(), true, B.sourceType()))
                        .obstacle())
                .contains("rows from before hold other values now (columns=b)");
        assertThat(schema(List.of("id"), ID, A)
                        .hasSameRowsAs(schema(List.of("id"), ID, new Column("a", ColumnType.STRING, true, "text", 5))))
                .isFalse();
    }
}
