package io.tidemark.source.postgres.stream;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.ChangeSink;
import io.tidemark.spi.source.UndecodableRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;

/** Writes down what a stream delivers, a line for each row: {@code I public.t(id=1, note=null)}; one batch per row. */
final class RecordingSink implements ChangeSink {
    final List<String> lines = new ArrayList<>();
    final List<Row> rows = new ArrayList<>();
    final List<RowSchema> schemas = new ArrayList<>();
    final List<Commit> commits = new ArrayList<>();
    final List<Rejection> rejections = new ArrayList<>();
    private ChangeBatch open;

    record Row(String text, long position, long sequence, long transaction, long commitMicros) {}

    record Commit(Position position, long commitMicros, String resumeToken) {}

    record Rejection(
            TableId table,
            Position position,
            long sequence,
            List<List<String>> keys,
            TidemarkException reason,
            String raw) {}

    @Override
    public ChangeBatch batch(RowSchema schema) {
        flush();
        open = new ChangeBatch(schema, 2);
        schemas.add(schema);
        return open;
    }

    @Override
    public void commit(Position position, long commitMicros, String resumeToken) {
        flush();
        lines.add("commit");
        commits.add(new Commit(position, commitMicros, resumeToken));
    }

    @Override
    public void marker(String content) {
        flush();
        lines.add("marker " + content);
    }

    @Override
    public void undecodable(UndecodableRow row) {
        flush();
        lines.add("rejected " + row.table());
        rejections.add(new Rejection(
                row.table(),
                row.position(),
                row.sequence(),
                row.keys(),
                row.reason(),
                new String(row.raw(), StandardCharsets.ISO_8859_1)));
    }

    private void flush() {
        if (open == null) {
            return;
        }
        for (int row = 0; row < open.size(); row++) {
            String text =
                    (char) open.operation(row).code() + " " + open.schema().table() + values(open, row);
            lines.add(text);
            rows.add(new Row(
                    text, open.position(row), open.sequence(row), open.transaction(row), open.commitMicros(row)));
        }
        for (ColumnVector column : open.columns()) {
            if (column.size() != open.size()) {
                throw new AssertionError("A column has " + column.size() + " values for " + open.size() + " rows");
            }
        }
        open = null;
    }

    private static String values(ChangeBatch batch, int row) {
        StringJoiner values = new StringJoiner(", ", "(", ")");
        for (int i = 0; i < batch.columns().size(); i++) {
            values.add(batch.schema().columns().get(i).name() + "=" + value(batch.column(i), row));
        }
        return values.toString();
    }

    private static String value(ColumnVector vector, int row) {
        if (vector.isNull(row)) {
            return "null";
        }
        if (vector.isUnchanged(row)) {
            return "unchanged";
        }
        if (vector instanceof BytesVector bytes) {
            return bytes.type().kind() == ColumnType.Kind.STRING
                    ? "'" + bytes.text(row) + "'"
                    : HexFormat.of().formatHex(bytes.bytes(row));
        }
        if (vector instanceof BooleanVector booleans) {
            return Boolean.toString(booleans.value(row));
        }
        if (vector instanceof IntVector ints) {
            return Integer.toString(ints.value(row));
        }
        if (vector instanceof LongVector longs) {
            return Long.toString(longs.value(row));
        }
        if (vector instanceof FloatVector floats) {
            return Float.toString(floats.value(row));
        }
        if (vector instanceof ListVector list) {
            StringJoiner elements = new StringJoiner(", ", "[", "]");
            for (int i = list.start(row); i < list.end(row); i++) {
                elements.add(value(list.element(), i));
            }
            return elements.toString();
        }
        if (vector instanceof StructVector struct) {
            StringJoiner fields = new StringJoiner(", ", "{", "}");
            struct.fields().forEach(field -> fields.add(value(field, row)));
            return fields.toString();
        }
        return Double.toString(((DoubleVector) vector).value(row));
    }
}
