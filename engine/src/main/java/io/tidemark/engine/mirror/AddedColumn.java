package io.tidemark.engine.mirror;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.verify.CanonicalText;
import org.jspecify.annotations.Nullable;

/**
 * A column that the mirror has beside those of its table.
 *
 * @param name its name in the mirror
 * @param type its type; of no concern for COLUMN, which has the other column's
 * @param content what it holds
 * @param value canonical text of the constant, or the name of the other column; else empty
 * @param time how the other column's time is told, for TIME; else null
 */
public record AddedColumn(
        String name,
        ColumnType type,
        Content content,
        String value,
        @Nullable DerivedTime time) {
    public AddedColumn {
        if ((content == Content.TIME) != (time != null)) {
            throw new IllegalArgumentException("Cannot add column " + name + ": it is told how times are told, or not");
        }
    }

    public AddedColumn(String name, ColumnType type, Content content, String value) {
        this(name, type, content, value, null);
    }

    /** A column that tells the time which another one holds. */
    public static AddedColumn ofTime(String name, String column, DerivedTime time) {
        return new AddedColumn(
                name, time.isText() ? ColumnType.STRING : ColumnType.TIMESTAMP_TZ, Content.TIME, column, time);
    }

    /** What an added column holds. */
    public enum Content {
        /** The same in all rows. */
        CONSTANT,
        /** Schema of the table in the source. */
        SCHEMA,
        /** Name of the table in the source. */
        TABLE,
        /** What another column of the row holds. */
        COLUMN,
        /** The time that another column of the row holds, or a part of it. */
        TIME,
        /** Commit time of the transaction that wrote the row last; for loaded rows when the load was begun. */
        COMMIT_TIME,
        /** Position of that transaction; for loaded rows the cutoff. */
        POSITION,
        /** INSERT or UPDATE, what wrote the row last; INSERT for loaded rows. */
        OPERATION;

        /** Whether it is told by the row alone, not by the change that brought it. */
        public boolean isOfRow() {
            return this == CONSTANT || this == SCHEMA || this == TABLE || this == COLUMN || this == TIME;
        }
    }

    /** Whether it is told by another column of the row. */
    boolean isOfColumn() {
        return content == Content.COLUMN || content == Content.TIME;
    }

    /** The values for a batch, unless they are told by another column: in all rows but TRUNCATE and, when it is not of the row, those of old rows. */
    ColumnVector values(ChangeBatch batch) {
        ColumnVector values = ColumnVector.of(type, batch.size());
        for (int row = 0; row < batch.size(); row++) {
            Operation operation = batch.operation(row);
            boolean isNew = operation == Operation.INSERT || operation == Operation.UPDATE;
            if (operation == Operation.TRUNCATE || (!isNew && !content.isOfRow())) {
                values.appendNull();
            } else if (content == Content.COMMIT_TIME) {
                ((LongVector) values).append(batch.commitMicros(row));
            } else {
                CanonicalText.append(values, text(batch, row, operation));
            }
        }
        return values;
    }

    private String text(ChangeBatch batch, int row, Operation operation) {
        return switch (content) {
            case POSITION -> new Position(batch.position(row)).toString();
            case OPERATION -> operation.name();
            case SCHEMA -> batch.schema().table().schema();
            case TABLE -> batch.schema().table().name();
            case CONSTANT, COLUMN, TIME, COMMIT_TIME -> value;
        };
    }
}
