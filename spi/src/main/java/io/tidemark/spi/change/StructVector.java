package io.tidemark.spi.change;

import io.tidemark.spi.schema.ColumnType;
import java.util.ArrayList;
import java.util.List;

/**
 * Column of structs: a vector for each field, all as long as this one. To append a struct, {@link #begin} it, then append exactly one value, present
 * or null, to each of {@link #fields}. Where a row has no value its fields are null.
 */
public final class StructVector extends ColumnVector {
    private static final long serialVersionUID = 1L;

    private final List<ColumnVector> fields;

    StructVector(ColumnType type, int capacity) {
        super(type, capacity);
        List<ColumnVector> vectors = new ArrayList<>();
        type.fields().forEach(field -> vectors.add(ColumnVector.of(field.type(), capacity)));
        this.fields = List.copyOf(vectors);
    }

    /** One vector per field of the type, in its order. */
    public List<ColumnVector> fields() {
        return fields;
    }

    public ColumnVector field(int index) {
        return fields.get(index);
    }

    /** Begins a struct, which is complete when each field has got its value. */
    public void begin() {
        nextRow();
    }

    @Override
    public long byteSize() {
        long bytes = size();
        for (ColumnVector field : fields) {
            bytes += field.byteSize();
        }
        return bytes;
    }

    @Override
    public boolean sameValue(int row, ColumnVector other, int otherRow) {
        StructVector theirs = (StructVector) other;
        for (int i = 0; i < fields.size(); i++) {
            if (!fields.get(i).sameItem(row, theirs.fields.get(i), otherRow)) {
                return false;
            }
        }
        return true;
    }

    @Override
    void appendValueFrom(ColumnVector other, int row) {
        StructVector from = (StructVector) other;
        begin();
        for (int i = 0; i < fields.size(); i++) {
            fields.get(i).appendFrom(from.fields.get(i), row);
        }
    }

    @Override
    void appendDefault(int row) {
        fields.forEach(ColumnVector::appendNull);
    }

    @Override
    void truncateValues(int newSize) {
        // A value that was begun and not completed has only some of its fields.
        for (ColumnVector field : fields) {
            if (field.size() > newSize) {
                field.truncate(newSize);
            }
        }
    }
}
