package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.type.RowDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Keys of the rows in a message that cannot be decoded as a whole. */
final class RejectedKeys {
    private static final int NO_VALUE = -1;

    private RejectedKeys() {}

    /**
     * The keys, the new row's first; empty when one of them cannot be read.
     *
     * @param in at the relation's oid of an insert, update or delete
     */
    static List<List<String>> of(StreamRelation relation, MessageReader in) {
        in.int32();
        List<List<String>> keys = new ArrayList<>();
        while (in.remaining() > 0) {
            boolean isNew = in.int8() == 'N';
            List<String> key = key(relation.decoder(), in);
            if (key.isEmpty()) {
                return List.of();
            }
            if (!keys.contains(key)) {
                keys.add(isNew ? 0 : keys.size(), key);
            }
        }
        return keys;
    }

    private static List<String> key(RowDecoder decoder, MessageReader in) {
        int columns = in.int16();
        int[] offsets = new int[columns];
        int[] lengths = new int[columns];
        Arrays.fill(lengths, NO_VALUE);
        for (int i = 0; i < columns; i++) {
            int kind = in.int8();
            if (kind == 'b' || kind == 't') {
                int length = in.int32();
                offsets[i] = in.skip(length);
                lengths[i] = kind == 'b' ? length : NO_VALUE;
            }
        }
        return columns == decoder.columnCount() ? decoder.key(in.buffer(), offsets, lengths) : List.of();
    }
}
