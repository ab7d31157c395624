package io.tidemark.lake.hudi.commit;

import java.util.function.Supplier;
import org.apache.hudi.client.common.JavaTaskContextSupplier;

/** Tells Hudi which attempt writes: the number becomes part of the names of files, so that no two attempts write to the same one. */
final class AttemptContext extends JavaTaskContextSupplier {
    private static final long serialVersionUID = 1L;

    private final long attempt;

    AttemptContext(long attempt) {
        this.attempt = attempt;
    }

    @Override
    public Supplier<Long> getAttemptIdSupplier() {
        return () -> attempt;
    }
}
