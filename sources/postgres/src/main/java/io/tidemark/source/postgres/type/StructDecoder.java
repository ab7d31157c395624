package io.tidemark.source.postgres.type;

import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.StructVector;
import java.util.List;

/** Decodes composite values to structs ({@code record_send}): count of fields; for each its type, length or -1, and value. */
final class StructDecoder implements ValueDecoder {
    private final int[] oids;
    private final ValueDecoder[] fields;
    private final ValueReader reader = new ValueReader();

    StructDecoder(List<NestedType.Part> parts) {
        this.oids = parts.stream().mapToInt(NestedType.Part::oid).toArray();
        this.fields = parts.stream().map(part -> part.type().newDecoder()).toArray(ValueDecoder[]::new);
    }

    @Override
    public void append(ColumnVector out, byte[] buffer, int offset, int length) {
        reader.reset(buffer, offset, length);
        int count = reader.count(8);
        if (count != fields.length) {
            throw ValueErrors.changed();
        }
        StructVector struct = (StructVector) out;
        struct.begin();
        for (int i = 0; i < fields.length; i++) {
            if (reader.int32() != oids[i]) {
                throw ValueErrors.changed();
            }
            int bytes = reader.int32();
            if (bytes == -1) {
                struct.field(i).appendNull();
            } else {
                fields[i].append(struct.field(i), buffer, reader.skip(bytes), bytes);
            }
        }
        reader.end();
    }
}
