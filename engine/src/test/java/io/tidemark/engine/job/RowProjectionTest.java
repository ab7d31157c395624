package io.tidemark.engine.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.verify.CanonicalText;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowProjectionTest {
    private static final Column ID = new Column("id", ColumnType.INT32, false, "integer", 1);
    private static final Column NOTE = new Column("note", ColumnType.STRING, true, "text", 2);
    private static final Column GONE = new Column("gone", ColumnType.STRING, true, "text", 3);
    private static final Column PRICE = new Column("price", ColumnType.decimal(10, 2), true, "numeric(10,2)", 4);

    private static RowSchema schema(Column... columns) {
        return new RowSchema(new TableId("public", "t"), List.of(columns), List.of(), BeforeImage.FULL);
    }

    @Test
    void columnsAreFoundByIdAndNewOnesHoldWhatOlderRowsDo() {
        RowSchema from = schema(ID, NOTE, GONE, PRICE);
        RowSchema to = schema(
                ID,
                new Column("renamed", ColumnType.STRING, true, "text", 2),
                new Column("price", ColumnType.decimal(30, 2), true, "numeric(30,2)", 4),
                new Column("added", ColumnType.INT32, true, "integer", 5),
                new Column("constant", ColumnType.INT32, true, "integer", 6, "7"));
        ChangeBatch batch = new ChangeBatch(from, 2);
        batch.beginRow(Operation.UPDATE, 100, 3, 9, 5_000);
        ((IntVector) batch.column(0)).append(1);
        batch.column(1).appendUnchanged();
        ((BytesVector) batch.column(2)).append("dropped");
        ((LongVector) batch.column(3)).append(-150);
        batch.beginRow(Operation.DELETE, 101, 0, 10, 6_000);
        ((IntVector) batch.column(0)).append(2);
        batch.padRow();

        ChangeBatch out = new RowProjection(from, to).apply(batch);

        assertThat(out.schema()).isEqualTo(to);
        assertThat(out.size()).isEqualTo(2);
        assertThat(out.operation(0)).isEqualTo(Operation.UPDATE);
        assertThat(out.position(0)).isEqualTo(100);
        assertThat(out.sequence(0)).isEqualTo(3);
        assertThat(out.transaction(1)).isEqualTo(10);
        assertThat(out.commitMicros(1)).isEqualTo(6_000);
        assertThat(out.column(1).isUnchanged(0)).isTrue();
        assertThat(CanonicalText.text(out.column(2), 0)).isEqualTo("-1.50");
        assertThat(out.column(3).isNull(0)).isTrue();
        assertThat(CanonicalText.text(out.column(4), 0)).isEqualTo("7");
        assertThat(out.column(2).isNull(1)).isTrue();
        assertThat(((IntVector) out.column(0)).value(1)).isEqualTo(2);
    }
}
