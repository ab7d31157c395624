package io.tidemark.spi.lake;

import java.util.function.LongConsumer;

/** Places of deleted rows in a file. Immutable. */
public interface DeletedRows {
    /** None. */
    DeletedRows NONE = new DeletedRows() {
        @Override
        public long count() {
            return 0;
        }

        @Override
        public void forEach(LongConsumer consumer) {
            // Nothing is deleted.
        }
    };

    long count();

    /** Visits the places in ascending order. */
    void forEach(LongConsumer consumer);
}
