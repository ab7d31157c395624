package io.tidemark.engine.pipeline;

import io.tidemark.engine.lease.Leases;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.MetadataStore;
import java.util.List;
import java.util.Optional;

/**
 * What the documents of a pipeline in the metadata store, its slices and what its mirrors say of themselves look like. A program that knows less than
 * what is there would take apart what it does not understand, so it is refused.
 *
 * @param number grows by one when a program of before would go wrong with what a newer one writes; a property that it may ignore changes nothing
 */
record StateFormat(int number) {
    static final StateFormat CURRENT = new StateFormat(1);

    /**
     * Refuses a state of a newer program, and makes one of an older program one of this, once nobody uses it any more.
     *
     * @throws TidemarkException {@code STATE_NEWER}; {@code STATE_IN_USE} while processes of the older program run
     */
    void require(MetadataStore metastore, Leases leases) {
        Documents<StateFormat> documents = new Documents<>(metastore, StateFormat.class);
        int found = documents.find(Keys.FORMAT).map(StateFormat::number).orElse(0);
        if (found > number) {
            throw new TidemarkException(
                    ErrorCode.STATE_NEWER,
                    "Cannot open the pipeline: its state was written by a newer version of Tidemark (format=" + found
                            + ", known=" + number + ")");
        }
        if (found == number) {
            return;
        }
        List<String> inUse = found == 0 ? List.of() : leases.held();
        if (!inUse.isEmpty()) {
            throw new TidemarkException(
                    ErrorCode.STATE_IN_USE,
                    "Cannot upgrade the state of the pipeline: processes of an older version of Tidemark use it (leases="
                            + String.join(", ", inUse) + ")");
        }
        documents.update(
                Keys.FORMAT,
                before -> before.filter(other -> other.number() > number).isPresent()
                        ? Optional.empty()
                        : Optional.of(this));
    }
}
