package io.tidemark.spark.upsert;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * An object that all tasks use, to be broadcast: it is read once in each process, however many tasks run there, and whatever serializer an application
 * sets for Spark.
 *
 * @param <T> the object
 */
final class Shared<T extends Serializable> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final byte[] bytes;
    private final Class<T> type;
    private transient volatile @Nullable T value;

    Shared(Class<T> type, T value) {
        this.type = type;
        this.bytes = Bytes.write(value);
    }

    T get() {
        T known = value;
        if (known == null) {
            synchronized (this) {
                known = value;
                if (known == null) {
                    known = Bytes.read(bytes, type);
                    value = known;
                }
            }
        }
        return known;
    }
}
