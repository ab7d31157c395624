package io.tidemark.parquet;

import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** The columns of a file, found by field id or name. */
final class FileColumns {
    private FileColumns() {}

    /** The file's field for a projected column, or nothing when the file lacks it. */
    static Optional<Type> find(MessageType schema, ParquetColumn column) throws IOException {
        boolean byId = column.hasFieldId() && schema.getFields().stream().anyMatch(field -> field.getId() != null);
        for (Type field : schema.getFields()) {
            boolean matches = byId
                    ? field.getId() != null && field.getId().intValue() == column.fieldId()
                    : field.getName().equals(column.name());
            if (matches) {
                requireLikeness(field, column);
                return Optional.of(field);
            }
        }
        return Optional.empty();
    }

    /** All columns of the file as Tidemark carries them. */
    static List<ParquetColumn> all(MessageType schema) throws IOException {
        List<ParquetColumn> columns = new ArrayList<>();
        for (Type field : schema.getFields()) {
            requireOnce(field);
            columns.add(new ParquetColumn(
                    field.getName(),
                    NestedColumns.typeOf(field),
                    field.isRepetition(Type.Repetition.OPTIONAL),
                    field.getId() == null
                            ? ParquetColumn.NO_FIELD_ID
                            : field.getId().intValue()));
        }
        return columns;
    }

    private static void requireLikeness(Type field, ParquetColumn column) throws IOException {
        requireOnce(field);
        if (field.isPrimitive() == column.type().isNested()) {
            throw new IOException("Cannot read column: the file's type does not fit (column=" + column.name()
                    + ", wanted=" + column.type() + ", file=" + field + ")");
        }
    }

    private static void requireOnce(Type field) throws IOException {
        if (field.isRepetition(Type.Repetition.REPEATED)) {
            throw new IOException("Cannot read column: it is repeated outside a list (column=" + field.getName() + ")");
        }
    }

    static ColumnType typeOf(PrimitiveType form) throws IOException {
        LogicalTypeAnnotation logical = form.getLogicalTypeAnnotation();
        if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
            return ColumnType.decimal(decimal.getPrecision(), decimal.getScale());
        }
        if (logical instanceof TimestampLogicalTypeAnnotation timestamp) {
            return timestamp.isAdjustedToUTC() ? ColumnType.TIMESTAMP_TZ : ColumnType.TIMESTAMP;
        }
        if (logical instanceof TimeLogicalTypeAnnotation) {
            return ColumnType.TIME;
        }
        if (LogicalTypeAnnotation.uuidType().equals(logical)) {
            return ColumnType.UUID;
        }
        if (LogicalTypeAnnotation.dateType().equals(logical)) {
            return ColumnType.DATE;
        }
        return switch (form.getPrimitiveTypeName()) {
            case BOOLEAN -> ColumnType.BOOLEAN;
            case INT32 -> ColumnType.INT32;
            case INT64 -> ColumnType.INT64;
            case FLOAT -> ColumnType.FLOAT32;
            case DOUBLE -> ColumnType.FLOAT64;
            case BINARY -> logical == null ? ColumnType.BYTES : ColumnType.STRING;
            case FIXED_LEN_BYTE_ARRAY -> ColumnType.BYTES;
            case INT96 ->
                throw new IOException(
                        "Cannot read column: INT96 timestamps are not supported (column=" + form.getName() + ")");
        };
    }
}
