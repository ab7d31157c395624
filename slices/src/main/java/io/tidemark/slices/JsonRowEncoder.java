package io.tidemark.slices;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import java.io.IOException;
import java.util.List;

/**
 * Events as JSON, one object a line: what the event is first, then the columns of the table in their order. A column that the event left as it was is not
 * there and named in {@code _tidemark_unchanged}.
 */
final class JsonRowEncoder implements RowEncoder {
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .rootValueSeparator("\n")
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build();

    private final Sha256.Output out;
    private final JsonGenerator json;
    private final List<Column> columns;
    private long rows;

    JsonRowEncoder(Sha256.Output out, RowSchema schema) throws IOException {
        this.out = out;
        this.json = JSON.createGenerator(out);
        this.columns = schema.columns();
    }

    @Override
    public void append(ChangeBatch batch, EventColumns events) throws IOException {
        for (int row = 0; row < batch.size(); row++) {
            json.writeStartObject();
            json.writeStringField(EventColumns.OPERATION, String.valueOf((char)
                    batch.operation(row).code()));
            json.writeStringField(EventColumns.POSITION, new Position(batch.position(row)).toHex());
            json.writeNumberField(EventColumns.SEQUENCE, batch.sequence(row));
            json.writeNumberField(EventColumns.TRANSACTION, batch.transaction(row));
            json.writeStringField(
                    EventColumns.COMMIT_TIME,
                    JsonValues.instant(batch.commitMicros(row)).toString());
            writeUnchanged(batch, row);
            for (int i = 0; i < columns.size(); i++) {
                ColumnVector values = batch.column(i);
                if (!values.isUnchanged(row)) {
                    json.writeFieldName(EventColumns.fileName(columns.get(i).name()));
                    JsonValues.write(json, columns.get(i).name(), values, row);
                }
            }
            json.writeEndObject();
            rows++;
        }
    }

    private void writeUnchanged(ChangeBatch batch, int row) throws IOException {
        boolean isAny = false;
        for (int i = 0; i < columns.size(); i++) {
            if (batch.column(i).isUnchanged(row)) {
                if (!isAny) {
                    json.writeArrayFieldStart(EventColumns.UNCHANGED);
                    isAny = true;
                }
                json.writeString(EventColumns.fileName(columns.get(i).name()));
            }
        }
        if (isAny) {
            json.writeEndArray();
        }
    }

    @Override
    public long bytes() {
        return out.position() + json.getOutputBuffered();
    }

    /** Only the generator's own few kilobytes are. */
    @Override
    public long bufferedBytes() {
        return 0;
    }

    @Override
    public void flush() {
        // Lines go out as they come.
    }

    @Override
    public long finish() throws IOException {
        json.writeRaw('\n');
        json.close();
        return rows;
    }

    /** An open object would be ended into a file that is given up. */
    @Override
    public void close() {
        // Nothing is held but the generator's memory.
    }
}
