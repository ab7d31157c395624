package io.tidemark.lake.hudi.row;

import io.tidemark.lake.hudi.schema.AvroSchemas;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.schema.ColumnType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/** Rows of a mirror as records and as bytes. Not thread-safe. */
public final class RowCodec {
    private final Schema schema;
    private final List<Schema.Field> fields;
    private final int columns;

    /** For each column that holds maps a vector of its type, else null. */
    private final List<@Nullable ColumnVector> sorters = new ArrayList<>();

    private final GenericDatumWriter<IndexedRecord> writer;
    private final GenericDatumReader<IndexedRecord> reader;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private @Nullable BinaryEncoder encoder;
    private @Nullable BinaryDecoder decoder;

    public RowCodec(StoredSpec stored) {
        this.schema = AvroSchemas.of(stored);
        this.fields = schema.getFields();
        this.columns = stored.names().size();
        stored.rowTypes().forEach(type -> sorters.add(hasMap(type) ? ColumnVector.of(type, 1) : null));
        this.writer = new GenericDatumWriter<>(schema);
        this.reader = new GenericDatumReader<>(schema);
    }

    public Schema schema() {
        return schema;
    }

    /** Columns of the source's; the schema may have that of soft deletes after them. */
    public int columns() {
        return columns;
    }

    /** A record of a batch's row; unchanged values are null, the row lives. */
    public IndexedRecord record(ChangeBatch batch, int row) {
        GenericData.Record made = new GenericData.Record(schema);
        for (int i = 0; i < columns; i++) {
            made.put(i, AvroRows.value(batch.column(i), row, fields.get(i).schema()));
        }
        return made;
    }

    /** Whether the mirror's schema has soft deletes, and the row is deleted. */
    public boolean isDeleted(IndexedRecord row) {
        return fields.size() > columns && row.get(columns) != null;
    }

    /** A record without values. */
    public IndexedRecord empty() {
        return new GenericData.Record(schema);
    }

    /** A record of this schema from one that has the columns by name, others too. Avro gives maps no order; here they have theirs. */
    public IndexedRecord project(IndexedRecord from, int[] places) {
        GenericData.Record made = new GenericData.Record(schema);
        for (int i = 0; i < places.length; i++) {
            ColumnVector sorter = sorters.get(i);
            Object value = from.get(places[i]);
            if (sorter != null) {
                sorter.clear();
                AvroRows.append(sorter, value);
                value = AvroRows.value(sorter, 0, fields.get(i).schema());
            }
            made.put(i, value);
        }
        return made;
    }

    private static boolean hasMap(ColumnType type) {
        return type.kind() == ColumnType.Kind.MAP || type.fields().stream().anyMatch(field -> hasMap(field.type()));
    }

    /** Where a schema has the columns of this one. */
    public int[] places(Schema other) {
        return fields.stream()
                .mapToInt(field -> other.getField(field.name()).pos())
                .toArray();
    }

    public byte[] encode(IndexedRecord row) {
        buffer.reset();
        BinaryEncoder to = EncoderFactory.get().binaryEncoder(buffer, encoder);
        encoder = to;
        try {
            writer.write(row, to);
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot encode a row", e);
        }
        return buffer.toByteArray();
    }

    public IndexedRecord decode(byte[] bytes) {
        BinaryDecoder from = DecoderFactory.get().binaryDecoder(bytes, decoder);
        decoder = from;
        try {
            return reader.read(null, from);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot decode a row", e);
        }
    }

    /** Appends the columns of a row, that of soft deletes too if there is a vector for it. */
    public static void append(List<ColumnVector> vectors, IndexedRecord row) {
        for (int i = 0; i < vectors.size(); i++) {
            AvroRows.append(vectors.get(i), row.get(i));
        }
    }
}
