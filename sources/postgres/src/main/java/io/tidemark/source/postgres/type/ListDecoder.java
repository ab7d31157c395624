package io.tidemark.source.postgres.type;

import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.ListVector;

/**
 * Decodes arrays to lists ({@code array_send}): dimensions, flags, element type, size and lower bound of each dimension, elements with their
 * length or -1. A list has one dimension and begins with its first element.
 */
final class ListDecoder implements ValueDecoder {
    private static final int DIMENSIONS_MAX = 6;

    private final int elementOid;
    private final ValueDecoder element;
    private final ValueReader reader = new ValueReader();

    ListDecoder(NestedType.Part element) {
        this.elementOid = element.oid();
        this.element = element.type().newDecoder();
    }

    @Override
    public void append(ColumnVector out, byte[] buffer, int offset, int length) {
        reader.reset(buffer, offset, length);
        int dimensions = reader.int32();
        reader.skip(4);
        int type = reader.int32();
        if (dimensions < 0 || dimensions > DIMENSIONS_MAX || type != elementOid) {
            throw ValueErrors.malformed("it is no array of its type (dimensions=" + dimensions + ")");
        }
        ListVector list = (ListVector) out;
        list.begin();
        if (dimensions > 1) {
            throw ValueErrors.unrepresentable("an array of several dimensions is no list");
        }
        if (dimensions == 1) {
            int items = reader.count(4);
            int lowerBound = reader.int32();
            if (items > 0 && lowerBound != 1) {
                throw ValueErrors.unrepresentable("an array that does not begin at 1 is no list");
            }
            for (int i = 0; i < items; i++) {
                appendElement(list.element(), buffer);
            }
        }
        reader.end();
    }

    private void appendElement(ColumnVector elements, byte[] buffer) {
        int length = reader.int32();
        if (length == -1) {
            elements.appendNull();
        } else {
            element.append(elements, buffer, reader.skip(length), length);
        }
    }
}
