package io.tidemark.parquet;

import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.column.ColumnDescriptor;
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

    /** The file's column for a projected one, or nothing when the file lacks it. */
    static Optional<ColumnDescriptor> find(MessageType schema, ParquetColumn column) throws IOException {
        boolean byId = column.hasFieldId() && schema.getFields().stream().anyMatch(field -> field.getId() != null);
        for (Type field : schema.getFields()) {
            boolean matches = byId
                    ? field.getId() != null && field.getId().intValue() == column.fieldId()
                    : field.getName().equals(column.name());
            if (matches) {
                requireFlat(field);
                return Optional.of(schema.getColumnDescription(new String[] {field.getName()}));
            }
        }
        return Optional.empty();
    }

    /** All columns of the file as Tidemark carries them. */
    static List<ParquetColumn> all(MessageType schema) throws IOException {
        List<ParquetColumn> columns = new ArrayList<>();
        for (Type field : schema.getFields()) {
            requireFlat(field);
            columns.add(new ParquetColumn(
                    field.getName(),
                    typeOf(field.asPrimitiveType()),
                    field.isRepetition(Type.Repetition.OPTIONAL),
                    field.getId() == null
                            ? ParquetColumn.NO_FIELD_ID
                            : field.getId().intValue()));
        }
        return columns;
    }

    private static void requireFlat(Type field) throws IOException {
        if (!field.isPrimitive() || field.isRepetition(Type.Repetition.REPEATED)) {
            throw new IOException(
                    "Cannot read column: nested types are not supported (column=" + field.getName() + ")");
        }
    }

    private static ColumnType typeOf(PrimitiveType form) throws IOException {
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
