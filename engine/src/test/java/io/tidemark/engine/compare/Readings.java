package io.tidemark.engine.compare;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.TableReading;
import java.util.function.Consumer;

/** A side of a comparison for sources that are made up. */
public final class Readings {
    private Readings() {}

    /** @param reader gives every row */
    public static TableReading of(RowSchema schema, Consumer<Consumer<ChangeBatch>> reader) {
        return new LibraryReading(schema, reader);
    }
}
